//! The real database, in random orders of events.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tim_protocol::GroupId;
use tim_protocol::call::{self, SyncPage};
use tim_protocol::conversation::Cursor;
use tim_protocol::group::{GroupType, NewGroup};
use tim_server::core::ops::{Actor, Query, Write, WriteReply};
use tim_server::store::conformance::{logged_in, logging_in, message};
use tim_server::store::sqlite::Database;

use crate::DEVICES;

/// The large group that dave made.
const CLIMBERS: &str = "@TGS#_climbers";

/// An event of the real database.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// One of the others writes to bob.
    Send(usize),
    /// Bob writes to one of them.
    Answer(usize),
    /// Bob reads what one of them wrote.
    Read(usize),
    /// Writes that share a commit: a message on either side of a give.
    SendAroundGive(usize, usize),
    Mark,
    AdvanceWatermark(usize),
    Page(usize),
    Crash,
}

/// A client as the protocol's page describes it.
#[derive(Debug, Default)]
struct Client {
    cursor: Cursor,
    /// `(low, before)`.
    unfinished: Option<(u64, u64)>,
    /// By conversation: the head, and how much is unread.
    knows: BTreeMap<String, (u64, u64)>,
    /// A sync between its give and its page.
    given: Option<Cursor>,
}

impl Client {
    /// Reads one page: the first of a sync that was given, or else one of the unfinished range.
    fn page(&mut self, database: &Database, bob: &Actor) {
        let first = self.given.take();
        let page = match (first, self.unfinished) {
            (Some(upto), _) => read(database, bob, self.cursor, None, upto),
            (None, Some((low, before))) => {
                let from = Cursor { epoch: self.cursor.epoch, version: low };
                read(database, bob, from, Some(before), Cursor { version: before - 1, ..from })
            }
            (None, None) => return,
        };
        for state in &page.conversations {
            let unread = state.unread_index - state.own - state.unread_base - state.revoked_above_read;
            let known = self.knows.entry(state.conversation_id.to_string()).or_default();
            if state.head >= known.0 {
                *known = (state.head, unread);
            }
        }
        if first.is_some() {
            let low = self.unfinished.map_or(self.cursor.version, |(low, _)| low);
            self.cursor = page.cursor;
            self.unfinished = page.next.map(|next| (low, next)).or(self.unfinished);
        } else {
            self.unfinished = self.unfinished.zip(page.next).map(|((low, _), next)| (low, next));
        }
    }
}

fn read(database: &Database, bob: &Actor, from: Cursor, before: Option<u64>, upto: Cursor) -> SyncPage {
    // The smallest pages there are, so that syncs stay unfinished often.
    let sync = call::SyncRequest { from, before, limit: 1, latest: 1 };
    let found = database.query(&Query::Sync { actor: bob.clone(), sync, upto }).unwrap();
    let page = found.reply::<call::SyncRequest>().unwrap();
    assert!(!page.reset);
    page
}

/// A database, bob with his devices, and the others who write to him.
struct World {
    database: Database,
    bob: Actor,
    others: Vec<Actor>,
    /// By each of the others: how many messages there are, and how many of theirs bob has not read.
    sent: Vec<(u64, u64)>,
    number: u64,
    clients: [Client; DEVICES],
}

impl World {
    fn new() -> Self {
        let mut database = Database::in_memory().unwrap();
        let bob = login(&mut database, "bob");
        let others: Vec<Actor> = ["alice", "carol", "dave"].map(|name| login(&mut database, name)).into();
        // What dave says, he says in a large group.
        let group = NewGroup {
            name: "Climbers".into(),
            group_type: GroupType::Community,
            group_id: Some(GroupId::new(CLIMBERS).unwrap()),
            member_list: vec![bob.user.clone()],
            ..NewGroup::default()
        };
        database
            .commit(&[Write::request(&others[2], call::CreateGroupRequest { group }, 1)])
            .remove(0)
            .unwrap();
        // The first of a group is the tip that bob was invited.
        let sent = vec![(0, 0), (0, 0), (1, 0)];
        Self { database, bob, others, sent, number: 0, clients: Default::default() }
    }

