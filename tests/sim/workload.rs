//! The actions of users and the faults, drawn from the seed.

use tim::conversation::{ConversationFilter, ReadAllType};
use tim::machine::io::{Call, Input, Query, Removal};
use tim::message::{Message, ReadMarks, SendStatus};
use tim_protocol::body::{Body, TextBody};
use tim_protocol::call::{
    HandleApplicationRequest, JoinGroupRequest, ModifyRequest, PinMessageRequest, QuitGroupRequest,
    ReactRequest, ReadRequest, ReceiptRequest, RevokeRequest, SetReceiveOptRequest, UpdateBlacklistRequest,
    UpdateGroupRequest, UpdateProfileRequest,
};
use tim_protocol::group::GroupChanges;
use tim_protocol::profile::ProfileFields;
use tim_protocol::receive::AllReceiveMessageOpt;
use tim_protocol::settings::{Marks, MessageRemindType, SettingsChange};
use tim_protocol::{ConversationId, ConversationType, GroupId, UserId, bounds};

use crate::app::Asked;
use crate::clocks;
use crate::device::{self, Crash, DeviceId};
use crate::history::{History, LogId};
use crate::world::{Event, Plan, World, user};

/// Messages in a burst: more than are emitted to a device that was away.
const BURST: u32 = 330;
/// How long a world is left alone before it is judged: longer than the longest pause, timeout and silence.
const HEALING: i64 = 400_000;

/// The kinds of faults of a world.
pub struct Faults {
    pub is_on: bool,
    /// Bounds of a connection's one-way delay.
    pub latency: [i64; 2],
    /// Percent of frames that take far too long.
    pub stalls: u32,
    /// Percent of the bus's deliveries that get lost silently, and that overflow an inbox.
    pub bus: (u32, u32),
    /// Requests per second a session may make, and how many at once.
    pub rate: [u32; 2],
    /// The server's data is lost once, and goes on from a copy.
    pub is_restored: bool,
    /// The server's clock minus the right time, when a world begins.
    pub server_skew: i64,
    /// The server is of a later version than some devices, which hear what they do not know.
    pub is_mixed: bool,
    /// Mallory is there.
    pub is_hostile: bool,
    /// Some devices' files are damaged.
    pub is_damaged: bool,
    operations: u32,
    pause: i64,
    faults: u32,
    kinds: Vec<Fault>,
    bursts: bool,
    /// The device that is away while somebody writes many messages.
    away: Option<DeviceId>,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    Cut,
    CutOff,
    Slow,
    Kill,
    PowerCut,
    Doom,
    BadDisk,
    Server,
    Kick,
    DeviceClock,
    ServerClock,
    Damage,
}

impl Faults {
    pub fn draw(seed: u64, rng: &mut fastrand::Rng) -> Self {
        use Fault::{
            BadDisk, Cut, CutOff, Damage, DeviceClock, Doom, Kick, Kill, PowerCut, Server, ServerClock, Slow,
        };
        // Each world has its own mixture, some of them none of most: rare combinations come up that way.
        let kinds =
            [Cut, Cut, CutOff, Slow, Kill, PowerCut, Doom, BadDisk, Server, Kick, DeviceClock, ServerClock];
        let mut kinds: Vec<Fault> = kinds.into_iter().filter(|_| rng.bool()).collect();
        if rng.u32(0..8) == 0 {
            kinds.push(ServerClock);
        }
        // By the seed's number: the seeds that are kept stay the worlds that they were.
        let (is_mixed, is_hostile, is_damaged) = match seed % 16 {
            0 | 8 => (true, false, false),
            2 | 6 => (false, true, false),
            12 | 13 => (false, false, true),
            15 => (true, true, true),
            _ => (false, false, false),
        };
        if is_damaged {
            kinds.extend([Damage; 3]);
        }
        let high = [5, 40, 150, 600][rng.usize(0..4)];
        let bus = [(0, 0), (0, 3), (3, 0), (2, 2), (20, 10)][rng.usize(0..5)];
        let max = [10, 25, 80][rng.usize(0..3)];
        Self {
            is_on: true,
            latency: [1, high],
            stalls: [0, 0, 1, 3][rng.usize(0..4)],
            bus,
            rate: [[20, 100], [3, 10]][usize::from(rng.u32(0..5) == 0)],
            is_restored: rng.u32(0..20) == 0,
            operations: rng.u32(20..150),
            pause: [20, 200, 1_500][rng.usize(0..3)],
            faults: if kinds.is_empty() { 0 } else { rng.u32(0..max) },
            kinds,
            bursts: rng.u32(0..40) == 0,
            away: None,
            is_mixed,
            is_hostile,
            is_damaged,
            server_skew: if rng.u32(0..8) == 0 { clocks::error(rng) } else { 0 },
        }
    }
}

