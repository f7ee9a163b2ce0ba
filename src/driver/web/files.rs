//! What a page has in place of folders: databases and the files of messages, each file under a path of its own. A file is bytes in memory,
//! or a `Blob` of the page's, which the browser keeps where it is.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use js_sys::Uint8Array;
use tim_protocol::{Code, Fault, MessageId, UserId};
use wasm_bindgen::JsValue;

use super::local_files::LocalFile;
use crate::error::TimError;
use crate::store::{DatabaseFile, DatabaseKey, PageKeeper};

/// A file of a message: whose, of which message, and which of its files.
pub(crate) type FileOf<'a> = (&'a UserId, MessageId, usize);

/// Where the files are that a page adds, until they are sent.
const ADDED: &str = "/added";

/// Tells files of one name apart.
static NEXT: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// The files of the page, by their paths: objects of JavaScript stay on their thread.
    static FILES: RefCell<HashMap<PathBuf, PageFile>> = RefCell::default();
}

/// A file of the page.
#[derive(Clone)]
pub(super) enum PageFile {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// In the browser: a `Blob`, of which the first bytes are known.
    Blob { blob: JsValue, size: u64, head: Arc<[u8]> },
}

impl PageFile {
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Blob { size, .. } => *size,
        }
    }

    /// As a request takes it.
    pub(super) fn body(&self) -> JsValue {
        match self {
            Self::Bytes(bytes) => Uint8Array::from(&**bytes).into(),
            Self::Blob { blob, .. } => blob.clone(),
        }
    }
}

/// Adds a file of the page's, a `Blob` or what is like one, with its size and its first bytes. Gives the path by which messages are
/// created of it.
#[must_use]
pub fn add_file(name: &str, blob: JsValue, size: u64, head: &[u8]) -> PathBuf {
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    let name = Path::new(name).file_name().unwrap_or_else(|| "file".as_ref());
    let path = Path::new(ADDED).join(number).join(name);
    put(path.clone(), PageFile::Blob { blob, size, head: head.into() });
    path
}

fn put(path: PathBuf, file: PageFile) {
    FILES.with_borrow_mut(|files| files.insert(path, file));
}

/// A file of the page.
pub(super) fn find(path: &Path) -> Option<PageFile> {
    FILES.with_borrow(|files| files.get(path).cloned())
}

/// The beginning of a file, and its size.
pub(super) fn open(path: &Path) -> io::Result<(Cursor<Arc<[u8]>>, u64)> {
    let file = find(path).ok_or(io::ErrorKind::NotFound)?;
    let size = file.size();
    match file {
        PageFile::Bytes(head) | PageFile::Blob { head, .. } => Ok((Cursor::new(head), size)),
    }
}

/// What an instance keeps. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// Where its files are.
    folder: Arc<Folder>,
    /// What the databases are kept below; empty if they are not.
    kept_below: String,
    databases: Arc<Mutex<HashMap<UserId, DatabaseFile>>>,
}

/// The folder of an instance: what is in it goes with it.
#[derive(Debug)]
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // A page that ends has nothing to forget.
        let _ = FILES.try_with(|files| files.borrow_mut().retain(|path, _| !path.starts_with(&self.0)));
    }
}

impl Files {
    /// Nothing yet, and a name for the page. Databases are kept below the folder of this name, if it is not empty.
    pub(crate) fn open(data_dir: &Path, sdk_app_id: u32) -> Result<(Self, String), TimError> {
        let folder = Path::new("/kept").join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        let name = uuid::Uuid::now_v7().simple().to_string();
        let below = data_dir.to_string_lossy();
        let kept_below = if below.is_empty() { String::new() } else { format!("{below}/{sdk_app_id}") };
        Ok((Self { folder: Arc::new(Folder(folder)), kept_below, databases: Arc::default() }, name))
    }

    pub(crate) fn with_key(self, _: Option<DatabaseKey>) -> Self {
        self
    }

