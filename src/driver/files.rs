//! The folders and files of an installation.
//!
//! ```text
//! <data_dir>/device                          this installation's name
//! <data_dir>/<SDKAppID>/<user>/tim.db        a user's database; <user> is the userID in hexadecimal
//!                                            (tim.encrypted.db if it is encrypted)
//! <data_dir>/<SDKAppID>/<user>/outbox/<ID>   files of messages made here: those that wait, and those sent lately;
//!                                            the second file of a message is at <ID>.1
//! <data_dir>/<SDKAppID>/<user>/downloads/    records of partial files, which are beside their targets
//! <data_dir>/<SDKAppID>/<user>/cache/        files that were loaded without a target: see `cache`
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use tim_protocol::{Code, Fault, MessageId, UserId, limits};

use super::local_files::LocalFile;
use crate::error::TimError;
use crate::store::{DatabaseFile, DatabaseKey};

/// Most files of a message.
const MAX_FILES: usize = 2;
/// Maximum size of the kept copies of sent files, and how long a copy is kept.
const MAX_SENT_BYTES: u64 = 100 * 1024 * 1024;
const SENT_KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A file of a message: whose, of which message, and which of its files.
pub(crate) type FileOf<'a> = (&'a UserId, MessageId, usize);

/// The folders of one application on this installation.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    app: PathBuf,
    /// The key of the databases.
    key: Option<DatabaseKey>,
}

impl Files {
    /// The folders, made if they do not exist, and this installation's name.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`] or [`Code::DATA_DIR_UNUSABLE`].
    pub(crate) fn open(data_dir: &Path, sdk_app_id: u32) -> Result<(Self, String), TimError> {
        if data_dir.as_os_str().is_empty() {
            let message = "no data folder is named: choose a folder of the app's own".to_owned();
            return Err(TimError { code: Code::DATA_DIR_UNUSABLE, message });
        }
        let app = data_dir.join(sdk_app_id.to_string());
        let device = make_folder(&app).and_then(|()| device(&data_dir.join("device")));
        let device = device.map_err(|why| match refusal(&why) {
            Code::STORAGE_FULL => Code::STORAGE_FULL.into(),
            code => {
                let message = format!("{}: {why}: choose a folder of the app's own", data_dir.display());
                TimError { code, message }
            }
        })?;
        Ok((Self { app, key: None }, device))
    }

    /// The same, with this key for the databases.
    pub(crate) fn with_key(self, key: Option<DatabaseKey>) -> Self {
        Self { key, ..self }
    }

    /// Whether this is the key of the databases.
    pub(crate) fn has_key(&self, key: Option<&DatabaseKey>) -> bool {
        self.key.as_ref() == key
    }

    fn user(&self, user: &UserId) -> PathBuf {
        self.app.join(hex(user.as_str().as_bytes()))
    }

    fn outbox(&self, user: &UserId) -> PathBuf {
        self.user(user).join("outbox")
    }

    /// Where records of a user's partial files are.
    pub(super) fn downloads(&self, user: &UserId) -> PathBuf {
        self.user(user).join("downloads")
    }

    /// The folder of a user's cache.
    pub(super) fn cache(&self, user: &UserId) -> PathBuf {
        self.user(user).join("cache")
    }

    /// The file of a user's database, in a folder that exists. Nothing of a guest is kept.
    pub(crate) fn database(&self, user: &UserId) -> Result<DatabaseFile, Fault> {
        if user.is_guest() {
            return Ok(DatabaseFile::in_memory());
        }
        make_folder(&self.outbox(user)).map_err(|why| refusal(&why))?;
        Ok(DatabaseFile::in_folder(&self.user(user), self.key.clone()))
    }

    /// The path of the copy of a message's first file.
    pub(super) fn copy(&self, user: &UserId, id: MessageId) -> PathBuf {
        self.outbox(user).join(id.to_string())
    }

    /// The path of the copy of a message's file, if there is one.
    pub(super) fn kept(&self, user: &UserId, id: MessageId, place: usize) -> Option<PathBuf> {
        Some(beside(&self.copy(user, id), place)).filter(|copy| copy.is_file())
    }

    /// Writes a file that the app gave as bytes. [`Files::keep`] syncs it later.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`].
    pub(crate) fn write(&self, at: FileOf<'_>, mut bytes: &[u8]) -> Result<PathBuf, TimError> {
        self.put(at, &mut bytes).map(|(copy, _)| copy)
    }

