//! What every [`Bus`] has to do, as tests that any implementation can be put through: in order, to everybody but the one
//! that knows, bounded, and never blocking; topics as their users' subscriptions say; what matters only now without a trace.
//!
//! Each function panics when its promise is broken. They wait for deliveries, so a bus between machines passes them too;
//! a bus that loses everything does not.

// Tests, though not compiled as such: other crates' implementations call them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use tim_protocol::UserId;
use tim_protocol::frame::{KickReason, Push};
use tim_protocol::status::{StatusType, UserStatus};
use tokio::time::timeout;
use uuid::Uuid;

use super::{Bus, Delivery, INBOX, Subscription};
use crate::core::ops::{
    Actor, Audience, ConversationKey, Kick, Notification, NotificationContent, StatusSeen, Topic, UserKey,
};

/// Timeout of a test that waits for a delivery.
const WATCHDOG: Duration = Duration::from_secs(30);

const ALICE: UserKey = UserKey(1);
const BOB: UserKey = UserKey(2);
const PHONE: Uuid = Uuid::from_u128(1);
const LAPTOP: Uuid = Uuid::from_u128(2);
const BOBS: Uuid = Uuid::from_u128(3);
/// Two groups.
const TEA: ConversationKey = ConversationKey(1);
const CHESS: ConversationKey = ConversationKey(65);

fn notification(to: &[UserKey], except: Option<Uuid>, content: NotificationContent) -> Notification {
    Notification { to: Audience::Users(Arc::from(to)), except, content }
}

fn to_topic(topic: ConversationKey, except: Option<Uuid>, content: NotificationContent) -> Notification {
    Notification { to: Audience::Topic(topic), except, content }
}

fn push() -> NotificationContent {
    NotificationContent::Push(Push::Lag)
}

fn name_of(reason: KickReason) -> String {
    format!("{reason:?}")
}

/// Something to tell apart from a push.
fn kick(reason: KickReason) -> NotificationContent {
    NotificationContent::Kick(Arc::new(Kick { instances: vec![name_of(reason)] }))
}

/// Alice's two sessions and one of bob's, all attached, with no topics yet.
async fn three(bus: &dyn Bus) -> [Subscription; 3] {
    [bus.attach(ALICE, PHONE).await, bus.attach(ALICE, LAPTOP).await, bus.attach(BOB, BOBS).await]
}

async fn next(subscription: &mut Subscription) -> Delivery {
    timeout(WATCHDOG, subscription.inbox.recv()).await.expect("it comes").expect("the bus goes on")
}

async fn next_is_kick(subscription: &mut Subscription, expected: KickReason) {
    match next(subscription).await {
        Delivery::Kick(kick) if kick.ends(&name_of(expected)) => {}
        other => panic!("{other:?} came instead of a kick for {expected:?}"),
    }
}

/// A session hears nothing but what is published from now on.
async fn heard_nothing(bus: &dyn Bus, user: UserKey, subscription: &mut Subscription) {
    bus.publish(vec![notification(&[user], None, kick(KickReason::UserSigExpired))]).await;
    next_is_kick(subscription, KickReason::UserSigExpired).await;
}

/// Every session of a user hears what is published, in order; the one that knows already does not, nor do others.
pub async fn whoever_is_meant_hears_it_in_order(bus: &dyn Bus) {
    let [mut phone, mut laptop, mut bobs] = three(bus).await;
    bus.publish(vec![
        notification(&[ALICE], Some(PHONE), push()),
        notification(&[ALICE, BOB], None, kick(KickReason::RestApi)),
        notification(&[ALICE], None, kick(KickReason::MultipleDevice)),
    ])
    .await;
    next_is_kick(&mut phone, KickReason::RestApi).await;
    next_is_kick(&mut phone, KickReason::MultipleDevice).await;
    assert!(matches!(next(&mut laptop).await, Delivery::Push(_)));
    next_is_kick(&mut laptop, KickReason::RestApi).await;
    next_is_kick(&mut laptop, KickReason::MultipleDevice).await;
    next_is_kick(&mut bobs, KickReason::RestApi).await;
}

