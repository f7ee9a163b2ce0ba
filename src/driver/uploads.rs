//! The uploads of an instance: starting them, stopping them, and their results.
//!
//! The machine limits how many there are. A host's plugin cannot be stopped: a call of it that was cancelled counts until it
//! returns, and uploads that the machine starts meanwhile wait here.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::{Fault, MessageId};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::commands::Commands;
use super::files::{Digest, beside};
use super::progress::{Progress, part_of};
use super::shared::InstanceState;
use super::upload::{Upload, panicked};
use crate::machine::io::MAX_UPLOADS;

/// The uploads that are under way.
pub(super) struct Uploads {
    shared: Arc<InstanceState>,
    commands: Commands,
    running: HashMap<MessageId, Running>,
    /// Those that begin when cancelled ones have returned, the oldest first.
    waiting: VecDeque<Waiting>,
    tasks: JoinSet<Ended>,
    /// Those of copies whose upload may be repeated: a file is read for its digest once.
    digests: HashMap<(MessageId, usize), Digest>,
}

struct Waiting {
    message: MessageId,
    file: PathBuf,
    attachments: Vec<Attachment>,
    place: usize,
}

struct Running {
    place: usize,
    task: AbortHandle,
    progress: Progress,
    is_by_host: bool,
    is_cancelled: bool,
}

/// How a task ended.
struct Ended {
    digest: Option<Digest>,
    result: Result<Uploaded, Fault>,
}

impl Uploads {
    pub(super) fn new(shared: Arc<InstanceState>, commands: Commands) -> Self {
        Self {
            shared,
            commands,
            running: HashMap::new(),
            waiting: VecDeque::new(),
            tasks: JoinSet::new(),
            digests: HashMap::new(),
        }
    }

    /// Starts an upload, once calls of the host that were cancelled leave room for it. Must be called inside the runtime.
    pub(super) fn start(
        &mut self,
        message: MessageId,
        first: &Path,
        attachments: Vec<Attachment>,
        place: usize,
    ) {
        let file = beside(first, place);
        self.waiting.push_back(Waiting { message, file, attachments, place });
        self.begin_waiting();
    }

    /// Begins those that wait, as far as there is room. One whose file a cancelled call still uploads is passed over.
    fn begin_waiting(&mut self) {
        while self.running.len() < MAX_UPLOADS
            && let Some(next) = self.waiting.iter().position(|it| !self.running.contains_key(&it.message))
            && let Some(upload) = self.waiting.remove(next)
        {
            self.begin(upload);
        }
    }

    fn begin(&mut self, Waiting { message, file, attachments, place }: Waiting) {
        let (whole, plugin) = self.shared.upload_parts(message);
        let Some(attachment) = attachments.get(place).cloned() else { return };
        let progress = whole.part(part_of(&attachments, place));
        progress.begin();
        let mut upload = Upload {
            message,
            file,
            attachment,
            digest: self.digests.get(&(message, place)).cloned(),
            progress: progress.clone(),
            plugin,
            server: self.shared.server.clone(),
            commands: self.commands.clone(),
        };
        let is_by_host = upload.host().is_some();
        let task = self.tasks.spawn(async move {
            let result = upload.run().await;
            Ended { digest: upload.digest, result }
        });
        self.running.insert(message, Running { place, task, progress, is_by_host, is_cancelled: false });
    }

    /// Stops an upload without reporting its result.
    pub(super) fn cancel(&mut self, message: MessageId) {
        self.waiting.retain(|upload| upload.message != message);
        let Some(upload) = self.running.get_mut(&message) else { return };
        upload.progress.end();
        upload.is_cancelled = true;
        if !upload.is_by_host {
            upload.task.abort();
            self.running.remove(&message);
            self.begin_waiting();
        }
    }

    /// Stops all uploads, and returns when they have ended.
    pub(super) async fn end(&mut self) {
        self.tasks.shutdown().await;
    }

    /// A message's file will not be uploaded again.
    pub(super) fn forget(&mut self, message: MessageId) {
        self.digests.retain(|(id, _), _| *id != message);
    }

    /// The messages belong to a store that is closed.
    pub(super) fn forget_all(&mut self) {
        self.digests.clear();
    }

    /// Waits for the next result; `None` if no upload is under way. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<(MessageId, Result<Uploaded, Fault>)> {
        while let Some(joined) = self.tasks.join_next_with_id().await {
            if let Some(result) = self.ended(joined) {
                return Some(result);
            }
        }
        None
    }

    fn ended(
        &mut self,
        joined: Result<(Id, Ended), JoinError>,
    ) -> Option<(MessageId, Result<Uploaded, Fault>)> {
        let (task, Ended { digest, result }) =
            joined.unwrap_or_else(|why| (why.id(), Ended { digest: None, result: Err(panicked()) }));
        // One that was aborted is not among them.
        let (message, _) = self.running.iter().find(|(_, running)| running.task.id() == task)?;
        let message = *message;
        let Running { place, progress, is_cancelled, .. } = self.running.remove(&message)?;
        progress.end();
        self.begin_waiting();
        if is_cancelled {
            return None;
        }
        self.digests.extend(digest.map(|digest| ((message, place), digest)));
        Some((message, result))
    }
}
