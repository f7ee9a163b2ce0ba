//! Guests: who has no token is let in where the operator says so, listens in live rooms, and does nothing else.

use tim_protocol::GroupId;
use tim_protocol::group::JoinStatus;

use super::*;
use crate::core::guests::{self, Guests};
use crate::core::ops::RoomStep;

/// Of one application and one address, so many guests.
fn lets_in(guests: usize) -> Arc<Guests> {
    Arc::new(Guests::new(guests::Limits { apps: vec![APP], per_app: guests, per_address: guests }))
}

fn connects_to(guests: &Arc<Guests>, id: u128) -> Phone {
    let mut phone = Phone::connects_to(&shares(Rate::new(1_000, 1_000, 1_000)), id);
    phone.session.settings = Arc::new(Settings { guests: Arc::clone(guests), ..settings() });
    phone
}

fn guests_hello(instance: &str) -> Value {
    let mut hello = hello();
    (hello["userID"], hello["userSig"], hello["instance"]) =
        (json!("@TIM#GUEST"), json!(""), json!(instance));
    hello
}

/// Says hello, and hears whether the application exists.
fn greets(phone: &mut Phone, hello: &Value) -> Vec<Effect> {
    let asks = phone.asks("hello", hello);
    let [Effect::Query(token, Query::Greet { .. })] = asks[..] else { panic!("{asks:?}") };
    phone.finds(token, greet(None))
}

/// Comes in, from the bus to the welcome.
fn comes_in(phone: &mut Phone, hello: &Value) -> (UserKey, Value) {
    let attach = greets(phone, hello);
    let [Effect::Attach(key, _)] = attach[..] else { panic!("{attach:?}") };
    let follow = phone.happens(Input::Attached);
    assert!(matches!(follow[..], [Effect::Follow(ref topics)] if topics.is_empty()), "{follow:?}");
    let welcome = phone.happens(Input::Attached);
    assert!(matches!(welcome[..], [Effect::Admit(admitted, _), Effect::Send(_)] if admitted == key));
    (key, envelopes(&welcome)[0]["r"].clone())
}

fn enters(phone: &mut Phone) {
    let asks = phone.asks("group.join", &json!({ "groupID": "stage" }));
    let [Effect::Write(token, Write::Request(_))] = asks[..] else { panic!("{asks:?}") };
    let joined = call::Joined { status: JoinStatus::JoinedSuccess, group: None };
    let step = RoomStep::Enter { room: ConversationKey(1), group: GroupId::new("stage").unwrap() };
    phone.wrote(token, WriteReply::Room(call::JoinGroupRequest::answer(joined), Box::new(step)));
}

#[test]
fn a_guest_is_let_in_without_a_write_and_is_told_that_nothing_changed() {
    let mut phone = connects_to(&lets_in(9), 1);
    let (key, welcome) = comes_in(&mut phone, &guests_hello("g1"));
    assert!(key.is_guest());
    assert_eq!(welcome["expires"], limits::NUMBER);
    let sync = json!({ "from": [0, 0], "limit": 100, "latest": 1 });
    for from in [[0, 0], [1, 0], [1, 0]] {
        let mut sync = sync.clone();
        sync["from"] = json!(from);
        let page = &envelopes(&phone.asks("sync", &sync))[0]["r"];
        assert_eq!((&page["cursor"], &page["reset"]), (&json!([1, 0]), &json!(false)));
    }
    let pong = phone.says(r#"{"pi":1}"#);
    assert_eq!(envelopes(&pong)[0].get("cur"), None);
    let left = phone.asks("logout", &json!({}));
    assert!(envelopes(&left)[0].get("r").is_some());
    assert_eq!(closed(&left), Some(Code::LOGGED_OUT));
}

#[test]
fn a_guest_may_do_what_is_a_guests_and_hears_a_number_for_everything_else() {
    let mut phone = connects_to(&lets_in(9), 1);
    comes_in(&mut phone, &guests_hello("g1"));
    for verb in ["group.quit", "group.get", "group.online", "groupAttributes.get"] {
        let asks = phone.asks(verb, &json!({ "groupID": "stage" }));
        assert!(matches!(asks[..], [Effect::Write(..) | Effect::Query(..)]), "{verb}: {asks:?}");
    }
    for (verb, parameters) in [
        ("msg.online", text_to("GROUPstage")),
        ("msg.send", text_to("C2Cbob")),
        ("profile.get", json!({ "userIDList": ["bob"] })),
        ("status.get", json!({ "userIDList": ["bob"] })),
        ("status.subscribe", json!({ "userIDList": ["bob"] })),
        ("media.grant", json!({})),
        ("group.create", json!({ "group": { "name": "mine" } })),
    ] {
        let effects = phone.asks(verb, &parameters);
        assert_eq!(fault(&effects, phone.number).code, Code::LOGIN_NEEDED, "{verb}");
    }
}

#[test]
fn who_lets_no_guests_in_refuses_them_as_who_has_no_token() {
    let mut phone = connects_to(&Arc::default(), 1);
    is_refused(&greets(&mut phone, &guests_hello("g1")), 1, Code::USERSIG_EMPTY);
    let mut named = connects_to(&lets_in(9), 1);
    let token = sig(KEY, APP, "@TIM#GUEST", 3_600);
    let mut hello = guests_hello("g1");
    hello["userSig"] = token.into();
    is_refused(&named.asks("hello", &hello), 1, Code::USER_ID_INVALID);
}

#[test]
fn so_many_guests_are_let_in_and_one_whose_connection_broke_keeps_the_place_and_the_rooms() {
    let guests = lets_in(1);
    let mut first = connects_to(&guests, 1);
    let (key, welcome) = comes_in(&mut first, &guests_hello("g1"));
    enters(&mut first);
    let mut second = connects_to(&guests, 2);
    let full = greets(&mut second, &guests_hello("g2"));
    is_refused(&full, 1, Code::GUESTS_FULL);

    let parked = first.session.park().unwrap();
    assert_eq!(parked.rooms, [ConversationKey(1)]);
    let mut back = connects_to(&guests, 3);
    let mut hello = guests_hello("g1");
    hello["resume"] = json!({ "session": welcome["session"], "push": 0 });
    let effects = greets(&mut back, &hello);
    assert!(matches!(effects[..], [Effect::Unpark(_)]), "{effects:?}");
    let effects = back.happens(Input::Unparked(Some(Box::new(parked))));
    assert!(
        matches!(effects[..], [Effect::Attach(again, _), Effect::Admit(..), Effect::Send(_)] if again == key)
    );
    assert_eq!(envelopes(&effects)[0]["r"]["resumed"], true);
    assert_eq!(guests.count(), 1);
    back.asks("logout", &json!({}));
    assert_eq!(guests.count(), 0);
    comes_in(&mut connects_to(&guests, 4), &guests_hello("g2"));
}

#[test]
fn nobody_goes_on_with_the_session_of_another_guest() {
    let guests = lets_in(9);
    let mut first = connects_to(&guests, 1);
    let (key, welcome) = comes_in(&mut first, &guests_hello("g1"));
    let parked = first.session.park().unwrap();
    let mut other = connects_to(&guests, 2);
    let mut hello = guests_hello("g2");
    hello["resume"] = json!({ "session": welcome["session"], "push": 0 });
    greets(&mut other, &hello);
    let effects = other.happens(Input::Unparked(Some(Box::new(parked))));
    let [Effect::Attach(begun, _)] = effects[..] else { panic!("{effects:?}") };
    assert_ne!(begun, key);
}
