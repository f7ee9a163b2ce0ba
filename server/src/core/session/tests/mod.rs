//! One connection's rules, told as stories: the test is the socket, the clock and the store. Here is what they share.

mod bus;
mod ending;
mod guests;
mod hello;
mod receipts;
mod requests;
mod resume;
mod rooms;
mod strangers;
mod time;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};
use tim_protocol::call::{self, Call as _};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::KickReason;
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{Code, Fault, codec, limits};
use uuid::Uuid;

use super::{Effect, Input, Parked, Session, Settings, Token};
use crate::config::Config;
use crate::core::Now;
use crate::core::ops::{
    Committed, ConversationKey, Delivery, Device, Devices, Greet, Kick, Query, QueryResult, Refusal,
    SessionStart, Topic, UserKey, Write, WriteReply,
};
use crate::core::policy::LoginPolicy;
use crate::core::rate::Rate;
use crate::core::shares::{Limits, Network, Shares};

const APP: u32 = 1_400_000_001;
const ALICE: UserKey = UserKey(7);
/// The group that alice is in.
const TEA: ConversationKey = ConversationKey(9);
const KEY: &str = "the application's key";
/// When everything begins, in milliseconds since 1970.
const NOON: i64 = 1_767_225_600_000;

fn settings() -> Settings {
    Settings {
        policy: LoginPolicy::PerPlatform,
        revoke_within: 120_000,
        heartbeat: [10_000, 300_000],
        max_sig_life: Some(10_000),
        media_quota: 0,
        ticket_key: [3; 32],
        guests: Arc::default(),
    }
}

/// Everybody's shares, with this rate of requests.
fn shares(requests: Rate) -> Arc<Shares> {
    Arc::new(Shares::new(Limits { requests, ..Config::default().shares() }))
}

fn sig(key: &str, app: u32, user: &str, life_s: i64) -> String {
    sig_issued_at(NOON / 1_000 - 100, key, app, user, life_s + 100)
}

fn sig_issued_at(issued_at_s: i64, key: &str, app: u32, user: &str, expire_s: i64) -> String {
    let claims = Claims { sdk_app_id: app, user: user.into(), issued_at_s, expire_s, userbuf: None };
    sign(&Key::new(key), &claims)
}

/// Alice's hello as it should be, for a new login from her phone.
fn hello() -> Value {
    json!({
        "versions": [1, 1], "features": ["batch", "z1", "unheard of"], "SDKAppID": APP, "userID": "alice",
        "userSig": sig(KEY, APP, "alice", 3_600), "device": "alice-phone", "instance": "i1",
        "platform": "android", "login": true,
    })
}

fn hello_with(field: &str, value: Value) -> Value {
    let mut hello = hello();
    hello[field] = value;
    hello
}

/// A connection, with a clock that only the test moves.
struct Phone {
    session: Session,
    now: Now,
    number: u64,
}

impl Phone {
    fn connects() -> Self {
        Self::connects_to(&shares(Rate::new(1_000, 1_000, 1_000)), 1)
    }

    /// Connects to a server where so much is left of everybody's shares.
    fn connects_to(shares: &Arc<Shares>, id: u128) -> Self {
        let now = Now { monotonic: 5_000, wall: NOON };
        let (settings, shares, id) = (Arc::new(settings()), Arc::clone(shares), Uuid::from_u128(id));
        let rooms = Arc::default();
        let session = Session::new(settings, shares, rooms, Network::V4([192, 0, 2, 1]), id, 1, now);
        Self { session, now, number: 0 }
    }

    /// Connected, logged in, and past the welcome.
    fn logged_in() -> Self {
        Self::logged_in_to(&shares(Rate::new(1_000, 1_000, 1_000)), 1)
    }

    fn logged_in_to(shares: &Arc<Shares>, id: u128) -> Self {
        let mut phone = Self::connects_to(shares, id);
        let (_, effects) = phone.greets(&hello());
        assert!(matches!(effects[..], [Effect::Send(_)]), "{effects:?}");
        phone
    }

