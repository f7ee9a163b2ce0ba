//! Reading what was said: from any place of a conversation in both directions, and by ID.

use tim_protocol::call::PositionRequest;
use tim_protocol::{Code, ConversationId, Fault, MessageId, UnixMillis, limits};

use super::{Tim, unexpected};
use crate::driver::CallResult;
use crate::error::TimError;
use crate::machine::io::{Call, PageStart};
use crate::message::Message;

/// Most messages of one page.
const MAX_LISTED: u32 = 100;

/// Where a page of a conversation's messages begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryStart {
    /// At this sequence; the message is on the page.
    Sequence(u64),
    /// At this time: with the messages of it and those before it, or those after it.
    Time(UnixMillis),
}

/// The direction in which a page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryDirection {
    /// Towards the first message.
    Older,
    /// Towards the newest message.
    Newer,
}

/// A page of a conversation's messages around a place.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageListHopping {
    /// The messages, oldest first.
    pub message_list: Vec<Message>,
    /// There is nothing beyond this page in its direction.
    pub is_completed: bool,
    /// Where the next page in the same direction begins; `None` if there is none.
    pub next_message_seq: Option<u64>,
}

impl Tim {
    /// A page of a conversation's messages from any place on, in either direction: for a jump to a message that was found or
    /// quoted, and on from there. `count` is cut to 1 to 100. Messages that are not on this device are fetched from the server;
    /// offline, the page ends where the stored messages end, and is not completed towards the newest. Unlike
    /// [`Tim::get_message_list`] it shows nothing of the outbox.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if messages, or the place of a
    /// time, have to be asked for and cannot; [`Code::GROUP_NOT_FOUND`] or [`Code::GROUP_PERMISSION_DENIED`] for a group whose
    /// messages are not this user's to read, if the server is asked.
    pub async fn get_message_list_hopping(
        &self,
        conversation: &ConversationId,
        start: HistoryStart,
        direction: HistoryDirection,
        count: u32,
    ) -> Result<MessageListHopping, TimError> {
        let start = match (start, direction) {
            (HistoryStart::Sequence(sequence), HistoryDirection::Older) => {
                PageStart::Before(Some(sequence.saturating_add(1)))
            }
            (HistoryStart::Sequence(sequence), HistoryDirection::Newer) => PageStart::From(sequence),
            (HistoryStart::Time(time), HistoryDirection::Older) => {
                PageStart::Before(Some(self.position(conversation, time.saturating_add(1)).await?))
            }
            (HistoryStart::Time(time), HistoryDirection::Newer) => {
                PageStart::From(self.position(conversation, time).await?)
            }
        };
        let conversation = conversation.clone();
        let call = Call::MessageListHopping { conversation, start, count: count.clamp(1, MAX_LISTED) };
        let CallResult::Page { messages, completed } = self.inner.commands.call(call).await? else {
            return Err(unexpected());
        };
        let next = match direction {
            HistoryDirection::Older => messages.first().map(|oldest| oldest.sequence.saturating_sub(1)),
            HistoryDirection::Newer => messages.last().map(|newest| newest.sequence + 1),
        };
        // An empty page that is not the last one is asked for again later.
        let again = match start {
            PageStart::From(from) => Some(from),
            PageStart::Before(before) => before.map(|before| before.saturating_sub(1)),
        };
        let next_message_seq = next.or(again).filter(|_| !completed);
        Ok(MessageListHopping { message_list: messages, is_completed: completed, next_message_seq })
    }

    /// The sequence of the first message of this time or later.
    async fn position(&self, conversation: &ConversationId, time: UnixMillis) -> Result<u64, TimError> {
        let conversation_id = conversation.clone();
        Ok(self.ask(PositionRequest { conversation_id, time }).await?.sequence)
    }

    /// The messages with these IDs that are on this device, in the order of the IDs: received, sent, waiting or refused. The others
    /// are left out. Asks nobody.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`] for more than 100 IDs.
    pub async fn find_messages(&self, ids: &[MessageId]) -> Result<Vec<Message>, TimError> {
        if ids.len() > limits::FIND_MESSAGES {
            return Err(Fault::with_text(Code::BAD_REQUEST, "at most 100 messages are found at once").into());
        }
        match self.inner.commands.call(Call::FindMessages(ids.to_vec())).await? {
            CallResult::Page { messages, .. } => Ok(messages),
            _ => Err(unexpected()),
        }
    }
}
