//! What a session may be given of a notification, encoded once for all of them.

use std::sync::Arc;

use tim_protocol::frame::Push;
use uuid::Uuid;

use crate::core::ops::{Audience, Delivery, Notification, NotificationContent, UserKey};

/// A delivery, and who does not get it.
pub(super) struct Outgoing {
    /// The session that knows its content already.
    pub(super) except: Option<Uuid>,
    /// Users of the topic whom it is not for.
    pub(super) but: Option<Arc<[UserKey]>>,
    /// The sequence of the message it is about, if only those who see that hear of it.
    pub(super) at: u64,
    pub(super) delivery: Delivery,
}

impl Outgoing {
    /// Encodes a push once for all receivers. `None` for what is no delivery.
    fn of(notification: &Notification) -> Option<Self> {
        let delivery = match &notification.content {
            NotificationContent::Push(push) => Delivery::Push(encoded(push)?),
            NotificationContent::Ephemeral(push) => Delivery::Ephemeral(encoded(push)?),
            NotificationContent::Receipts(receipts) => Delivery::Receipts(Arc::clone(receipts)),
            NotificationContent::Kick(kick) => Delivery::Kick(Arc::clone(kick)),
            NotificationContent::Subscribe(_)
            | NotificationContent::Unsubscribe(_)
            | NotificationContent::Visibility
            | NotificationContent::Profile(_) => return None,
        };
        let (but, at) = match &notification.to {
            Audience::TopicBut(_, users) => (Some(Arc::clone(users)), u64::MAX),
            Audience::TopicAt(_, sequence) => (None, *sequence),
            Audience::Topic(_) | Audience::Users(_) => (None, u64::MAX),
        };
        Some(Self { except: notification.except, but, at, delivery })
    }
}

/// What there is to deliver of some notifications.
pub(super) fn outgoing(run: &[Notification]) -> Vec<Outgoing> {
    run.iter().filter_map(Outgoing::of).collect()
}

fn encoded(push: &Push) -> Option<Arc<str>> {
    match push.write() {
        Ok(encoded) => Some(encoded.into()),
        Err(why) => {
            tracing::error!(%why, "a push could not be written");
            None
        }
    }
}
