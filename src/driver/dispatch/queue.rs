//! The events that wait for listeners, oldest first and bounded. Calls nobody.
//!
//! Beyond the bound the oldest event is dropped, and [`Code::EVENTS_LOST`] is delivered in its place. An event with a
//! whole list replaces a waiting one of its kind, so that no listener receives an older list after a newer one; what changed in a
//! list is added to what changed before.

use std::collections::VecDeque;

use tim_core::sorted::SortedMap;
use tim_protocol::status::UserStatus;
use tim_protocol::{Code, ConversationId};

use crate::event::Event;

/// Most events that wait for listeners.
pub(super) const MAX_WAITING: usize = 10_000;

/// The number of kinds of events with a whole list, the total of one, or what changed in one.
const LISTS: usize = 9;

#[derive(Default)]
pub(super) struct Queue {
    events: VecDeque<Event>,
    /// How many events were removed from the front of `events`.
    left: u64,
    /// Events in front of `events` were lost.
    has_gap: bool,
    /// The position of the newest event of each list kind, counted from the first event ever.
    lists: [Option<u64>; LISTS],
    /// The position of the first event of the open store, counted from the first event ever.
    store: u64,
}

/// Events on their way to listeners.
pub(super) struct Batch {
    pub(super) events: Vec<Event>,
    /// Up to which sequences of the open store they contain received messages.
    received: SortedMap<ConversationId, u64>,
    store: u64,
}

/// The event for an error of the engine's own.
pub(super) fn error(code: Code) -> Event {
    Event::Error { code, message: code.describe().to_owned() }
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn push(&mut self, event: Event) {
        if let Some(kind) = list_kind(&event)
            && let Some(older) = self.waiting_list(kind)
        {
            match (older, event) {
                (Event::ConversationChanged(older), Event::ConversationChanged(later)) => older.merge(later),
                (Event::UserStatusUpdated(older), Event::UserStatusUpdated(later)) => {
                    later.into_iter().for_each(|status| keep_latest(older, status));
                }
                (older, event) => *older = event,
            }
            return;
        }
        if self.events.len() >= MAX_WAITING {
            if is_online_only(&event) {
                return;
            }
            self.events.pop_front();
            self.left += 1;
            self.has_gap = true;
        }
        if is_barrier(&event) {
            self.lists = Default::default();
        }
        if let Some(place) = list_kind(&event).and_then(|kind| self.lists.get_mut(kind)) {
            *place = Some(self.left + self.events.len() as u64);
        }
        self.events.push_back(event);
    }

    /// Takes the oldest events, at most `max`, preceded by a notice if events were lost before them.
    pub(super) fn take(&mut self, max: usize) -> Batch {
        let count = self.events.len().min(max);
        let gap = std::mem::take(&mut self.has_gap).then(|| error(Code::EVENTS_LOST));
        let of_store =
            (self.left..).zip(self.events.range(..count)).filter(|(place, _)| *place >= self.store);
        let mut received = SortedMap::new();
        for (_, event) in of_store {
            let Event::MessageReceived(messages) = event else { continue };
            for message in messages.iter().filter(|message| !message.is_online_only) {
                let heard: &mut u64 = received.entry(message.conversation_id.clone()).or_default();
                *heard = message.sequence.max(*heard);
            }
        }
        self.left += count as u64;
        let events = gap.into_iter().chain(self.events.drain(..count)).collect();
        Batch { events, received, store: self.store }
    }

    /// Another store was opened: earlier events do not concern its messages.
    pub(super) fn begin_store(&mut self) {
        self.store = self.left + self.events.len() as u64;
    }

    /// Up to which sequences of the open store a batch was delivered.
    pub(super) fn heard(&self, batch: Batch) -> SortedMap<ConversationId, u64> {
        if batch.store == self.store { batch.received } else { SortedMap::new() }
    }

    fn waiting_list(&mut self, kind: usize) -> Option<&mut Event> {
        let place = (*self.lists.get(kind)?)?.checked_sub(self.left)?;
        self.events.get_mut(usize::try_from(place).ok()?)
    }
}

/// The kind of whole list, of its total, or of what changed in it, that an event carries.
fn list_kind(event: &Event) -> Option<usize> {
    match event {
        Event::ConversationListUpdated(_) => Some(0),
        Event::GroupListUpdated(_) => Some(1),
        Event::BlacklistUpdated(_) => Some(2),
        Event::TotalUnreadMessageCountUpdated(_) => Some(3),
        Event::ConversationChanged(_) => Some(4),
        Event::FriendListUpdated(_) => Some(5),
        Event::FriendGroupListUpdated(_) => Some(6),
        Event::FriendApplicationListUpdated(_) => Some(7),
        Event::UserStatusUpdated(_) => Some(8),
        _ => None,
    }
}

/// Puts the status of a user in the place of the one that waits.
fn keep_latest(waiting: &mut Vec<UserStatus>, status: UserStatus) {
    match waiting.iter_mut().find(|known| known.user_id == status.user_id) {
        Some(known) => *known = status,
        None => waiting.push(status),
    }
}

/// Whether nothing keeps what an event says: it is left out before events of which something is kept.
fn is_online_only(event: &Event) -> bool {
    matches!(event, Event::MessageReceived(messages) if messages.iter().all(|message| message.is_online_only))
}

