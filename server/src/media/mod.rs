//! Files of messages: their bytes come and go over HTTP with tickets, and lie in the data folder by their SHA-256.
//!
//! * This file moves bytes. `processor` says what is made of a file, by its type.
//! * `thumbs` looks at a picture: what kind it is, and its two smaller sizes.
//! * `decode` reads the formats, into the copy of bounded size that `canvas` makes; `color` makes its colours sRGB's.
//! * `turns` says whose picture is decoded next; `range` reads which part of one is asked for.
//!
//! A file is on stable storage before its record is, so a record never names a file that is not there.

mod canvas;
mod color;
mod decode;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod memory;
mod processor;
mod range;
mod thumbs;
mod turns;

use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Body as _, Bytes, Frame, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Response};
use sha2::{Digest as _, Sha256};
use tim_protocol::Code;
use tim_protocol::frame::Fault;
use tim_protocol::media::{Rendition, RenditionType, Uploaded};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, Take};
use tokio::time::timeout_at;
use uuid::Uuid;

use crate::clock::Clock;
use crate::core::ops::{Find, Found, Media as Record, Write};
use crate::core::shares::Shares;
use crate::core::ticket::Upload;
use crate::data::hex;
use crate::net::http::Body;
use crate::net::pace::Pace;
use crate::store::Store;
use processor::{Made, Processor};
use range::Wanted;
use turns::Turns;

/// Bytes read from a file at once.
const CHUNK: usize = 64 * 1024;
/// Where uploads grow, inside the folder of files.
pub(crate) const INCOMING: &str = "incoming";

/// The files of a server.
pub(crate) struct Media {
    folder: PathBuf,
    turns: Turns,
    shares: Arc<Shares>,
    clock: Clock,
}

impl Media {
    /// The files in a folder. What an earlier run left half uploaded is removed.
    pub(crate) fn open(folder: PathBuf, shares: Arc<Shares>, clock: Clock) -> io::Result<Self> {
        let incoming = folder.join(INCOMING);
        if incoming.exists() {
            std::fs::remove_dir_all(&incoming)?;
        }
        std::fs::create_dir_all(&incoming)?;
        let turns = Turns::new(Arc::clone(&shares), clock);
        Ok(Self { folder, turns, shares, clock })
    }

    /// Takes a file in, as its ticket says.
    ///
    /// Errors: [`Code::MEDIA_MISMATCH`] if these are other bytes than the ticket was given for,
    /// [`Code::TRANSFER_TOO_SLOW`] if they do not keep their pace, those of the file's processor, [`Code::READ_ONLY`] if
    /// the disk does not take them.
    pub(crate) async fn upload(
        &self,
        upload: Upload,
        body: Incoming,
        pace: &Pace,
        store: &dyn Store,
        now: i64,
    ) -> Result<Uploaded, Fault> {
        let partial = Partial(self.folder.join(INCOMING).join(Uuid::new_v4().to_string()));
        receive(body, &upload, pace, &partial.0).await?;
        let (place, path, file_type) = (self.place(&upload.sha256), partial.0.clone(), upload.file_type);
        let probed = path.clone();
        let processor = tokio::task::spawn_blocking(move || Processor::of(file_type, &probed)).await;
        let processor = processor.map_err(|_| Code::INTERNAL)??;
        let turn = match processor.pixels() {
            Some(pixels) => Some(self.turns.take(upload.owner, pixels).await?),
            None => None,
        };
        let made = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let made = processor.run(&path)?;
            keep(&path, &place, &made).map_err(|why| disk(&place, &why))?;
            Ok::<_, Fault>(made)
        });
        // A decoder that panics has met a picture that it cannot read: trying again would not help.
        let made = made.await.map_err(|_| Code::IMAGE_DAMAGED)??;
        let id = Uuid::new_v4();
        let Upload { app, owner, size, sha256, nonce, .. } = upload;
        store.write(Write::PutMedia(Record { app, id, owner, sha256, size, ticket: nonce, now })).await?;
        self.shares.stored(owner, size, self.clock.now().monotonic);
        metrics::counter!("tim_uploads_total").increment(1);
        Ok(describe(app, id, size, &made))
    }

    /// Gives a file out: all of it, or the part that is asked for.
    ///
    /// Errors: [`Code::MEDIA_NOT_FOUND`].
    pub(crate) async fn download(
        &self,
        (app, id, rendition): (u32, Uuid, RenditionType),
        asked: &HeaderMap,
        store: &dyn Store,
    ) -> Result<Response<Body>, Fault> {
        let Found::Media(Some(record)) = store.find(Find::Media { app, id }).await? else {
            return Err(Code::MEDIA_NOT_FOUND.into());
        };
        let path = lies(&self.place(&record.sha256), rendition);
        let mut file = File::open(&path).await.map_err(|why| disk(&path, &why))?;
        let length = file.metadata().await.map_err(|why| disk(&path, &why))?.len();
        let mut head = [0; 16];
        let read = file.read(&mut head).await.map_err(|why| disk(&path, &why))?;
        let kind = thumbs::mime_of(head.get(..read).unwrap_or_default());
        let tag = format!("\"{}.{}\"", record.sha256, u32::from(rendition));
        let part = range::wanted(asked, &tag, length);
        if let Wanted::Nothing = part {
            return Ok(range::beyond(length));
        }
        let (start, count) = part.bounds(length);
        file.seek(SeekFrom::Start(start)).await.map_err(|why| disk(&path, &why))?;
        let mut answer = Response::new(StreamBody::new(chunks(file.take(count))).boxed_unsync());
        part.describe(length, &mut answer);
        let headers = answer.headers_mut();
        headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(|_| Code::INTERNAL)?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if kind == thumbs::UNKNOWN_KIND {
            // A browser saves it, and never shows or runs it as a page of this server's.
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
        Ok(answer)
    }

    /// Where a file lies, without the ending that tells its rendition. Equal files lie there once.
    fn place(&self, sha256: &str) -> PathBuf {
        self.folder.join(sha256.get(..2).unwrap_or_default()).join(sha256)
    }
}

