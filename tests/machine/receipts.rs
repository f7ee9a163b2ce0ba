//! How many read alice's messages: pushed, asked for where pushes may be missing, and never fewer than before.

use serde_json::{Value, json};
use tim::Code;
use tim::machine::io::{Call, Output};
use tim::message::ReadReceiptInfo;
use tim::protocol::call::ReceiptsRequest;

use crate::phone::{BEGIN, Phone, message, with_bob};

/// A message of alice's to bob that asks for a receipt, with how many read it if the server tells.
fn asking(place: u64, receipts: Option<(u32, u32)>) -> Value {
    let mut asking = message(place, "alice", BEGIN);
    asking["attributes"] = json!({"needReadReceipt": true});
    if let Some((read, unread)) = receipts {
        asking["receipts"] = json!({"read": read, "unread": unread});
    }
    asking
}

/// A phone that has a message of alice's that asks, and one that does not.
fn ready(receipts: (u32, u32)) -> Phone {
    let mut state = with_bob(2, 1..=2, BEGIN);
    state["latest"] = json!([asking(1, Some(receipts)), message(2, "alice", BEGIN)]);
    Phone::ready(json!([state]))
}

fn push(number: u64, place: u64, read: u32, unread: u32) -> Value {
    let receipts = json!([{"sequence": place, "read": read, "unread": unread}]);
    json!({"n": number, "ev": "receipts", "p": {"conversationID": "C2Cbob", "receipts": receipts}})
}

fn page(place: u64, read: u32, unread: u32) -> Value {
    json!({"receipts": [{"sequence": place, "read": read, "unread": unread}]})
}

/// What the phone shows of the first message: how many read it, and how many did not.
fn first(phone: &mut Phone) -> Option<(u32, u32)> {
    let conversation = "C2Cbob".parse().unwrap();
    let call = phone.call(Call::MessageList { conversation, before: Some(2), count: 1 });
    let (_, shown) = phone.shown.iter().find(|(it, _)| *it == call).unwrap();
    let info: Option<ReadReceiptInfo> = shown[0].read_receipt_info;
    info.map(|info| (info.read_count, info.unread_count))
}

/// The messages of which it was emitted how many read them, an entry for each event.
fn told(phone: &Phone) -> Vec<Vec<u64>> {
    let told = |output: &Output| match output {
        Output::EmitReceipts(_, sequences) => Some(sequences.clone()),
        _ => None,
    };
    phone.done.iter().filter_map(told).collect()
}

#[test]
fn greater_numbers_are_kept_and_told_and_others_change_nothing() {
    let mut phone = ready((0, 3));
    assert_eq!(first(&mut phone), Some((0, 3)));
    phone.hear(&push(1, 1, 2, 1));
    phone.hear(&push(2, 1, 1, 2));
    phone.hear(&push(3, 1, 2, 1));
    assert_eq!((first(&mut phone), told(&phone)), (Some((2, 1)), vec![vec![1]]));
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(1, json!([]));
    assert_eq!(first(&mut phone), Some((2, 1)), "also after a restart");
}

#[test]
fn what_a_session_may_have_missed_is_asked_for_once() {
    let mut phone = ready((0, 3)).restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(1, json!([]));
    assert!(phone.asked("msg.receipts").is_empty(), "nothing is shown yet");
    first(&mut phone);
    assert_eq!(phone.last_asked("msg.receipts").1, json!({"conversationID": "C2Cbob", "sequences": [1]}));
    phone.reply("msg.receipts", &page(1, 1, 2));
    assert_eq!((first(&mut phone), told(&phone)), (Some((1, 2)), vec![vec![1]]));
    first(&mut phone);
    assert_eq!(phone.asked("msg.receipts").len(), 1, "pushes tell the rest");

    phone.comes_back(true);
    assert_eq!(phone.asked("msg.receipts").len(), 1, "the session goes on");
    phone.comes_back(false);
    phone.page(2, json!([]));
    assert_eq!(phone.asked("msg.receipts").len(), 2);
    phone.reply("msg.receipts", &page(1, 1, 2));
    assert_eq!(told(&phone).len(), 1, "it was known");
    phone.hear(&json!({"n": 1, "ev": "lag"}));
    phone.page(3, json!([]));
    phone.reply("msg.receipts", &page(1, 3, 0));
    assert_eq!((phone.asked("msg.receipts").len(), told(&phone).len()), (3, 2));
    // All read it: nothing can change any more.
    phone.comes_back(false);
    phone.page(4, json!([]));
    first(&mut phone);
    assert_eq!(phone.asked("msg.receipts").len(), 3);
}

