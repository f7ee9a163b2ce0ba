//! Mallory: a member of two groups and a peer of everybody, with connections from a network of her own, who says whatever
//! does harm. The server accepts it or refuses it; the others notice what she may say, and nothing else.

use serde_json::{Value, json};
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{MessageId, limits};
use tim_server::core::shares::Network;

use crate::link::LinkId;
use crate::server::{APP, KEY};
use crate::world::{BEGIN, Event, World};

/// Her connections have numbers from here on.
const FIRST: LinkId = 1 << 40;
/// What each of her connections claims to come from.
const PLATFORMS: [&str; 4] = ["android", "ios", "web", "watch"];
/// Requests of one storm.
const STORM: u64 = 30;
/// How long after everything else went well the others may take to be ready, while she goes on.
const READY_WITHIN: i64 = 200_000;
/// How often she acts in that time.
const ACTS_AT_THE_END: u32 = 40;

/// What she keeps.
#[derive(Default)]
pub struct Mallory {
    /// The last request number of each connection.
    numbers: [u64; PLATFORMS.len()],
}

/// Where a connection comes from.
pub fn network(link: LinkId) -> Network {
    Network::V4(if link < FIRST { [127, 0, 0, 1] } else { [10, 0, 0, 66] })
}

impl World {
    /// Mallory does something.
    pub fn attack(&mut self) {
        if !self.server.up {
            return;
        }
        let place = self.rng.usize(0..PLATFORMS.len());
        let link = FIRST + place as u64;
        match self.server.is_greeted(link) {
            None => self.knock(place, link),
            Some(false) => {}
            Some(true) => self.harm(place, link),
        }
    }

    /// She goes on while the others get ready, and is not to keep them from it.
    pub fn heal_under_attack(&mut self) {
        for _ in 0..ACTS_AT_THE_END {
            let at = self.rng.i64(0..READY_WITHIN);
            self.after(at, Event::Attack);
        }
        self.run_until(self.now + READY_WITHIN);
        let late = self.devices.iter().filter(|device| !device.ready && device.cut_off_until <= self.now);
        for name in late.map(|device| device.name).collect::<Vec<_>>() {
            self.history.violated("rest", format!("{name} is not ready in time"));
        }
    }

    /// A connection that logs in, or does not get as far.
    fn knock(&mut self, place: usize, link: LinkId) {
        self.mallory.numbers[place] = 0;
        self.accept(link);
        let user = if self.chance(10) { "alice" } else { "mallory" };
        let mut hello = json!({
            "versions": [1, 1], "features": ["batch"], "SDKAppID": APP, "userID": user, "userSig": sig("mallory"),
            "device": "x", "instance": format!("x{place}"), "platform": PLATFORMS[place], "login": true,
        });
        let frame = match self.rng.u32(0..10) {
            0 => return,
            1 => self.garbage(),
            2 => self.ask(place, "sync", json!({"from": [0, 0], "limit": 200, "latest": 100})),
            3 => {
                hello["userSig"] = json!("eJyrVgrxCdYrSy1S");
                self.ask(place, "hello", hello)
            }
            4 => {
                hello["resume"] = json!({"session": "5f0c2f1e-8a54-4f7b-9d57-2b8c1f0a6e01", "push": 1});
                self.ask(place, "hello", hello)
            }
            _ => self.ask(place, "hello", hello),
        };
        self.server_hears(link, &frame);
    }

    fn harm(&mut self, place: usize, link: LinkId) {
        match self.rng.u32(0..12) {
            0 => self.server_loses(link),
            1 | 2 => {
                let garbage = self.garbage();
                self.server_hears(link, &garbage);
            }
            kind => {
                let max = if kind < 6 { 4 } else { STORM };
                let count = self.rng.u64(1..=max);
                let asks: Vec<String> = (0..count).map(|_| self.harmful(place, kind)).collect();
                if self.rng.bool() {
                    self.server_hears(link, &format!("[{}]", asks.join(",")));
                } else {
                    asks.iter().for_each(|ask| self.server_hears(link, ask));
                }
            }
        }
    }

    fn harmful(&mut self, place: usize, kind: u32) -> String {
        let to = self.victim();
        let sequence = self.number();
        match kind {
            3 => {
                let body = json!({"type": "TIMTextElem", "payload": {"text": "mallory was here"}});
                self.send_harm(place, &to, &body)
            }
            4 => {
                let body = self.strange_body();
                self.send_harm(place, &to, &body)
            }
            5 => self.come_and_go(place),
            6 => self.ask(place, "msg.revoke", json!({"conversationID": to, "sequence": sequence})),
            7 => self.ask(place, "conv.read", json!({"conversationID": to, "sequence": sequence})),
            8 => {
                let history = json!({"conversationID": to, "low": 1, "high": sequence, "limit": 1_000_000});
                self.ask(place, "msg.history", history)
            }
            9 => self.ask(place, "msg.mutations", json!({"conversationID": to, "after": sequence})),
            10 => {
                self.ask(place, "sync", json!({"from": [sequence, sequence], "limit": 65_535, "latest": 255}))
            }
            _ => json!({"pi": sequence, "a": self.number()}).to_string(),
        }
    }

