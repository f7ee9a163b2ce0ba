//! A store in memory whose rows are kept elsewhere, where rows of text can be: for browsers that have a database of their own kind.
//!
//! A commit is answered when its rows are kept. Opening reads all rows, of which there is a bounded number. What is damaged is not set
//! aside, but written anew.

use std::future::Future;

use tim_protocol::message::Message;
use tim_protocol::{Fault, MessageId, UserId};

pub use super::memory::Row;
use super::memory::{Data, MemoryPlace, MemoryStore};
use super::{Opened, Store};
use crate::search::{Found, Search};
use crate::stored::{Change, LocalChange, LocalData, Query, Snapshot};

/// What keeps the rows of one user.
pub trait Keeper: Clone {
    /// What is kept, in any order; `None` if nothing can be kept here.
    ///
    /// # Errors
    /// As [`Store::open`].
    fn load(&self) -> impl Future<Output = Result<Option<Vec<(String, String)>>, Fault>>;

    /// Keeps all of these rows, or none. `anew` removes every other row.
    ///
    /// # Errors
    /// As [`Store::apply`].
    fn write(&self, rows: &[Row], anew: bool, durable: bool) -> impl Future<Output = Result<(), Fault>>;

    /// The store is closed.
    fn close(&self);

    /// What a database is called.
    fn name(&self) -> String;
}

/// Where the database of one user is: in memory, and kept, if it is to be.
#[derive(Debug, Clone)]
pub struct KeptPlace<K> {
    memory: MemoryPlace,
    keeper: Option<K>,
}

impl<K> KeptPlace<K> {
    /// A place where nothing is yet.
    #[must_use]
    pub fn new(keeper: Option<K>) -> Self {
        Self { memory: MemoryPlace::default(), keeper }
    }
}

/// A database in memory whose rows are kept.
#[derive(Debug)]
pub struct KeptStore<K: Keeper> {
    memory: MemoryStore,
    keeper: Option<K>,
    /// What is in memory is not what is kept.
    is_stale: bool,
}

impl<K: Keeper> Drop for KeptStore<K> {
    fn drop(&mut self) {
        if let Some(keeper) = &self.keeper {
            keeper.close();
        }
    }
}

impl<K: Keeper> KeptStore<K> {
    /// What is in memory, read again if a commit failed.
    async fn current(&mut self) -> Result<&mut MemoryStore, Fault> {
        if self.is_stale
            && let Some(keeper) = &self.keeper
        {
            let rows = keeper.load().await?.unwrap_or_default();
            *self.memory.0.data() = Data::of_rows(&rows).0;
            self.is_stale = false;
        }
        Ok(&mut self.memory)
    }

    async fn keep(&self, rows: &[Row], durable: bool) -> Result<(), Fault> {
        match &self.keeper {
            Some(keeper) if !rows.is_empty() => keeper.write(rows, false, durable).await,
            _ => Ok(()),
        }
    }
}

impl<K: Keeper> Store for KeptStore<K> {
    type Location = KeptPlace<K>;

    async fn open(at: &KeptPlace<K>) -> Result<Opened<Self>, Fault> {
        let mut set_aside = None;
        let rows = match &at.keeper {
            Some(keeper) => keeper.load().await?,
            None => None,
        };
        let keeper = at.keeper.clone().filter(|_| rows.is_some());
        if let Some(rows) = rows {
            let (data, are_sound) = Data::of_rows(&rows);
            *at.memory.data() = data;
            if !are_sound {
                set_aside = Some(Self::rebuild(at).await?);
            }
        }
        let Opened { store, snapshot, .. } = MemoryStore::open(&at.memory).await?;
        Ok(Opened { store: Self { memory: store, keeper, is_stale: false }, snapshot, set_aside })
    }

    async fn rebuild(at: &KeptPlace<K>) -> Result<String, Fault> {
        let Some(keeper) = &at.keeper else { return MemoryStore::rebuild(&at.memory).await };
        let (mut data, _) = Data::of_rows(&keeper.load().await?.unwrap_or_default());
        data.rescue();
        keeper.write(&data.all_rows(), true, true).await?;
        *at.memory.data() = data;
        Ok(keeper.name())
    }

    async fn snapshot(&mut self) -> Result<Snapshot, Fault> {
        self.current().await?.snapshot().await
    }

    async fn apply(&mut self, changes: &[Change], durable: bool) -> Result<(), Fault> {
        self.current().await?;
        let rows = {
            let mut data = self.memory.0.data();
            changes.iter().for_each(|change| data.apply(change));
            data.take_rows()
        };
        let kept = self.keep(&rows, durable).await;
        self.is_stale = kept.is_err();
        kept
    }

    async fn messages(&mut self, me: &UserId, query: &Query) -> Result<Vec<Message>, Fault> {
        self.current().await?.messages(me, query).await
    }

    async fn find(&mut self, ids: &[MessageId]) -> Result<Vec<Message>, Fault> {
        self.current().await?.find(ids).await
    }

