//! The shutdown of a server: every request is answered, and every acknowledged write is on disk.

use tim_protocol::Code;

use crate::stage::{Server, program, soon, text_to};

#[tokio::test]
async fn a_server_that_is_told_to_stop_answers_what_was_asked() {
    let mut server = Server::start().await;
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    // The disk is busy: what alice asks cannot be answered yet.
    let disk = rusqlite::Connection::open(server.data().join("tim.db")).unwrap();
    disk.execute_batch("BEGIN IMMEDIATE").unwrap();
    let sends: Vec<_> = (0..20).map(|_| alice.request("msg.send", &text_to("C2Cbob", "in time"))).collect();
    alice.says_text(serde_json::to_string(&sends).unwrap()).await;
    alice.says_text(r#"{"pi":1}"#).await;
    alice.envelope(|envelope| envelope["po"] == 1).await;
    server.terminate();
    assert_eq!(bob.closed().await, Code::SHUTTING_DOWN.0, "bob asked nothing and is sent away at once");
    // Alice's session hears of it in its own time; from then on a heartbeat is answered without a cursor.
    for ping in 2.. {
        alice.says_text(format!(r#"{{"pi":{ping}}}"#)).await;
        if alice.envelope(|envelope| envelope["po"] == ping).await["cur"].is_null() {
            break;
        }
    }
    let late = alice.sends("C2Cbob", "too late").await;
    assert_eq!(late["e"]["c"], Code::SHUTTING_DOWN.0);
    disk.execute_batch("ROLLBACK").unwrap();
    drop(disk);
    for (send, sequence) in sends.iter().zip(1..) {
        let reply = alice.reply(send["i"].as_u64().unwrap()).await;
        assert_eq!(reply["r"]["sequence"], sequence, "{reply}");
    }
    assert_eq!(alice.closed().await, Code::SHUTTING_DOWN.0);
    drop((alice, bob));
    let status = soon(server.process.take().unwrap().wait_with_output()).await.unwrap().status;
    assert!(status.success(), "{status}");
    let database = rusqlite::Connection::open(server.data().join("tim.db")).unwrap();
    let stored: u32 = database.query_row("SELECT count(*) FROM msg", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, 20);
}

#[tokio::test]
async fn a_backup_of_a_running_server_begins_another_life() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    alice.sends("C2Calice", "to be kept").await;
    let copy = server.folder.path().join("copy");
    let (data, to) = (server.data(), copy.to_str().unwrap().to_owned());
    let arguments = ["backup", "--data", data.to_str().unwrap(), "--to", &to];
    assert!(program(&arguments).status.success());
    alice.sends("C2Calice", "after the copy").await;
    let epoch_of = |folder: &std::path::Path| {
        let database = rusqlite::Connection::open(folder.join("tim.db")).unwrap();
        let look = "SELECT (SELECT count(*) FROM msg), (SELECT value FROM meta WHERE key = 'epoch')";
        database.query_row(look, [], |row| Ok::<(u32, u32), _>((row.get(0)?, row.get(1)?))).unwrap()
    };
    let former = epoch_of(&data).1;
    // As it lies there it can be restored any number of times: the life begins when it is served.
    assert_eq!(epoch_of(&copy), (1, former));
    drop(tim_server::store::sqlite::Database::open_to_serve(&copy.join("tim.db")).unwrap());
    let (messages, epoch) = epoch_of(&copy);
    assert_eq!(messages, 1);
    assert_ne!(epoch, former);
    let again = program(&arguments);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("choose a new folder"), "{again:?}");
}

#[tokio::test]
async fn a_server_that_is_stopped_as_soon_as_it_listens_ends_well() {
    for _ in 0..10 {
        let mut server = Server::start().await;
        server.terminate();
        let status = soon(server.process.take().unwrap().wait_with_output()).await.unwrap().status;
        assert!(status.success(), "{status}");
    }
}