    pub(crate) fn has_key(&self, _: Option<&DatabaseKey>) -> bool {
        true
    }

    fn databases(&self) -> MutexGuard<'_, HashMap<UserId, DatabaseFile>> {
        self.databases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A user's database. Nothing of a guest is kept.
    pub(crate) fn database(&self, user: &UserId) -> Result<DatabaseFile, Fault> {
        let below: &str = if user.is_guest() { "" } else { &self.kept_below };
        let new = || DatabaseFile::new(PageKeeper::new(below, user.as_str()));
        Ok(self.databases().entry(user.clone()).or_insert_with(new).clone())
    }

    fn user(&self, user: &UserId) -> PathBuf {
        self.folder.0.join(hex(user.as_str().as_bytes()))
    }

    /// The path of a message's first file.
    pub(crate) fn copy(&self, user: &UserId, id: MessageId) -> PathBuf {
        self.user(user).join(id.to_string())
    }

    /// The path of a message's file, if it is here.
    pub(crate) fn kept(&self, user: &UserId, id: MessageId, place: usize) -> Option<PathBuf> {
        Some(beside(&self.copy(user, id), place)).filter(|copy| find(copy).is_some())
    }

    /// Keeps the bytes of a file.
    pub(crate) fn write(&self, (user, id, place): FileOf<'_>, bytes: &[u8]) -> Result<PathBuf, TimError> {
        let path = beside(&self.copy(user, id), place);
        self.put(path.clone(), bytes.into());
        Ok(path)
    }

    /// Keeps the bytes of a file under a path.
    pub(crate) fn put(&self, path: PathBuf, bytes: Arc<[u8]>) {
        put(path, PageFile::Bytes(bytes));
    }

    /// The bytes of a file in memory, if it has no more than so many.
    pub(crate) fn read(&self, path: &Path, max_bytes: u64) -> Option<Arc<[u8]>> {
        match find(path)? {
            PageFile::Bytes(bytes) if bytes.len() as u64 <= max_bytes => Some(bytes),
            _ => None,
        }
    }

    /// Keeps a file that is sent, in place of the one that the page added.
    pub(crate) fn keep(
        &self,
        (user, id, place): FileOf<'_>,
        source: &LocalFile,
    ) -> Result<PathBuf, TimError> {
        let copy = beside(&self.copy(user, id), place);
        let file = find(&source.source).ok_or(Code::FILE_UNREADABLE)?;
        source.file_type.check_size(file.size())?;
        self.remove(&source.source);
        put(copy.clone(), file);
        Ok(copy)
    }

    pub(crate) fn has_copies(&self, user: &UserId, id: MessageId) -> bool {
        self.kept(user, id, 0).is_some()
    }

    /// Forgets the files of a message.
    pub(crate) fn remove_copies(&self, user: &UserId, id: MessageId) {
        let first = self.copy(user, id);
        FILES.with_borrow_mut(|files| files.retain(|path, _| path.with_extension("") != first));
    }

    /// Forgets the files of messages that were sent: a page has their addresses.
    pub(crate) fn sweep(&self, user: &UserId, wanted: &HashSet<PathBuf>) {
        let folder = self.user(user);
        let stays = |path: &Path| !path.starts_with(&folder) || wanted.contains(&path.with_extension(""));
        FILES.with_borrow_mut(|files| files.retain(|path, _| stays(path)));
    }

    /// Forgets a file of a message that cannot be sent any more.
    pub(crate) fn forget(&self, file: &LocalFile) {
        self.remove(&file.source);
    }

    /// Forgets a file.
    pub(crate) fn remove(&self, path: &Path) {
        FILES.with_borrow_mut(|files| files.remove(path));
    }
}

/// The path of a message's file at this place, beside that of the first.
pub(crate) fn beside(first: &Path, place: usize) -> PathBuf {
    if place == 0 { first.to_owned() } else { first.with_extension(place.to_string()) }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
