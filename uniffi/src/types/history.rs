//! Pages of messages around a place, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::{ConversationId, HistoryDirection, HistoryStart};

use super::{Message, conversation_id, invalid, millis, signed, unsigned};
use crate::error::TimError;

/// Where a page of messages begins, and in which direction it goes on. Either a sequence or a time is needed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageListHoppingParam {
    /// The conversation.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// The page begins with the message of this sequence.
    #[serde(default)]
    #[uniffi(default = None)]
    pub sequence: Option<i64>,
    /// The page begins at this time, with the messages of that second.
    #[serde(default)]
    #[uniffi(default = None)]
    pub time: Option<i64>,
    /// 0 towards older messages, 1 towards newer ones.
    #[serde(default)]
    #[uniffi(default = 0)]
    pub direction: i32,
    /// Most messages, cut to 1 to 100.
    #[serde(default = "usual_count")]
    #[uniffi(default = 15)]
    pub count: i32,
}

fn usual_count() -> i32 {
    15
}

impl MessageListHoppingParam {
    /// Takes it apart.
    pub(crate) fn read(&self) -> Result<(ConversationId, HistoryStart, HistoryDirection, u32), TimError> {
        let direction = match self.direction {
            0 => HistoryDirection::Older,
            1 => HistoryDirection::Newer,
            _ => return Err(invalid("direction is 0 towards older messages, 1 towards newer ones")),
        };
        let start = match (self.sequence, self.time) {
            (Some(sequence), None) => HistoryStart::Sequence(unsigned(sequence)?),
            // A second that a host names is on the page whole.
            (None, Some(time)) => HistoryStart::Time(match direction {
                HistoryDirection::Older => millis(time).saturating_add(999),
                HistoryDirection::Newer => millis(time),
            }),
            _ => return Err(invalid("a page begins either at a sequence or at a time")),
        };
        // What is negative is cut to 1, as 0 is.
        let count = u32::try_from(self.count).unwrap_or(0);
        Ok((conversation_id(&self.conversation_id)?, start, direction, count))
    }
}

/// A page of a conversation's messages around a place.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageListHopping {
    /// The messages, oldest first.
    pub message_list: Vec<Message>,
    /// There is nothing beyond this page in its direction.
    pub is_completed: bool,
    /// The sequence of the next page in the same direction; absent if there is none.
    pub next_message_seq: Option<i64>,
}

impl From<tim::MessageListHopping> for MessageListHopping {
    fn from(page: tim::MessageListHopping) -> Self {
        let tim::MessageListHopping { message_list, is_completed, next_message_seq } = page;
        Self {
            message_list: message_list.into_iter().map(Into::into).collect(),
            is_completed,
            next_message_seq: next_message_seq.map(signed),
        }
    }
}