    /// A conversation with somebody else in it, or with nobody.
    fn victim(&mut self) -> String {
        let victims = ["C2Calice", "C2Cbob", "C2Ccarol", "GROUPwork", "GROUPpublic", "GROUPmeeting"];
        let others = ["C2Cnobody", "C2Cmallory", "GROUPnone", "@TIM#SYSTEM", "C2C"];
        let from = if self.chance(90) { &victims[..] } else { &others[..] };
        from[self.rng.usize(0..from.len())].to_owned()
    }

    /// Mostly small, sometimes at or beyond a bound.
    fn number(&mut self) -> u64 {
        let far = [0, 1 << 31, (1 << 53) - 1, 1 << 53, u64::MAX];
        if self.chance(85) { self.rng.u64(1..50) } else { far[self.rng.usize(0..far.len())] }
    }

    /// A message with an identity of its own, or with one that somebody else's message has.
    fn send_harm(&mut self, place: usize, to: &str, body: &Value) -> String {
        let sends = &self.history.sends;
        let id = match sends.get(self.rng.usize(0..2 * sends.len().max(1))) {
            Some(send) => send.id,
            None => {
                let random: [u8; 10] = self.rng.u128(..).to_be_bytes()[..10].try_into().unwrap();
                MessageId::from_parts(self.wall(), random)
            }
        };
        let time = self.wall();
        self.ask(place, "msg.send", json!({"ID": id, "to": to, "clientTime": time, "body": body}))
    }

    fn strange_body(&mut self) -> Value {
        let tip = json!({"operatorID": "alice", "operationType": 2, "userIDList": ["bob"], "memberCount": 1});
        let nested = (0..20).fold(json!(1), |inner, _| json!([inner]));
        match self.rng.u32(0..6) {
            0 => json!({"type": "TIMTextElem", "payload": {"text": "m".repeat(60_000)}}),
            1 => {
                json!({"type": "TIMTextElem", "payload": {"text": "\u{202e}\u{0}\u{fffd}\u{1f468}\u{200d}"}})
            }
            2 => json!({"type": "TIMGroupTipElem", "payload": tip}),
            3 => json!({"type": "TIMTextElem", "payload": {"text": "m", "nested": nested}}),
            4 => json!({"type": "TIMImageElem", "payload": {"imageInfoArray": [{"size": u64::MAX}]}}),
            _ => json!({"type": 7}),
        }
    }

    fn come_and_go(&mut self, place: usize) -> String {
        let group = ["work", "public", "meeting", "@TGS#_town", "none"][self.rng.usize(0..5)];
        let number = self.rng.u32(0..3);
        match self.rng.u32(0..9) {
            0 | 1 => self.ask(place, "group.join", json!({"groupID": group, "applyMessage": "let me in"})),
            2 => self.ask(place, "group.quit", json!({"groupID": group})),
            3 => self.ask(place, "group.dismiss", json!({"groupID": group})),
            4 => {
                let handle = json!({"groupID": group, "userID": "mallory", "accept": true});
                self.ask(place, "group.handle", handle)
            }
            5 => {
                let group = json!({"groupID": format!("m{number}"), "name": "m", "type": "Public"});
                self.ask(place, "group.create", json!({"group": group}))
            }
            6 => self.ask(place, "group.dismiss", json!({"groupID": format!("m{number}")})),
            7 => self.ask(place, "profile.update", json!({"fields": {"nick": "alice"}})),
            _ => {
                let update = json!({"userIDList": ["alice", "bob"], "listed": number == 0});
                self.ask(place, "blacklist.update", update)
            }
        }
    }

    /// A frame that is none, or that breaks a limit.
    fn garbage(&mut self) -> String {
        let ping = json!({"pi": 1}).to_string();
        match self.rng.u32(0..9) {
            0 => String::new(),
            1 => "{\"i\":".into(),
            2 => "[".repeat(limits::DEPTH + 1),
            3 => format!("{{\"i\":1,\"m\":\"sync\",\"p\":{}1{}}}", "[".repeat(500), "]".repeat(500)),
            4 => " ".repeat(limits::FRAME_BYTES + 1),
            5 => format!("[{}]", vec![ping; limits::BATCH + 1].join(",")),
            6 => r#"{"i":1,"m":"sync"}"#.into(),
            7 => r#"{"i":18446744073709551616,"m":"\ud800"}"#.into(),
            _ => "[[],null,7]".into(),
        }
    }

    fn ask(&mut self, place: usize, verb: &str, parameters: Value) -> String {
        self.mallory.numbers[place] += 1;
        json!({"i": self.mallory.numbers[place], "m": verb, "p": parameters}).to_string()
    }
}

fn sig(user: &str) -> String {
    let claims = Claims {
        sdk_app_id: APP,
        user: user.into(),
        issued_at_s: BEGIN / 1_000,
        expire_s: 86_400,
        userbuf: None,
    };
    sign(&Key::new(KEY), &claims)
}
