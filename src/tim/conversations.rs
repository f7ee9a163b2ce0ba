//! Conversations: the list, what is read, what the user sets about a conversation, and what the user removes.

use std::sync::Arc;

use tim_protocol::call::ReadRequest;
use tim_protocol::settings::{Marks, SettingsChange};
use tim_protocol::{Code, ConversationId};

use super::changes::placed;
use super::{Tim, unexpected};
use crate::conversation::{
    Conversation, ConversationFilter, ConversationResults, MessageRemindType, ReadAllType,
};
use crate::error::TimError;
use crate::machine::io::{Call, Removal, Return};
use crate::message::Message;

/// The marks that apps may set: TIM's four, and the app's own from bit 32 on.
const MARKS: u64 = 0b1111 | !0 << 32;

impl Tim {
    /// All conversations: the pinned ones first, and of these and of the others the most recently active first.
    ///
    /// # Errors
    /// The gate's, as of every call but login, logout, pause, resume and destroy: [`Code::NOT_LOGGED_IN`], [`Code::PAUSED`], [`Code::LOGGING_IN`],
    /// [`Code::LOGIN_FAILED`], [`Code::LOGGED_OUT`], the code of a kick (3002, 3003, 3004, 3006), or
    /// [`Code::DESTROYED`]. A refusal is also reported as [`crate::event::Event::Error`]. [`Code::TOO_MANY_CALLS`] if
    /// 10,000 calls were made that the engine has not handled yet.
    pub async fn get_conversation_list(&self) -> Result<Vec<Arc<Conversation>>, TimError> {
        match self.call(Call::ConversationList).await? {
            Return::Conversations(list) => Ok(list),
            _ => Err(unexpected()),
        }
    }

