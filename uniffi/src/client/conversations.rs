//! Conversations: listed, read, what the user sets about them, and what the user removes.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{
    self as ids, Conversation, ConversationFilter, ConversationResults, Message, MessageRemindType,
    ReadAllType,
};

#[uniffi::export]
impl Tim {
    /// All conversations, or those that a filter wants: the pinned ones first, and of these and of the others the most recently
    /// active first.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none.
    #[uniffi::method(default(filter = None))]
    pub async fn get_conversation_list(
        &self,
        filter: Option<ConversationFilter>,
    ) -> Result<Vec<Conversation>, TimError> {
        let filter = filter.unwrap_or_default().try_into()?;
        let list = offload(self.tim.get_conversation_list_with(&filter)).await?;
        Ok(list.iter().map(|it| (&**it).into()).collect())
    }

    /// One conversation of the list.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2500 for one that the list does not have.
    pub async fn get_conversation_profile(&self, conversation_id: String) -> Result<Conversation, TimError> {
        let conversation = ids::conversation_id(&conversation_id)?;
        Ok((&*offload(self.tim.get_conversation_profile(&conversation)).await?).into())
    }

    /// Marks everything in a conversation as read: here at once, elsewhere as soon as it can be told. Sending a message
    /// does not mark anything as read.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none.
    pub async fn set_message_read(&self, conversation_id: String) -> Result<(), TimError> {
        Ok(offload(self.tim.set_message_read(&ids::conversation_id(&conversation_id)?)).await?)
    }

    /// Marks a message and everything before it as read, as `setMessageRead` marks everything. Asks the server, which alone can
    /// tell how many unread messages are left.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that was not sent, 10010 or 10007 for a group. `Unreachable`.
    pub async fn set_message_read_up_to(&self, message: Message) -> Result<(), TimError> {
        let message = message.try_into()?;
        Ok(offload(self.tim.set_message_read_up_to(&message)).await?)
    }

