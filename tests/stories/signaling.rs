//! Invitations: heard on all devices, answered on one, and over for all at once.

use tim::event::{Event, InvitationAnswer, NetState};
use tim::protocol::group::GroupType;
use tim::signaling::{SignalingAction, SignalingInfo};
use tim::{Code, GroupId, Tim, UserId};

use crate::breaks::wait_for;
use crate::groups::new_group;
use crate::proxy::Proxy;
use crate::world::{Device, World};

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

async fn is_invited(device: &Device) -> SignalingInfo {
    let invited = |event: &Event| match event {
        Event::NewInvitationReceived(info) => Some(info.clone()),
        _ => None,
    };
    device.expect("NEW_INVITATION_RECEIVED", invited).await
}

async fn hears_accepted(device: &Device) -> InvitationAnswer {
    let accepted = |event: &Event| match event {
        Event::InviteeAccepted(answer) => Some(answer.clone()),
        _ => None,
    };
    device.expect("INVITEE_ACCEPTED", accepted).await
}

async fn hears_rejected(device: &Device) -> InvitationAnswer {
    let rejected = |event: &Event| match event {
        Event::InviteeRejected(answer) => Some(answer.clone()),
        _ => None,
    };
    device.expect("INVITEE_REJECTED", rejected).await
}

async fn hears_cancelled(device: &Device) -> SignalingInfo {
    let cancelled = |event: &Event| match event {
        Event::InvitationCancelled(info) => Some(info.clone()),
        _ => None,
    };
    device.expect("INVITATION_CANCELLED", cancelled).await
}

async fn hears_modified(device: &Device) -> SignalingInfo {
    let modified = |event: &Event| match event {
        Event::InvitationModified(info) => Some(info.clone()),
        _ => None,
    };
    device.expect("INVITATION_MODIFIED", modified).await
}

async fn hears_timeout(device: &Device) -> SignalingInfo {
    let over = |event: &Event| match event {
        Event::InvitationTimeout(info) => Some(info.clone()),
        _ => None,
    };
    device.expect("INVITATION_TIMEOUT", over).await
}

fn ends(event: &Event) -> bool {
    matches!(
        event,
        Event::InviteeAccepted(_)
            | Event::InviteeRejected(_)
            | Event::InvitationCancelled(_)
            | Event::InvitationTimeout(_)
    )
}

