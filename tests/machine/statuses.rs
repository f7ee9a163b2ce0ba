//! Who is online: subscriptions that survive breaks, and what was heard already.

use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::io::Call;
use tim::protocol::call::{SetStatusRequest, SubscribeStatusesRequest, UnsubscribeStatusesRequest};
use tim::protocol::status::StatusType;
use tim::{Code, UserId};

use crate::phone::Phone;

fn users(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|name| UserId::new(name).unwrap()).collect()
}

fn subscribe(phone: &mut Phone, names: &[&str]) {
    phone.call(Call::ask(SubscribeStatusesRequest { user_id_list: users(names) }));
    phone.reply("status.subscribe", &json!({}));
}

/// What the phone last asked of this kind.
fn asked(phone: &Phone, verb: &str) -> Vec<Value> {
    phone.sent.iter().filter(|sent| sent["m"] == verb).map(|sent| sent["p"].clone()).collect()
}

fn hears(phone: &mut Phone, statuses: &[(&str, u32, &str)]) {
    let told = |(user, kind, said): &(&str, u32, &str)| json!({"userID": user, "statusType": kind, "customStatus": said});
    let statuses: Vec<Value> = statuses.iter().map(told).collect();
    phone.hear(&json!({"ev": "status", "p": {"statuses": statuses}}));
}

/// What the app was told since the last time.
fn told(phone: &mut Phone) -> Vec<(String, StatusType, String)> {
    let events = std::mem::take(&mut phone.events).into_iter();
    let lists = events.filter_map(|event| match event {
        Event::UserStatusUpdated(list) => Some(list),
        _ => None,
    });
    lists.flatten().map(|it| (it.user_id.to_string(), it.status_type, it.custom_status)).collect()
}

#[test]
fn a_subscription_survives_a_break_and_what_did_not_change_is_told_once() {
    let mut phone = Phone::ready(json!([]));
    subscribe(&mut phone, &["bob", "carol"]);
    hears(&mut phone, &[("bob", 1, "tea"), ("carol", 2, ""), ("mallory", 1, "")]);
    let (bob, carol) = ("bob".to_owned(), "carol".to_owned());
    let expected =
        [(bob.clone(), StatusType::Online, "tea".to_owned()), (carol, StatusType::Offline, String::new())];
    assert_eq!(told(&mut phone), expected, "nobody subscribed to mallory");
    for resumed in [true, false] {
        phone.comes_back(resumed);
        let renewed = asked(&phone, "status.subscribe");
        assert_eq!(renewed.last(), Some(&json!({"userIDList": ["bob", "carol"]})));
        phone.reply("status.subscribe", &json!({}));
        hears(&mut phone, &[("bob", 1, "tea"), ("carol", 2, "")]);
        assert_eq!(told(&mut phone), []);
    }
    hears(&mut phone, &[("bob", 4, "")]);
    assert_eq!(told(&mut phone), [(bob, StatusType::Other(4), String::new())]);
}

#[test]
fn a_renewal_goes_page_by_page_and_again_when_the_server_is_busy() {
    let mut phone = Phone::ready(json!([]));
    let names: Vec<String> = (0..210).map(|number| format!("user{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for page in names.chunks(100) {
        subscribe(&mut phone, page);
    }
    phone.comes_back(false);
    let before = asked(&phone, "status.subscribe").len();
    assert_eq!(
        asked(&phone, "status.subscribe").last().unwrap()["userIDList"][0],
        "user10",
        "the first ones gave way"
    );
    phone.refuse("status.subscribe", Code::BUSY, 0);
    assert_eq!(asked(&phone, "status.subscribe").len(), before);
    phone.wait(2_000);
    phone.reply("status.subscribe", &json!({}));
    phone.reply("status.subscribe", &json!({}));
    let all = asked(&phone, "status.subscribe");
    assert_eq!((all.len(), &all.last().unwrap()["userIDList"][99]), (before + 2, &json!("user209")));
}

#[test]
fn alice_lets_go_of_bob_while_her_subscriptions_are_renewed_and_the_others_stay() {
    let mut phone = Phone::ready(json!([]));
    let names: Vec<String> = (0..200).map(|number| format!("user{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.chunks(100).for_each(|page| subscribe(&mut phone, page));
    phone.comes_back(false);
    let before = asked(&phone, "status.subscribe").len() - 1;
    phone.call(Call::ask(UnsubscribeStatusesRequest { user_id_list: Some(users(&["user7"])) }));
    for _ in 0..2 {
        phone.reply("status.subscribe", &json!({}));
    }
    let renewed = asked(&phone, "status.subscribe").split_off(before);
    let renewed: Vec<&Value> =
        renewed.iter().flat_map(|page| page["userIDList"].as_array().unwrap()).collect();
    let missing = |name: &&&str| !renewed.iter().any(|it| *it == **name);
    assert_eq!(names.iter().filter(missing).count(), 0);
}

#[test]
fn whoever_is_not_subscribed_to_any_more_is_not_heard_and_not_asked_for_again() {
    let mut phone = Phone::ready(json!([]));
    subscribe(&mut phone, &["bob", "carol", "dave"]);
    for list in [Some(users(&["bob"])), None] {
        phone.call(Call::ask(UnsubscribeStatusesRequest { user_id_list: list.clone() }));
        phone.reply("status.unsubscribe", &json!({}));
        hears(&mut phone, &[("bob", 1, "")]);
        assert_eq!(told(&mut phone), []);
        let before = asked(&phone, "status.subscribe").len();
        phone.comes_back(true);
        let renewed = asked(&phone, "status.subscribe").split_off(before);
        match list {
            Some(_) => {
                assert_eq!(renewed, [json!({"userIDList": ["carol", "dave"]})]);
                phone.reply("status.subscribe", &json!({"failures": [{"userID": "dave", "code": 20003}]}));
            }
            None => assert_eq!(renewed, [] as [Value; 0]),
        }
    }
}

#[test]
fn what_alice_says_of_herself_is_heard_from_every_device_and_forgotten_after_a_long_break() {
    let mut phone = Phone::ready(json!([]));
    let alice = |said: &str| ("alice".to_owned(), StatusType::Online, said.to_owned());
    phone.call(Call::ask(SetStatusRequest { custom_status: "tea".to_owned() }));
    phone.reply("status.set", &json!({}));
    assert_eq!(told(&mut phone), [alice("tea")]);
    hears(&mut phone, &[("alice", 1, "tea")]);
    assert_eq!(told(&mut phone), []);
    hears(&mut phone, &[("alice", 1, "coffee")]);
    assert_eq!(told(&mut phone), [alice("coffee")]);
    phone.comes_back(false);
    assert_eq!(asked(&phone, "status.get"), [json!({"userIDList": ["alice"]})]);
    phone.reply("status.get", &json!({"statuses": [{"userID": "alice", "statusType": 1}]}));
    assert_eq!(told(&mut phone), [alice("")]);
    phone.comes_back(false);
    assert_eq!(asked(&phone, "status.get").len(), 1, "there is nothing to doubt");
}

#[test]
fn a_server_that_tells_nobody_who_is_online_is_asked_once() {
    let mut phone = Phone::ready(json!([]));
    subscribe(&mut phone, &["bob"]);
    phone.comes_back(false);
    phone.refuse("status.subscribe", Code::UNSUPPORTED, 0);
    let before = asked(&phone, "status.subscribe").len();
    phone.wait(60_000);
    assert_eq!(asked(&phone, "status.subscribe").len(), before);
}
