//! A device: one machine, one store, and the driver between them and the network.
//!
//! It keeps the machine's contract to the letter, and stops at the worst moments: a
//! process that ends keeps every commit, a power cut only those up to some point after the last durable one.

use std::collections::BTreeMap;

use tim::conversation::ConversationList;
use tim::machine::Machine;
use tim::machine::io::{Call, CallId, Config, Input, Now, Output};
use tim::message::{Message, ReadMarks, SendStatus};
use tim::store::{Change, Ranges, Store};
use tim_protocol::Fault;
use tim_protocol::call::Platform;
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{Code, ConversationId, UserId, codec, limits};

use crate::app::Asked;
use crate::damage::File;
use crate::history::{LogId, Record, Told};
use crate::later::has_unreadable;
use crate::link::LinkId;
use crate::server::{APP, KEY};
use crate::world::{BEGIN, Break, World, user};

pub type DeviceId = usize;

/// One device.
pub struct Device {
    pub name: &'static str,
    pub user: UserId,
    platform: Platform,
    pub user_sig: String,
    /// Counts its starts.
    pub life: u64,
    pub up: bool,
    pub link: Option<LinkId>,
    pub cut_off_until: i64,
    pub slow_until: i64,
    /// Its clock minus the right time.
    pub skew: i64,
    /// It hears a server of a later version.
    pub is_old: bool,
    machine: Machine,
    pub store: Store,
    /// Where the store is, if it is not in memory.
    pub file: Option<File>,
    is_open: bool,
    /// Its store is closed for a while.
    is_paused: bool,
    /// Every commit, to go back to an earlier one.
    pub disk: Vec<(Vec<Change>, bool)>,
    due: Option<i64>,
    pub ready: bool,
    /// The total of unread messages that its app was told, of this start.
    pub total_unread: u64,
    /// The list as the app keeps it by what it is told of changes.
    pub list: ConversationList,
    pub is_logging_in: bool,
    pub calls: BTreeMap<CallId, Asked>,
    pub next_call: u64,
    /// The next commit is its last moment.
    pub doom: Option<Crash>,
    /// How many commits are to fail.
    pub bad_commits: u32,
    /// A send held back, for the break that swaps two.
    pub held: Option<(CallId, Call)>,
    /// What was read from the store for the machine.
    read: Vec<Input>,
    /// How often its app logged in, and how often an error event said that something cannot be read.
    pub logins: u64,
    pub tells: u64,
}

impl Device {
    /// How much it could not read.
    pub fn counted(&self) -> u64 {
        self.machine.unreadable().values().sum()
    }
}

/// How a device stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process ends.
    Process,
    /// The power is gone.
    Power,
}

/// An event on a device.
pub enum Event {
    StoreOpened,
    Due,
    Start,
    LogIn,
    /// Its app's listener has returned from what was received.
    Heard(Vec<(ConversationId, u64)>),
    /// Its app comes back to the foreground.
    Resume,
}

impl World {
    /// Everybody and their devices.
    pub fn people(&mut self) {
        let devices = [
            ("alice's phone", "alice", Platform::Android),
            ("alice's laptop", "alice", Platform::Linux),
            ("bob's phone", "bob", Platform::Ios),
            ("bob's laptop", "bob", Platform::Windows),
            ("carol's phone", "carol", Platform::Android),
        ];
        for (name, owner, platform) in devices {
            let claims = Claims {
                sdk_app_id: APP,
                user: owner.into(),
                issued_at_s: BEGIN / 1_000,
                expire_s: 86_400,
                userbuf: None,
            };
            let seed = self.rng.u64(..);
            let skew = self.rng.i64(-60_000..60_000);
            let id = self.devices.len();
            let is_old = self.faults.is_mixed && self.rng.bool();
            let file = self.faults.is_damaged.then(File::new);
            self.devices.push(Device {
                name,
                user: user(owner),
                platform,
                user_sig: sign(&Key::new(KEY), &claims),
                life: 0,
                up: true,
                link: None,
                cut_off_until: 0,
                slow_until: 0,
                skew,
                is_old,
                file,
                logins: 0,
                tells: 0,
                machine: machine(name, platform, seed),
                store: Store::in_memory().unwrap(),
                is_open: false,
                is_paused: false,
                disk: Vec::new(),
                due: None,
                ready: false,
                total_unread: 0,
                list: ConversationList::default(),
                is_logging_in: false,
                calls: BTreeMap::new(),
                next_call: 0,
                doom: None,
                bad_commits: 0,
                held: None,
                read: Vec::new(),
            });
            let born = self.history.tick();
            self.history.devices.push(Record { user: Some(user(owner)), is_old, born, ..Record::default() });
            // Most are there from the beginning, some come late.
            let delay = if self.chance(70) { self.rng.i64(0..2_000) } else { self.rng.i64(0..60_000) };
            self.device_after(id, delay, Event::LogIn);
        }
    }

