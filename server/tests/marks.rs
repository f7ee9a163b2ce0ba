//! The mark protocol, by exhaustion: a small model of `uver`, `given` and `mark` in every order of events there is, and
//! the real database in random ones. Whoever syncs once everything is quiet knows every change.
//!
//! The model is finer than the embedded store, which marks in one transaction: it is what any store may do that keeps
//! conversations and users apart. Three broken variants show that the search finds what it looks for, and a fourth
//! that a give has to wait for the disk where a mark does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use proptest::prelude::*;
use tim_protocol::call::{self, SyncPage};
use tim_protocol::conversation::Cursor;
use tim_server::core::ops::{Actor, Answer, Find, Found, Write};
use tim_server::store::conformance::{logged_in, logging_in, message};
use tim_server::store::sqlite::Database;

/// Conversations and devices of the one user there is.
const CONVERSATIONS: usize = 2;
const DEVICES: usize = 2;
/// The bound of the search. Every counterexample known needs less.
const SENDS: u8 = 3;
const SYNCS: u8 = 3;
const CRASHES: u8 = 1;

/// What a variant does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mutant {
    /// Whether to mark is decided before the change commits.
    GivenReadBeforeCommit,
    /// A sync reads its page first and notes what it gave afterwards.
    PageReadBeforeGive,
    /// A change that was not marked when the store crashed is never marked.
    CrashForgetsUnmarked,
    /// A give is answered before it is on stable storage.
    GiveIsNotDurable,
}

/// What the store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Data {
    /// The conversation side: messages, and up to where they were marked.
    head: [u8; CONVERSATIONS],
    marked: [u8; CONVERSATIONS],
    /// The user side.
    uver: u8,
    given: u8,
    mark: [u8; CONVERSATIONS],
}

impl Data {
    fn needs_mark(&self, conversation: usize) -> bool {
        self.given >= self.mark[conversation]
    }
}

/// A device of the user's: up to where it followed, and how much of each conversation it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Device {
    cursor: u8,
    knows: [u8; CONVERSATIONS],
    /// A sync between its two steps: its upper end.
    syncing: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct State {
    data: Data,
    /// What a crash goes back to. Marks do not wait for the disk; the next send or give takes them along.
    stable: Data,
    /// A marker that has marked for the user and not yet said so beside the conversation: which, and up to where.
    marking: Option<(usize, u8)>,
    /// Only where the decision comes first.
    decided: [Option<bool>; CONVERSATIONS],
    devices: [Device; DEVICES],
    sends: u8,
    syncs: u8,
    crashes: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Decide(usize),
    Send(usize),
    /// Marks a conversation for the user, if the mark is not still to be given out.
    MarkUser(usize),
    /// Notes beside the conversation that this was done.
    MarkDone,
    /// The two steps of a sync, in the order in which the protocol has them.
    Give(usize),
    Page(usize),
    /// With the marks that had not reached the disk, or without.
    Crash {
        keeps_marks: bool,
    },
}

impl State {
    /// Everything that can happen next.
    fn steps(&self, mutant: Option<Mutant>) -> Vec<Step> {
        let mut steps = Vec::new();
        for conversation in 0..CONVERSATIONS {
            if self.sends < SENDS {
                let decides = mutant == Some(Mutant::GivenReadBeforeCommit);
                steps.push(if decides && self.decided[conversation].is_none() {
                    Step::Decide(conversation)
                } else {
                    Step::Send(conversation)
                });
            }
            if self.marking.is_none() && self.data.marked[conversation] < self.data.head[conversation] {
                steps.push(Step::MarkUser(conversation));
            }
        }
        if self.marking.is_some() {
            steps.push(Step::MarkDone);
        }
        for (number, device) in self.devices.iter().enumerate() {
            let first_page = mutant == Some(Mutant::PageReadBeforeGive);
            let (begin, end) = if first_page {
                (Step::Page(number), Step::Give(number))
            } else {
                (Step::Give(number), Step::Page(number))
            };
            match device.syncing {
                Some(_) => steps.push(end),
                None if self.syncs < SYNCS => steps.push(begin),
                None => {}
            }
        }
        if self.crashes < CRASHES {
            steps.extend([Step::Crash { keeps_marks: true }, Step::Crash { keeps_marks: false }]);
        }
        steps
    }

