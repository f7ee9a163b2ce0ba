//! Settings of conversations: set on this device at once, on the server when the connection allows, and set on the user's
//! other devices. And drafts, which stay on this device.
//!
//! A change that the server has not confirmed is kept beside the settings that came from the server, and shown over them.
//! Of what comes from the server only newer versions are applied, so a late push or reply undoes nothing.

use tim_protocol::attributes::{AT_ALL, Attributes};
use tim_protocol::call::{ConversationsSet, SetConversationsRequest, check_conversation_count};
use tim_protocol::message::Message as WireMessage;
use tim_protocol::settings::{ConversationSettings, MessageRemindType, SettingsChange, SettingsList};
use tim_protocol::{Code, ConversationId, Fault, UserId, limits};

use super::Conversations;
use super::conversation::Conv;
use crate::conversation::{ConversationFailure, ConversationResults};
use crate::machine::account::Account;
use crate::machine::context::Context;
use crate::machine::purpose::Purpose;
use crate::machine::unreadable::Unreadable;
use crate::stored::Change;

impl Conv {
    /// The settings as this device shows them.
    pub(super) fn settings(&self) -> ConversationSettings {
        let mut settings = self.row.settings.as_deref().cloned().unwrap_or_default();
        if let Some(unsent) = &self.row.unsent_settings {
            settings.apply(unsent);
        }
        settings
    }

    /// Which messages the user wants to be told of.
    pub(super) fn message_remind_type(&self) -> MessageRemindType {
        let unsent = self.row.unsent_settings.as_ref().and_then(|unsent| unsent.message_remind_type);
        let synced = self.row.settings.as_ref().map(|settings| settings.message_remind_type);
        unsent.or(synced).unwrap_or_default()
    }

    /// Whether the user does not want to be told of a message.
    pub(super) fn discards(&self, me: &UserId, message: &WireMessage) -> bool {
        // Of those that are noted there are only the newest, and what was read elsewhere is not among them.
        let mentions_me = || {
            let attributes = Attributes::of(message.attributes.as_deref());
            attributes.mentions(me.as_str()) || attributes.mentions(AT_ALL)
        };
        match self.message_remind_type() {
            MessageRemindType::Discard => message.from != *me,
            MessageRemindType::NotReceiveMsgExceptAt => message.from != *me && !mentions_me(),
            _ => false,
        }
    }

    /// Takes over settings from the server, unless newer ones are known. Whether they are news.
    pub(super) fn keep_settings(&mut self, settings: &ConversationSettings) -> bool {
        let is_news = settings.version > self.row.settings.as_ref().map_or(0, |known| known.version);
        if is_news {
            self.row.settings = Some(Box::new(settings.clone()));
        }
        is_news
    }

    fn change_settings(&mut self, change: &SettingsChange) {
        self.row.unsent_settings.get_or_insert_default().merge(change);
    }

    /// The server has carried out a change of this device, or refused it for good.
    fn settings_sent(&mut self, change: &SettingsChange) {
        if let Some(unsent) = &mut self.row.unsent_settings {
            unsent.remove(change);
        }
        self.row.unsent_settings = self.row.unsent_settings.take().filter(|unsent| !unsent.is_empty());
    }
}

impl Conversations {
    /// Changes settings of conversations: here at once, on the server when the connection allows.
    ///
    /// # Errors
    /// Those of [`check_conversation_count`] and [`SettingsChange::check`].
    pub(in crate::machine) fn set(
        &mut self,
        account: &Account,
        ids: Vec<ConversationId>,
        change: &SettingsChange,
    ) -> Result<ConversationResults, Fault> {
        check_conversation_count(ids.len())?;
        change.check()?;
        let mut results = ConversationResults::default();
        for id in ids {
            // One that is there for messages of the outbox only is not known to the server.
            let is_known = |conv: &&mut Conv| !conv.row.gone && (conv.row.head > 0 || account.is_member(&id));
            match self.convs.get_mut(&id).filter(is_known) {
                Some(conv) => {
                    conv.change_settings(change);
                    self.touch(&id);
                    results.success_conversation_id_list.push(id);
                }
                None => results.failure_conversation_id_list.push(ConversationFailure::unknown(id)),
            }
        }
        Ok(results)
    }

