//! The outbox as it is shown: in the pages and the list, across restarts, whatever the device's clock says.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::io::{Call, CallId, Input, Now, Output, Pending, Return};
use tim::message::{Body, Message, Payload, SendStatus, TextBody};
use tim::protocol::Fault;
use tim::store::{LocalChange, Store};
use tim::{Code, MessageId, UserId};

use crate::phone::{BEGIN, Phone, draft, message, with_bob};
use crate::sending::picture_at;

const HOUR: i64 = 3_600_000;

/// Alice tells bob a number.
fn send(phone: &mut Phone, number: u64) -> (MessageId, CallId) {
    let message = draft(number, "C2Cbob", Payload::Body(Body::Text(TextBody { text: number.to_string() })));
    let id = message.id;
    (id, phone.call(Call::Send { message: Box::new(message), upload: None }))
}

/// A page of what alice and bob said: places, and the texts and ends of what has none.
fn page(phone: &mut Phone, before: Option<u64>, count: u32) -> Vec<String> {
    phone.call(Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before, count });
    let (_, page) = phone.shown.pop().unwrap();
    page.iter().map(in_short).collect()
}

fn in_short(message: &Message) -> String {
    match (&message.payload, message.error_code) {
        _ if message.status == SendStatus::Success => format!("at {}", message.sequence),
        (Payload::Body(Body::Text(TextBody { text })), None) => format!("{text} waits"),
        (Payload::Body(Body::Text(TextBody { text })), Some(code)) => format!("{text} refused {}", code.0),
        (other, _) => panic!("what is {other:?}?"),
    }
}

/// The last of what alice and bob said, as the list shows it.
fn last(phone: &mut Phone) -> String {
    let call = phone.call(Call::ConversationList);
    match phone.returned(call) {
        Some(Ok(Return::Conversations(list))) => in_short(list[0].last_message.as_ref().unwrap()),
        other => panic!("no list: {other:?}"),
    }
}

fn comes_back_after_a_restart(phone: Phone, conversations: Value) -> Phone {
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(9, conversations);
    phone
}

fn ended(phone: &Phone) -> Vec<(String, Option<Code>)> {
    let ended = phone.events.iter().flat_map(|event| match event {
        Event::MessageStatusChanged(messages) => messages.as_slice(),
        _ => &[],
    });
    ended.map(|message| (in_short(message), message.error_code)).collect()
}

#[test]
fn what_waits_and_what_was_refused_is_in_the_page_in_its_place_across_restarts() {
    let mut phone = Phone::ready(json!([with_bob(2, 1..=2, BEGIN)]));
    phone.now += 10;
    send(&mut phone, 7);
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    phone.now += 10;
    phone.hear(&json!({"n": 1, "ev": "msg", "p": message(3, "bob", phone.now)}));
    send(&mut phone, 8);
    send(&mut phone, 9);
    let shown = ["at 1", "at 2", "7 refused 20007", "at 3", "8 waits", "9 waits"];
    assert_eq!(page(&mut phone, None, 20), shown);
    assert_eq!(last(&mut phone), "9 waits");
    let mut phone = comes_back_after_a_restart(phone, json!([]));
    assert_eq!(page(&mut phone, None, 20), shown);
    assert_eq!(last(&mut phone), "9 waits");
}

#[test]
fn an_id_is_enough_to_send_again_or_to_cancel_after_a_restart() {
    let mut phone = Phone::ready(json!([]));
    let (first, _) = send(&mut phone, 7);
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    let (second, _) = send(&mut phone, 8);
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    let mut phone = comes_back_after_a_restart(phone, json!([]));
    let cancel = phone.call(Call::Cancel(second));
    assert!(matches!(phone.returned(cancel), Some(Ok(Return::Done))));
    let resend = phone.call(Call::Resend(first));
    assert_eq!(page(&mut phone, None, 20), ["7 waits"]);
    phone.reply("msg.send", &json!({"sequence": 1, "countable": 1, "time": BEGIN}));
    assert!(matches!(phone.returned(resend), Some(Ok(Return::Message(_)))));
    assert_eq!(page(&mut phone, None, 20), ["at 1"]);
    assert_eq!(ended(&phone), [], "its caller knows");
}

