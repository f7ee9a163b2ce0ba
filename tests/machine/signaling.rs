//! Invitations: when their time is over, and for whom.

use serde_json::{Value, json};
use tim::Code;
use tim::event::Event;
use tim::machine::io::{Call, CallId, Return};
use tim::message::{Body, CustomBody, Payload};
use tim::signaling::{Invitation, SignalingAction, SignalingInfo};

use crate::phone::{BEGIN, Phone, draft, message};

/// Bob invites alice for 30 seconds, by a message with this sequence.
fn bob_invites(phone: &mut Phone, place: u64, action: u32, time: i64) {
    phone.hear(&json!({"n": place, "ev": "msg", "p": bobs_signal(place, action, time)}));
}

fn bobs_signal(place: u64, action: u32, time: i64) -> Value {
    let data = json!({
        "businessID": 1, "inviteID": "call", "groupID": "", "inviter": "bob", "inviteeList": ["alice"], "data": "",
        "actionType": action, "timeout": 30,
    });
    let mut frame = message(place, "bob", time);
    frame["body"] = json!({"type": "TIMCustomElem", "payload": {"data": data.to_string()}});
    frame
}

fn live(phone: &mut Phone) -> Result<Invitation, Code> {
    let call = phone.call(Call::Invitation("call".to_owned()));
    match phone.returned(call).unwrap() {
        Ok(Return::Invitation(invitation)) => Ok((**invitation).clone()),
        Ok(other) => panic!("{other:?}"),
        Err(fault) => Err(fault.code),
    }
}

/// Alice accepts.
fn accepts(phone: &mut Phone, number: u64) -> CallId {
    let info = SignalingInfo { action: SignalingAction::Accept, ..live(phone).unwrap().info };
    let custom = CustomBody { data: info.write(), ..CustomBody::default() };
    let message = draft(number, "C2Cbob", Payload::Body(Body::Custom(custom)));
    phone.call(Call::Signal(info, Box::new(message)))
}

/// What the app was told of invitations since the last time.
fn told(phone: &mut Phone) -> Vec<&'static str> {
    let events = std::mem::take(&mut phone.events).into_iter();
    let named = events.filter_map(|event| match event {
        Event::NewInvitationReceived(_) => Some("invited"),
        Event::InviteeAccepted(_) | Event::InviteeRejected(_) => Some("answered"),
        Event::InvitationCancelled(_) => Some("cancelled"),
        Event::InvitationTimeout(_) => Some("over"),
        Event::InvitationModified(_) => Some("modified"),
        _ => None,
    });
    named.collect()
}

/// A phone that bob invites, after a moment of quiet.
fn invited() -> Phone {
    let mut phone = Phone::ready(json!([]));
    phone.wait(5_000);
    let now = phone.now;
    bob_invites(&mut phone, 1, 1, now);
    assert_eq!(told(&mut phone), ["invited"]);
    phone
}

#[test]
fn the_time_is_over_to_the_moment() {
    let mut phone = invited();
    phone.wait(29_999);
    assert_eq!(told(&mut phone), [] as [&str; 0]);
    phone.wait(1);
    assert_eq!((told(&mut phone), live(&mut phone)), (vec!["over"], Err(Code::INVITATION_UNKNOWN)));
}

#[test]
fn what_has_no_place_does_not_cancel_what_has_one() {
    let mut phone = invited();
    let now = phone.now;
    phone.hear(&json!({"ev": "online", "p": bobs_signal(0, 2, now)}));
    assert!(told(&mut phone).is_empty() && live(&mut phone).is_ok(), "a device that is away now still rings");
    bob_invites(&mut phone, 2, 2, now);
    assert_eq!(told(&mut phone), ["cancelled"]);
}

/// Somebody's message about bob's invitation says something else now.
fn modified(number: u64, from: &str, to: &str, words: &str) -> Value {
    let data = json!({
        "businessID": 1, "inviteID": "call", "groupID": "", "inviter": "bob", "inviteeList": ["alice"], "data": words,
        "actionType": 1, "timeout": 30,
    });
    let body = json!({"type": "TIMCustomElem", "payload": {"data": data.to_string()}});
    let change = json!({"kind": "modified", "by": from, "time": BEGIN, "version": number, "body": body});
    json!({
        "n": number + 1, "ev": "mut",
        "p": {"from": from, "to": to, "mutation": number, "sequence": 1, "countable": 1, "change": change},
    })
}

