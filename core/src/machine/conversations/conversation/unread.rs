//! What is unread, against a model that keeps the whole log: whatever is sent, read and taken back, in any order.

use proptest::prelude::*;
use serde_json::json;
use tim_protocol::call::ReadUpTo;
use tim_protocol::conversation::{ConversationState, ReadState};
use tim_protocol::message::{Message as WireMessage, Mutation};
use tim_protocol::{ConversationId, UserId};

use super::Conv;

/// What happens to the conversation of alice and bob. Numbers choose one of the messages there are.
#[derive(Debug, Clone)]
enum Step {
    BobSends {
        counts: bool,
    },
    AliceSendsFromHerTablet {
        counts: bool,
    },
    Revoke(usize),
    AliceReadsOnHerTablet(usize),
    AliceReadsHere,
    AliceClearsOnHerTablet(usize),
    AliceClearsHere,
    AliceRemovesOnHerTablet(usize),
    /// The server hears of it at once, or of all that waits with a later one.
    AliceRemovesHere(usize, bool),
    /// The phone syncs, and this many events overtake the answer.
    Sync(usize),
}

/// An event on the phone.
enum Event {
    Message(WireMessage),
    Mutation(Mutation),
    Read(ReadUpTo),
    Cleared(ReadState),
    Removed(u64, ReadState),
    State(ConversationState),
}

struct Line {
    counts: bool,
    is_own: bool,
    is_revoked: bool,
    is_removed: bool,
}

/// The server's log, and how far alice has read.
#[derive(Default)]
struct Model {
    lines: Vec<Line>,
    mutations: u64,
    removals: u64,
    read: usize,
    /// What the phone removed and the server does not know.
    unsent: Vec<usize>,
    events: Vec<Event>,
}

impl Model {
    /// How many messages up to this place are of a kind.
    fn count(&self, sequence: usize, is_it: impl Fn(&Line) -> bool) -> u64 {
        self.lines[..sequence].iter().filter(|line| is_it(line)).count() as u64
    }

    fn unread_index(&self, sequence: usize) -> u64 {
        self.count(sequence, |line| line.counts)
    }

    fn own(&self, sequence: usize) -> u64 {
        self.count(sequence, |line| line.counts && line.is_own)
    }

    fn unread_base(&self) -> u64 {
        self.count(self.read, |line| line.counts && !line.is_own)
    }

    fn revoked_above(&self) -> u64 {
        let above = |line: &&Line| line.counts && !line.is_own && (line.is_revoked || line.is_removed);
        self.lines[self.read..].iter().filter(above).count() as u64
    }

    fn unread(&self) -> u64 {
        let is_unread = |(at, line): &(usize, &Line)| {
            line.counts && !line.is_own && !line.is_revoked && !line.is_removed && !self.unsent.contains(at)
        };
        self.lines.iter().enumerate().skip(self.read).filter(is_unread).count() as u64
    }

    /// The server removes a message. Whether it was there, and not removed before.
    fn remove(&mut self, which: usize) -> bool {
        let line = self.lines.get_mut(which).filter(|line| !line.is_removed);
        let is_news = line.map(|line| line.is_removed = true).is_some();
        self.removals += u64::from(is_news);
        is_news
    }

    fn send(&mut self, is_own: bool, counts: bool) {
        self.lines.push(Line { counts, is_own, is_revoked: false, is_removed: false });
        let head = self.lines.len();
        let (from, to) = if is_own { ("alice", "C2Cbob") } else { ("bob", "C2Calice") };
        let by_sender = self.count(head, |line| line.counts && line.is_own == is_own);
        let message = json!({
            "ID": "019b76da-cb28-7002-8000-000000000002", "from": from, "to": to, "sequence": head,
            "countable": self.unread_index(head), "bySender": by_sender, "time": 1, "clientTime": 1,
            "excludedFromUnreadCount": !counts, "body": { "type": "TIMTextElem", "payload": { "text": "hello" } },
        });
        self.events.push(Event::Message(serde_json::from_value(message).unwrap()));
    }

    fn revoke(&mut self, which: usize) {
        let which = which % self.lines.len().max(1);
        let Some(line) = self.lines.get_mut(which).filter(|line| !line.is_revoked) else { return };
        line.is_revoked = true;
        self.mutations += 1;
        let (from, to) = if line.is_own { ("alice", "C2Cbob") } else { ("bob", "C2Calice") };
        let unread_index = if line.counts { self.unread_index(which + 1) } else { 0 };
        let mutation = json!({
            "from": from, "to": to, "mutation": self.mutations, "sequence": which + 1, "countable": unread_index,
            "change": { "kind": "revoked", "by": from, "time": 1 },
        });
        self.events.push(Event::Mutation(serde_json::from_value(mutation).unwrap()));
    }

    fn read(&mut self, sequence: usize) {
        if sequence > self.read {
            self.read = sequence;
            self.events.push(Event::Read(ReadUpTo {
                sequence: sequence as u64,
                unread_base: self.unread_base(),
                revoked_above_read: self.revoked_above(),
                mutation_head: self.mutations,
            }));
        }
    }

