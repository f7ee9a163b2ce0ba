//! A conversation as the list shows it, computed anew after a change of it.

use std::sync::Arc;

use tim_protocol::UserId;

use super::conversation::Conv;
use crate::conversation::Conversation;
use crate::machine::account::Account;
use crate::machine::outbox::Outbox;
use crate::message::{Message, SendStatus};

/// What the list shows of conversations besides their positions.
pub(in crate::machine) struct Shown<'a> {
    pub(in crate::machine) me: UserId,
    pub(in crate::machine) outbox: &'a Outbox,
    pub(in crate::machine) account: &'a Account,
}

impl Conv {
    /// The conversation as the list shows it.
    pub(super) fn view(&mut self, shown: &Shown<'_>, draft: Option<&String>) -> Arc<Conversation> {
        let view = self.view.take().unwrap_or_else(|| Arc::new(self.build_view(shown, draft)));
        Arc::clone(self.view.insert(view))
    }

    /// What the list shows of it changed.
    pub(super) fn invalidate_view(&mut self) {
        self.view = None;
    }

    fn build_view(&self, shown: &Shown<'_>, draft: Option<&String>) -> Conversation {
        let newest = self
            .newest
            .as_ref()
            .map(|newest| Message::from_wire(&shown.me, newest, SendStatus::Success, self.marks()));
        let time = newest.as_ref().map_or(i64::MIN, |newest| newest.time);
        let last_message = shown.outbox.newest(&self.row.id, time).or(newest);
        let last_time = last_message.as_ref().map_or(0, |message| message.time).max(self.row.last_active);
        let settings = self.settings();
        let (show_name, avatar) = self.called(shown.account);
        Conversation {
            conversation_id: self.row.id.clone(),
            show_name,
            avatar,
            message_for_show: last_message.as_ref().map(Message::for_show).unwrap_or_default(),
            sub_type: self.row.group_type,
            unread_count: self.unread(),
            last_message,
            read_sequence: self.row.read,
            peer_read_sequence: self.row.peer_read,
            group_at_info_list: self.row.mentions.iter().map(Into::into).collect(),
            last_time,
            is_pinned: settings.is_pinned,
            message_remind_type: settings.message_remind_type,
            mark_list: settings.marks.values(),
            custom_data: settings.custom_data,
            draft_text: draft.cloned().unwrap_or_default(),
        }
    }
}
