//! What the pages of one user need that share a login: messages are created in each of them, and sent by one.

use tim_protocol::{Code, MessageId, UserId};

use super::Tim;
use crate::error::TimError;

impl Tim {
    /// From now on messages can be created here in the name of a user who is logged in elsewhere; `None`: no more.
    ///
    /// # Errors
    /// [`Code::USER_ID_INVALID`].
    pub fn act_as(&self, user: Option<&str>) -> Result<(), TimError> {
        let user = user.map(UserId::new).transpose().map_err(|_| Code::USER_ID_INVALID)?;
        let refusal = if user.is_some() { None } else { Some(Code::NOT_LOGGED_IN) };
        self.inner.shared.publish(user, refusal);
        Ok(())
    }

    /// Gives the files of a message that was created here to one with another ID.
    pub fn give_files(&self, from: MessageId, to: MessageId) {
        self.inner.shared.give_files(from, to);
    }
}
