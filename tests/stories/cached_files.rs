//! Files of messages that are loaded once and kept on the device, as long as they are among those used last and their messages
//! are there.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tim::event::Event;
use tim::message::{Message, Priority, RenditionType};
use tim::{Code, ConversationId, ConversationType};

use crate::proxy::Proxy;
use crate::world::{Device, World};

fn with_alice() -> ConversationId {
    "C2Calice".parse().unwrap()
}

/// Alice sends bob a file with these words.
async fn send(alice: &Device, bob: &Device, words: &str, name: &str) -> Message {
    let (to, bytes) = (ConversationType::C2c, words.as_bytes().to_vec());
    let file = alice.tim.create_file_message("bob", to, bytes, name, Priority::Normal, |_| {}).unwrap();
    alice.tim.send_message(file).await.unwrap();
    bob.messages(1).await.remove(0)
}

async fn file(device: &Device, of: &Message) -> Result<PathBuf, Code> {
    let file = device.tim.get_attachment_file(of, RenditionType::Original, |_| {});
    file.await.map_err(|why| why.code)
}

/// Where the messages of a page have their files.
async fn listed(device: &Device) -> Vec<Option<PathBuf>> {
    let page = device.tim.get_message_list(&with_alice(), None, 20).await.unwrap();
    page.message_list.into_iter().map(|message| message.local_path).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_loaded_once_and_shown_without_a_connection() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let wire = Proxy::new(&world.address).await;
    let bob = world.device_at("bob", "laptop", &wire.address);
    bob.login(&world).await;
    let got = send(&alice, &bob, "the minutes", "minutes.pdf").await;
    assert_eq!(listed(&bob).await, [None]);
    let before = wire.connections();
    let (one, another) = tokio::join!(file(&bob, &got), file(&bob, &got));
    let path = one.unwrap();
    assert_eq!(another.unwrap(), path);
    assert_eq!(wire.connections() - before, 1, "it came once");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the minutes");
    assert_eq!(path.extension().unwrap(), "pdf");
    wire.cut();
    assert_eq!(file(&bob, &got).await.unwrap(), path);
    assert_eq!(listed(&bob).await, [Some(path.clone())]);
    wire.mend();
    let bob = bob.restart().await;
    bob.login(&world).await;
    assert_eq!(listed(&bob).await, [Some(path)], "after a restart, too");
    // The sender has the file anyway.
    let own =
        alice.tim.get_message_list(&"C2Cbob".parse().unwrap(), None, 1).await.unwrap().message_list.remove(0);
    assert_eq!(Some(file(&alice, &own).await.unwrap()), own.local_path);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_used_last_stay() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let bob = world.device_with("bob", "laptop", |options| options.cache_bytes = 25);
    bob.login(&world).await;
    let mut messages = Vec::new();
    for name in ["one.txt", "two.txt", "three.txt"] {
        let message = send(&alice, &bob, "ten bytes.", name).await;
        let path = file(&bob, &message).await.unwrap();
        // Some file systems tell times to two seconds.
        let ago = Duration::from_secs(60 - 10 * messages.len() as u64);
        std::fs::File::open(path).unwrap().set_modified(SystemTime::now() - ago).unwrap();
        messages.push(message);
    }
    let there: Vec<bool> = listed(&bob).await.iter().map(Option::is_some).collect();
    assert_eq!(there, [false, true, true]);
    file(&bob, &messages[0]).await.unwrap();
    assert!(listed(&bob).await[0].is_some(), "it is loaded again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_leaves_with_its_message() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let mut paths = Vec::new();
    let mut messages = Vec::new();
    for name in ["revoked.txt", "deleted.txt", "cleared.txt"] {
        messages.push(send(&alice, &bob, name, name).await);
        paths.push(file(&bob, messages.last().unwrap()).await.unwrap());
    }
    let are_there = || paths.iter().map(|path| path.exists()).collect::<Vec<_>>();
    let with_bob = "C2Cbob".parse().unwrap();
    let first = alice.tim.get_message_list(&with_bob, None, 3).await.unwrap().message_list.remove(0);
    alice.tim.revoke_message(&first).await.unwrap();
    let revoked = |event: &Event| matches!(event, Event::MessageRevoked(_)).then_some(());
    bob.expect("MESSAGE_REVOKED", revoked).await;
    // Calls are carried out in their order.
    bob.tim.get_server_time().await.unwrap();
    assert_eq!(are_there(), [false, true, true]);
    // What the app asks for late does not stay: it has the message as it was.
    assert_eq!(file(&bob, &messages[0]).await, Err(Code::MESSAGE_NOT_FOUND));
    assert_eq!(are_there(), [false, true, true]);
    bob.tim.delete_message(&messages[1..2]).await.unwrap();
    assert_eq!(are_there(), [false, false, true]);
    bob.tim.clear_history_message(&with_alice()).await.unwrap();
    assert_eq!(are_there(), [false; 3]);
    assert_eq!(file(&bob, &alice.text("C2Cbob", "no file")).await, Err(Code::MESSAGE_INVALID));
}
