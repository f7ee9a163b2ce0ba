//! Groups: who hears what is said in one, from when on and until when.

use serde_json::{Value, json};

use crate::stage::{Client, Server};

/// Where a text was said, and the text.
async fn hears(member: &mut Client) -> (String, String) {
    let is_text =
        |envelope: &Value| envelope["ev"] == "msg" && envelope["p"]["body"]["type"] == "TIMTextElem";
    let message = &member.envelope(is_text).await["p"];
    let words = [&message["to"], &message["body"]["payload"]["text"]];
    let [to, text] = words.map(|word| word.as_str().unwrap().to_owned());
    (to, text)
}

fn said(to: &str, text: &str) -> (String, String) {
    (to.to_owned(), text.to_owned())
}

#[tokio::test]
async fn a_member_hears_the_group_from_coming_to_leaving_on_every_device() {
    let server = Server::start().await;
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    let mut carol = server.login("carol").await;
    let group =
        json!({ "group": { "name": "Tea", "type": "ChatRoom", "groupID": "tea", "memberList": ["bob"] } });
    assert!(alice.ask("group.create", &group).await["r"].is_object());

    // Bob was connected before there was a group, and his tablet comes later.
    alice.sends("GROUPtea", "one").await;
    assert_eq!(hears(&mut bob).await, said("GROUPtea", "one"));
    let mut hello = server.hello("bob", &["batch"]);
    hello["device"] = "bob-tablet".into();
    hello["instance"] = "bob-2".into();
    hello["platform"] = "ios".into();
    let mut tablet = server.connect().await;
    assert!(tablet.ask("hello", &hello).await["r"].is_object());
    alice.sends("GROUPtea", "two").await;
    for device in [&mut bob, &mut tablet] {
        assert_eq!(hears(device).await, said("GROUPtea", "two"));
    }

    // Carol joins after "two", and bob leaves before "four".
    let joined = carol.ask("group.join", &json!({ "groupID": "tea", "applyMessage": "" })).await;
    assert_eq!(joined["r"]["status"], "JoinedSuccess", "{joined}");
    bob.sends("GROUPtea", "three").await;
    for device in [&mut alice, &mut tablet, &mut carol] {
        assert_eq!(hears(device).await, said("GROUPtea", "three"));
    }
    assert!(bob.ask("group.quit", &json!({ "groupID": "tea" })).await["r"].is_object());
    alice.sends("GROUPtea", "four").await;
    alice.sends("C2Cbob", "do come back").await;
    for device in [&mut bob, &mut tablet] {
        assert_eq!(hears(device).await, said("C2Cbob", "do come back"), "not what was said since");
    }
    assert_eq!(hears(&mut carol).await, said("GROUPtea", "four"));
}