    fn passes(&mut self, ms: i64) {
        self.now.monotonic += ms;
        self.now.wall += ms;
    }

    fn happens(&mut self, input: Input<'_>) -> Vec<Effect> {
        self.session.handle(input, self.now)
    }

    fn says(&mut self, text: &str) -> Vec<Effect> {
        self.happens(Input::Frame(text))
    }

    /// A request with the next number.
    fn asks(&mut self, verb: &str, parameters: &Value) -> Vec<Effect> {
        self.number += 1;
        let text = json!({ "i": self.number, "m": verb, "p": parameters }).to_string();
        self.says(&text)
    }

    fn finds(&mut self, token: Token, found: QueryResult) -> Vec<Effect> {
        self.happens(Input::QueryResult(token, Ok(found)))
    }

    fn wrote(&mut self, token: Token, answer: WriteReply) -> Vec<Effect> {
        self.happens(Input::WriteResult(token, Ok(Committed { answer, notifications: Vec::new() })))
    }

    /// Says hello with the application's key known and the login accepted. What the store was asked, and what came of
    /// it in the end.
    fn greets(&mut self, hello: &Value) -> (Vec<String>, Vec<Effect>) {
        let mut effects = self.asks("hello", hello);
        let mut asked = Vec::new();
        loop {
            match effects[..] {
                [Effect::Query(token, Query::Greet { .. })] => {
                    asked.push("greet".to_owned());
                    effects = self.finds(token, greet(Some(ALICE)));
                }
                [Effect::Write(token, Write::Login(_))] => {
                    asked.push("login".to_owned());
                    effects = self.wrote(token, logged_in());
                }
                [Effect::Attach(ALICE, _)] => {
                    asked.push("attach".to_owned());
                    effects = self.happens(Input::Attached);
                }
                [Effect::Query(token, Query::SessionStart { key: ALICE })] => {
                    asked.push("start".to_owned());
                    effects = self.finds(token, start(devices(&["i1", "i2"], &[])));
                }
                [Effect::Follow(ref topics)] => {
                    assert_eq!(topics, &[Topic::whole(TEA)]);
                    effects = self.happens(Input::Attached);
                }
                _ => break,
            }
        }
        if let [Effect::Admit(ALICE, _), ..] = effects[..] {
            effects.remove(0);
        }
        (asked, effects)
    }

    /// A message that the store is asked to keep.
    fn sends(&mut self) -> Token {
        let effects = self.asks("msg.send", &text_to("C2Cbob"));
        match effects[..] {
            [Effect::Write(token, Write::Request(_))] => token,
            _ => panic!("{effects:?}"),
        }
    }

