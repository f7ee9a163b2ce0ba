//! The filters that the app subscribed to, each with how much is unread in the conversations that it wants: a sum of parts, which each
//! emission of the list adjusts by the conversations that changed.

use std::sync::Arc;

use tim_protocol::{Code, ConversationId};

use crate::conversation::{Conversation, ConversationFilter};
use crate::event::Event;
use crate::sorted::SortedMap;

/// Most filters that an app is subscribed to at a time.
const MAX_SUBSCRIPTIONS: usize = 50;

/// All of them.
#[derive(Default)]
pub(super) struct Subscriptions(Vec<Subscription>);

struct Subscription {
    filter: ConversationFilter,
    /// How many messages are unread in each conversation that the filter wants, without those in which none is.
    parts: SortedMap<ConversationId, u64>,
    /// Their sum.
    count: u64,
    /// What the app was told; `None` if that may have been lost.
    told: Option<u64>,
}

impl Subscription {
    fn adjust(&mut self, id: &ConversationId, now: Option<(&Conversation, u64)>) {
        let part = now.filter(|(it, _)| self.filter.includes(it)).map_or(0, |(_, unread)| unread);
        let before = match part {
            0 => self.parts.remove(id),
            part => self.parts.insert(id.clone(), part),
        };
        self.count = (self.count + part).saturating_sub(before.unwrap_or(0));
    }
}

impl Subscriptions {
    /// Adds a filter, if it is not there, and counts anew by all conversations of the list; returns the count.
    ///
    /// # Errors
    /// [`Code::TOO_MANY_SUBSCRIPTIONS`].
    pub(super) fn add(
        &mut self,
        filter: ConversationFilter,
        conversations: &[(Arc<Conversation>, u64)],
    ) -> Result<u64, Code> {
        let is_new = !self.0.iter().any(|it| it.filter == filter);
        if is_new && self.0.len() >= MAX_SUBSCRIPTIONS {
            return Err(Code::TOO_MANY_SUBSCRIPTIONS);
        }
        self.remove(&filter);
        let mut subscription = Subscription { filter, parts: SortedMap::new(), count: 0, told: None };
        for (it, unread) in conversations {
            subscription.adjust(&it.conversation_id, Some((it, *unread)));
        }
        let count = subscription.count;
        subscription.told = Some(count);
        self.0.push(subscription);
        Ok(count)
    }

    pub(super) fn remove(&mut self, filter: &ConversationFilter) {
        self.0.retain(|it| it.filter != *filter);
    }

    /// A conversation is now so, with so many messages that count as unread; `None` if the list does not have it.
    pub(super) fn adjust(&mut self, id: &ConversationId, now: Option<(&Conversation, u64)>) {
        self.0.iter_mut().for_each(|subscription| subscription.adjust(id, now));
    }

    /// All conversations are forgotten.
    pub(super) fn forget(&mut self) {
        for subscription in &mut self.0 {
            subscription.parts.clear();
            (subscription.count, subscription.told) = (0, None);
        }
    }

    /// The events of the counts that are others than the app was told.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        let changed = self.0.iter_mut().filter(|it| it.told != Some(it.count));
        let event = |it: &mut Subscription| {
            it.told = Some(it.count);
            Event::UnreadMessageCountChangedByFilter { filter: it.filter.clone(), count: it.count }
        };
        changed.map(event).collect()
    }

    /// The filters with their counts.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&ConversationFilter, u64)> {
        self.0.iter().map(|it| (&it.filter, it.count))
    }
}
