//! What the user removes, beside what waits in the outbox.

use serde_json::json;
use tim::Code;
use tim::conversation::Removal;
use tim::event::Event;
use tim::machine::io::{Call, Input};

use crate::phone::{BEGIN, Phone, with_bob};

const HIDE: Removal = Removal { history: false, conversation: true };

/// The conversations of the list that was told last, with the text of each one's last message.
fn list(phone: &Phone) -> Vec<(String, Option<String>)> {
    let last = phone.events.iter().rev().find_map(|event| match event {
        Event::ConversationListUpdated(list) => Some(list),
        _ => None,
    });
    let shown = last.into_iter().flat_map(|list| list.iter());
    let text = |message: &tim::message::Message| match &message.payload {
        tim::message::Payload::Body(tim::message::Body::Text(body)) => Some(body.text.clone()),
        _ => None,
    };
    shown.map(|it| (it.conversation_id.to_string(), it.last_message.as_ref().and_then(text))).collect()
}

#[test]
fn a_message_that_is_refused_brings_a_removed_conversation_back() {
    let mut phone = Phone::ready(json!([with_bob(2, 1..=2, BEGIN)]));
    phone.call(Call::RemoveConversations(vec!["C2Cbob".parse().unwrap()], HIDE));
    phone.wait(2_000);
    assert_eq!(list(&phone), []);
    phone.say("Are you there?");
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    phone.wait(2_000);
    let shown = vec![("C2Cbob".to_owned(), Some("Are you there?".to_owned()))];
    assert_eq!(list(&phone), shown, "it can be sent again, or removed with the conversation");
    let mut phone = phone.restarts();
    phone.log_in("alice");
    assert_eq!(list(&phone), shown);
}

#[test]
fn a_conversation_that_is_there_for_the_outbox_only_leaves_nothing_behind() {
    let mut phone = Phone::ready(json!([]));
    phone.feed(Input::Disconnected);
    phone.say("hello");
    phone.call(Call::RemoveConversations(vec!["C2Cbob".parse().unwrap()], HIDE));
    phone.wait(2_000);
    assert_eq!(list(&phone), [("C2Cbob".to_owned(), Some("hello".to_owned()))], "what waits is still sent");
    assert!(phone.store.snapshot().unwrap().conversations.is_empty(), "the server knows nothing of it");
}

#[test]
fn a_draft_goes_with_a_conversation_that_another_device_removes() {
    let mut phone = Phone::ready(json!([with_bob(2, 1..=2, BEGIN)]));
    phone.call(Call::SetDraft("C2Cbob".parse().unwrap(), "Dear B".to_owned()));
    let removed = json!({"conversationID": "C2Cbob", "floor": 1, "hiddenBelow": 3, "read": 0, "base": 0});
    phone.hear(&json!({"n": 1, "ev": "change", "p": {"kind": "removed", "conversations": [removed]}}));
    phone.wait(2_000);
    assert_eq!(list(&phone), []);
    assert!(phone.store.snapshot().unwrap().drafts.is_empty());
}
