//! A device: the machine and its store, connected with the server without sockets and threads.

use std::collections::VecDeque;

use tempfile::TempDir;
use tim::event::Event;
use tim::machine::Machine;
use tim::machine::io::{Call, CallId, Config, Input, Now, Output};
use tim::store::Store;
use tim_protocol::UserId;
use tim_protocol::call::Platform;

use crate::server::{Device, NOW, Server, sig};

const MOMENT: Now = Now { monotonic: NOW, wall: NOW };

pub struct Phone {
    machine: Machine,
    store: Store,
    device: Device,
    /// Frames for the server.
    sent: Vec<String>,
    is_ready: bool,
    /// How many messages the listener was told.
    pub heard: usize,
    _folder: TempDir,
}

impl Phone {
    /// A device that has logged in.
    pub fn ready(server: &mut Server, name: &str) -> Self {
        let machine = Machine::new(Config {
            sdk_app_id: 1_400_000_001,
            device: "phone".into(),
            platform: Platform::Android,
            client: "tests".into(),
            seed: 1,
            heartbeat: 30_000,
            login_timeout: 90_000,
            call_timeout: 15_000,
        });
        let folder = tempfile::tempdir().unwrap();
        let mut phone = Self {
            machine,
            store: Store::open(folder.path().join("tim.db")).unwrap().store,
            device: Device::new(server),
            sent: Vec::new(),
            is_ready: false,
            heard: 0,
            _folder: folder,
        };
        let user = UserId::new(name).unwrap();
        phone.feed(Input::Call(CallId(1), Call::Login { user, user_sig: sig(name) }));
        phone.feed(Input::Connected);
        while !phone.sent.is_empty() {
            for frame in std::mem::take(&mut phone.sent) {
                server.hear(&mut phone.device, &frame);
            }
            for frame in phone.device.take() {
                phone.hear(frame);
            }
        }
        assert!(phone.is_ready);
        phone
    }

    /// What the server has for this device.
    pub fn frames(&mut self, server: &mut Server) -> Vec<String> {
        server.deliver(&mut self.device);
        self.device.take()
    }

    /// A frame arrives.
    pub fn hear(&mut self, frame: String) {
        self.feed(Input::Frames(vec![frame]));
    }

    fn feed(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.machine.handle(input, MOMENT);
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
            Output::Commit { changes, durable } => self.store.apply(&changes, durable).unwrap(),
            Output::Transmit(frame) => self.sent.push(frame),
            Output::Emit(Event::MessageReceived(messages)) => {
                self.heard += messages.len();
                let heard =
                    messages.iter().map(|message| (message.conversation_id.clone(), message.sequence));
                return Some(Input::Delivered(heard.collect()));
            }
            Output::Emit(Event::SdkReady) => self.is_ready = true,
            _ => {}
        }
        None
    }
}
