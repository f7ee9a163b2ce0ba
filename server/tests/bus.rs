//! The in-process bus, put through what every bus has to do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use tim_protocol::UserId;
use tim_protocol::frame::Push;
use tim_server::bus::local::LocalBus;
use tim_server::bus::{Bus, Done, Subscription, Watched, conformance, publisher};
use tim_server::core::ops::{
    Actor, Audience, ConversationKey, Notification, NotificationContent, StatusSeen, UserKey,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

#[tokio::test]
async fn whoever_is_meant_hears_it_in_order() {
    conformance::whoever_is_meant_hears_it_in_order(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_push_is_encoded_once() {
    conformance::a_push_is_encoded_once(&LocalBus::default()).await;
}

#[tokio::test]
async fn whoever_left_hears_nothing() {
    conformance::whoever_left_hears_nothing(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_full_inbox_is_noticed_and_holds_up_nobody() {
    conformance::a_full_inbox_is_noticed_and_holds_up_nobody(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_topic_is_heard_by_those_who_follow_it() {
    conformance::a_topic_is_heard_by_those_who_follow_it(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_topic_is_told_without_some_users() {
    conformance::a_topic_is_told_without_some_users(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_topic_is_told_to_those_who_see_a_message() {
    conformance::a_topic_is_told_to_those_who_see_a_message(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_subscription_begins_and_ends_in_its_place() {
    conformance::a_subscription_begins_and_ends_in_its_place(&LocalBus::default()).await;
}

#[tokio::test]
async fn what_changed_meanwhile_overrides_what_was_read() {
    conformance::what_changed_meanwhile_overrides_what_was_read(&LocalBus::default()).await;
}

#[tokio::test]
async fn what_matters_only_now_takes_nobodys_room() {
    conformance::what_matters_only_now_takes_nobodys_room(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_topic_counts_its_users() {
    conformance::a_topic_counts_its_users(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_large_topic_is_heard_by_all() {
    conformance::a_large_topic_is_heard_by_all(&LocalBus::default()).await;
}

#[tokio::test]
async fn whoever_watches_is_told_who_is_online() {
    conformance::whoever_watches_is_told_who_is_online(&LocalBus::default()).await;
}

/// The clock is the runtime's, which goes on when all tasks wait.
#[tokio::test(start_paused = true)]
async fn whoever_comes_back_in_time_was_never_gone() {
    const ALICE: UserKey = UserKey(1);
    let [alice, bob] = ["alice", "bob"].map(|name| UserId::new(name).unwrap());
    let grace = Duration::from_secs(30);
    let bus = LocalBus::new(grace);
    let watcher = bus.attach(UserKey(2), Uuid::from_u128(2)).await;
    watcher.guard.connected(bob);
    let phone = bus.attach(ALICE, Uuid::from_u128(1)).await;
    phone.guard.connected(alice.clone());
    watcher.guard.watch(vec![(ALICE, alice.clone())]);
    assert_eq!(bus.changed_status().await.user, ALICE, "he is told how she is");
    for _ in 0..3 {
        phone.guard.broken();
        assert!(timeout(grace - Duration::from_millis(1), bus.changed_status()).await.is_err());
        assert!(bus.online(vec![ALICE]).await[0].is_some());
        phone.guard.connected(alice.clone());
    }
    assert!(timeout(10 * grace, bus.changed_status()).await.is_err(), "she is there");
    phone.guard.broken();
    let broken = Instant::now();
    // What was kept to be resumed is given up: that is no logout.
    drop(phone);
    bus.changed_status().await;
    assert_eq!((broken.elapsed().as_secs(), bus.online(vec![ALICE]).await), (30, vec![None]));
}

/// What a bus that is tested for something else says of who is online.
macro_rules! nobody_is_online {
    () => {
        fn online(&self, users: Vec<UserKey>) -> Done<Vec<Option<Arc<str>>>> {
            Box::pin(std::future::ready(vec![None; users.len()]))
        }

        fn count_users(&self, topic: ConversationKey) -> Done<u32> {
            LocalBus::default().count_users(topic)
        }

        fn changed_profiles(&self) -> Done<Vec<Actor>> {
            Box::pin(std::future::pending())
        }

        fn changed_status(&self) -> Done<Watched> {
            Box::pin(std::future::pending())
        }

        fn tell_status(&self, _: Watched, _: StatusSeen) -> Done<()> {
            Box::pin(std::future::ready(()))
        }
    };
}

/// A bus that reports how much it is to publish, and then panics.
struct Fragile(mpsc::UnboundedSender<usize>);

impl Bus for Fragile {
    fn publish(&self, notifications: Vec<Notification>) -> Done<()> {
        self.0.send(notifications.len()).unwrap();
        Box::pin(async { panic!("a fault, which this test wants") })
    }

    fn count(&self, _: ConversationKey) -> usize {
        0
    }

    fn attach(&self, user: UserKey, session: Uuid) -> Done<Subscription> {
        LocalBus::default().attach(user, session)
    }

    nobody_is_online!();
}

#[tokio::test]
async fn a_fault_in_the_bus_does_not_end_the_publishing() {
    let (published, mut counts) = mpsc::unbounded_channel();
    let publish = Arc::new(publisher::start(Fragile(published)));
    let content = NotificationContent::Push(Push::Lag);
    let notification = Notification { to: Audience::user(UserKey(1)), except: None, content };
    for _ in 0..3 {
        let (publish, commit) = (Arc::clone(&publish), vec![notification.clone()]);
        tokio::task::spawn_blocking(move || publish(commit)).await.unwrap();
        assert_eq!(counts.recv().await, Some(1));
    }
}

/// A bus that never has done.
struct Stuck;

impl Bus for Stuck {
    fn publish(&self, _: Vec<Notification>) -> Done<()> {
        Box::pin(std::future::pending())
    }

    fn count(&self, _: ConversationKey) -> usize {
        0
    }

    fn attach(&self, user: UserKey, session: Uuid) -> Done<Subscription> {
        LocalBus::default().attach(user, session)
    }

    nobody_is_online!();
}

#[tokio::test]
async fn what_is_ephemeral_waits_for_no_bus_and_leaves_room_for_commits() {
    let publish = publisher::start(Stuck);
    let told = |content| vec![Notification { to: Audience::user(UserKey(1)), except: None, content }];
    let telling = tokio::task::spawn_blocking(move || {
        for _ in 0..100 {
            publish(told(NotificationContent::Ephemeral(Push::Lag)));
        }
        publish(told(NotificationContent::Push(Push::Lag)));
        publish
    });
    drop(telling.await.unwrap());
}

#[tokio::test]
async fn whose_profile_changed_is_told_once() {
    conformance::whose_profile_changed_is_told_once(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_session_enters_a_topic_alone_until_it_leaves_or_the_topic_ends() {
    conformance::a_session_enters_a_topic_alone_until_it_leaves_or_the_topic_ends(&LocalBus::default()).await;
}
