//! Messages: send, modify, revoke, remove, mark as read, and fetch history, mutations and removals.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Check;
use super::receipts::{
    Confirmed, ReadersPage, ReadersRequest, ReceiptRequest, ReceiptsPage, ReceiptsRequest,
};
use super::search::{SearchPage, SearchRequest};
use crate::attributes::SentAttributes;
use crate::body::{Body, Content, Element as _, appended_text, check_elements, check_types, elements_of};
use crate::bounds::{at_least_one, check_content, number, out_of};
use crate::conversation::RemovedMessages;
use crate::message::{Message, Mutation, Priority, Reaction, ReceiptCounts};
use crate::{Code, ConversationId, Fault, List, MessageId, UnixMillis, UserId, limits};

/// Sends a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendRequest {
    /// The message's identity; a retry uses the same.
    #[serde(rename = "ID")]
    pub id: MessageId,
    /// The conversation, as the sender names it. Not `@TIM#SYSTEM`.
    pub to: ConversationId,
    /// When the message was made, by the sender's clock.
    pub client_time: UnixMillis,
    /// Its urgency in a group.
    #[serde(default)]
    pub priority: Priority,
    /// Does not count as unread.
    #[serde(default)]
    pub excluded_from_unread_count: bool,
    /// What it carries besides its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<SentAttributes>,
    /// The body, together with the attributes at most [`crate::limits::BODY_BYTES`].
    pub body: Box<RawValue>,
}

/// Sends a message to those of its receivers who are connected: nothing stores it, and it has no sequence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendOnlineRequest(pub SendRequest);

/// Sends a message with a [`receiver_list`](crate::attributes::Attributes::receiver_list). A verb of its own, because a server that
/// does not know such messages would show it to the whole group.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendTargetedRequest(pub SendRequest);

/// What the server adds to an online-only message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentOnline {
    /// When the server passed it on.
    pub time: UnixMillis,
    /// The sender's nick as shown with this message; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The sender's avatar URL as shown with this message; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// The sender's name card in the group as shown with this message; empty if none.
    #[serde(default, rename = "nameCard", skip_serializing_if = "String::is_empty")]
    pub name_card: String,
}

/// The position of a sent message. The server replies only after the message is on stable storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its sequence; the same for every retry.
    pub sequence: u64,
    /// Its unread index; see [`crate::message::Message::unread_index`].
    #[serde(rename = "countable")]
    pub unread_index: u64,
    /// How many of the messages counted by `unread_index` the sender wrote.
    #[serde(default, rename = "bySender", skip_serializing_if = "crate::is_zero")]
    pub by_sender: u64,
    /// When the server accepted it.
    pub time: UnixMillis,
    /// The sender's nick as shown with this message; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The sender's avatar URL as shown with this message; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// The sender's name card in the group as shown with this message; empty if none.
    #[serde(default, rename = "nameCard", skip_serializing_if = "String::is_empty")]
    pub name_card: String,
    /// Of how many it is known that they read it, if it asks for that; absent in the reply to a retry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<ReceiptCounts>,
    /// The message's newest mutation, if it changed between a first attempt and this one; 0 otherwise.
    #[serde(default, rename = "mutation", skip_serializing_if = "crate::is_zero")]
    pub mutation_seq: u64,
}

/// Asks for messages by their sequence, newest first when they do not fit one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The oldest wanted.
    pub low: u64,
    /// The newest wanted; a value above the head means the head.
    pub high: u64,
    /// Most messages to answer with; at most [`crate::limits::HISTORY_PAGE`].
    pub limit: u32,
}

/// A range of messages without gaps. `M` is a message, or its JSON text in a server that has written it already.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "M: DeserializeOwned"))]
pub struct HistoryPage<M = Message> {
    /// Every message from `low` to `high`, oldest first.
    pub messages: List<M>,
    /// The first sequence covered. Higher than asked for if the page is full; then ask again up to `low - 1`.
    pub low: u64,
    /// The last sequence covered; `low - 1` if nothing is.
    pub high: u64,
    /// The first message this user may see in this conversation.
    #[serde(rename = "floor")]
    pub first_visible_seq: u64,
}

/// Asks where a time is in a conversation's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PositionRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The time.
    pub time: UnixMillis,
}

