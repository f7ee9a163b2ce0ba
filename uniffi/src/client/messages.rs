//! Messages: sent, taken back, listed.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{
    self as ids, Message, MessageList, MessageListHopping, MessageListHoppingParam, SendOptions,
};

#[uniffi::export]
impl Tim {
    /// Sends a message that was created here. It is on this device's stable storage before the first attempt, and attempts go
    /// on across breaks and restarts. Answers it with its place, once it is on the server's stable storage. One that was refused
    /// is sent again with `resendMessage`.
    ///
    /// # Errors
    /// `NotReady`; 130161 if `cancelMessage` took it back, or if the login ended first: then the message stays, and is sent after
    /// the next one. `Refused`: 2105 for a message that is not this user's or was sent already, 130164 while 10,000 wait; by the
    /// server: 20003 for no such user, 20007 for a receiver who does not want it, 10007 or 10010 for a group; for one with a file
    /// also 2105 if it was forgotten or taken back, 2252, 2253, 2301, 2351, 2400, 2401, 2402, 2450, 7006, 130140 to 130145, 130147 or 130148, or what an
    /// upload plugin answered; 2002, 2106, 8001, 20001 or 130110 for a message that was changed into one that cannot be sent. `Storage`: 6005,
    /// 6022 or 130168 if it could not be kept. `Unreachable`, for one with a file: 2800 or 2801 once it was tried four times.
    #[uniffi::method(default(options = None))]
    pub async fn send_message(
        &self,
        message: Message,
        options: Option<SendOptions>,
    ) -> Result<Message, TimError> {
        let options = options.unwrap_or_default().into();
        Ok(offload(self.tim.send_message_with(message.try_into()?, options)).await?.into())
    }

    /// Sends a message that was refused again, under the same identity; of one that waits, its end is awaited. Its ID is
    /// enough, also after a restart: `getMessageList` shows what waits and what was refused.
    ///
    /// # Errors
    /// Those of `sendMessage`; `Refused`: 2105 for an ID that is none, for a message that is not in the outbox, or whose end is awaited
    /// already. A file that was refused for what it is (2252, 2253, 2301, 2351, 2402, 2450, 7006, 130145, 130147, 130148) is refused again with the same
    /// number, at once.
    pub async fn resend_message(&self, message_id: String) -> Result<Message, TimError> {
        Ok(offload(self.tim.resend_message(ids::message_id(&message_id)?)).await?.into())
    }

    /// Cancels a message that was not sent yet, for good: one that waits, or was refused; an upload for it ends.
    /// The call that sends it ends with 130161. A picture cannot be sent again then: create it anew. If an attempt broke off, the
    /// server may have the message nevertheless: then it comes with the next sync. Its ID is enough, also after a
    /// restart.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for an ID that is none, 130170 while it is on its way (`revokeMessage` takes it back once it has arrived), 130171 if it has
    /// arrived, was taken back already, or was never sent.
    pub async fn cancel_message(&self, message_id: String) -> Result<(), TimError> {
        Ok(offload(self.tim.cancel_message(ids::message_id(&message_id)?)).await?)
    }

    /// Takes a message back that has arrived: an own one within two minutes (unless the server is set otherwise), in a group also
    /// another's if this user is its owner or an admin. Its content leaves every device; everybody sees the `reason`, of at most
    /// 256 bytes. Answers the message as it is now.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that was not sent, 10030 if it does not exist, 10007 or 10032 if it may not be
    /// taken back, 10031 or 20016 if it is too late, 20001 for too long a reason. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(reason = None))]
    pub async fn revoke_message(
        &self,
        message: Message,
        reason: Option<String>,
    ) -> Result<Message, TimError> {
        let (message, reason) = (message.try_into()?, reason.unwrap_or_default());
        Ok(offload(self.tim.revoke_message_with(&message, &reason)).await?.into())
    }

