//! Changes of messages that were sent: revoke, modify, and delete for this user.

use tim_protocol::attributes::Attributes;
use tim_protocol::call::{ModifyRequest, RevokeRequest};
use tim_protocol::message::MessageChange;
use tim_protocol::{Code, bounds};

use super::{Tim, unexpected};
use crate::error::TimError;
use crate::machine::io::Call;
use crate::message::{Message, Payload};

impl Tim {
    /// Takes a message back: an own one within two minutes (unless the server is set otherwise), in a group also
    /// another's if this user is its owner or an admin. Its content leaves every device.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for a message that was not sent,
    /// [`Code::REVOKE_NOT_FOUND`], [`Code::REVOKE_NOT_ALLOWED`], [`Code::REVOKE_TOO_LATE`] and
    /// [`Code::REVOKE_TOO_LATE_GROUP`]; [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn revoke_message(&self, message: &Message) -> Result<Message, TimError> {
        self.revoke_message_with(message, "").await
    }

    /// Takes a message back as [`Tim::revoke_message`] does, with a reason that everybody sees, of at most 256 bytes.
    ///
    /// # Errors
    /// As [`Tim::revoke_message`]; [`Code::BAD_REQUEST`] for a longer reason.
    pub async fn revoke_message_with(&self, message: &Message, reason: &str) -> Result<Message, TimError> {
        self.admitted()?;
        let (sequence, reason) = (placed(message)?, reason.to_owned());
        let conversation_id = message.conversation_id.clone();
        let mutation = self.ask(RevokeRequest { conversation_id, sequence, reason }).await?;
        let MessageChange::Revoked(revocation) = mutation.change else { return Err(unexpected()) };
        let (payload, cloud_custom_data, at_user_list) = (Payload::Gone, String::new(), Vec::new());
        Ok(Message {
            cloud_custom_data,
            at_user_list,
            is_revoked: true,
            revoker: Some(revocation.by),
            revoke_reason: revocation.reason,
            is_pinned: false,
            pin_operator: None,
            reaction_list: Vec::new(),
            need_read_receipt: false,
            read_receipt_info: None,
            local_path: None,
            local_snapshot_path: None,
            payload,
            elements: Vec::new(),
            ..message.clone()
        })
    }

    /// Modifies a message of this user on every device: pass it as it was listed or received, with another body of the same kind
    /// ([`crate::message::Body::is_modifiable`]: a text, a custom message, a face or a location), with other
    /// appended elements, other `cloud_custom_data`, or several of these. Messages with files, mergers and unknown kinds keep their first
    /// element; what is appended to it may change. There is no time limit.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MODIFY_CONFLICT`] if another device modified it first:
    /// [`crate::event::Event::MessageModified`] then has it as it is now. [`Code::MESSAGE_INVALID`] for a message that was not sent,
    /// [`Code::MESSAGE_NOT_FOUND`], [`Code::MODIFY_NOT_ALLOWED`]; the refusals of a send, such as
    /// [`Code::MESSAGE_TOO_LONG`], [`Code::ELEMENT_NOT_APPENDABLE`], [`Code::BLACKLISTED`] and [`Code::GROUP_PERMISSION_DENIED`]; [`Code::NETWORK_ERROR`] or
    /// [`Code::TIMEOUT`] if the server does not answer.
    pub async fn modify_message(&self, message: &Message) -> Result<Message, TimError> {
        self.admitted()?;
        let sequence = placed(message)?;
        let body = match &message.payload {
            Payload::Body(body) if body.is_modifiable() => Some(body.write()?),
            _ => None,
        };
        let elements: Vec<_> = message.elements.iter().filter_map(Payload::as_appended).collect();
        let modified = self
            .ask(ModifyRequest {
                conversation_id: message.conversation_id.clone(),
                sequence,
                version: message.version,
                body,
                elements: Some(bounds::written(&elements)),
                cloud_custom_data: Some(message.cloud_custom_data.clone()),
            })
            .await?;
        let MessageChange::Modified(now) = modified.mutation.change else { return Err(unexpected()) };
        Ok(Message {
            is_modified: true,
            version: now.version,
            cloud_custom_data: Attributes::of(now.attributes.as_deref()).cloud_custom_data,
            payload: Payload::read(&now.body, false),
            elements: Payload::appended(&now.body),
            ..message.clone()
        })
    }

    /// Deletes messages of one conversation for this user, on all devices: others keep them. Without a connection they are
    /// deleted here at once, elsewhere later; the user's other devices emit [`crate::event::Event::MessageDeleted`]. An unread message that is
    /// deleted is not unread any more. Pass messages as they were listed or received. Those that wait to be sent or were refused
    /// leave the outbox, as [`Tim::cancel_message`] has it.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`] for none, more than 50, or messages of several
    /// conversations, [`Code::NOTICE_NOT_REMOVABLE`] for a system notice, [`Code::CONVERSATION_NOT_FOUND`],
    /// [`Code::MESSAGE_INVALID`] for one that was neither sent nor refused nor waits, [`Code::MESSAGE_ON_ITS_WAY`] while the
    /// server's answer to it is awaited. Then nothing is deleted.
    pub async fn delete_message(&self, messages: &[Message]) -> Result<(), TimError> {
        self.done(Call::RemoveMessages(messages.to_vec())).await
    }
}

/// The sequence of a message that was sent.
pub(super) fn placed(message: &Message) -> Result<u64, TimError> {
    if message.sequence == 0 { Err(Code::MESSAGE_INVALID.into()) } else { Ok(message.sequence) }
}
