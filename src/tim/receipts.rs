//! Read receipts of single messages: confirm messages of others, and see who read one's own.

use tim_core::sorted::SortedMap;
use tim_protocol::call::{ReadersRequest, ReceiptRequest, ReceiptsRequest};
use tim_protocol::{Code, ConversationId, Fault, MessageId, UserId, limits};

use super::Tim;
use crate::error::TimError;
use crate::message::{Flow, Message, ReadReceiptInfo};

/// Which members of a group are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadMemberFilter {
    /// Those who read the message.
    Read,
    /// Those who did not.
    Unread,
}

/// A page of the members of a group who read a message, or did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMessageReadMembers {
    /// The message.
    pub message_id: MessageId,
    /// What to pass for the next page; empty after the last one.
    pub cursor: String,
    /// Nobody follows.
    pub is_completed: bool,
    /// Those who read it; empty if the others were asked for.
    pub read_user_id_list: Vec<UserId>,
    /// Those who did not; empty if the others were asked for.
    pub unread_user_id_list: Vec<UserId>,
}

impl Tim {
    /// Confirms that this user read messages that ask for it (`need_read_receipt`): their senders are told. Reading a conversation
    /// does not do that, and this does not change what is unread. At most 30 messages. Those that ask for nothing, own and revoked
    /// ones are left out, and those that the server refuses while others are confirmed. Gives those that are confirmed; whoever
    /// confirmed one already counts once.
    ///
    /// A confirmation that fails, because the app ended or the network was away for too long, is not made later: call again.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`] for more than 30 messages;
    /// [`Code::NO_RECEIPT_NEEDED`] if none of them needs a receipt: also if the user joined the group after they were sent.
    /// [`Code::BLACKLISTED`], [`Code::GROUP_PERMISSION_DENIED`], [`Code::GROUP_NOT_FOUND`] where nothing could be sent either;
    /// [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn send_message_read_receipt(&self, messages: &[Message]) -> Result<Vec<Message>, TimError> {
        self.admitted()?;
        check_count(messages)?;
        let needs_one = |message: &Message| message.need_read_receipt && message.flow == Flow::In;
        let mut confirmed = Vec::new();
        let mut refused = None;
        for (conversation_id, sequences) in by_conversation(messages, needs_one) {
            let id = conversation_id.clone();
            match self.ask(ReceiptRequest { conversation_id, sequences }).await {
                Ok(done) => {
                    confirmed.extend(done.sequences.into_iter().map(|sequence| (id.clone(), sequence)))
                }
                Err(why) => refused = refused.or(Some(why)),
            }
        }
        let is_confirmed = |it: &&Message| confirmed.contains(&(it.conversation_id.clone(), it.sequence));
        let confirmed: Vec<Message> = messages.iter().filter(is_confirmed).cloned().collect();
        if confirmed.is_empty() {
            Err(refused.unwrap_or(Code::NO_RECEIPT_NEEDED.into()))
        } else {
            Ok(confirmed)
        }
    }

    /// How many read messages of this user that ask for it, as the server has it: the messages that were passed, at most 30, with
    /// their `read_receipt_info`. Others are left out.
    ///
    /// The engine keeps what it knows of each message (`read_receipt_info`), is told of changes, and asks by itself for what it may
    /// have missed of messages that were shown.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`] for more than 30 messages;
    /// [`Code::NO_RECEIPT_NEEDED`] if none of them is this user's and asks for receipts; [`Code::GROUP_PERMISSION_DENIED`],
    /// [`Code::GROUP_NOT_FOUND`]; [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn get_message_read_receipt_list(
        &self,
        messages: &[Message],
    ) -> Result<Vec<Message>, TimError> {
        self.admitted()?;
        check_count(messages)?;
        let asks = |message: &Message| message.need_read_receipt && message.flow == Flow::Out;
        let mut found = SortedMap::new();
        for (conversation_id, sequences) in by_conversation(messages, asks) {
            let id = conversation_id.clone();
            let page = self.ask(ReceiptsRequest { conversation_id, sequences }).await?;
            found.extend(page.receipts.into_iter().map(|it| ((id.clone(), it.sequence), it.counts())));
        }
        let with_info = |message: &Message| {
            let counts = found.get(&(message.conversation_id.clone(), message.sequence))?;
            let info = ReadReceiptInfo::of(&message.conversation_id, *counts);
            Some(Message { read_receipt_info: Some(info), ..message.clone() })
        };
        let found: Vec<Message> = messages.iter().filter_map(with_info).collect();
        if found.is_empty() { Err(Code::NO_RECEIPT_NEEDED.into()) } else { Ok(found) }
    }

    /// A page of the members of a group who read a message of this user, or of those who did not: up to `count`, 1 to 100, after
    /// those of the page that gave this cursor, or the first ones with an empty one. Who left the group is only among those who
    /// read the message, and who joined after it was sent is not listed.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for a message that was not sent,
    /// [`Code::BAD_REQUEST`] for one of a C2C conversation or a count out of its range, [`Code::NO_RECEIPT_NEEDED`] for one that
    /// asks for no receipts or was revoked, [`Code::GROUP_PERMISSION_DENIED`] for a message of another user,
    /// [`Code::USER_ID_INVALID`] or [`Code::UNKNOWN_USER`] for a cursor that is none; [`Code::GROUP_NOT_FOUND`];
    /// [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if the server does not answer.
    pub async fn get_group_message_read_member_list(
        &self,
        message: &Message,
        filter: ReadMemberFilter,
        cursor: &str,
        count: u32,
    ) -> Result<GroupMessageReadMembers, TimError> {
        self.admitted()?;
        let after = (!cursor.is_empty()).then(|| UserId::new(cursor)).transpose();
        let after = after.map_err(|_| Code::USER_ID_INVALID)?;
        let (conversation_id, sequence) = (message.conversation_id.clone(), super::changes::placed(message)?);
        let is_read = filter == ReadMemberFilter::Read;
        let page =
            self.ask(ReadersRequest { conversation_id, sequence, is_read, after, limit: count }).await?;
        let users = page.user_id_list.items;
        let cursor = users.last().filter(|_| page.more).map(ToString::to_string).unwrap_or_default();
        let (read_user_id_list, unread_user_id_list) =
            if is_read { (users, Vec::new()) } else { (Vec::new(), users) };
        Ok(GroupMessageReadMembers {
            message_id: message.id,
            is_completed: cursor.is_empty(),
            cursor,
            read_user_id_list,
            unread_user_id_list,
        })
    }
}

fn check_count(messages: &[Message]) -> Result<(), TimError> {
    if messages.len() > limits::RECEIPT_MESSAGES {
        let text = format!("read receipts are of at most {} messages at once", limits::RECEIPT_MESSAGES);
        return Err(Fault::with_text(Code::BAD_REQUEST, text).into());
    }
    Ok(())
}

/// The sequences of those messages that were sent and are not revoked, by their conversation.
fn by_conversation(
    messages: &[Message],
    wanted: impl Fn(&Message) -> bool,
) -> SortedMap<ConversationId, Vec<u64>> {
    let mut sequences: SortedMap<ConversationId, Vec<u64>> = SortedMap::new();
    let is_there = |message: &&Message| message.sequence > 0 && !message.is_revoked && wanted(message);
    for message in messages.iter().filter(is_there) {
        sequences.entry(message.conversation_id.clone()).or_default().push(message.sequence);
    }
    sequences
}
