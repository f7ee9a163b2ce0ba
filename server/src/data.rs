//! The data folder: its layout, and the lock that keeps other servers out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tim_protocol::Code;

/// The names in a data folder.
const DATABASE: &str = "tim.db";
const MEDIA: &str = "media";
const TICKET_KEY: &str = "ticket.key";
const LOCK: &str = "lock";
const ADMIN: &str = "admin";
const RESERVE: &str = "reserve";
/// The folder of incomplete uploads, inside the media folder.
pub(crate) const INCOMING: &str = "incoming";

/// Disk space reserved for a start on a full disk, in bytes: SQLite needs some even for reading.
const RESERVE_BYTES: usize = 4 * 1024 * 1024;

/// A data folder.
#[derive(Debug, Clone)]
pub struct Data {
    folder: PathBuf,
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It cannot be read or written.
    #[error("{path}: {why}: check the path, its permissions and the free space ({code})", code = Code::READ_ONLY)]
    Unusable {
        /// The file or folder.
        path: String,
        /// The system's error.
        why: std::io::Error,
    },
    /// Another server uses it.
    #[error("{0}: another tim-server uses this data folder: stop it first, or give this one another --data")]
    InUse(String),
    /// There is none.
    #[error("{0}: there is no data of a tim-server here: check --data, or begin with tim-server app")]
    Missing(String),
}

/// How to reach a running server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Where it listens for its operator.
    pub address: String,
    /// What proves that the operator can read the data folder.
    pub token: String,
}