/// Runs a world to its end and writes down how it ended.
pub fn run(plan: Plan) -> History {
    let mut world = World::new(plan);
    let operations = world.plan.operations.unwrap_or(world.faults.operations);
    let faults = world.plan.faults.unwrap_or(world.faults.faults);
    let span = 5_000 + i64::from(operations) * world.faults.pause;
    for _ in 0..operations {
        let at = world.rng.i64(0..span);
        world.after(at, Event::Operate);
    }
    for _ in 0..faults {
        let at = world.rng.i64(0..span);
        world.after(at, Event::Fail);
    }
    if world.faults.is_hostile {
        for _ in 0..world.rng.u32(20..120) {
            let at = world.rng.i64(0..span);
            world.after(at, Event::Attack);
        }
    }
    if world.faults.is_restored {
        world.after(span / 3, Event::Backup);
        let until = world.rng.i64(span / 3..span);
        world.after(until + 1, Event::Restore);
    }
    world.run_until(span + 1);
    world.heal();
    if world.faults.is_damaged {
        // Whatever is damaged still is met now.
        world.read_pages(false);
        world.run_until(world.now + HEALING);
    }
    world.read_all();
    // What is shown now is asked for, unless it is known.
    world.run_until(world.now + 10_000);
    for device in 0..world.devices.len() {
        world.take_stock(device);
    }
    world.history.truth = world.truth();
    world.history
}

impl World {
    /// Somebody does something.
    pub fn operate(&mut self) {
        let id = self.rng.usize(0..self.devices.len());
        if !self.devices[id].up || !self.devices[id].ready {
            return;
        }
        if self.faults.bursts && self.chance(10) {
            return self.burst(id);
        }
        match self.rng.u32(0..100) {
            0..36 => self.send_to_peer(id),
            36..40 => self.react(id),
            40..62 => self.send_to_group(id),
            62..65 => self.revoke(id),
            65..68 => self.modify(id),
            68..75 => self.set_read(id),
            75..76 => self.confirm(id),
            76..77 => self.remove_messages(id),
            77..78 => self.set_all_read(id),
            78..81 => self.read_page(id),
            82..84 => self.pin(id),
            84..85 if self.rng.bool() => self.count_unread(id),
            84..85 => self.confirm(id),
            85..87 => self.set_settings(id),
            81..82 | 87..88 => self.remove(id),
            88..92 => self.come_or_go(id),
            92..94 => self.blacklist(id),
            94..95 => self.rename(id),
            95..96 => self.set_receive_opt(id),
            96..97 => self.call(id, Asked::Other, Call::Logout),
            97..99 => self.resend(id),
            _ => self.pause(id),
        }
    }

    /// An app goes to the background for a while.
    fn pause(&mut self, id: DeviceId) {
        self.call(id, Asked::Other, Call::Pause);
        let delay = self.rng.i64(0..20_000);
        self.device_after(id, delay, device::Event::Resume);
    }

    fn peer(&mut self, id: DeviceId) -> UserId {
        let me = self.devices[id].user.clone();
        let others: Vec<UserId> = self.users().into_iter().filter(|name| *name != me).collect();
        others[self.rng.usize(0..others.len())].clone()
    }

