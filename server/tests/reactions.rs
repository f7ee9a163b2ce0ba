//! Reactions of messages on the server: what each reader sees of them, what is superseded, and their bounds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use tim_protocol::call::{self, MessagesReply, ReactionUsers, Reply};
use tim_protocol::group::NewGroup;
use tim_protocol::message::{MessageChange, Mutation, Reaction};
use tim_protocol::{Code, GroupId};
use tim_server::core::ops::{Actor, Audience, Committed, Query, Write, WriteReply};
use tim_server::store::conformance::{
    blacklist, group, logged_in, logging_in, message, modify, pin_message, react, revoke, sent,
};
use tim_server::store::sqlite::Database;

/// Turns the tables of the version with reactions into those of the one before.
const WITHOUT_REACTIONS: &str =
    "DROP TABLE chore; DROP INDEX user_conv_large; ALTER TABLE user_conv DROP COLUMN upto;
DROP TABLE attribute; ALTER TABLE grp DROP COLUMN attributes_version; ALTER TABLE grp DROP COLUMN attributes_removed;
ALTER TABLE msg DROP COLUMN name_card;
ALTER TABLE grp DROP COLUMN attributes_paced;
DROP TABLE ban; ALTER TABLE application DROP COLUMN inviter;
DROP INDEX member_role; ALTER TABLE member DROP COLUMN name_card; ALTER TABLE member DROP COLUMN mute_until;
ALTER TABLE member DROP COLUMN fields;
ALTER TABLE grp DROP COLUMN invite_option; ALTER TABLE grp DROP COLUMN mutes_all; ALTER TABLE grp DROP COLUMN fields;
ALTER TABLE grp DROP COLUMN info; DROP TABLE merger_name; DROP TABLE reworded; DROP TABLE asking; DROP TABLE receipt; ALTER TABLE member DROP COLUMN joined_at;
    DROP TABLE media_name; DROP TABLE to_erase; DROP INDEX media_loose; DROP INDEX media_file;
    ALTER TABLE media DROP COLUMN loose; ALTER TABLE user DROP COLUMN stored; ALTER TABLE user DROP COLUMN receive_opt; ALTER TABLE change DROP COLUMN record;
    DROP TABLE removal; ALTER TABLE user_conv DROP COLUMN removals;
    DROP TABLE pin; ALTER TABLE msg DROP COLUMN pin;
    DROP TABLE reaction; ALTER TABLE msg DROP COLUMN reactions; PRAGMA user_version = 9;";
/// Turns those into the tables of the version that knew revocations alone.
const WITHOUT_MODIFICATIONS: &str = "DROP INDEX mut_message; ALTER TABLE mut DROP COLUMN kind;
    ALTER TABLE msg DROP COLUMN mutation; ALTER TABLE msg DROP COLUMN version; ALTER TABLE msg DROP COLUMN reason;
    PRAGMA user_version = 8;";

fn does(database: &mut Database, write: Write) -> Result<Committed, Code> {
    database.commit(&[write]).remove(0).map_err(|refused| refused.code)
}

fn people<const N: usize>(database: &mut Database, names: [&str; N]) -> [Actor; N] {
    names.map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)))
}

/// The mutation that a reaction is answered with.
fn reacted(done: Result<Committed, Code>) -> Option<Mutation> {
    match done.unwrap().answer {
        WriteReply::Reply(Reply::Messages(MessagesReply::React(now))) => now.mutation,
        other => panic!("a reaction answered {other:?}"),
    }
}

/// What a message shows of its reactions: IDs, totals, and which are the reader's.
fn shown(reactions: &[Reaction]) -> Vec<(&str, u32, bool)> {
    reactions.iter().map(|it| (it.reaction_id.as_str(), it.total, it.mine)).collect()
}

fn history(database: &Database, reader: &Actor, conversation: &str) -> Vec<Vec<Reaction>> {
    let conversation_id = conversation.parse().unwrap();
    let asked = call::HistoryRequest { conversation_id, low: 1, high: 100, limit: 100 };
    let page =
        database.query(&Query::request(reader, asked)).unwrap().reply::<call::HistoryRequest>().unwrap();
    page.messages.into_iter().map(|message| message.reactions.items).collect()
}

fn mutations(database: &Database, reader: &Actor, conversation: &str) -> Vec<Mutation> {
    let asked = call::MutationsRequest { conversation_id: conversation.parse().unwrap(), after: 0 };
    let found = database.query(&Query::request(reader, asked)).unwrap();
    found.reply::<call::MutationsRequest>().unwrap().mutations.items
}

fn reactors(
    database: &Database,
    reader: &Actor,
    (conversation, sequence): (&str, u64),
    limit: u32,
    of: Option<ReactionUsers>,
) -> Vec<Reaction> {
    let conversation_id = conversation.parse().unwrap();
    let asked = call::ReactionsRequest { conversation_id, sequences: vec![sequence], limit, of };
    let found = database.query(&Query::request(reader, asked)).unwrap();
    let mut page = found.reply::<call::ReactionsRequest>().unwrap();
    page.messages.pop().map(|it| it.reactions.items).unwrap_or_default()
}