    async fn keep_local(&mut self, id: MessageId, change: &LocalChange) -> Result<bool, Fault> {
        self.current().await?;
        let (former, is_here, rows) = {
            let mut data = self.memory.0.data();
            let former = data.beside.clone();
            (former, data.keep_local(id, change), data.take_rows())
        };
        if let Err(fault) = self.keep(&rows, true).await {
            self.memory.0.data().beside = former;
            return Err(fault);
        }
        Ok(is_here)
    }

    async fn local(&mut self, messages: &[(MessageId, UserId)]) -> Result<Vec<LocalData>, Fault> {
        self.current().await?.local(messages).await
    }

    async fn catch_up(&mut self) -> Result<bool, Fault> {
        Ok(false)
    }

    async fn search(&mut self, search: &Search) -> Result<Found, Fault> {
        self.current().await?.search(search).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::pin::pin;
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll, Waker};

    use tim_protocol::{Code, ConversationId};

    use super::super::conformance;
    use super::*;
    use crate::stored::ConversationRow;

    /// Rows that are kept, and what there is to see of how.
    #[derive(Debug, Clone, Default)]
    struct Rows(Arc<Mutex<Kept>>);

    #[derive(Debug, Default)]
    struct Kept {
        rows: BTreeMap<String, String>,
        written: Vec<String>,
        is_full: bool,
        is_denied: bool,
    }

    impl Keeper for Rows {
        async fn load(&self) -> Result<Option<Vec<(String, String)>>, Fault> {
            let kept = self.0.lock().unwrap();
            Ok((!kept.is_denied).then(|| kept.rows.clone().into_iter().collect()))
        }

        async fn write(&self, rows: &[Row], anew: bool, _durable: bool) -> Result<(), Fault> {
            let mut kept = self.0.lock().unwrap();
            if kept.is_full {
                return Err(Code::STORAGE_FULL.into());
            }
            if anew {
                kept.rows.clear();
            }
            kept.written = rows.iter().map(|(key, _)| key.clone()).collect();
            for (key, text) in rows.iter().cloned() {
                match text {
                    Some(text) => _ = kept.rows.insert(key, text),
                    None => _ = kept.rows.remove(&key),
                }
            }
            Ok(())
        }

        fn close(&self) {}

        fn name(&self) -> String {
            "rows".to_owned()
        }
    }

    type Tested = KeptStore<Rows>;

    fn new() -> KeptPlace<Rows> {
        KeptPlace::new(Some(Rows::default()))
    }

    /// Another page: only the rows are the same.
    fn later(at: &KeptPlace<Rows>) -> KeptPlace<Rows> {
        KeptPlace::new(at.keeper.clone())
    }

