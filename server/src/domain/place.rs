//! The places of a log whose messages somebody does not see, and the IDs of what the server writes into a log.

use serde_json::value::RawValue;
use tim_protocol::attributes::Attributes;
use tim_protocol::message::{Message, Priority};
use tim_protocol::{ConversationId, MessageId, UnixMillis, UserId, bounds};

use super::rows::{Conversation, Parties};
use crate::core::ops::ConversationKey;

/// Where a message stands.
pub(super) struct Place {
    pub(super) sequence: u64,
    pub(super) time: UnixMillis,
    pub(super) unread_index: u64,
}

impl Place {
    /// The ID of what the server writes there: unique, because it contains the conversation and the sequence.
    pub(super) fn id(&self, key: ConversationKey) -> MessageId {
        let (key, place) = (key.0.to_be_bytes(), self.sequence.to_be_bytes());
        let mut unique = [0; 10];
        for (byte, of_place) in
            unique.iter_mut().zip(key.into_iter().skip(3).chain(place.into_iter().skip(3)))
        {
            *byte = of_place;
        }
        MessageId::from_parts(self.time, unique)
    }

    /// The place as those have it from whom its message is hidden: it tells that there is one, and when it was sent.
    pub(super) fn empty(self, key: ConversationKey, to: ConversationId) -> Message {
        let attributes = Attributes { excluded_from_last_message: true, ..Attributes::default() };
        let body = bounds::written(&serde_json::json!({ "type": "TIMCustomElem" }));
        Message {
            sequence: self.sequence,
            unread_index: self.unread_index,
            priority: Priority::Lowest,
            excluded_from_unread_count: true,
            removed: true,
            attributes: Some(bounds::written(&attributes)),
            ..Message::bare(self.id(key), UserId::system(), to, self.time, body)
        }
    }
}

/// Whether a message of this conversation with these attributes is hidden from a user.
pub(super) fn hide(
    conversation: &Conversation,
    attributes: Option<&RawValue>,
    sender: &UserId,
    user: &UserId,
) -> bool {
    may_hide(conversation) && attributes.is_some() && Attributes::of(attributes).hide_from(user, sender)
}

/// Whether messages of a conversation may be for some of its members. Servers that did not know receivers yet took them with a message
/// to anybody; between two users they mean nothing.
pub(super) fn may_hide(conversation: &Conversation) -> bool {
    matches!(conversation.parties, Parties::Group(_))
}