    /// Modifies a message of this user on every device: pass it as it was listed or received, with another content of the same kind
    /// (a text, a custom message, a face or a location), with other `elements` appended, with other `cloudCustomData`, or several of
    /// these. Of all other kinds the content stays. Answers the message as it is now.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2480 if another device modified it first, and the event `MessageModified` has it as it is now; 2105 for
    /// a message that was not sent, 130150 if it does not exist or was taken back, 130151 for another user's or for another kind of
    /// content; 8001, 80002, 20007, 10007, 10010, 130110, 130115 or 130117 for what could not be sent either. `Unreachable`: 2800 or 2801.
    pub async fn modify_message(&self, message: Message) -> Result<Message, TimError> {
        Ok(offload(self.tim.modify_message(&message.try_into()?)).await?.into())
    }

    /// Deletes 1 to 50 messages of one conversation for this user, on all devices: others keep them. Without a connection they are
    /// deleted here at once, elsewhere later. The user's other devices emit `MessageDeleted`. Pass messages as they were listed or
    /// received. Those that wait to be sent or were refused leave the outbox, as `cancelMessage` has it.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for none, too many, or messages of several conversations, 2116 for a system notice, 2500 for a
    /// conversation that is not known, 2105 for a message that was neither sent nor refused nor waits, 130170 while one is on its
    /// way. Then nothing is deleted.
    pub async fn delete_message(&self, message_list: Vec<Message>) -> Result<(), TimError> {
        let messages = message_list.into_iter().map(TryInto::try_into).collect::<Result<Vec<_>, _>>()?;
        Ok(offload(self.tim.delete_message(&messages)).await?)
    }

    /// A page of a conversation's messages, oldest first: the newest, or those before the page that gave this
    /// `nextReqMessageID`, passed as it was. `count` is cut to 1 to 100. What this device lacks is asked of the server.
    ///
    /// Besides so many that have a place it shows the outbox: what waits (`UnSend`) behind all others on the newest page, what was
    /// refused (`Fail`, with `errorCode`) by the time it was sent, on one page each. A message that gets its place between two
    /// pages may be in both, under the same ID.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 20001 for a `nextReqMessageID` that no page gave, 10007 for messages of a group
    /// that are not this user's to read. `Unreachable`: 2800 or 2801 if older messages cannot be asked for.
    #[uniffi::method(default(next_req_message_id = None, count = 15))]
    pub async fn get_message_list(
        &self,
        conversation_id: String,
        next_req_message_id: Option<String>,
        count: i32,
    ) -> Result<MessageList, TimError> {
        let conversation = ids::conversation_id(&conversation_id)?;
        // What is negative is cut to 1, as 0 is.
        let (next, count) = (next_req_message_id.as_deref(), u32::try_from(count).unwrap_or(0));
        Ok(offload(self.tim.get_message_list(&conversation, next, count)).await?.into())
    }

    /// A page of a conversation's messages from any place on, in either direction: for a jump to a message that was found or quoted,
    /// and on from there. What this device lacks is asked of the server; without it the page ends where the stored messages end. It
    /// shows nothing of the outbox.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 20001 for a direction that is none, a negative sequence, or a
    /// sequence and a time, or neither; 10007 or 10010 for messages of a group that are not this user's to read. `Unreachable`: 2800 or
    /// 2801 if messages, or the place of a time, have to be asked for and cannot.
    pub async fn get_message_list_hopping(
        &self,
        param: MessageListHoppingParam,
    ) -> Result<MessageListHopping, TimError> {
        let (conversation, start, direction, count) = param.read()?;
        let page = self.tim.get_message_list_hopping(&conversation, start, direction, count);
        Ok(offload(page).await?.into())
    }

    /// The messages with these IDs that are on this device, in this order: received, sent, waiting or refused. The others are left
    /// out. Asks nobody.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for an ID that is none, 20001 for more than 100.
    pub async fn find_messages(&self, message_id_list: Vec<String>) -> Result<Vec<Message>, TimError> {
        let ids: Vec<_> = message_id_list.iter().map(|id| ids::message_id(id)).collect::<Result<_, _>>()?;
        Ok(offload(self.tim.find_messages(&ids)).await?.into_iter().map(Into::into).collect())
    }
}
