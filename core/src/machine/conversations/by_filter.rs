//! What is unread in the conversations that a filter wants, counted over the whole list.

use std::sync::Arc;

use tim_protocol::Code;

use super::Conversations;
use super::view::Shown;
use crate::conversation::{Conversation, ConversationFilter};

impl Conversations {
    /// How many messages are unread in the conversations that a filter wants, of those that the total counts.
    pub(in crate::machine) fn unread_by(&mut self, shown: &Shown<'_>, filter: &ConversationFilter) -> u64 {
        sum(&self.counted(shown), filter)
    }

    /// From now on tells when that changes; returns what it is now.
    ///
    /// # Errors
    /// [`Code::TOO_MANY_SUBSCRIPTIONS`].
    pub(in crate::machine) fn subscribe(
        &mut self,
        shown: &Shown<'_>,
        filter: ConversationFilter,
    ) -> Result<u64, Code> {
        let counted = self.counted(shown);
        self.subscriptions.add(filter, &counted)
    }

    pub(in crate::machine) fn unsubscribe(&mut self, filter: &ConversationFilter) {
        self.subscriptions.remove(filter);
    }

    /// Whether all that is kept is what would be counted anew.
    pub(super) fn are_subscriptions_right(&mut self, shown: &Shown<'_>) -> bool {
        let counted = self.counted(shown);
        self.subscriptions.counts().all(|(filter, count)| sum(&counted, filter) == count)
    }

    /// The conversations of the list, each with how much of it the total counts.
    fn counted(&mut self, shown: &Shown<'_>) -> Vec<(Arc<Conversation>, u64)> {
        let Self { convs, drafts, .. } = self;
        let listed = convs.iter_mut().filter(|(_, conv)| conv.is_listed());
        listed.map(|(id, conv)| (conv.view(shown, drafts.get(id)), conv.in_total)).collect()
    }
}

fn sum(counted: &[(Arc<Conversation>, u64)], filter: &ConversationFilter) -> u64 {
    counted.iter().filter(|(it, _)| filter.includes(it)).map(|(_, unread)| unread).sum()
}
