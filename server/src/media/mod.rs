//! Files of messages: uploaded and downloaded over HTTP with tickets, and stored by their SHA-256.
//!
//! * This file transfers bytes. `incoming` has what came of uploads, whole or in part. `processor` creates the renditions, by the type of the file.
//! * `media_type` names what a file is. `thumbs` examines a picture: its format, and its two smaller renditions.
//! * `decode` reads the formats, into the copy of bounded size that `canvas` makes; `color` makes its colours sRGB's.
//! * `decode_queue` says whose file is examined next; `range` reads which part of one is asked for; `pace` ends transfers
//!   that are too slow.
//!
//! * `files` is where their bytes are, in the data folder or in a bucket; `cleaner` removes what no message names; `failure` is what a disk that fails means.
//!
//! A file is on stable storage before its record is, so that a record never refers to a missing file.

mod canvas;
mod cleaner;
mod color;
mod decode;
mod decode_queue;
mod failure;
mod files;
mod incoming;
mod media_type;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod memory;
pub(crate) mod pace;
mod processor;
pub(crate) mod range;
mod thumbs;

use std::io;
use std::path::Path;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame, Incoming as HttpBody};
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Response};
use tim_protocol::media::{Rendition, RenditionType, Uploaded};
use tim_protocol::{Code, Fault};
use tokio::sync::RwLock;
use uuid::Uuid;

use crate::clock::Clock;
use crate::core::media_path::MediaPath;
use crate::core::ops::{Media as Record, PutMedia, Query, QueryResult, RemoveMedia, Room, Write};
use crate::core::shares::Shares;
use crate::core::ticket::Upload;
use crate::data::INCOMING;
use crate::response::{Body, full};
use crate::store::Store;
use decode_queue::DecodeQueue;
pub(crate) use files::BucketError;
use files::{FileName, Kept};
pub(crate) use files::{Files, open as open_files, open_and_try as open_and_try_files};
use incoming::Incoming;
use pace::Pace;
use processor::{ProcessedFile, Processor};
use range::Wanted;

/// The files of a server.
pub(crate) struct Media {
    files: Arc<dyn Files>,
    incoming: Incoming,
    decode_queue: DecodeQueue,
    shares: Arc<Shares>,
    clock: Clock,
    /// The most bytes that a user may have stored; 0 for any number.
    quota: u64,
    /// Held from a file's move to its place until it is recorded, and alone by whoever erases files without records.
    placing: Arc<RwLock<()>>,
}

impl Media {
    /// Uploads come into this folder on the way to their place; what came of them long ago is removed.
    pub(crate) fn open(
        files: Arc<dyn Files>,
        folder: &Path,
        shares: Arc<Shares>,
        clock: Clock,
        quota: u64,
    ) -> io::Result<Self> {
        let incoming = Incoming::open(folder.join(INCOMING))?;
        let decode_queue = DecodeQueue::new(Arc::clone(&shares), clock);
        Ok(Self { files, incoming, decode_queue, shares, clock, quota, placing: Arc::default() })
    }

    /// Whether files can be sent and loaded now; if not, a line that says what to do.
    pub(crate) async fn check(&self) -> Result<(), String> {
        self.files.check().await
    }

    /// How many bytes are there of an upload that broke off.
    pub(crate) async fn received(&self, upload: &Upload) -> u64 {
        self.incoming.length(upload).await
    }

