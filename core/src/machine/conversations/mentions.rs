//! Unread mentions of this user in a conversation: from its messages, and from the state that a sync tells for messages that
//! this device does not have. Derived from positions, never counted up.

use tim_protocol::attributes::{AT_ALL, Attributes};
use tim_protocol::conversation::{ConversationState, Mention};
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{UserId, limits};

use super::conversation::Conv;

impl Conv {
    /// A message exists: it mentions this user or not.
    pub(super) fn note_mention(&mut self, me: &UserId, message: &WireMessage, attributes: &Attributes) {
        if message.revoked.is_some() {
            return self.forget_mention(message.sequence);
        }
        let (of_me, of_all) = (attributes.mentions(me.as_str()), attributes.mentions(AT_ALL));
        if (of_me || of_all) && message.from != *me {
            let from = message.from.clone();
            let mention = Mention { sequence: message.sequence, from, me: of_me, all: of_all };
            self.forget_mention(mention.sequence);
            let at = self.row.mentions.partition_point(|other| other.sequence < mention.sequence);
            self.row.mentions.insert(at, mention);
            self.trim_mentions();
        }
    }

    /// The state of a sync has all mentions up to its head. Those that were revoked or removed since it was read are left out.
    pub(super) fn merge_mentions(&mut self, state: &ConversationState) {
        self.row.mentions.retain(|mention| mention.sequence > state.head);
        let is_left = |sequence: u64| !self.is_revoked(sequence) && !self.is_removed(sequence);
        let told = state.mentions.iter().filter(|mention| is_left(mention.sequence));
        let told: Vec<Mention> = told.cloned().collect();
        self.row.mentions.splice(0..0, told);
        self.trim_mentions();
    }

    /// A message was revoked.
    pub(super) fn forget_mention(&mut self, sequence: u64) {
        self.row.mentions.retain(|mention| mention.sequence != sequence);
    }

    /// Leaves out what was read, and all but the newest.
    pub(super) fn trim_mentions(&mut self) {
        let row = &mut self.row;
        row.mentions.retain(|mention| mention.sequence > row.read);
        let surplus = row.mentions.len().saturating_sub(limits::UNREAD_MENTIONS);
        row.mentions.drain(..surplus);
    }
}