#[test]
fn a_sync_that_brings_a_message_again_brings_its_numbers() {
    let mut phone = ready((0, 3)).restarts();
    phone.log_in("alice");
    phone.welcome(false);
    let mut state = with_bob(3, 1..=3, BEGIN);
    state["latest"] = json!([asking(1, Some((2, 1))), message(2, "alice", BEGIN), message(3, "bob", BEGIN)]);
    phone.page(1, json!([state]));
    assert_eq!(first(&mut phone), Some((2, 1)));
    assert!(phone.asked("msg.receipts").is_empty(), "they are those of the server");
}

#[test]
fn a_request_that_fails_is_repeated_and_one_that_is_refused_is_not() {
    let mut phone = ready((0, 3)).restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(1, json!([]));
    first(&mut phone);
    phone.refuse("msg.receipts", Code::BUSY, 5_000);
    phone.wait(4_900);
    assert_eq!(phone.asked("msg.receipts").len(), 1);
    phone.wait(200);
    assert_eq!(phone.asked("msg.receipts").len(), 2);
    // The connection breaks before the answer.
    phone.comes_back(true);
    assert_eq!(phone.asked("msg.receipts").len(), 3);
    phone.refuse("msg.receipts", Code::GROUP_PERMISSION_DENIED, 0);
    phone.wait(120_000);
    first(&mut phone);
    assert_eq!(phone.asked("msg.receipts").len(), 3, "shown again, it is not asked for in this session");
    phone.comes_back(false);
    phone.page(2, json!([]));
    assert_eq!(phone.asked("msg.receipts").len(), 4);
}

#[test]
fn the_answer_to_a_send_tells_whom_it_asks_and_another_device_asks_the_server() {
    let mut phone = Phone::ready(json!([]));
    phone.hear(&json!({"n": 1, "ev": "msg", "p": asking(1, None)}));
    assert_eq!(phone.last_asked("msg.receipts").1["sequences"], json!([1]));
    phone.reply("msg.receipts", &page(1, 0, 1));
    assert_eq!((first(&mut phone), told(&phone)), (Some((0, 1)), Vec::<Vec<u64>>::new()));
    // What the app asks for is kept, too.
    let (conversation_id, sequences) = ("C2Cbob".parse().unwrap(), vec![1]);
    phone.call(Call::ask(ReceiptsRequest { conversation_id, sequences }));
    phone.reply("msg.receipts", &page(1, 1, 0));
    assert_eq!(first(&mut phone), Some((1, 0)));
}

#[test]
fn a_late_page_of_history_takes_nothing_back() {
    let mut phone = ready((0, 3));
    phone.hear(&push(1, 1, 2, 1));
    let mutated = json!({"from": "alice", "to": "C2Cbob", "mutation": 1, "sequence": 1, "countable": 0,
        "change": {"kind": "modified", "by": "alice", "time": BEGIN, "version": 1,
            "attributes": {"needReadReceipt": true}, "body": {"type": "TIMTextElem", "payload": {"text": "now"}}}});
    phone.hear(&json!({"n": 2, "ev": "mut", "p": mutated}));
    assert_eq!(first(&mut phone), Some((2, 1)), "a modification leaves them");
    let revoked = json!({"from": "alice", "to": "C2Cbob", "mutation": 2, "sequence": 1, "countable": 1,
        "change": {"kind": "revoked", "by": "alice", "time": BEGIN}});
    phone.hear(&json!({"n": 3, "ev": "mut", "p": revoked}));
    phone.hear(&push(4, 1, 3, 0));
    assert_eq!(first(&mut phone), None);
}