    pub fn device_after(&mut self, id: DeviceId, delay: i64, event: Event) {
        let life = self.devices[id].life;
        self.after(delay, crate::world::Event::Device(id, life, event));
    }

    pub fn device_now(&self, id: DeviceId) -> Now {
        Now { monotonic: self.now, wall: self.wall() + self.devices[id].skew }
    }

    pub fn device_event(&mut self, id: DeviceId, life: u64, event: Event) {
        if life != self.devices[id].life {
            return;
        }
        match event {
            Event::Start => self.devices[id].up = true,
            _ if !self.devices[id].up => return,
            Event::LogIn => {}
            Event::StoreOpened => return self.open_store(id),
            Event::Due => return self.device_due(id),
            // Told once the store is open again.
            Event::Heard(messages) if self.devices[id].is_paused => {
                return self.device_after(id, 100, Event::Heard(messages));
            }
            Event::Heard(messages) => return self.feed(id, Input::Delivered(messages)),
            Event::Resume => return self.call(id, Asked::Other, Call::Resume),
        }
        self.log_in(id);
    }

    pub fn device_connected(&mut self, id: DeviceId) {
        self.feed(id, Input::Connected);
    }

    pub fn device_hears(&mut self, id: DeviceId, text: String) {
        if !self.devices[id].is_old {
            return self.feed(id, Input::Frames(together(text)));
        }
        if self.is_broken(Break::HangsUp) && has_unreadable(&text) {
            return self.part(id, self.now);
        }
        let (before, life) = (self.devices[id].counted(), self.devices[id].life);
        self.feed(id, Input::Frames(together(text.clone())));
        if self.devices[id].life == life {
            self.check_counted(id, &text, before);
        }
    }

    pub fn device_loses(&mut self, id: DeviceId) {
        self.devices[id].link = None;
        self.feed(id, Input::Disconnected);
    }

    fn open_store(&mut self, id: DeviceId) {
        if self.faults.is_on && self.chance(2) {
            self.feed(id, Input::StoreOpened(Err(Fault::new(Code::DATABASE_FAILED))));
        } else {
            self.open_file(id);
            (self.devices[id].is_open, self.devices[id].is_paused) = (true, false);
            let snapshot = self.devices[id].store.snapshot().unwrap();
            self.feed(id, Input::StoreOpened(Ok(Box::new(snapshot))));
        }
    }

    fn device_due(&mut self, id: DeviceId) {
        let device = &mut self.devices[id];
        device.due = None;
        if device.machine.deadline().is_some_and(|at| at <= self.now) {
            self.feed(id, Input::Deadline);
        } else {
            self.schedule_due(id);
        }
    }

    fn schedule_due(&mut self, id: DeviceId) {
        let device = &mut self.devices[id];
        if let Some(at) = device.machine.deadline()
            && device.due.is_none_or(|due| at < due)
        {
            device.due = Some(at);
            self.device_after(id, at - self.now, Event::Due);
        }
    }

    /// Gives the machine an input and carries out everything that follows.
    pub fn feed(&mut self, id: DeviceId, input: Input) {
        if !self.devices[id].up {
            return;
        }
        let (now, life) = (self.device_now(id), self.devices[id].life);
        self.trace(id, "<-", &input);
        self.devices[id].machine.handle(input, now);
        while let Some(output) = self.devices[id].machine.poll() {
            if let Err(fault) = self.carry_out(id, output) {
                self.store_failed(id, fault);
            }
            if self.devices[id].life != life {
                self.devices[id].read.clear();
                return;
            }
        }
        self.schedule_due(id);
        for input in std::mem::take(&mut self.devices[id].read) {
            self.feed(id, input);
        }
    }

