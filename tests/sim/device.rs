//! A device: one machine, one store, and the driver between them and the network.
//!
//! It keeps the machine's contract to the letter, writes down what the app is told, and stops at the worst moments: a
//! process that ends keeps every commit, a power cut only those up to some point after the last durable one.

use std::collections::BTreeMap;

use tim::event::Event as Heard;
use tim::machine::Machine;
use tim::machine::io::{Call, CallId, Config, Input, MessageEvent, Now, Output, Query, Return};
use tim::message::{Flow, Message, Payload, Priority, SendStatus};
use tim::store::{Change, Store};
use tim_protocol::call::Platform;
use tim_protocol::frame::Fault;
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{Code, ConversationId, MessageId, UserId};

use crate::history::{Account, LogId, Record, Sending, Told};
use crate::link::LinkId;
use crate::server::{APP, KEY};
use crate::world::{BEGIN, Break, World, user};

pub type DeviceId = usize;

/// One device.
pub struct Device {
    pub name: &'static str,
    pub user: UserId,
    platform: Platform,
    user_sig: String,
    /// Counts its starts.
    pub life: u64,
    pub up: bool,
    pub link: Option<LinkId>,
    pub cut_off_until: i64,
    pub slow_until: i64,
    /// Its clock minus the right time.
    skew: i64,
    machine: Machine,
    store: Store,
    is_open: bool,
    /// Every commit, to go back to an earlier one.
    disk: Vec<(Vec<Change>, bool)>,
    due: Option<i64>,
    pub ready: bool,
    pub is_logging_in: bool,
    pub calls: BTreeMap<CallId, Asked>,
    next_call: u64,
    /// The next commit is its last moment.
    pub doom: Option<Crash>,
    /// How many commits are to fail.
    pub bad_commits: u32,
    /// A send held back, for the break that swaps two.
    held: Option<(CallId, Call)>,
}

/// How a device stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process ends.
    Process,
    /// The power is gone.
    Power,
}

/// What was called.
#[derive(Debug, Clone)]
pub enum Asked {
    Login,
    Send(usize),
    /// A page; in the end nothing excuses a failure.
    Page(ConversationId, bool),
    List,
    Other,
}

