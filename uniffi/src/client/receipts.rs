//! Read receipts of single messages: confirmed, and who gave them.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{GroupMessageReadMembers, Message, ReadMemberFilter, unsigned_small};

#[uniffi::export]
impl Tim {
    /// Confirms that this user read messages that ask for it (`needReadReceipt`), at most 30: their senders are told. Reading a
    /// conversation does not do that, and this does not change what is unread. Messages that ask for nothing, own ones and those that
    /// were taken back are left out. Answers those that are confirmed; who confirmed one already counts once. A call that fails is
    /// not made later: repeat it.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2114 if none of them needs a receipt, 20001 for more than 30, 20007, 10007 or 10010 where nothing could
    /// be sent either. `Unreachable`: 2800 or 2801.
    pub async fn send_message_read_receipt(
        &self,
        message_list: Vec<Message>,
    ) -> Result<Vec<Message>, TimError> {
        let messages: Vec<_> = message_list.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        let confirmed = offload(self.tim.send_message_read_receipt(&messages)).await?;
        Ok(confirmed.into_iter().map(Into::into).collect())
    }

    /// How many read messages of this user that ask for it, at most 30, as the server has it: answers them with their
    /// `readReceiptInfo`. Other messages are left out.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2114 if none of them is this user's and asks for it, 20001 for more than 30, 10007 or 10010 for messages
    /// of a group that this user is not in. `Unreachable`: 2800 or 2801.
    pub async fn get_message_read_receipt_list(
        &self,
        message_list: Vec<Message>,
    ) -> Result<Vec<Message>, TimError> {
        let messages: Vec<_> = message_list.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        let found = offload(self.tim.get_message_read_receipt_list(&messages)).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// A page of the members of a group who read a message of this user, or did not: up to `count`, 1 to 100, after those of the
    /// page that gave this `cursor`, or the first ones with an empty one. Who has left the group is only among those who read it.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that was not sent, 2114 for one that asks for nothing or was taken back, 20001 for
    /// one that is not of a group or a count out of its range, 10007 for a message of another user, 2002 or 20003 for a cursor that
    /// is none, 10010. `Unreachable`: 2800 or 2801.
    pub async fn get_group_message_read_member_list(
        &self,
        message: Message,
        filter: ReadMemberFilter,
        cursor: String,
        count: i32,
    ) -> Result<GroupMessageReadMembers, TimError> {
        let (message, count) = (message.try_into()?, unsigned_small(count)?);
        let page = self.tim.get_group_message_read_member_list(&message, filter.into(), &cursor, count);
        Ok(offload(page).await?.into())
    }
}
