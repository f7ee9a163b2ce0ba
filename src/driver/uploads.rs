//! The uploads of an instance: starting them, stopping them, and their results.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::{Code, Fault, MessageId};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::commands::Commands;
use super::files::Digest;
use super::progress::Progress;
use super::shared::InstanceState;
use super::upload::Upload;

/// The uploads that are under way.
pub(super) struct Uploads {
    shared: Arc<InstanceState>,
    commands: Commands,
    running: HashMap<MessageId, Running>,
    tasks: JoinSet<Ended>,
    /// Those of copies whose upload may be repeated: a file is read for its digest once.
    digests: HashMap<MessageId, Digest>,
}

struct Running {
    task: AbortHandle,
    progress: Progress,
}

/// How a task ended.
struct Ended {
    digest: Option<Digest>,
    result: Result<Uploaded, Fault>,
}

impl Uploads {
    pub(super) fn new(shared: Arc<InstanceState>, commands: Commands) -> Self {
        let (running, digests) = (HashMap::new(), HashMap::new());
        Self { shared, commands, running, tasks: JoinSet::new(), digests }
    }

    /// Starts an upload. Must be called inside the runtime.
    pub(super) fn start(&mut self, message: MessageId, file: PathBuf, attachment: Attachment) {
        let (progress, plugin) = self.shared.upload_parts(message);
        progress.begin();
        let mut upload = Upload {
            message,
            file,
            attachment,
            digest: self.digests.get(&message).cloned(),
            progress: progress.clone(),
            plugin,
            server: self.shared.server.clone(),
            commands: self.commands.clone(),
        };
        let task = self.tasks.spawn(async move {
            let result = upload.run().await;
            Ended { digest: upload.digest, result }
        });
        self.running.insert(message, Running { task, progress });
    }

    /// Stops an upload without reporting its result.
    pub(super) fn cancel(&mut self, message: MessageId) {
        if let Some(upload) = self.running.remove(&message) {
            upload.task.abort();
            upload.progress.end();
        }
    }

    /// Stops all uploads, and returns when they have ended.
    pub(super) async fn end(&mut self) {
        self.tasks.shutdown().await;
    }

    /// A message's file will not be uploaded again.
    pub(super) fn forget(&mut self, message: MessageId) {
        self.digests.remove(&message);
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
        let (task, Ended { digest, result }) = joined.unwrap_or_else(|why| {
            let result = Err(Fault::with_text(Code::UPLOAD_FAILED, "the uploader panicked: mend it"));
            (why.id(), Ended { digest: None, result })
        });
        // One that was cancelled is not among them.
        let (message, _) = self.running.iter().find(|(_, running)| running.task.id() == task)?;
        let message = *message;
        self.running.remove(&message)?.progress.end();
        self.digests.extend(digest.map(|digest| (message, digest)));
        Some((message, result))
    }
}
