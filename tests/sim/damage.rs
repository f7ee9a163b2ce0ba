//! Devices whose file loses what it says: pages that are zeroed or something else, and a tail that is cut off, while the
//! app does not run and while it does. And the driver's part in what follows.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::ops::Range;
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
    /// What waits in it.
    waits: BTreeSet<MessageId>,
    /// What waits may stand on a damaged page.
    is_touched: bool,
}

impl File {
    pub fn new() -> Self {
        Self { folder: folder(), waits: BTreeSet::new(), is_touched: false }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tim.db")
    }

    /// Something was stored.
    pub fn note(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Outbox(row) => drop(self.waits.insert(row.message.id)),
                Change::OutboxDone(id) => drop(self.waits.remove(id)),
                Change::Acknowledged(message) => drop(self.waits.remove(&message.id)),
                _ => {}
            }
        }
    }
}

impl World {
    /// A device's file is damaged, while what its user just wrote waits to be sent.
    pub fn damage(&mut self, id: DeviceId) {
        if self.devices[id].ready {
            self.send_to_peer(id);
        }
        if self.devices[id].up && self.chance(75) {
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
        let waits = &self.devices[id].file.as_ref().unwrap().waits;
        let is_apart = is_apart(&path, waits, page..if is_cut { pages } else { page + 1 });
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
            file.is_touched |= !is_apart;
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
            let waiting = outbox(&device.store).into_iter().map(Change::OutboxDone);
            device.store.apply(&waiting.collect::<Vec<_>>(), true).unwrap();
        }
        let waits = outbox(&device.store);
        let file = device.file.as_mut().unwrap();
        if !file.is_touched && !file.waits.is_subset(&waits) {
            let what = format!("{}: of {:?} only {waits:?} is rescued", device.name, file.waits);
            self.history.violated("rescue", what);
        }
        self.history.lost.extend(file.waits.difference(&waits));
        (file.waits, file.is_touched) = (waits, false);
    }
}

fn outbox(store: &Store) -> BTreeSet<MessageId> {
    store.snapshot().unwrap().outbox.into_iter().map(|row| row.message.id).collect()
}

/// Whether nothing that waits stands on some pages, nor what says where it does.
fn is_apart(path: &Path, waits: &BTreeSet<MessageId>, pages: Range<u64>) -> bool {
    let roots = "SELECT rootpage - 1 FROM sqlite_schema WHERE tbl_name = 'outbox'";
    let is_apart = |root: u64| !pages.contains(&root);
    let is_rooted_apart = Connection::open(path).and_then(|connection| {
        let mut statement = connection.prepare(roots)?;
        let mut roots = statement.query_map([], |row| row.get::<_, i64>(0))?;
        roots.try_fold(true, |apart, root| Ok(apart && is_apart(root?.cast_unsigned())))
    });
    let file = std::fs::read(path).unwrap();
    let [low, high] = [pages.start, pages.end].map(|page| usize::try_from(page * PAGE).unwrap());
    let has = |id: &MessageId| file[low..high].windows(16).any(|bytes| bytes == id.as_bytes());
    is_rooted_apart.unwrap_or(false) && is_apart(0) && !waits.iter().any(has)
}
