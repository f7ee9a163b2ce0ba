//! What a database holds already, because an earlier version took it or because there is very much of it.

use rusqlite::{Connection, params};
use serde_json::json;
use tim_protocol::limits;
use tim_server::store::sqlite::Database;

use crate::server::Server;
use crate::{Reader, reply};

const PAIRS: u32 = 190_000;

/// A database file with a message of bob's to alice, and a connection of the test's own to it.
fn prepared(folder: &tempfile::TempDir) -> (Server, Connection) {
    let path = folder.path().join("tim.db");
    let mut server = Server::on(Database::open(&path).unwrap());
    server.connect("alice");
    let bob = server.connect("bob");
    let text = json!({ "type": "TIMTextElem", "payload": { "text": "hello" } });
    let message = json!({ "ID": "019b76da-cb28-7002-8000-000000000001", "to": "C2Calice", "clientTime": 1, "body": text });
    reply(server.asks(bob, "msg.send", &message)).unwrap();
    (server, Connection::open(&path).unwrap())
}

#[test]
fn a_body_that_was_stored_too_deep_is_told_by_its_type() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, file) = prepared(&folder);
    let (open, close) = ("[".repeat(25), "]".repeat(25));
    let deep = format!(r#"{{"type":"TIMTextElem","payload":{{"text":"hello","later":{open}{close}}}}}"#);
    file.execute("UPDATE msg SET body = ?", [deep]).unwrap();
    let mut tablet = Reader::of(&mut server, "alice").reads_everything();
    assert_eq!(tablet.picture.conversations[0].latest[0].body.get(), r#"{"type":"TIMTextElem"}"#);
    let history = tablet.reads_history("C2Cbob", 1);
    assert_eq!(history[0].body.get(), r#"{"type":"TIMTextElem"}"#);
}

#[test]
fn of_very_many_that_were_sent_and_revoked_a_sync_tells_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, file) = prepared(&folder);
    // Every second message is revoked: no range of them is longer than one.
    file.execute_batch("BEGIN").unwrap();
    file.execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= 2 * ?1)
         INSERT INTO msg(conv, seq, kind, cnt, by_sender, sender, cmid, time, lag, uncounted, body)
         SELECT conv, i, kind, i, i, sender, CAST(printf('%016d', i) AS BLOB), time, 1, 0, body FROM n, msg WHERE seq = 1",
        params![PAIRS],
    )
    .unwrap();
    file.execute(
        "INSERT INTO mut(conv, mseq, seq, cnt, sender, actor, time)
         SELECT conv, seq / 2, seq, cnt, sender, sender, 1 FROM msg WHERE seq % 2 = 0",
        [],
    )
    .unwrap();
    file.execute(
        "UPDATE conv SET head = 2 * ?1 + 1, cnt = 2 * ?1 + 1, by_a = 2 * ?1 + 1, mhead = ?1",
        [PAIRS],
    )
    .unwrap();
    file.execute_batch("COMMIT").unwrap();
    let mut tablet = Reader::of(&mut server, "alice");
    tablet.syncs(0);
    let row = &tablet.picture.conversations[0];
    let pairs = u64::from(PAIRS);
    assert_eq!((row.revoked_above_read, row.mutation_head), (pairs, pairs));
    assert_eq!(
        row.unread_index - row.own - row.unread_base - row.revoked_above_read,
        pairs + 1,
        "what is unread"
    );
    let mutations =
        tablet.server.asks(tablet.place, "msg.mutations", &json!({ "conversationID": "C2Cbob", "after": 0 }));
    let page = reply(mutations).unwrap();
    assert_eq!(page["mutations"].as_array().unwrap().len(), limits::MUTATION_PAGE as usize);
    assert_eq!(page["more"], true);
}
