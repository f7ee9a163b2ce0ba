//! Searches of the messages on this device, and of those on the server.

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

    /// Searches the messages that the server has, of the conversations that this user is in: also what this device never fetched.
    /// Parameters and results are those of a search of this device, but a conversation's count stays at 1,000, and `totalCount` is
    /// of the conversations on this page. A page may have fewer results than asked for, or none, and a `cursor`. What was sent or
    /// modified a moment ago may not be found yet.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: as a search of this device; 130155 if the server's operator has not turned searches on, 130109, as
    /// each counts as ten requests; 10010, 10007. `Unreachable`: 2800 or 2801.
    pub async fn search_cloud_messages(
        &self,
        param: MessageSearchParam,
    ) -> Result<MessageSearchResult, TimError> {
        Ok(offload(self.tim.search_cloud_messages(param.try_into()?)).await?.into())
    }
}
