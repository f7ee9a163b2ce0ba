//! The total of unread messages: a sum over conversations, which is adjusted by what changes in each of them, so that a new
//! message costs the same however many conversations there are. Muted conversations, those that the list does not have, and
//! system notices are not in it.

use tim_protocol::ConversationId;
use tim_protocol::settings::MessageRemindType;

use super::conversation::Conv;
use crate::event::Event;

/// The total, and what the app was told of it.
#[derive(Default)]
pub(super) struct Total {
    unread: u64,
    /// `None` if nothing was, which says that it is 0.
    emitted: Option<u64>,
    /// What was emitted belonged to another login, or may have been lost with a commit.
    is_outdated: bool,
}

impl Total {
    pub(super) fn unread(&self) -> u64 {
        self.unread
    }

    /// A conversation may have changed.
    pub(super) fn adjust(&mut self, conv: &mut Conv) {
        let now = if is_counted(conv) { conv.unread() } else { 0 };
        let before = std::mem::replace(&mut conv.in_total, now);
        self.unread = (self.unread + now).saturating_sub(before);
    }

    /// All conversations are forgotten.
    pub(super) fn forget(&mut self) {
        self.unread = 0;
        self.is_outdated = self.emitted.is_some();
    }

    /// The event of the total, if the app was told another one.
    pub(super) fn take_event(&mut self) -> Option<Event> {
        if !std::mem::take(&mut self.is_outdated) && self.emitted.unwrap_or(0) == self.unread {
            return None;
        }
        self.emitted = Some(self.unread);
        Some(Event::TotalUnreadMessageCountUpdated(self.unread))
    }
}

fn is_counted(conv: &Conv) -> bool {
    let is_told = matches!(
        conv.message_remind_type(),
        MessageRemindType::AcceptAndNotify | MessageRemindType::Other(_)
    );
    is_told && conv.is_listed() && conv.row.id != ConversationId::System
}
