//! Whatever people do with invitations, and whoever is away meanwhile: all devices come to what the log says, and each hears one end.

use std::collections::BTreeMap;

use serde_json::json;
use tim_protocol::call::Platform;

use super::*;
use crate::machine::io::{Config, Now};

const SECOND: i64 = 1_000;

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// What became of an invitation for one who was invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Accepted,
    Rejected,
    Cancelled,
    TimedOut,
}

struct Device {
    me: UserId,
    cx: Context,
    signaling: Signaling,
    stored: BTreeMap<String, Invitation>,
    /// How much of the log it has heard, and which of it it sent.
    heard: usize,
    own: Vec<usize>,
    is_connected: bool,
    /// What waits in its outbox.
    outbox: Vec<SignalingInfo>,
    /// The invitations that its app knows, and the ends that it was told of or brought about, by who was invited.
    known: Vec<String>,
    ends: Vec<(String, UserId, End)>,
}

impl Device {
    fn new(name: &str) -> Self {
        let mut cx = Context::new(Config {
            sdk_app_id: 1,
            device: name.to_owned(),
            platform: Platform::Linux,
            client: String::new(),
            seed: 1,
            heartbeat: 1,
            login_timeout: 1,
            call_timeout: 1,
        });
        cx.begin_login(user(name));
        Self {
            me: user(name),
            cx,
            signaling: Signaling::default(),
            stored: BTreeMap::new(),
            heard: 0,
            own: Vec::new(),
            is_connected: true,
            outbox: Vec::new(),
            known: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Takes what follows: what is stored, and what the app is told.
    fn carry_out(&mut self) {
        for output in self.cx.take_outputs(None, None) {
            match output {
                Output::Commit { changes, .. } => changes.into_iter().for_each(|change| match change {
                    Change::Invitation(id, Some(it)) => _ = self.stored.insert(id, *it),
                    Change::Invitation(id, None) => _ = self.stored.remove(&id),
                    other => panic!("{other:?}"),
                }),
                Output::Emit(event) => self.told(event),
                other => panic!("{other:?}"),
            }
        }
    }

    fn told(&mut self, event: Event) {
        let mut end = |info: SignalingInfo, end| {
            self.ends.extend(info.invitee_list.into_iter().map(|who| (info.invite_id.clone(), who, end)));
        };
        match event {
            Event::NewInvitationReceived(info) => self.known.push(info.invite_id),
            Event::InviteeAccepted(it) => self.ends.push((it.invite_id, it.invitee, End::Accepted)),
            Event::InviteeRejected(it) => self.ends.push((it.invite_id, it.invitee, End::Rejected)),
            Event::InvitationCancelled(info) => end(info, End::Cancelled),
            Event::InvitationTimeout(info) => end(info, End::TimedOut),
            other => panic!("{other:?}"),
        }
    }

    /// Hears the next message of the log. Its app knows what this device sent, if it counts.
    fn hear(&mut self, message: &WireMessage) {
        let is_own = self.own.contains(&self.heard);
        self.heard += 1;
        let before: BTreeMap<String, Vec<UserId>> = self.open();
        self.signaling.hear(&mut self.cx, message, is_own, true);
        let Body::Custom(custom) = Body::read(&message.body).unwrap() else { panic!() };
        let info = SignalingInfo::read(&custom.data).unwrap();
        if is_own {
            let after = self.open();
            let left = |who: &&UserId| !after.get(&info.invite_id).is_some_and(|open| open.contains(who));
            let ended = before.get(&info.invite_id).into_iter().flatten().filter(left).cloned();
            let end = match info.action {
                SignalingAction::Accept => End::Accepted,
                SignalingAction::Reject => End::Rejected,
                _ => End::Cancelled,
            };
            self.ends.extend(ended.map(|who| (info.invite_id.clone(), who, end)));
        }
        if info.inviter == self.me && self.signaling.live.contains_key(&info.invite_id) {
            self.known.push(info.invite_id);
        }
        self.carry_out();
    }

    fn open(&self) -> BTreeMap<String, Vec<UserId>> {
        self.signaling.live.iter().map(|(id, live)| (id.clone(), live.invitation.open.clone())).collect()
    }

    fn timers(&mut self) {
        self.signaling.timers(&mut self.cx, |_| true, |_| false);
        self.carry_out();
    }
}

/// A conversation of the group tea, and everybody's devices.
struct World {
    rng: fastrand::Rng,
    now: i64,
    log: Vec<WireMessage>,
    devices: Vec<Device>,
    /// All invitations there were.
    invitations: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let devices = ["alice", "alice", "bob", "bob", "carol"].map(Device::new).into();
        Self { rng: fastrand::Rng::with_seed(seed), now: SECOND, log: Vec::new(), devices, invitations: 0 }
    }

    fn commit(&mut self, place: usize, info: &SignalingInfo) {
        let sequence = self.log.len() as u64 + 1;
        let me = &self.devices[place].me;
        let text = json!({
            "ID": format!("01990000-0000-7000-8000-{sequence:012}"), "from": me, "to": "GROUPtea", "sequence": sequence,
            "countable": sequence, "time": self.now, "clientTime": self.now,
            "body": {"type": "TIMCustomElem", "payload": {"data": info.write()}},
        });
        self.devices[place].own.push(self.log.len());
        self.log.push(serde_json::from_value(text).unwrap());
    }

    /// A device is back: what waits in its outbox is accepted before or after it hears what it missed.
    fn comes_back(&mut self, place: usize) {
        self.devices[place].is_connected = true;
        if self.rng.bool() {
            self.catch_up();
        }
        for info in std::mem::take(&mut self.devices[place].outbox) {
            self.commit(place, &info);
        }
    }

    fn catch_up(&mut self) {
        for device in self.devices.iter_mut().filter(|device| device.is_connected) {
            while let Some(message) = self.log.get(device.heard) {
                device.hear(message);
            }
        }
    }

    /// Somebody does something that their device lets them.
    fn somebody_acts(&mut self) {
        let place = self.rng.usize(..self.devices.len());
        let me = self.devices[place].me.clone();
        let known: Vec<SignalingInfo> =
            self.devices[place].signaling.live.values().map(|live| live.invitation.info.clone()).collect();
        let action = self.rng.choice([
            SignalingAction::Invite,
            SignalingAction::Accept,
            SignalingAction::Reject,
            SignalingAction::Cancel,
        ]);
        let info = match (action.unwrap(), self.rng.choice(known)) {
            (SignalingAction::Invite, _) if me == user("alice") => {
                self.invitations += 1;
                SignalingInfo {
                    invite_id: self.invitations.to_string(),
                    group_id: Some(tim_protocol::GroupId::new("tea").unwrap()),
                    inviter: me.clone(),
                    invitee_list: vec![user("bob"), user("carol")],
                    data: "a call".to_owned(),
                    action: SignalingAction::Invite,
                    timeout: self.rng.u32(1..20),
                }
            }
            (SignalingAction::Invite, _) | (_, None) => return,
            (SignalingAction::Cancel, Some(info)) => {
                SignalingInfo { action: SignalingAction::Cancel, ..info }
            }
            (action, Some(info)) => SignalingInfo { action, invitee_list: vec![me.clone()], ..info },
        };
        let device = &mut self.devices[place];
        if device.signaling.check(&me, &info, |_| false).is_ok() {
            match device.is_connected {
                true => self.commit(place, &info),
                false => device.outbox.push(info),
            }
        }
    }

    fn step(&mut self) {
        match self.rng.u32(..10) {
            0..=4 => self.somebody_acts(),
            5 => {
                let place = self.rng.usize(..self.devices.len());
                self.devices[place].is_connected = false;
            }
            6..=7 => {
                let place = self.rng.usize(..self.devices.len());
                self.comes_back(place);
            }
            8 => {
                let place = self.rng.usize(..self.devices.len());
                let device = &mut self.devices[place];
                device.signaling = Signaling::default();
                device.signaling.load(device.stored.values().cloned().collect());
            }
            _ => self.now += self.rng.i64(0..5 * SECOND),
        }
        self.time_passes();
    }

    fn time_passes(&mut self) {
        for device in &mut self.devices {
            device.cx.set_now(Now { monotonic: self.now, wall: self.now });
        }
        self.catch_up();
        self.devices.iter_mut().filter(|device| device.is_connected).for_each(Device::timers);
    }

    /// What the log says, by the rules of docs/protocol.md alone.
    fn truth(&self) -> BTreeMap<(String, UserId), End> {
        let mut began: BTreeMap<String, i64> = BTreeMap::new();
        let mut truth = BTreeMap::new();
        for message in &self.log {
            let Body::Custom(custom) = Body::read(&message.body).unwrap() else { panic!() };
            let info = SignalingInfo::read(&custom.data).unwrap();
            let begin = *began.entry(info.invite_id.clone()).or_insert(message.time);
            if message.time > begin + i64::from(info.timeout) * SECOND {
                continue;
            }
            let (who, end) = match info.action {
                SignalingAction::Invite => continue,
                SignalingAction::Cancel => (vec![user("bob"), user("carol")], End::Cancelled),
                SignalingAction::Accept => (vec![message.from.clone()], End::Accepted),
                _ => (vec![message.from.clone()], End::Rejected),
            };
            for who in who {
                truth.entry((info.invite_id.clone(), who)).or_insert(end);
            }
        }
        truth
    }

    /// All are back, and all time is over.
    fn ends(&mut self) {
        (0..self.devices.len()).for_each(|place| self.comes_back(place));
        self.time_passes();
        self.now += 60 * SECOND;
        self.time_passes();
    }
}

#[test]
fn all_devices_come_to_what_the_log_says_and_each_hears_one_end() {
    let mut heard = BTreeMap::new();
    for seed in 0..400 {
        let mut world = World::new(seed);
        (0..150).for_each(|_| world.step());
        world.ends();
        let truth = world.truth();
        for (place, device) in world.devices.iter().enumerate() {
            assert!(
                device.signaling.live.is_empty() && device.stored.is_empty(),
                "seed {seed}, device {place}"
            );
            for id in 1..=world.invitations {
                let id = id.to_string();
                for who in [user("bob"), user("carol")] {
                    let concerns = device.me == who || device.me == user("alice");
                    if !concerns || !device.known.contains(&id) {
                        continue;
                    }
                    let ends: Vec<End> =
                        device.ends.iter().filter(|it| it.0 == id && it.1 == who).map(|it| it.2).collect();
                    let end = truth.get(&(id.clone(), who.clone())).copied().unwrap_or(End::TimedOut);
                    assert_eq!(ends, [end], "seed {seed}, device {place} of {}, {id} for {who}", device.me);
                    *heard.entry(format!("{end:?}")).or_insert(0) += 1;
                }
            }
        }
    }
    assert!(heard.len() == 4 && heard.values().all(|count| *count > 200), "all ends came about: {heard:?}");
}