    fn group(&mut self) -> GroupId {
        GroupId::new(["work", "public", "meeting", "@TGS#_town"][self.rng.usize(0..4)]).unwrap()
    }

    /// Any conversation that this device's user may have.
    fn somewhere(&mut self, id: DeviceId) -> ConversationId {
        match self.rng.u32(0..10) {
            0..5 => ConversationId::C2c(self.peer(id)),
            5..9 => ConversationId::Group(self.group()),
            _ => ConversationId::System,
        }
    }

    pub fn send_to_peer(&mut self, id: DeviceId) {
        let to = ConversationId::C2c(self.peer(id));
        for _ in 0..self.rng.u32(1..4) {
            self.send_text(id, to.clone());
        }
    }

    fn send_to_group(&mut self, id: DeviceId) {
        let to = ConversationId::Group(self.group());
        for _ in 0..self.rng.u32(1..4) {
            self.send_text(id, to.clone());
        }
    }

    /// Somebody writes a lot, while somebody else is away.
    fn burst(&mut self, id: DeviceId) {
        self.faults.bursts = false;
        let other = (id + self.rng.usize(1..self.devices.len())) % self.devices.len();
        self.faults.away = Some(other);
        self.part(other, i64::MAX);
        let them = self.devices[other].user.clone();
        let to = if them == self.devices[id].user { self.peer(id) } else { them };
        let to = ConversationId::C2c(to);
        for _ in 0..BURST {
            self.send_text(id, to.clone());
        }
    }

    fn revoke(&mut self, id: DeviceId) {
        let me = self.devices[id].user.clone();
        let (log, sequence) = if self.chance(60) {
            let Some(sent) = self.own_message(&me) else { return };
            sent
        } else {
            let told = &self.history.devices[id].told;
            let Some(told) = told.get(self.rng.usize(0..told.len().max(1))) else { return };
            (told.log.clone(), told.sequence)
        };
        let conversation_id = log.seen_by(&me);
        self.history.revokes.insert((log, sequence));
        self.call(
            id,
            Asked::Other,
            Call::ask(RevokeRequest { conversation_id, sequence, reason: String::new() }),
        );
    }

    /// Somebody modifies what they sent, from any of their devices, knowing its version or not.
    fn modify(&mut self, id: DeviceId) {
        let me = self.devices[id].user.clone();
        let Some((log, sequence)) = self.own_message(&me) else { return };
        let conversation_id = log.seen_by(&me);
        let version = self.rng.u64(0..4);
        let text = format!("other words {}", self.rng.u32(0..1_000));
        let body = Some(Body::Text(TextBody { text }).write().unwrap());
        let data = self.rng.bool().then(|| "data".to_owned());
        let appended = Body::Text(TextBody { text: "appended".into() });
        let elements =
            [None, Some(vec![]), Some(vec![appended])][self.rng.usize(0..3)].as_ref().map(bounds::written);
        let request =
            ModifyRequest { conversation_id, sequence, version, body, elements, cloud_custom_data: data };
        self.call(id, Asked::Other, Call::ask(request));
    }

    /// Somebody gives one of the last messages a reaction, or takes one back.
    fn react(&mut self, id: DeviceId) {
        let me = self.devices[id].user.clone();
        let newest = self.history.devices[id].told.iter().rev().take(6);
        let mut messages: Vec<_> = newest.map(|told| (told.log.clone(), told.sequence)).collect();
        messages.extend(self.own_message(&me));
        let Some((log, sequence)) = messages.get(self.rng.usize(0..messages.len().max(1))).cloned() else {
            return;
        };
        let conversation_id = log.seen_by(&me);
        let reaction_id = ["up", "heart", "tea"][self.rng.usize(0..3)].to_owned();
        let is_set = self.chance(70);
        self.call(
            id,
            Asked::Other,
            Call::ask(ReactRequest { conversation_id, sequence, reaction_id, is_set }),
        );
    }