/// Where a time is in a conversation's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The sequence of the first message that the user may see and that was accepted at that time or later; the head + 1 if
    /// there is none.
    pub sequence: u64,
}

/// Asks for mutations after one the client knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MutationsRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The last one known; 0 for all.
    pub after: u64,
}

/// Mutations in order, starting right after the one named in the request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MutationPage {
    /// The mutations, oldest first. Superseded ones and those of messages below the user's first visible sequence are
    /// omitted, and their numbers skipped.
    pub mutations: List<Mutation>,
    /// The last mutation covered.
    pub up_to: u64,
    /// Whether more follow after `up_to`.
    pub more: bool,
}

/// Revokes a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokeRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The message.
    pub sequence: u64,
    /// Why; empty if no reason is given, at most [`limits::REVOKE_REASON_BYTES`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Modifies a message: its body, its appended elements, its custom data, or several of these.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModifyRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The message.
    pub sequence: u64,
    /// The version of the message that is modified; 0 if it never was.
    pub version: u64,
    /// Its new first element, of the same kind, without `elements`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<RawValue>>,
    /// The elements that are appended from now on; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elements: Option<Box<RawValue>>,
    /// Its new custom data; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
}

/// The message as it is after a request to modify it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Modified {
    /// Whether that is what was asked for. Otherwise somebody modified another version of it before.
    pub applied: bool,
    /// Its newest modification.
    pub mutation: Mutation,
}

/// Gives a message a reaction, or takes one back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReactRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The message.
    pub sequence: u64,
    /// The reaction; at most [`limits::REACTION_ID_BYTES`].
    #[serde(rename = "reactionID")]
    pub reaction_id: String,
    /// Whether the user gives it.
    pub is_set: bool,
}

/// A message after a request to react to it, or to pin it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Newest {
    /// Its newest mutation of that kind, which says what holds now; absent if there never was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutation: Option<Mutation>,
}

/// Asks for the reactions of messages, and who gave them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReactionsRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The messages, 1 to [`limits::REACTED_MESSAGES`].
    pub sequences: Vec<u64>,
    /// Most users of each reaction, at most [`limits::REACTION_USERS_SHOWN`]; with `of` at most [`limits::REACTION_USERS`].
    pub limit: u32,
    /// Only one reaction of a single message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<ReactionUsers>,
}

/// The users of one reaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionUsers {
    /// The reaction.
    #[serde(rename = "reactionID")]
    pub reaction_id: String,
    /// Those after this place, which [`Reaction::next`] gave; 0 for the first.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub after: u64,
}

/// The reactions of messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReactionsPage {
    /// Of each message, in the order of the request. Those that the user cannot see are left out.
    pub messages: List<MessageReactions>,
}

/// The reactions of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReactions {
    /// The message.
    pub sequence: u64,
    /// Its reactions with their users, as many as fit a page.
    pub reactions: List<Reaction>,
}

/// Removes messages for this user, on all devices. A repetition changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveMessagesRequest {
    /// The conversation. Not `@TIM#SYSTEM`.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The messages, as ranges of sequences: together at most [`limits::REMOVED_MESSAGES`].
    pub ranges: Vec<(u64, u64)>,
}

/// Asks for removals after one the client knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalsRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The number of the last one known; 0 for all.
    pub after: u64,
}

/// Removals in the order of their numbers, starting right after the one named in the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemovalPage {
    /// The ranges of sequences that were removed. Those that later ones contain are omitted, and their numbers skipped.
    pub ranges: List<(u64, u64)>,
    /// The number of the last one covered.
    pub up_to: u64,
    /// Whether more follow after `up_to`.
    pub more: bool,
}

/// Sets how far this user has read. A lower sequence than before has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadRequest {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// The last message read; a value above the head means the head.
    pub sequence: u64,
}

/// How far this user has read after the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUpTo {
    /// The last message read.
    pub sequence: u64,
    /// The unread base: how many messages of others that count as unread stand up to that sequence.
    #[serde(rename = "base")]
    pub unread_base: u64,
    /// How many counted messages of others above it were revoked by the mutations up to `mutation_head`.
    #[serde(rename = "revokedAboveBase", default, skip_serializing_if = "crate::is_zero")]
    pub revoked_above_read: u64,
    /// The conversation's newest mutation at that time; 0 if there is none.
    #[serde(rename = "mutationHead", default, skip_serializing_if = "crate::is_zero")]
    pub mutation_head: u64,
}

