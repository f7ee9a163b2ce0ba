//! Receivers of a message in a database of a server that did not know them yet.

use tim_protocol::call;
use tim_server::core::ops::{Actor, Query, Write};
use tim_server::store::conformance::{logged_in, logging_in, message, modify};
use tim_server::store::sqlite::Database;

/// What a user reads of a chat: its messages and their changes, as they travel.
fn read(database: &Database, reader: &Actor, chat: &str) -> String {
    let conversation_id: tim_protocol::ConversationId = chat.parse().unwrap();
    let mutations = call::MutationsRequest { conversation_id: conversation_id.clone(), after: 0 };
    let history = call::HistoryRequest { conversation_id, low: 1, high: 9, limit: 9 };
    let history = database.query(&Query::request(reader, history)).unwrap();
    let mutations = database.query(&Query::request(reader, mutations)).unwrap();
    let history = serde_json::to_string(&history.reply::<call::HistoryRequest>().unwrap()).unwrap();
    history + &serde_json::to_string(&mutations.reply::<call::MutationsRequest>().unwrap()).unwrap()
}

#[test]
fn receivers_of_a_message_between_two_users_hide_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut database = Database::open(&path).unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    let does = |database: &mut Database, write: Write| database.commit(&[write]).remove(0).unwrap();
    does(&mut database, message(&alice, "C2Cbob", 1));
    drop(database);
    let older = rusqlite::Connection::open(&path).unwrap();
    older.execute_batch(r#"UPDATE msg SET attributes = '{"receiverList":["carol"]}'"#).unwrap();
    drop(older);
    let mut database = Database::open(&path).unwrap();
    assert!(read(&database, &bob, "C2Calice").contains("message 1"));
    let told = does(&mut database, modify(&alice, "C2Cbob", 1, 0, "modified")).notifications;
    assert!(told.iter().any(|it| it.to.names(bob.key)), "{told:?}");
    assert_eq!(
        read(&database, &bob, "C2Calice").matches(r#""text":"modified""#).count(),
        2,
        "the message, and its change"
    );
}