    fn after(mut self, step: Step, mutant: Option<Mutant>) -> Self {
        let data = &mut self.data;
        match step {
            Step::Decide(conversation) => self.decided[conversation] = Some(data.needs_mark(conversation)),
            Step::Send(conversation) => {
                data.head[conversation] += 1;
                self.stable = *data;
                self.sends += 1;
            }
            Step::MarkUser(conversation) => {
                let needs = self.decided[conversation].take().unwrap_or(data.needs_mark(conversation));
                if needs {
                    data.uver += 1;
                    data.mark[conversation] = data.uver;
                }
                self.marking = Some((conversation, data.head[conversation]));
            }
            Step::MarkDone => {
                if let Some((conversation, upto)) = self.marking.take() {
                    data.marked[conversation] = upto;
                }
            }
            Step::Give(number) => self.give(number, mutant),
            Step::Page(number) => self.page(number, mutant),
            Step::Crash { keeps_marks } => {
                self.crashes += 1;
                if !keeps_marks {
                    *data = self.stable;
                }
                if mutant == Some(Mutant::CrashForgetsUnmarked) {
                    data.marked = data.head;
                }
                self.marking = None;
                self.decided = Default::default();
                self.devices.iter_mut().for_each(|device| device.syncing = None);
            }
        }
        self
    }

    fn give(&mut self, number: usize, mutant: Option<Mutant>) {
        let (device, data) = (&mut self.devices[number], &mut self.data);
        let upto = match (mutant, device.syncing.take()) {
            // What was read is given now.
            (Some(Mutant::PageReadBeforeGive), Some(read_upto)) => read_upto,
            _ => {
                self.syncs += 1;
                device.syncing = Some(data.uver);
                data.uver
            }
        };
        data.given = data.given.max(upto);
        if mutant != Some(Mutant::GiveIsNotDurable) {
            self.stable = *data;
        }
    }

    fn page(&mut self, number: usize, mutant: Option<Mutant>) {
        let (device, data) = (&mut self.devices[number], &self.data);
        let upto = match device.syncing.take() {
            Some(upto) => upto,
            None => {
                self.syncs += 1;
                data.uver
            }
        };
        for conversation in 0..CONVERSATIONS {
            if (device.cursor + 1..=upto).contains(&data.mark[conversation]) {
                device.knows[conversation] = data.head[conversation];
            }
        }
        device.cursor = device.cursor.max(upto);
        if mutant == Some(Mutant::PageReadBeforeGive) {
            device.syncing = Some(upto);
        }
    }

    /// Whether every device that syncs, once nothing else happens any more, knows everything.
    fn ends_well(mut self, mutant: Option<Mutant>) -> bool {
        self.sends = SENDS;
        self.crashes = CRASHES;
        self.syncs = SYNCS;
        while let Some(step) = self.steps(mutant).first() {
            self = self.after(*step, mutant);
        }
        for number in 0..DEVICES {
            self.give(number, None);
            self.page(number, None);
        }
        self.devices.iter().all(|device| device.knows == self.data.head)
    }
}

/// Goes through every state within the bound. How many there are, or the shortest way to one that ends badly.
fn search(mutant: Option<Mutant>) -> Result<usize, Vec<Step>> {
    let begin = State::default();
    let (mut seen, mut queue) = (HashSet::from([begin]), VecDeque::from([begin]));
    let mut came_from: HashMap<State, (State, Step)> = HashMap::new();
    while let Some(state) = queue.pop_front() {
        if !state.ends_well(mutant) {
            let mut way = Vec::new();
            let mut at = state;
            while let Some((before, step)) = came_from.get(&at) {
                way.insert(0, *step);
                at = *before;
            }
            return Err(way);
        }
        for step in state.steps(mutant) {
            let next = state.after(step, mutant);
            if seen.insert(next) {
                came_from.insert(next, (state, step));
                queue.push_back(next);
            }
        }
    }
    Ok(seen.len())
}

#[test]
fn in_every_order_of_events_whoever_syncs_knows_every_change() {
    let states = search(None).unwrap_or_else(|way| panic!("ends badly: {way:?}"));
    assert!(states > 10_000, "only {states} states: the search is not what it was");
}

/// The steps that lead a broken variant astray.
fn astray(mutant: Mutant) -> Vec<Step> {
    search(Some(mutant)).expect_err("a broken variant went unnoticed")
}

#[test]
fn reading_given_before_the_commit_loses_a_change() {
    let way = astray(Mutant::GivenReadBeforeCommit);
    let at = |wanted: fn(&Step) -> bool| way.iter().position(wanted).expect("it takes part");
    assert!(at(|step| matches!(step, Step::Decide(_))) < at(|step| matches!(step, Step::Give(_))), "{way:?}");
}

