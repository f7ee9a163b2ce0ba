//! What a server may do to a client: any text, line by line, as frames to a machine that is ready, with a real store
//! behind it.
//!
//! Panics if the machine does, if it asks its store for something impossible, or if what it stored keeps the next run of the
//! app from being ready.

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
        phone.take(Input::Frame(line.to_owned()));
        phone.take(Input::Deadline);
    }
    Phone::ready(phone.store);
}

struct Phone {
    machine: Machine,
    store: Store,
    me: UserId,
    now: Now,
}

impl Phone {
    /// Alice's phone with this store, logged in and with an empty first page.
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
        let mut phone = Self { machine: Machine::new(config), store, me: me.clone(), now };
        phone.take(Input::Call(CallId(1), Call::Login { user: me, user_sig: "token".into() }));
        for frame in [
            r#"{"i":1,"r":{"version":1,"features":["z1","batch"],"session":"5f0c2f1e-8a54-4f7b-9d57-2b8c1f0a6e01","resumed":false,"now":1767225600000,"heartbeat":[10000,300000],"expires":1767830400000,"epoch":1}}"#,
            r#"{"i":2,"r":{"reset":true,"cursor":[1,0],"conversations":[],"changes":[]}}"#,
        ] {
            phone.take(Input::Frame(frame.into()));
        }
        assert_eq!(phone.machine.status().1, None, "the phone is ready");
        phone
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
                    Output::Connect => inputs.push(Input::Connected),
                    Output::EmitMessages { query, .. } | Output::Answer { query, .. } => {
                        self.store.messages(&self.me, &query).expect("what was stored can be read");
                    }
                    _ => {}
                }
            }
        }
    }
}