    fn store_failed(&mut self, id: DeviceId, fault: Fault) {
        if fault.code == Code::STORE_DAMAGED {
            self.rebuild(id);
        }
        let now = self.device_now(id);
        self.devices[id].machine.handle(Input::StoreFailed(fault), now);
    }

    /// Prints the inputs and outputs of machines, for the replay of a seed.
    fn trace(&self, id: DeviceId, way: &str, what: &impl std::fmt::Debug) {
        if self.plan.trace {
            eprintln!("{:>8} {} {way} {what:?}", self.now, self.devices[id].name);
        }
    }

    fn carry_out(&mut self, id: DeviceId, output: Output) -> Result<(), Fault> {
        self.trace(id, "->", &output);
        match output {
            Output::OpenStore { .. } => {
                self.devices[id].is_open = false;
                let delay = self.rng.i64(0..10);
                self.device_after(id, delay, Event::StoreOpened);
            }
            Output::CloseStore => {
                (self.devices[id].is_open, self.devices[id].is_paused) = (false, false);
            }
            Output::PauseStore => {
                (self.devices[id].is_open, self.devices[id].is_paused) = (false, true);
            }
            Output::Commit { changes, durable } => self.keep(id, changes, durable)?,
            Output::Connect => self.connect(id),
            Output::Disconnect => self.disconnect(id),
            Output::Transmit(text) => self.send_up(id, text),
            Output::Upload { .. }
            | Output::CancelUpload(_)
            | Output::Uploaded(_)
            | Output::RemoveCopy(_)
            | Output::RemoveCopiesOf(_)
            | Output::EmitDeleted(_)
            | Output::LogUnreadable(_)
            | Output::ReturnFound(..)
            | Output::KeepLocal(..)
            | Output::ReturnMessages { .. } => {}
            Output::Trace(_) | Output::EmitReceipts(..) => {}
            Output::Emit(event) => self.told(id, event),
            Output::EmitMessages { query, kind } => self.told_of(id, &query, kind)?,
            Output::Return(call, result) => self.returned(id, call, result),
            Output::ReturnPage { call, query, completed, .. } => {
                self.answered(id, call, &query, completed)?;
                let user = &self.devices[id].user;
                let page = self.devices[id].store.messages(user, &query)?;
                let seen = |it: &_| Message::from_wire(user, it, SendStatus::Success, ReadMarks::default());
                let page: Vec<Message> = page.iter().map(seen).collect();
                let shown = Input::shown(query.conversation.clone(), &page);
                self.devices[id].read.extend(shown);
            }
            Output::ReadLast(query) => {
                let messages = self.devices[id].store.messages(&self.devices[id].user, &query)?;
                self.devices[id].read.push(Input::LastRead(query.conversation, messages));
            }
        }
        Ok(())
    }

    fn keep(&mut self, id: DeviceId, changes: Vec<Change>, durable: bool) -> Result<(), Fault> {
        let device = &mut self.devices[id];
        assert!(device.is_open, "{} commits to a store that is not open", device.name);
        if device.bad_commits > 0 {
            device.bad_commits -= 1;
            return Err(Fault::new(Code::DATABASE_FAILED));
        }
        let is_message =
            changes.iter().any(|change| matches!(change, Change::Messages(..) | Change::Acknowledged(_)));
        if self.is_broken(Break::StoreForgets) && is_message && self.chance(10) {
            return Ok(());
        }
        let device = &mut self.devices[id];
        device.store.apply(&changes, durable)?;
        if let Some(file) = &mut device.file {
            file.note(&changes);
        }
        device.disk.push((changes, durable));
        self.note_kept(id);
        if let Some(crash) = self.devices[id].doom.take() {
            self.stop(id, crash);
        }
        Ok(())
    }