    fn rows(at: &KeptPlace<Rows>) -> std::sync::MutexGuard<'_, Kept> {
        at.keeper.as_ref().unwrap().0.lock().unwrap()
    }

    /// Nothing in memory is waited for.
    fn done<T>(work: impl Future<Output = T>) -> T {
        match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done,
            Poll::Pending => panic!("this waits"),
        }
    }

    fn open(at: &KeptPlace<Rows>) -> Opened<Tested> {
        done(Tested::open(&later(at))).unwrap()
    }

    fn apply(store: &mut Tested, changes: &[Change]) -> Result<(), Fault> {
        done(store.apply(changes, true))
    }

    fn with(name: &str) -> ConversationId {
        format!("C2C{name}").parse().unwrap()
    }

    /// Messages of a conversation, all that there are up to the last.
    fn messages(of: &str, last: u64) -> Vec<Change> {
        let all = (1..=last).map(|sequence| Message { to: with(of), ..conformance::message(sequence) });
        let mut row = ConversationRow::new(with(of));
        (row.head, row.last_shown_seq, row.last_active) = (last, last, i64::try_from(last).unwrap());
        vec![
            Change::Messages(with(of), all.collect()),
            Change::Complete(with(of), 1, last),
            Change::Conversation(Box::new(row)),
        ]
    }

    fn read(store: &mut Tested, of: &str) -> Vec<u64> {
        let all = Query { conversation: with(of), low: 0, high: u64::MAX, own_only: false };
        let read = done(store.messages(&UserId::new("alice").unwrap(), &all)).unwrap();
        read.iter().map(|message| message.sequence).collect()
    }

    #[test]
    fn rows_that_are_kept_keep_the_promises_of_a_store() {
        done(conformance::snapshot::<Tested>(&new()));
        done(conformance::messages::<Tested>(&new()));
        done(conformance::revoked::<Tested>(&new()));
        done(conformance::cleared::<Tested>(&new()));
        done(conformance::removed::<Tested>(&new()));
        done(conformance::modified::<Tested>(&new()));
        done(conformance::reacted::<Tested>(&new()));
        done(conformance::confirmed::<Tested>(&new()));
        done(conformance::beside::<Tested>(&new()));
        done(conformance::another_epoch::<Tested>(&new()));
        done(conformance::rebuilt::<Tested>(&new()));
        done(conformance::found::<Tested>(&new()));
        (0..256).for_each(|seed| done(conformance::restarts::<Tested>(&new(), seed)));
    }

    #[test]
    fn a_commit_writes_what_changed_and_nothing_else() {
        let at = new();
        let mut store = open(&at).store;
        apply(&mut store, &messages("bob", 3)).unwrap();
        let draft = Change::Draft(with("bob"), Some("Dear B".to_owned()));
        apply(&mut store, &[conformance::revoke(2), draft]).unwrap();
        let mut written = rows(&at).written.clone();
        written.sort();
        assert_eq!(written, ["draft C2Cbob", "log C2Cbob", "message 2 C2Cbob"]);
    }

    #[test]
    fn a_commit_that_cannot_be_kept_changes_nothing_then_and_later() {
        let at = new();
        let mut store = open(&at).store;
        apply(&mut store, &messages("bob", 3)).unwrap();
        rows(&at).is_full = true;
        assert_eq!(apply(&mut store, &messages("bob", 5)).unwrap_err().code, Code::STORAGE_FULL);
        assert_eq!(read(&mut store, "bob"), [1, 2, 3]);
        let (id, told) = (conformance::message(1).id, LocalChange::Int(7));
        assert_eq!(done(store.keep_local(id, &told)).unwrap_err().code, Code::STORAGE_FULL);
        let beside = [(id, UserId::new("alice").unwrap())];
        assert_eq!(done(store.local(&beside)).unwrap(), [LocalData::default()]);
        rows(&at).is_full = false;
        apply(&mut store, &messages("bob", 6)).unwrap();
        assert_eq!(read(&mut open(&at).store, "bob"), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn the_newest_messages_are_kept_and_of_older_ones_none_is_said_to_be_there() {
        let at = new();
        let mut store = open(&at).store;
        apply(&mut store, &messages("bob", 1_000)).unwrap();
        apply(&mut store, &messages("carol", 5_500)).unwrap();
        assert_eq!(read(&mut store, "bob").len(), 1_000, "for this page all are there");
        let Opened { mut store, snapshot, .. } = open(&at);
        for (told, last) in snapshot.conversations.iter().zip([1_000, 5_500]) {
            assert_eq!(told.ranges, [(last - 199, last)]);
        }
        assert_eq!(read(&mut store, "bob"), (801..=1_000).collect::<Vec<_>>());
        assert_eq!(read(&mut store, "carol").len(), 200);
    }

    #[test]
    fn of_many_conversations_those_keep_messages_that_were_active_last() {
        let at = new();
        let mut store = open(&at).store;
        for number in 0..100 {
            apply(&mut store, &messages(&number.to_string(), 150 + number)).unwrap();
        }
        // What is read is counted, and cut with the next commit.
        let mut store = open(&at).store;
        apply(&mut store, &[Change::ProfilesAsOf(1)]).unwrap();
        let mut store = open(&at).store;
        let kept: Vec<usize> = (0..100).map(|number| read(&mut store, &number.to_string()).len()).collect();
        assert_eq!((kept[0], kept[99]), (1, 200));
        assert!(kept.iter().sum::<usize>() <= 10_100);
    }

    #[test]
    fn what_no_listener_has_returned_from_is_kept() {
        let at = new();
        let mut store = open(&at).store;
        let mut changes = messages("bob", 6_000);
        if let Some(Change::Conversation(row)) = changes.last_mut() {
            row.undelivered = vec![(5_000, 6_000)];
        }
        apply(&mut store, &changes).unwrap();
        assert_eq!(read(&mut open(&at).store, "bob"), (5_000..=6_000).collect::<Vec<_>>());
    }

    #[test]
    fn damage_is_told_and_the_outbox_survives_it() {
        let at = new();
        let mut store = open(&at).store;
        apply(&mut store, &messages("bob", 3)).unwrap();
        apply(&mut store, &[Change::Acknowledged(conformance::message(4))]).unwrap();
        rows(&at).rows.insert("log C2Cbob".to_owned(), "{".to_owned());
        let opened = open(&at);
        assert_eq!(opened.set_aside.as_deref(), Some("rows"));
        assert!(opened.snapshot.conversations.is_empty());
        let Opened { mut store, set_aside, .. } = open(&at);
        assert_eq!(set_aside, None);
        apply(&mut store, &[Change::Reset]).unwrap();
        assert_eq!(open(&at).snapshot.outbox.len(), 1, "what was sent last can be sent again");
    }

    #[test]
    fn where_nothing_can_be_kept_memory_does() {
        let at = new();
        rows(&at).is_denied = true;
        let mut store = done(Tested::open(&at)).unwrap().store;
        apply(&mut store, &messages("bob", 3)).unwrap();
        drop(store);
        assert_eq!(read(&mut done(Tested::open(&at)).unwrap().store, "bob"), [1, 2, 3]);
        assert!(rows(&at).rows.is_empty());
    }
}
