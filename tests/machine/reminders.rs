//! What a user wants to be told of a conversation, and marking everything as read.

use serde_json::{Value, json};
use tim::conversation::ReadAllType;
use tim::machine::io::Call;

use crate::phone::{BEGIN, Phone, message, with_bob};

/// Alice's conversation with Bob, of which she wants to be told what mentions her.
fn mentions_only(head: u64) -> Value {
    let mut conversation = with_bob(head, 1..=head, BEGIN);
    conversation["settings"] = json!({"version": 1, "messageRemindType": "NotReceiveMsgExceptAt"});
    conversation
}

/// A push of Bob's message, which may mention Alice.
fn push(place: u64, mentions: Option<&str>) -> Value {
    let mut message = message(place, "bob", BEGIN);
    if let Some(user) = mentions {
        message["attributes"] = json!({"atUserList": [user]});
    }
    json!({"n": place - 1, "ev": "msg", "p": message})
}

#[test]
fn every_mention_is_told_however_many_come_at_once_and_nothing_else() {
    let mut phone = Phone::ready(json!([mentions_only(1)]));
    let who = |place: u64| match place % 4 {
        0 => None,
        1 => Some("carol"),
        2 => Some("alice"),
        _ => Some("__kImSDK_MesssageAtALL__"),
    };
    phone.hear(&(2..=61).map(|place| push(place, who(place))).collect());
    let expected: Vec<u64> = (2..=61).filter(|place| place % 4 > 1).collect();
    assert_eq!(expected.len(), 30, "more than a conversation keeps as unread mentions");
    assert_eq!(phone.told(), expected);
}

#[test]
fn what_mentions_the_user_is_told_though_another_device_read_it() {
    let mut phone = Phone::ready(json!([mentions_only(1)]));
    phone.hear(
        &json!({"n": 1, "ev": "read", "p": {"from": "alice", "to": "C2Cbob", "sequence": 2, "base": 2}}),
    );
    let mut later = push(2, Some("alice"));
    later["n"] = json!(2);
    phone.hear(&later);
    assert_eq!(phone.told(), [2]);
}

#[test]
fn marking_everything_as_read_leaves_room_for_other_requests() {
    let of = |user: usize| {
        let mut conversation = with_bob(5, 1..=5, BEGIN);
        conversation["conversationID"] = json!(format!("C2Cfriend{user:02}"));
        conversation["latest"] = json!([]);
        conversation
    };
    let mut phone = Phone::ready((0..25).map(of).collect());
    phone.call(Call::SetAllRead(ReadAllType::All));
    let mut answered = 0;
    for expected in [10, 20, 25] {
        let asked = phone.asked("conv.read");
        assert_eq!(asked.len(), expected);
        for (number, asked) in asked.into_iter().skip(answered) {
            phone.hear(&json!({"i": number, "r": {"sequence": asked["sequence"], "base": 5}}));
        }
        assert_eq!(phone.asked("conv.read").len(), expected, "the next are not asked at once");
        answered = expected;
        phone.wait(500);
    }
}

#[test]
fn what_another_device_sets_is_shown_at_once() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    let settings = json!({"version": 1, "messageRemindType": "Discard"});
    let of_bob = json!([{"conversationID": "C2Cbob", "settings": settings}]);
    phone.hear(&json!({"n": 1, "ev": "change", "p": {"kind": "settings", "conversations": of_bob}}));
    phone.hear(&json!({"n": 2, "ev": "msg", "p": message(2, "bob", BEGIN)}));
    assert_eq!(phone.told(), Vec::<u64>::new());
}