    /// Somebody confirms the last messages that they were told of, whether these ask for it or not.
    fn confirm(&mut self, id: DeviceId) {
        let told = &self.history.devices[id].told;
        let Some(log) = told.get(self.rng.usize(0..told.len().max(1))).map(|told| told.log.clone()) else {
            return;
        };
        let of_log = told.iter().rev().filter(|told| told.log == log);
        let sequences: Vec<u64> = of_log.take(20).map(|told| told.sequence).collect();
        let conversation_id = log.seen_by(&self.devices[id].user);
        self.call(id, Asked::Other, Call::ask(ReceiptRequest { conversation_id, sequences }));
    }

    /// Alice pins a message of her groups, or removes a pin; others may not.
    fn pin(&mut self, id: DeviceId) {
        let told = self.history.devices[id].told.iter().rev();
        let of_groups = told.filter_map(|told| match &told.log {
            LogId::Group(group) => Some((group.clone(), told.sequence)),
            _ => None,
        });
        let messages: Vec<_> = of_groups.take(6).collect();
        let Some((group_id, sequence)) = messages.get(self.rng.usize(0..messages.len().max(1))).cloned()
        else {
            return;
        };
        let is_pinned = self.chance(60);
        self.call(id, Asked::Other, Call::ask(PinMessageRequest { group_id, sequence, is_pinned }));
    }

    /// A message that this user sent.
    fn own_message(&mut self, me: &UserId) -> Option<(LogId, u64)> {
        let own = |device: usize| self.devices[device].user == *me;
        let sent: Vec<(LogId, u64)> = (self.history.sends.iter())
            .filter(|send| own(send.device))
            .filter_map(|send| Some((send.log.clone(), send.acked?.1)))
            .collect();
        sent.get(self.rng.usize(0..sent.len().max(1))).cloned()
    }

    fn set_read(&mut self, id: DeviceId) {
        let conversation = self.somewhere(id);
        let call = if self.chance(70) {
            Call::SetRead(conversation)
        } else {
            Call::ask(ReadRequest { conversation_id: conversation, sequence: self.rng.u64(1..30) })
        };
        self.call(id, Asked::Other, call);
    }

    /// The app counts what is unread by a filter, now or from now on. The machine compares what it keeps with a new count.
    fn count_unread(&mut self, id: DeviceId) {
        let filter = ConversationFilter {
            conversation_type: [None, Some(ConversationType::C2c)][self.rng.usize(0..2)],
            mark_type: [None, None, Some(1)][self.rng.usize(0..3)],
            has_group_at_info: self.rng.bool(),
            ..ConversationFilter::default()
        };
        let call = match self.rng.u32(0..6) {
            0 => Call::UnsubscribeUnread(filter),
            1 => Call::UnreadByFilter(filter),
            2 => Call::ConversationList,
            _ => Call::SubscribeUnread(filter),
        };
        self.call(id, Asked::Other, call);
    }

    fn set_settings(&mut self, id: DeviceId) {
        let conversations = (0..self.rng.u32(1..3)).map(|_| self.somewhere(id)).collect();
        let mut change = SettingsChange::default();
        match self.rng.u32(0..4) {
            0 => change.is_pinned = Some(self.rng.bool()),
            // What is discarded is not told: that is a story of its own.
            1 => {
                let types = [MessageRemindType::AcceptAndNotify, MessageRemindType::AcceptNotNotify];
                change.message_remind_type = Some(types[self.rng.usize(0..2)]);
            }
            2 => {
                let mark = Marks([1, 2, 1 << 63][self.rng.usize(0..3)]);
                *(if self.rng.bool() { &mut change.mark } else { &mut change.unmark }) = mark;
            }
            _ => change.custom_data = Some(format!("data {}", self.rng.u32(0..3))),
        }
        self.call(id, Asked::Other, Call::SetConversations { conversations, change });
    }

    /// Clears conversations, or removes them from the list.
    fn remove(&mut self, id: DeviceId) {
        let conversations: Vec<_> = (0..self.rng.u32(1..3)).map(|_| self.somewhere(id)).collect();
        let me = self.devices[id].user.clone();
        let is_witness = conversations.iter().any(|it| is_witness(&me, &LogId::of(&me, it)));
        let history = self.chance(70) && !is_witness;
        let conversation = !history || self.rng.bool();
        let removal = Removal { history, conversation };
        self.call(id, Asked::Other, Call::RemoveConversations(conversations, removal));
    }

