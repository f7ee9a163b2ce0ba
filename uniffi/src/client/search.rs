//! Searches of the messages on this device.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{MessageSearchParam, MessageSearchResult};

#[uniffi::export]
impl Tim {
    /// Searches the messages that this device has, also offline: texts, names of files, descriptions of places. What was never
    /// fetched is not found, nor what waits to be sent, was refused or taken back. In one conversation the result is its messages,
    /// newest first, page by page; in all it is the conversations, each with its newest message found and the number of all.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 if there is no condition, for more than 5 keywords, 5 senders or 20 types, a keyword without
    /// a letter or digit or over 256 bytes, a type that is none, or a `cursor` that no page gave; 2002 for a sender that is none,
    /// 2503 for a conversation that is none. `Storage`: 6005 or 6022.
    pub async fn search_local_messages(
        &self,
        param: MessageSearchParam,
    ) -> Result<MessageSearchResult, TimError> {
        Ok(offload(self.tim.search_local_messages(param.try_into()?)).await?.into())
    }
}
