//! Online-only messages: sent to those who are connected, past the outbox and the store.

use tim_protocol::call::{SendOnlineRequest, SendRequest};
use tim_protocol::{Code, ConversationId, Fault};

use super::{Tim, unexpected};
use crate::error::TimError;
use crate::machine::io::{Call, Return};
use crate::message::{Message, SendStatus};

impl Tim {
    /// Whether this is the conversation of a live room that this device is in: what is said there nothing stores.
    pub(super) async fn is_in_room(&self, conversation: &ConversationId) -> Result<bool, TimError> {
        let ConversationId::Group(group) = conversation else { return Ok(false) };
        match self.call(Call::Room(group.clone())).await? {
            Return::Groups(rooms) => Ok(!rooms.is_empty()),
            _ => Err(unexpected()),
        }
    }

    pub(super) async fn send_online(&self, message: Message) -> Result<Message, TimError> {
        let me = self.admitted()?;
        let content = message.content().ok_or(Code::MESSAGE_INVALID)?;
        if message.from != me || message.sequence != 0 || message.is_online_only {
            return Err(Code::MESSAGE_INVALID.into());
        }
        if content.body.lacks_addresses() {
            let text =
                "an online-only message, or one to a live room, has no new file: forward one that was sent";
            return Err(Fault::with_text(Code::BAD_REQUEST, text).into());
        }
        let body = content.write()?;
        let request = SendRequest {
            id: message.id,
            to: message.conversation_id.clone(),
            client_time: message.client_time,
            priority: message.priority,
            excluded_from_unread_count: message.is_excluded_from_unread_count,
            attributes: message.attributes().write_beside(&body, 0)?.map(Into::into),
            body,
        };
        let sent = self.ask(SendOnlineRequest(request)).await?;
        Ok(Message {
            time: sent.time,
            status: SendStatus::Success,
            nick: sent.nick,
            avatar: sent.avatar,
            name_card: sent.name_card,
            is_online_only: true,
            ..message
        })
    }
}
