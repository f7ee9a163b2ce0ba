//! The embedded database without its threads: what the rules make of rows that an older or a later version wrote, or that
//! are damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod friends;
mod media;
mod members;
mod receive;
mod receivers;

use serde_json::value::RawValue;
use tim_protocol::call::{self, MessagesReply, MessagesRequest, Reply, Request, Sent};
use tim_protocol::conversation::{Change, Cursor};
use tim_protocol::group::{GroupType, NewGroup};
use tim_protocol::message::Priority;
use tim_protocol::word::Word;
use tim_protocol::{Code, ConversationId, GroupId};
use tim_server::core::ops::{Actor, Audience, Query, QueryResult, UserRequest, Write, WriteReply};
use tim_server::store::conformance::{group, logged_in, logging_in, message, modify, revoke, sent, user};
use tim_server::store::sqlite::Database;

/// Turns the newest tables into those of version 12.
const TO_VERSION_12: &str = "
DROP TABLE chore; DROP INDEX user_conv_large; ALTER TABLE user_conv DROP COLUMN upto;
DROP TABLE attribute; ALTER TABLE grp DROP COLUMN attributes_version; ALTER TABLE grp DROP COLUMN attributes_removed;
ALTER TABLE msg DROP COLUMN name_card;
ALTER TABLE grp DROP COLUMN attributes_paced;
DROP TABLE ban; ALTER TABLE application DROP COLUMN inviter;
DROP INDEX member_role; ALTER TABLE member DROP COLUMN name_card; ALTER TABLE member DROP COLUMN mute_until;
ALTER TABLE member DROP COLUMN fields;
ALTER TABLE grp DROP COLUMN invite_option; ALTER TABLE grp DROP COLUMN mutes_all; ALTER TABLE grp DROP COLUMN fields;
ALTER TABLE grp DROP COLUMN info; DROP TABLE merger_name; DROP TABLE reworded; DROP TABLE asking; DROP TABLE receipt; ALTER TABLE member DROP COLUMN joined_at;
DROP TABLE media_name; DROP TABLE to_erase; DROP INDEX media_loose; DROP INDEX media_file;
ALTER TABLE media DROP COLUMN loose; ALTER TABLE user DROP COLUMN stored;
ALTER TABLE change DROP COLUMN record; ALTER TABLE user DROP COLUMN receive_opt; PRAGMA user_version = 12;
";

/// Turns the tables of version 12 into those of version 11.
const TO_VERSION_11: &str =
    "DROP TABLE removal; ALTER TABLE user_conv DROP COLUMN removals; PRAGMA user_version = 11;";

/// Turns the tables of version 11 into those of version 8.
const TO_VERSION_8: &str = "
DROP TABLE pin; ALTER TABLE msg DROP COLUMN pin;
DROP TABLE reaction; ALTER TABLE msg DROP COLUMN reactions;
DROP INDEX mut_message; ALTER TABLE mut DROP COLUMN kind;
ALTER TABLE msg DROP COLUMN mutation; ALTER TABLE msg DROP COLUMN version; ALTER TABLE msg DROP COLUMN reason;
PRAGMA user_version = 8;
";

/// Turns the tables of version 7 into those of version 6.
const TO_VERSION_6: &str = "ALTER TABLE user_conv DROP COLUMN hidden; ALTER TABLE user_conv DROP COLUMN settings; PRAGMA user_version = 6;";

/// Turns the tables of version 6 into those of version 5.
const TO_VERSION_5: &str = "
ALTER TABLE msg DROP COLUMN attributes; ALTER TABLE conv DROP COLUMN shown; DROP TABLE mention; PRAGMA user_version = 5;
";

/// Turns the tables of version 5 into those of version 4.
const TO_VERSION_4: &str = "
CREATE TABLE older(
    id INTEGER PRIMARY KEY, user INTEGER NOT NULL, ushard INTEGER NOT NULL, instance TEXT NOT NULL, reason TEXT NOT NULL);
INSERT INTO older(user, ushard, instance, reason) SELECT user, ushard, instance, reason FROM ended ORDER BY number, user;
DROP TABLE ended;
ALTER TABLE older RENAME TO ended;
CREATE INDEX ended_user ON ended(user, id);
PRAGMA user_version = 4;
";