#[test]
fn an_inviter_changes_an_invitation_and_nobody_else_does() {
    let mut phone = invited();
    phone.hear(&modified(1, "bob", "C2Calice", "in room 7"));
    assert_eq!(told(&mut phone), ["modified"]);
    phone.hear(&modified(2, "bob", "C2Calice", "in room 7"));
    phone.hear(&modified(3, "alice", "C2Cbob", "in mine"));
    phone.hear(&modified(4, "bob", "GROUPtea", "elsewhere"));
    assert_eq!(told(&mut phone), [] as [&str; 0]);
    assert_eq!(live(&mut phone).unwrap().info.data, "in room 7");
    let mut phone = phone.restarts();
    phone.now = BEGIN + 20_000;
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([]));
    phone.wait(2_000);
    assert_eq!(live(&mut phone).unwrap().info.data, "in room 7");
}

#[test]
fn an_answer_on_its_way_is_waited_for_and_is_one_only() {
    let mut phone = invited();
    let began = phone.now;
    let call = accepts(&mut phone, 1);
    let again = accepts(&mut phone, 2);
    assert_eq!(phone.returned(again).unwrap().as_ref().unwrap_err().code, Code::INVITATION_EXISTS);
    phone.wait(29_000);
    phone.reply("msg.send", &json!({"sequence": 2, "countable": 2, "time": began + 28_000}));
    assert!(phone.returned(call).unwrap().is_ok());
    phone.wait(60_000);
    assert_eq!(told(&mut phone), [] as [&str; 0], "alice knows");
    assert_eq!(live(&mut phone), Err(Code::INVITATION_UNKNOWN));
}

#[test]
fn a_phone_that_was_away_catches_up_before_a_time_is_over() {
    for (time, expected) in [(29_000, "cancelled"), (30_001, "over")] {
        let mut phone = invited();
        let began = phone.now;
        phone.feed(tim::machine::io::Input::Disconnected);
        phone.wait(40_000);
        assert_eq!(told(&mut phone), [] as [&str; 0], "it cannot know");
        phone.comes_back(true);
        // What was missed comes a moment after the welcome.
        phone.wait(500);
        bob_invites(&mut phone, 2, 2, began + time);
        phone.wait(60_000);
        assert_eq!(told(&mut phone), [expected], "the server's clock decides");
    }
}

#[test]
fn an_invitation_lives_on_after_a_restart_and_is_told_again() {
    let mut phone = invited().restarts();
    phone.now = BEGIN + 20_000;
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([]));
    assert_eq!(told(&mut phone), [] as [&str; 0]);
    phone.wait(2_000);
    assert_eq!(told(&mut phone), ["invited"]);
    phone.wait(60_000);
    assert_eq!(told(&mut phone), ["over"]);
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(3, json!([]));
    phone.wait(10_000);
    assert_eq!(told(&mut phone), [] as [&str; 0]);
}

#[test]
fn an_app_that_comes_back_from_a_pause_does_not_ring_again() {
    let mut phone = invited();
    phone.call(Call::Pause);
    phone.call(Call::Resume);
    phone.welcome(false);
    phone.page(1, json!([]));
    phone.wait(5_000);
    assert_eq!(told(&mut phone), [] as [&str; 0]);
    assert!(live(&mut phone).is_ok());
}

#[test]
fn one_who_invites_again_and_again_has_twenty_live_invitations_and_nobody_is_named_twice() {
    let mut phone = Phone::ready(json!([]));
    phone.wait(5_000);
    for place in 1..=30 {
        let data = json!({
            "businessID": 1, "inviteID": format!("call {place}"), "groupID": "", "inviter": "bob",
            "inviteeList": ["alice", "alice"], "data": "", "actionType": 1, "timeout": 0,
        });
        let time = phone.now + i64::try_from(place).unwrap();
        let mut frame = message(place, "bob", time);
        frame["body"] = json!({"type": "TIMCustomElem", "payload": {"data": data.to_string()}});
        phone.hear(&json!({"n": place, "ev": "msg", "p": frame}));
    }
    let live = |phone: &mut Phone, place: u32| {
        let call = phone.call(Call::Invitation(format!("call {place}")));
        match phone.returned(call).unwrap() {
            Ok(Return::Invitation(invitation)) => Some(invitation.open.len()),
            _ => None,
        }
    };
    let known: Vec<_> = (1..=30).map(|place| live(&mut phone, place)).collect();
    assert_eq!(known.iter().flatten().count(), 20);
    assert!(known[10..].iter().all(|open| *open == Some(1)), "the newest stay: {known:?}");
}
