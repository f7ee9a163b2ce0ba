//! The model: every order of events there is, and broken variants that the search has to find.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::{CONVERSATIONS, DEVICES};

/// The bound of the search. Every counterexample known needs less.
const SENDS: u8 = 3;
const SYNCS: u8 = 3;
const CRASHES: u8 = 1;

/// The fault of a variant.
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

/// The state of the store.
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
    AdvanceWatermark(usize),
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
                (Step::Page(number), Step::AdvanceWatermark(number))
            } else {
                (Step::AdvanceWatermark(number), Step::Page(number))
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
            Step::AdvanceWatermark(number) => self.advance_watermark(number, mutant),
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

    fn advance_watermark(&mut self, number: usize, mutant: Option<Mutant>) {
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
            self.advance_watermark(number, None);
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
    assert!(
        at(|step| matches!(step, Step::Decide(_))) < at(|step| matches!(step, Step::AdvanceWatermark(_))),
        "{way:?}"
    );
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
