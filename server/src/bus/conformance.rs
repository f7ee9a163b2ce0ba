//! What every [`Bus`] has to do, as tests that any implementation can be put through: in order, to everybody but the one
//! that knows, bounded, and never blocking.
//!
//! Each function panics when its promise is broken. They wait for deliveries, so a bus between machines passes them too;
//! a bus that loses everything does not.

// Tests, though not compiled as such: other crates' implementations call them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tim_protocol::frame::{KickReason, Push};
use tokio::time::timeout;
use uuid::Uuid;

use super::{Bus, Delivery, INBOX, Subscription};
use crate::core::ops::{Tell, UserKey, What};

/// Something that never comes is noticed after this long.
const WATCHDOG: Duration = Duration::from_secs(30);

const ALICE: UserKey = UserKey(1);
const BOB: UserKey = UserKey(2);
const PHONE: Uuid = Uuid::from_u128(1);
const LAPTOP: Uuid = Uuid::from_u128(2);

fn tell(to: &[UserKey], except: Option<Uuid>, what: What) -> Tell {
    Tell { to: Arc::from(to), except, what }
}

fn push() -> What {
    What::Push(Push::Lag)
}

/// Something to tell apart from a push.
fn kick(reason: KickReason) -> What {
    What::Kick { instances: None, reason }
}

async fn next(subscription: &mut Subscription) -> Delivery {
    timeout(WATCHDOG, subscription.inbox.recv()).await.expect("it comes").expect("the bus goes on")
}

async fn next_is_kick(subscription: &mut Subscription, expected: KickReason) {
    match next(subscription).await {
        Delivery::Kick { reason, .. } if reason == expected => {}
        other => panic!("{other:?} came instead of a kick for {expected:?}"),
    }
}

/// Every session of a user hears what is published, in order; the one that knows already does not, nor do others.
pub async fn whoever_is_meant_hears_it_in_order(bus: &dyn Bus) {
    let (mut phone, mut laptop) = (bus.subscribe(ALICE, PHONE), bus.subscribe(ALICE, LAPTOP));
    let mut bobs = bus.subscribe(BOB, Uuid::from_u128(3));
    bus.publish(&[
        tell(&[ALICE], Some(PHONE), push()),
        tell(&[ALICE, BOB], None, kick(KickReason::RestApi)),
        tell(&[ALICE], None, kick(KickReason::MultipleDevice)),
    ]);
    next_is_kick(&mut phone, KickReason::RestApi).await;
    next_is_kick(&mut phone, KickReason::MultipleDevice).await;
    assert!(matches!(next(&mut laptop).await, Delivery::Push(_)));
    next_is_kick(&mut laptop, KickReason::RestApi).await;
    next_is_kick(&mut laptop, KickReason::MultipleDevice).await;
    next_is_kick(&mut bobs, KickReason::RestApi).await;
}

/// A push is encoded once, as the envelope without braces and number, and shared.
pub async fn a_push_is_encoded_once(bus: &dyn Bus) {
    let (mut phone, mut laptop) = (bus.subscribe(ALICE, PHONE), bus.subscribe(ALICE, LAPTOP));
    bus.publish(&[tell(&[ALICE], None, push())]);
    let (Delivery::Push(on_phone), Delivery::Push(on_laptop)) =
        (next(&mut phone).await, next(&mut laptop).await)
    else {
        panic!("both are pushes")
    };
    assert_eq!((&*on_phone, &*on_laptop), (r#""ev":"lag""#, r#""ev":"lag""#));
}

/// Whoever has left hears nothing more, and its leaving touches no other session.
pub async fn whoever_left_hears_nothing(bus: &dyn Bus) {
    let (mut phone, laptop) = (bus.subscribe(ALICE, PHONE), bus.subscribe(ALICE, LAPTOP));
    let Subscription { mut inbox, guard, .. } = laptop;
    drop(guard);
    bus.publish(&[tell(&[ALICE], None, push())]);
    assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
    assert!(inbox.try_recv().is_err());
}

/// A session that takes nothing costs a bounded amount, does not hold up the publisher, and is told that it missed
/// something.
pub async fn a_full_inbox_is_noticed_and_holds_up_nobody(bus: &dyn Bus) {
    let (mut phone, mut laptop) = (bus.subscribe(ALICE, PHONE), bus.subscribe(ALICE, LAPTOP));
    for _ in 0..INBOX {
        bus.publish(&[tell(&[ALICE], None, push())]);
        assert!(matches!(next(&mut laptop).await, Delivery::Push(_)));
    }
    assert!(!phone.overflow.load(Ordering::Acquire), "all of it fits");
    bus.publish(&[tell(&[ALICE], None, kick(KickReason::RestApi))]);
    next_is_kick(&mut laptop, KickReason::RestApi).await;
    for _ in 0..INBOX {
        assert!(matches!(next(&mut phone).await, Delivery::Push(_)));
    }
    assert!(phone.overflow.load(Ordering::Acquire), "the kick did not fit");
    bus.publish(&[tell(&[ALICE], None, kick(KickReason::RestApi))]);
    next_is_kick(&mut phone, KickReason::RestApi).await;
}