/// Turns the tables of version 4 into those of version 3.
const TO_VERSION_3: &str = r#"
CREATE TABLE older(
    id INTEGER PRIMARY KEY, shard INTEGER NOT NULL, conv INTEGER NOT NULL, seq INTEGER NOT NULL,
    cnt INTEGER NOT NULL, sender INTEGER NOT NULL, cmid BLOB NOT NULL, time INTEGER NOT NULL,
    client_time INTEGER NOT NULL, priority INTEGER NOT NULL, uncounted INTEGER NOT NULL,
    nick TEXT, avatar TEXT, revoked_by INTEGER, revoked_time INTEGER, body TEXT NOT NULL,
    by_sender INTEGER NOT NULL DEFAULT 0);
INSERT INTO older SELECT m.id, 7, conv, seq, m.cnt, sender, cmid, time, time - lag, coalesce(priority, 2), uncounted,
    nick, avatar, revoked_by, revoked_time,
    CASE WHEN body LIKE '"%' THEN '{"type":"TIMTextElem","payload":{"text":' || body || '}}' ELSE body END, by_sender
    FROM msg m;
DROP TABLE msg;
ALTER TABLE older RENAME TO msg;
CREATE UNIQUE INDEX msg_seq ON msg(conv, seq);
CREATE UNIQUE INDEX msg_once ON msg(cmid, sender, conv);
CREATE INDEX msg_sender ON msg(conv, sender, seq, by_sender) WHERE uncounted = 0;
ALTER TABLE mut ADD COLUMN shard INTEGER NOT NULL DEFAULT 7;
ALTER TABLE conv DROP COLUMN by_a;
PRAGMA user_version = 3;
"#;

/// Turns the tables of version 3 into those of version 2.
const TO_VERSION_2: &str = "
DROP INDEX msg_sender; ALTER TABLE msg DROP COLUMN by_sender;
DROP INDEX mut_cnt; ALTER TABLE mut DROP COLUMN sender;
CREATE INDEX mut_cnt ON mut(conv, cnt) WHERE cnt > 0;
ALTER TABLE user_conv ADD COLUMN base INTEGER NOT NULL DEFAULT 4;
PRAGMA user_version = 2";

/// The unread count of an actor's only conversation.
fn unread(database: &mut Database, actor: &Actor) -> u64 {
    let given = database.commit(&[Write::AdvanceWatermark { actor: actor.clone() }]).remove(0).unwrap();
    let WriteReply::Watermark(upto) = given.answer else { panic!("{given:?}") };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest: 0 };
    let found = database.query(&Query::Sync { actor: actor.clone(), sync, upto }).unwrap();
    let page = found.reply::<call::SyncRequest>().unwrap();
    let row = &page.conversations[0];
    row.unread_index - row.own - row.unread_base - row.revoked_above_read
}

#[test]
fn an_answer_reads_nothing_and_reading_leaves_out_the_own_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let does = |database: &mut Database, write: Write| database.commit(&[write]).remove(0).unwrap().answer;
    let read = |sequence| {
        Write::request(&bob, call::ReadRequest { conversation_id: "C2Calice".parse().unwrap(), sequence }, 1)
    };
    does(&mut database, message(&alice, "C2Cbob", 1));
    while database.mark().unwrap() {}
    does(&mut database, message(&bob, "C2Calice", 2));
    does(&mut database, message(&alice, "C2Cbob", 3));
    does(&mut database, message(&bob, "C2Calice", 4));
    assert_eq!(unread(&mut database, &bob), 2, "before they are marked");
    while database.mark().unwrap() {}
    assert_eq!(unread(&mut database, &bob), 2, "and after");
    let WriteReply::Reply(Reply::Messages(MessagesReply::Read(upto))) = does(&mut database, read(2)) else {
        panic!()
    };
    assert_eq!((upto.sequence, upto.unread_base), (2, 1));
    assert_eq!(unread(&mut database, &bob), 1);
    does(&mut database, revoke(&bob, "C2Calice", 4));
    assert_eq!(unread(&mut database, &bob), 1, "what one takes back was not unread");
    drop(database);

    // A database of version 2 knew only where unread counts from.
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch(TO_VERSION_12).unwrap();
    older.execute_batch(TO_VERSION_11).unwrap();
    older.execute_batch(TO_VERSION_8).unwrap();
    older.execute_batch(TO_VERSION_6).unwrap();
    older.execute_batch(TO_VERSION_5).unwrap();
    older.execute_batch(TO_VERSION_4).unwrap();
    older.execute_batch(TO_VERSION_3).unwrap();
    older.execute_batch(TO_VERSION_2).unwrap();
    drop(older);
    let mut database = Database::open(&path).unwrap();
    assert_eq!(unread(&mut database, &bob), 1, "and from a database that noted something else");
    does(&mut database, revoke(&alice, "C2Cbob", 3));
    assert_eq!(unread(&mut database, &bob), 0);
    assert_eq!(unread(&mut database, &alice), 1, "bob's first answer, which she never opened");
}