/// A push is encoded once, as the envelope without braces and number, and shared.
pub async fn a_push_is_encoded_once(bus: &dyn Bus) {
    let [mut phone, mut laptop, _] = three(bus).await;
    bus.publish(vec![notification(&[ALICE], None, push())]).await;
    let (Delivery::Push(on_phone), Delivery::Push(on_laptop)) =
        (next(&mut phone).await, next(&mut laptop).await)
    else {
        panic!("both are pushes")
    };
    assert_eq!((&*on_phone, &*on_laptop), (r#""ev":"lag""#, r#""ev":"lag""#));
}

/// A session that has left receives nothing more, and leaving affects no other session.
pub async fn whoever_left_hears_nothing(bus: &dyn Bus) {
    let [mut phone, laptop, _] = three(bus).await;
    phone.guard.follow(vec![Topic::whole(TEA)]).await;
    laptop.guard.follow(vec![Topic::whole(TEA)]).await;
    let Subscription { mut inbox, guard, .. } = laptop;
    drop(guard);
    bus.publish(vec![
        notification(&[ALICE], None, push()),
        to_topic(TEA, None, push()),
        notification(&[ALICE], None, NotificationContent::Subscribe(Topic::whole(CHESS))),
        to_topic(CHESS, None, push()),
    ])
    .await;
    for _ in 0..3 {
        assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
    }
    assert!(inbox.try_recv().is_none());
}

/// A session that takes nothing costs a bounded amount, does not hold up the publisher, and is told that it missed
/// something.
pub async fn a_full_inbox_is_noticed_and_holds_up_nobody(bus: &dyn Bus) {
    let [mut phone, mut laptop, _] = three(bus).await;
    for _ in 0..INBOX {
        bus.publish(vec![notification(&[ALICE], None, push())]).await;
        assert!(matches!(next(&mut laptop).await, Delivery::Push(_)));
    }
    assert!(!phone.inbox.take_dropped(), "all of it fits");
    bus.publish(vec![notification(&[ALICE], None, kick(KickReason::RestApi))]).await;
    next_is_kick(&mut laptop, KickReason::RestApi).await;
    for _ in 0..INBOX {
        assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
    }
    assert!(phone.inbox.take_dropped(), "the kick did not fit");
    bus.publish(vec![notification(&[ALICE], None, kick(KickReason::RestApi))]).await;
    next_is_kick(&mut phone, KickReason::RestApi).await;
}

/// What is published to a topic is heard by the sessions that follow it and by no other, in order with what their user is
/// told, and not by the one that knows already.
pub async fn a_topic_is_heard_by_those_who_follow_it(bus: &dyn Bus) {
    let [mut phone, mut laptop, mut bobs] = three(bus).await;
    phone.guard.follow(vec![Topic::whole(TEA), Topic::whole(CHESS)]).await;
    laptop.guard.follow(vec![Topic::whole(TEA)]).await;
    bobs.guard.follow(vec![Topic::whole(CHESS)]).await;
    bus.publish(vec![
        to_topic(TEA, Some(LAPTOP), kick(KickReason::RestApi)),
        notification(&[ALICE], None, push()),
        to_topic(CHESS, None, kick(KickReason::MultipleDevice)),
    ])
    .await;
    next_is_kick(&mut phone, KickReason::RestApi).await;
    assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
    next_is_kick(&mut phone, KickReason::MultipleDevice).await;
    assert!(matches!(next(&mut laptop).await, Delivery::Push(_)));
    heard_nothing(bus, ALICE, &mut laptop).await;
    next_is_kick(&mut bobs, KickReason::MultipleDevice).await;
}

/// What is for a topic without some users, their sessions do not hear; others do, in its place.
pub async fn a_topic_is_told_without_some_users(bus: &dyn Bus) {
    let [mut phone, mut laptop, mut bobs] = three(bus).await;
    for session in [&phone, &laptop, &bobs] {
        session.guard.follow(vec![Topic::whole(TEA)]).await;
    }
    let but = |users: &[UserKey]| Audience::TopicBut(TEA, Arc::from(users));
    bus.publish(vec![
        to_topic(TEA, None, kick(KickReason::MultipleAccount)),
        Notification { to: but(&[ALICE]), except: None, content: kick(KickReason::RestApi) },
        Notification { to: but(&[BOB]), except: Some(LAPTOP), content: push() },
        to_topic(TEA, None, kick(KickReason::MultipleDevice)),
    ])
    .await;
    for session in [&mut phone, &mut laptop, &mut bobs] {
        next_is_kick(session, KickReason::MultipleAccount).await;
    }
    assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
    next_is_kick(&mut bobs, KickReason::RestApi).await;
    for session in [&mut phone, &mut laptop, &mut bobs] {
        next_is_kick(session, KickReason::MultipleDevice).await;
    }
}

/// What is about a message hear those who see the message: whoever came after it does not, and no change of topics since makes that
/// undone.
pub async fn a_topic_is_told_to_those_who_see_a_message(bus: &dyn Bus) {
    let [mut phone, mut laptop, mut bobs] = three(bus).await;
    let from = |since| Topic { of: TEA, since };
    bus.publish(vec![notification(&[BOB], None, NotificationContent::Subscribe(from(6)))]).await;
    for (session, topics) in [(&phone, vec![from(1)]), (&laptop, vec![from(5)]), (&bobs, vec![from(1)])] {
        session.guard.follow(topics).await;
    }
    let at = |sequence| Audience::TopicAt(TEA, sequence);
    bus.publish(vec![
        Notification { to: at(5), except: Some(PHONE), content: kick(KickReason::RestApi) },
        Notification { to: at(4), except: None, content: push() },
        Notification { to: at(6), except: None, content: kick(KickReason::MultipleAccount) },
        to_topic(TEA, None, kick(KickReason::MultipleDevice)),
    ])
    .await;
    assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
    next_is_kick(&mut laptop, KickReason::RestApi).await;
    for session in [&mut phone, &mut laptop, &mut bobs] {
        next_is_kick(session, KickReason::MultipleAccount).await;
        next_is_kick(session, KickReason::MultipleDevice).await;
    }
}

/// All sessions of a user who is subscribed hear what comes after it; of one who is unsubscribed, nothing that comes after.
pub async fn a_subscription_begins_and_ends_in_its_place(bus: &dyn Bus) {
    let [mut phone, mut laptop, mut bobs] = three(bus).await;
    for session in [&phone, &laptop, &bobs] {
        session.guard.follow(Vec::new()).await;
    }
    bus.publish(vec![
        to_topic(TEA, None, kick(KickReason::MultipleAccount)),
        notification(&[ALICE], None, NotificationContent::Subscribe(Topic::whole(TEA))),
        // Twice is once.
        notification(&[ALICE, BOB], None, NotificationContent::Subscribe(Topic::whole(TEA))),
        to_topic(TEA, None, kick(KickReason::RestApi)),
        notification(&[ALICE], None, NotificationContent::Unsubscribe(TEA)),
        to_topic(TEA, None, kick(KickReason::MultipleDevice)),
    ])
    .await;
    for session in [&mut phone, &mut laptop] {
        next_is_kick(session, KickReason::RestApi).await;
        heard_nothing(bus, ALICE, session).await;
    }
    next_is_kick(&mut bobs, KickReason::RestApi).await;
    next_is_kick(&mut bobs, KickReason::MultipleDevice).await;
    bus.publish(vec![
        notification(&[ALICE], None, NotificationContent::Subscribe(Topic::whole(TEA))),
        to_topic(TEA, None, push()),
    ])
    .await;
    assert!(matches!(next(&mut phone).await, Delivery::Kick(_)), "the laptop's check");
    assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
}

/// What changed since a session was attached overrides the topics that were read for it: they may be older.
pub async fn what_changed_meanwhile_overrides_what_was_read(bus: &dyn Bus) {
    let [mut phone, mut laptop, _] = three(bus).await;
    bus.publish(vec![
        notification(&[ALICE], None, NotificationContent::Unsubscribe(TEA)),
        notification(&[ALICE], None, NotificationContent::Subscribe(Topic::whole(CHESS))),
    ])
    .await;
    phone.guard.follow(vec![Topic::whole(TEA)]).await;
    bus.publish(vec![to_topic(TEA, None, push()), to_topic(CHESS, None, kick(KickReason::RestApi))]).await;
    next_is_kick(&mut phone, KickReason::RestApi).await;
    // Left, and come back.
    bus.publish(vec![notification(&[ALICE], None, NotificationContent::Subscribe(Topic::whole(TEA)))]).await;
    laptop.guard.follow(vec![Topic::whole(TEA), Topic::whole(CHESS)]).await;
    bus.publish(vec![to_topic(TEA, None, push())]).await;
    next_is_kick(&mut laptop, KickReason::RestApi).await;
    assert!(matches!(next(&mut laptop).await, Delivery::Push(_)));
}

/// What matters only now is heard like a push, but never takes a push's room in an inbox, and is no loss.
pub async fn what_matters_only_now_takes_nobodys_room(bus: &dyn Bus) {
    let [mut phone, mut laptop, _] = three(bus).await;
    let typing = || notification(&[ALICE], None, NotificationContent::Ephemeral(Push::Lag));
    for _ in 0..2 * INBOX {
        bus.publish(vec![typing()]).await;
        assert!(matches!(next(&mut laptop).await, Delivery::Ephemeral(_)));
    }
    assert!(!phone.inbox.take_dropped(), "nothing was lost");
    for _ in 0..INBOX / 2 {
        bus.publish(vec![notification(&[ALICE], None, push())]).await;
        assert!(matches!(next(&mut laptop).await, Delivery::Push(_)));
    }
    assert!(!phone.inbox.take_dropped(), "there is room for pushes");
    let mut pushes = 0;
    while pushes < INBOX / 2 {
        pushes += usize::from(matches!(next(&mut phone).await, Delivery::Push(_)));
    }
}

/// One session of a user enters a topic alone, is counted while it is there, and leaves it alone, by its end, or with all others.
pub async fn a_session_enters_a_topic_alone_until_it_leaves_or_the_topic_ends(bus: &dyn Bus) {
    let [mut phone, mut laptop, mut bobs] = three(bus).await;
    for session in [&phone, &laptop, &bobs] {
        session.guard.follow(Vec::new()).await;
    }
    assert_eq!(bus.count(TEA), 0);
    phone.guard.enter(TEA);
    bobs.guard.enter(TEA);
    bobs.guard.enter(TEA);
    assert_eq!(bus.count(TEA), 2);
    bus.publish(vec![to_topic(TEA, None, kick(KickReason::RestApi))]).await;
    next_is_kick(&mut phone, KickReason::RestApi).await;
    next_is_kick(&mut bobs, KickReason::RestApi).await;
    heard_nothing(bus, ALICE, &mut laptop).await;
    assert!(matches!(next(&mut phone).await, Delivery::Kick(_)), "the laptop's check");

    phone.guard.leave(TEA);
    assert!(matches!(next(&mut phone).await, Delivery::Left(TEA)));
    assert_eq!(bus.count(TEA), 1);
    laptop.guard.enter(TEA);
    drop(bobs);
    assert_eq!(bus.count(TEA), 1);
    bus.publish(vec![
        to_topic(TEA, None, kick(KickReason::MultipleDevice)),
        to_topic(TEA, None, NotificationContent::Unsubscribe(TEA)),
        to_topic(TEA, None, push()),
    ])
    .await;
    next_is_kick(&mut laptop, KickReason::MultipleDevice).await;
    assert!(matches!(next(&mut laptop).await, Delivery::Left(TEA)));
    heard_nothing(bus, ALICE, &mut laptop).await;
    assert_eq!(bus.count(TEA), 0);
    // It comes back, and is removed alone.
    laptop.guard.enter(TEA);
    bus.publish(vec![
        notification(&[ALICE], None, NotificationContent::Unsubscribe(TEA)),
        to_topic(TEA, None, push()),
    ])
    .await;
    assert!(matches!(next(&mut laptop).await, Delivery::Left(TEA)));
    heard_nothing(bus, ALICE, &mut laptop).await;
}

/// Whoever follows a topic counts once, with any number of sessions.
pub async fn a_topic_counts_its_users(bus: &dyn Bus) {
    let [phone, laptop, bobs] = three(bus).await;
    for (session, topics) in [(&phone, vec![TEA]), (&laptop, vec![TEA, CHESS]), (&bobs, vec![TEA])] {
        let topics = topics.into_iter().map(Topic::whole).collect();
        session.guard.follow(topics).await;
    }
    drop(phone);
    assert_eq!(bus.count_users(TEA).await, 2);
    assert_eq!(bus.count_users(CHESS).await, 1);
    assert_eq!(bus.count_users(ConversationKey(2)).await, 0);
}

/// All sessions of a large topic hear everything in order, also of many notifications at once.
pub async fn a_large_topic_is_heard_by_all(bus: &dyn Bus) {
    let mut sessions = Vec::new();
    for number in 1..=200_u8 {
        let session = bus.attach(UserKey(number.into()), Uuid::from_u128(number.into())).await;
        session.guard.follow(vec![Topic::whole(TEA)]).await;
        sessions.push(session);
    }
    let both = [push(), kick(KickReason::RestApi)];
    bus.publish(both.into_iter().cycle().take(100).map(|content| to_topic(TEA, None, content)).collect())
        .await;
    for session in &mut sessions {
        for _ in 0..50 {
            assert!(matches!(next(session).await, Delivery::Push(_)));
            next_is_kick(session, KickReason::RestApi).await;
        }
    }
}

/// What changed of profiles waits, each user once, until somebody takes it.
pub async fn whose_profile_changed_is_told_once(bus: &dyn Bus) {
    let [mut phone, _, _] = three(bus).await;
    let actor = |name: &str, key| Actor { app: 1, user: UserId::new(name).unwrap(), key, session: None };
    let changed =
        |actor: Actor| notification(&[actor.key], None, NotificationContent::Profile(Box::new(actor)));
    let (alice, bob) = (actor("alice", ALICE), actor("bob", BOB));
    bus.publish(vec![changed(alice.clone()), changed(bob.clone()), changed(alice.clone())]).await;
    let mut both = timeout(WATCHDOG, bus.changed_profiles()).await.expect("profiles changed");
    both.sort_by_key(|actor| actor.key);
    assert_eq!(both, [alice, bob.clone()]);
    let waits = bus.changed_profiles();
    bus.publish(vec![changed(bob.clone())]).await;
    assert_eq!(timeout(WATCHDOG, waits).await.expect("another one"), [bob]);
    heard_nothing(bus, ALICE, &mut phone).await;
}

/// Tells the watchers of the next user whose status is to be told, who is alice.
async fn tell(bus: &dyn Bus, hidden_from: &[&UserId]) {
    let watched = timeout(WATCHDOG, bus.changed_status()).await.expect("there is something to tell");
    assert_eq!(watched.user, ALICE);
    let hidden_from = hidden_from.iter().map(|user| (*user).clone()).collect();
    bus.tell_status(watched, StatusSeen { is_logged_in: false, hidden_from }).await;
}

/// The one status that a session is told next.
async fn next_status(subscription: &mut Subscription) -> (StatusType, String) {
    let Delivery::Statuses(mut statuses) = next(subscription).await else { panic!("no status") };
    let UserStatus { status_type, custom_status, .. } = statuses.pop().expect("a status");
    assert!(statuses.is_empty() && custom_status.len() < 10, "{statuses:?}");
    (status_type, custom_status)
}

/// Those who watch a user are told whether the user is online, and what they say; who may not know it, that they are offline; and
/// the user's other sessions what one of them says.
pub async fn whoever_watches_is_told_who_is_online(bus: &dyn Bus) {
    let [alice, bob] = ["alice", "bob"].map(|name| UserId::new(name).unwrap());
    let online = |said: &str| (StatusType::Online, said.to_owned());
    let [mut phone, mut laptop, mut bobs] = three(bus).await;
    bobs.guard.connected(bob.clone());
    bobs.guard.watch(vec![(ALICE, alice.clone())]);
    tell(bus, &[]).await;
    assert_eq!(next_status(&mut bobs).await.0, StatusType::Unlogined, "attached is not connected yet");
    phone.guard.connected(alice.clone());
    tell(bus, &[]).await;
    assert_eq!(next_status(&mut bobs).await, online(""));
    phone.guard.set_custom_status("tea".into());
    tell(bus, &[]).await;
    assert_eq!(next_status(&mut bobs).await, online("tea"));
    laptop.guard.connected(alice);
    assert_eq!(next_status(&mut laptop).await, online("tea"), "it is told what was said");
    laptop.guard.set_custom_status("coffee".into());
    assert_eq!(next_status(&mut phone).await, online("coffee"));
    assert_eq!(
        bus.online(vec![BOB, ALICE, UserKey(9)]).await,
        [Some("".into()), Some("coffee".into()), None]
    );
    tell(bus, &[&bob]).await;
    assert_eq!(next_status(&mut bobs).await, (StatusType::Offline, String::new()), "it is hidden from bob");
    bus.publish(vec![notification(&[ALICE], None, NotificationContent::Visibility)]).await;
    tell(bus, &[]).await;
    assert_eq!(next_status(&mut bobs).await, online("coffee"));
    drop((phone, laptop));
    tell(bus, &[]).await;
    assert_eq!(next_status(&mut bobs).await.0, StatusType::Unlogined);
    bobs.guard.unwatch(vec![ALICE]);
    let again = bus.attach(ALICE, PHONE).await;
    again.guard.connected(UserId::new("alice").unwrap());
    bobs.guard.watch(vec![(ALICE, UserId::new("alice").unwrap())]);
    tell(bus, &[]).await;
    assert_eq!(next_status(&mut bobs).await, online(""), "told once, and what was said is forgotten");
    bobs.guard.broken();
    drop(again);
    heard_nothing(bus, BOB, &mut bobs).await;
}
