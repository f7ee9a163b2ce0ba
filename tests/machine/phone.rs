//! Alice's phone without its network: carries out what the machine says, and hands it frames made by hand.
//!
//! Bob is whom she talks to; what he says is a number, that of its place.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::Machine;
use tim::machine::io::{Call, CallId, Config, Input, MessageEvent, Now, Output, Query, Return};
use tim::message::{Body, Flow, Message, Payload, Priority, ReadMarks, SendStatus, TextBody, receiver};
use tim::protocol::Fault;
use tim::protocol::call::Platform;
use tim::store::{Change, Store};
use tim::{Code, UserId};

/// When a test begins, on every clock there is.
pub const BEGIN: i64 = 1_000;

pub struct Phone {
    pub machine: Machine,
    pub store: Store,
    /// The phone's clocks.
    pub now: i64,
    /// All emitted events and sent envelopes, in order.
    pub events: Vec<Event>,
    pub sent: Vec<Value>,
    /// The changes of each commit.
    pub commits: Vec<Vec<Change>>,
    /// The sequences of the messages that were emitted as read by the peer, one entry for each event.
    pub read_by_peer: Vec<Vec<u64>>,
    /// The messages that other devices removed, by sequence.
    pub deleted: Vec<Vec<u64>>,
    /// Whether the app's listener returns.
    pub listens: bool,
    /// The results of calls.
    pub returns: Vec<(CallId, Result<Return, Fault>)>,
    /// Calls that were answered with a page, what it has out of the store, and the whole of it.
    pub pages: Vec<(CallId, Query)>,
    pub shown: Vec<(CallId, Vec<Message>)>,
    /// How often the phone made a connection, and ended one.
    pub connects: usize,
    pub disconnects: usize,
    /// What else was to be done: uploads, and the like.
    pub done: Vec<Output>,
    calls: u64,
}

impl Phone {
    /// A phone that is switched on: its store may be an old one.
    pub fn with(store: Store) -> Self {
        let machine = Machine::new(Config {
            sdk_app_id: 1,
            device: "alice's phone".into(),
            platform: Platform::Android,
            client: "test".into(),
            seed: 1,
            heartbeat: 30_000,
            login_timeout: 90_000,
            call_timeout: 15_000,
        });
        Self {
            machine,
            store,
            now: BEGIN,
            events: Vec::new(),
            sent: Vec::new(),
            commits: Vec::new(),
            read_by_peer: Vec::new(),
            deleted: Vec::new(),
            listens: true,
            returns: Vec::new(),
            pages: Vec::new(),
            shown: Vec::new(),
            connects: 0,
            disconnects: 0,
            done: Vec::new(),
            calls: 0,
        }
    }

    /// A phone on which nobody has logged in yet.
    pub fn redact() -> Self {
        Self::with(Store::in_memory().unwrap())
    }

    /// A new phone whose first picture has these conversations.
    pub fn ready(conversations: Value) -> Self {
        let mut phone = Self::redact();
        phone.log_in("alice");
        phone.welcome(false);
        phone.page(1, conversations);
        phone
    }

    /// The app ends, and starts anew.
    pub fn restarts(mut self) -> Self {
        // Whatever the app has heard is stored by then.
        self.wait(1_000);
        self.killed()
    }

    /// The app ends where it is, and starts anew.
    pub fn killed(self) -> Self {
        Self { now: self.now + 60_000, ..Self::with(self.store) }
    }