    /// The conversations of the list that a filter wants, in the same order.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_conversation_list_with(
        &self,
        filter: &ConversationFilter,
    ) -> Result<Vec<Arc<Conversation>>, TimError> {
        let mut list = self.get_conversation_list().await?;
        list.retain(|it| filter.includes(it));
        Ok(list)
    }

    /// One conversation of the list.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_NOT_FOUND`] for one that the list does not have.
    pub async fn get_conversation_profile(
        &self,
        conversation: &ConversationId,
    ) -> Result<Arc<Conversation>, TimError> {
        let list = self.get_conversation_list().await?;
        let found = list.into_iter().find(|it| it.conversation_id == *conversation);
        found.ok_or_else(|| Code::CONVERSATION_NOT_FOUND.into())
    }

    /// Marks everything in a conversation as read: here at once, on the server, the user's other devices and the other
    /// side of a C2C conversation as soon as it can be told. Sending a message does not mark anything as read.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn set_message_read(&self, conversation: &ConversationId) -> Result<(), TimError> {
        self.done(Call::SetRead(conversation.clone())).await
    }

    /// Marks a message and everything before it as read, as [`Tim::set_message_read`] marks everything. Asks the server, which
    /// alone can tell how many unread messages are left.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for a message that was not sent;
    /// [`Code::GROUP_NOT_FOUND`], [`Code::GROUP_PERMISSION_DENIED`]; [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server
    /// does not answer.
    pub async fn set_message_read_up_to(&self, message: &Message) -> Result<(), TimError> {
        self.admitted()?;
        let (conversation_id, sequence) = (message.conversation_id.clone(), placed(message)?);
        self.ask(ReadRequest { conversation_id, sequence }).await.map(drop)
    }

    /// Marks everything as read in all conversations of a type, as [`Tim::set_message_read`] does in one.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn set_all_message_read(&self, which: ReadAllType) -> Result<(), TimError> {
        self.done(Call::SetAllRead(which)).await
    }

    /// How many messages are unread in all conversations, without those that the user has muted and system notices; 0 while nobody
    /// is logged in. [`crate::event::Event::TotalUnreadMessageCountUpdated`] reports its changes, at most once a second.
    #[must_use]
    pub fn get_total_unread_message_count(&self) -> u64 {
        self.inner.shared.total_unread()
    }

    /// How many messages are unread in the conversations that a filter wants, of those that
    /// [`Tim::get_total_unread_message_count`] counts.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_unread_message_count_by_filter(
        &self,
        filter: &ConversationFilter,
    ) -> Result<u64, TimError> {
        self.count(Call::UnreadByFilter(filter.clone())).await
    }

    /// Emits [`crate::event::Event::UnreadMessageCountChangedByFilter`] whenever what
    /// [`Tim::get_unread_message_count_by_filter`] counts changes, at most once a second, until
    /// [`Tim::unsubscribe_unread_message_count_by_filter`] or the end of the login. Returns the number as it is now. A filter that is
    /// subscribed to already stays so.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::TOO_MANY_SUBSCRIPTIONS`] for more than 50 filters.
    pub async fn subscribe_unread_message_count_by_filter(
        &self,
        filter: &ConversationFilter,
    ) -> Result<u64, TimError> {
        self.count(Call::SubscribeUnread(filter.clone())).await
    }

    /// Ends a subscription, if there is one with this filter.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn unsubscribe_unread_message_count_by_filter(
        &self,
        filter: &ConversationFilter,
    ) -> Result<(), TimError> {
        self.done(Call::UnsubscribeUnread(filter.clone())).await
    }

    async fn count(&self, call: Call) -> Result<u64, TimError> {
        match self.call(call).await? {
            Return::Count(count) => Ok(count),
            _ => Err(unexpected()),
        }
    }

    /// Puts a conversation at the top of the list, or takes it from there, on all devices of the user.
    ///
    /// This and the other settings of a conversation take effect here at once, and elsewhere as soon as the server can be
    /// told, also after a restart. If the server refuses a change for good, because this user is no longer a member of the
    /// group, the conversation is shown with its former settings again.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_NOT_FOUND`] for a conversation that this device does
    /// not know, or in which no message has been sent.
    pub async fn pin_conversation(
        &self,
        conversation: &ConversationId,
        is_pinned: bool,
    ) -> Result<(), TimError> {
        let change = SettingsChange { is_pinned: Some(is_pinned), ..SettingsChange::default() };
        only(self.set_conversations(std::slice::from_ref(conversation), change).await?)
    }

    /// Sets which messages of conversations this user wants to be told of. Conversations that are not known are in the list of
    /// failures, with [`Code::CONVERSATION_NOT_FOUND`]. See [`Tim::pin_conversation`].
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_BAD_PARAMETER`] for no conversation,
    /// [`Code::TOO_MANY_CONVERSATIONS`] for more than 100; [`Code::VALUE_UNKNOWN`] for a type that this version does not know.
    pub async fn set_message_remind_type(
        &self,
        conversations: &[ConversationId],
        message_remind_type: MessageRemindType,
    ) -> Result<ConversationResults, TimError> {
        let message_remind_type = Some(message_remind_type);
        let change = SettingsChange { message_remind_type, ..SettingsChange::default() };
        self.set_conversations(conversations, change).await
    }

    /// Sets a mark of conversations, or removes it: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, or a power of two from 2^32 on with a
    /// meaning of the app's own. See [`Tim::set_message_remind_type`].
    ///
    /// # Errors
    /// Those of [`Tim::set_message_remind_type`], and [`Code::CONVERSATION_BAD_PARAMETER`] for any other `mark_type`.
    pub async fn mark_conversation(
        &self,
        conversations: &[ConversationId],
        mark_type: u64,
        enable_mark: bool,
    ) -> Result<ConversationResults, TimError> {
        if !mark_type.is_power_of_two() || mark_type & MARKS == 0 {
            let message = "a mark is 1, 2, 4, 8, or a power of two from 2^32 to 2^63".to_owned();
            return Err(TimError { code: Code::CONVERSATION_BAD_PARAMETER, message });
        }
        let mut change = SettingsChange::default();
        *(if enable_mark { &mut change.mark } else { &mut change.unmark }) = Marks(mark_type);
        self.set_conversations(conversations, change).await
    }

    /// Sets the app's own data of conversations, at most 256 bytes; an empty text removes it. See
    /// [`Tim::set_message_remind_type`].
    ///
    /// # Errors
    /// Those of [`Tim::set_message_remind_type`], and [`Code::CONVERSATION_BAD_PARAMETER`] for longer data.
    pub async fn set_conversation_custom_data(
        &self,
        conversations: &[ConversationId],
        custom_data: &str,
    ) -> Result<ConversationResults, TimError> {
        let change =
            SettingsChange { custom_data: Some(custom_data.to_owned()), ..SettingsChange::default() };
        self.set_conversations(conversations, change).await
    }

    /// Keeps what the user has begun to write in a conversation, at most 12 KiB; an empty text removes it. It stays on this
    /// device, over restarts, and does not change the order of the list.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_NOT_FOUND`] for a text in a conversation that is not
    /// known here; [`Code::CONVERSATION_BAD_PARAMETER`] for a longer text.
    pub async fn set_conversation_draft(
        &self,
        conversation: &ConversationId,
        draft_text: &str,
    ) -> Result<(), TimError> {
        self.done(Call::SetDraft(conversation.clone(), draft_text.to_owned())).await
    }

    /// Removes what was said in a conversation, for this user, on all devices: from the lists, from searches and from the devices'
    /// storage, but for the own messages among the last 200 that a device has sent: the server may ask for them after a restore.
    /// The conversation stays in the list, without a last message and with nothing unread; messages that were refused are
    /// discarded, those that wait are still sent. The other side keeps its messages, and is not told that they were read. What
    /// arrived meanwhile at the server, and was not known here, stays.
    ///
    /// Takes effect here at once, and elsewhere as soon as the server can be told, also after a restart. If the server's data is
    /// replaced before, nothing was removed.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_NOT_FOUND`] for a conversation that is not known here.
    pub async fn clear_history_message(&self, conversation: &ConversationId) -> Result<(), TimError> {
        let removal = Removal { history: true, conversation: false };
        let results = self.remove_conversations(std::slice::from_ref(conversation), removal).await?;
        only(results)
    }

    /// Removes conversations from the list, on all devices of the user, until somebody writes there again; by default with what was
    /// said in them, as [`Tim::clear_history_message`] does. Their drafts, and messages that were refused, go with them. The user
    /// stays a member of a group.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::CONVERSATION_BAD_PARAMETER`] for no conversation,
    /// [`Code::TOO_MANY_CONVERSATIONS`] for more than 100. Conversations that are not known here are in the list of failures,
    /// with [`Code::CONVERSATION_NOT_FOUND`].
    pub async fn delete_conversation(
        &self,
        conversations: &[ConversationId],
        clear_history_message: bool,
    ) -> Result<ConversationResults, TimError> {
        let removal = Removal { history: clear_history_message, conversation: true };
        self.remove_conversations(conversations, removal).await
    }

    async fn remove_conversations(
        &self,
        conversations: &[ConversationId],
        removal: Removal,
    ) -> Result<ConversationResults, TimError> {
        match self.call(Call::RemoveConversations(conversations.to_vec(), removal)).await? {
            Return::ConversationResults(results) => Ok(results),
            _ => Err(unexpected()),
        }
    }

    async fn set_conversations(
        &self,
        conversations: &[ConversationId],
        change: SettingsChange,
    ) -> Result<ConversationResults, TimError> {
        let conversations = conversations.to_vec();
        match self.call(Call::SetConversations { conversations, change }).await? {
            Return::ConversationResults(results) => Ok(results),
            _ => Err(unexpected()),
        }
    }
}

/// The result of a call about one conversation.
fn only(results: ConversationResults) -> Result<(), TimError> {
    match results.failure_conversation_id_list.into_iter().next() {
        None => Ok(()),
        Some(failed) => Err(TimError { code: failed.code, message: failed.message }),
    }
}
