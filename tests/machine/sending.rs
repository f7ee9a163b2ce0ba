//! The outbox: what waits in it, how long, and what becomes of it.

use std::path::PathBuf;

use serde_json::json;
use tim::machine::io::{Call, CallId, Input, Output};
use tim::message::{Body, ImageBody, ImageFormat, Message, Payload, Rendition, RenditionType, TextBody};
use tim::plugin::Uploaded;
use tim::protocol::body::Element as _;
use tim::protocol::call::GetGroupRequest;
use tim::store::Change;
use tim::{Code, GroupId};
use tim_protocol::Fault;

use crate::phone::{BEGIN, Phone, draft, message, with_bob};

/// Sends a text, which says its number.
fn send(phone: &mut Phone, number: u64, to: &str) -> CallId {
    let message = draft(number, to, Payload::Body(Body::Text(TextBody { text: number.to_string() })));
    phone.call(Call::Send { message: Box::new(message), upload: None })
}

pub fn refusal(phone: &Phone, call: CallId) -> Code {
    phone.returned(call).unwrap().as_ref().unwrap_err().code
}

/// Forgets what was sent and done so far.
fn forget(phone: &mut Phone) {
    phone.sent.clear();
    phone.done.clear();
    phone.returns.clear();
    phone.events.clear();
}

/// A picture that is at this address; nowhere yet, if that is empty.
pub fn picture_at(url: &str) -> ImageBody {
    let info = |rendition_type| Rendition { rendition_type, size: 1, width: 1, height: 1, url: url.into() };
    ImageBody {
        uuid: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        image_format: ImageFormat::Png,
        image_info_array: [RenditionType::Original, RenditionType::Thumb, RenditionType::Large]
            .map(info)
            .to_vec(),
    }
}

/// The result of an upload to this address.
pub fn uploaded_at(url: &str) -> Uploaded {
    picture_at(url).attachments().remove(0).uploaded
}

pub fn copy() -> PathBuf {
    "outbox/picture".into()
}

/// A phone that uploads a picture for bob.
pub fn uploading() -> (Phone, Message) {
    let mut phone = Phone::ready(json!([]));
    let picture = draft(1, "C2Cbob", Payload::Body(Body::Image(picture_at(""))));
    phone.call(Call::Send { message: Box::new(picture.clone()), upload: Some(copy()) });
    assert!(matches!(phone.done.last(), Some(Output::Upload { message, .. }) if *message == picture.id));
    phone.done.clear();
    (phone, picture)
}

#[test]
fn a_new_life_of_the_servers_data_has_one_upload_for_each_picture() {
    let (mut phone, picture) = uploading();
    phone.comes_back(false);
    let reset = json!({"reset": true, "cursor": [2, 1], "conversations": [], "changes": []});
    phone.reply("sync", &reset);
    assert!(phone.done.iter().any(|it| matches!(it, Output::CancelUpload(id) if *id == picture.id)));
    phone.done.clear();
    phone.welcome(false);
    assert!(
        phone.done.iter().any(|it| matches!(it, Output::Upload { message, .. } if *message == picture.id))
    );
}

#[test]
fn messages_that_were_refused_leave_room_for_others() {
    let mut phone = Phone::ready(json!([]));
    for number in 0..10_500 {
        let sending = send(&mut phone, number, "C2Cnobody");
        phone.refuse("msg.send", Code::UNKNOWN_USER, 0);
        assert_eq!(refusal(&phone, sending), Code::UNKNOWN_USER);
        forget(&mut phone);
    }
    let outbox = phone.store.snapshot().unwrap().outbox;
    let kept: Vec<_> = outbox.iter().map(|row| row.message.id).collect();
    let newest: Vec<_> = (9_500..10_500).map(|number| draft(number, "C2Cnobody", Payload::Gone).id).collect();
    assert_eq!(kept, newest);

    // One that is kept can be sent again, one that is not cannot.
    let gone = phone.call(Call::Resend(draft(9_499, "C2Cnobody", Payload::Gone).id));
    assert_eq!(refusal(&phone, gone), Code::MESSAGE_INVALID);
    let kept = phone.call(Call::Resend(newest[0]));
    assert!(phone.returned(kept).is_none());
    assert_eq!(phone.last_asked("msg.send").1["ID"], newest[0].to_string());
}