    /// Gives the machine an input and carries out all that follows.
    pub fn feed(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.machine.handle(input, Now { monotonic: self.now, wall: self.now });
            while let Some(output) = self.machine.poll() {
                inputs.extend(self.carry_out(output));
            }
        }
    }

    fn carry_out(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::OpenStore { .. } => {
                return Some(Input::StoreOpened(Ok(Box::new(self.store.snapshot().unwrap()))));
            }
            Output::Commit { changes, durable } => {
                self.store.apply(&changes, durable).unwrap();
                self.commits.push(changes);
            }
            Output::Transmit(text) => match serde_json::from_str(&text).unwrap() {
                Value::Array(envelopes) => self.sent.extend(envelopes),
                envelope => self.sent.push(envelope),
            },
            Output::Connect => self.connects += 1,
            Output::Disconnect => self.disconnects += 1,
            Output::EmitMessages { query, kind: MessageEvent::Received } => {
                return self.carry_out(Output::Emit(Event::MessageReceived(self.stored(&query))));
            }
            Output::EmitMessages { query, kind: MessageEvent::ReadByPeer } => {
                let messages = self.store.messages(&UserId::new("alice").unwrap(), &query).unwrap();
                self.read_by_peer.push(messages.iter().map(|message| message.sequence).collect());
            }
            Output::EmitDeleted(query) => {
                self.deleted.push(self.stored(&query).iter().map(|message| message.sequence).collect());
            }
            Output::ReadLast(query) => {
                let messages = self.store.messages(&UserId::new("alice").unwrap(), &query).unwrap();
                return Some(Input::LastRead(query.conversation, messages));
            }
            Output::Return(call, result) => self.returns.push((call, result)),
            Output::ReturnPage { call, query, pending, .. } => {
                let next = pending
                    .next
                    .and_then(|next| self.stored(&Query { low: next, high: next, ..query.clone() }).pop());
                let page = pending.merge(self.stored(&query), next.map(|message| message.time));
                let shown = Input::shown(query.conversation.clone(), &page);
                self.shown.push((call, page));
                self.pages.push((call, query));
                return shown;
            }
            Output::Emit(event) => {
                self.events.push(event.clone());
                if let Event::MessageReceived(messages) = event
                    && self.listens
                {
                    let heard = messages.iter().map(|it| (it.conversation_id.clone(), it.sequence));
                    return Some(Input::Delivered(heard.collect()));
                }
            }
            other => self.done.push(other),
        }
        None
    }

    /// Messages out of the store, as alice sees them.
    fn stored(&self, query: &Query) -> Vec<Message> {
        let alice = UserId::new("alice").unwrap();
        let seen =
            |message: &_| Message::from_wire(&alice, message, SendStatus::Success, ReadMarks::default());
        self.store.messages(&alice, query).unwrap().iter().map(seen).collect()
    }

    /// Lets time pass: nothing happens meanwhile but what the machine does by itself.
    pub fn wait(&mut self, ms: i64) {
        let until = self.now + ms;
        while let Some(due) = self.machine.deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.feed(Input::Deadline);
        }
        self.now = until;
    }

    /// Waits for the machine to do something by itself, and tells how long that took.
    pub fn wait_for_it(&mut self) -> i64 {
        let began = self.now;
        self.now = self.machine.deadline().unwrap().max(began);
        self.feed(Input::Deadline);
        self.now - began
    }

    /// The app calls.
    pub fn call(&mut self, call: Call) -> CallId {
        self.calls += 1;
        self.feed(Input::Call(CallId(self.calls), call));
        CallId(self.calls)
    }

    pub fn log_in(&mut self, user: &str) -> CallId {
        self.call(Call::Login { user: UserId::new(user).unwrap(), user_sig: "a token".into() })
    }

    /// Alice says something to Bob.
    pub fn say(&mut self, text: &str) -> CallId {
        let message = draft(0, "C2Cbob", Payload::Body(Body::Text(TextBody { text: text.into() })));
        self.call(Call::Send { message: Box::new(message), upload: None })
    }

    /// The result of a call, if it has ended.
    pub fn returned(&self, call: CallId) -> Option<&Result<Return, Fault>> {
        self.returns.iter().find(|(id, _)| *id == call).map(|(_, result)| result)
    }

    /// The server sends a frame.
    pub fn hear(&mut self, frame: &Value) {
        self.feed(Input::Frames(vec![frame.to_string()]));
    }

    /// The requests with this verb, oldest first: their numbers and parameters.
    pub fn asked(&self, verb: &str) -> Vec<(u64, Value)> {
        let requests = self.sent.iter().filter(|envelope| envelope["m"] == verb);
        requests.map(|request| (request["i"].as_u64().unwrap(), request["p"].clone())).collect()
    }

    pub fn last_asked(&self, verb: &str) -> (u64, Value) {
        self.asked(verb).pop().unwrap_or_else(|| panic!("{verb} was not asked: {:?}", self.sent))
    }

    /// Answers the last request of this verb.
    pub fn reply(&mut self, verb: &str, result: &Value) {
        let (number, _) = self.last_asked(verb);
        self.hear(&json!({"i": number, "r": result}));
    }

    /// Refuses the last request of this verb: not to be tried again within so many milliseconds.
    pub fn refuse(&mut self, verb: &str, code: Code, retry_after: u32) {
        let (number, _) = self.last_asked(verb);
        self.hear(&json!({"i": number, "e": {"c": code, "t": "not now", "ra": retry_after}}));
    }

    /// The connection stands, and the server says welcome; its clock is the phone's.
    pub fn welcome(&mut self, resumed: bool) {
        self.welcome_at(resumed, self.now);
    }

    pub fn welcome_at(&mut self, resumed: bool, server_now: i64) {
        self.welcome_to(1, resumed, server_now);
    }

    /// A welcome to this life of the server's data.
    pub fn welcome_to(&mut self, epoch: u32, resumed: bool, server_now: i64) {
        self.feed(Input::Connected);
        self.reply(
            "hello",
            &json!({
                "version": 1, "features": ["z1", "batch"], "session": "5f0c2f1e-8a54-4f7b-9d57-2b8c1f0a6e01",
                "resumed": resumed, "now": server_now, "heartbeat": [10_000, 300_000], "expires": 1_i64 << 50, "epoch": epoch,
            }),
        );
    }

    /// Answers a sync with its only page.
    pub fn page(&mut self, version: u64, conversations: Value) {
        let page =
            json!({"reset": false, "cursor": [1, version], "conversations": conversations, "changes": []});
        self.reply("sync", &page);
    }

    /// The connection breaks; after a pause, which this gives, there is another one.
    pub fn comes_back(&mut self, resumed: bool) -> i64 {
        self.feed(Input::Disconnected);
        let pause = self.wait_for_it();
        self.welcome(resumed);
        pause
    }

    /// Serves what the phone asks history for, as the server does: the newest hundred of what is asked. Gives how many
    /// requests that took.
    pub fn serve_history(&mut self, time: i64) -> usize {
        let mut served = 0;
        while self.asked("msg.history").len() > served {
            let (_, asked) = self.last_asked("msg.history");
            served = self.asked("msg.history").len();
            let (low, high) = (asked["low"].as_u64().unwrap(), asked["high"].as_u64().unwrap());
            let from = low.max((high + 1).saturating_sub(100));
            let messages: Vec<Value> = (from..=high).map(|place| message(place, "bob", time)).collect();
            self.reply("msg.history", &json!({"messages": messages, "low": from, "high": high, "floor": 1}));
        }
        served
    }

    /// The sequences of the messages that were emitted as received.
    pub fn told(&self) -> Vec<u64> {
        let messages = self.events.iter().flat_map(|event| match event {
            Event::MessageReceived(messages) => messages.as_slice(),
            _ => &[],
        });
        messages.map(|message| message.sequence).collect()
    }
}

