//! The partial file of a download: it lies beside its target until it is whole, and a record of what it is part of lies in
//! the user's folder, so that a later download of the same file into the same target goes on where this one ended.
//!
//! Knows no network. Of downloads of one file into one target at once only the first has a record; the others are lost when
//! they end early.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use hyper::header::{self, HeaderMap};
use serde::{Deserialize, Serialize};
use tim_protocol::{Code, Fault};
use tokio::fs::{self, File};
use tokio::task::spawn_blocking;

use super::files::{self, Digest};
use super::http::{Rest, failed};

/// What the name of a partial file ends in.
pub(super) const PARTIAL: &str = "partial";
/// Most partial files of a user that are kept, and how long one is kept after it last grew.
const MAX_PARTIALS: usize = 64;
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The partial files that downloads of this process write now.
static UNDER_WAY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn under_way() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // Nothing that can panic runs under the lock.
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a partial file is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    /// The strong tag by which the rest is asked for; without one it is begun anew.
    tag: Option<String>,
    size: Option<u64>,
    /// Of the whole, in hexadecimal, where the user's own server said so.
    sha256: Option<String>,
}

impl Content {
    /// The content that a response describes.
    pub(super) fn new(headers: &HeaderMap, size: Option<u64>, is_own: bool) -> Self {
        let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let tag = tag.filter(|tag| tag.starts_with('"')).map(str::to_owned);
        let sha256 = tag.as_deref().filter(|_| is_own).and_then(sha256_in).map(str::to_owned);
        Self { tag, size, sha256 }
    }
}

/// The digest that the tag of an original consists of.
fn sha256_in(tag: &str) -> Option<&str> {
    let digest = tag.strip_prefix('"')?.strip_suffix(".0\"")?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    is_digest.then_some(digest)
}

/// A record: where the partial file is, and what it is part of.
#[derive(Serialize, Deserialize)]
struct Record {
    partial: PathBuf,
    content: Content,
}

impl Record {
    fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }
}

/// The partial file of a download.
pub(super) struct Partial {
    path: PathBuf,
    /// Where its record is, if it has one.
    record: Option<PathBuf>,
    /// What it is part of, if that is known.
    content: Option<Content>,
    length: u64,
    /// This download has written to it, and whether it began with the first byte.
    begun: Option<bool>,
}

impl Partial {
    /// Finds what is there of the file at this address for this target; `records` is the user's folder for records.
    pub(super) async fn open(target: &Path, url: &str, records: Option<PathBuf>) -> Self {
        let target = std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
        let key = key(&target, url);
        let path = named(&target, &key);
        if records.is_none() || !under_way().insert(path.clone()) {
            let path = named(&target, &uuid::Uuid::now_v7().simple().to_string());
            return Self { path, record: None, content: None, length: 0, begun: None };
        }
        let record = records.map(|folder| folder.join(key));
        let mut found = Self { path, record, content: None, length: 0, begun: None };
        found.length = fs::metadata(&found.path).await.map_or(0, |it| it.len());
        if let Some(record) = found.record.clone() {
            let read = spawn_blocking(move || Record::read(&record)).await.ok().flatten();
            let fits = |content: &Content| content.size.is_none_or(|size| found.length <= size);
            found.content = read.filter(|it| it.partial == found.path).map(|it| it.content).filter(fits);
        }
        found
    }

    /// How many bytes are there.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether this download has got something of the file.
    pub(super) fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// What is to be asked for; `None` for all of it.
    pub(super) fn rest(&self) -> Option<Rest> {
        let tag = self.content.as_ref()?.tag.clone()?;
        (self.length > 0).then_some(Rest { offset: self.length, tag })
    }

    /// Whether nothing is lacking.
    pub(super) fn is_whole(&self) -> bool {
        self.length > 0 && self.content.as_ref().is_some_and(|it| it.size == Some(self.length))
    }