/// How many ends a device has heard, once it has heard these words too.
async fn ends_before(device: &Device, words: &str) -> usize {
    while device.next_text().await != words {}
    device.heard.lock().await.iter().filter(|event| ends(event)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_on_all_devices_and_stops_on_all_when_one_accepts() {
    let world = World::new().await;
    let (alice, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    let (bob, laptop) = (world.device("bob", "phone").await, world.device("bob", "laptop").await);
    let invite = alice.tim.invite(user("bob"), r#"{"call":"video"}"#, 30, false).await.unwrap();
    for device in [&bob, &laptop] {
        let info = is_invited(device).await;
        assert_eq!((info.invite_id.as_str(), info.data.as_str()), (invite.as_str(), r#"{"call":"video"}"#));
        assert_eq!((&info.inviter, info.invitee_list.as_slice()), (&user("alice"), &[user("bob")][..]));
    }
    laptop.tim.accept(&invite, "coming").await.unwrap();
    for device in [&alice, &tablet, &bob] {
        let answer = hears_accepted(device).await;
        assert_eq!((answer.invitee, answer.data.as_str()), (user("bob"), "coming"));
    }
    for device in [&bob, &laptop] {
        assert_eq!(device.tim.reject(&invite, "").await.unwrap_err().code, Code::INVITATION_UNKNOWN);
    }
    assert_eq!(alice.tim.cancel(&invite, "").await.unwrap_err().code, Code::INVITATION_UNKNOWN);
    alice.send("C2Cbob", "bye").await;
    for (device, count) in [(&tablet, 1), (&bob, 1), (&laptop, 0)] {
        assert_eq!(ends_before(device, "bye").await, count, "nobody hears two ends");
    }
    // It is a message, in TIM's form.
    let page = bob.tim.get_message_list(&"C2Calice".parse().unwrap(), None, 20).await.unwrap().message_list;
    let actions: Vec<_> = page.iter().filter_map(Tim::get_signaling_info).map(|info| info.action).collect();
    assert_eq!(actions, [SignalingAction::Invite, SignalingAction::Accept]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_a_group_answers_and_who_has_answered_hears_of_no_cancel() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, dave) = (world.device("carol", "phone").await, world.device("dave", "phone").await);
    let tea = GroupId::new("tea").unwrap();
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob", "carol", "dave"])).await.unwrap();
    let both = [user("bob"), user("carol")];
    let invite = alice.tim.invite_in_group(tea, &both, "a call", 30, false).await.unwrap();
    assert_eq!(is_invited(&bob).await.group_id, is_invited(&carol).await.group_id);
    bob.tim.reject(&invite, "busy").await.unwrap();
    for device in [&alice, &carol] {
        assert_eq!(hears_rejected(device).await.invitee, user("bob"));
    }
    assert_eq!(carol.tim.cancel(&invite, "").await.unwrap_err().code, Code::INVITATION_NOT_YOURS);
    assert_eq!(alice.tim.accept(&invite, "").await.unwrap_err().code, Code::INVITATION_NOT_YOURS);
    assert_eq!(dave.tim.accept(&invite, "").await.unwrap_err().code, Code::INVITATION_UNKNOWN);
    alice.tim.cancel(&invite, "never mind").await.unwrap();
    let cancelled = hears_cancelled(&carol).await;
    assert_eq!((cancelled.invitee_list, cancelled.data.as_str()), (vec![user("carol")], "never mind"));
    alice.send("GROUPtea", "bye").await;
    for (device, count) in [(&bob, 0), (&carol, 2), (&dave, 0)] {
        assert_eq!(ends_before(device, "bye").await, count, "{}", device.user);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_and_the_inviter_hears_it_after_the_invitee() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let invite = alice.tim.invite(user("bob"), "a call", 1, false).await.unwrap();
    is_invited(&bob).await;
    let over = hears_timeout(&bob).await;
    assert_eq!((over.invite_id.as_str(), over.invitee_list), (invite.as_str(), vec![user("bob")]));
    assert_eq!(bob.tim.accept(&invite, "").await.unwrap_err().code, Code::INVITATION_UNKNOWN);
    assert_eq!(hears_timeout(&alice).await.invitee_list, [user("bob")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_in_a_break_or_a_restart_is_heard_afterwards_and_once() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let bob = world.device_at("bob", "phone", &wire.address);
    bob.login(&world).await;
    let (alice, laptop) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let [answered, cancelled, open] = [
        alice.tim.invite(user("bob"), "one", 60, false).await.unwrap(),
        alice.tim.invite(user("bob"), "two", 60, false).await.unwrap(),
        alice.tim.invite(user("bob"), "three", 0, false).await.unwrap(),
    ];
    for device in [&bob, &laptop] {
        for words in ["one", "two", "three"] {
            assert_eq!(is_invited(device).await.data, words);
        }
    }
    let laptop = laptop.restart().await;
    wire.cut();
    wait_for(&bob, NetState::Disconnected).await;
    alice.tim.cancel(&cancelled, "").await.unwrap();
    wire.mend();
    assert_eq!(hears_cancelled(&bob).await.invite_id, cancelled);
    bob.tim.accept(&answered, "").await.unwrap();
    assert_eq!(hears_accepted(&alice).await.invite_id, answered);

    laptop.login(&world).await;
    assert_eq!(is_invited(&laptop).await.invite_id, open, "the one that lives is told again");
    laptop.tim.accept(&open, "").await.unwrap();
    assert_eq!(
        (hears_accepted(&alice).await.invite_id, hears_accepted(&bob).await.invite_id),
        (open.clone(), open)
    );
    let heard = laptop.heard.lock().await;
    let again = heard.iter().filter(|event| matches!(event, Event::NewInvitationReceived(_))).count();
    assert_eq!(again, 1, "{heard:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_waits_says_something_else_for_all_who_were_away_too() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let bob = world.device_at("bob", "phone", &wire.address);
    bob.login(&world).await;
    let (alice, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    let laptop = world.device("bob", "laptop").await;
    let invite = alice.tim.invite(user("bob"), "by voice", 0, false).await.unwrap();
    for device in [&bob, &laptop] {
        assert_eq!(is_invited(device).await.data, "by voice");
    }
    alice.tim.modify_invitation(&invite, "with video").await.unwrap();
    for device in [&bob, &laptop, &tablet] {
        let now = hears_modified(device).await;
        assert_eq!((now.invite_id, now.data.as_str()), (invite.clone(), "with video"));
    }
    let laptop = laptop.restart().await;
    wire.cut();
    wait_for(&bob, NetState::Disconnected).await;
    tablet.tim.modify_invitation(&invite, "in room 7").await.unwrap();
    assert_eq!(hears_modified(&alice).await.data, "in room 7");
    wire.mend();
    assert_eq!(hears_modified(&bob).await.data, "in room 7");
    laptop.login(&world).await;
    let told = |event: &Event| match event {
        Event::NewInvitationReceived(it) | Event::InvitationModified(it) => {
            (it.data == "in room 7").then_some(())
        }
        _ => None,
    };
    laptop.expect("what it says now", told).await;
    assert_eq!(
        bob.tim.modify_invitation(&invite, "mine").await.unwrap_err().code,
        Code::INVITATION_NOT_YOURS
    );
    bob.tim.accept(&invite, "").await.unwrap();
    assert_eq!(hears_accepted(&alice).await.invite_id, invite);
    let late = alice.tim.modify_invitation(&invite, "too late").await;
    assert_eq!(late.unwrap_err().code, Code::INVITATION_UNKNOWN);
    let now = alice.tim.invite(user("bob"), "now", 60, true).await.unwrap();
    let unstored = alice.tim.modify_invitation(&now, "or never").await;
    assert_eq!(unstored.unwrap_err().code, Code::INVITATION_UNKNOWN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_new_rings_too_and_online_only_leaves_nothing() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "phone").await);
    let invite = alice.tim.invite(user("bob"), "a call", 60, false).await.unwrap();
    is_invited(&bob).await;
    let laptop = world.device_offline("bob", "laptop");
    laptop.tim.login("bob", &world.sig("bob")).await.unwrap();
    assert_eq!(is_invited(&laptop).await.invite_id, invite);
    laptop.tim.reject(&invite, "").await.unwrap();
    assert_eq!(
        (hears_rejected(&bob).await.invitee, hears_rejected(&alice).await.invitee),
        (user("bob"), user("bob"))
    );

    let before = bob.tim.get_message_list(&"C2Calice".parse().unwrap(), None, 20).await.unwrap();
    let now = alice.tim.invite(user("bob"), "now", 60, true).await.unwrap();
    for device in [&bob, &laptop] {
        assert_eq!(is_invited(device).await.invite_id, now);
    }
    bob.tim.accept(&now, "").await.unwrap();
    assert_eq!(
        (hears_accepted(&alice).await.invite_id, hears_accepted(&laptop).await.invite_id),
        (now.clone(), now)
    );
    let after = bob.tim.get_message_list(&"C2Calice".parse().unwrap(), None, 20).await.unwrap();
    assert_eq!(after.message_list.len(), before.message_list.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_with_a_reason() {
    let world = World::new().await;
    let (alice, _bob) = (world.device("alice", "phone").await, world.device("bob", "phone").await);
    let tim = &alice.tim;
    let tea = GroupId::new("tea").unwrap();
    assert_eq!(tim.invite(user("alice"), "", 30, false).await.unwrap_err().code, Code::BAD_REQUEST);
    assert_eq!(tim.invite(user("nobody"), "", 30, false).await.unwrap_err().code, Code::UNKNOWN_USER);
    assert_eq!(tim.invite(user("nobody"), "", 30, true).await.unwrap_err().code, Code::UNKNOWN_USER);
    assert_eq!(
        tim.invite_in_group(tea.clone(), &[], "", 30, false).await.unwrap_err().code,
        Code::BAD_REQUEST
    );
    let many: Vec<UserId> = (0..101).map(|n| user(&format!("user{n}"))).collect();
    assert_eq!(tim.invite_in_group(tea, &many, "", 30, false).await.unwrap_err().code, Code::BAD_REQUEST);
    let long = "x".repeat(13_000);
    assert_eq!(tim.invite(user("bob"), &long, 30, false).await.unwrap_err().code, Code::MESSAGE_TOO_LONG);
    for id in ["", "none"] {
        assert_eq!(tim.accept(id, "").await.unwrap_err().code, Code::INVITATION_UNKNOWN);
        assert_eq!(tim.cancel(id, "").await.unwrap_err().code, Code::INVITATION_UNKNOWN);
    }
    let invite = tim.invite(user("bob"), "", 30, false).await.unwrap();
    let both = tokio::join!(tim.cancel(&invite, "one"), tim.cancel(&invite, "two"));
    let codes: Vec<Code> = [both.0, both.1].into_iter().filter_map(Result::err).map(|why| why.code).collect();
    assert!(matches!(codes[..], [Code::INVITATION_EXISTS | Code::INVITATION_UNKNOWN]), "{codes:?}");
}