/// The queues of these two are so long that a quadratic algorithm would take minutes.
const MANY: u64 = 10_000;

#[test]
fn messages_that_wait_hold_up_no_others() {
    let mut phone = Phone::ready(json!([]));
    for number in 0..MANY {
        send(&mut phone, number, "C2Cbob");
    }
    assert_eq!(phone.asked("msg.send").len(), 1, "one is on its way in each conversation");
    let one_more = send(&mut phone, MANY, "C2Ccarol");
    assert_eq!(refusal(&phone, one_more), Code::OUTBOX_FULL);
    for sequence in 1..=MANY {
        let (_, sent) = phone.last_asked("msg.send");
        assert_eq!(sent["body"]["payload"]["text"], (sequence - 1).to_string(), "in order");
        phone.reply("msg.send", &json!({"sequence": sequence, "countable": sequence, "time": BEGIN}));
        phone.sent.drain(..phone.sent.len() - 1);
        phone.done.clear();
    }
    assert!(phone.store.snapshot().unwrap().outbox.is_empty());
}

#[test]
fn calls_that_wait_hold_up_no_others() {
    let mut phone = Phone::ready(json!([]));
    for _ in 0..MANY {
        phone.call(Call::ask(GetGroupRequest { group_id: GroupId::new("tea").unwrap() }));
    }
    phone.wait(15_000);
    let late =
        phone.returns.iter().filter(|(_, result)| matches!(result, Err(why) if why.code == Code::TIMEOUT));
    assert_eq!(late.count() as u64, MANY);
}

#[test]
fn what_was_not_answered_is_asked_again_on_the_next_connection() {
    let mut phone = Phone::ready(json!([]));
    let sendings: Vec<CallId> = (1..=3).map(|number| send(&mut phone, number, "C2Cbob")).collect();
    let to_carol = send(&mut phone, 4, "C2Ccarol");
    phone.refuse("msg.send", Code::BUSY, 5_000);
    let groups = phone.call(Call::ask(GetGroupRequest { group_id: GroupId::new("tea").unwrap() }));
    forget(&mut phone);
    phone.comes_back(true);
    assert_eq!(phone.asked("group.get").len(), 1);
    assert_eq!(phone.asked("msg.send").len(), 1, "carol's was asked to wait");
    for (sending, sequence) in sendings.into_iter().zip(1..) {
        phone.reply("msg.send", &json!({"sequence": sequence, "countable": sequence, "time": BEGIN}));
        assert!(phone.returned(sending).unwrap().is_ok());
    }
    phone.wait(5_000);
    assert_eq!(phone.last_asked("msg.send").1["to"], "C2Ccarol");
    phone.reply("msg.send", &json!({"sequence": 1, "countable": 1, "time": BEGIN}));
    assert!(phone.returned(to_carol).unwrap().is_ok());
    assert!(phone.returned(groups).is_none());
}

