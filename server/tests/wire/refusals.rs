//! Refusals that docs/protocol.md promises, whatever the verb.

use serde_json::json;
use tim_protocol::Code;

use crate::stage::{Server, text_to};

#[tokio::test]
async fn a_group_that_does_not_exist_is_refused_by_every_verb() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let group = "GROUPnowhere";
    for (verb, parameters) in [
        ("msg.history", json!({ "conversationID": group, "low": 1, "high": 9, "limit": 9 })),
        ("msg.mutations", json!({ "conversationID": group, "after": 0 })),
        ("msg.revoke", json!({ "conversationID": group, "sequence": 1 })),
        ("conv.read", json!({ "conversationID": group, "sequence": 1 })),
        ("group.get", json!({ "groupID": "nowhere" })),
        ("group.join", json!({ "groupID": "nowhere" })),
    ] {
        let answer = alice.ask(verb, &parameters).await;
        assert_eq!(answer["e"]["c"], Code::GROUP_NOT_FOUND.0, "{verb}: {answer}");
    }
    assert_eq!(alice.sends(group, "anybody?").await["e"]["c"], Code::GROUP_NOT_FOUND.0);
    let chat = json!({ "conversationID": "C2Cbob", "low": 1, "high": 9, "limit": 9 });
    assert_eq!(alice.ask("msg.history", &chat).await["r"]["messages"], json!([]), "a chat only begins");
}

#[tokio::test]
async fn receivers_go_with_a_verb_of_their_own_which_the_refusal_names() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let mut message = text_to("GROUPtea", "for bob");
    message["attributes"] = json!({ "receiverList": ["bob"] });
    let refused = alice.ask("msg.send", &message).await;
    assert_eq!(refused["e"]["c"], Code::BAD_REQUEST.0);
    assert!(refused["e"]["t"].as_str().unwrap().contains("goes with msg.targeted,"), "{refused}");
    // The verb that it names is there: the group is not.
    assert_eq!(alice.ask("msg.targeted", &message).await["e"]["c"], Code::GROUP_NOT_FOUND.0);
}

#[tokio::test]
async fn elements_are_refused_by_kind_by_number_and_by_their_sum() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let text = |text: &str| json!({ "type": "TIMTextElem", "payload": { "text": text } });
    let tip = json!({ "type": "TIMGroupTipElem", "payload":
        { "operatorID": "alice", "operationType": 1, "userIDList": [], "memberCount": 1 } });
    for (elements, code) in [
        (json!([text("x"), tip]), Code::ELEMENT_NOT_APPENDABLE),
        (json!(vec![text("x"); 20]), Code::TOO_MANY_ELEMENTS),
        (json!(vec![text(&"x".repeat(1_000)); 12]), Code::MESSAGE_BODY_TOO_LONG),
        (json!([{ "type": "TIMHologramElem" }]), Code::BODY_TYPE_UNKNOWN),
        (json!([text("")]), Code::MESSAGE_BODY_INVALID),
        (json!(7), Code::MESSAGE_BODY_INVALID),
    ] {
        let mut message = text_to("C2Calice", "hi");
        message["body"]["elements"] = elements.clone();
        for verb in ["msg.send", "msg.online"] {
            assert_eq!(alice.ask(verb, &message).await["e"]["c"], code.0, "{verb} {elements}");
        }
        let modify =
            json!({ "conversationID": "C2Calice", "sequence": 1, "version": 0, "elements": elements });
        assert_eq!(alice.ask("msg.modify", &modify).await["e"]["c"], code.0, "{elements}");
    }
}

#[tokio::test]
async fn a_modification_by_an_earlier_version_leaves_the_elements_that_it_does_not_know() {
    let server = Server::start().await;
    let (mut alice, _bob) = (server.login("alice").await, server.login("bob").await);
    let mut message = text_to("C2Cbob", "at four:");
    let place = json!({ "type": "TIMLocationElem", "later": 1.5,
        "payload": { "description": "the house", "longitude": 91, "latitude": 30 } });
    message["body"]["elements"] = json!([place]);
    let sequence = alice.ask("msg.send", &message).await["r"]["sequence"].clone();
    let body = json!({ "type": "TIMTextElem", "payload": { "text": "at five:" } });
    let modify = |version: u64, field: &str, value: &serde_json::Value| json!({ "conversationID": "C2Cbob", "sequence": sequence, "version": version, field: value });
    let now =
        alice.ask("msg.modify", &modify(0, "body", &body)).await["r"]["mutation"]["change"]["body"].clone();
    assert_eq!((&now["payload"]["text"], &now["elements"]), (&json!("at five:"), &json!([place])));
    let again = alice.ask("msg.modify", &modify(0, "body", &body)).await;
    assert_eq!(again["r"]["applied"], true, "the same again is answered as before: {again}");
    // Elements that say the same stay as they are, with what their sender does not know.
    let mut known = place.clone();
    known.as_object_mut().unwrap().remove("later");
    let same = alice.ask("msg.modify", &modify(1, "elements", &json!([known]))).await;
    assert_eq!(same["r"]["mutation"]["change"]["body"], now);
    let mut both = body.clone();
    both["elements"] = json!([]);
    assert_eq!(alice.ask("msg.modify", &modify(2, "body", &both)).await["e"]["c"], Code::BAD_REQUEST.0);
    let none = alice.ask("msg.modify", &modify(2, "elements", &json!([]))).await;
    assert_eq!(none["r"]["mutation"]["change"]["body"], body);
}

#[tokio::test]
async fn a_login_that_its_user_ended_cannot_reconnect() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    assert_eq!(alice.ask("logout", &json!({})).await["r"], json!({}));
    let mut hello = server.hello("alice", &[]);
    hello["login"] = false.into();
    let mut again = server.connect().await;
    assert_eq!(again.ask("hello", &hello).await["e"]["c"], Code::LOGGED_OUT.0);
    assert_eq!(again.closed().await, Code::LOGGED_OUT.0);
    hello["instance"] = "alice-2".into();
    hello["login"] = true.into();
    let mut anew = server.connect().await;
    assert!(anew.ask("hello", &hello).await["r"]["session"].is_string());
}

#[tokio::test]
async fn a_logout_ends_the_other_sessions_of_its_login_connected_or_dropped() {
    let server = Server::start().await;
    let mut alice = server.connect().await;
    let mut hello = server.hello("alice", &[]);
    let session = alice.ask("hello", &hello).await["r"]["session"].clone();
    hello["login"] = false.into();
    let [mut connected, mut other] = [server.connect().await, server.connect().await];
    for again in [&mut connected, &mut other] {
        assert_eq!(again.ask("hello", &hello).await["r"]["resumed"], false);
    }
    drop(alice);
    assert_eq!(other.ask("logout", &json!({})).await["r"], json!({}));
    assert_eq!(connected.closed().await, Code::LOGGED_OUT.0);
    hello["resume"] = json!({ "session": session, "push": 0 });
    let mut resumed = server.connect().await;
    resumed.ask("hello", &hello).await;
    assert_eq!(resumed.closed().await, Code::LOGGED_OUT.0);
}