/// All that a user has: the changes since ever, each conversation's history, and its mutations.
fn picture(database: &mut Database, actor: &Actor, conversations: &[&str]) -> Vec<String> {
    let given = database.commit(&[Write::AdvanceWatermark { actor: actor.clone() }]).remove(0).unwrap();
    let WriteReply::Watermark(upto) = given.answer else { panic!("{given:?}") };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest: 20 };
    let found = database.query(&Query::Sync { actor: actor.clone(), sync, upto }).unwrap();
    let page = found.reply::<call::SyncRequest>().unwrap();
    let mut picture = vec![format!("{page:?}")];
    for conversation in conversations {
        let conversation_id: ConversationId = conversation.parse().unwrap();
        let mutations = call::MutationsRequest { conversation_id: conversation_id.clone(), after: 0 };
        let history = call::HistoryRequest { conversation_id, low: 1, high: u64::MAX, limit: 100 };
        let history = database.query(&Query::request(actor, history)).unwrap();
        picture.push(format!("{:?}", history.reply::<call::HistoryRequest>().unwrap()));
        let mutations = database.query(&Query::request(actor, mutations)).unwrap();
        picture.push(format!("{:?}", mutations.reply::<call::MutationsRequest>().unwrap()));
    }
    picture
}

#[test]
fn who_is_in_a_large_group_of_an_older_database_looks_for_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let group: NewGroup = serde_json::from_str(
        r#"{"name":"town","type":"Community","groupID":"@TGS#_town","memberList":["bob"]}"#,
    )
    .unwrap();
    database.commit(&[Write::request(&alice, call::CreateGroupRequest { group }, 1)]).remove(0).unwrap();
    drop(database);
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch(TO_VERSION_12).unwrap();
    drop(older);

    let mut database = Database::open(&path).unwrap();
    let given = |database: &mut Database| {
        while database.mark().unwrap() {}
        let given = database.commit(&[Write::AdvanceWatermark { actor: bob.clone() }]).remove(0).unwrap();
        let WriteReply::Watermark(given) = given.answer else { panic!("{given:?}") };
        given
    };
    let newest = |database: &Database| match database.query(&Query::Version { key: bob.key }).unwrap() {
        QueryResult::Version(newest) => newest,
        other => panic!("a version was answered with {other:?}"),
    };
    let before = given(&mut database);
    assert_eq!(newest(&database), before, "nothing happened");
    sent(database.commit(&[message(&alice, "GROUP@TGS#_town", 1)]).remove(0));
    assert!(newest(&database).version > before.version, "at once");
    let after = given(&mut database);
    assert_eq!(newest(&database), after);
    let sync = call::SyncRequest { from: before, before: None, limit: 10, latest: 1 };
    let found = database.query(&Query::Sync { actor: bob.clone(), sync, upto: after }).unwrap();
    let page = found.reply::<call::SyncRequest>().unwrap();
    assert_eq!(page.conversations.iter().map(|state| state.head).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_database_of_version_3_tells_the_same_and_goes_on_counting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob, carol] =
        ["alice", "bob", "carol"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let does = |database: &mut Database, write: Write| database.commit(&[write]).remove(0);
    does(&mut database, group(&carol, "climbers", &["alice", "bob"])).unwrap();
    let bodies = [
        r#"{"type":"TIMTextElem","payload":{"text":"hello"}}"#,
        r#"{"type":"TIMTextElem","payload":{"text":"\"}}\" \u0000 ü"}}"#,
        r#"{"type":"TIMTextElem","payload":{"text":""}}"#,
        r#"{"type":"TIMTextElem","payload":{"text":"hello","later":{"by":"a later version"}}}"#,
        r#"{"type":"TIMTextElem","payload":{"text":{"later":"version"}}}"#,
        r#"{ "type": "TIMTextElem", "payload": { "text": "spaces" } }"#,
        r#"{"type":"TIMCustomElem","payload":{"data":"a","description":"","extension":""}}"#,
    ];
    let priorities = ["High", "Normal", "Low", "Lowest", "Urgent"];
    let mut sends = Vec::new();
    let all_priorities = priorities.iter().cycle();
    for ((number, body), priority) in (1..).zip(bodies.iter().cycle().take(21)).zip(all_priorities) {
        for (from, to) in [
            (&alice, "C2Cbob"),
            (&bob, "C2Calice"),
            (&bob, "C2Cbob"),
            (&alice, "GROUPclimbers"),
            (&bob, "GROUPclimbers"),
        ] {
            let Write::Request(mut asked) = message(from, to, number) else { panic!() };
            let Request::Messages(MessagesRequest::Send(send)) = &mut asked.request else { panic!() };
            send.body = RawValue::from_string((*body).to_owned()).unwrap();
            send.client_time -= 3 * i64::try_from(number).unwrap() - 20;
            send.priority = Priority::from(Word::new(priority).unwrap());
            send.excluded_from_unread_count = number % 4 == 0;
            sends.push(Write::Request(asked));
        }
    }
    let places = database.commit(&sends).into_iter().map(sent).collect::<Vec<_>>();
    for (by, of, sequence) in [(&alice, "C2Cbob", 3), (&carol, "GROUPclimbers", 5)] {
        does(&mut database, revoke(by, of, sequence)).unwrap();
    }
    while database.mark().unwrap() {}
    let conversations: [(&Actor, &[&str]); 3] = [
        (&alice, &["C2Cbob", "GROUPclimbers", "@TIM#SYSTEM"]),
        (&bob, &["C2Calice", "C2Cbob", "GROUPclimbers"]),
        (&carol, &["GROUPclimbers"]),
    ];
    let pictures =
        |database: &mut Database| conversations.map(|(actor, names)| picture(database, actor, names));
    let before = pictures(&mut database);
    for body in bodies {
        assert_eq!(
            before[1][3].matches(&format!("RawValue({body})")).count(),
            3,
            "{body} in {}",
            before[1][3]
        );
    }
    drop(database);
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch(TO_VERSION_12).unwrap();
    older.execute_batch(TO_VERSION_11).unwrap();
    older.execute_batch(TO_VERSION_8).unwrap();
    older.execute_batch(TO_VERSION_6).unwrap();
    older.execute_batch(TO_VERSION_5).unwrap();
    older.execute_batch(TO_VERSION_4).unwrap();
    older.execute_batch(TO_VERSION_3).unwrap();
    drop(older);

    let mut database = Database::open(&path).unwrap();
    assert_eq!(pictures(&mut database), before);
    let again = database.commit(&sends).into_iter().map(sent).collect::<Vec<_>>();
    assert_eq!(again.iter().filter(|again| again.mutation_seq > 0).count(), 2, "two were revoked meanwhile");
    let again: Vec<_> = again.into_iter().map(|again| Sent { mutation_seq: 0, ..again }).collect();
    assert_eq!(again, places, "each message is there once");
    for (from, to) in [(&alice, "C2Cbob"), (&bob, "C2Calice"), (&bob, "C2Cbob"), (&bob, "GROUPclimbers")] {
        let next = sent(does(&mut database, message(from, to, 99)));
        let is_own = |write: &&Write| {
            matches!(write, Write::Request(asked) if asked.actor.key == from.key
            && asked.sends().is_some_and(|send| send.to.to_string() == to && !send.excluded_from_unread_count))
        };
        assert_eq!(next.by_sender, 1 + sends.iter().filter(is_own).count() as u64, "{to}");
    }
}

