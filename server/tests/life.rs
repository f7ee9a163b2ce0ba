//! The life of a server's data: it goes on across restarts and moves, and every copy that is served begins another.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::Path;

use tim_server::store::Store as _;
use tim_server::store::conformance;
use tim_server::store::sqlite::{Database, SqliteStore};

/// Serves the data of a folder for a moment, with an orderly end, and gives its epoch.
async fn served(folder: &Path) -> u32 {
    let store = SqliteStore::open(&folder.join("tim.db"), conformance::deaf()).unwrap();
    store.close().await;
    epoch(folder)
}

fn epoch(folder: &Path) -> u32 {
    let database = rusqlite::Connection::open(folder.join("tim.db")).unwrap();
    database.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0)).unwrap()
}

/// Copies the files of a folder over those of another.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test]
async fn a_life_goes_on_across_restarts_kills_and_a_move_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    std::fs::create_dir(&here).unwrap();
    let first = served(&here).await;
    assert_eq!(served(&here).await, first);
    // No orderly end: the process was killed.
    drop(Database::open_to_serve(&here.join("tim.db")).unwrap());
    assert_eq!(served(&here).await, first);
    std::fs::rename(&here, &there).unwrap();
    assert_eq!(served(&there).await, first);
}

#[tokio::test]
async fn every_new_database_has_an_epoch_of_its_own() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    assert_ne!(served(folders[0].path()).await, served(folders[1].path()).await);
}

#[tokio::test]
async fn a_plain_copy_begins_a_new_life_wherever_it_is_put() {
    let folder = tempfile::tempdir().unwrap();
    let (data, older) = (folder.path().join("data"), folder.path().join("older"));
    std::fs::create_dir(&data).unwrap();
    let mut epochs = vec![served(&data).await];
    copy(&data, &older);
    epochs.push(served(&older).await);
    // Over the files that are there.
    copy(&data, &older);
    epochs.push(served(&older).await);
    // The database alone, in the place of one that was served since.
    let copied = folder.path().join("copied.db");
    std::fs::copy(data.join("tim.db"), &copied).unwrap();
    epochs.push(epoch(&data));
    assert_eq!(epochs.pop(), Some(served(&data).await));
    std::fs::copy(&copied, data.join("tim.db")).unwrap();
    epochs.push(served(&data).await);
    let all = epochs.len();
    epochs.sort_unstable();
    epochs.dedup();
    assert_eq!(epochs.len(), all, "two lives share an epoch");
}

#[tokio::test]
async fn an_operator_begins_a_new_life_after_a_snapshot_of_a_disk_was_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let first = served(folder.path()).await;
    Database::forget_fingerprint(&folder.path().join("tim.db")).unwrap();
    assert_ne!(served(folder.path()).await, first);
}