    /// Receives an upload, or the rest of one after `offset` bytes.
    ///
    /// Errors: [`Code::MEDIA_MISMATCH`] if these are other bytes than the ticket was given for,
    /// [`Code::TRANSFER_TOO_SLOW`] if they do not keep their pace, those of the file's processor, [`Code::READ_ONLY`] if
    /// the disk does not take them, [`Code::MEDIA_FULL`] if the user has no room for them, [`Code::BUSY`] if something else is
    /// there than what precedes the rest.
    pub(crate) async fn upload(
        &self,
        upload: Upload,
        offset: u64,
        body: HttpBody,
        pace: &Pace,
        store: &dyn Store,
        now: i64,
    ) -> Result<Uploaded, Fault> {
        let mut part = self.incoming.begin(&upload);
        let received = part.receive(body, &upload, offset, pace).await;
        self.incoming.bound(upload.owner);
        received?;
        let file_type = upload.file_type;
        // Whoever works with the part has it: it is not removed, and its name not given to another, as long as it takes, also if
        // nobody waits for the end.
        let probed = tokio::task::spawn_blocking(move || {
            Ok::<_, Fault>((Processor::of(file_type, &part.path)?, part))
        });
        let (processor, part) = probed.await.map_err(|_| Code::INTERNAL)??;
        let permit = match processor.work() {
            Some(work) => Some(self.decode_queue.take(upload.owner, work).await?),
            None => None,
        };
        let made = tokio::task::spawn_blocking(move || {
            let _turn = permit;
            Ok::<_, Fault>((processor.run(&part.path)?, part))
        });
        // A panic of the decoder means that it cannot read the image; a retry would not help.
        let (made, part) = made.await.map_err(|_| Code::IMAGE_DAMAGED)??;
        self.shares.stored(upload.owner, upload.size, self.clock.now().monotonic);
        let placing = Arc::clone(&self.placing).read_owned().await;
        // Unless these bytes are recorded in the end, the next cleaning erases them.
        let Upload { app, owner, size, sha256, nonce, .. } = upload;
        let (unrecorded, room) = (vec![sha256.clone()], Some(Room { owner, size, quota: self.quota }));
        store.write(Write::RemoveMedia(RemoveMedia { unrecorded, room, ..RemoveMedia::default() })).await?;
        let smaller = made.renditions().collect();
        let kept = Kept { sha256: sha256.clone(), original: part.path.clone(), smaller };
        let files = Arc::clone(&self.files);
        // A task of its own, so that nothing is erased meanwhile, also if nobody waits for the end.
        let keeping = tokio::spawn(async move {
            files.keep(kept).await?;
            drop(part);
            Ok::<_, Fault>(placing)
        });
        let _placing = keeping.await.map_err(|_| Code::INTERNAL)??;
        let id = Uuid::new_v4();
        let names = made.names.iter().copied().collect();
        let media = Record { app, id, owner, sha256, size, time: now };
        let put = PutMedia { media, names, ticket: nonce, quota: self.quota };
        store.write(Write::PutMedia(put)).await?;
        metrics::counter!("tim_uploads_total").increment(1);
        Ok(describe(app, id, size, &made))
    }

    /// Serves a file, or the requested range of it.
    ///
    /// Errors: [`Code::MEDIA_NOT_FOUND`].
    pub(crate) async fn download(
        &self,
        MediaPath { app, id, rendition }: MediaPath,
        method: &Method,
        asked: &HeaderMap,
        store: &dyn Store,
    ) -> Result<Response<Body>, Fault> {
        let QueryResult::Media(Some(record)) = store.query(Query::Media { app, id }).await? else {
            return Err(Code::MEDIA_NOT_FOUND.into());
        };
        let name = FileName { sha256: record.sha256, rendition };
        let found = self.files.open(&name).await?;
        let length = found.length;
        let kind = media_type::of(found.head.get(..media_type::HEAD_BYTES).unwrap_or(&found.head));
        let tag = format!("\"{}.{}\"", name.sha256, u32::from(rendition));
        let part = range::wanted(method, asked, &tag, length);
        if let Wanted::Nothing = part {
            return Ok(range::beyond(length));
        }
        let (start, count) = part.bounds(length);
        let mut answer = Response::new(self.body(&name, &found.head, start, count).await?);
        part.describe(length, &mut answer);
        let headers = answer.headers_mut();
        headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(|_| Code::INTERNAL)?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if kind == media_type::UNKNOWN {
            // Makes a browser save it, and never show or run it as a page of this server.
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
        Ok(answer)
    }

    /// So many bytes of a file, which begins with this head, from `start` on.
    async fn body(&self, name: &FileName, head: &Bytes, start: u64, count: u64) -> Result<Body, Fault> {
        let place = |at: u64| usize::try_from(at).ok().filter(|at| *at <= head.len());
        if let (Some(from), Some(to)) = (place(start), place(start + count)) {
            return Ok(full(head.slice(from..to)));
        }
        let bytes = self.files.read(name, start, count).await?;
        Ok(StreamBody::new(bytes.map_ok(Frame::data)).boxed_unsync())
    }
}

fn describe(app: u32, id: Uuid, size: u64, made: &ProcessedFile) -> Uploaded {
    let rendition = |rendition_type, file, size, (width, height)| {
        let url = MediaPath { app, id, rendition: file }.to_string();
        Rendition { rendition_type, size, width, height, url }
    };
    let original = |rendition_type| rendition(rendition_type, RenditionType::Original, size, made.dimensions);
    let smaller = made.smaller.iter().map(|(rendition_type, smaller)| match smaller {
        Some(it) => rendition(*rendition_type, *rendition_type, it.bytes.len() as u64, it.dimensions),
        None => original(*rendition_type),
    });
    Uploaded {
        uuid: id,
        renditions: std::iter::once(original(RenditionType::Original)).chain(smaller).collect(),
    }
}