impl SendRequest {
    /// Whether its attributes name its receivers.
    #[must_use]
    pub fn is_targeted(&self) -> bool {
        let attributes = self.attributes.as_ref().and_then(|attributes| attributes.read().ok());
        attributes.is_some_and(|attributes| attributes.receiver_list.is_some())
    }

    fn check_content(&self) -> Result<(), Fault> {
        if self.to == ConversationId::System {
            return Err(Fault::with_text(Code::BAD_REQUEST, "only the server writes to @TIM#SYSTEM"));
        }
        number("clientTime", u64::try_from(self.client_time).unwrap_or(u64::MAX))?;
        check_content(&self.body, self.attributes.as_ref().map(SentAttributes::text))?;
        if let Some(attributes) = &self.attributes {
            attributes.read()?.check(&self.to)?;
        }
        let content = Content::read_sent(&self.body)?;
        if matches!(content.body, Body::Merger(_)) && content.body.lacks_addresses() {
            let text = "a stored merger has a downloadKey: upload its file, and name the url of the original";
            return Err(Fault::with_text(Code::MESSAGE_BODY_INVALID, text));
        }
        content.check()
    }
}

impl Check for SendRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.is_targeted() {
            return Err(out_of("receiverList", "goes with msg.targeted, and not with online-only messages"));
        }
        self.check_content()
    }
}

impl Check for SendTargetedRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if !self.0.is_targeted() {
            return Err(out_of("receiverList", "names the receivers of a targeted message"));
        }
        self.0.check_content()
    }
}

impl Check for SendOnlineRequest {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        self.0.check(asker)?;
        let attributes = self.0.attributes.as_ref().map(SentAttributes::read).transpose()?;
        if attributes.is_some_and(|attributes| attributes.need_read_receipt) {
            return Err(out_of(
                "needReadReceipt",
                "is not for online-only messages, which nobody can confirm",
            ));
        }
        Ok(())
    }
}

impl Check for HistoryRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        at_least_one("low", self.low)?;
        number("high", self.high)?;
        if self.low > self.high {
            return Err(Fault::with_text(Code::BAD_REQUEST, "low of a range of history is not above high"));
        }
        at_least_one("limit", self.limit.into())
    }
}

impl Check for PositionRequest {}

impl Check for MutationsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        number("after", self.after)
    }
}

impl Check for RevokeRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        at_least_one("sequence", self.sequence)?;
        if self.reason.len() > limits::REVOKE_REASON_BYTES {
            return Err(out_of("reason", &format!("has at most {} bytes", limits::REVOKE_REASON_BYTES)));
        }
        Ok(())
    }
}

/// The domain checks what depends on the message: its kind, and the room that body and attributes have together.
impl Check for ModifyRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        at_least_one("sequence", self.sequence)?;
        number("version", self.version)?;
        let data = self.cloud_custom_data.as_ref().map_or(0, String::len);
        let texts = || self.body.iter().chain(&self.elements);
        if data + texts().map(|text| text.get().len()).sum::<usize>() > limits::BODY_BYTES {
            return Err(Fault::new(Code::MESSAGE_BODY_TOO_LONG));
        }
        texts().try_for_each(|text| check_content(text, None))?;
        if let Some(body) = &self.body {
            if appended_text(body).is_some() {
                return Err(out_of("elements", "of a modification stand beside its body, not in it"));
            }
            Body::read_sent(body)?.check()?;
        }
        if let Some(elements) = &self.elements {
            let elements = elements_of(elements);
            check_types(&elements)?;
            check_elements(&elements)?;
        } else if self.body.is_none() && self.cloud_custom_data.is_none() {
            let text = "a modification has a body, elements, cloudCustomData or several of these";
            return Err(Fault::with_text(Code::BAD_REQUEST, text));
        }
        Ok(())
    }
}