    /// What is removed counts as read, and only the own devices hear of it.
    fn clear(&mut self, sequence: usize) {
        if sequence > self.read {
            self.read = sequence;
            self.events.push(Event::Cleared(self.read_state()));
        }
    }

    fn read_state(&self) -> ReadState {
        ReadState {
            read: self.read as u64,
            unread_base: self.unread_base(),
            revoked_above_read: self.revoked_above(),
            mutation_head: self.mutations,
            removals: self.removals,
        }
    }

    fn state(&self) -> ConversationState {
        let head = self.lines.len();
        ConversationState {
            conversation_id: "C2Cbob".parse().unwrap(),
            group_type: None,
            member_count: None,
            owner_id: None,
            info_sequence: 0,
            head: head as u64,
            mutation_head: self.mutations,
            unread_index: self.unread_index(head),
            read: self.read as u64,
            own: self.own(head),
            unread_base: self.unread_base(),
            revoked_above_read: self.revoked_above(),
            peer_read: 0,
            first_visible_seq: 1,
            hidden_below: 0,
            removals: self.removals,
            last_shown: None,
            gone: false,
            mentions: Vec::new().into(),
            last_message: Vec::new().into(),
            settings: None,
            latest: Vec::new().into(),
        }
    }
}

fn meets(phone: &mut Conv, event: Event) {
    let alice = UserId::new("alice").unwrap();
    match event {
        Event::Message(message) => phone.note(&alice, &message),
        Event::Mutation(mutation) => {
            phone.row.mutation_seq += 1;
            phone.count_revoked(&alice, &mutation);
        }
        Event::Read(upto) => phone.read_elsewhere(&upto),
        Event::Cleared(read) => _ = phone.keep_read(&read),
        Event::Removed(sequence, read) => {
            let is_counted = phone.keep_read(&read);
            phone.range_sent((sequence, sequence), is_counted);
            phone.forget_range(sequence, sequence);
        }
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
            Step::AliceSendsFromHerTablet { counts } => model.send(true, counts),
            Step::Revoke(which) => model.revoke(which),
            Step::AliceReadsOnHerTablet(which) => model.read(which % (model.lines.len() + 1)),
            Step::AliceReadsHere => {
                phone.read_all();
                model.read = model.read.max(usize::try_from(phone.row.head).unwrap());
                phone.read_confirmed(&ReadUpTo {
                    sequence: model.read as u64,
                    unread_base: model.unread_base(),
                    revoked_above_read: model.revoked_above(),
                    mutation_head: model.mutations,
                });
            }
            Step::AliceClearsOnHerTablet(which) => model.clear(which % (model.lines.len() + 1)),
            Step::AliceClearsHere => {
                phone.read_all();
                model.read = model.read.max(usize::try_from(phone.row.head).unwrap());
                _ = phone.keep_read(&model.read_state());
            }
            Step::AliceRemovesOnHerTablet(which) => {
                let which = which % model.lines.len().max(1);
                if model.remove(which) {
                    model.unsent.retain(|unsent| *unsent != which);
                    model.events.push(Event::Removed(which as u64 + 1, model.read_state()));
                }
            }
            Step::AliceRemovesHere(which, is_sent) => {
                let which = which % model.lines.len().max(1);
                if let Some(line) = model.lines.get(which) {
                    let (sequence, counts) =
                        (which as u64 + 1, line.counts && !line.is_own && !line.is_revoked);
                    if phone.note_removal(sequence, counts) {
                        phone.forget_range(sequence, sequence);
                    }
                    model.unsent.push(which);
                }
                if is_sent {
                    let sent = std::mem::take(&mut model.unsent);
                    for which in &sent {
                        model.remove(*which);
                    }
                    let is_counted = phone.keep_read(&model.read_state());
                    for which in sent {
                        phone.range_sent((which as u64 + 1, which as u64 + 1), is_counted);
                    }
                }
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
        3 => any::<bool>().prop_map(|counts| Step::AliceSendsFromHerTablet { counts }),
        4 => any::<usize>().prop_map(Step::Revoke),
        2 => any::<usize>().prop_map(Step::AliceReadsOnHerTablet),
        1 => Just(Step::AliceReadsHere),
        1 => any::<usize>().prop_map(Step::AliceClearsOnHerTablet),
        1 => Just(Step::AliceClearsHere),
        3 => any::<usize>().prop_map(Step::AliceRemovesOnHerTablet),
        4 => (any::<usize>(), any::<bool>()).prop_map(|(which, sent)| Step::AliceRemovesHere(which, sent)),
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
fn who_comes_back_has_read_what_was_said_before_and_nothing_after() {
    let (alice, mut model) = (UserId::new("alice").unwrap(), Model::default());
    model.send(false, true);
    for (since, read) in [(2, 1), (1, 0)] {
        let mut phone = Conv::new("C2Cbob".parse().unwrap());
        for event in &model.events {
            let Event::Message(message) = event else { continue };
            phone.note(&alice, message);
        }
        phone.enter(since);
        assert_eq!(phone.row.read, read, "joined at {since}, said at 1");
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
    let state = ConversationState { revoked_above_read: 100_000, unread_index: 100_001, ..model.state() };
    phone.merge(&state);
    assert_eq!(phone.unread(), 1);
    assert!(serde_json::to_string(&state).unwrap().len() < 300);
}
