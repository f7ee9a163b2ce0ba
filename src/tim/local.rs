//! What only this device has: messages that the app inserts, and what it keeps beside messages.

use tim_protocol::{Code, Fault, MessageId, UserId, limits};

use super::Tim;
use crate::error::TimError;
use crate::machine::io::Call;
use crate::message::Message;
use crate::store::LocalChange;

impl Tim {
    /// Inserts a message that was created here into its conversation on this device, as if `sender` had written it now: a hint of
    /// the app, or a message from elsewhere. Nobody else gets it, nor do this user's other devices. It is listed by its time, with
    /// [`crate::message::SendStatus::LocalImported`], may be the last message of its conversation, and counts as read. Searches do
    /// not find it; [`Tim::find_messages`] does. [`Tim::delete_message`] removes it, and so do
    /// [`Tim::clear_history_message`] and the deletion of the conversation.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for one that was not created here, was sent, is
    /// inserted already, or has a file that is not on a server. [`Code::BAD_REQUEST`], with the reason, for a sender who is none of
    /// the two of a C2C conversation, or if 1,000 are inserted. [`Code::STORAGE_FULL`] or [`Code::DATABASE_FAILED`].
    pub async fn insert_message_to_local_storage(
        &self,
        message: Message,
        sender: UserId,
    ) -> Result<Message, TimError> {
        let me = self.admitted()?;
        let known = self.find_messages(&[message.id]).await?;
        if known.iter().any(|it| it.from == me && it.sequence > 0) {
            return Err(Code::MESSAGE_INVALID.into());
        }
        self.message(Call::Insert(Box::new(message), sender)).await
    }

    /// Keeps a text beside a message on this device: [`Message::local_custom_data`]. An empty one removes it. It goes with the
    /// message, and stays when that changes.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_NOT_FOUND`] for a message that is neither stored on this
    /// device nor in the outbox. [`Code::BAD_REQUEST`] over 12 KB. [`Code::STORAGE_FULL`] or [`Code::DATABASE_FAILED`].
    pub async fn set_local_custom_data(
        &self,
        message: impl Into<MessageId>,
        data: &str,
    ) -> Result<(), TimError> {
        if data.len() > limits::BODY_BYTES {
            let text = "what is kept beside a message has at most 12 KB";
            return Err(Fault::with_text(Code::BAD_REQUEST, text).into());
        }
        self.done(Call::SetLocal(message.into(), LocalChange::Data(data.to_owned()))).await
    }

    /// Keeps a number beside a message on this device: [`Message::local_custom_int`]. 0 removes it.
    ///
    /// # Errors
    /// As [`Tim::set_local_custom_data`].
    pub async fn set_local_custom_int(
        &self,
        message: impl Into<MessageId>,
        number: i64,
    ) -> Result<(), TimError> {
        self.done(Call::SetLocal(message.into(), LocalChange::Int(number))).await
    }
}