#[test]
fn every_reader_sees_the_totals_and_their_own_in_the_order_of_first_use() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob] = people(&mut database, ["alice", "bob"]);
    does(&mut database, message(&alice, "C2Cbob", 1)).unwrap();
    assert_eq!(
        reacted(does(&mut database, react(&bob, "C2Calice", 1, "up", false))),
        None,
        "nobody ever did"
    );
    let first = reacted(does(&mut database, react(&bob, "C2Calice", 1, "up", true))).unwrap();
    does(&mut database, react(&alice, "C2Cbob", 1, "heart", true)).unwrap();
    does(&mut database, react(&alice, "C2Cbob", 1, "up", true)).unwrap();
    let again = does(&mut database, react(&bob, "C2Calice", 1, "up", true));
    assert!(again.as_ref().unwrap().notifications.is_empty(), "a repetition is told to nobody");
    let again = reacted(again).unwrap();
    assert_eq!((first.mutation_seq, again.mutation_seq), (1, 3), "and is answered with what holds now");

    assert_eq!(shown(&history(&database, &alice, "C2Cbob")[0]), [("up", 2, true), ("heart", 1, true)]);
    assert_eq!(shown(&history(&database, &bob, "C2Calice")[0]), [("up", 2, true), ("heart", 1, false)]);
    let log = mutations(&database, &bob, "C2Calice");
    assert_eq!(log.iter().map(|it| it.mutation_seq).collect::<Vec<_>>(), [3], "one entry has it all");
    let MessageChange::Reactions(now) = &log[0].change else { panic!("{log:?}") };
    assert_eq!(shown(&now.reactions), [("up", 2, false), ("heart", 1, false)]);
    let own = now.own.as_ref().unwrap();
    assert_eq!((own.user_id.as_str(), own.reaction_id_list.as_slice()), ("bob", &["up".to_owned()][..]));

    // A modification leaves them, and each kind keeps its newest entry.
    does(&mut database, modify(&alice, "C2Cbob", 1, 0, "in other words")).unwrap();
    does(&mut database, react(&bob, "C2Calice", 1, "up", false)).unwrap();
    does(&mut database, react(&alice, "C2Cbob", 1, "heart", false)).unwrap();
    does(&mut database, react(&bob, "C2Calice", 1, "heart", true)).unwrap();
    let numbers: Vec<u64> = mutations(&database, &bob, "C2Calice").iter().map(|it| it.mutation_seq).collect();
    assert_eq!(numbers, [4, 7]);
    assert_eq!(shown(&history(&database, &bob, "C2Calice")[0]), [("up", 1, false), ("heart", 1, true)]);

    does(&mut database, revoke(&alice, "C2Cbob", 1)).unwrap();
    assert_eq!(shown(&history(&database, &bob, "C2Calice")[0]), []);
    assert!(reactors(&database, &bob, ("C2Calice", 1), 10, None).is_empty());
    let late = does(&mut database, react(&bob, "C2Calice", 1, "up", true)).unwrap_err();
    assert_eq!(late, Code::MESSAGE_NOT_FOUND);
}

#[test]
fn who_may_not_send_does_not_react() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, carol] = people(&mut database, ["alice", "bob", "carol"]);
    does(&mut database, message(&bob, "C2Calice", 1)).unwrap();
    does(&mut database, blacklist(&bob, &["alice"], true)).unwrap();
    does(&mut database, group(&alice, "tea", &["bob"])).unwrap();
    let over_tea = sent(database.commit(&[message(&alice, "GROUPtea", 2)]).remove(0)).sequence;
    let code = |database: &mut Database, write| does(database, write).unwrap_err();
    assert_eq!(code(&mut database, react(&alice, "C2Cbob", 1, "up", true)), Code::BLACKLISTED);
    assert_eq!(code(&mut database, react(&carol, "GROUPtea", over_tea, "up", true)), Code::MESSAGE_NOT_FOUND);
    assert_eq!(code(&mut database, react(&bob, "GROUPtea", 1, "up", true)), Code::BAD_REQUEST, "a tip");
    assert_eq!(code(&mut database, react(&bob, "GROUPtea", 9, "up", true)), Code::MESSAGE_NOT_FOUND);
}

