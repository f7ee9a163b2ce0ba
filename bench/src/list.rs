//! The list of conversations on a device, without a network: what opening it costs, and a message beside so many others.

use std::path::Path;

use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::Machine;
use tim::machine::io::{Call, CallId, Config, Input, Now, Output};
use tim::protocol::UserId;
use tim::protocol::call::Platform;
use tim::store::{Opened, Snapshot, Store};

use crate::outcome::AnyResult;
use crate::server::cpu_time;

/// Messages whose cost is measured, one at a time, each in a second of its own.
const MESSAGES: u64 = 2_000;

/// Conversations of a page of a sync.
const PAGE: usize = 200;

/// Prints what a list of so many conversations costs.
pub(crate) fn measure(folder: &Path, conversations: u64) -> AnyResult<()> {
    let process = std::process::id();
    let path = folder.join(format!("{conversations}.db"));
    let mut phone = Phone::new(Store::open(&path)?)?;
    phone.log_in()?;
    phone.welcome()?;
    let rows: Vec<Value> = (0..conversations).map(conversation).collect();
    let pages: Vec<&[Value]> = rows.chunks(PAGE).collect();
    for (place, page) in pages.iter().enumerate() {
        let left = pages.len() - place;
        phone.sync_page(place + 2, left, (left > 1).then_some(left), page)?;
    }
    drop(phone);

    let begun = cpu_time(process)?;
    let mut phone = Phone::new(Store::open(&path)?)?;
    phone.log_in()?;
    let took = cpu_time(process)? - begun;
    assert_eq!(phone.listed, usize::try_from(conversations)?, "the stored list is told at once");
    println!("a list of {conversations} conversations, opened: {:.1} ms CPU", took.as_secs_f64() * 1e3);

    phone.welcome()?;
    phone.sync_page(2, pages.len(), None, &[])?;
    let begun = cpu_time(process)?;
    for number in 1..=MESSAGES {
        phone.hear(&json!({"n": number, "ev": "msg", "p": message(0, number + 1)}))?;
        phone.wait()?;
    }
    let each = (cpu_time(process)? - begun).as_secs_f64() * 1e6 / MESSAGES as f64;
    println!(
        "a message beside {conversations} conversations, stored and told with the list: {each:.0} us CPU"
    );
    Ok(())
}

fn conversation(number: u64) -> Value {
    json!({
        "conversationID": format!("C2Cfriend{number}"), "head": 1, "mutationHead": 0, "countable": 1, "read": 0, "base": 0,
        "peerRead": 0, "floor": 1, "gone": false, "latest": [message(number, 1)],
    })
}

fn message(friend: u64, place: u64) -> Value {
    let time = 1_767_225_600_000 + friend;
    json!({
        "ID": format!("01990000-0000-7000-8000-{friend:06}{place:06}"), "from": format!("friend{friend}"), "to": "C2Calice",
        "sequence": place, "countable": place, "bySender": place, "time": time, "clientTime": time,
        "body": {"type": "TIMTextElem", "payload": {"text": "See you at the station at four?"}},
    })
}

/// A machine with its store, and a host that hears all events.
struct Phone {
    machine: Machine,
    store: Store,
    /// What the store held when it was opened.
    snapshot: Option<Box<Snapshot>>,
    alice: UserId,
    now: i64,
    /// The length of the list that was told last.
    listed: usize,
}

impl Phone {
    fn new(Opened { store, snapshot, .. }: Opened) -> AnyResult<Self> {
        let machine = Machine::new(Config {
            sdk_app_id: 1,
            device: "phone".to_owned(),
            platform: Platform::Android,
            client: "bench".to_owned(),
            seed: 1,
            heartbeat: 300_000,
            login_timeout: 90_000,
            call_timeout: 15_000,
        });
        let snapshot = Some(Box::new(snapshot));
        Ok(Self { machine, store, snapshot, alice: UserId::new("alice")?, now: 1_767_225_600_000, listed: 0 })
    }

    fn log_in(&mut self) -> AnyResult<()> {
        let login = Call::Login { user: self.alice.clone(), user_sig: "a token".to_owned() };
        self.feed(Input::Call(CallId(1), login))
    }

    fn welcome(&mut self) -> AnyResult<()> {
        self.feed(Input::Connected)?;
        self.hear(&json!({"i": 1, "r": {
            "version": 1, "features": [], "session": "5f0c2f1e-8a54-4f7b-9d57-2b8c1f0a6e01", "resumed": false, "now": self.now,
            "heartbeat": [10_000, 300_000], "expires": 1_i64 << 50, "epoch": 1,
        }}))
    }

    /// The answer to a request for a page of a sync; `next` is where the following page begins.
    fn sync_page(
        &mut self,
        number: usize,
        version: usize,
        next: Option<usize>,
        rows: &[Value],
    ) -> AnyResult<()> {
        let page = json!({"reset": false, "cursor": [1, version], "next": next, "conversations": rows, "changes": []});
        self.hear(&json!({"i": number, "r": page}))
    }

    fn hear(&mut self, frame: &Value) -> AnyResult<()> {
        self.feed(Input::Frames(vec![frame.to_string()]))
    }

    /// Lets a second pass, after which a changed list is told.
    fn wait(&mut self) -> AnyResult<()> {
        let until = self.now + 1_000;
        while let Some(due) = self.machine.deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.feed(Input::Deadline)?;
        }
        self.now = until;
        Ok(())
    }

    fn feed(&mut self, input: Input) -> AnyResult<()> {
        self.machine.handle(input, Now { monotonic: self.now, wall: self.now });
        while let Some(output) = self.machine.poll() {
            match output {
                Output::OpenStore { .. } => {
                    let snapshot = self.snapshot.take().ok_or("opened once")?;
                    let now = Now { monotonic: self.now, wall: self.now };
                    self.machine.handle(Input::StoreOpened(Ok(snapshot)), now);
                }
                Output::Commit { changes, durable } => drop(self.store.apply(&changes, durable)?),
                // What a listener is told of received messages.
                Output::EmitMessages { query, .. } => drop(self.store.messages(&self.alice, &query)?),
                Output::Emit(Event::ConversationListUpdated(list)) => self.listed = list.len(),
                _ => {}
            }
        }
        Ok(())
    }
}
