//! What has come of uploads. What is there of one whose connection broke stays for a day, so that another upload of the same
//! file by the same user goes on with it.
//!
//! A file is named by its owner and its digest. Of equal uploads at once only the first is continued later.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming as HttpBody};
use sha2::{Digest as _, Sha256};
use tim_protocol::{Code, Fault};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::time::{timeout, timeout_at};
use uuid::Uuid;

use super::failure::disk;
use super::pace::Pace;
use crate::core::ops::UserKey;
use crate::core::ticket::Upload;
use crate::data::hex;

/// Most parts of uploads of one user that are kept; the oldest is removed.
const MAX_PARTS: usize = 4;
/// How long a part is kept after it last grew.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Bytes read at once of what is there.
const READ_BYTES: usize = 64 * 1024;
/// How long a question waits for an upload that may be ending.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

/// The folder of what has come.
pub(super) struct Incoming {
    folder: PathBuf,
    under_way: Arc<UnderWay>,
}

/// The files that are being written.
#[derive(Default)]
struct UnderWay {
    paths: Mutex<BTreeSet<PathBuf>>,
    /// Something has ended.
    ended: Notify,
}

impl UnderWay {
    fn paths(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        // Nothing that can panic runs under the lock.
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, path: &Path) {
        self.paths().remove(path);
        self.ended.notify_waiters();
    }

    /// Waits until this file is not written any more.
    async fn ended(&self, path: &Path) {
        loop {
            let ended = self.ended.notified();
            if !self.paths().contains(path) {
                return;
            }
            ended.await;
        }
    }
}