    fn message(&mut self, from: usize) -> Write {
        self.number += 1;
        self.sent[from].0 += 1;
        self.sent[from].1 += 1;
        let to = if from == 2 { self.named(2) } else { "C2Cbob".into() };
        message(&self.others[from], &to, self.number)
    }

    /// The conversation with one of the others, as bob names it.
    fn named(&self, other: usize) -> String {
        if other == 2 {
            return format!("GROUP{CLIMBERS}");
        }
        format!("C2C{}", self.others[other].user.as_str())
    }

    fn commit(&mut self, writes: &[Write]) -> Vec<WriteReply> {
        self.database.commit(writes).into_iter().map(|written| written.unwrap().answer).collect()
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Send(from) => {
                let write = self.message(from);
                self.commit(&[write]);
            }
            Event::Answer(to) => {
                self.number += 1;
                self.sent[to].0 += 1;
                let write = message(&self.bob, &self.named(to), self.number);
                self.commit(&[write]);
            }
            Event::Read(of) => {
                let conversation_id = self.named(of).parse().unwrap();
                let read = call::ReadRequest { conversation_id, sequence: self.sent[of].0 };
                self.sent[of].1 = 0;
                self.commit(&[Write::request(&self.bob, read, 1)]);
            }
            Event::SendAroundGive(from, device) => {
                let writes = [
                    self.message(from),
                    Write::AdvanceWatermark { actor: self.bob.clone() },
                    self.message(from),
                ];
                self.given(&writes, device);
            }
            Event::Mark => drop(self.database.mark().unwrap()),
            Event::AdvanceWatermark(device) => {
                self.given(&[Write::AdvanceWatermark { actor: self.bob.clone() }], device)
            }
            Event::Page(device) => self.clients[device].page(&self.database, &self.bob),
            Event::Crash => {
                self.database.crashed();
                self.clients.iter_mut().for_each(|client| client.given = None);
            }
        }
    }

    fn given(&mut self, writes: &[Write], device: usize) {
        for answer in self.commit(writes) {
            if let WriteReply::Watermark(cursor) = answer {
                self.clients[device].given = Some(cursor);
            }
        }
    }

    /// Nothing else happens any more, and every device syncs.
    fn settle(&mut self) {
        while self.database.mark().unwrap() {}
        for device in 0..DEVICES {
            self.happens(Event::Page(device));
            self.happens(Event::AdvanceWatermark(device));
            self.happens(Event::Page(device));
            while self.clients[device].unfinished.is_some() {
                self.happens(Event::Page(device));
            }
        }
    }
}

fn login(database: &mut Database, name: &str) -> Actor {
    logged_in(name, database.commit(&[logging_in(name)]).remove(0))
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..3_usize).prop_map(Event::Send),
        2 => (0..3_usize).prop_map(Event::Answer),
        1 => (0..3_usize).prop_map(Event::Read),
        1 => (0..3_usize, 0..DEVICES).prop_map(|(from, device)| Event::SendAroundGive(from, device)),
        3 => Just(Event::Mark),
        2 => (0..DEVICES).prop_map(Event::AdvanceWatermark),
        3 => (0..DEVICES).prop_map(Event::Page),
        1 => Just(Event::Crash),
    ]
}

proptest! {
    #[test]
    fn the_real_database_loses_no_change_either(events in prop::collection::vec(event(), 0..60)) {
        let mut world = World::new();
        for event in events {
            world.happens(event);
        }
        world.settle();
        for client in &world.clients {
            for (other, sent) in world.sent.iter().enumerate() {
                let named = world.named(other);
                let known = client.knows.get(&named).copied().unwrap_or_default();
                prop_assert_eq!(known, *sent, "in {}", named);
            }
        }
    }
}
