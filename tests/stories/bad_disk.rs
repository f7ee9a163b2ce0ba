//! Databases that are damaged or from the future, on either side: a clear number, and nothing stored is lost. Full disks
//! are in `tests/store.rs` and `server/tests/store.rs`, in processes of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use tim::event::Event;
use tim::{Code, ConversationId};

use crate::world::{Device, World, server_program, text_of};

/// The database files below a folder.
pub fn databases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(databases(&path));
        } else if path.extension().is_some_and(|extension| extension == "db") {
            found.push(path);
        }
    }
    found
}

fn spoil(path: &Path) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    std::fs::write(path, b"this is not a database, whatever its name says").unwrap();
}

fn set_version(path: &Path, version: i64) {
    rusqlite::Connection::open(path).unwrap().pragma_update(None, "user_version", version).unwrap();
}

/// Whose device it was whose app has ended, to be started again.
async fn ended(device: Device) -> (String, String) {
    device.tim.destroy().await.unwrap();
    (device.user, device.name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devices_damaged_database_is_set_aside_and_rebuilt() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "on the server").await;
    bob.messages(1).await;
    let folder = bob.options.data_dir.clone();
    let (user, name) = ended(bob).await;
    for database in databases(&folder) {
        spoil(&database);
    }
    let bob = world.device_offline(&user, &name);
    bob.login(&world).await;
    let list =
        bob.tim.get_message_list(&"C2Calice".parse::<ConversationId>().unwrap(), None, 15).await.unwrap();
    assert_eq!(text_of(&list.message_list[0]), Some("on the server"));
    let heard = bob.heard.lock().await;
    assert!(
        heard.iter().any(|event| matches!(event, Event::Error { code, .. } if *code == Code::STORE_REBUILT)),
        "{heard:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_database_is_damaged_while_it_runs_goes_on_by_itself() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    for number in 0..40 {
        alice.send("C2Cbob", &format!("number {number}")).await;
    }
    bob.messages(40).await;
    let to_alice: ConversationId = "C2Calice".parse().unwrap();
    for database in databases(&bob.options.data_dir) {
        let file = rusqlite::Connection::open(database).unwrap();
        file.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        let changed = "UPDATE msg SET message = replace(message, 'number 7', 'number 8') WHERE seq = 8";
        assert_eq!(file.execute(changed, []).unwrap(), 1);
    }
    let why = bob.tim.get_message_list(&to_alice, None, 40).await.unwrap_err();
    assert_eq!(why.code, Code::STORE_DAMAGED);
    bob.expect("STORE_REBUILT", |event| {
        matches!(event, Event::Error { code, .. } if *code == Code::STORE_REBUILT).then_some(())
    })
    .await;
    // The first list that is told after it comes from the server.
    bob.expect("the conversation", |event| {
        matches!(event, Event::ConversationListUpdated(list) if !list.is_empty()).then_some(())
    })
    .await;
    let list = bob.tim.get_message_list(&to_alice, None, 40).await.unwrap().message_list;
    let texts: Vec<String> = list.iter().filter_map(text_of).map(str::to_owned).collect();
    let sent: Vec<String> = (0..40).map(|number| format!("number {number}")).collect();
    assert_eq!(texts, sent);
    alice.send("C2Cbob", "afterwards").await;
    assert_eq!(bob.next_text().await, "afterwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devices_database_from_the_future_is_left_alone() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let folder = alice.options.data_dir.clone();
    let (user, name) = ended(alice).await;
    for database in databases(&folder) {
        set_version(&database, 9_999);
    }
    let alice = world.device_offline(&user, &name);
    let why = alice.tim.login("alice", &world.sig("alice")).await.unwrap_err();
    assert_eq!(why.code, Code::STORE_NEWER);
}

fn serve_refuses(world: &World) -> String {
    let output = Command::new(server_program())
        .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
        .arg(world.data())
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_start_on_a_damaged_or_newer_database() {
    let world = World::new().await;
    world.kill_server().await;
    let database = databases(&world.data()).remove(0);
    set_version(&database, 9_999);
    assert!(serve_refuses(&world).contains(&Code::DATABASE_NEWER.to_string()));
    spoil(&database);
    assert!(serve_refuses(&world).contains(&Code::DATABASE_CORRUPT.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_server_serves_in_its_place() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "before the backup").await;
    bob.messages(1).await;
    let copy = world.folder.path().join("backup");
    world.server_command(&["backup", "--to", copy.to_str().unwrap()]);
    alice.send("C2Cbob", "after the backup").await;
    bob.messages(1).await;

    world.kill_server().await;
    std::fs::rename(world.data(), world.folder.path().join("lost")).unwrap();
    std::fs::rename(copy, world.data()).unwrap();
    world.start_server().await;
    // The copy never had the second message. Alice's phone still has it, and sends it again under its identity.
    let bobs_tablet = world.device("bob", "tablet").await;
    let to_alice: ConversationId = "C2Calice".parse().unwrap();
    loop {
        let list = bobs_tablet.tim.get_message_list(&to_alice, None, 15).await.unwrap().message_list;
        let texts: Vec<&str> = list.iter().filter_map(text_of).collect();
        if texts == ["before the backup", "after the backup"] {
            break;
        }
        assert_eq!(texts, ["before the backup"]);
        bobs_tablet
            .expect("a message", |event| matches!(event, Event::MessageReceived(_)).then_some(()))
            .await;
    }
}