impl Incoming {
    /// Opens the folder, and removes what is too old.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let incoming = Self { folder, under_way: Arc::default() };
        incoming.sweep();
        Ok(incoming)
    }

    fn path(&self, upload: &Upload) -> PathBuf {
        self.folder.join(prefix(upload.owner) + &upload.sha256)
    }

    /// How many bytes of a file are there to go on with. Waits a little for what is still read of a connection that broke.
    pub(super) async fn length(&self, upload: &Upload) -> u64 {
        let path = self.path(upload);
        if timeout(ENDS_WITHIN, self.under_way.ended(&path)).await.is_err() {
            return 0;
        }
        let length = tokio::fs::metadata(path).await.map_or(0, |it| it.len());
        // What is all there was refused, or broke off before it was examined.
        if length < upload.size { length } else { 0 }
    }

    /// An upload begins.
    pub(super) fn begin(&self, upload: &Upload) -> Part {
        let (own, under_way) = (self.path(upload), Arc::clone(&self.under_way));
        if under_way.paths().insert(own.clone()) {
            return Part { path: own, under_way: Some(under_way), stays: false };
        }
        Part { path: self.folder.join(Uuid::new_v4().to_string()), under_way: None, stays: false }
    }

    /// Removes parts that have not grown for too long.
    pub(super) fn sweep(&self) {
        self.remove(self.parts("").into_iter().filter(|(grown, _)| {
            let age = grown.elapsed().unwrap_or_default();
            age > KEPT_FOR
        }));
    }

    /// Removes the oldest parts of a user that are too many.
    pub(super) fn bound(&self, owner: UserKey) {
        let mut parts = self.parts(&prefix(owner));
        parts.sort();
        let too_many = parts.len().saturating_sub(MAX_PARTS);
        self.remove(parts.into_iter().take(too_many));
    }

    /// The files of this name's beginning, and when they last grew.
    fn parts(&self, begin: &str) -> Vec<(SystemTime, PathBuf)> {
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = files.filter(|file| file.file_name().to_string_lossy().starts_with(begin));
        files.filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path()))).collect()
    }

    fn remove(&self, parts: impl Iterator<Item = (SystemTime, PathBuf)>) {
        for (_, path) in parts {
            let under_way = self.under_way.paths();
            if !under_way.contains(&path) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

fn prefix(owner: UserKey) -> String {
    format!("{}-", owner.0)
}

/// The file of an upload that is under way. It is removed when dropped, unless it was moved away or broke off.
pub(super) struct Part {
    pub(super) path: PathBuf,
    /// Where its path is noted, if a later upload may go on with it.
    under_way: Option<Arc<UnderWay>>,
    stays: bool,
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.stays || self.under_way.is_none() {
            let _ = std::fs::remove_file(&self.path);
        }
        if let Some(under_way) = &self.under_way {
            under_way.end(&self.path);
        }
    }
}

impl Part {
    /// Writes the body behind the first `offset` bytes of the file, and checks size and digest of the whole.
    ///
    /// Errors: [`Code::MEDIA_MISMATCH`], [`Code::TRANSFER_TOO_SLOW`], those of the disk; [`Code::BUSY`] if it is to be
    /// begun again, because something else is there than what it goes on with.
    pub(super) async fn receive(
        &mut self,
        body: HttpBody,
        upload: &Upload,
        offset: u64,
        pace: &Pace,
    ) -> Result<(), Fault> {
        if body.size_hint().exact().is_some_and(|size| Some(size) != upload.size.checked_sub(offset)) {
            self.stays = offset > 0;
            return Err(Fault::new(Code::MEDIA_MISMATCH));
        }
        let (mut file, mut digest) = if offset == 0 {
            (File::create(&self.path).await.map_err(|why| disk(&self.path, &why))?, Sha256::new())
        } else {
            self.reopen(offset).await?
        };
        // From here on what has come stays also if nobody waits for the end.
        self.stays = true;
        let received = append(body, (&mut file, &self.path), &mut digest, upload.size - offset, pace).await;
        let flushed = file.flush().await.map_err(|why| disk(&self.path, &why));
        let is_whole = received.and_then(|is_whole| flushed.map(|()| is_whole));
        self.stays = matches!(&is_whole, Ok(false))
            || is_whole.as_ref().is_err_and(|why| why.code == Code::TRANSFER_TOO_SLOW);
        if !is_whole? {
            return Err(Fault::with_text(Code::MEDIA_MISMATCH, "the upload broke off"));
        }
        // What a connection that broke had still under way may have been written between.
        let length = file.metadata().await.map_err(|why| disk(&self.path, &why))?.len();
        if length == upload.size && hex(&digest.finalize()) == upload.sha256 {
            return file.sync_all().await.map_err(|why| disk(&self.path, &why));
        }
        Err(if offset > 0 { begin_again() } else { Fault::new(Code::MEDIA_MISMATCH) })
    }

    /// Opens a file that is there to go on with it; and the digest of what is there.
    async fn reopen(&mut self, offset: u64) -> Result<(File, Sha256), Fault> {
        let mut file =
            File::options().read(true).append(true).open(&self.path).await.map_err(|_| begin_again())?;
        let (mut digest, mut length, mut bytes) = (Sha256::new(), 0, vec![0; READ_BYTES]);
        loop {
            let read = file.read(&mut bytes).await.map_err(|why| disk(&self.path, &why))?;
            digest.update(bytes.get(..read).unwrap_or_default());
            length += read as u64;
            if read == 0 {
                // Another part is there: its uploader asks again.
                self.stays = length != offset;
                return if self.stays { Err(begin_again()) } else { Ok((file, digest)) };
            }
        }
    }
}

fn begin_again() -> Fault {
    Fault::with_text(Code::BUSY, "another part of the file is here: ask how much, and go on from there")
}

/// Writes the body to the file; false if the connection broke before its end.
async fn append(
    mut body: HttpBody,
    (file, path): (&mut File, &Path),
    digest: &mut Sha256,
    size: u64,
    pace: &Pace,
) -> Result<bool, Fault> {
    let too_slow = |_| {
        metrics::counter!("tim_slow_transfers_total", "direction" => "upload").increment(1);
        Fault::new(Code::TRANSFER_TOO_SLOW)
    };
    let mut received = 0;
    while let Some(frame) = timeout_at(pace.deadline(), body.frame()).await.map_err(too_slow)? {
        let Ok(frame) = frame else { return Ok(false) };
        let Ok(bytes) = frame.into_data() else { continue };
        pace.add(bytes.len());
        received += bytes.len() as u64;
        if received > size {
            return Err(Fault::new(Code::MEDIA_MISMATCH));
        }
        digest.update(&bytes);
        file.write_all(&bytes).await.map_err(|why| disk(path, &why))?;
    }
    if received == size { Ok(true) } else { Err(Fault::new(Code::MEDIA_MISMATCH)) }
}
