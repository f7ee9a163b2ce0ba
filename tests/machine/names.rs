//! What conversations are called.

use serde_json::{Value, json};
use tim::Code;
use tim::machine::io::{Call, Return};

use crate::phone::{BEGIN, Phone, message, with_bob};

/// A conversation in which alice alone has written.
fn with(user: &str) -> Value {
    let mut own = message(1, "alice", BEGIN);
    own["to"] = json!(format!("C2C{user}"));
    let mut state = with_bob(1, 1..=1, BEGIN);
    (state["conversationID"], state["own"], state["latest"]) = (own["to"].clone(), json!(1), json!([own]));
    state
}

fn names(phone: &mut Phone) -> Vec<String> {
    let call = phone.call(Call::ConversationList);
    let Some(Ok(Return::Conversations(list))) = phone.returned(call) else { panic!("{:?}", phone.returns) };
    let mut names: Vec<_> = list.iter().map(|it| it.show_name.clone()).collect();
    names.sort();
    names
}

#[test]
fn who_has_written_nothing_is_asked_for_once_and_is_known_after_a_restart() {
    let mut phone = Phone::ready(json!([with("bob"), with("carol")]));
    assert_eq!(phone.last_asked("profile.get").1["userIDList"], json!(["bob", "carol"]));
    assert_eq!(names(&mut phone), ["bob", "carol"]);
    // The first page has room for one.
    phone.reply("profile.get", &json!({"profiles": [{"userID": "bob", "nick": "Bob"}], "next": 1}));
    assert_eq!(phone.last_asked("profile.get").1["userIDList"], json!(["carol"]));
    // Carol is not known there.
    phone.reply("profile.get", &json!({"profiles": []}));
    assert_eq!(names(&mut phone), ["Bob", "carol"]);
    let asked = phone.asked("profile.get").len();
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.feed(tim::machine::io::Input::Connected);
    phone.welcome(false);
    phone.page(2, json!([]));
    assert_eq!(names(&mut phone), ["Bob", "carol"]);
    assert_eq!(phone.asked("profile.get").len(), 0, "{asked} before");
}

#[test]
fn names_are_asked_for_again_after_a_pause_and_not_after_a_refusal() {
    let mut phone = Phone::ready(json!([with("bob")]));
    phone.refuse("profile.get", Code::BUSY, 5_000);
    phone.wait(4_999);
    assert_eq!(phone.asked("profile.get").len(), 1);
    phone.wait(1);
    assert_eq!(phone.asked("profile.get").len(), 2);
    phone.refuse("profile.get", Code::UNSUPPORTED, 0);
    phone.wait(600_000);
    phone.call(Call::SetRead("C2Cbob".parse().unwrap()));
    let mut own = message(2, "alice", BEGIN);
    own["bySender"] = json!(2);
    phone.hear(&json!({"n": 1, "ev": "msg", "p": own}));
    phone.wait(1_000);
    assert_eq!(phone.asked("profile.get").len(), 2);
}

#[test]
fn the_newest_message_of_the_other_side_says_what_they_are_called() {
    let mut phone = Phone::ready(json!([with("bob")]));
    let of_bob = |place: u64, nick: &str| {
        let mut message = message(place, "bob", BEGIN);
        message["nick"] = json!(nick);
        json!({"n": place - 1, "ev": "msg", "p": message})
    };
    phone.hear(&of_bob(2, "Bob"));
    assert_eq!(names(&mut phone), ["Bob"]);
    // What the server answers now is not newer.
    phone.reply("profile.get", &json!({"profiles": [{"userID": "bob", "nick": "Robert"}]}));
    assert_eq!(names(&mut phone), ["Bob"]);
    phone.hear(&of_bob(3, ""));
    assert_eq!(names(&mut phone), ["Bob"]);
    phone.hear(&of_bob(4, "Bobby"));
    assert_eq!(names(&mut phone), ["Bobby"]);
}
