//! The queue of a session's deliveries: bounded, and with little memory while nothing waits, because nearly all sessions are
//! idle.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tim_protocol::message::ReceiptUpdates;
use tim_protocol::status::UserStatus;

use super::{Delivery, INBOX};
use crate::core::receipts;

/// So many messages of a conversation have their receipts in one delivery.
const MERGED: usize = 100;
/// A queue that has had no more than this keeps its memory.
const KEPT: usize = 8;

/// The receiving half: when [`INBOX`] deliveries wait, further ones are dropped and the session is told so. Ephemeral pushes
/// are dropped silently. Receipts are added to those of the same conversation that wait. Of the status of each user the latest
/// waits, beside the others: no more than the session watches.
pub struct Inbox(Arc<Shared>);

/// The sending half. The inbox ends when it is dropped.
pub struct InboxSender(Arc<Shared>);

#[derive(Default)]
struct Shared(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Delivery>,
    statuses: Vec<UserStatus>,
    /// The task that waits for a delivery.
    reader: Option<Waker>,
    has_ended: bool,
    /// A delivery was dropped, which the reader has not been told.
    has_dropped: bool,
}

/// An empty inbox.
#[must_use]
pub fn inbox() -> (InboxSender, Inbox) {
    let shared = Arc::new(Shared::default());
    (InboxSender(Arc::clone(&shared)), Inbox(shared))
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> usize {
        self.queue().waiting.len()
    }
}

impl Queue {
    fn next(&mut self) -> Option<Delivery> {
        let next = self.waiting.pop_front();
        if self.waiting.is_empty() && self.waiting.capacity() > KEPT {
            self.waiting = VecDeque::new();
        }
        next.or_else(|| self.next_statuses())
    }

    fn next_statuses(&mut self) -> Option<Delivery> {
        let statuses = std::mem::take(&mut self.statuses);
        (!statuses.is_empty()).then_some(Delivery::Statuses(statuses))
    }

    fn add_status(&mut self, status: UserStatus) {
        match self.statuses.iter_mut().find(|waiting| waiting.user_id == status.user_id) {
            Some(waiting) => *waiting = status,
            None => self.statuses.push(status),
        }
    }
}

/// Wakes the reader without the lock.
fn wake(mut queue: MutexGuard<'_, Queue>) {
    let reader = queue.reader.take();
    drop(queue);
    if let Some(reader) = reader {
        reader.wake();
    }
}

/// Adds receipts to those of the same conversation, if that is what waits; false if it is not, or has too many.
fn merges(waiting: &mut Delivery, later: &ReceiptUpdates) -> bool {
    let Delivery::Receipts(known) = waiting else { return false };
    let has_room = known.receipts.len() + later.receipts.len() <= MERGED;
    if known.conversation_id != later.conversation_id || !has_room {
        return false;
    }
    receipts::merge(&mut Arc::make_mut(known).receipts, &later.receipts);
    true
}

impl InboxSender {
    /// Adds a delivery; a full inbox drops it, and remembers that, unless it was ephemeral.
    pub fn send(&self, delivery: Delivery) {
        let mut queue = self.0.queue();
        if let Delivery::Receipts(updates) = &delivery
            && queue.waiting.iter_mut().rev().any(|waiting| merges(waiting, updates))
        {
            return;
        }
        if let Delivery::Statuses(statuses) = delivery {
            statuses.into_iter().for_each(|status| queue.add_status(status));
            return wake(queue);
        }
        if queue.waiting.len() >= INBOX {
            queue.has_dropped |= !matches!(delivery, Delivery::Ephemeral(_));
            return;
        }
        queue.waiting.push_back(delivery);
        wake(queue);
    }

    /// Drops the statuses that wait: their reader subscribes anew.
    pub fn drop_statuses(&self) {
        self.0.queue().statuses = Vec::new();
    }

    /// How many deliveries wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.waiting()
    }
}

impl Drop for InboxSender {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.has_ended = true;
        wake(queue);
    }
}

impl Inbox {
    /// The next delivery; `None` once the sender has gone and nothing waits.
    pub async fn recv(&mut self) -> Option<Delivery> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Delivery>> {
        let mut queue = self.0.queue();
        let next = queue.next();
        if next.is_some() || queue.has_ended {
            return Poll::Ready(next);
        }
        queue.reader = Some(context.waker().clone());
        Poll::Pending
    }

    /// The next delivery, if one waits.
    pub fn try_recv(&mut self) -> Option<Delivery> {
        self.0.queue().next()
    }

