//! Copies the files of sent messages to the outbox folder, where they survive a restart.
//!
//! One at a time, in the order they were sent. Messages without a file do not wait.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::{Code, MessageId, UserId};
use tokio::task::{JoinHandle, spawn_blocking};

use super::InstanceState;
use super::commands::Caller;
use super::local_files::LocalFile;
use crate::error::TimError;
use crate::message::Message;

/// The path of the first copy; `None` if the sources of the files were forgotten.
type Kept = Result<Option<PathBuf>, TimError>;

/// A send that waits for its file to be copied.
struct Waiting {
    user: UserId,
    message: Box<Message>,
    caller: Caller,
}

/// A send whose file was copied.
pub(super) struct Copied {
    pub(super) message: Box<Message>,
    pub(super) caller: Caller,
    pub(super) copy: Kept,
}

/// The pending copies.
pub(super) struct Copies {
    shared: Arc<InstanceState>,
    under_way: Option<(Waiting, JoinHandle<Kept>)>,
    waiting: VecDeque<Waiting>,
}

impl Copies {
    pub(super) fn new(shared: Arc<InstanceState>) -> Self {
        Self { shared, under_way: None, waiting: VecDeque::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_none()
    }

    /// Whether this message waits for its file to be copied.
    pub(super) fn has(&self, id: MessageId) -> bool {
        let under_way = self.under_way.iter().map(|(waiting, _)| waiting);
        under_way.chain(&self.waiting).any(|waiting| waiting.message.id == id)
    }

    /// Queues the copy of a message's file.
    pub(super) fn add(&mut self, user: UserId, message: Box<Message>, caller: Caller) {
        self.waiting.push_back(Waiting { user, message, caller });
        self.go_on();
    }

    /// Waits for the next completed copy; `None` if none is pending. Cancel safe.
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

/// Looks up the sources only now, so that a message that is sent twice is copied once.
fn copy(shared: &InstanceState, user: &UserId, id: MessageId) -> Kept {
    let Some(files) = shared.sources(id) else { return Ok(None) };
    let keep = |(place, file): (usize, &LocalFile)| shared.files.keep((user, id, place), file);
    let copies: Result<Vec<PathBuf>, TimError> = files.iter().enumerate().map(keep).collect();
    if copies.is_err() {
        // What was copied of the others is copied again by the next attempt.
        files.iter().enumerate().for_each(|(place, file)| shared.files.discard((user, id, place), file));
    }
    shared.kept(id, copies.as_deref().ok());
    copies.map(|copies| copies.into_iter().next())
}