/// A file that is removed unless it was moved away.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Reads `/media/<app>/<id>/<rendition>`.
pub(crate) fn parse(path: &str) -> Option<(u32, Uuid, RenditionType)> {
    let mut parts = path.strip_prefix("/media/")?.split('/');
    let (app, id) = (parts.next()?.parse().ok()?, Uuid::parse_str(parts.next()?).ok()?);
    let rendition = RenditionType::from(parts.next()?.parse::<u32>().ok()?);
    let is_known = !matches!(rendition, RenditionType::Other(_));
    (is_known && parts.next().is_none()).then_some((app, id, rendition))
}

fn lies(place: &Path, rendition: RenditionType) -> PathBuf {
    place.with_extension(u32::from(rendition).to_string())
}

/// Writes what comes into a file, and checks that it is what was announced.
async fn receive(mut body: Incoming, upload: &Upload, pace: &Pace, path: &Path) -> Result<(), Fault> {
    let mismatch = || Fault::new(Code::MEDIA_MISMATCH);
    if body.size_hint().exact().is_some_and(|size| size != upload.size) {
        return Err(mismatch());
    }
    let failed = |why: io::Error| disk(path, &why);
    let mut file = File::create(path).await.map_err(failed)?;
    let (mut digest, mut size) = (Sha256::new(), 0);
    let broken = || Fault::with_text(Code::MEDIA_MISMATCH, "the upload broke off");
    let too_slow = |_| {
        metrics::counter!("tim_slow_transfers_total", "direction" => "upload").increment(1);
        Fault::new(Code::TRANSFER_TOO_SLOW)
    };
    while let Some(frame) = timeout_at(pace.deadline(), body.frame()).await.map_err(too_slow)? {
        let frame = frame.map_err(|_| broken())?;
        let Ok(bytes) = frame.into_data() else { continue };
        pace.add(bytes.len());
        size += bytes.len() as u64;
        if size > upload.size {
            return Err(mismatch());
        }
        digest.update(&bytes);
        file.write_all(&bytes).await.map_err(failed)?;
    }
    if size != upload.size || hex(&digest.finalize()) != upload.sha256 {
        return Err(mismatch());
    }
    file.sync_all().await.map_err(failed)
}

/// Puts a file and what was made of it where they stay, each whole or not at all. What is there already belongs to
/// earlier messages too and is left as it is.
fn keep(uploaded: &Path, place: &Path, made: &Made) -> io::Result<()> {
    let folder = place.parent().unwrap_or(place);
    std::fs::create_dir_all(folder)?;
    for (rendition, smaller) in &made.smaller {
        let path = lies(place, *rendition);
        let Some(smaller) = smaller.as_ref().filter(|_| !path.exists()) else { continue };
        let partial = Partial(uploaded.with_extension(u32::from(*rendition).to_string()));
        std::fs::write(&partial.0, &smaller.bytes)?;
        std::fs::File::open(&partial.0)?.sync_all()?;
        std::fs::rename(&partial.0, path)?;
    }
    std::fs::rename(uploaded, lies(place, RenditionType::Original))?;
    std::fs::File::open(folder)?.sync_all()?;
    folder.parent().map_or(Ok(()), |media| std::fs::File::open(media)?.sync_all())
}

fn describe(app: u32, id: Uuid, size: u64, made: &Made) -> Uploaded {
    let rendition = |rendition_type, file, size, (width, height)| {
        let url = format!("/media/{app}/{id}/{}", u32::from(file));
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

fn chunks(file: Take<File>) -> impl stream::Stream<Item = io::Result<Frame<Bytes>>> + Send {
    stream::try_unfold(file, |mut file| async move {
        let mut bytes = Vec::with_capacity(CHUNK);
        let read = file.read_buf(&mut bytes).await?;
        Ok((read > 0).then(|| (Frame::data(bytes.into()), file)))
    })
}

fn disk(path: &Path, why: &io::Error) -> Fault {
    tracing::error!(path = %path.display(), %why, "a file of a message could not be used");
    let code = if why.kind() == io::ErrorKind::NotFound { Code::MEDIA_NOT_FOUND } else { Code::READ_ONLY };
    Fault::new(code)
}
