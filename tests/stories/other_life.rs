//! A server whose database was lost or replaced by a plain copy of its folder: devices show the new life only, and send
//! again what it lacks of what they sent.

use std::path::Path;

use crate::bad_disk::databases;
use crate::world::{Device, World, text_of};

/// The texts of a conversation as a device shows them, oldest first.
async fn shown(device: &Device, conversation: &str) -> Vec<String> {
    let list = device.tim.get_message_list(&conversation.parse().unwrap(), None, 50).await.unwrap();
    list.message_list.iter().filter_map(text_of).map(str::to_owned).collect()
}

fn copy(from: &Path, to: &Path) {
    assert!(std::process::Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_plain_copy_was_put_back_a_device_sends_again_what_the_copy_lacks() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "in the copy").await;
    world.kill_server().await;
    let older = world.folder.path().join("older");
    copy(&world.data(), &older);
    world.start_server().await;
    alice.send("C2Cbob", "after the copy").await;
    bob.messages(2).await;

    world.kill_server().await;
    std::fs::remove_dir_all(world.data()).unwrap();
    copy(&older, &world.data());
    world.start_server().await;
    let bobs_tablet = world.device("bob", "tablet").await;
    while shown(&bobs_tablet, "C2Calice").await != ["in the copy", "after the copy"] {
        assert_eq!(bobs_tablet.next_text().await, "after the copy");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_database_was_made_anew_a_device_shows_nothing_of_the_former_life() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    for number in 0..8 {
        alice.send("C2Cbob", &format!("former {number}")).await;
    }
    bob.messages(8).await;
    // Both are away while another device makes the new life as long as the former one was.
    alice.tim.destroy().await.unwrap();
    let (user, name) = (bob.user.clone(), bob.name.clone());
    bob.tim.destroy().await.unwrap();
    world.kill_server().await;
    make_anew(&world);
    world.start_server().await;
    let (tablet, _bobs) = (world.device("alice", "tablet").await, world.device("bob", "tablet").await);
    let mut new = Vec::new();
    for number in 0..12 {
        new.push(format!("new {number}"));
        tablet.send("C2Cbob", &new[number]).await;
    }
    let bob = world.device_offline(&user, &name);
    bob.login(&world).await;
    assert_eq!(shown(&bob, "C2Calice").await, new);
}

/// Loses the database, and makes another one for the same application.
fn make_anew(world: &World) {
    let database = databases(&world.data()).remove(0);
    let key_of = |path: &Path| -> String {
        let database = rusqlite::Connection::open(path).unwrap();
        database.query_row("SELECT key FROM app", [], |row| row.get(0)).unwrap()
    };
    let key = key_of(&database);
    std::fs::remove_dir_all(world.data()).unwrap();
    world.server_command(&["app", "--id", &world.app.to_string()]);
    rusqlite::Connection::open(&database).unwrap().execute("UPDATE app SET key = ?", [key]).unwrap();
}