impl Data {
    /// A data folder, made if it does not exist. Only its owner can read what is made: the folder, and in one that was
    /// there already, open to others, each of its files and the folder of pictures.
    ///
    /// # Errors
    /// [`DataError::Unusable`].
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let data = Self { folder: folder.to_owned() };
        make_folder(folder).and_then(|()| make_folder(&data.media())).map_err(|why| unusable(folder, why))?;
        Ok(data)
    }

    /// The outermost of the folders that [`Data::open`] makes, if it has to make any.
    #[must_use]
    pub fn missing(folder: &Path) -> Option<PathBuf> {
        [folder.to_owned(), folder.join(MEDIA)].into_iter().find(|folder| !folder.exists())
    }

    /// A data folder that exists already.
    ///
    /// # Errors
    /// [`DataError::Missing`], [`DataError::Unusable`].
    pub fn existing(folder: &Path) -> Result<Self, DataError> {
        let data = Self { folder: folder.to_owned() };
        let database = data.database();
        match std::fs::metadata(&database) {
            Ok(found) if found.is_file() => Ok(data),
            Err(why) if why.kind() != ErrorKind::NotFound => Err(unusable(&database, why)),
            _ => Err(DataError::Missing(folder.display().to_string())),
        }
    }

    /// The database's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }

    /// The folder of pictures.
    #[must_use]
    pub fn media(&self) -> PathBuf {
        self.folder.join(MEDIA)
    }

    /// Locks the data folder for as long as the file is held.
    ///
    /// # Errors
    /// [`DataError::InUse`], [`DataError::Unusable`].
    pub fn lock(&self) -> Result<File, DataError> {
        let path = self.folder.join(LOCK);
        let file = private().create(true).truncate(true).open(&path).map_err(|why| unusable(&path, why))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse(self.folder.display().to_string())),
            Err(TryLockError::Error(why)) => Err(unusable(&path, why)),
        }
    }

    /// What media tickets are signed with: made once, kept across restarts.
    ///
    /// # Errors
    /// [`DataError::Unusable`].
    pub fn ticket_key(&self) -> Result<[u8; 32], DataError> {
        let path = self.folder.join(TICKET_KEY);
        let failed = |why| unusable(&path, why);
        if let Ok(bytes) = std::fs::read(&path)
            && let Ok(key) = bytes.try_into()
        {
            return Ok(key);
        }
        let key = random().map_err(failed)?;
        write_private(&path, &key).map_err(failed)?;
        Ok(key)
    }

    /// Reserves disk space, if available.
    pub fn keep_reserve(&self) {
        let path = self.folder.join(RESERVE);
        if !path.exists()
            && let Err(why) = write_private(&path, &vec![0; RESERVE_BYTES])
        {
            tracing::warn!(%why, "there is no space to hold back: free some");
            let _ = std::fs::remove_file(partial_of(&path));
        }
    }

    /// Releases the reserved disk space; false if there was none.
    #[must_use]
    pub fn give_up_reserve(&self) -> bool {
        let is_given = std::fs::remove_file(self.folder.join(RESERVE)).is_ok();
        if is_given {
            tracing::warn!(
                "the disk is full: the server goes on with the last of its space, so that it can be read"
            );
        }
        is_given
    }

    /// Writes the file that tells other commands how to reach this server.
    ///
    /// # Errors
    /// [`DataError::Unusable`].
    pub fn announce(&self, address: &str) -> Result<Admin, DataError> {
        let path = self.folder.join(ADMIN);
        let secret: [u8; 32] = random().map_err(|why| unusable(&path, why))?;
        let admin = Admin { address: address.to_owned(), token: hex(&secret) };
        let text = format!("{}\n{}\n", admin.address, admin.token);
        write_private(&path, text.as_bytes()).map_err(|why| unusable(&path, why))?;
        Ok(admin)
    }

    /// How to reach the server that runs here; `None` if none was announced.
    ///
    /// # Errors
    /// [`DataError::Unusable`].
    pub fn announced(&self) -> Result<Option<Admin>, DataError> {
        let path = self.folder.join(ADMIN);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(unusable(&path, why)),
        };
        let admin = text.trim_end().split_once('\n');
        Ok(admin.map(|(address, token)| Admin { address: address.to_owned(), token: token.to_owned() }))
    }

    /// Atomically makes a file this folder's database.
    ///
    /// # Errors
    /// [`DataError::Unusable`].
    pub fn adopt(&self, database: &Path) -> Result<(), DataError> {
        let path = self.database();
        let adopted = std::fs::rename(database, &path).and_then(|()| File::open(&self.folder)?.sync_all());
        adopted.map_err(|why| unusable(&path, why))
    }

    /// Copies everything but the database into another data folder, reporting each file.
    ///
    /// # Errors
    /// [`DataError::Unusable`].
    pub fn copy_files(&self, to: &Self, mut progress: impl FnMut(&Path)) -> Result<(), DataError> {
        let mut folders = vec![self.media()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).map_err(|why| unusable(&folder, why))? {
                let entry = entry.map_err(|why| unusable(&folder, why))?;
                let path = entry.path();
                if !path.is_dir() {
                    files.push(path);
                } else if entry.file_name() != INCOMING {
                    // Incomplete uploads are not copied.
                    folders.push(path);
                }
            }
        }
        // Last, so that a copy that fails does not leave it behind.
        files.push(self.folder.join(TICKET_KEY));
        for file in files.iter().filter(|file| file.is_file()) {
            let target = to.folder.join(file.strip_prefix(&self.folder).unwrap_or(file));
            let parent = target.parent().unwrap_or(&to.folder);
            let copied = make_folder(parent).and_then(|()| std::fs::copy(file, &target));
            if copied.is_err() && !file.exists() {
                // No message names it, so a running server has removed it meanwhile.
                let _ = std::fs::remove_file(&target);
                continue;
            }
            copied.and_then(|_| File::open(&target)?.sync_all()).map_err(|why| unusable(&target, why))?;
            progress(file);
        }
        Ok(())
    }
}

/// Random bytes from the system.
pub(crate) fn random() -> std::io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a file that only its owner can read is written.
pub(crate) fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

pub(crate) fn unusable(path: &Path, why: std::io::Error) -> DataError {
    DataError::Unusable { path: path.display().to_string(), why }
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn partial_of(path: &Path) -> PathBuf {
    path.with_extension("partial")
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let partial = partial_of(path);
    let _ = std::fs::remove_file(&partial);
    let mut file = private().create_new(true).open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_uses_a_folder_and_its_secret_stays() {
        let folder = tempfile::tempdir().unwrap();
        let data = Data::open(folder.path()).unwrap();
        let lock = data.lock().unwrap();
        assert!(matches!(data.lock(), Err(DataError::InUse(_))));
        drop(lock);
        data.lock().unwrap();
        assert_eq!(data.ticket_key().unwrap(), data.ticket_key().unwrap());
        let announced = data.announce("127.0.0.1:1").unwrap();
        assert_eq!(data.announced().unwrap(), Some(announced));
    }
}
