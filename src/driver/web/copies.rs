//! Files of sent messages need no copies in a page: a message goes on at once.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::{MessageId, UserId};

use crate::driver::InstanceState;
use crate::driver::commands::Caller;
use crate::error::TimError;
use crate::message::Message;

/// A send whose files are kept.
pub(crate) struct Copied {
    pub(crate) message: Box<Message>,
    pub(crate) caller: Caller,
    pub(crate) copy: Result<Option<PathBuf>, TimError>,
}

/// Those that go on.
pub(crate) struct Copies {
    shared: Arc<InstanceState>,
    done: VecDeque<Copied>,
}

impl Copies {
    pub(crate) fn new(shared: Arc<InstanceState>) -> Self {
        Self { shared, done: VecDeque::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    pub(crate) fn has(&self, id: MessageId) -> bool {
        self.done.iter().any(|copied| copied.message.id == id)
    }

    pub(crate) fn add(&mut self, user: UserId, message: Box<Message>, caller: Caller) {
        let copy = self.keep(&user, message.id);
        self.done.push_back(Copied { message, caller, copy });
    }

    fn keep(&self, user: &UserId, id: MessageId) -> Result<Option<PathBuf>, TimError> {
        let Some(files) = self.shared.sources(id) else { return Ok(None) };
        let keep = |(place, file)| self.shared.files.keep((user, id, place), file);
        let copies: Result<Vec<PathBuf>, TimError> = files.iter().enumerate().map(keep).collect();
        self.shared.kept(id, copies.as_deref().ok());
        copies.map(|copies| copies.into_iter().next())
    }

    /// The next one; `None` if there is none.
    pub(crate) async fn next(&mut self) -> Option<Copied> {
        self.done.pop_front()
    }
}
