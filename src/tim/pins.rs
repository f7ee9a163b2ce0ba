//! Pinned messages of groups.

use tim_protocol::call::{GetPinnedRequest, PinMessageRequest, PinnedMessage};
use tim_protocol::message::MessageChange;
use tim_protocol::{Code, ConversationId, GroupId};

use super::changes::placed;
use super::history::{HistoryDirection, HistoryStart};
use super::{Tim, unexpected};
use crate::error::TimError;
use crate::message::Message;

impl Tim {
    /// Pins a message in its group, for all members, or removes the pin: the group's owner and its admins may. A group has at most
    /// 10 pinned messages. Gives the message that was passed, with the pin that it has then.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for a message that was not sent or is not of the
    /// group, [`Code::MESSAGE_NOT_FOUND`] for one that does not exist or was revoked, [`Code::BAD_REQUEST`] for a message of the
    /// server; [`Code::TOO_MANY_PINS`]; [`Code::ALREADY_PINNED`] if another user has pinned it; [`Code::GROUP_NOT_FOUND`],
    /// [`Code::GROUP_PERMISSION_DENIED`]; [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn pin_group_message(
        &self,
        group: &GroupId,
        message: &Message,
        is_pinned: bool,
    ) -> Result<Message, TimError> {
        self.admitted()?;
        if message.conversation_id != ConversationId::Group(group.clone()) {
            return Err(Code::MESSAGE_INVALID.into());
        }
        let (group_id, sequence) = (group.clone(), placed(message)?);
        let newest = self.ask(PinMessageRequest { group_id, sequence, is_pinned }).await?;
        let pin_operator = match newest.mutation.map(|mutation| mutation.change) {
            None => None,
            Some(MessageChange::Pinned(pin)) => Some(pin.by),
            Some(_) => return Err(unexpected()),
        };
        Ok(Message { is_pinned, pin_operator, ..message.clone() })
    }

    /// The pinned messages of a group that this user can see, the last one that was pinned first. Those that are not on this device
    /// are fetched from the server.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::GROUP_NOT_FOUND`], [`Code::GROUP_PERMISSION_DENIED`];
    /// [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn get_pinned_group_message_list(&self, group: &GroupId) -> Result<Vec<Message>, TimError> {
        let conversation = ConversationId::Group(group.clone());
        let pinned = self.ask(GetPinnedRequest { group_id: group.clone() }).await?.pinned;
        let mut messages = Vec::new();
        for PinnedMessage { sequence, by, .. } in pinned {
            let start = HistoryStart::Sequence(sequence);
            let page =
                self.get_message_list_hopping(&conversation, start, HistoryDirection::Older, 1).await?;
            let found = page.message_list.into_iter().find(|message| message.sequence == sequence);
            // The device may not have heard of the pin, or may know that the message was revoked.
            let stands = found.filter(|message| !message.is_revoked);
            messages.extend(stands.map(|it| Message { is_pinned: true, pin_operator: Some(by), ..it }));
        }
        Ok(messages)
    }
}
