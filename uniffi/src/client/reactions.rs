//! Reactions of messages: given, taken back, and who gave them.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{Message, MessageReactions, ReactionUserList, unsigned, unsigned_small};

#[uniffi::export]
impl Tim {
    /// Gives a message a reaction, such as an emoji, that everybody sees: `reactionID` has 1 to 64 bytes, and its meaning is the
    /// application's. A message has at most 10 different reactions, each of at most 100 users. Answers the message that was passed,
    /// with the reactions that it has then; one that has the reaction of this user already stays as it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that was not sent, 130150 if it does not exist or was taken back, 20001 for an id
    /// that is none or a message of the server, 23005 or 23006 for too many reactions or users, 20007, 10007 or 10010 where nothing
    /// could be sent either. `Unreachable`: 2800 or 2801.
    pub async fn add_message_reaction(
        &self,
        message: Message,
        reaction_id: String,
    ) -> Result<Message, TimError> {
        Ok(offload(self.tim.add_message_reaction(&message.try_into()?, &reaction_id)).await?.into())
    }

    /// Takes a reaction of this user back. Answers the message that was passed, with the reactions that it has then; one that
    /// does not have it stays as it is.
    ///
    /// # Errors
    /// Those of `addMessageReaction`.
    pub async fn remove_message_reaction(
        &self,
        message: Message,
        reaction_id: String,
    ) -> Result<Message, TimError> {
        Ok(offload(self.tim.remove_message_reaction(&message.try_into()?, &reaction_id)).await?.into())
    }

    /// The reactions of 1 to 20 messages of one conversation, as the server has them, each with the first users who gave it:
    /// `maxUserCountPerReaction`, 0 to 10, or fewer if there would be too much. Messages that cannot be seen are left out.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that was not sent or is of another conversation, 20001 for no message or too many,
    /// or a number out of its range, 10007 or 10010 for messages of a group that are not this user's to read. `Unreachable`: 2800 or
    /// 2801.
    pub async fn get_message_reactions(
        &self,
        message_list: Vec<Message>,
        max_user_count_per_reaction: i32,
    ) -> Result<Vec<MessageReactions>, TimError> {
        let messages: Vec<_> = message_list.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        let count = unsigned_small(max_user_count_per_reaction)?;
        let found = offload(self.tim.get_message_reactions(&messages, count)).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// A page of the users who gave a message a reaction: up to `count`, 1 to 100, after those of the page that gave this `nextSeq`,
    /// or the first ones with 0.
    ///
    /// # Errors
    /// Those of `getMessageReactions`.
    pub async fn get_all_user_list_of_message_reaction(
        &self,
        message: Message,
        reaction_id: String,
        next_seq: i64,
        count: i32,
    ) -> Result<ReactionUserList, TimError> {
        let (message, next_seq) = (message.try_into()?, unsigned(next_seq)?);
        let count = unsigned_small(count)?;
        let page = self.tim.get_all_user_list_of_message_reaction(&message, &reaction_id, next_seq, count);
        Ok(offload(page).await?.into())
    }
}
