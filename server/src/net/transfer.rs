//! A file's way in or out over HTTP: whose ticket it is, whether their share allows it, and that its bytes keep pace.
//!
//! What the bytes are is `media`'s to know.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use tim_protocol::Code;
use tim_protocol::frame::Fault;
use tokio::sync::{SetOnce, watch};
use uuid::Uuid;

use super::http::{Body, json, query};
use super::log::TransferLog;
use super::pace::Pace;
use super::{Shared, told};
use crate::core::shares::Transfer;
use crate::core::ticket;
use crate::media;

/// The pace of the download that a connection carries, once it does.
pub(super) type Downloading = Arc<SetOnce<Pace>>;

/// Takes a file in. A server that stops waits for none: the sender uploads it again.
///
/// Errors: `TICKET_…` by the ticket, those of [`crate::core::shares::Shares::upload`], those of the file, and
/// [`Code::SHUTTING_DOWN`].
pub(super) async fn upload(
    shared: &Shared,
    request: Request<Incoming>,
    admitted: impl FnOnce(),
    mut stop: watch::Receiver<bool>,
) -> Result<Response<Body>, Fault> {
    let now = shared.now();
    let ticket = ticket_of(request.uri())?;
    let upload = ticket::read_upload(&shared.settings.ticket_key, &ticket, now.wall)?;
    let (app, user, size) = (upload.app, upload.owner, upload.size);
    let log = TransferLog { direction: "upload", app, user, began: Instant::now() };
    let take_in = async {
        let _transfer = shared.shares.upload(user, size, now.monotonic)?;
        admitted();
        let pace = shared.least_pace.start();
        shared.media.upload(upload, request.into_body(), &pace, &*shared.store, now.wall).await
    };
    let ended = tokio::select! {
        ended = take_in => ended,
        () = told(&mut stop) => Err(Code::SHUTTING_DOWN.into()),
    };
    match ended {
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

/// Gives a file out, or only its head.
///
/// Errors: `TICKET_…` by the ticket, those of [`crate::core::shares::Shares::download`], [`Code::MEDIA_NOT_FOUND`].
pub(super) async fn download(
    shared: &Shared,
    request: &Request<Incoming>,
    admitted: impl FnOnce(),
    downloading: Downloading,
) -> Result<Response<Body>, Fault> {
    let now = shared.now();
    let place @ (app, id, _) = media::parse(request.uri().path()).ok_or(Code::MEDIA_NOT_FOUND)?;
    let ticket = ticket_of(request.uri())?;
    let holder = ticket::check_download(&shared.settings.ticket_key, &ticket, app, id, now.wall)?;
    let log = TransferLog { direction: "download", app, user: holder, began: Instant::now() };
    let give_out = async {
        let transfer = shared.shares.download(holder, now.monotonic)?;
        admitted();
        Ok((transfer, shared.media.download(place, request.headers(), &*shared.store).await?))
    };
    let (transfer, answer) =
        give_out.await.inspect_err(|fault: &Fault| log.failed(Some(id), Some(fault.code)))?;
    // One transfer per connection.
    let _ = downloading.set(shared.least_pace.start());
    // Whoever asks for the head has all of it.
    let is_head = request.method() == Method::HEAD;
    let length = answer
        .headers()
        .get(header::CONTENT_LENGTH)
        .filter(|_| !is_head)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let told = Told { log, file: id, length: length.unwrap_or(0), moved: 0 };
    Ok(last(answer.map(|body| Paced { body, downloading, told, _transfer: transfer }.boxed_unsync())))
}

/// Ends when a connection's download has fallen behind its least pace for good.
pub(super) async fn stalled(downloading: &SetOnce<Pace>) {
    downloading.wait().await.lost().await;
}

fn ticket_of(uri: &Uri) -> Result<String, Fault> {
    query(uri, "ticket").ok_or_else(|| Code::TICKET_INVALID.into())
}

/// One transfer per connection: what comes after it would have no place.
fn last(mut answer: Response<Body>) -> Response<Body> {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// A body whose bytes count for the pace of its download, and whose end is the end of the transfer.
struct Paced {
    body: Body,
    downloading: Downloading,
    told: Told,
    _transfer: Transfer,
}

/// Tells the log of a download when it ends, however it does.
struct Told {
    log: TransferLog,
    file: Uuid,
    length: u64,
    moved: u64,
}

impl Drop for Told {
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
            self.told.moved += bytes as u64;
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
