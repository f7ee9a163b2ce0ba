//! Events of the server: actions of its operator, crashes, and lost and restored data.

use tim_protocol::UserId;
use tim_server::core::ops::Write;
use tim_server::core::session::Input;
use tim_server::store::sqlite::Database;

use super::{APP, Event, copy, file};
use crate::link::LinkId;
use crate::world::{Break, World};

impl World {
    /// The operator ends all logins of a user.
    pub fn kick(&mut self, user: UserId) {
        let written = self.commit(&[Write::Kick { app: APP, user }]);
        for written in written.into_iter().flatten() {
            self.publish_later(written.notifications);
        }
    }

    /// The server stops as its operator wants, or at once; it comes back after a while.
    pub fn fell_server(&mut self) {
        if !self.server.up {
            return;
        }
        if self.chance(30) {
            let links: Vec<LinkId> = self.server.connections.keys().copied().collect();
            for link in links {
                self.serve(link, Input::Shutdown);
            }
            self.server_after(3_000, Event::Stop);
        } else {
            self.crash();
        }
    }

    /// Everything that is only in memory is gone: outstanding commits, notifications and replies, and the scheduled
    /// marks.
    pub fn crash(&mut self) {
        // Some of the queued writes may be committed, without notifications.
        if !self.server.waiting.is_empty() && self.chance(50) {
            let waiting = std::mem::take(&mut self.server.waiting);
            let writes: Vec<Write> = waiting.into_iter().map(|(_, _, write)| write).collect();
            self.commit(&writes);
        }
        let server = &mut self.server;
        server.up = false;
        server.life += 1;
        server.connections.clear();
        server.parked.clear();
        server.memberships.clear();
        server.waiting.clear();
        server.is_committing = false;
        server.published_at = 0;
        server.marks_due = false;
        server.database.crashed();
        if self.is_broken(Break::ServerForgets) {
            self.forget_last_batch();
        }
        self.cut_all();
        let delay = self.rng.i64(10..20_000);
        self.server_after(delay, Event::Start);
    }

    /// The operator makes a copy of the data.
    pub fn back_up(&mut self) {
        let folder = self.server.folder.as_ref().unwrap();
        Database::backup(&file(folder), &copy(folder), |_, _| {}).unwrap();
    }

    /// The operator has lost the data and goes on with the copy: a new life begins.
    pub fn restore(&mut self) {
        let folder = self.server.folder.take().unwrap();
        let is_up = self.server.up;
        self.server.database = Database::in_memory().unwrap();
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file(&folder).display()));
        }
        std::fs::rename(copy(&folder), file(&folder)).unwrap();
        self.server.waiting.clear();
        self.server.database = Database::open_to_serve(&file(&folder)).unwrap();
        self.server.folder = Some(folder);
        self.history.is_restored = true;
        self.history.reads.clear();
        if is_up {
            self.crash();
        }
    }

    fn forget_last_batch(&mut self) {
        let server = &mut self.server;
        let is_send = |batch: &Vec<Write>| {
            batch.iter().any(|write| matches!(write, Write::Request(asked) if asked.sends().is_some()))
        };
        if let Some(last) = server.batches.iter().rposition(is_send) {
            server.batches.remove(last);
        }
        server.database = Database::in_memory().unwrap();
        for batch in &server.batches {
            server.database.commit(batch);
        }
    }
}
