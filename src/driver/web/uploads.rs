//! The uploads of a page. A file goes up in one request.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::call::UploadTicketRequest;
use tim_protocol::media::{Attachment, RenditionType, Uploaded};
use tim_protocol::{Code, Fault, MessageId, json};
use tokio::sync::{mpsc, oneshot};
use wasm_bindgen_futures::spawn_local;

use super::addresses;
use super::digest::sha256;
use super::files::{beside, find};
use super::http;
use super::progress::{Progress, part_of};
use crate::driver::InstanceState;
use crate::driver::commands::Commands;

type Ended = (MessageId, Result<Uploaded, Fault>);

/// The uploads that are under way.
pub(crate) struct Uploads {
    shared: Arc<InstanceState>,
    commands: Commands,
    running: HashMap<MessageId, Running>,
    results: (mpsc::UnboundedSender<Ended>, mpsc::UnboundedReceiver<Ended>),
}

/// An upload, which ends when this is dropped.
struct Running {
    progress: Progress,
    _running: oneshot::Sender<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.progress.end();
    }
}

/// The parameters of an upload.
struct Upload {
    file: PathBuf,
    attachment: Attachment,
    progress: Progress,
    shared: Arc<InstanceState>,
    commands: Commands,
}

impl Uploads {
    pub(crate) fn new(shared: Arc<InstanceState>, commands: Commands) -> Self {
        Self { shared, commands, running: HashMap::new(), results: mpsc::unbounded_channel() }
    }

    /// Starts an upload.
    pub(crate) fn start(
        &mut self,
        message: MessageId,
        first: &Path,
        attachments: Vec<Attachment>,
        place: usize,
    ) {
        let Some(attachment) = attachments.get(place).cloned() else { return };
        let (whole, _) = self.shared.upload_parts(message);
        let progress = whole.part(part_of(&attachments, place));
        progress.begin();
        let (shared, commands) = (Arc::clone(&self.shared), self.commands.clone());
        let upload =
            Upload { file: beside(first, place), attachment, progress: progress.clone(), shared, commands };
        let (running, cancelled) = oneshot::channel::<()>();
        self.running.insert(message, Running { progress, _running: running });
        let results = self.results.0.clone();
        spawn_local(async move {
            tokio::select! {
                result = upload.run() => drop(results.send((message, result))),
                _ = cancelled => {}
            }
        });
    }

    /// Stops an upload without reporting its result.
    pub(crate) fn cancel(&mut self, message: MessageId) {
        self.running.remove(&message);
    }

    /// Stops all uploads.
    pub(crate) async fn end(&mut self) {
        self.running.clear();
    }

    pub(crate) fn forget(&mut self, _: MessageId) {}

    pub(crate) fn forget_all(&mut self) {}

    /// Waits for the next result. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Ended> {
        while let Some((message, result)) = self.results.1.recv().await {
            if self.running.remove(&message).is_some() {
                return Some((message, result));
            }
        }
        None
    }
}

impl Upload {
    /// Uploads the file unless the server has it, and reports 100 before it succeeds.
    async fn run(self) -> Result<Uploaded, Fault> {
        let uploaded = &self.attachment.uploaded;
        if uploaded.is_on_own_server() {
            let url = uploaded.url(RenditionType::Original).unwrap_or_default();
            match addresses::ticket(&self.commands, url).await {
                Ok(_) => return Ok(uploaded.clone()),
                Err(why) if why.code == Code::MEDIA_NOT_FOUND => {}
                Err(why) => return Err(Fault::with_text(why.code, why.message)),
            }
        }
        self.transfer().await
    }

    async fn transfer(&self) -> Result<Uploaded, Fault> {
        let Self { file, attachment, progress, shared, commands } = self;
        let file = find(file).ok_or(Code::FILE_UNREADABLE)?;
        let (file_type, size) = (attachment.file_type, file.size());
        let ticket = UploadTicketRequest { file_type, size, sha256: sha256(&file).await? };
        progress.note(0);
        let ticket = commands.ask(ticket).await.map_err(|why| Fault::with_text(why.code, why.message))?;
        let url = shared.server.web(&ticket.path);
        let answer = http::put(&url, &file.body(), progress.clone()).await?;
        let uploaded = json::read_bytes(&answer);
        let uploaded = uploaded.map_err(|why| Fault::with_text(Code::UPLOAD_FAILED, why.to_string()))?;
        progress.note(100);
        progress.flushed().await;
        Ok(uploaded)
    }
}