#[test]
fn the_last_sixteen_logins_that_ended_are_remembered_newest_first_also_from_a_database_of_version_4() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let log_in = |database: &mut Database, name: &str, number: u32| {
        let Write::Login(mut login) = logging_in(name) else { panic!() };
        login.instance = format!("{name}-{number}");
        let app = login.app;
        logged_in(name, database.commit(&[Write::Login(login)]).remove(0));
        let found = database.query(&Query::Devices { app, user: user(name) }).unwrap();
        let QueryResult::Devices(Some(devices)) = found else { panic!("{found:?}") };
        devices.ended.into_iter().map(|(instance, _)| instance).collect::<Vec<_>>()
    };
    let newest_first =
        |name: &str, from: u32, to: u32| (from..=to).rev().map(|n| format!("{name}-{n}")).collect::<Vec<_>>();
    for number in 1..=20 {
        log_in(&mut database, "bob", number);
        log_in(&mut database, "alice", number);
    }
    drop(database);
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch(TO_VERSION_12).unwrap();
    older.execute_batch(TO_VERSION_11).unwrap();
    older.execute_batch(TO_VERSION_8).unwrap();
    older.execute_batch(TO_VERSION_6).unwrap();
    older.execute_batch(TO_VERSION_5).unwrap();
    older.execute_batch(TO_VERSION_4).unwrap();
    drop(older);

    let mut database = Database::open(&path).unwrap();
    // Their rows were mixed in version 4.
    assert_eq!(log_in(&mut database, "bob", 21), newest_first("bob", 5, 20));
    assert_eq!(log_in(&mut database, "bob", 22), newest_first("bob", 6, 21));
    assert_eq!(log_in(&mut database, "alice", 21), newest_first("alice", 5, 20));
}