    /// Removes messages that the device has.
    fn remove_messages(&mut self, id: DeviceId) {
        let conversation = self.somewhere(id);
        let (low, count) = (self.rng.u64(1..40), self.rng.u64(1..4));
        let me = self.devices[id].user.clone();
        if is_witness(&me, &LogId::of(&me, &conversation)) {
            return;
        }
        let query = Query { conversation, low, high: low + count - 1, own_only: false };
        // A damaged file is met by others.
        let Ok(stored) = self.devices[id].store.messages(&me, &query) else { return };
        let seen = |it: &_| Message::from_wire(&me, it, SendStatus::Success, ReadMarks::default());
        let messages: Vec<Message> = stored.iter().map(seen).collect();
        if !messages.is_empty() {
            self.call(id, Asked::Other, Call::RemoveMessages(messages));
        }
    }

    fn set_all_read(&mut self, id: DeviceId) {
        let which = [ReadAllType::C2c, ReadAllType::Group, ReadAllType::All][self.rng.usize(0..3)];
        self.call(id, Asked::Other, Call::SetAllRead(which));
    }

    fn read_page(&mut self, id: DeviceId) {
        let conversation = self.somewhere(id);
        let before = self.rng.bool().then(|| self.rng.u64(1..40));
        let count = self.rng.u32(1..30);
        let asked = Asked::Page(conversation.clone(), false);
        self.call(id, asked, Call::MessageList { conversation, before, count });
    }

    /// Joins, leaves, decides on who wants to join, or gives a group another name. Alice stays where she is: she owns the groups.
    fn come_or_go(&mut self, id: DeviceId) {
        let group_id = self.group();
        let call = if self.chance(15) {
            let name = Some(format!("name {}", self.rng.u32(0..100)));
            let changes = GroupChanges { name, ..GroupChanges::default() }.into();
            Call::ask(UpdateGroupRequest { group_id, changes })
        } else if self.devices[id].user == user("alice") {
            let name = ["bob", "carol"][self.rng.usize(0..2)];
            let accept = self.chance(80);
            let (user_id, handle_message) = (user(name), String::new());
            Call::ask(HandleApplicationRequest { group_id, user_id, accept, handle_message })
        } else if self.chance(70) {
            Call::ask(JoinGroupRequest { group_id, apply_message: "please".into() })
        } else {
            Call::ask(QuitGroupRequest { group_id })
        };
        self.call(id, Asked::Other, call);
    }

    fn blacklist(&mut self, id: DeviceId) {
        let user_id_list = vec![self.peer(id)];
        let listed = self.chance(25);
        self.call(id, Asked::Other, Call::ask(UpdateBlacklistRequest { user_id_list, listed }));
    }

    fn rename(&mut self, id: DeviceId) {
        let nick = Some(format!("nick {}", self.rng.u32(0..100)));
        let fields = ProfileFields { nick, ..ProfileFields::default() };
        self.call(id, Asked::Other, Call::ask(UpdateProfileRequest { fields }));
    }

    fn set_receive_opt(&mut self, id: DeviceId) {
        let message_remind_type = MessageRemindType::AcceptNotNotify;
        let (start_timestamp, duration) = (Some(17), self.rng.u32(1..100));
        let opt = AllReceiveMessageOpt { message_remind_type, start_timestamp, duration, start_time: None };
        self.call(id, Asked::Other, Call::ask(SetReceiveOptRequest { opt }));
    }

    fn resend(&mut self, id: DeviceId) {
        let failed = |send: &&mut crate::history::Sending| send.device == id && send.failed;
        if let Some(send) = self.history.sends.iter_mut().find(failed) {
            send.failed = false;
            send.resent = true;
            let message = send.id;
            let number = self.history.sends.iter().position(|send| send.id == message).unwrap();
            self.call(id, Asked::Send(number), Call::Resend(message));
        }
    }

