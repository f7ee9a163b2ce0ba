//! Files on their way into the outbox: each is copied to where it survives the end of the app.
//!
//! One after the other, in the order they were sent; what has no file does not wait for them.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::{Code, MessageId, UserId};
use tokio::task::{JoinHandle, spawn_blocking};

use super::Shared;
use super::commands::Caller;
use crate::error::TimError;
use crate::message::Message;

/// Where a copy is; there is none if the file was forgotten.
type Kept = Result<Option<PathBuf>, TimError>;

/// A send that waits for its file's copy.
struct Waiting {
    user: UserId,
    message: Box<Message>,
    caller: Caller,
}

/// A send that need not wait any more.
pub(super) struct Copied {
    pub(super) message: Box<Message>,
    pub(super) caller: Caller,
    pub(super) copy: Kept,
}

/// The copies that are to be made.
pub(super) struct Copies {
    shared: Arc<Shared>,
    under_way: Option<(Waiting, JoinHandle<Kept>)>,
    waiting: VecDeque<Waiting>,
}

impl Copies {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, under_way: None, waiting: VecDeque::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_none()
    }

    /// Whether this message waits for its file's copy.
    pub(super) fn has(&self, id: MessageId) -> bool {
        let under_way = self.under_way.iter().map(|(waiting, _)| waiting);
        under_way.chain(&self.waiting).any(|waiting| waiting.message.id == id)
    }

    /// A file is sent.
    pub(super) fn add(&mut self, user: UserId, message: Box<Message>, caller: Caller) {
        self.waiting.push_back(Waiting { user, message, caller });
        self.go_on();
    }

    /// The next that is copied; nothing if none is to be. Whoever breaks this wait off loses nothing.
    pub(super) async fn next(&mut self) -> Option<Copied> {
        let (_, task) = self.under_way.as_mut()?;
        let copy = task.await.unwrap_or_else(|_| Err(Code::PANICKED.into()));
        let (Waiting { message, caller, .. }, _) = self.under_way.take()?;
        self.go_on();
        Some(Copied { message, caller, copy })
    }

    fn go_on(&mut self) {
        if self.under_way.is_none()
            && let Some(next) = self.waiting.pop_front()
        {
            let (shared, user, id) = (Arc::clone(&self.shared), next.user.clone(), next.message.id);
            let task = spawn_blocking(move || copy(&shared, &user, id));
            self.under_way = Some((next, task));
        }
    }
}

/// Looks only now what the file is made of: one that is sent twice is copied once.
fn copy(shared: &Shared, user: &UserId, id: MessageId) -> Kept {
    let Some((source, file_type)) = shared.source(id) else { return Ok(None) };
    let copy = shared.files.keep(user, id, &source, file_type);
    shared.kept(id, copy.as_deref().ok());
    copy.map(Some)
}