#[test]
fn a_message_is_stored_once_when_it_is_acknowledged_and_a_gap_below_it_does_not_store_it_again() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    let first = send(&mut phone, 1, "C2Cbob");
    phone.commits.clear();
    phone.reply("msg.send", &json!({"sequence": 2, "countable": 2, "time": BEGIN}));
    assert!(phone.returned(first).unwrap().is_ok());
    let [commit] = phone.commits.as_slice() else { panic!("{:?}", phone.commits) };
    assert!(
        matches!(commit[..], [Change::Acknowledged(_), Change::Complete(_, 2, 2), Change::Conversation(_)]),
        "{commit:?}"
    );
    let second = send(&mut phone, 2, "C2Cbob");
    phone.commits.clear();
    phone.reply("msg.send", &json!({"sequence": 4, "countable": 4, "time": BEGIN}));
    assert!(phone.returned(second).unwrap().is_ok());
    phone.wait(300);
    let page = json!({"messages": [message(3, "bob", BEGIN)], "low": 3, "high": 3, "floor": 1});
    phone.reply("msg.history", &page);
    let stored = phone.commits.iter().flatten().filter_map(|change| match change {
        Change::Acknowledged(message) => Some(vec![message.sequence]),
        Change::Messages(_, messages) => Some(messages.iter().map(|it| it.sequence).collect()),
        _ => None,
    });
    assert_eq!(stored.collect::<Vec<_>>(), [vec![4], vec![3]]);
    assert_eq!(phone.told(), [3]);
    let page =
        phone.call(Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before: None, count: 4 });
    let (_, shown) = phone.shown.iter().find(|(call, _)| *call == page).unwrap();
    assert_eq!(shown.iter().map(|it| it.sequence).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn a_text_passes_a_picture_that_is_uploaded_and_the_picture_goes_first_again() {
    let (mut phone, picture) = uploading();
    send(&mut phone, 2, "C2Cbob");
    send(&mut phone, 3, "C2Cbob");
    assert_eq!(phone.last_asked("msg.send").1["body"]["payload"]["text"], "2");
    phone.feed(Input::UploadEnded(picture.id, Ok(uploaded_at("https://pictures.example/1"))));
    assert!(phone.done.iter().any(|it| matches!(it, Output::Uploaded(id) if *id == picture.id)));
    assert_eq!(phone.asked("msg.send").len(), 1, "one is on its way");
    phone.reply("msg.send", &json!({"sequence": 1, "countable": 1, "time": BEGIN}));
    assert_eq!(phone.last_asked("msg.send").1["ID"], picture.id.to_string());
}

#[test]
fn a_picture_that_nobody_could_fetch_is_not_sent() {
    for nowhere in ["", "http://pictures.example/1", "ftp://pictures.example/1", "javascript:alert(1)"] {
        let mut phone = Phone::ready(json!([]));
        let picture = draft(1, "C2Cbob", Payload::Body(Body::Image(picture_at(""))));
        let sending = phone.call(Call::Send { message: Box::new(picture.clone()), upload: Some(copy()) });
        for _ in 0..4 {
            phone.feed(Input::UploadEnded(picture.id, Ok(uploaded_at(nowhere))));
            phone.wait(3_000);
        }
        assert_eq!(refusal(&phone, sending), Code::UPLOAD_FAILED);
        assert!(phone.asked("msg.send").is_empty());
    }
}

#[test]
fn a_picture_that_was_on_the_server_before_is_sent_as_it_was_if_it_cannot_be_uploaded_again() {
    let mut phone = Phone::ready(json!([]));
    let before = picture_at("/media/1/00000000-0000-4000-8000-000000000001/0");
    let picture = draft(1, "C2Cbob", Payload::Body(Body::Image(before.clone())));
    phone.call(Call::Send { message: Box::new(picture.clone()), upload: Some(copy()) });
    let is_asked = |it: &Output| matches!(it, Output::Upload { attachments, .. } if *attachments == before.attachments());
    assert!(phone.done.iter().any(is_asked), "{:?}", phone.done);
    phone.feed(Input::UploadEnded(picture.id, Err(Fault::new(Code::IMAGE_DAMAGED))));
    let (_, sent) = phone.last_asked("msg.send");
    assert_eq!(sent["body"]["payload"]["imageInfoArray"][0]["url"], before.image_info_array[0].url);
    assert!(!phone.done.iter().any(|it| matches!(it, Output::RemoveCopy(_))));
}

#[test]
fn a_picture_waits_for_the_users_other_uploads_however_long_they_take() {
    let (mut phone, picture) = uploading();
    for _ in 0..6 {
        let full = Fault::new(Code::TOO_FAST).retry_after(5_000);
        phone.feed(Input::UploadEnded(picture.id, Err(full)));
        phone.wait(4_999);
        assert!(phone.done.is_empty(), "not before it may: {:?}", phone.done);
        for _ in 0..100 {
            if !phone.done.is_empty() {
                break;
            }
            phone.wait_for_it();
            let ping = phone.sent.iter().rev().find_map(|envelope| envelope["pi"].as_u64());
            phone.hear(&json!({"po": ping.unwrap_or_default(), "now": BEGIN}));
        }
        assert!(matches!(phone.done[..], [Output::Upload { message, .. }] if message == picture.id));
        phone.done.clear();
    }
    phone.feed(Input::UploadEnded(picture.id, Ok(uploaded_at("https://pictures.example/1"))));
    assert_eq!(phone.last_asked("msg.send").1["ID"], picture.id.to_string());
}
