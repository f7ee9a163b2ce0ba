//! Reactions of messages: give, take back, and see who gave them.

use tim_protocol::Code;
use tim_protocol::call::{ReactRequest, ReactionUsers, ReactionsRequest};
use tim_protocol::message::MessageChange;

use super::changes::placed;
use super::{Tim, unexpected};
use crate::error::TimError;
use crate::message::{Message, Reaction, Reactor};
use crate::{ConversationId, MessageId};

/// The reactions of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReactions {
    /// The message.
    pub message_id: MessageId,
    /// Its reactions in the order of their first use, each with some of its users.
    pub reaction_list: Vec<Reaction>,
}

/// A page of the users who gave a message a reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionUserList {
    /// The users, in the order in which they reacted.
    pub user_list: Vec<Reactor>,
    /// What to pass for the next page.
    pub next_seq: u64,
    /// Nobody follows.
    pub is_completed: bool,
}

impl Tim {
    /// Gives a message a reaction, such as an emoji, that everybody sees: an ID of 1 to 64 bytes, whose meaning is the
    /// application's. A message has at most 10 different reactions, each of at most 100 users. Gives the message that was
    /// passed, with the reactions that it has then; one that has the reaction of this user already stays as it is.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for a message that was not sent,
    /// [`Code::MESSAGE_NOT_FOUND`] for one that does not exist or was revoked, [`Code::BAD_REQUEST`] for an ID that is none and for
    /// messages of the server; [`Code::TOO_MANY_REACTIONS`], [`Code::TOO_MANY_REACTION_USERS`]; [`Code::BLACKLISTED`],
    /// [`Code::GROUP_PERMISSION_DENIED`] as for a send; [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn add_message_reaction(
        &self,
        message: &Message,
        reaction_id: &str,
    ) -> Result<Message, TimError> {
        self.react(message, reaction_id, true).await
    }

    /// Takes a reaction of this user back. Gives the message that was passed, with the reactions that it has then; one that does
    /// not have it stays as it is.
    ///
    /// # Errors
    /// As [`Tim::add_message_reaction`].
    pub async fn remove_message_reaction(
        &self,
        message: &Message,
        reaction_id: &str,
    ) -> Result<Message, TimError> {
        self.react(message, reaction_id, false).await
    }

    async fn react(&self, message: &Message, reaction_id: &str, is_set: bool) -> Result<Message, TimError> {
        self.admitted()?;
        let (conversation_id, sequence) = (message.conversation_id.clone(), placed(message)?);
        let reaction_id = reaction_id.to_owned();
        let reacted = self.ask(ReactRequest { conversation_id, sequence, reaction_id, is_set }).await?;
        let reaction_list = match reacted.mutation.map(|mutation| mutation.change) {
            None => Vec::new(),
            Some(MessageChange::Reactions(now)) => now.with_own().items,
            Some(_) => return Err(unexpected()),
        };
        Ok(Message { reaction_list, ..message.clone() })
    }

    /// The reactions of 1 to 20 messages of a conversation, as the server has them, each with the first 0 to 10 users who gave it;
    /// fewer if there would be too much. Messages that cannot be seen are left out.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for messages that were not sent or are of
    /// several conversations, [`Code::BAD_REQUEST`] for none or too many; [`Code::GROUP_PERMISSION_DENIED`];
    /// [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn get_message_reactions(
        &self,
        messages: &[Message],
        max_user_count_per_reaction: u32,
    ) -> Result<Vec<MessageReactions>, TimError> {
        self.admitted()?;
        let conversation_id = one_conversation(messages)?;
        let sequences: Vec<u64> = messages.iter().map(placed).collect::<Result<_, _>>()?;
        let limit = max_user_count_per_reaction;
        let page = self.ask(ReactionsRequest { conversation_id, sequences, limit, of: None }).await?;
        let of = |sequence| messages.iter().find(|message| message.sequence == sequence);
        let seen = page.messages.into_iter().filter_map(|found| {
            let message_id = of(found.sequence)?.id;
            Some(MessageReactions { message_id, reaction_list: found.reactions.items })
        });
        Ok(seen.collect())
    }

    /// A page of the users who gave a message a reaction: up to `count`, 1 to 100, after those of the page that gave this
    /// `next_seq`, or the first ones with 0.
    ///
    /// # Errors
    /// As [`Tim::get_message_reactions`].
    pub async fn get_all_user_list_of_message_reaction(
        &self,
        message: &Message,
        reaction_id: &str,
        next_seq: u64,
        count: u32,
    ) -> Result<ReactionUserList, TimError> {
        self.admitted()?;
        let (conversation_id, sequences) = (message.conversation_id.clone(), vec![placed(message)?]);
        let of = Some(ReactionUsers { reaction_id: reaction_id.to_owned(), after: next_seq });
        let page = self.ask(ReactionsRequest { conversation_id, sequences, limit: count, of }).await?;
        let found = page.messages.into_iter().flat_map(|message| message.reactions).next();
        let (user_list, next) = found.map(|found| (found.users.items, found.next)).unwrap_or_default();
        Ok(ReactionUserList { user_list, next_seq: next, is_completed: next == 0 })
    }
}

/// The conversation of messages that are all of the same.
fn one_conversation(messages: &[Message]) -> Result<ConversationId, TimError> {
    let first = messages.first().ok_or(Code::BAD_REQUEST)?;
    let is_same = |message: &Message| message.conversation_id == first.conversation_id;
    if messages.iter().all(is_same) {
        Ok(first.conversation_id.clone())
    } else {
        Err(Code::MESSAGE_INVALID.into())
    }
}
