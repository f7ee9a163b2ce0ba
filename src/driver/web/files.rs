//! What a page has in place of folders: databases and the files of messages in memory, each file under a path of its own.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use tim_protocol::{Code, Fault, MessageId, UserId};

use crate::driver::local_files::LocalFile;
use crate::error::TimError;
use crate::store::{DatabaseFile, DatabaseKey};

/// A file of a message: whose, of which message, and which of its files.
pub(crate) type FileOf<'a> = (&'a UserId, MessageId, usize);

/// What an instance keeps. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    databases: HashMap<UserId, DatabaseFile>,
    files: HashMap<PathBuf, Arc<[u8]>>,
}

impl Files {
    /// Nothing yet, and a name for the page.
    pub(crate) fn open(_: &Path, _: u32) -> Result<(Self, String), TimError> {
        Ok((Self::default(), uuid::Uuid::now_v7().simple().to_string()))
    }

    pub(crate) fn with_key(self, _: Option<DatabaseKey>) -> Self {
        self
    }

    pub(crate) fn has_key(&self, _: Option<&DatabaseKey>) -> bool {
        true
    }

    fn kept_here(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A user's database.
    pub(crate) fn database(&self, user: &UserId) -> Result<DatabaseFile, Fault> {
        Ok(self.kept_here().databases.entry(user.clone()).or_default().clone())
    }

    /// The path of a message's first file.
    pub(crate) fn copy(&self, user: &UserId, id: MessageId) -> PathBuf {
        PathBuf::from(format!("/{}/{id}", hex(user.as_str().as_bytes())))
    }

    /// The path of a message's file, if it is here.
    pub(crate) fn kept(&self, user: &UserId, id: MessageId, place: usize) -> Option<PathBuf> {
        Some(beside(&self.copy(user, id), place)).filter(|copy| self.kept_here().files.contains_key(copy))
    }

    /// Keeps the bytes of a file.
    pub(crate) fn write(&self, (user, id, place): FileOf<'_>, bytes: &[u8]) -> Result<PathBuf, TimError> {
        let path = beside(&self.copy(user, id), place);
        self.put(path.clone(), bytes.into());
        Ok(path)
    }

    /// Keeps the bytes of a file under a path.
    pub(crate) fn put(&self, path: PathBuf, bytes: Arc<[u8]>) {
        self.kept_here().files.insert(path, bytes);
    }

    /// The bytes of a file, if it has no more than so many.
    pub(crate) fn read(&self, path: &Path, max_bytes: u64) -> Option<Arc<[u8]>> {
        self.kept_here().files.get(path).filter(|bytes| bytes.len() as u64 <= max_bytes).cloned()
    }

    /// A file that is sent, which is here as long as the page is.
    pub(crate) fn keep(&self, _: FileOf<'_>, source: &LocalFile) -> Result<PathBuf, TimError> {
        let is_here = self.kept_here().files.contains_key(&source.source);
        if is_here { Ok(source.source.clone()) } else { Err(Code::FILE_UNREADABLE.into()) }
    }

    pub(crate) fn has_copies(&self, user: &UserId, id: MessageId) -> bool {
        self.kept(user, id, 0).is_some()
    }

    /// Forgets the files of a message.
    pub(crate) fn remove_copies(&self, user: &UserId, id: MessageId) {
        let first = self.copy(user, id);
        self.kept_here().files.retain(|path, _| path.with_extension("") != first);
    }

    /// Forgets the files of messages that were sent: a page has their addresses.
    pub(crate) fn sweep(&self, user: &UserId, wanted: &HashSet<PathBuf>) {
        let folder = PathBuf::from(format!("/{}", hex(user.as_str().as_bytes())));
        let is_wanted = |path: &Path| !path.starts_with(&folder) || wanted.contains(&path.with_extension(""));
        self.kept_here().files.retain(|path, _| is_wanted(path));
    }

    /// Forgets a file.
    pub(crate) fn remove(&self, path: &Path) {
        self.kept_here().files.remove(path);
    }
}

/// The path of a message's file at this place, beside that of the first.
pub(crate) fn beside(first: &Path, place: usize) -> PathBuf {
    if place == 0 { first.to_owned() } else { first.with_extension(place.to_string()) }
}

/// The SHA-256 of these bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