    /// Begins to write this content, after the bytes that are there if `offset` is not 0.
    pub(super) async fn begin(&mut self, offset: u64, content: Content) -> io::Result<File> {
        self.begun = Some(self.begun.unwrap_or(false) || offset == 0);
        if offset > 0 {
            return File::options().append(true).open(&self.path).await;
        }
        let file = File::create(&self.path).await?;
        self.length = 0;
        if let (Some(record), Some(_)) = (&self.record, &content.tag) {
            let said = serde_json::to_vec(&Record { partial: self.path.clone(), content: content.clone() });
            // Without a record it is loaded all the same, and not continued later.
            if let (Ok(said), Some(folder)) = (said, record.parent()) {
                let _ = fs::create_dir_all(folder).await;
                let _ = fs::write(record, said).await;
            }
        }
        self.content = Some(content);
        Ok(file)
    }

    /// So many bytes were written.
    pub(super) fn grow(&mut self, bytes: usize) {
        self.length += bytes as u64;
    }

    /// Compares the whole file with what the server said of it. If it differs, it is removed.
    ///
    /// Errors: [`Code::NETWORK_ERROR`] if it is worth another attempt, [`Code::MEDIA_NOT_FOUND`] if all of it came in one
    /// call and is damaged nevertheless.
    pub(super) async fn verify(&mut self) -> Result<(), Fault> {
        let Some(expected) = self.content.as_ref().and_then(|it| it.sha256.clone()) else { return Ok(()) };
        let path = self.path.clone();
        let digest = spawn_blocking(move || Digest::of(&path)).await.map_err(|_| Code::PANICKED)?;
        if digest.map_err(|why| disk(&why))?.sha256 == expected {
            return Ok(());
        }
        self.discard().await;
        if self.begun == Some(true) {
            let why = "the server's file is damaged: ask its sender to send it again";
            return Err(Fault::with_text(Code::MEDIA_NOT_FOUND, why));
        }
        self.begun = Some(false);
        Err(failed(&"the part from an earlier download is damaged"))
    }

    /// Puts the whole file in its place.
    pub(super) async fn complete(&self, target: &Path) -> Result<(), Fault> {
        fs::rename(&self.path, target).await.map_err(|why| disk(&why))?;
        self.forget().await;
        Ok(())
    }

    /// Ends the download early: a later one goes on with what is there, if it can.
    pub(super) async fn keep(&mut self) {
        if self.length == 0 || self.record.is_none() || self.rest().is_none() {
            self.discard().await;
        }
    }

    /// Removes what is there.
    pub(super) async fn discard(&mut self) {
        let _ = fs::remove_file(&self.path).await;
        self.forget().await;
        (self.length, self.content) = (0, None);
    }

    async fn forget(&self) {
        if let Some(record) = &self.record {
            let _ = fs::remove_file(record).await;
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.record.is_some() {
            under_way().remove(&self.path);
        }
    }
}

/// Names a file and a target: the first half of a SHA-256.
fn key(target: &Path, url: &str) -> String {
    let mut key = files::sha256(&[target.as_os_str().as_encoded_bytes(), b"\0", url.as_bytes()].concat());
    key.truncate(32);
    key
}

fn named(target: &Path, key: &str) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(format!(".{key}.{PARTIAL}"));
    path.into()
}

