//! The store of the instance's task: opening it, asking it, and putting a new one in the place of a damaged one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use tim_protocol::frame::Fault;
use tim_protocol::message::Message as Wire;
use tim_protocol::{Code, UserId};
use tokio::task::block_in_place;

use super::Driver;
use crate::event::Event;
use crate::log::{self, LogLevel};
use crate::machine::io::{MessageEvent, Pending, Query};
use crate::message::{Message, SendStatus};
use crate::store::{Change, Snapshot, Store};

impl Driver {
    pub(super) fn open_store(&mut self, user: UserId) -> Result<Box<Snapshot>, Fault> {
        self.store = None;
        let path = self.shared.files.database(&user)?;
        let opened = block_in_place(|| Store::open(&path))?;
        if let Some(aside) = opened.set_aside {
            self.tell_rebuilt(&aside);
        }
        let snapshot = block_in_place(|| opened.store.snapshot())?;
        let mut wanted: HashSet<PathBuf> =
            snapshot.outbox.iter().filter_map(|row| row.upload.clone()).collect();
        wanted.extend(self.uploads.values().map(|upload| upload.file.clone()));
        wanted.extend(self.shared.pictures().into_iter().map(|id| self.shared.files.copy(&user, id)));
        block_in_place(|| self.shared.files.sweep(&user, &wanted));
        self.store = Some((user, opened.store));
        self.shared.dispatch.begin_store();
        Ok(Box::new(snapshot))
    }

    /// Sets the open store aside, which was found to be damaged. If that fails it is tried again when damage is met again.
    pub(super) fn rebuild_store(&mut self) {
        let Some((user, store)) = self.store.take() else { return };
        let rebuilt = block_in_place(|| {
            drop(store);
            self.shared.files.database(&user).and_then(|path| Store::rebuild(&path))
        });
        match rebuilt {
            Ok(aside) => self.tell_rebuilt(&aside),
            Err(fault) => log::write(
                LogLevel::Error,
                format_args!("the damaged database could not be set aside: {fault}"),
            ),
        }
    }

    fn tell_rebuilt(&self, aside: &Path) {
        log::write(LogLevel::Error, format_args!("a damaged database was set aside: {}", aside.display()));
        let message = format!("{}: {}", Code::STORE_REBUILT.describe(), aside.display());
        self.shared.dispatch.tell(Event::Error { code: Code::STORE_REBUILT, message });
    }

    pub(super) fn commit(&mut self, changes: &[Change], durable: bool) -> Result<(), Fault> {
        let Some((_, store)) = &mut self.store else { return Err(Fault::new(Code::DATABASE_FAILED)) };
        block_in_place(|| store.apply(changes, durable))
    }

    fn messages(&self, query: &Query) -> Result<Vec<Message>, Fault> {
        let Some((me, store)) = &self.store else { return Err(Fault::new(Code::DATABASE_FAILED)) };
        let marks = self.machine.read_marks(&query.conversation);
        let seen = |message: &Wire| Message::from_wire(me, message, SendStatus::Success, marks);
        Ok(block_in_place(|| store.messages(me, query))?.iter().map(seen).collect())
    }

    /// A page of messages with what stands between and behind them.
    pub(super) fn page(&self, query: &Query, pending: Pending) -> Result<Vec<Message>, Fault> {
        let next = match pending.next.filter(|_| !pending.refused.is_empty()) {
            Some(next) => self.messages(&Query { low: next, high: next, ..query.clone() })?,
            None => Vec::new(),
        };
        Ok(pending.merge(self.messages(query)?, next.first().map(|message| message.time)))
    }

    pub(super) fn emit_messages(&self, query: &Query, kind: MessageEvent) -> Result<(), Fault> {
        match self.messages(query) {
            Ok(messages) if messages.is_empty() => {}
            Ok(messages) => self.shared.dispatch.tell(match kind {
                MessageEvent::Received => Event::MessageReceived(messages),
                MessageEvent::Revoked => Event::MessageRevoked(messages),
                MessageEvent::ReadByPeer => Event::MessageReadByPeer(messages),
            }),
            Err(fault) if fault.code == Code::STORE_DAMAGED => return Err(fault),
            Err(fault) => self.shared.dispatch.tell(Event::Error { code: fault.code, message: fault.text }),
        }
        Ok(())
    }
}