    /// Copies a file that is sent, durably.
    ///
    /// # Errors
    /// [`Code::FILE_UNREADABLE`], those of [`tim_protocol::media::FileType::check_size`] if the file has changed, [`Code::STORAGE_FULL`],
    /// [`Code::DATA_DIR_UNUSABLE`].
    pub(super) fn keep(&self, at: FileOf<'_>, source: &LocalFile) -> Result<PathBuf, TimError> {
        let (user, id, place) = at;
        let copy = beside(&self.copy(user, id), place);
        let mut file = open(&source.source).map_err(|_| Code::FILE_UNREADABLE)?.0;
        if source.source != copy {
            let (copy, size) = self.put(at, &mut file)?;
            if let Err(code) = source.file_type.check_size(size) {
                let _ = std::fs::remove_file(copy);
                return Err(code.into());
            }
        }
        // Windows syncs only what may be written.
        let synced = File::options().write(true).open(&copy).and_then(|file| file.sync_all());
        synced.and_then(|()| sync_folder(&self.outbox(user))).map_err(|why| unkept(&why))?;
        Ok(copy)
    }

    /// Writes the bytes; returns the path and the size, or one byte more than the maximum if there are too many.
    fn put(
        &self,
        (user, id, place): FileOf<'_>,
        bytes: &mut dyn io::Read,
    ) -> Result<(PathBuf, u64), TimError> {
        let copy = beside(&self.copy(user, id), place);
        let written = make_folder(&self.outbox(user)).and_then(|()| {
            let mut file = File::create(&copy)?;
            io::copy(&mut bytes.take(limits::FILE_BYTES + 1), &mut file)
        });
        match written {
            Ok(size) => Ok((copy, size)),
            Err(why) => {
                let _ = std::fs::remove_file(&copy);
                Err(unkept(&why))
            }
        }
    }

    /// Removes a copy, unless it is the source itself.
    pub(super) fn discard(&self, (user, id, place): FileOf<'_>, source: &LocalFile) {
        let copy = beside(&self.copy(user, id), place);
        if source.source != copy {
            let _ = std::fs::remove_file(copy);
        }
    }

    /// The bytes of a file, if it has no more than so many.
    pub(crate) fn read(&self, path: &Path, max_bytes: u64) -> Option<Vec<u8>> {
        let (file, size) = open(path).ok()?;
        let mut bytes = Vec::new();
        file.take(max_bytes).read_to_end(&mut bytes).ok().filter(|_| size <= max_bytes)?;
        Some(bytes)
    }

    /// Removes what was written for a message that cannot be sent any more; a file of the host's stays.
    pub(super) fn forget(&self, file: &LocalFile) {
        if file.copied > 0 {
            self.remove(&file.source);
        }
    }

    /// Removes a file. One that cannot be removed now is removed later as an old copy.
    pub(crate) fn remove(&self, path: &Path) {
        let _ = std::fs::remove_file(path);
    }

    /// Whether there is a copy of a file of this message.
    pub(super) fn has_copies(&self, user: &UserId, id: MessageId) -> bool {
        (0..MAX_FILES).any(|place| self.kept(user, id, place).is_some())
    }

    /// Removes the copies of a message's files.
    pub(crate) fn remove_copies(&self, user: &UserId, id: MessageId) {
        let first = self.copy(user, id);
        for place in 0..MAX_FILES {
            let _ = std::fs::remove_file(beside(&first, place));
        }
    }

    /// Removes the oldest copies of sent files if there are too many or they are too old; those of a message together.
    pub(crate) fn sweep(&self, user: &UserId, wanted: &HashSet<PathBuf>) {
        let files = std::fs::read_dir(self.outbox(user)).into_iter().flatten().flatten();
        let mut by_message: BTreeMap<PathBuf, Sent> = BTreeMap::new();
        for (metadata, path) in files.map(|file| (file.metadata(), file.path())) {
            let first = path.with_extension("");
            let written = metadata.as_ref().ok().and_then(|it| it.modified().ok());
            if let (Ok(metadata), Some(written), false) = (metadata, written, wanted.contains(&first)) {
                let sent = by_message.entry(first).or_insert(Sent { written, size: 0, paths: Vec::new() });
                sent.written = sent.written.max(written);
                sent.size += metadata.len();
                sent.paths.push(path);
            }
        }
        let mut sent: Vec<Sent> = by_message.into_values().collect();
        sent.sort_by_key(|it| Reverse(it.written));
        let mut bytes = 0;
        for Sent { written, size, paths } in sent {
            let is_old = written.elapsed().is_ok_and(|age| age > SENT_KEPT_FOR);
            if is_old || bytes + size > MAX_SENT_BYTES {
                for path in paths {
                    let _ = std::fs::remove_file(path);
                }
            } else {
                // One that is too large for what is left makes way for older ones that are not.
                bytes += size;
            }
        }
    }
}