#[test]
fn the_end_of_what_an_earlier_run_sent_is_told() {
    let mut phone = Phone::ready(json!([]));
    for number in 7..=9 {
        send(&mut phone, number);
    }
    let mut phone = comes_back_after_a_restart(phone, json!([]));
    phone.reply("msg.send", &json!({"sequence": 1, "countable": 1, "time": BEGIN}));
    assert_eq!(ended(&phone), [("at 1".into(), None)]);
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    assert_eq!(ended(&phone)[1..], [("8 refused 20007".into(), Some(Code::BLACKLISTED))]);
    // The server had it, and a push reports it before the reply does.
    let mut own = message(2, "alice", BEGIN);
    own["ID"] = json!(draft(9, "C2Cbob", Payload::Gone).id.to_string());
    phone.hear(&json!({"n": 1, "ev": "msg", "p": own}));
    assert_eq!(ended(&phone)[2..], [("at 2".into(), None)]);
    assert!(phone.told().is_empty(), "nobody else wrote");
}

#[test]
fn a_clock_that_is_an_hour_ahead_keeps_nothing_on_top() {
    let mut phone = Phone::with(Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome_at(false, BEGIN - HOUR);
    phone.page(1, json!([with_bob(1, 1..=1, BEGIN - HOUR)]));
    send(&mut phone, 7);
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    assert_eq!(last(&mut phone), "7 refused 20007");
    phone.hear(&json!({"n": 1, "ev": "msg", "p": message(2, "bob", BEGIN - HOUR + 1)}));
    assert_eq!(last(&mut phone), "at 2");
    assert_eq!(page(&mut phone, None, 20), ["at 1", "7 refused 20007", "at 2"]);
}

#[test]
fn a_clock_that_is_an_hour_behind_hides_nothing() {
    let mut phone = Phone::with(Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome_at(false, BEGIN + HOUR);
    phone.page(1, json!([with_bob(1, 1..=1, BEGIN + HOUR)]));
    send(&mut phone, 7);
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    assert_eq!(last(&mut phone), "7 refused 20007");
    send(&mut phone, 8);
    assert_eq!(last(&mut phone), "8 waits");
    assert_eq!(page(&mut phone, None, 20), ["at 1", "7 refused 20007", "8 waits"]);
}

#[test]
fn of_a_picture_that_no_attempt_can_send_no_copy_is_kept() {
    for (code, is_kept) in [
        (Code::IMAGE_TYPE_INVALID, false),
        (Code::IMAGE_TOO_LARGE, false),
        (Code::IMAGE_DIMENSIONS, false),
        (Code::IMAGE_DAMAGED, false),
        (Code::IMAGE_NEEDS_MEMORY, false),
        (Code::FILE_EMPTY, false),
        (Code::UPLOAD_REFUSED, true),
    ] {
        let mut phone = Phone::ready(json!([]));
        let picture = draft(1, "C2Cbob", Payload::Body(Body::Image(picture_at(""))));
        let copy: PathBuf = "outbox/picture".into();
        phone.call(Call::Send { message: Box::new(picture.clone()), upload: Some(copy) });
        phone.feed(Input::UploadEnded(picture.id, Err(Fault::new(code))));
        let removed = phone.done.iter().any(|it| matches!(it, Output::RemoveCopy(id) if *id == picture.id));
        assert_eq!(removed, !is_kept, "{code}");
        let mut phone = comes_back_after_a_restart(phone, json!([]));
        let resend = phone.call(Call::Resend(picture.id));
        let uploads = phone.done.iter().any(|it| matches!(it, Output::Upload { .. }));
        assert_eq!(uploads, is_kept, "{code}");
        let refused = phone.returned(resend).and_then(|result| result.as_ref().err()).map(|why| why.code);
        assert_eq!(refused, (!is_kept).then_some(code));
    }
}

/// A message of this time: at a place, or, without one, refused.
fn at(number: u64, time: i64, place: Option<u64>) -> Message {
    let sequence = place.unwrap_or(0);
    let error_code = if place.is_none() { Some(Code::BLACKLISTED) } else { None };
    Message { sequence, error_code, time, ..draft(number, "C2Cbob", Payload::Gone) }
}

proptest! {
    #[test]
    fn page_after_page_shows_everything_once_and_by_time(
        mut times in prop::collection::vec(0_i64..40, 0..30),
        mut refused in prop::collection::vec(0_i64..40, 0..20),
        waiting in 0_u64..4,
        count in 1_usize..9,
    ) {
        times.sort_unstable();
        refused.sort_unstable();
        let placed: Vec<Message> = (1..).zip(&times).map(|(place, time)| at(place, *time, Some(place))).collect();
        let refused: Vec<Message> = (100..).zip(&refused).map(|(number, time)| at(number, *time, None)).collect();
        let waiting: Vec<Message> = (0..waiting).map(|number| at(200 + number, 0, None)).collect();
        let (mut all, mut high) = (Vec::new(), placed.len());
        loop {
            let low = high.saturating_sub(count);
            let is_newest = high == placed.len();
            let pending = Pending {
                at_rest: refused.clone(),
                waiting: if is_newest { waiting.clone() } else { Vec::new() },
                next: (!is_newest).then_some(high as u64 + 1),
                is_first: low == 0,
            };
            let next_time = placed.get(high).map(|message| message.time);
            all.splice(0..0, pending.merge(placed[low..high].to_vec(), next_time));
            if low == 0 {
                break;
            }
            high = low;
        }
        prop_assert_eq!(all.len(), placed.len() + refused.len() + waiting.len());
        let (shown, last) = all.split_at(placed.len() + refused.len());
        prop_assert_eq!(last, &waiting[..]);
        prop_assert!(shown.windows(2).all(|pair| pair[0].time <= pair[1].time));
        for message in placed.iter().chain(&refused) {
            prop_assert_eq!(shown.iter().filter(|it| it.id == message.id).count(), 1);
        }
    }
}

#[test]
fn what_the_app_inserts_is_bounded_and_takes_no_place_of_what_waits() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    let bob = UserId::new("bob").unwrap();
    let insert = |phone: &mut Phone, number: u64| {
        let words = Payload::Body(Body::Text(TextBody { text: number.to_string() }));
        let call = phone.call(Call::Insert(Box::new(draft(number, "C2Cbob", words)), bob.clone()));
        match phone.returned(call) {
            Some(Ok(Return::Message(inserted))) => Ok(inserted.id),
            Some(Err(fault)) => Err(fault.code),
            other => panic!("not answered: {other:?}"),
        }
    };
    let first = insert(&mut phone, 0).unwrap();
    for number in 1..1_000 {
        insert(&mut phone, number).unwrap();
    }
    assert_eq!(insert(&mut phone, 1_000), Err(Code::BAD_REQUEST));
    send(&mut phone, 2_000);
    assert_eq!(phone.asked("msg.send").len(), 1, "it leaves nevertheless, alone");
    // A deleted one makes room.
    let shown = page(&mut phone, None, 5).len();
    phone.call(Call::RemoveMessages(vec![draft(0, "C2Cbob", Payload::Gone)]));
    assert_eq!(page(&mut phone, None, 5).len(), shown - 1, "{first} is gone");
    insert(&mut phone, 1_000).unwrap();
    let phone = comes_back_after_a_restart(phone, json!([]));
    assert_eq!(phone.asked("msg.send").len(), 1, "what was inserted is never sent");
}

#[test]
fn what_is_to_be_kept_beside_a_message_is_answered_though_the_commit_before_it_failed() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    let (id, change) = (draft(1, "C2Cbob", Payload::Gone).id, LocalChange::Int(1));
    let (call, now) = (CallId(99), Now { monotonic: phone.now, wall: phone.now });
    phone.machine.handle(Input::Call(call, Call::SetLocal(id, change)), now);
    phone.feed(Input::StoreFailed(Fault::new(Code::STORAGE_FULL)));
    let answer = phone.returned(call).expect("it is answered");
    assert_eq!(answer.as_ref().unwrap_err().code, Code::STORAGE_FULL);
}

#[test]
fn what_the_app_inserted_stays_in_a_new_epoch_though_its_conversation_was_cleared_before() {
    let cleared = |head: u64| {
        let mut bob = with_bob(head, 8..=head, BEGIN);
        bob["floor"] = json!(8);
        json!([bob])
    };
    let mut phone = Phone::ready(cleared(9));
    let words = Payload::Body(Body::Text(TextBody { text: "a hint".into() }));
    phone.call(Call::Insert(Box::new(draft(1, "C2Cbob", words)), UserId::new("bob").unwrap()));
    assert_eq!(phone.store.snapshot().unwrap().outbox.len(), 1);
    // The server's data is another one: what it has is asked for anew.
    phone.feed(Input::Disconnected);
    phone.wait_for_it();
    phone.welcome_to(2, false, BEGIN);
    phone.wait(5_000);
    phone.welcome_to(2, false, BEGIN);
    phone.reply(
        "sync",
        &json!({"reset": false, "cursor": [2, 1], "conversations": cleared(9), "changes": []}),
    );
    let after = phone.store.snapshot().unwrap();
    assert_eq!(after.sync.cursor.epoch, 2);
    assert_eq!(after.outbox.len(), 1);
}
