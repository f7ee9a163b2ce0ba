//! Uploads files of the outbox, with the host's upload plugin if there is one, otherwise to the user's own server. A
//! file that was on the server before is uploaded again only if it is missing there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::call::UploadTicketRequest;
use tim_protocol::media::{Attachment, FileType, RenditionType, Uploaded};
use tim_protocol::{Code, Fault, MessageId};
use tokio::time::Instant;

use super::files::Digest;
use super::http::{CHUNK, log_end};
use super::progress::Progress;
use super::source::Source;
use super::{Commands, addresses, http};
use crate::driver::address::Address;
use crate::plugin::{UploadFile, UploadPlugin};

/// From this size on it is worth a question what the server has of a file.
const LARGE_BYTES: u64 = 1024 * 1024;

/// The parameters of an upload.
pub(super) struct Upload {
    pub(super) message: MessageId,
    pub(super) file: PathBuf,
    /// The file as the message describes it, with its address if it was uploaded before.
    pub(super) attachment: Attachment,
    /// The file's digest, if it is known.
    pub(super) digest: Option<Digest>,
    pub(super) progress: Progress,
    pub(super) plugin: Option<Arc<dyn UploadPlugin>>,
    pub(super) server: Address,
    pub(super) commands: Commands,
}

impl Upload {
    /// Uploads the file, and reports 100 before it succeeds.
    pub(super) async fn run(&mut self) -> Result<Uploaded, Fault> {
        let began = Instant::now();
        let uploaded = if self.attachment.uploaded.is_on_own_server() {
            self.again().await
        } else if let Some(plugin) = self.host() {
            self.by_host(plugin).await
        } else {
            self.transfer().await
        };
        log_end("upload", self.message, began, uploaded.as_ref().err().map(|fault| fault.code));
        let uploaded = uploaded?;
        self.progress.note(100);
        self.progress.flushed().await;
        Ok(uploaded)
    }

    /// The host's plugin, if it is to upload the file. A merger is for the user's own server, which keeps the files that it names.
    pub(super) fn host(&self) -> Option<Arc<dyn UploadPlugin>> {
        let Attachment { file_type, uploaded, .. } = &self.attachment;
        self.plugin.clone().filter(|_| *file_type != FileType::Merger && !uploaded.is_on_own_server())
    }

    /// Uploads the file again if the server does not have it any more after an epoch change.
    async fn again(&mut self) -> Result<Uploaded, Fault> {
        let former = &self.attachment.uploaded;
        let url = former.url(RenditionType::Original).unwrap_or_default();
        match addresses::ticket(&self.commands, url).await {
            Ok(_) => Ok(self.attachment.uploaded.clone()),
            Err(why) if why.code == Code::MEDIA_NOT_FOUND => self.transfer().await,
            Err(why) => Err(Fault::with_text(why.code, why.message)),
        }
    }

    /// Transfers the file to the user's own server. A large one goes on with what the server has of it, as long as each attempt
    /// brings something.
    async fn transfer(&mut self) -> Result<Uploaded, Fault> {
        let file_type = self.attachment.file_type;
        let Digest { size, sha256 } = digest(&mut self.digest, &self.file).await?;
        let (mut reached, mut broken) = (0, None);
        loop {
            let ticket = UploadTicketRequest { file_type, size, sha256: sha256.clone() };
            let ticket = self.commands.ask(ticket).await;
            let ticket = ticket.map_err(|why| Fault::with_text(why.code, why.message))?;
            let source = Source::own(self.server.clone(), ticket.path);
            let offset = if size > LARGE_BYTES { http::received(&source).await.min(size - 1) } else { 0 };
            if let Some(why) = broken
                && offset < reached + CHUNK as u64
            {
                return Err(why);
            }
            reached = offset;
            match http::upload(source, &self.file, offset, size, &self.progress).await {
                Err(why) if why.code == Code::NETWORK_ERROR && size > LARGE_BYTES => broken = Some(why),
                ended => return ended,
            }
        }
    }

    /// Runs the host's upload plugin on a blocking thread. All reported progress is delivered before this returns.
    async fn by_host(&self, plugin: Arc<dyn UploadPlugin>) -> Result<Uploaded, Fault> {
        let Attachment { file_type, name, .. } = self.attachment.clone();
        let (path, progress) = (self.file.clone(), self.progress.clone());
        let result = blocking(move || {
            let size = std::fs::metadata(&path).map_err(|_| Code::FILE_UNREADABLE)?.len();
            let report = Arc::new(move |percent: u8| progress.note(percent.min(99)));
            let uploaded = plugin.upload(&UploadFile { path, file_type, name, size }, report);
            uploaded.map_err(|why| Fault::with_text(why.code.0.into(), why.message))
        })
        .await;
        self.progress.flushed().await;
        result
    }
}

/// The digest of a file, which is read unless it is known.
async fn digest(known: &mut Option<Digest>, file: &Path) -> Result<Digest, Fault> {
    if let Some(digest) = known {
        return Ok(digest.clone());
    }
    let file = file.to_owned();
    let digest = blocking(move || Digest::of(&file).map_err(|_| Code::FILE_UNREADABLE.into())).await?;
    Ok(known.insert(digest).clone())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|_| panicked())?
}

/// The fault for an uploader that panicked.
pub(super) fn panicked() -> Fault {
    Fault::with_text(Code::UPLOAD_FAILED, "the uploader panicked: mend it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_read_once_for_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("picture");
        std::fs::write(&file, "a picture").unwrap();
        let mut known = None;
        let first = digest(&mut known, &file).await.unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(digest(&mut known, &file).await.unwrap(), first);
        assert_eq!(digest(&mut None, &file).await.unwrap_err().code, Code::FILE_UNREADABLE);
    }
}