/// What happens on a device.
pub enum Event {
    StoreOpened,
    Due,
    Start,
    LogIn,
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
                machine: machine(name, platform, seed),
                store: Store::in_memory().unwrap(),
                is_open: false,
                disk: Vec::new(),
                due: None,
                ready: false,
                is_logging_in: false,
                calls: BTreeMap::new(),
                next_call: 0,
                doom: None,
                bad_commits: 0,
                held: None,
            });
            let born = self.history.tick();
            self.history.devices.push(Record { user: Some(user(owner)), born, ..Record::default() });
            // Most are there from the beginning, some come late.
            let delay = if self.chance(70) { self.rng.i64(0..2_000) } else { self.rng.i64(0..60_000) };
            self.device_after(id, delay, Event::LogIn);
        }
    }

    pub fn device_after(&mut self, id: DeviceId, delay: i64, event: Event) {
        let life = self.devices[id].life;
        self.after(delay, crate::world::Event::Device(id, life, event));
    }

    fn device_now(&self, id: DeviceId) -> Now {
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
        }
        self.log_in(id);
    }

    pub fn device_connected(&mut self, id: DeviceId) {
        self.feed(id, Input::Connected);
    }

    pub fn device_hears(&mut self, id: DeviceId, text: String) {
        self.feed(id, Input::Frame(text));
    }

    pub fn device_loses(&mut self, id: DeviceId) {
        self.devices[id].link = None;
        self.feed(id, Input::Disconnected);
    }

    pub fn log_in(&mut self, id: DeviceId) {
        let device = &mut self.devices[id];
        if device.up && !device.is_logging_in && !device.ready {
            device.is_logging_in = true;
            let call = Call::Login { user: device.user.clone(), user_sig: device.user_sig.clone() };
            self.call(id, Asked::Login, call);
        }
    }

    /// The app calls.
    pub fn call(&mut self, id: DeviceId, asked: Asked, call: Call) {
        let device = &mut self.devices[id];
        if !device.up {
            return;
        }
        device.next_call += 1;
        let number = CallId(device.next_call);
        let is_send = matches!(asked, Asked::Send(_));
        device.calls.insert(number, asked);
        if self.is_broken(Break::SwapsSends) && is_send {
            if self.devices[id].held.is_none() && self.chance(50) {
                self.devices[id].held = Some((number, call));
                return;
            }
            self.feed(id, Input::Call(number, call));
            if let Some((number, call)) = self.devices[id].held.take() {
                self.feed(id, Input::Call(number, call));
            }
            return;
        }
        self.feed(id, Input::Call(number, call));
    }

    /// The app sends a text.
    pub fn send_text(&mut self, id: DeviceId, to: ConversationId) {
        if !self.devices[id].up {
            return;
        }
        let random: [u8; 10] = self.rng.u128(..).to_be_bytes()[..10].try_into().unwrap();
        let excluded = self.chance(5);
        let called = self.history.tick();
        let number = self.history.sends.len();
        let wall = self.device_now(id).wall;
        let me = self.devices[id].user.clone();
        let text = format!("words {number}");
        let message = Message {
            id: MessageId::from_parts(wall, random),
            conversation_id: to.clone(),
            from: me.clone(),
            flow: Flow::Out,
            sequence: 0,
            time: wall,
            client_time: wall,
            status: SendStatus::UnSend,
            priority: Priority::Normal,
            nick: String::new(),
            avatar: String::new(),
            is_revoked: false,
            revoker: None,
            is_read: false,
            is_peer_read: false,
            excluded_from_unread_count: excluded,
            payload: Payload::Text(text.clone()),
        };
        self.history.sends.push(Sending {
            device: id,
            log: LogId::of(&me, &to),
            id: message.id,
            text,
            called,
            acked: None,
            failed: false,
            resent: false,
        });
        self.call(id, Asked::Send(number), Call::Send { message: Box::new(message), upload: None });
    }

    fn open_store(&mut self, id: DeviceId) {
        if self.faults.is_on && self.chance(2) {
            self.feed(id, Input::StoreOpened(Err(Fault::new(Code::DATABASE_FAILED))));
        } else {
            self.devices[id].is_open = true;
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
            self.carry_out(id, output);
            if self.devices[id].life != life {
                return;
            }
        }
        self.schedule_due(id);
    }

    /// Prints what goes into and comes out of machines, for whoever replays a seed.
    fn trace(&self, id: DeviceId, way: &str, what: &impl std::fmt::Debug) {
        if self.plan.trace {
            eprintln!("{:>8} {} {way} {what:?}", self.now, self.devices[id].name);
        }
    }

    fn carry_out(&mut self, id: DeviceId, output: Output) {
        self.trace(id, "->", &output);
        match output {
            Output::OpenStore { .. } => {
                self.devices[id].is_open = false;
                let delay = self.rng.i64(0..10);
                self.device_after(id, delay, Event::StoreOpened);
            }
            Output::CloseStore => self.devices[id].is_open = false,
            Output::Commit { changes, durable } => self.keep(id, changes, durable),
            Output::Connect => self.connect(id),
            Output::Disconnect => self.disconnect(id),
            Output::Transmit(text) => self.send_up(id, text),
            Output::Upload { .. } | Output::CancelUpload(_) => {}
            Output::Emit(event) => self.told(id, event),
            Output::EmitMessages { query, kind } => self.told_of(id, &query, kind),
            Output::Return(call, result) => self.returned(id, call, result),
            Output::Answer { call, query, .. } => self.answered(id, call, &query),
        }
    }

    fn keep(&mut self, id: DeviceId, changes: Vec<Change>, durable: bool) {
        let device = &mut self.devices[id];
        assert!(device.is_open, "{} commits to a store that is not open", device.name);
        if device.bad_commits > 0 {
            device.bad_commits -= 1;
            let now = self.device_now(id);
            self.devices[id].machine.handle(Input::StoreFailed(Fault::new(Code::DATABASE_FAILED)), now);
            return;
        }
        let is_message = changes.iter().any(|change| matches!(change, Change::Messages(..)));
        if self.is_broken(Break::StoreForgets) && is_message && self.chance(10) {
            return;
        }
        let device = &mut self.devices[id];
        device.store.apply(&changes, durable).unwrap();
        let record = &mut self.history.devices[id];
        let is_picture =
            changes.iter().any(|change| matches!(change, Change::Sync(state) if state.since != 0));
        let is_reset = changes.iter().any(|change| matches!(change, Change::Reset));
        device.disk.push((changes, durable));
        if is_reset {
            let moment = self.history.tick();
            let record = &mut self.history.devices[id];
            *record = Record { user: record.user.take(), born: moment, ..Record::default() };
        } else if record.picture.is_none() && is_picture {
            let moment = self.history.tick();
            self.history.devices[id].picture = Some((moment, self.devices[id].disk.len()));
        }
        if let Some(crash) = self.devices[id].doom.take() {
            self.stop(id, crash);
        }
    }

    /// The device stops now. What its listener was about to hear is never heard.
    pub fn stop(&mut self, id: DeviceId, crash: Crash) {
        while let Some(output) = self.devices[id].machine.poll() {
            match output {
                Output::Commit { .. } => break,
                Output::Emit(Heard::MessageReceived(messages)) => self.note_told(id, &messages),
                _ => {}
            }
        }
        if crash == Crash::Power {
            self.lose_power(id);
            if let Some(link) = self.devices[id].link {
                self.cut(link);
            }
        }
        self.disconnect(id);
        let seed = self.rng.u64(..);
        let device = &mut self.devices[id];
        device.life += 1;
        device.up = false;
        device.machine = machine(device.name, device.platform, seed);
        device.is_open = false;
        device.due = None;
        device.ready = false;
        device.is_logging_in = false;
        device.calls.clear();
        device.held = None;
        device.doom = None;
        let delay = self.rng.i64(100..30_000);
        self.device_after(id, delay, Event::Start);
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

    fn note_told(&mut self, id: DeviceId, messages: &[Message]) {
        let (commits, born) = (self.devices[id].disk.len(), self.history.devices[id].born);
        let me = &self.devices[id].user;
        let told = messages.iter().map(|message| Told {
            log: LogId::of(me, &message.conversation_id),
            sequence: message.sequence,
            id: message.id,
            commits,
            born,
        });
        self.history.devices[id].told.extend(told);
    }

    fn told(&mut self, id: DeviceId, event: Heard) {
        match event {
            Heard::SdkReady => self.devices[id].ready = true,
            Heard::SdkNotReady | Heard::KickedOut(_) => {
                // Whatever the reason, its user logs in again after a while.
                self.devices[id].ready = false;
                let delay = self.rng.i64(100..10_000);
                self.device_after(id, delay, Event::LogIn);
            }
            Heard::MessageReceived(messages) => {
                if self.is_broken(Break::TellsNot) && self.chance(20) {
                    return;
                }
                self.note_told(id, &messages);
                if self.is_broken(Break::TellsTwice) && self.chance(10) {
                    self.note_told(id, &messages);
                }
            }
            Heard::ConversationListUpdated(list) => {
                for conversation in list {
                    let before = self.history.devices[id]
                        .read
                        .insert(conversation.conversation_id.clone(), conversation.read_sequence);
                    let is_less = before.is_some_and(|before| before > conversation.read_sequence);
                    if is_less && !self.history.is_restored {
                        let what =
                            format!("{} unread {}", self.devices[id].name, conversation.conversation_id);
                        self.history.violated("I8", what);
                    }
                }
            }
            _ => {}
        }
    }

    fn told_of(&mut self, id: DeviceId, query: &Query, kind: MessageEvent) {
        let name = self.devices[id].name;
        for message in self.devices[id].store.messages(&self.devices[id].user, query).unwrap() {
            if kind == MessageEvent::Revoked && message.revoked.is_none() {
                let what = format!("{name}: {} {} is told as revoked", query.conversation, message.sequence);
                self.history.violated("I3", what);
            }
        }
    }

    fn returned(&mut self, id: DeviceId, call: CallId, result: Result<Return, Fault>) {
        let name = self.devices[id].name;
        let asked = self.devices[id].calls.remove(&call);
        let asked = asked.unwrap_or_else(|| panic!("{name}: a call is answered that nobody made"));
        match (asked, result) {
            (Asked::Login, result) => {
                self.devices[id].is_logging_in = false;
                if result.is_err() {
                    let delay = self.rng.i64(100..10_000);
                    self.device_after(id, delay, Event::LogIn);
                }
            }
            (Asked::Send(number), Ok(Return::Message(message))) => {
                let acked = if self.is_broken(Break::AcksEarly) {
                    self.history.sends[number].called
                } else {
                    self.history.tick()
                };
                self.history.sends[number].acked = Some((acked, message.sequence));
            }
            (Asked::Send(number), Err(_)) => self.history.sends[number].failed = true,
            (Asked::List, Ok(Return::Conversations(list))) => {
                let last = self.history.devices[id].last.get_or_insert_default();
                last.list = list.iter().map(|conversation| (**conversation).clone()).collect();
            }
            (Asked::Page(conversation, true), Err(fault)) if fault.code != Code::GROUP_PERMISSION_DENIED => {
                self.history.violated("I3", format!("{name} cannot read {conversation}: {fault}"));
            }
            _ => {}
        }
    }

    fn answered(&mut self, id: DeviceId, call: CallId, query: &Query) {
        let name = self.devices[id].name;
        let asked = self.devices[id].calls.remove(&call);
        assert!(asked.is_some(), "{name}: a page answers a call that nobody made");
        let messages = self.devices[id].store.messages(&self.devices[id].user, query).unwrap();
        let expected = (query.high + 1).saturating_sub(query.low);
        if messages.len() as u64 != expected {
            let what = format!("{name}: {} of {expected} messages of {}", messages.len(), query.conversation);
            self.history.violated("I3", what);
        }
    }

    /// Writes down how a device ended.
    pub fn take_stock(&mut self, id: DeviceId) {
        let device = &self.devices[id];
        let snapshot = device.store.snapshot().unwrap();
        let last = self.history.devices[id].last.get_or_insert_default();
        last.ready = device.ready;
        last.account = Account {
            groups: snapshot.groups.into_iter().map(|group| group.group_id).collect(),
            blacklist: snapshot.blacklist.into_iter().collect(),
            nick: snapshot.profile.and_then(|profile| profile.fields.nick),
        };
        for row in snapshot.outbox {
            let rows = if row.status == SendStatus::Fail { &mut last.failed } else { &mut last.waiting };
            rows.insert(row.message.id);
        }
        for (row, ranges, _) in snapshot.conversations {
            let log = LogId::of(&device.user, &row.id);
            let mut stored = Vec::new();
            for (low, high) in &ranges {
                let query = Query { conversation: row.id.clone(), low: *low, high: *high, own_only: false };
                stored.extend(device.store.messages(&device.user, &query).unwrap());
            }
            last.ranges.insert(log.clone(), ranges);
            last.stored.insert(log, stored);
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