/// The message with this sequence.
pub fn message(place: u64, from: &str, time: i64) -> Value {
    json!({
        "ID": format!("01990000-0000-7000-8000-{place:012}"), "from": from,
        "to": if from == "alice" { "C2Cbob" } else { "C2Calice" }, "sequence": place, "countable": place,
        "time": time, "clientTime": time, "body": {"type": "TIMTextElem", "payload": {"text": place.to_string()}},
    })
}

/// Alice's conversation with Bob as a sync tells it, with the newest of what he said at `time`.
pub fn with_bob(head: u64, latest: RangeInclusive<u64>, time: i64) -> Value {
    let latest: Vec<Value> = latest.map(|place| message(place, "bob", time)).collect();
    json!({
        "conversationID": "C2Cbob", "head": head, "mutationHead": 0, "countable": head, "read": 0, "base": 0,
        "peerRead": 0, "floor": 1, "gone": false, "latest": latest,
    })
}

/// A message of alice's, not sent.
pub fn draft(number: u64, to: &str, payload: Payload) -> Message {
    let (me, to) = (UserId::new("alice").unwrap(), to.parse().unwrap());
    Message {
        id: format!("01990000-0000-7000-9000-{number:012}").parse().unwrap(),
        to: receiver(&me, &to),
        conversation_id: to,
        from: me,
        flow: Flow::Out,
        sequence: 0,
        time: BEGIN,
        client_time: BEGIN,
        status: SendStatus::UnSend,
        error_code: None,
        priority: Priority::Normal,
        nick: String::new(),
        avatar: String::new(),
        name_card: String::new(),
        is_revoked: false,
        revoke_reason: String::new(),
        is_modified: false,
        version: 0,
        is_pinned: false,
        pin_operator: None,
        reaction_list: Vec::new(),
        need_read_receipt: false,
        receiver_list: Vec::new(),
        read_receipt_info: None,
        revoker: None,
        is_read: true,
        is_peer_read: false,
        is_excluded_from_unread_count: false,
        is_excluded_from_last_message: false,
        is_online_only: false,
        cloud_custom_data: String::new(),
        at_user_list: Vec::new(),
        local_path: None,
        local_snapshot_path: None,
        local_custom_data: String::new(),
        local_custom_int: 0,
        payload,
        elements: Vec::new(),
    }
}
