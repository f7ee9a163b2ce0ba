//! What is unread, against a model that keeps the whole log: whatever is sent, read and taken back, in any order.

use proptest::prelude::*;
use serde_json::json;
use tim_protocol::conversation::ConversationState;
use tim_protocol::message::{Message as Wire, Receipt, Revocation};
use tim_protocol::{ConversationId, UserId};

use super::Conv;

/// What happens to the conversation of alice and bob. Numbers choose one of the messages there are.
#[derive(Debug, Clone)]
enum Step {
    BobSends {
        counts: bool,
    },
    AliceSendsFromHerTablet,
    Revoke(usize),
    AliceReadsOnHerTablet(usize),
    AliceReadsHere,
    /// The phone syncs, and this many events overtake the answer.
    Sync(usize),
}

/// What reaches the phone.
enum Event {
    Message(Wire),
    /// The countable number of the message taken back, 0 if it did not count.
    Mutation(u64),
    Receipt(Receipt),
    State(ConversationState),
}

struct Line {
    countable: u64,
    counts: bool,
    is_own: bool,
    is_revoked: bool,
}

/// The server's log, and how far alice has read.
#[derive(Default)]
struct Model {
    lines: Vec<Line>,
    mutations: u64,
    read: usize,
    events: Vec<Event>,
}

impl Model {
    fn countable(&self, sequence: usize) -> u64 {
        sequence.checked_sub(1).and_then(|place| self.lines.get(place)).map_or(0, |line| line.countable)
    }

    fn base(&self) -> u64 {
        let own = self.lines.iter().filter(|line| line.is_own).map(|line| line.countable).max();
        self.countable(self.read).max(own.unwrap_or(0))
    }

    fn revoked_above(&self, base: u64) -> u64 {
        let above = |line: &&Line| line.counts && line.is_revoked && line.countable > base;
        self.lines.iter().filter(above).count() as u64
    }

    fn unread(&self) -> u64 {
        let base = self.base();
        let is_unread = |line: &&Line| line.counts && !line.is_revoked && line.countable > base;
        self.lines.iter().filter(is_unread).count() as u64
    }

    fn send(&mut self, is_own: bool, counts: bool) {
        let countable = self.countable(self.lines.len()) + u64::from(counts);
        self.lines.push(Line { countable, counts, is_own, is_revoked: false });
        let (from, to) = if is_own { ("alice", "C2Cbob") } else { ("bob", "C2Calice") };
        let message = json!({
            "ID": "019b76da-cb28-7002-8000-000000000002", "from": from, "to": to, "sequence": self.lines.len(),
            "countable": countable, "time": 1, "clientTime": 1, "excludedFromUnreadCount": !counts,
            "body": { "type": "TIMTextElem", "payload": { "text": "hello" } },
        });
        self.events.push(Event::Message(serde_json::from_value(message).unwrap()));
    }

    fn revoke(&mut self, which: usize) {
        let most = self.lines.len().max(1);
        let Some(line) = self.lines.get_mut(which % most).filter(|line| !line.is_revoked) else { return };
        line.is_revoked = true;
        self.mutations += 1;
        self.events.push(Event::Mutation(if line.counts { line.countable } else { 0 }));
    }

    fn read(&mut self, sequence: usize) {
        if sequence > self.read {
            self.read = sequence;
            let countable = self.countable(sequence);
            self.events.push(Event::Receipt(Receipt {
                from: UserId::new("alice").unwrap(),
                to: "C2Cbob".parse().unwrap(),
                sequence: sequence as u64,
                countable,
                revoked_above_base: self.revoked_above(countable),
                mutation_head: self.mutations,
            }));
        }
    }

    fn state(&self) -> ConversationState {
        ConversationState {
            conversation_id: "C2Cbob".parse().unwrap(),
            group_type: None,
            head: self.lines.len() as u64,
            mutation_head: self.mutations,
            countable: self.countable(self.lines.len()),
            read: self.read as u64,
            base: self.base(),
            revoked_above_base: self.revoked_above(self.base()),
            peer_read: 0,
            floor: 1,
            gone: false,
            latest: Vec::new().into(),
        }
    }
}

fn meets(phone: &mut Conv, event: Event) {
    match event {
        Event::Message(message) => phone.note(&UserId::new("alice").unwrap(), &message),
        Event::Mutation(countable) => {
            phone.row.mutation += 1;
            phone.count_revoked(countable);
            phone.revoke(1, &Revocation { by: UserId::new("bob").unwrap(), time: 1 });
        }
        Event::Receipt(receipt) => phone.read_elsewhere(&receipt),
        Event::State(state) => phone.merge(&state),
    }
}

/// What the phone counts at the end, before and after it syncs once more, and what is right. Answers to earlier syncs are
/// overtaken by what is pushed, or not.
fn play(steps: Vec<Step>, overtakes: bool) -> (u64, u64, u64) {
    let (mut model, mut phone) = (Model::default(), Conv::new("C2Cbob".parse::<ConversationId>().unwrap()));
    let mut answers: Vec<(usize, ConversationState)> = Vec::new();
    for step in steps {
        match step {
            Step::BobSends { counts } => model.send(false, counts),
            Step::AliceSendsFromHerTablet => model.send(true, true),
            Step::Revoke(which) => model.revoke(which),
            Step::AliceReadsOnHerTablet(which) => model.read(which % (model.lines.len() + 1)),
            Step::AliceReadsHere => {
                let (head, countable) = (phone.row.head, phone.row.countable);
                phone.read_up_to(head, countable);
                model.read = model.read.max(usize::try_from(head).unwrap());
            }
            Step::Sync(late) if overtakes => answers.push((late, model.state())),
            Step::Sync(_) => model.events.push(Event::State(model.state())),
        }
        for event in model.events.drain(..) {
            meets(&mut phone, event);
        }
        answers.retain_mut(|(late, state)| {
            if *late == 0 {
                phone.merge(state);
            }
            late.checked_sub(1).map(|sooner| *late = sooner).is_some()
        });
    }
    let before = phone.unread();
    phone.merge(&model.state());
    (before, phone.unread(), model.unread())
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => any::<bool>().prop_map(|counts| Step::BobSends { counts }),
        1 => Just(Step::AliceSendsFromHerTablet),
        4 => any::<usize>().prop_map(Step::Revoke),
        2 => any::<usize>().prop_map(Step::AliceReadsOnHerTablet),
        1 => Just(Step::AliceReadsHere),
        2 => (0_usize..6).prop_map(Step::Sync),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn unread_is_right_at_every_moment_if_answers_come_in_time(steps in steps()) {
        let (before, after, right) = play(steps, false);
        prop_assert_eq!((before, after), (right, right));
    }

    #[test]
    fn unread_is_right_after_a_sync_whatever_overtook_the_ones_before(steps in steps()) {
        let (_, after, right) = play(steps, true);
        prop_assert_eq!(after, right);
    }
}

#[test]
fn a_hundred_thousand_taken_back_cost_two_numbers() {
    let mut model = Model::default();
    let mut phone = Conv::new("C2Cbob".parse().unwrap());
    for number in 0..100 {
        model.send(false, true);
        model.revoke(number);
    }
    let state = ConversationState { revoked_above_base: 100_000, countable: 100_001, ..model.state() };
    phone.merge(&state);
    assert_eq!(phone.unread(), 1);
    assert!(serde_json::to_string(&state).unwrap().len() < 300);
}
