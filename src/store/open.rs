//! Opening a user's file, and replacing a damaged one.

use std::path::Path;

#[cfg(doc)]
use tim_protocol::Code;
use tim_protocol::Fault;

use super::damage;
use super::database::Store;
use super::error::StoreError;

/// A database that was opened.
pub type Opened = tim_core::store::Opened<Store>;

impl Store {
    /// Opens a user's file, making it if there is none. A damaged file is set aside under another name and a new one
    /// begun: the server has everything but what waited to be sent.
    ///
    /// # Errors
    /// [`Code::STORE_NEWER`] if a later version of the app wrote the file, which is left as it is;
    /// [`Code::DATA_DIR_UNUSABLE`], [`Code::STORAGE_FULL`], or [`Code::DATABASE_FAILED`].
    pub fn open(path: &Path) -> Result<Opened, Fault> {
        let set_aside =
            damage::finish(path).map_err(StoreError::from)?.map(|aside| aside.display().to_string());
        match Self::try_open(path) {
            Ok((store, snapshot)) => Ok(Opened { store, snapshot, set_aside }),
            Err(failure) if failure.is_damage() => {
                let set_aside = Some(Self::rebuild(path)?);
                let (store, snapshot) = Self::try_open(path)?;
                Ok(Opened { store, snapshot, set_aside })
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Sets a user's damaged file aside, and makes a new one with what can still be read of what waits to be sent. The
    /// file must not be open. Gives the name that the damaged one has now.
    ///
    /// # Errors
    /// [`Code::STORAGE_FULL`], [`Code::DATA_DIR_UNUSABLE`], or [`Code::DATABASE_FAILED`]; then the damaged file is where
    /// it was.
    pub fn rebuild(path: &Path) -> Result<String, Fault> {
        Ok(damage::rebuild(path)?.display().to_string())
    }
}