/// The copies of a sent message's files.
struct Sent {
    written: SystemTime,
    size: u64,
    paths: Vec<PathBuf>,
}

/// A file, and its size.
pub(super) fn open(path: &Path) -> io::Result<(File, u64)> {
    // Checked before opening, because opening a pipe would block.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok((File::open(path)?, metadata.len()))
}

/// The path of a message's copy at this place, beside that of the first.
pub(super) fn beside(first: &Path, place: usize) -> PathBuf {
    if place == 0 { first.to_owned() } else { first.with_extension(place.to_string()) }
}

fn unkept(why: &io::Error) -> TimError {
    match refusal(why) {
        Code::STORAGE_FULL => Code::STORAGE_FULL.into(),
        code => TimError { code, message: format!("the file cannot be kept: {why}") },
    }
}

/// The code for a write error.
pub(super) fn refusal(why: &io::Error) -> Code {
    match why.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::STORAGE_FULL,
        _ => Code::DATA_DIR_UNUSABLE,
    }
}

/// Syncs a folder, so that a new file in it survives a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What an upload announces of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) size: u64,
    /// In hexadecimal.
    pub(super) sha256: String,
}

impl Digest {
    /// Reads a file.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let (mut file, mut digest, mut size) = (File::open(path)?, Sha256::new(), 0);
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut bytes)?;
            if read == 0 {
                return Ok(Self { size, sha256: hex(&digest.finalize()) });
            }
            digest.update(bytes.get(..read).unwrap_or_default());
            size += read as u64;
        }
    }
}

/// The SHA-256 of these bytes, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The device's name: drawn once and kept in the folder.
fn device(path: &Path) -> io::Result<String> {
    if let Ok(name) = std::fs::read_to_string(path)
        && (1..=limits::DEVICE_BYTES).contains(&name.len())
    {
        return Ok(name);
    }
    let name = uuid::Uuid::now_v7().simple().to_string();
    let partial = path.with_extension("partial");
    let mut file = File::create(&partial)?;
    file.write_all(name.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    Ok(name)
}

/// Creates a folder that only its owner can read.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let (_, first) = Files::open(folder.path(), 1).unwrap();
        assert_eq!(Files::open(folder.path(), 2).unwrap().1, first);
    }

    #[test]
    fn an_installation_has_a_folder() {
        let why = Files::open(Path::new(""), 1).unwrap_err();
        assert_eq!(why.code, Code::DATA_DIR_UNUSABLE);
    }

    #[test]
    fn of_what_waits_for_nothing_the_newest_stay_for_a_while() {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let folder = tempfile::tempdir().unwrap();
        let (files, _) = Files::open(folder.path(), 1).unwrap();
        let alice = UserId::new("alice").unwrap();
        let written = |number: u64, days: u32, size: u64| {
            let id: MessageId = format!("01990000-0000-7000-8000-00000000000{number}").parse().unwrap();
            let path = files.write((&alice, id, 0), b"picture").unwrap();
            let file = File::options().write(true).open(&path).unwrap();
            file.set_len(size).unwrap();
            file.set_modified(SystemTime::now() - DAY * days).unwrap();
            path
        };
        let waits = written(1, 40, MAX_SENT_BYTES);
        let stay = [written(2, 0, MAX_SENT_BYTES / 2), written(3, 28, MAX_SENT_BYTES / 2)];
        let beyond = written(4, 29, 1);
        files.sweep(&alice, &HashSet::from([waits.clone()]));
        assert!(waits.exists() && stay.iter().all(|path| path.exists()));
        assert!(!beyond.exists());
        let (large, small) = (written(7, 1, MAX_SENT_BYTES + 1), written(8, 2, 1));
        let (young, old) = (written(5, 29, 1), written(6, 31, 1));
        std::fs::remove_file(&stay[0]).unwrap();
        files.sweep(&alice, &HashSet::from([waits]));
        assert!(young.exists() && !old.exists());
        assert!(small.exists() && !large.exists(), "a large file does not take the room of small ones");
    }
}