    /// Something goes wrong.
    pub fn fail(&mut self) {
        let id = self.rng.usize(0..self.devices.len());
        let kinds = &self.faults.kinds;
        let Some(kind) = kinds.get(self.rng.usize(0..kinds.len().max(1))).copied() else { return };
        let while_ = self.rng.i64(1_000..60_000);
        let until = self.now + while_;
        match kind {
            Fault::Cut => self.cut_device(id),
            Fault::CutOff => {
                self.devices[id].cut_off_until = until;
                self.cut_device(id);
            }
            Fault::Slow => self.devices[id].slow_until = until,
            Fault::Kill if self.devices[id].up => self.stop(id, Crash::Process),
            Fault::PowerCut if self.devices[id].up => self.stop(id, Crash::Power),
            Fault::Doom => {
                self.devices[id].doom = Some(if self.rng.bool() { Crash::Process } else { Crash::Power });
            }
            Fault::BadDisk => self.devices[id].bad_commits = self.rng.u32(1..3),
            Fault::Server => self.fell_server(),
            Fault::Kick => self.kick(self.devices[id].user.clone()),
            Fault::DeviceClock => self.set_device_clock(id),
            Fault::ServerClock => {
                let skew = clocks::error(&mut self.rng);
                self.set_server_clock(skew);
            }
            Fault::Damage => self.damage(id),
            Fault::Kill | Fault::PowerCut => {}
        }
    }

    fn cut_device(&mut self, id: DeviceId) {
        if let Some(link) = self.devices[id].link {
            self.cut(link);
        }
        if self.rng.bool() {
            let up = self.rng.bool();
            self.feed(id, Input::Network { up });
        }
    }

    /// From now on no faults are injected, and everything comes to rest.
    fn heal(&mut self) {
        self.faults.is_on = false;
        self.set_server_clock(0);
        let back = self.now + HEALING;
        for (id, device) in self.devices.iter_mut().enumerate() {
            device.cut_off_until = if self.faults.away == Some(id) { back } else { 0 };
            device.slow_until = 0;
            device.doom = None;
            device.bad_commits = 0;
        }
        if self.faults.is_hostile {
            self.heal_under_attack();
        }
        // A burst over a slow link takes longer than any pause.
        let least = if self.faults.away.is_some() { 2 } else { 1 };
        for rounds in 1..=4 {
            self.run_until(self.now + HEALING);
            if rounds >= least && self.devices.iter().all(|device| device.calls.is_empty()) {
                break;
            }
        }
    }

    /// Everybody reads everything, and looks at the list once more.
    fn read_all(&mut self) {
        self.read_pages(true);
        self.run_until(self.now + 20_000);
        for id in 0..self.devices.len() {
            self.call(id, Asked::List, Call::ConversationList);
            let calls = &self.devices[id].calls;
            if !calls.is_empty() {
                let what = format!("{}: nobody answered {calls:?}", self.devices[id].name);
                self.history.violated("answers", what);
            }
        }
    }

    /// Everybody reads everything; nothing excuses a failure if it is for the last time.
    fn read_pages(&mut self, is_last: bool) {
        for id in 0..self.devices.len() {
            let me = self.devices[id].user.clone();
            for state in self.states(&me).into_values().filter(|state| !state.gone) {
                let mut before = state.head + 1;
                while before > state.first_visible_seq.max(1) {
                    let conversation = state.conversation_id.clone();
                    let asked = Asked::Page(conversation.clone(), is_last);
                    self.call(
                        id,
                        asked,
                        Call::MessageList { conversation, before: Some(before), count: 100 },
                    );
                    before = before.saturating_sub(100);
                }
            }
        }
    }
}

/// Whether the log is read through this user's eyes in the end, who therefore keeps all of it.
fn is_witness(me: &UserId, log: &LogId) -> bool {
    match log {
        LogId::C2c(first, _) => first == me,
        LogId::Group(_) => me.as_str() == "alice",
        LogId::System(_) => true,
    }
}