    /// Marks everything as read in all conversations of a type, as `setMessageRead` does in one.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn set_all_message_read(&self, scope: ReadAllType) -> Result<(), TimError> {
        Ok(offload(self.tim.set_all_message_read(scope.into())).await?)
    }

    /// How many messages are unread in all conversations, without those that the user has muted and system notices; 0 while nobody
    /// is logged in.
    #[must_use]
    pub fn get_total_unread_message_count(&self) -> i64 {
        ids::signed(self.tim.get_total_unread_message_count())
    }

    /// How many messages are unread in the conversations that a filter wants, of those that `getTotalUnreadMessageCount` counts.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none.
    pub async fn get_unread_message_count_by_filter(
        &self,
        filter: ConversationFilter,
    ) -> Result<i64, TimError> {
        let filter = filter.try_into()?;
        Ok(ids::signed(offload(self.tim.get_unread_message_count_by_filter(&filter)).await?))
    }

    /// Tells with `UnreadMessageCountChangedByFilter` whenever what `getUnreadMessageCountByFilter` counts changes, at most once a
    /// second, until `unsubscribeUnreadMessageCountByFilter` or the end of the login; returns the number as it is now. A filter that is
    /// subscribed to already stays so.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 130159 for more than 50 filters.
    pub async fn subscribe_unread_message_count_by_filter(
        &self,
        filter: ConversationFilter,
    ) -> Result<i64, TimError> {
        let filter = filter.try_into()?;
        Ok(ids::signed(offload(self.tim.subscribe_unread_message_count_by_filter(&filter)).await?))
    }

    /// Ends a subscription, if there is one with this filter.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none.
    pub async fn unsubscribe_unread_message_count_by_filter(
        &self,
        filter: ConversationFilter,
    ) -> Result<(), TimError> {
        let filter = filter.try_into()?;
        Ok(offload(self.tim.unsubscribe_unread_message_count_by_filter(&filter)).await?)
    }

    /// Puts a conversation at the top of the list, or takes it from there, on all devices of the user. Like the other settings of
    /// a conversation this takes effect here at once, and elsewhere as soon as the server can be told, also after a restart.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2500 for one that is not known here.
    pub async fn pin_conversation(&self, conversation_id: String, is_pinned: bool) -> Result<(), TimError> {
        Ok(offload(self.tim.pin_conversation(&ids::conversation_id(&conversation_id)?, is_pinned)).await?)
    }

    /// Sets which messages of conversations this user wants to be told of. Those that are not known here are in the list of
    /// failures, with 2500.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 50002 for no conversation, 51006 for more than 100, 130116 for
    /// a type that this version does not know.
    pub async fn set_message_remind_type(
        &self,
        conversation_id_list: Vec<String>,
        message_remind_type: MessageRemindType,
    ) -> Result<ConversationResults, TimError> {
        let conversations = ids::conversation_ids(&conversation_id_list)?;
        let remind_type = message_remind_type.into();
        Ok(offload(self.tim.set_message_remind_type(&conversations, remind_type)).await?.into())
    }

    /// Sets a mark of conversations, or removes it: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, or a power of two from 2^32 on with a
    /// meaning of the app's own; the highest bit is the sign. Those that are not known here are in the list of failures, with 2500.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 50002 for no conversation or another mark, 51006 for more than
    /// 100.
    pub async fn mark_conversation(
        &self,
        conversation_id_list: Vec<String>,
        mark_type: i64,
        enable_mark: bool,
    ) -> Result<ConversationResults, TimError> {
        let conversations = ids::conversation_ids(&conversation_id_list)?;
        let mark = mark_type.cast_unsigned();
        Ok(offload(self.tim.mark_conversation(&conversations, mark, enable_mark)).await?.into())
    }

    /// Sets the app's own data of conversations, at most 256 bytes; an empty text removes it. Those that are not known here are
    /// in the list of failures, with 2500.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 50002 for no conversation or longer data, 51006 for more than
    /// 100.
    pub async fn set_conversation_custom_data(
        &self,
        conversation_id_list: Vec<String>,
        custom_data: String,
    ) -> Result<ConversationResults, TimError> {
        let conversations = ids::conversation_ids(&conversation_id_list)?;
        Ok(offload(self.tim.set_conversation_custom_data(&conversations, &custom_data)).await?.into())
    }

    /// Removes what was said in a conversation, for this user on all devices. The conversation stays in the list, with nothing unread;
    /// the other side keeps its messages. Takes effect here at once, and elsewhere as soon as the server can be told.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2500 for one that is not known here.
    pub async fn clear_history_message(&self, conversation_id: String) -> Result<(), TimError> {
        Ok(offload(self.tim.clear_history_message(&ids::conversation_id(&conversation_id)?)).await?)
    }

    /// Removes conversations from the list, on all devices of the user, until somebody writes there again; with
    /// `clearHistoryMessage` also what was said in them. The user stays a member of a group. Those that are not known here are in the
    /// list of failures, with 2500.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 50002 for no conversation, 51006 for more than 100.
    pub async fn delete_conversation(
        &self,
        conversation_id_list: Vec<String>,
        clear_history_message: bool,
    ) -> Result<ConversationResults, TimError> {
        let conversations = ids::conversation_ids(&conversation_id_list)?;
        Ok(offload(self.tim.delete_conversation(&conversations, clear_history_message)).await?.into())
    }

    /// Keeps what the user has begun to write in a conversation, at most 12 KiB; an empty text removes it. It stays on this
    /// device, over restarts, and does not change the order of the list.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2500 for a text in one that is not known here, 50002 for a longer text.
    pub async fn set_conversation_draft(
        &self,
        conversation_id: String,
        draft_text: String,
    ) -> Result<(), TimError> {
        let conversation = ids::conversation_id(&conversation_id)?;
        Ok(offload(self.tim.set_conversation_draft(&conversation, &draft_text)).await?)
    }
}