#[test]
fn a_message_has_ten_reactions_of_a_hundred_users_who_are_found_in_their_order() {
    let mut database = Database::in_memory().unwrap();
    let [alice] = people(&mut database, ["alice"]);
    let names: Vec<String> = (1..=99).map(|number| format!("guest{number}")).collect();
    let guests: Vec<Actor> = names.iter().map(|name| people(&mut database, [name])[0].clone()).collect();
    does(&mut database, group(&alice, "tea", &names.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    let place = sent(database.commit(&[message(&alice, "GROUPtea", 1)]).remove(0)).sequence;
    for guest in guests.iter().chain([&alice]) {
        does(&mut database, react(guest, "GROUPtea", place, "up", true)).unwrap();
    }
    for number in 1..10 {
        does(&mut database, react(&alice, "GROUPtea", place, &format!("r{number}"), true)).unwrap();
    }
    let code = |database: &mut Database, write| does(database, write).unwrap_err();
    let eleventh = react(&alice, "GROUPtea", place, "r10", true);
    assert_eq!(code(&mut database, eleventh), Code::TOO_MANY_REACTIONS);

    let few = reactors(&database, &alice, ("GROUPtea", place), 10, None);
    assert_eq!((few.len(), few[0].users.len(), few[1].users.len()), (10, 10, 1));
    assert!(few[0].next > 0 && few[1].next == 0, "only the first has more than ten");
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let of = ReactionUsers { reaction_id: "up".into(), after };
        let page = reactors(&database, &alice, ("GROUPtea", place), 30, Some(of)).remove(0);
        found.extend(page.users.iter().map(|user| user.user_id.to_string()));
        after = page.next;
        if after == 0 {
            break;
        }
    }
    let expected: Vec<String> = names.iter().cloned().chain(["alice".to_owned()]).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_hundred_and_first_user_is_refused() {
    let mut database = Database::in_memory().unwrap();
    let [alice] = people(&mut database, ["alice"]);
    let new: NewGroup =
        serde_json::from_str(r#"{"name":"fair","type":"ChatRoom","groupID":"fair"}"#).unwrap();
    does(&mut database, Write::request(&alice, call::CreateGroupRequest { group: new }, 1)).unwrap();
    let place = sent(database.commit(&[message(&alice, "GROUPfair", 1)]).remove(0)).sequence;
    for number in 1..=101 {
        let [guest] = people(&mut database, [&format!("guest{number}")]);
        let group_id = GroupId::new("fair").unwrap();
        let join = call::JoinGroupRequest { group_id, apply_message: String::new() };
        does(&mut database, Write::request(&guest, join, 1)).unwrap();
        let done = does(&mut database, react(&guest, "GROUPfair", place, "up", true));
        assert_eq!(done.err(), (number > 100).then_some(Code::TOO_MANY_REACTION_USERS));
    }
}

#[test]
fn who_may_not_see_a_message_is_not_told_of_its_reactions() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob, carol] = people(&mut database, ["alice", "bob", "carol"]);
    let new: NewGroup = serde_json::from_str(
        r#"{"name":"tea","type":"Public","groupID":"tea","joinOption":"FreeAccess","memberList":["bob"]}"#,
    )
    .unwrap();
    does(&mut database, Write::request(&alice, call::CreateGroupRequest { group: new }, 1)).unwrap();
    let early = sent(database.commit(&[message(&alice, "GROUPtea", 1)]).remove(0)).sequence;
    let join =
        call::JoinGroupRequest { group_id: GroupId::new("tea").unwrap(), apply_message: String::new() };
    does(&mut database, Write::request(&carol, join, 1)).unwrap();
    let told =
        does(&mut database, react(&bob, "GROUPtea", early, "up", true)).unwrap().notifications.remove(0);
    assert!(matches!(told.to, Audience::TopicAt(_, at) if at == early), "carol would be told: {told:?}");
    assert!(mutations(&database, &carol, "GROUPtea").is_empty());
    assert!(reactors(&database, &carol, ("GROUPtea", early), 10, None).is_empty());
}

#[test]
fn a_database_from_before_takes_reactions_and_pins() {
    for older in [WITHOUT_REACTIONS.to_owned(), format!("{WITHOUT_REACTIONS}{WITHOUT_MODIFICATIONS}")] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tim.db");
        let mut database = Database::open(&path).unwrap();
        let [alice, bob] = people(&mut database, ["alice", "bob"]);
        does(&mut database, message(&alice, "C2Cbob", 1)).unwrap();
        does(&mut database, group(&alice, "tea", &["bob"])).unwrap();
        let over_tea = sent(database.commit(&[message(&alice, "GROUPtea", 2)]).remove(0)).sequence;
        drop(database);
        rusqlite::Connection::open(&path).unwrap().execute_batch(&older).unwrap();
        let mut database = Database::open(&path).unwrap();
        does(&mut database, modify(&alice, "C2Cbob", 1, 0, "in other words")).unwrap();
        does(&mut database, react(&bob, "C2Calice", 1, "up", true)).unwrap();
        assert_eq!(shown(&history(&database, &alice, "C2Cbob")[0]), [("up", 1, false)]);
        does(&mut database, pin_message(&alice, "tea", over_tea, true)).unwrap();
    }
}