/// Removes the partial files of a user that are too many or too old, and records of what is not there.
pub(super) fn sweep(records: &Path) {
    let mut kept = Vec::new();
    for path in std::fs::read_dir(records).into_iter().flatten().flatten().map(|file| file.path()) {
        let record = Record::read(&path);
        let grown = record.as_ref().and_then(|it| std::fs::metadata(&it.partial).ok()?.modified().ok());
        kept.push((grown, path, record.map(|it| it.partial)));
    }
    kept.sort_by_key(|(grown, ..)| Reverse(*grown));
    for (at, (grown, path, partial)) in kept.into_iter().enumerate() {
        let is_young = |grown: SystemTime| grown.elapsed().map_or(true, |age| age <= KEPT_FOR);
        let is_kept = at < MAX_PARTIALS && grown.is_some_and(is_young);
        let is_used = partial.as_ref().is_some_and(|partial| under_way().contains(partial));
        if !is_kept && !is_used {
            partial.map(std::fs::remove_file);
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The fault of a file that cannot be written.
pub(super) fn disk(why: &io::Error) -> Fault {
    Fault::with_text(files::refusal(why), format!("the file cannot be written: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;

    const URL: &str = "/media/1/0/0";

    fn content(size: u64) -> Content {
        Content { tag: Some("\"a\"".to_owned()), size: Some(size), sha256: None }
    }

    async fn write(partial: &mut Partial, bytes: &[u8]) {
        let mut file = partial.begin(0, content(10)).await.unwrap();
        file.write_all(bytes).await.unwrap();
        file.flush().await.unwrap();
        partial.grow(bytes.len());
    }

    #[tokio::test]
    async fn only_the_first_of_downloads_at_once_is_continued() {
        let folder = tempfile::tempdir().unwrap();
        let (target, records) = (folder.path().join("file"), folder.path().join("records"));
        let open = || Partial::open(&target, URL, Some(records.clone()));
        let (mut first, mut second) = (open().await, open().await);
        write(&mut first, b"hello").await;
        write(&mut second, b"hi").await;
        first.keep().await;
        second.keep().await;
        drop((first, second));
        let again = open().await;
        assert_eq!(again.rest().map(|rest| (rest.offset, rest.tag)), Some((5, "\"a\"".to_owned())));
        let other = Partial::open(&target, "/media/1/0/1", Some(records.clone())).await;
        assert!(other.rest().is_none(), "it is another file");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "the partial file, and records");
    }

    #[tokio::test]
    async fn what_has_no_record_keeps_no_other_from_having_one() {
        let folder = tempfile::tempdir().unwrap();
        let (target, records) = (folder.path().join("file"), folder.path().join("records"));
        let without = Partial::open(&target, URL, None).await;
        assert!(Partial::open(&target, URL, Some(records)).await.record.is_some());
        drop(without);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn of_what_nobody_continues_the_newest_stay_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let records = folder.path().join("records");
        let mut paths = Vec::new();
        for number in 0..MAX_PARTIALS + 2 {
            let target = folder.path().join(number.to_string());
            let mut partial = Partial::open(&target, URL, Some(records.clone())).await;
            write(&mut partial, b"hello").await;
            let file = std::fs::File::options().write(true).open(&partial.path).unwrap();
            let age =
                if number == 0 { KEPT_FOR } else { Duration::ZERO } + Duration::from_secs(1 + number as u64);
            file.set_modified(SystemTime::now() - age).unwrap();
            paths.push(partial.path.clone());
        }
        sweep(&records);
        let is_there: Vec<bool> = paths.iter().map(|path| path.exists()).collect();
        assert!(!is_there[0], "it is too old");
        assert!(!is_there[MAX_PARTIALS + 1], "there are too many");
        assert!(is_there[1..=MAX_PARTIALS].iter().all(|it| *it));
        assert_eq!(std::fs::read_dir(&records).unwrap().count(), MAX_PARTIALS);
        std::fs::remove_file(&paths[1]).unwrap();
        sweep(&records);
        assert_eq!(std::fs::read_dir(&records).unwrap().count(), MAX_PARTIALS - 1);
    }

    #[test]
    fn the_digest_is_that_of_an_original_of_the_own_server() {
        let digest = "0f".repeat(32);
        let of = |tag: String, is_own| {
            let headers = HeaderMap::from_iter([(header::ETAG, tag.parse().unwrap())]);
            Content::new(&headers, Some(1), is_own).sha256
        };
        assert_eq!(of(format!("\"{digest}.0\""), true), Some(digest.clone()));
        assert_eq!(of(format!("\"{digest}.0\""), false), None);
        assert_eq!(of(format!("\"{digest}.1\""), true), None);
        assert_eq!(of("\"another\"".to_owned(), true), None);
    }
}