#[test]
fn a_new_file_has_small_pages_and_one_that_exists_keeps_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let pages_of = |path: &std::path::Path| {
        let file = rusqlite::Connection::open(path).unwrap();
        file.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0)).unwrap()
    };
    let (new, older) = (folder.path().join("new.db"), folder.path().join("older.db"));
    let earlier = rusqlite::Connection::open(&older).unwrap();
    earlier
        .execute_batch("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; CREATE TABLE its(own)")
        .unwrap();
    drop(earlier);
    for (path, expected) in [(&new, 2048), (&older, 4096)] {
        let mut database = Database::open(path).unwrap();
        let [alice, _] =
            ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
        sent(database.commit(&[message(&alice, "C2Cbob", 1)]).remove(0));
        drop(database);
        assert_eq!(pages_of(path), expected);
    }
}

#[test]
fn a_group_of_a_later_version_is_told_as_it_is_and_nobody_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    database.commit(&[group(&alice, "tea", &[])]).remove(0).unwrap();
    let later = rusqlite::Connection::open(&path).unwrap();
    later
        .execute_batch("UPDATE grp SET type = 'Festival', join_option = 'ByInvitation'; UPDATE member SET role = 'Guest'")
        .unwrap();
    let given = database.commit(&[Write::AdvanceWatermark { actor: alice.clone() }]).remove(0).unwrap();
    let WriteReply::Watermark(upto) = given.answer else { panic!("{given:?}") };
    let sync = call::SyncRequest { from: Cursor::default(), before: None, limit: 200, latest: 20 };
    let found = database.query(&Query::Sync { actor: alice, sync, upto }).unwrap();
    let page = found.reply::<call::SyncRequest>().unwrap();
    let row = page.conversations.iter().find(|row| row.group_type.is_some()).unwrap();
    assert_eq!(row.group_type.as_ref().map(GroupType::as_str), Some("Festival"));
    let group = page.changes.iter().find_map(|change| match change {
        Change::Group(change) => change.group.as_ref(),
        _ => None,
    });
    let group = group.unwrap();
    let role = group.self_info.as_ref().unwrap().role;
    assert_eq!((group.join_option.as_str(), role.as_str()), ("ByInvitation", "Guest"));
    let join = call::JoinGroupRequest { group_id: group.group_id.clone(), apply_message: String::new() };
    let refused = database.commit(&[Write::request(&bob, join, 1)]).remove(0).unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED);
}