    fn is_told(&mut self, text: &str) -> Vec<Effect> {
        self.happens(Input::Delivery(Delivery::Push(format!(r#""ev":"msg","p":"{text}""#).into())))
    }

    fn hears_of_kicks(&mut self, instances: &[&str]) -> Vec<Effect> {
        let instances = instances.iter().map(|name| (*name).to_owned()).collect();
        self.happens(Input::Delivery(Delivery::Kick(Arc::new(Kick { instances }))))
    }

    /// Hears of kicks that may concern it. The token of the question whether they do.
    fn is_in_doubt(&mut self, instances: &[&str]) -> Token {
        let asks = self.hears_of_kicks(instances);
        let [Effect::Query(token, Query::Devices { .. })] = asks[..] else { panic!("{asks:?}") };
        token
    }

    /// Another device takes its place.
    fn is_kicked(&mut self, instances: &[&str]) -> Vec<Effect> {
        let token = self.is_in_doubt(instances);
        let ended = devices(&[], &[("i1", KickReason::MultipleDevice)]);
        self.finds(token, QueryResult::Devices(Some(ended)))
    }

    /// Comes back without a session, and is on the bus. The token of the question for what its session begins with.
    fn comes_back(&mut self, hello: &Value) -> Token {
        let asks = self.asks("hello", hello);
        let [Effect::Query(token, Query::Greet { .. })] = asks[..] else { panic!("{asks:?}") };
        let attach = self.finds(token, greet(Some(ALICE)));
        assert!(matches!(attach[..], [Effect::Attach(ALICE, _)]), "{attach:?}");
        let asks = self.happens(Input::Attached);
        let [Effect::Query(token, Query::SessionStart { .. })] = asks[..] else { panic!("{asks:?}") };
        token
    }
}

fn text_to(conversation: &str) -> Value {
    json!({
        "ID": "019b76da-cb28-7002-8000-000000000002", "to": conversation, "clientTime": 1,
        "body": { "type": "TIMTextElem", "payload": { "text": "hello" } },
    })
}

fn sent() -> WriteReply {
    WriteReply::Reply(call::SendRequest::answer(call::Sent {
        sequence: 1,
        unread_index: 1,
        by_sender: 0,
        time: NOON,
        nick: String::new(),
        avatar: String::new(),
        name_card: String::new(),
        receipts: None,
        mutation_seq: 0,
    }))
}

/// What a hello of Alice's is checked with.
fn greet(user: Option<UserKey>) -> QueryResult {
    QueryResult::Greet(Greet { keys: vec!["a newer key".into(), KEY.into()], user, epoch: 1 })
}

fn logged_in() -> WriteReply {
    WriteReply::LoggedIn {
        key: ALICE,
        topics: vec![Topic::whole(TEA)],
        watermark: Cursor { epoch: 1, version: 7 },
    }
}

/// What a session of Alice's begins with.
fn start(devices: Devices) -> QueryResult {
    let watermark = Some(Cursor { epoch: 1, version: 7 });
    QueryResult::SessionStart(SessionStart { devices, topics: vec![Topic::whole(TEA)], watermark })
}

fn devices(live: &[&str], ended: &[(&str, KickReason)]) -> Devices {
    let device = |instance: &&str| Device {
        device: "alice-phone".into(),
        instance: (*instance).to_owned(),
        platform: call::Platform::Android,
    };
    Devices {
        key: ALICE,
        live: live.iter().map(device).collect(),
        ended: ended.iter().map(|(instance, reason)| ((*instance).to_owned(), reason.code())).collect(),
    }
}

/// The envelopes among the effects.
fn envelopes(effects: &[Effect]) -> Vec<Value> {
    let envelope = |effect: &Effect| match effect {
        Effect::Send(text) => Some(serde_json::from_str(text).unwrap()),
        _ => None,
    };
    effects.iter().filter_map(envelope).collect()
}

/// The fault that answers this request, if that is all that happens.
fn fault(effects: &[Effect], number: u64) -> Fault {
    let [Effect::Send(text)] = effects else { panic!("{effects:?}") };
    let envelope: Value = serde_json::from_str(text).unwrap();
    assert_eq!(envelope["i"], number);
    serde_json::from_value(envelope["e"].clone()).unwrap()
}

/// The code with which the connection closes, last of all.
fn closed(effects: &[Effect]) -> Option<Code> {
    let closes = effects.iter().filter(|effect| matches!(effect, Effect::Close(..))).count();
    match effects.last() {
        Some(Effect::Close(code, why)) if closes == 1 && !why.is_empty() => Some(*code),
        _ if closes == 0 => None,
        _ => panic!("{effects:?}"),
    }
}

/// Refused with this code, and closed with it.
fn is_refused(effects: &[Effect], number: u64, code: Code) {
    let [answer, close] = effects else { panic!("{code:?}: {effects:?}") };
    assert_eq!(fault(std::slice::from_ref(answer), number).code, code);
    assert_eq!(closed(std::slice::from_ref(close)), Some(code));
}
