//! Attributes of messages on the server, against a model of a group: who is mentioned by what is not read, which message is
//! the last one, and what is left of a revoked message, whatever happens in any order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use tim_protocol::attributes::AT_ALL;
use tim_protocol::call;
use tim_protocol::conversation::{ConversationState, Cursor, Mention};
use tim_protocol::limits::UNREAD_MENTIONS;
use tim_server::core::ops::{Actor, Query, Write, WriteReply};
use tim_server::store::conformance::{group, logged_in, logging_in, message, message_with, revoke, user};
use tim_server::store::sqlite::Database;

const GROUP: &str = "GROUPtea";
const NAMES: [&str; 3] = ["alice", "bob", "carol"];

#[derive(Debug, Clone)]
enum Step {
    Send { by: usize, mentions: BTreeSet<usize>, all: bool, excluded: bool },
    Revoke(usize),
    Read { by: usize, up_to: usize },
}

struct Line {
    by: usize,
    mentions: BTreeSet<usize>,
    all: bool,
    excluded: bool,
    is_revoked: bool,
}

/// Whom the unread messages of a model mention, and its last message.
fn expected(lines: &[Line], reader: usize, read: usize) -> (Vec<Mention>, Option<u64>) {
    let numbered = || (1_u64..).zip(lines);
    let mentions_reader = |line: &Line| line.all || line.mentions.contains(&reader);
    let unread = numbered().skip(read).filter(|(_, line)| line.by != reader && !line.is_revoked);
    let mut mentions: Vec<Mention> = unread
        .filter(|(_, line)| mentions_reader(line))
        .map(|(sequence, line)| Mention {
            sequence,
            from: user(NAMES[line.by]),
            me: line.mentions.contains(&reader),
            all: line.all,
        })
        .collect();
    mentions.drain(..mentions.len().saturating_sub(UNREAD_MENTIONS));
    let last = numbered().filter(|(_, line)| !line.excluded).last().map(|(sequence, _)| sequence);
    (mentions, last)
}

fn state(database: &mut Database, actor: &Actor, latest: u32) -> ConversationState {
    let given = database.commit(&[Write::AdvanceWatermark { actor: actor.clone() }]).remove(0).unwrap();
    let WriteReply::Watermark(upto) = given.answer else { panic!("{given:?}") };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest };
    let found = database.query(&Query::Sync { actor: actor.clone(), sync, upto }).unwrap();
    let page = found.reply::<call::SyncRequest>().unwrap();
    let is_it = |state: &ConversationState| state.conversation_id.to_string() == GROUP;
    page.conversations.items.into_iter().find(is_it).unwrap()
}

/// The sequence of the last message, as a client finds it in a state.
fn last_of(state: &ConversationState) -> Option<u64> {
    let shown = |text: &Value| text["attributes"]["excludedFromLastMessage"] != json!(true);
    let all = state.last_message.iter().chain(state.latest.iter());
    let mut shown = all.filter(|message| shown(&serde_json::to_value(message).unwrap()));
    shown.next_back().map(|message| message.sequence)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let send =
        (0..3_usize, prop::collection::btree_set(0..3_usize, 0..3), prop::bool::weighted(0.2), any::<bool>());
    let step = prop_oneof![
        6 => send.prop_map(|(by, mentions, all, excluded)| Step::Send { by, mentions, all, excluded }),
        1 => any::<usize>().prop_map(Step::Revoke),
        1 => (0..3_usize, any::<usize>()).prop_map(|(by, up_to)| Step::Read { by, up_to }),
    ];
    prop::collection::vec(step, 0..90)
}

fn play(steps: Vec<Step>, latest: u32) {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(&folder.path().join("tim.db")).unwrap();
    let actors = NAMES.map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    database.commit(&[group(&actors[0], "tea", &NAMES[1..])]).remove(0).unwrap();
    let before = usize::try_from(state(&mut database, &actors[0], 0).head).unwrap();
    let tip = || Line { by: 9, mentions: BTreeSet::new(), all: false, excluded: false, is_revoked: false };
    let mut lines: Vec<Line> = (0..before).map(|_| tip()).collect();
    let mut read =
        actors.each_ref().map(|actor| usize::try_from(state(&mut database, actor, 0).read).unwrap());
    for (number, step) in (1..).zip(steps) {
        match step {
            Step::Send { by, mentions, all, excluded } => {
                let names = mentions.iter().map(|number| NAMES[*number]).chain(all.then_some(AT_ALL));
                let attributes = json!({ "cloudCustomData": "secret", "later": [number],
                    "atUserList": names.collect::<Vec<_>>(), "excludedFromLastMessage": excluded });
                let send = message_with(&actors[by], GROUP, number, &attributes.to_string());
                // A message that comes twice is there once.
                for result in database.commit(&[send.clone(), send]) {
                    result.unwrap();
                }
                lines.push(Line { by, mentions, all, excluded, is_revoked: false });
            }
            Step::Revoke(which) => {
                let which = before + which % (lines.len() - before).max(1);
                let Some(line) = lines.get_mut(which) else { continue };
                line.is_revoked = true;
                database.commit(&[revoke(&actors[line.by], GROUP, which as u64 + 1)]).remove(0).unwrap();
            }
            Step::Read { by, up_to } => {
                let sequence = (up_to % (lines.len() + 1)) as u64;
                let asked = call::ReadRequest { conversation_id: GROUP.parse().unwrap(), sequence };
                database.commit(&[Write::request(&actors[by], asked, 1)]).remove(0).unwrap();
                read[by] = read[by].max(usize::try_from(sequence).unwrap());
            }
        }
    }
    while database.mark().unwrap() {}
    for (number, actor) in actors.iter().enumerate() {
        let state = state(&mut database, actor, latest);
        let (mentions, last) = expected(&lines, number, read[number]);
        assert_eq!(state.mentions.items, mentions, "{}", NAMES[number]);
        assert_eq!(last_of(&state), last);
        for message in state.latest.iter().filter(|message| message.revoked.is_some()) {
            let left = message.attributes.as_ref().map_or("", |attributes| attributes.get());
            assert!(!left.contains("secret") && !left.contains("later"), "{left}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sync_tells_what_the_log_says(steps in steps(), latest in 1..20_u32) {
        play(steps, latest);
    }
}

#[test]
fn attributes_are_given_back_as_they_came_and_a_message_without_them_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(&folder.path().join("tim.db")).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let attributes = r#"{ "later": {"by": 1.50}, "cloudCustomData": "gift" }"#;
    database.commit(&[message_with(&alice, "C2Cbob", 1, attributes), message(&alice, "C2Cbob", 2)]);
    let conversation_id = "C2Calice".parse().unwrap();
    let history = call::HistoryRequest { conversation_id, low: 1, high: 2, limit: 9 };
    let found = database.query(&Query::request(&bob, history)).unwrap();
    let page = found.reply::<call::HistoryRequest>().unwrap();
    let texts: Vec<_> =
        page.messages.iter().map(|it| it.attributes.as_ref().map(|text| text.get())).collect();
    assert_eq!(texts, [Some(attributes), None]);
}