#[test]
fn reading_the_page_before_the_give_loses_a_change() {
    let way = astray(Mutant::PageReadBeforeGive);
    assert!(way.iter().any(|step| matches!(step, Step::Page(_))), "{way:?}");
    assert!(!way.iter().any(|step| matches!(step, Step::Crash { .. })), "{way:?}");
}

#[test]
fn a_crash_that_forgets_what_is_unmarked_loses_a_change() {
    let way = astray(Mutant::CrashForgetsUnmarked);
    assert!(matches!(way[..], [Step::Send(_), Step::Crash { .. }]), "{way:?}");
}

#[test]
fn a_give_that_does_not_wait_for_the_disk_loses_a_change() {
    let way = astray(Mutant::GiveIsNotDurable);
    assert!(way.iter().any(|step| matches!(step, Step::Crash { keeps_marks: false })), "{way:?}");
}

/// What happens to the real database.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// One of the others writes to bob.
    Send(usize),
    /// Writes that share a commit: a message on either side of a give.
    SendAroundGive(usize, usize),
    Mark,
    Give(usize),
    Page(usize),
    Crash,
}

/// A client as the protocol's page describes it.
#[derive(Debug, Default)]
struct Client {
    cursor: Cursor,
    /// `(low, before)`.
    unfinished: Option<(u64, u64)>,
    knows: BTreeMap<String, u64>,
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
            let known = self.knows.entry(state.conversation_id.to_string()).or_default();
            *known = state.head.max(*known);
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
    let sync = call::Sync { from, before, limit: 1, latest: 1 };
    match database.find(&Find::Sync { actor: bob.clone(), sync, upto }).unwrap() {
        Found::Page(page) => {
            assert!(!page.reset);
            page
        }
        other => panic!("a sync answered {other:?}"),
    }
}

/// A database, bob with his devices, and the others who write to him.
struct World {
    database: Database,
    bob: Actor,
    others: Vec<Actor>,
    sent: Vec<u64>,
    number: u64,
    clients: [Client; DEVICES],
}

impl World {
    fn new() -> Self {
        let mut database = Database::in_memory().unwrap();
        let bob = login(&mut database, "bob");
        let others: Vec<Actor> = ["alice", "carol"].map(|name| login(&mut database, name)).into();
        let sent = vec![0; others.len()];
        Self { database, bob, others, sent, number: 0, clients: Default::default() }
    }

    fn message(&mut self, from: usize) -> Write {
        self.number += 1;
        self.sent[from] += 1;
        message(&self.others[from], "C2Cbob", self.number)
    }

    fn commit(&mut self, writes: &[Write]) -> Vec<Answer> {
        self.database.commit(writes).into_iter().map(|written| written.unwrap().answer).collect()
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Send(from) => {
                let write = self.message(from);
                self.commit(&[write]);
            }
            Event::SendAroundGive(from, device) => {
                let writes =
                    [self.message(from), Write::Give { actor: self.bob.clone() }, self.message(from)];
                self.given(&writes, device);
            }
            Event::Mark => drop(self.database.mark().unwrap()),
            Event::Give(device) => self.given(&[Write::Give { actor: self.bob.clone() }], device),
            Event::Page(device) => self.clients[device].page(&self.database, &self.bob),
            Event::Crash => {
                self.database.crashed();
                self.clients.iter_mut().for_each(|client| client.given = None);
            }
        }
    }

    fn given(&mut self, writes: &[Write], device: usize) {
        for answer in self.commit(writes) {
            if let Answer::Given(cursor) = answer {
                self.clients[device].given = Some(cursor);
            }
        }
    }

    /// Nothing else happens any more, and every device syncs.
    fn settle(&mut self) {
        while self.database.mark().unwrap() {}
        for device in 0..DEVICES {
            self.happens(Event::Page(device));
            self.happens(Event::Give(device));
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
        3 => (0..2_usize).prop_map(Event::Send),
        1 => (0..2_usize, 0..DEVICES).prop_map(|(from, device)| Event::SendAroundGive(from, device)),
        3 => Just(Event::Mark),
        2 => (0..DEVICES).prop_map(Event::Give),
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
            for (other, head) in world.others.iter().zip(&world.sent) {
                let known = client.knows.get(&format!("C2C{}", other.user.as_str())).copied().unwrap_or(0);
                prop_assert_eq!(known, *head, "of what {} wrote", other.user.as_str());
            }
        }
    }
}
