//! What a server may do to a client: any text, line by line, as frames to a machine that is ready, with a real store
//! behind it.
//!
//! Panics if the machine does, if it asks its store for something impossible, or if what it stored keeps the next run of the
//! app from being ready.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tim::UserId;
use tim::machine::Machine;
use tim::machine::io::{Call, CallId, Config, Input, Now, Output};
use tim::store::Store;
use tim_protocol::call::Platform;

/// Any text as a server's frames.
pub fn machine(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut phone = Phone::ready(Store::in_memory().expect("memory takes a database"));
    for line in text.lines().take(64) {
        phone.now.monotonic += 500;
        phone.take(Input::Frames(vec![line.to_owned()]));
        phone.take(Input::Deadline);
    }
    Phone::ready(phone.store);
}

struct Phone {
    machine: Machine,
    store: Store,
    me: UserId,
    now: Now,
    /// The requests that wait for an answer: numbers, verbs, parameters.
    asked: VecDeque<Value>,
}

impl Phone {
    /// Alice's phone with this store, logged in at a server that has nothing for her.
    fn ready(store: Store) -> Self {
        let config = Config {
            sdk_app_id: 1_400_000_001,
            device: "phone".into(),
            platform: Platform::Android,
            client: "fuzz".into(),
            seed: 7,
            heartbeat: 30_000,
            login_timeout: 90_000,
            call_timeout: 15_000,
        };
        let me = UserId::new("alice").expect("a name");
        let now = Now { monotonic: 0, wall: 1_767_225_600_000 };
        let mut phone =
            Self { machine: Machine::new(config), store, me: me.clone(), now, asked: VecDeque::new() };
        phone.take(Input::Call(CallId(1), Call::Login { user: me, user_sig: "token".into() }));
        phone.becomes_ready();
        phone
    }

    /// Answers the requests that come before ready. The machine may begin anew once and connect again for it.
    fn becomes_ready(&mut self) {
        for _ in 0..8 {
            while let Some(request) = self.asked.pop_front() {
                if let Some(result) = answer(&request) {
                    self.take(Input::Frames(vec![json!({ "i": request["i"], "r": result }).to_string()]));
                }
            }
            if self.machine.status().1.is_none() {
                return;
            }
            self.now.monotonic =
                self.machine.deadline().expect("a phone that is not ready waits for something");
            self.take(Input::Deadline);
        }
        panic!("the phone is not ready: {:?}", self.machine.status());
    }

    /// Gives an input and carries out whatever follows from it.
    fn take(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            self.machine.handle(input, self.now);
            while let Some(output) = self.machine.poll() {
                match output {
                    Output::OpenStore { .. } => {
                        let snapshot = self.store.snapshot().expect("a store that was written can be read");
                        inputs.push(Input::StoreOpened(Ok(Box::new(snapshot))));
                    }
                    Output::Commit { changes, durable } => {
                        self.store.apply(&changes, durable).expect("what a frame brings can be stored");
                    }
                    Output::Transmit(text) => {
                        match serde_json::from_str(&text).expect("a client writes JSON") {
                            Value::Array(envelopes) => self.asked.extend(envelopes),
                            envelope => self.asked.push_back(envelope),
                        }
                    }
                    Output::Connect => inputs.push(Input::Connected),
                    Output::EmitMessages { query, .. } | Output::ReturnPage { query, .. } => {
                        self.store.messages(&self.me, &query).expect("what was stored can be read");
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The replies of an empty server to the requests that make a client ready.
fn answer(request: &Value) -> Option<Value> {
    match request["m"].as_str()? {
        "hello" => Some(json!({
            "version": 1, "features": ["z1", "batch"], "session": "5f0c2f1e-8a54-4f7b-9d57-2b8c1f0a6e01",
            "resumed": false, "now": 1_767_225_600_000_i64, "heartbeat": [10_000, 300_000],
            "expires": 1_767_830_400_000_i64, "epoch": 1,
        })),
        "sync" => Some(json!({
            "reset": false, "cursor": request["p"]["from"], "conversations": [], "changes": [],
        })),
        _ => None,
    }
}
