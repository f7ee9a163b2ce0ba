//! Live rooms: a session enters some, says something where it is, and keeps them when it goes on after a break.

use tim_protocol::group::JoinStatus;
use tim_protocol::message::Message;
use tim_protocol::{GroupId, MessageId, UserId};

use super::*;
use crate::core::ops::RoomStep;

fn joins(phone: &mut Phone, room: i64) -> Vec<Effect> {
    let asks = phone.asks("group.join", &json!({ "groupID": "stage" }));
    let [Effect::Write(token, Write::Request(_))] = asks[..] else { panic!("{asks:?}") };
    let joined = call::Joined { status: JoinStatus::JoinedSuccess, group: None };
    let step = RoomStep::Enter { room: ConversationKey(room), group: GroupId::new("stage").unwrap() };
    let reply = WriteReply::Room(call::JoinGroupRequest::answer(joined), Box::new(step));
    phone.wrote(token, reply)
}

fn leaves(phone: &mut Phone, room: i64) -> Vec<Effect> {
    let asks = phone.asks("group.quit", &json!({ "groupID": "stage" }));
    let [Effect::Write(token, Write::Request(_))] = asks[..] else { panic!("{asks:?}") };
    let step = RoomStep::Leave { room: ConversationKey(room) };
    phone.wrote(token, WriteReply::Room(call::QuitGroupRequest::answer(call::Done {}), Box::new(step)))
}

fn says(phone: &mut Phone, room: i64) -> Vec<Effect> {
    let asks = phone.asks("msg.online", &text_to("GROUPstage"));
    let [Effect::Query(token, Query::Request(_))] = asks[..] else { panic!("{asks:?}") };
    let id = MessageId::from_parts(NOON, [7; 10]);
    let (from, to) = (UserId::new("alice").unwrap(), "GROUPstage".parse().unwrap());
    let body = serde_json::value::to_raw_value("hello").unwrap();
    let message = Box::new(Message::bare(id, from, to, NOON, body));
    let step = RoomStep::Say { room: ConversationKey(room), message, leads: false };
    let sent =
        call::SentOnline { time: NOON, nick: String::new(), avatar: String::new(), name_card: String::new() };
    phone.finds(token, QueryResult::Room(call::SendOnlineRequest::answer(sent), Box::new(step)))
}

#[test]
fn a_session_enters_ten_rooms_and_leaves_one_for_another() {
    let mut phone = Phone::logged_in();
    for room in 1..=10 {
        let effects = joins(&mut phone, room);
        assert!(
            matches!(effects[..], [Effect::Enter(entered), Effect::Send(_)] if entered.0 == room),
            "{effects:?}"
        );
    }
    assert!(matches!(joins(&mut phone, 10)[..], [Effect::Send(_)]), "it is there already");
    let (effects, number) = (joins(&mut phone, 11), phone.number);
    assert_eq!(fault(&effects, number).code, Code::TOO_MANY_ROOMS);
    assert!(matches!(leaves(&mut phone, 3)[..], [Effect::Leave(ConversationKey(3)), Effect::Send(_)]));
    assert!(matches!(joins(&mut phone, 11)[..], [Effect::Enter(_), Effect::Send(_)]));
}

#[test]
fn a_session_says_something_where_it_is_as_long_as_the_room_passes_it_on() {
    let mut phone = Phone::logged_in();
    let (effects, number) = (says(&mut phone, 1), phone.number);
    assert_eq!(fault(&effects, number).code, Code::ROOM_NOT_JOINED);
    joins(&mut phone, 1);
    for _ in 0..10 {
        assert!(envelopes(&says(&mut phone, 1))[0].get("r").is_some());
    }
    let (effects, number) = (says(&mut phone, 1), phone.number);
    let refused = fault(&effects, number);
    assert_eq!((refused.code, refused.retry_after), (Code::TOO_FAST, Some(100)));
    let others = Message::bare(
        MessageId::from_parts(NOON, [8; 10]),
        UserId::new("bob").unwrap(),
        "GROUPstage".parse().unwrap(),
        NOON,
        serde_json::value::to_raw_value("hello").unwrap(),
    );
    while phone.session.rooms.offer(ConversationKey(1), others.clone(), true, phone.now.monotonic) {}
    phone.passes(100);
    while phone.session.rooms.offer(ConversationKey(1), others.clone(), true, phone.now.monotonic) {}
    let (effects, number) = (says(&mut phone, 1), phone.number);
    assert_eq!(fault(&effects, number).code, Code::ROOM_BUSY);
}

#[test]
fn a_session_that_goes_on_is_in_its_rooms_still() {
    let mut phone = Phone::logged_in();
    joins(&mut phone, 1);
    let parked = phone.session.park().unwrap();
    assert_eq!(parked.rooms, [ConversationKey(1)]);
}

#[test]
fn a_session_that_was_removed_enters_again_and_ended_rooms_take_no_place() {
    let mut phone = Phone::logged_in();
    (1..=10).for_each(|room| drop(joins(&mut phone, room)));
    (1..=10).for_each(|room| {
        assert!(phone.happens(Input::Delivery(Delivery::Left(ConversationKey(room)))).is_empty());
    });
    let (effects, number) = (says(&mut phone, 1), phone.number);
    assert_eq!(fault(&effects, number).code, Code::ROOM_NOT_JOINED);
    assert!(matches!(joins(&mut phone, 1)[..], [Effect::Enter(ConversationKey(1)), Effect::Send(_)]));
}