    /// Writes down when the first picture came, and when everything was forgotten.
    fn note_kept(&mut self, id: DeviceId) {
        let is_reset = |change: &Change| matches!(change, Change::Reset);
        if self.devices[id].disk.last().is_some_and(|(changes, _)| changes.iter().any(is_reset)) {
            self.begin_record(id);
        }
        let kept = self.devices[id].disk.len();
        let moment = self.history.tick();
        let record = &mut self.history.devices[id];
        for change in self.devices[id].disk.last().iter().flat_map(|(changes, _)| changes) {
            match change {
                Change::Sync(state) if state.initial_sync_at != 0 => {
                    record.picture.get_or_insert((moment, kept));
                }
                Change::Acknowledged(message) => {
                    self.history.placed.entry(message.id).or_insert(moment);
                }
                _ => {}
            }
        }
    }

    /// Everything was forgotten.
    pub fn begin_record(&mut self, id: DeviceId) {
        let born = self.history.tick();
        let record = &mut self.history.devices[id];
        let (user, is_old) = (record.user.take(), record.is_old);
        *record = Record { user, is_old, born, ..Record::default() };
    }

    /// The device stops now. What its listener was about to hear is never heard.
    pub fn stop(&mut self, id: DeviceId, crash: Crash) {
        if crash == Crash::Power {
            if self.devices[id].file.is_none() {
                self.lose_power(id);
            }
            if let Some(link) = self.devices[id].link {
                self.cut(link);
            }
        }
        self.disconnect(id);
        self.forget_undelivered(id);
        self.close_file(id);
        let seed = self.rng.u64(..);
        let device = &mut self.devices[id];
        device.life += 1;
        device.up = false;
        device.machine = machine(device.name, device.platform, seed);
        device.total_unread = 0;
        device.list = ConversationList::default();
        (device.is_open, device.is_paused) = (false, false);
        device.due = None;
        device.ready = false;
        device.is_logging_in = false;
        device.calls.clear();
        device.held = None;
        device.doom = None;
        (device.logins, device.tells) = (0, 0);
        let delay = self.rng.i64(100..30_000);
        self.device_after(id, delay, Event::Start);
    }

    /// Events that the store does not know as delivered are emitted again.
    fn forget_undelivered(&mut self, id: DeviceId) {
        let device = &self.devices[id];
        // Damage is met again at the next start, and everything forgotten.
        let Ok(snapshot) = device.store.snapshot() else { return };
        let rows = snapshot.conversations;
        let again: BTreeMap<LogId, Ranges> = rows
            .into_iter()
            .filter(|it| !it.row.gone)
            .map(|it| (LogId::of(&device.user, &it.row.id), it.row.undelivered))
            .collect();
        let is_again = |told: &Told| {
            let ranges = again.get(&told.log).into_iter().flatten();
            ranges.clone().any(|(low, high)| (*low..=*high).contains(&told.sequence))
        };
        self.history.devices[id].told.retain(|told| !is_again(told));
    }

    /// Some of the commits after the last durable one are lost.
    fn lose_power(&mut self, id: DeviceId) {
        let device = &mut self.devices[id];
        let safe = device.disk.iter().rposition(|(_, durable)| *durable).map_or(0, |last| last + 1);
        let kept = self.rng.usize(safe..=device.disk.len());
        device.disk.truncate(kept);
        device.store = Store::in_memory().unwrap();
        for (changes, durable) in &device.disk {
            device.store.apply(changes, *durable).unwrap();
        }
        let record = &mut self.history.devices[id];
        record.told.retain(|told| told.commits <= kept);
        record.read.clear();
        if record.picture.is_some_and(|(_, commit)| commit > kept) {
            record.picture = None;
            let moment = self.history.tick();
            self.history.devices[id].born = moment;
        }
    }
}

fn machine(name: &str, platform: Platform, seed: u64) -> Machine {
    Machine::new(Config {
        sdk_app_id: APP,
        device: name.into(),
        platform,
        client: "sim".into(),
        seed,
        heartbeat: 30_000,
        login_timeout: 90_000,
        call_timeout: 15_000,
    })
}

/// A frame as it is, or, of half of them, its envelopes as frames that arrive together.
fn together(text: String) -> Vec<String> {
    match codec::split(&text, limits::SERVER_FRAME_BYTES) {
        Ok(envelopes) if text.len().is_multiple_of(2) => envelopes.into_iter().map(str::to_owned).collect(),
        _ => vec![text],
    }
}