impl Check for ReactRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.conversation_id == ConversationId::System {
            return Err(Fault::with_text(Code::BAD_REQUEST, "nobody reacts to notices of @TIM#SYSTEM"));
        }
        at_least_one("sequence", self.sequence)?;
        check_reaction_id(&self.reaction_id)
    }
}

impl Check for ReactionsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.sequences.is_empty() || self.sequences.len() > limits::REACTED_MESSAGES {
            return Err(out_of("sequences", &format!("has 1 to {} messages", limits::REACTED_MESSAGES)));
        }
        self.sequences.iter().try_for_each(|sequence| at_least_one("sequences", *sequence))?;
        let Some(of) = &self.of else { return at_most("limit", self.limit, limits::REACTION_USERS_SHOWN) };
        if self.sequences.len() > 1 {
            return Err(out_of("sequences", "has one message where a reaction is named"));
        }
        check_reaction_id(&of.reaction_id)?;
        number("after", of.after)?;
        at_least_one("limit", self.limit.into())?;
        at_most("limit", self.limit, limits::REACTION_USERS)
    }
}

fn check_reaction_id(id: &str) -> Result<(), Fault> {
    if id.is_empty() || id.len() > limits::REACTION_ID_BYTES {
        return Err(out_of("reactionID", &format!("has 1 to {} bytes", limits::REACTION_ID_BYTES)));
    }
    Ok(())
}

fn at_most(field: &str, number: u32, most: u32) -> Result<(), Fault> {
    if number > most { Err(out_of(field, &format!("is at most {most}"))) } else { Ok(()) }
}

impl Check for RemoveMessagesRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if self.conversation_id == ConversationId::System {
            return Err(Fault::new(Code::NOTICE_NOT_REMOVABLE));
        }
        let mut count: u64 = 0;
        for (low, high) in &self.ranges {
            at_least_one("low", *low)?;
            number("high", *high)?;
            if low > high {
                return Err(Fault::with_text(
                    Code::BAD_REQUEST,
                    "low of a range of messages is not above high",
                ));
            }
            count = count.saturating_add(high - low + 1);
        }
        check_removed_count(count)
    }
}

/// Checks how many messages are removed at once.
///
/// # Errors
/// [`Code::BAD_REQUEST`] for none, or more than [`limits::REMOVED_MESSAGES`].
pub fn check_removed_count(count: u64) -> Result<(), Fault> {
    if (1..=limits::REMOVED_MESSAGES).contains(&count) {
        return Ok(());
    }
    Err(out_of("messages", &format!("are 1 to {}", limits::REMOVED_MESSAGES)))
}

impl Check for RemovalsRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        number("after", self.after)
    }
}

impl Check for ReadRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        number("sequence", self.sequence)
    }
}

verbs! {
    /// The requests about messages.
    MessagesRequest -> MessagesReply {
        Command by User: Send(SendRequest) = "msg.send" -> Sent,
        Command by User: SendTargeted(SendTargetedRequest) = "msg.targeted" -> Sent,
        Relay by User: SendOnline(SendOnlineRequest) = "msg.online" -> SentOnline,
        Query by User: History(HistoryRequest) = "msg.history" -> HistoryPage,
        Query by User: Position(PositionRequest) = "msg.position" -> Position,
        Query by User: Mutations(MutationsRequest) = "msg.mutations" -> MutationPage,
        Command by User: Revoke(RevokeRequest) = "msg.revoke" -> Mutation,
        Command by User: Modify(ModifyRequest) = "msg.modify" -> Modified,
        Command by User: React(ReactRequest) = "msg.react" -> Newest,
        Query by User: Reactions(ReactionsRequest) = "msg.reactions" -> ReactionsPage,
        Command by User: Receipt(ReceiptRequest) = "msg.receipt" -> Confirmed,
        Query by User: Receipts(ReceiptsRequest) = "msg.receipts" -> ReceiptsPage,
        Query by User: Readers(ReadersRequest) = "msg.readers" -> ReadersPage,
        Query by User: Search(SearchRequest) = "msg.search" -> SearchPage,
        Command by User: Remove(RemoveMessagesRequest) = "msg.remove" -> RemovedMessages,
        Query by User: Removals(RemovalsRequest) = "msg.removals" -> RemovalPage,
        Command by User: Read(ReadRequest) = "conv.read" -> ReadUpTo,
    }
}