#[test]
fn a_conversation_that_cannot_be_marked_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, _, carol] =
        ["alice", "bob", "carol"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    for peer in ["C2Cbob", "C2Ccarol"] {
        database.commit(&[message(&alice, peer, 1)]).remove(0).unwrap();
    }
    let damage = rusqlite::Connection::open(&path).unwrap();
    damage
        .execute_batch(
            "CREATE TRIGGER damage BEFORE UPDATE OF marked ON conv
             WHEN NEW.id = (SELECT min(id) FROM conv WHERE kind = 0) BEGIN SELECT RAISE(ABORT, 'damaged'); END",
        )
        .unwrap();
    assert!(database.mark().unwrap(), "what alice wrote to carol is marked");
    assert_eq!(
        database.mark().unwrap_err().code,
        Code::INTERNAL,
        "what she wrote to bob is not, and that is said"
    );
    let version =
        |database: &Database, of: &Actor| match database.query(&Query::Version { key: of.key }).unwrap() {
            QueryResult::Version(cursor) => cursor.version,
            other => panic!("{other:?}"),
        };
    let carols = version(&database, &carol);
    damage.execute_batch("DROP TRIGGER damage").unwrap();
    assert!(database.mark().unwrap());
    assert!(!database.mark().unwrap());
    assert_eq!(version(&database, &carol), carols, "and nothing is marked twice");
}

#[test]
fn a_time_is_at_the_first_message_that_is_not_before_it() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let at = |database: &mut Database, conversation: &str, time| {
        let conversation_id = conversation.parse().unwrap();
        let found = database.query(&Query::request(&bob, call::PositionRequest { conversation_id, time }));
        found.unwrap().reply::<call::PositionRequest>().unwrap().sequence
    };
    assert_eq!(at(&mut database, "C2Calice", 7), 1, "nothing was said");
    for number in 0..60 {
        // Several at one time, and then none for a while.
        let Write::Request(asked) = message(&alice, "C2Cbob", number) else { unreachable!() };
        let now = 1_000 + i64::try_from(number / 7 * 10).unwrap();
        sent(database.commit(&[Write::Request(Box::new(UserRequest { now, ..*asked }))]).remove(0));
    }
    let asked =
        call::HistoryRequest { conversation_id: "C2Calice".parse().unwrap(), low: 1, high: 60, limit: 100 };
    let found = database.query(&Query::request(&bob, asked)).unwrap();
    let times: Vec<i64> =
        found.reply::<call::HistoryRequest>().unwrap().messages.iter().map(|message| message.time).collect();
    assert_eq!(times.len(), 60);
    for time in 990..1_100 {
        let expected = times.iter().position(|it| *it >= time).map_or(61, |place| place + 1);
        assert_eq!(at(&mut database, "C2Calice", time), expected as u64, "{time}");
    }
}

#[test]
fn what_a_member_may_not_see_is_not_told_to_them_when_it_is_modified() {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Database::open(&folder.path().join("tim.db")).unwrap();
    let [alice, bob, carol] =
        ["alice", "bob", "carol"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let group: NewGroup = serde_json::from_str(
        r#"{"name":"tea","type":"Public","groupID":"tea","joinOption":"FreeAccess","memberList":["bob"]}"#,
    )
    .unwrap();
    database.commit(&[Write::request(&alice, call::CreateGroupRequest { group }, 1)]).remove(0).unwrap();
    let early = sent(database.commit(&[message(&alice, "GROUPtea", 1)]).remove(0)).sequence;
    let join =
        call::JoinGroupRequest { group_id: GroupId::new("tea").unwrap(), apply_message: String::new() };
    database.commit(&[Write::request(&carol, join, 1)]).remove(0).unwrap();
    let late = sent(database.commit(&[message(&alice, "GROUPtea", 2)]).remove(0)).sequence;
    let mut receivers = |sequence: u64| {
        let done = database.commit(&[modify(&alice, "GROUPtea", sequence, 0, "in other words")]).remove(0);
        done.unwrap().notifications.remove(0).to
    };
    let told = [early, late].map(&mut receivers);
    let starts = [&alice, &bob, &carol].map(|of| {
        let found = database.query(&Query::SessionStart { key: of.key }).unwrap();
        let QueryResult::SessionStart(start) = found else { panic!("{found:?}") };
        start.topics[0]
    });
    for (to, sequence) in told.into_iter().zip([early, late]) {
        assert_eq!(to, Audience::TopicAt(starts[0].of, sequence));
    }
    let hear = |sequence| starts.map(|topic| topic.since <= sequence);
    assert_eq!(hear(early), [true, true, false], "carol came after it");
    assert_eq!(hear(late), [true; 3]);
}
