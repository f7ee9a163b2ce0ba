//! What the user has begun to write.

use serde_json::json;
use tim::Code;
use tim::machine::io::{Call, CallId, Input};

use crate::phone::Phone;

/// The code with which a call was refused; `None` if it succeeded.
fn refusal(phone: &Phone, call: CallId) -> Option<Code> {
    phone.returned(call).unwrap().as_ref().err().map(|fault| fault.code)
}

#[test]
fn a_draft_can_be_removed_though_its_conversation_is_gone() {
    let mut phone = Phone::ready(json!([]));
    phone.feed(Input::Disconnected);
    phone.say("hello");
    let draft = |text: &str| Call::SetDraft("C2Cbob".parse().unwrap(), text.to_owned());
    let kept = phone.call(draft("Dear B"));
    assert_eq!(refusal(&phone, kept), None);
    assert_eq!(phone.store.snapshot().unwrap().drafts.len(), 1);
    // The conversation exists for the message only.
    let message = phone.store.snapshot().unwrap().outbox[0].message.id;
    let cancelled = phone.call(Call::Cancel(message));
    assert_eq!(refusal(&phone, cancelled), None);
    let another = phone.call(draft("Dear Bob"));
    assert_eq!(refusal(&phone, another), Some(Code::CONVERSATION_NOT_FOUND));
    let removed = phone.call(draft(""));
    assert_eq!(refusal(&phone, removed), None);
    assert!(phone.store.snapshot().unwrap().drafts.is_empty());
}
