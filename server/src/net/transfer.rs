//! Uploads and downloads over HTTP: checks tickets and shares, and enforces the minimum rate.
//!
//! `media` handles the content.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use tim_protocol::{Code, Fault};
use tokio::sync::SetOnce;
use uuid::Uuid;

use super::context::ServerContext;
use super::log::TransferLog;
use super::query::query;
use crate::core::media_path::MediaPath;
use crate::core::shares::Transfer;
use crate::core::ticket;
use crate::media::pace::Pace;
use crate::media::range;
use crate::response::{Body, full, json};

/// The rate of a connection's download, once it has begun.
pub(super) type Downloading = Arc<SetOnce<Pace>>;

/// The header that says how much of a file is there (as in draft-ietf-httpbis-resumable-upload).
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// Says how much is there of an upload that broke off.
///
/// Errors: `TICKET_…` by the ticket.
pub(super) async fn received(
    shared: &ServerContext,
    uri: &Uri,
    admitted: impl FnOnce(),
) -> Result<Response<Body>, Fault> {
    let ticket = ticket_of(uri)?;
    let upload = ticket::read_upload(&shared.settings.ticket_key, &ticket, shared.now().wall)?;
    admitted();
    let mut answer = Response::new(full(""));
    answer.headers_mut().insert(UPLOAD_OFFSET, shared.media.received(&upload).await.into());
    Ok(answer)
}

/// Receives an upload, or the rest of one. A stopping server does not wait for it: the client goes on later.
///
/// Errors: `TICKET_…` by the ticket, those of [`crate::core::shares::Shares::upload`], those of the file, and
/// [`Code::SHUTTING_DOWN`].
pub(super) async fn upload(
    shared: &ServerContext,
    request: Request<Incoming>,
    admitted: impl FnOnce(),
) -> Result<Response<Body>, Fault> {
    let now = shared.now();
    let ticket = ticket_of(request.uri())?;
    let upload = ticket::read_upload(&shared.settings.ticket_key, &ticket, now.wall)?;
    let offset = range::begin_of_rest(request.headers(), upload.size).ok_or(Code::MEDIA_MISMATCH)?;
    let (app, user, size) = (upload.app, upload.owner, upload.size);
    let log = TransferLog { direction: "upload", app, user, began: Instant::now() };
    let take_in = async {
        let _transfer = shared.shares.upload(user, size, now.monotonic)?;
        admitted();
        let pace = shared.least_pace.start();
        shared.media.upload(upload, offset, request.into_body(), &pace, &*shared.store, now.wall).await
    };
    let ended = shared.stop.run_until_cancelled(take_in).await;
    match ended.unwrap_or_else(|| Err(Code::SHUTTING_DOWN.into())) {
        Ok(uploaded) => {
            log.moved(uploaded.uuid, size);
            Ok(last(json(StatusCode::OK, &uploaded)))
        }
        Err(fault) => {
            log.failed(None, Some(fault.code));
            Err(fault)
        }
    }
}

/// Serves a download, or only its header.
///
/// Errors: `TICKET_…` by the ticket, those of [`crate::core::shares::Shares::download`], [`Code::MEDIA_NOT_FOUND`].
pub(super) async fn download(
    shared: &ServerContext,
    request: &Request<Incoming>,
    admitted: impl FnOnce(),
    downloading: Downloading,
) -> Result<Response<Body>, Fault> {
    let now = shared.now();
    let place = MediaPath::parse(request.uri().path()).ok_or(Code::MEDIA_NOT_FOUND)?;
    let ticket = ticket_of(request.uri())?;
    let holder = ticket::check_download(&shared.settings.ticket_key, &ticket, place, now.wall)?;
    let MediaPath { app, id, .. } = place;
    let log = TransferLog { direction: "download", app, user: holder, began: Instant::now() };
    let give_out = async {
        let transfer = shared.shares.download(holder, now.monotonic)?;
        admitted();
        let (method, headers) = (request.method(), request.headers());
        Ok((transfer, shared.media.download(place, method, headers, &*shared.store).await?))
    };
    let (transfer, answer) =
        give_out.await.inspect_err(|fault: &Fault| log.failed(Some(id), Some(fault.code)))?;
    // One transfer per connection.
    let _ = downloading.set(shared.least_pace.start());
    // A HEAD request has no body.
    let is_head = request.method() == Method::HEAD;
    let length = answer
        .headers()
        .get(header::CONTENT_LENGTH)
        .filter(|_| !is_head)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let download_log = DownloadLog { log, file: id, length: length.unwrap_or(0), moved: 0 };
    Ok(last(answer.map(|body| Paced { body, downloading, download_log, _transfer: transfer }.boxed_unsync())))
}

/// Ends when a connection's download has fallen behind its least pace for good.
pub(super) async fn stalled(downloading: &SetOnce<Pace>) {
    downloading.wait().await.stalled().await;
}

fn ticket_of(uri: &Uri) -> Result<String, Fault> {
    query(uri, "ticket").ok_or_else(|| Code::TICKET_INVALID.into())
}

/// Closes the connection after the response, because a connection carries one transfer.
fn last(mut answer: Response<Body>) -> Response<Body> {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// The body of a download, which counts its bytes for the minimum rate.
struct Paced {
    body: Body,
    downloading: Downloading,
    download_log: DownloadLog,
    _transfer: Transfer,
}

/// Logs the end of a download when dropped.
struct DownloadLog {
    log: TransferLog,
    file: Uuid,
    length: u64,
    moved: u64,
}

impl Drop for DownloadLog {
    fn drop(&mut self) {
        if self.moved == self.length {
            self.log.moved(self.file, self.length);
        } else {
            self.log.failed(Some(self.file), None);
        }
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let (Poll::Ready(Some(Ok(frame))), Some(pace)) = (&polled, self.downloading.get()) {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            pace.add(bytes);
            self.download_log.moved += bytes as u64;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