/// Whether a list must not move before this event, because the login changes or a list is guaranteed before it.
fn is_barrier(event: &Event) -> bool {
    matches!(event, Event::SdkReady | Event::SdkNotReady | Event::KickedOut(_) | Event::SdkDestroy { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::ConversationChanges;
    use tim_protocol::UserId;

    /// A blacklist with so many users.
    fn blacklist(size: u32) -> Event {
        Event::BlacklistUpdated(
            (0..size).map(|number| UserId::new(&format!("user{number}")).unwrap()).collect(),
        )
    }

    fn net() -> Event {
        Event::NetStateChange(crate::event::NetState::Connected)
    }

    #[test]
    fn a_list_replaces_its_older_self_that_waits() {
        let mut queue = Queue::default();
        for event in [blacklist(1), net(), Event::GroupListUpdated(Vec::new()), blacklist(2), net()] {
            queue.push(event);
        }
        let groups = Event::GroupListUpdated(Vec::new());
        assert_eq!(queue.take(9).events, [blacklist(2), net(), groups, net()]);
        queue.push(blacklist(3));
        assert_eq!(queue.take(9).events, [blacklist(3)], "the former one was taken");
    }

    #[test]
    fn what_changed_in_a_list_is_added_to_what_waits() {
        let change = |deleted: &[&str], is_whole| {
            let deleted = deleted.iter().map(|id| id.parse().unwrap()).collect();
            let conversations = Vec::new();
            Event::ConversationChanged(ConversationChanges { conversations, deleted, is_whole })
        };
        let mut queue = Queue::default();
        for event in [change(&["C2Cbob"], true), net(), change(&["C2Ccarol"], false)] {
            queue.push(event);
        }
        assert_eq!(queue.take(9).events, [change(&["C2Cbob", "C2Ccarol"], true), net()]);
        queue.push(change(&["C2Cdave"], false));
        queue.push(change(&[], true));
        assert_eq!(queue.take(9).events, [change(&[], true)]);
    }

    #[test]
    fn a_slow_listener_is_told_the_latest_status_of_each_user() {
        let say = |user: &str, custom_status: &str| UserStatus {
            user_id: UserId::new(user).unwrap(),
            status_type: tim_protocol::status::StatusType::Online,
            custom_status: custom_status.to_owned(),
        };
        let mut queue = Queue::default();
        for word in ["tea", "coffee"] {
            queue.push(Event::UserStatusUpdated(vec![say("bob", word)]));
            queue.push(Event::UserStatusUpdated(vec![say("carol", word)]));
            queue.push(net());
        }
        let latest = Event::UserStatusUpdated(vec![say("bob", "coffee"), say("carol", "coffee")]);
        assert_eq!(queue.take(9).events, [latest, net(), net()]);
    }

    #[test]
    fn a_list_of_the_next_login_is_not_told_in_the_former_one() {
        let mut queue = Queue::default();
        let events = [blacklist(1), Event::SdkNotReady, blacklist(2), Event::SdkReady, blacklist(3)];
        for event in events.clone() {
            queue.push(event);
        }
        assert_eq!(queue.take(9).events, events);
    }

    #[test]
    fn the_oldest_give_way_and_the_gap_is_told_once() {
        let mut queue = Queue::default();
        queue.push(blacklist(1));
        for _ in 0..=MAX_WAITING {
            queue.push(net());
        }
        queue.push(blacklist(2));
        let first = queue.take(2).events;
        assert_eq!(first, [error(Code::EVENTS_LOST), net(), net()]);
        let rest = queue.take(usize::MAX).events;
        assert_eq!(rest.len(), MAX_WAITING - 2);
        assert_eq!(rest.last(), Some(&blacklist(2)), "the older one was lost, so this is told anew");
    }

    fn received(sequence: u64) -> Event {
        let text = serde_json::json!({
            "ID": "01990000-0000-7000-8000-000000000001", "from": "bob", "to": "C2Calice", "sequence": sequence,
            "countable": sequence, "time": 1, "clientTime": 1, "body": {"type": "TIMTextElem", "payload": {"text": "hi"}},
        });
        let message = serde_json::from_value(text).unwrap();
        let alice = UserId::new("alice").unwrap();
        let (status, marks) = (crate::message::SendStatus::Success, crate::message::ReadMarks::default());
        Event::MessageReceived(vec![crate::message::Message::from_wire(&alice, &message, status, marks)])
    }

    #[test]
    fn online_only_messages_are_not_heard_of_a_store_and_are_left_out_first() {
        let mut queue = Queue::default();
        queue.push(received(7));
        let Event::MessageReceived(mut typing) = received(0) else { panic!() };
        typing[0].is_online_only = true;
        let typing = Event::MessageReceived(typing);
        queue.push(typing.clone());
        queue.push(received(6));
        let batch = queue.take(9);
        assert_eq!(batch.events.len(), 3);
        assert_eq!(queue.heard(batch), SortedMap::from_iter([("C2Cbob".parse().unwrap(), 7)]));
        (0..MAX_WAITING as u64).for_each(|sequence| queue.push(received(sequence)));
        queue.push(typing);
        let batch = queue.take(MAX_WAITING + 1);
        assert_eq!((batch.events.first(), batch.events.len()), (Some(&received(0)), MAX_WAITING));
    }

    #[test]
    fn only_what_the_open_store_has_counts_as_heard() {
        let mut queue = Queue::default();
        queue.push(received(7));
        queue.begin_store();
        queue.push(received(3));
        let batch = queue.take(9);
        let with_bob = "C2Cbob".parse().unwrap();
        assert_eq!(queue.heard(batch), SortedMap::from_iter([(with_bob, 3)]));
        queue.push(received(4));
        let batch = queue.take(9);
        queue.begin_store();
        assert_eq!(queue.heard(batch), SortedMap::new(), "the store was closed meanwhile");
    }
}
