//! One world: a virtual clock, what happens when, and who is there. Everything random in it comes from its seed.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;
use tim_protocol::UserId;

use crate::device::{Device, DeviceId};
use crate::history::History;
use crate::hostile::Mallory;
use crate::link::{Link, LinkId};
use crate::server::Server;
use crate::workload::Faults;

/// The wall clock when a world begins, in milliseconds since 1970.
pub const BEGIN: i64 = 1_700_000_000_000;
/// More steps than any healthy world takes.
const MAX_STEPS: u64 = 3_000_000;

/// The parameters of a world.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    /// The number of user actions; drawn from the seed if absent.
    pub operations: Option<u32>,
    /// The number of faults; drawn from the seed if absent.
    pub faults: Option<u32>,
    /// The deliberate bug.
    pub broken: Option<Break>,
    /// Print what happens on the devices.
    pub trace: bool,
}

impl Plan {
    pub fn of(seed: u64) -> Self {
        Self { seed, operations: None, faults: None, broken: None, trace: false }
    }
}

/// Something broken on purpose, to see whether it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// A server that crashes loses the last batch it acknowledged.
    ServerForgets,
    /// A page of history lacks a message in its middle.
    HoleInHistory,
    /// A device's store says that it kept a commit, and did not.
    StoreForgets,
    /// "Sent" is reported before the server's acknowledgement.
    AcksEarly,
    /// An app's messages reach the engine in another order than they were sent in.
    SwapsSends,
    /// A listener hears the same messages again.
    TellsTwice,
    /// Some messages are not emitted.
    TellsNot,
    /// Events that a crash kept from the listener are not emitted again.
    TellsNotAgain,
    /// The server does not mark what changed, and pushes get lost.
    NeverMarks,
    /// A message is appended a second time under another identity.
    SendsTwice,
    /// A sync says that more was read than was.
    ReadsTooFar,
    /// A sync lacks what a user set about conversations.
    ForgetsSettings,
    /// A sync lacks what a user removed, and pushes get lost.
    ForgetsRemovals,
    /// A page of mutations does not tell which reactions are the reader's.
    ForgetsReactions,
    /// Every sync is answered as if it had asked for everything.
    SyncsAll,
    /// A device hangs up when it hears what it cannot read.
    HangsUp,
    /// Messages that a device cannot read have no place.
    LosesPlaces,
    /// No error event says that something cannot be read.
    HidesUnreadable,
    /// The server accepts every revocation, by anybody.
    RevokesForAll,
    /// The outbox of a damaged file is lost.
    RescuesNothing,
    /// The bus goes on telling users of a group that they have left.
    KeepsTopics,
    /// The whole group is told what is for some of its members.
    ShowsToAll,
}

/// A scheduled event.
pub enum Event {
    Link(LinkId, crate::link::Event),
    Server(u64, crate::server::Event),
    Device(DeviceId, u64, crate::device::Event),
    Operate,
    Fail,
    Attack,
    Backup,
    Restore,
}

pub struct World {
    pub plan: Plan,
    pub rng: fastrand::Rng,
    pub now: i64,
    pub server: Server,
    pub devices: Vec<Device>,
    pub links: BTreeMap<LinkId, Link>,
    pub history: History,
    pub faults: Faults,
    pub mallory: Mallory,
    /// Frames sent, and their bytes, heartbeats apart.
    pub bill: (usize, usize),
    queue: BTreeMap<(i64, u64), Event>,
    scheduled: u64,
    steps: u64,
}

impl World {
    pub fn new(plan: Plan) -> Self {
        let mut rng = fastrand::Rng::with_seed(plan.seed);
        let faults = Faults::draw(plan.seed, &mut rng);
        let mut world = Self {
            server: Server::new(&faults),
            devices: Vec::new(),
            links: BTreeMap::new(),
            bill: (0, 0),
            history: History::default(),
            queue: BTreeMap::new(),
            now: 0,
            scheduled: 0,
            steps: 0,
            plan,
            rng,
            faults,
            mallory: Mallory::default(),
        };
        world.settle();
        world.people();
        world
    }

    /// Schedules an event.
    pub fn after(&mut self, delay: i64, event: Event) {
        self.scheduled += 1;
        self.queue.insert((self.now + delay.max(0), self.scheduled), event);
    }

    /// Lets everything happen that happens until `end`.
    pub fn run_until(&mut self, end: i64) {
        while let Some(entry) = self.queue.first_entry()
            && entry.key().0 <= end
        {
            let ((at, _), event) = entry.remove_entry();
            self.now = at;
            self.steps += 1;
            assert!(self.steps < MAX_STEPS, "the world never rests (seed {})", self.plan.seed);
            match event {
                Event::Link(link, event) => self.link_event(link, event),
                Event::Server(life, event) => self.server_event(life, event),
                Event::Device(device, life, event) => self.device_event(device, life, event),
                Event::Operate => self.operate(),
                Event::Fail => self.fail(),
                Event::Attack => self.attack(),
                Event::Backup => self.back_up(),
                Event::Restore => self.restore(),
            }
        }
        self.now = end;
    }

    /// True in `percent` of cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    pub fn is_broken(&self, how: Break) -> bool {
        self.plan.broken == Some(how)
    }

    pub fn wall(&self) -> i64 {
        BEGIN + self.now
    }

    pub fn users(&self) -> Vec<UserId> {
        let hostile = self.faults.is_hostile.then_some("mallory");
        ["alice", "bob", "carol"].into_iter().chain(hostile).map(user).collect()
    }
}

/// A folder for files. Nothing here depends on stable storage, and memory is quicker.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

pub fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}