    /// Whether a delivery was dropped since the last call. Deliveries wait then, so who asks after each of them is told soon.
    pub fn take_dropped(&mut self) -> bool {
        std::mem::take(&mut self.0.queue().has_dropped)
    }

    /// How many deliveries wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.waiting()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tim_protocol::message::MessageReceipts;

    use super::*;

    fn delivery(text: &str) -> Delivery {
        Delivery::Push(text.into())
    }

    fn text(delivery: Option<Delivery>) -> Option<String> {
        match delivery {
            Some(Delivery::Push(text)) => Some(text.to_string()),
            Some(other) => panic!("{other:?}"),
            None => None,
        }
    }

    #[test]
    fn a_thousand_readers_of_a_message_are_one_delivery() {
        let (sender, mut inbox) = inbox();
        let read = |sequence: u64, read: u32| {
            let receipts = vec![MessageReceipts { sequence, read, unread: 1_000 - read }].into();
            let conversation_id = "GROUPtea".parse().unwrap();
            sender.send(Delivery::Receipts(Arc::new(ReceiptUpdates { conversation_id, receipts })));
        };
        (1..=1_000).for_each(|count| read(7, count));
        read(7, 999);
        read(8, 1);
        sender.send(delivery("a push"));
        assert!(!inbox.take_dropped());
        let Some(Delivery::Receipts(updates)) = inbox.try_recv() else { panic!() };
        let counts: Vec<_> = updates.receipts.iter().map(|it| (it.sequence, it.read)).collect();
        assert_eq!(counts, [(7, 1_000), (8, 1)]);
        assert_eq!(text(inbox.try_recv()).as_deref(), Some("a push"));
    }

    #[test]
    fn a_slow_reader_is_told_the_latest_status_of_each_user_after_what_it_must_not_miss() {
        let (sender, mut inbox) = inbox();
        let say = |user: &str, custom_status: &str| UserStatus {
            user_id: tim_protocol::UserId::new(user).unwrap(),
            status_type: tim_protocol::status::StatusType::Online,
            custom_status: custom_status.to_owned(),
        };
        for word in ["tea", "coffee"] {
            for user in ["bob", "carol"] {
                sender.send(Delivery::Statuses(vec![say(user, word)]));
            }
        }
        sender.send(Delivery::Statuses(vec![say("bob", "asleep")]));
        for _ in 0..INBOX {
            sender.send(delivery("a push"));
        }
        assert!(!inbox.take_dropped(), "they take nobody's room");
        for _ in 0..INBOX {
            assert_eq!(text(inbox.try_recv()).as_deref(), Some("a push"));
        }
        let Some(Delivery::Statuses(told)) = inbox.try_recv() else { panic!() };
        assert_eq!(told, [say("bob", "asleep"), say("carol", "coffee")]);
        sender.send(Delivery::Statuses(vec![say("bob", "awake")]));
        sender.drop_statuses();
        assert!(inbox.try_recv().is_none());
    }

    #[tokio::test]
    async fn what_was_sent_comes_in_order_and_then_the_end() {
        let (sender, mut inbox) = inbox();
        assert!(inbox.recv().now_or_never().is_none(), "nothing waits");
        let heard = tokio::spawn(async move {
            let mut heard = Vec::new();
            while let Some(next) = text(inbox.recv().await) {
                heard.push(next);
            }
            heard
        });
        for word in ["one", "two", "three"] {
            sender.send(delivery(word));
            tokio::task::yield_now().await;
        }
        drop(sender);
        assert_eq!(heard.await.unwrap(), ["one", "two", "three"]);
    }

    #[test]
    fn a_full_inbox_takes_nothing_and_an_empty_one_keeps_no_memory() {
        let (sender, mut inbox) = inbox();
        for _ in 0..INBOX {
            sender.send(delivery("push"));
        }
        assert!(!inbox.take_dropped(), "all of it fits");
        sender.send(Delivery::Ephemeral("too much".into()));
        assert!(!inbox.take_dropped(), "nobody misses it");
        sender.send(delivery("too much"));
        assert!(inbox.take_dropped() && !inbox.take_dropped(), "told once");
        assert_eq!((sender.waiting(), inbox.waiting()), (INBOX, INBOX));
        while inbox.try_recv().is_some() {}
        assert!(inbox.0.queue().waiting.capacity() <= KEPT);
        sender.send(delivery("again"));
        assert_eq!(text(inbox.try_recv()).as_deref(), Some("again"));
    }
}
