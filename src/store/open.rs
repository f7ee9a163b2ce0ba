//! Opening a user's file, encrypting one that was written without a key, and replacing a damaged one.

use rusqlite::Row;
#[cfg(doc)]
use tim_protocol::Code;
use tim_protocol::Fault;

use super::damage;
use super::database::Store;
use super::error::StoreError;
use super::file::DatabaseFile;

/// A database that was opened.
pub type Opened = tim_core::store::Opened<Store>;

impl Store {
    /// Opens a user's file, making it if there is none. A file that was written without a key is encrypted if there is one now. A
    /// damaged file is set aside under another name and a new one begun: the server has everything but what waited to be sent.
    ///
    /// # Errors
    /// [`Code::STORE_NEWER`] if a later version of the app wrote the file, and [`Code::DATABASE_KEY_WRONG`] if it has another key;
    /// it is left as it is. [`Code::ENCRYPTION_MISSING`] for a key in a build without the feature `encryption`.
    /// [`Code::DATA_DIR_UNUSABLE`], [`Code::STORAGE_FULL`], or [`Code::DATABASE_FAILED`].
    pub fn open(file: impl Into<DatabaseFile>) -> Result<Opened, Fault> {
        let file = &file.into();
        if file.is_in_memory() {
            let store = Self::in_memory()?;
            let snapshot = store.snapshot_or_failure()?;
            return Ok(Opened { store, snapshot, set_aside: None });
        }
        let aside = file.plain_before()?.map(|plain| Self::encrypt(&plain, file)).transpose()?.flatten();
        let opened = Self::open_or_rebuild(file)?;
        // Only now is it sure that the key opens what was written with it.
        file.remove_plain()?;
        Ok(Opened { set_aside: opened.set_aside.or(aside), ..opened })
    }

    fn open_or_rebuild(file: &DatabaseFile) -> Result<Opened, Fault> {
        let set_aside = damage::finish(&file.path).map_err(StoreError::from)?;
        let set_aside = set_aside.map(|aside| aside.display().to_string());
        match Self::try_open(file) {
            Ok((store, snapshot)) => Ok(Opened { store, snapshot, set_aside }),
            Err(failure) if file.key.is_some() && failure.is_unreadable() => Err(StoreError::Locked.into()),
            Err(failure) if failure.is_damage() => {
                let set_aside = Some(Self::rebuild(file.clone())?);
                let (store, snapshot) = Self::try_open(file)?;
                Ok(Opened { store, snapshot, set_aside })
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Writes a file with a key that has what one without it has. Gives the name of the damaged one, if it was.
    fn encrypt(plain: &DatabaseFile, into: &DatabaseFile) -> Result<Option<String>, Fault> {
        let Opened { store, mut set_aside, .. } = Self::open_or_rebuild(plain)?;
        let encrypted = into.encrypt(&store.connection);
        // SQLCipher tells a full disk and a damaged page alike.
        let is_sound = encrypted.is_ok() || store.is_sound();
        drop(store);
        match encrypted {
            Err(_) if !is_sound => {
                set_aside = Some(Self::rebuild(plain.clone())?);
                into.encrypt(&Self::open_or_rebuild(plain)?.store.connection)?;
            }
            Err(_) => return Err(StoreError::NotEncrypted.into()),
            Ok(()) => {}
        }
        Ok(set_aside)
    }

    /// Whether every page can be read.
    fn is_sound(&self) -> bool {
        let check = |row: &Row<'_>| row.get::<_, String>(0);
        self.connection.query_row("PRAGMA quick_check(1)", [], check).is_ok_and(|result| result == "ok")
    }

    /// Sets a user's damaged file aside, and makes a new one with what can still be read of what waits to be sent. The
    /// file must not be open. Gives the name that the damaged one has now.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`], or [`Code::DATABASE_FAILED`]; then the damaged file is where
    /// it was.
    pub fn rebuild(file: impl Into<DatabaseFile>) -> Result<String, Fault> {
        Ok(damage::rebuild(&file.into())?.display().to_string())
    }
}
