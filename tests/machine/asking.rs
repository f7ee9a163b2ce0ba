//! Requests are sent at once: none waits for an unrelated event.

use serde_json::json;
use tim::machine::io::{Call, Input, Return};
use tim::protocol::call::SendOnlineRequest;
use tim::{Code, UserId};

use crate::phone::{BEGIN, Phone, with_bob};

#[test]
fn a_read_mark_is_sent_by_the_call_that_sets_it() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.wait(5_000);
    phone.call(Call::SetRead("C2Cbob".parse().unwrap()));
    assert_eq!(phone.last_asked("conv.read").1["sequence"], 5);
}

#[test]
fn what_a_sync_shows_to_be_missing_is_asked_for_with_its_page() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.comes_back(false);
    phone.page(2, json!([with_bob(105, 86..=105, phone.now)]));
    let (_, history) = phone.last_asked("msg.history");
    assert_eq!((&history["low"], &history["high"]), (&json!(6), &json!(85)));
}

#[test]
fn a_mutation_that_a_sync_shows_is_asked_for_with_its_page() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.comes_back(false);
    let mut state = with_bob(5, 5..=5, BEGIN);
    state["mutationHead"] = json!(1);
    phone.page(2, json!([state]));
    assert_eq!(phone.last_asked("msg.mutations").1["after"], 0);
}

#[test]
fn a_page_that_waits_for_a_gap_has_it_filled_at_once() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.hear(&json!({"n": 1, "ev": "msg", "p": crate::phone::message(7, "bob", BEGIN)}));
    assert!(phone.asked("msg.history").is_empty(), "a gap is given a moment");
    phone.call(Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before: None, count: 20 });
    let (_, history) = phone.last_asked("msg.history");
    assert_eq!((&history["low"], &history["high"]), (&json!(6), &json!(6)));
}

#[test]
fn profiles_that_do_not_fit_one_page_are_asked_for_until_all_are_here() {
    let mut phone = Phone::ready(json!([]));
    let users = ["bob", "carol", "dave"].map(|name| UserId::new(name).unwrap());
    let call = phone.call(Call::Profiles(users.to_vec()));
    phone.reply("profile.get", &json!({"profiles": [{"userID": "bob"}], "next": 1}));
    assert_eq!(phone.last_asked("profile.get").1["userIDList"], json!(["carol", "dave"]));
    phone.reply("profile.get", &json!({"profiles": [{"userID": "carol"}], "next": 0}));
    assert_eq!(
        phone.last_asked("profile.get").1["userIDList"],
        json!(["dave"]),
        "a page looks at one at least"
    );
    phone.reply("profile.get", &json!({"profiles": []}));
    let Some(Ok(Return::Profiles(profiles))) = phone.returned(call) else { panic!("{:?}", phone.returns) };
    let named: Vec<&str> = profiles.iter().map(|profile| profile.user_id.as_str()).collect();
    assert_eq!(named, ["bob", "carol"]);
}

#[test]
fn an_online_only_message_fails_at_once_without_a_connection_and_is_not_sent_after_a_break() {
    let mut phone = Phone::ready(json!([]));
    let typing = || {
        let body = json!({"type": "TIMCustomElem", "payload": {"data": "typing"}});
        let message = json!({
            "ID": "019b76dc-f1a8-700a-8000-00000000000a", "to": "C2Cbob", "clientTime": BEGIN, "body": body
        });
        Call::ask(serde_json::from_value::<SendOnlineRequest>(message).unwrap())
    };
    let code = |phone: &Phone, call| phone.returned(call).map(|result| result.as_ref().unwrap_err().code);
    let interrupted = phone.call(typing());
    assert_eq!(phone.asked("msg.online").len(), 1);
    // Of so many some wait for others to be answered.
    let waiting: Vec<_> = (0..40).map(|_| phone.call(typing())).collect();
    assert!(phone.asked("msg.online").len() < 41);
    phone.feed(Input::Disconnected);
    assert!(
        waiting.iter().chain([&interrupted]).all(|call| code(&phone, *call) == Some(Code::NETWORK_ERROR))
    );
    let sent = phone.asked("msg.online").len();
    let offline = phone.call(typing());
    assert_eq!(code(&phone, offline), Some(Code::NETWORK_ERROR));
    phone.comes_back(true);
    phone.wait(60_000);
    assert_eq!(phone.asked("msg.online").len(), sent);
}
