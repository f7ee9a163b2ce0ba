//! Devices whose file loses what it says: pages that are zeroed or something else, and a tail that is cut off, while the
//! app does not run and while it does. And the driver's part in what follows.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;
use tim::store::{Change, Store};
use tim_protocol::MessageId;

use crate::device::{Crash, DeviceId};
use crate::world::{Break, World, folder};

const PAGE: u64 = 4_096;

/// A file on which a device's store is, rather than in memory.
pub struct File {
    folder: TempDir,
    /// What waited in it when a page was damaged on which none of that stood.
    waited: Option<BTreeSet<MessageId>>,
    is_damaged: bool,
}

impl File {
    pub fn new() -> Self {
        Self { folder: folder(), waited: None, is_damaged: false }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tim.db")
    }
}

impl World {
    /// A device's file is damaged.
    pub fn damage(&mut self, id: DeviceId) {
        let waited = outbox(&self.devices[id].store);
        if self.devices[id].up && self.rng.bool() {
            self.stop(id, Crash::Process);
        }
        let device = &self.devices[id];
        let Some(path) = device.file.as_ref().map(File::path).filter(|path| path.exists()) else { return };
        let pages = path.metadata().unwrap().len() / PAGE;
        if pages == 0 {
            return;
        }
        // A file without its first page cannot be told from one that was just begun.
        let is_cut = pages > 1 && self.chance(20);
        let page = self.rng.u64(u64::from(is_cut)..pages);
        let is_apart = !self.devices[id].up && is_apart(&path, page, if is_cut { pages } else { page + 1 });
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        if is_cut {
            file.set_len(page * PAGE).unwrap();
        } else {
            let mut bytes = vec![0; usize::try_from(PAGE).unwrap()];
            if self.rng.bool() {
                self.rng.fill(&mut bytes);
            }
            (&file).seek(SeekFrom::Start(page * PAGE)).unwrap();
            (&file).write_all(&bytes).unwrap();
        }
        if let Some(file) = &mut self.devices[id].file {
            // Of a file that was damaged before nobody knows what is left.
            file.waited = waited.filter(|_| is_apart && !file.is_damaged);
            file.is_damaged = true;
        }
    }

    /// Opens a device's file, and whatever the store finds in it.
    pub fn open_file(&mut self, id: DeviceId) {
        let Some(path) = self.devices[id].file.as_ref().map(File::path) else { return };
        self.close_file(id);
        let opened = Store::open(&path).unwrap();
        self.devices[id].store = opened.store;
        if opened.set_aside.is_some() {
            self.rebuilt(id);
        } else if let Some(file) = &mut self.devices[id].file {
            // What was not met yet is met when something else waits.
            file.waited = None;
        }
    }

    /// Closes a device's file, if it has one.
    pub fn close_file(&mut self, id: DeviceId) {
        let device = &mut self.devices[id];
        if device.file.is_some() {
            device.store = Store::in_memory().unwrap();
        }
    }

    /// Damage was met: another file takes the place of the damaged one.
    pub fn rebuild(&mut self, id: DeviceId) {
        let path = self.devices[id].file.as_ref().map(File::path).unwrap();
        self.close_file(id);
        Store::rebuild(&path).unwrap();
        self.devices[id].store = Store::open(&path).unwrap().store;
        self.rebuilt(id);
    }

    /// Everything is history now, and what waited still waits.
    fn rebuilt(&mut self, id: DeviceId) {
        self.begin_record(id);
        self.history.rebuilt.insert(id);
        let device = &mut self.devices[id];
        if self.plan.broken == Some(Break::RescuesNothing) {
            let waiting = outbox(&device.store).unwrap().into_iter().map(Change::OutboxDone);
            device.store.apply(&waiting.collect::<Vec<_>>(), true).unwrap();
        }
        let waits = outbox(&device.store).unwrap();
        let file = device.file.as_mut().unwrap();
        file.is_damaged = false;
        if let Some(waited) = file.waited.take()
            && !waited.is_subset(&waits)
        {
            let what = format!("{}: of {waited:?} only {waits:?} is rescued", device.name);
            self.history.violated("rescue", what);
        }
    }
}

fn outbox(store: &Store) -> Option<BTreeSet<MessageId>> {
    Some(store.snapshot().ok()?.outbox.into_iter().map(|row| row.message.id).collect())
}

/// Whether nothing that waits stands on some pages, nor what says where it does.
fn is_apart(path: &Path, first: u64, end: u64) -> bool {
    let query = "SELECT count(*) FROM dbstat WHERE pageno > ?1 AND pageno <= ?2 \
                 AND (name LIKE '%outbox%' OR name = 'sqlite_schema')";
    let count = |connection: &Connection| {
        connection.query_row(query, (first.cast_signed(), end.cast_signed()), |row| row.get::<_, i64>(0))
    };
    Connection::open(path).and_then(|connection| count(&connection)).is_ok_and(|count| count == 0)
}
