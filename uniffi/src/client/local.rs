//! What only this device has: messages that the app inserts, and what it keeps beside messages.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{self as ids, Message};

#[uniffi::export]
impl Tim {
    /// Inserts a message that was created here into its conversation on this device, as if `sender` had written it now: a hint of
    /// the app, or a message from elsewhere. Nobody else gets it, nor do this user's other devices. It is listed by its time, with
    /// the status `localImported`, may be the last message of its conversation, and counts as read. Searches do not find it;
    /// `findMessages` does. `deleteMessage`, `clearHistoryMessage` and `deleteConversation` remove it. Answers it as it is listed.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that was not created here, was sent, is inserted already, or has a file that is not
    /// on a server; 20001, with the reason, for a sender who is none of the two of a C2C conversation, or if 1,000 are inserted;
    /// 20002 for a sender that is no user ID. `Storage`.
    pub async fn insert_message_to_local_storage(
        &self,
        message: Message,
        sender: String,
    ) -> Result<Message, TimError> {
        let (message, sender) = (message.try_into()?, ids::user_id(&sender)?);
        Ok(offload(self.tim.insert_message_to_local_storage(message, sender)).await?.into())
    }

    /// Keeps a text beside a message on this device: its `localCustomData`. An empty one removes it. It goes with the message, and
    /// stays when that changes.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for an ID that is none, 130150 for a message that is neither stored on this device nor in the
    /// outbox, 20001 over 12 KB. `Storage`.
    pub async fn set_local_custom_data(&self, message_id: String, data: String) -> Result<(), TimError> {
        let id = ids::message_id(&message_id)?;
        Ok(offload(self.tim.set_local_custom_data(id, &data)).await?)
    }

    /// Keeps a number beside a message on this device: its `localCustomInt`. 0 removes it.
    ///
    /// # Errors
    /// As `setLocalCustomData`.
    pub async fn set_local_custom_int(&self, message_id: String, number: i64) -> Result<(), TimError> {
        Ok(offload(self.tim.set_local_custom_int(ids::message_id(&message_id)?, number)).await?)
    }
}
