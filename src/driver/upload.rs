//! Uploads of pictures that wait in the outbox: with the host's uploader if it brought one, else to the own server. One
//! that was on the server before is uploaded if it is not there any more.

use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::call::UploadTicket;
use tim_protocol::frame::Fault;
use tim_protocol::media::ImageBody;
use tim_protocol::{Code, MessageId};
use tokio::time::Instant;

use super::progress::{Progress, log_end};
use super::source::Source;
use super::{Commands, download, files, http};
use crate::driver::address::Address;
use crate::plugin::UploadPlugin;

/// What an upload needs.
pub(super) struct Upload {
    pub(super) message: MessageId,
    pub(super) file: PathBuf,
    /// Where it was put before.
    pub(super) former: Option<ImageBody>,
    pub(super) progress: Progress,
    pub(super) plugin: Option<Arc<dyn UploadPlugin>>,
    pub(super) server: Address,
    pub(super) commands: Commands,
}

impl Upload {
    /// Uploads, and tells 100 before it ends well.
    pub(super) async fn run(self) -> Result<ImageBody, Fault> {
        let began = Instant::now();
        let image = match (&self.former, self.plugin.clone()) {
            (Some(former), _) => self.again(former).await,
            (None, Some(plugin)) => by_host(plugin, self.file.clone(), self.progress.clone()).await,
            (None, None) => self.to_server().await,
        };
        log_end("upload", self.message, began, image.as_ref().err().map(|fault| fault.code));
        let image = image?;
        self.progress.note(100);
        self.progress.told().await;
        Ok(image)
    }

    /// Sees to it that the server has what it had in an earlier life of its data.
    async fn again(&self, former: &ImageBody) -> Result<ImageBody, Fault> {
        let url = former.image_info_array.first().map(|info| info.url.as_str()).unwrap_or_default();
        match download::ticket(&self.commands, url).await {
            Ok(_) => Ok(former.clone()),
            Err(why) if why.code == Code::MEDIA_NOT_FOUND => self.to_server().await,
            Err(why) => Err(Fault::with_text(why.code, why.reason)),
        }
    }

    async fn to_server(&self) -> Result<ImageBody, Fault> {
        let file = self.file.clone();
        let (size, sha256) =
            blocking(move || files::digest(&file).map_err(|_| Code::FILE_UNREADABLE.into())).await?;
        let ticket = self.commands.ask(UploadTicket { size, sha256 }).await;
        let ticket = ticket.map_err(|why| Fault::with_text(why.code, why.reason))?;
        http::upload(Source::own(self.server.clone(), ticket.path), &self.file, size, &self.progress).await
    }
}

/// The host's own code, on a thread that it may block. What it has reported is told before it has ended, well or not.
async fn by_host(
    plugin: Arc<dyn UploadPlugin>,
    file: PathBuf,
    progress: Progress,
) -> Result<ImageBody, Fault> {
    let reported = progress.clone();
    let result = blocking(move || {
        let report = Arc::new(move |percent: u8| progress.note(percent.min(99)));
        plugin.upload(&file, report).map_err(|why| Fault::with_text(why.code.0.into(), why.reason))
    })
    .await;
    reported.told().await;
    result
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let panicked = |_| Fault::with_text(Code::UPLOAD_FAILED, "the uploader panicked: mend it");
    tokio::task::spawn_blocking(work).await.map_err(panicked)?
}
