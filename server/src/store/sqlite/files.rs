//! Whether the database's files are still the ones that were opened.
//!
//! A file that is deleted, replaced or moved keeps working for the process that has it open, until the process ends; then
//! everything written since is gone. The writer asks here before it acknowledges. Nothing here opens or changes a file.

use std::path::{Path, PathBuf};

/// Identifies a file independently of its name.
type Identity = (u64, u64);

/// The database's file and its write-ahead log, as they were when the database was opened.
pub(super) struct Files(Vec<(PathBuf, Identity)>);

impl Files {
    /// The files of a database that is open.
    pub(super) fn opened(database: &Path) -> Self {
        let files = [database.to_owned(), log_of(database)];
        Self(files.into_iter().filter_map(|file| identity(&file).map(|found| (file, found))).collect())
    }

    /// Whether all files are still in place.
    pub(super) fn are_in_place(&self) -> bool {
        self.0.iter().all(|(file, opened)| identity(file) == Some(*opened))
    }
}

/// The write-ahead log of a database's file.
pub(super) fn log_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

#[cfg(unix)]
fn identity(file: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(file).ok().map(|found| (found.dev(), found.ino()))
}

/// Elsewhere a file that is open cannot be deleted.
#[cfg(not(unix))]
fn identity(file: &Path) -> Option<Identity> {
    std::fs::metadata(file).ok().map(|_| (0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_same_name_is_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tim.db");
        std::fs::write(&path, "first").unwrap();
        std::fs::write(log_of(&path), "log").unwrap();
        let files = Files::opened(&path);
        std::fs::write(&path, "written anew in place").unwrap();
        assert!(files.are_in_place());
        std::fs::rename(&path, folder.path().join("moved")).unwrap();
        assert!(!files.are_in_place());
        std::fs::write(&path, "first").unwrap();
        assert!(!files.are_in_place());
        std::fs::rename(folder.path().join("moved"), &path).unwrap();
        assert!(files.are_in_place());
        std::fs::remove_file(log_of(&path)).unwrap();
        assert!(!files.are_in_place());
    }
}