    /// Sends the settings that wait: one request at a time, for conversations with the same change.
    pub(super) fn pump_settings(&mut self, cx: &mut Context) {
        if self.asked_settings.is_some() {
            return;
        }
        let now = cx.now();
        let mut waiting = self.wanting.iter().filter_map(|id| {
            let conv = self.convs.get(id).filter(|conv| !conv.row.gone && conv.retry_at <= now)?;
            Some((id, conv.row.unsent_settings.as_deref()?))
        });
        let Some((first, change)) = waiting.next() else { return };
        let alike = waiting.filter(|(_, other)| *other == change).map(|(id, _)| id);
        let ids = std::iter::once(first).chain(alike).take(limits::CONVERSATIONS_PER_CALL).cloned();
        let request = SetConversationsRequest { conversation_id_list: ids.collect(), change: change.clone() };
        cx.ask(Purpose::Settings, request.clone());
        self.asked_settings = Some(request);
    }

    /// Handles the reply to settings of this device.
    pub(in crate::machine) fn settings_answered(
        &mut self,
        cx: &mut Context,
        result: Result<ConversationsSet, Fault>,
    ) {
        let Some(SetConversationsRequest { conversation_id_list, change }) = self.asked_settings.take()
        else {
            return;
        };
        let reply = match result {
            Ok(reply) => reply,
            Err(fault) if fault.code.is_retryable() => {
                for id in &conversation_id_list {
                    self.postpone(cx, id, fault.retry_after);
                }
                return;
            }
            // Refused for all: shown as they were before.
            Err(_) => ConversationsSet::default(),
        };
        let later: Vec<_> = reply.failures.iter().filter(|failure| failure.code.is_retryable()).collect();
        self.settings_came(cx, reply.conversations.clone());
        for id in conversation_id_list {
            if later.iter().any(|failure| failure.conversation_id == id) {
                self.postpone(cx, &id, None);
            } else if let Some(conv) = self.convs.get_mut(&id) {
                conv.settings_sent(&change);
                self.touch(&id);
            }
        }
    }

    /// Settings that the server has now. Those of a conversation that is not known here come with it.
    pub(in crate::machine) fn settings_came(&mut self, cx: &mut Context, list: SettingsList) {
        cx.count_unreadable(Unreadable::Change, list.unreadable);
        for of in list {
            let conv = self.convs.get_mut(&of.conversation_id);
            if conv.is_some_and(|conv| conv.keep_settings(&of.settings)) {
                self.touch(&of.conversation_id);
            }
        }
    }

    /// What was under way on a lost connection is sent again on the next.
    pub(in crate::machine) fn connection_lost(&mut self) {
        self.asked_settings = None;
        self.asked_removals = None;
        self.asked_removed.clear();
        self.peers.asked.clear();
        self.receipts.connection_lost();
    }

    /// Keeps what the user has begun to write; an empty text removes it, also of a conversation that is gone.
    ///
    /// # Errors
    /// [`Code::CONVERSATION_NOT_FOUND`] for a text; [`Code::CONVERSATION_BAD_PARAMETER`] over [`limits::DRAFT_BYTES`].
    pub(in crate::machine) fn set_draft(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        text: String,
    ) -> Result<(), Fault> {
        if text.len() > limits::DRAFT_BYTES {
            let text = format!("a draft has at most {} bytes", limits::DRAFT_BYTES);
            return Err(Fault::with_text(Code::CONVERSATION_BAD_PARAMETER, text));
        }
        match self.convs.get_mut(id).filter(|conv| !conv.row.gone) {
            Some(conv) => {
                conv.invalidate_view();
                self.list.changed.insert(id.clone());
            }
            None if text.is_empty() => {}
            None => return Err(Fault::new(Code::CONVERSATION_NOT_FOUND)),
        }
        self.keep_draft(cx, id, text);
        Ok(())
    }

    pub(super) fn keep_draft(&mut self, cx: &mut Context, id: &ConversationId, text: String) {
        let text = Some(text).filter(|text| !text.is_empty());
        match &text {
            Some(text) => self.drafts.insert(id.clone(), text.clone()),
            None => self.drafts.remove(id),
        };
        cx.store(Change::Draft(id.clone(), text));
    }
}
