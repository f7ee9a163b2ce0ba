//! Uploads that go on where they ended: when a connection breaks, when the app ends, and when the server does.

use std::path::PathBuf;

use futures_util::future::poll_immediate;
use tim::message::{Message, Priority};
use tim::{Code, ConversationType};
use tokio::sync::mpsc;

use crate::bucket_server::BucketServer;
use crate::proxy::Proxy;
use crate::resumed_downloads::{A_PART, BYTES, THE_REST, archive, files, load};
use crate::world::{Device, World};

/// A message with a large file, not sent; and its progress.
fn message(alice: &Device) -> (Message, mpsc::UnboundedReceiver<u8>) {
    let (say, told) = mpsc::unbounded_channel();
    let tell = move |percent| say.send(percent).unwrap_or_default();
    let (to, of, file) = ("bob", ConversationType::C2c, archive());
    let message = alice.tim.create_file_message(to, of, file, "archive.bin", Priority::Normal, tell);
    (message.unwrap(), told)
}

/// Alice on a wire.
async fn on_a_wire(world: &World) -> (Proxy, Device) {
    let wire = Proxy::new(&world.address).await;
    let alice = world.device_at("alice", "phone", &wire.address);
    alice.login(world).await;
    (wire, alice)
}

/// What bob gets is what alice sent.
async fn arrives(world: &World, bob: &Device) {
    let got = bob.messages(1).await.remove(0);
    let target = world.folder.path().join("arrived.bin");
    load(bob, &got, &target).await.unwrap();
    assert!(std::fs::read(target).unwrap() == archive());
}

/// What is there of uploads on the server.
fn parts(world: &World) -> Vec<PathBuf> {
    files(&world.data().join("media").join("incoming"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_when_its_connection_breaks() {
    let world = World::new().await;
    let bob = world.device("bob", "laptop").await;
    let (wire, alice) = on_a_wire(&world).await;
    wire.break_after(A_PART);
    let (message, mut told) = message(&alice);
    alice.tim.send_message(message).await.unwrap();
    arrives(&world, &bob).await;
    let mut progress = Vec::new();
    while let Ok(percent) = told.try_recv() {
        progress.push(percent);
    }
    assert!(progress.is_sorted() && progress.last() == Some(&100), "{progress:?}");
    assert!(parts(&world).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_a_restart_of_both_sides() {
    goes_on_after_a_restart(World::new().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_into_a_bucket_goes_on_after_a_restart_of_both_sides() {
    let bucket = BucketServer::start().await;
    goes_on_after_a_restart(World::with(&bucket.lines("media.bucket")).await).await;
    assert!(!files(&bucket.folder()).is_empty());
}

async fn goes_on_after_a_restart(world: World) {
    let bob = world.device("bob", "laptop").await;
    let (wire, alice) = on_a_wire(&world).await;
    wire.break_after(A_PART);
    let (message, mut told) = message(&alice);
    let tim = alice.tim.clone();
    let mut sending = Box::pin(tim.send_message(message));
    assert!(poll_immediate(&mut sending).await.is_none());
    while told.recv().await.unwrap() < 1 {}
    // What was told may wait on the wire still: the connection is let through when its first bytes have come.
    while parts(&world).is_empty() {
        tokio::task::yield_now().await;
    }
    // It does not go on meanwhile.
    wire.hold();
    let is_there = |part: &PathBuf| std::fs::metadata(part).is_ok_and(|it| it.len() > BYTES as u64 / 4);
    while !parts(&world).iter().any(is_there) {
        tokio::task::yield_now().await;
    }
    wire.cut();
    let alice = alice.restart().await;
    assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
    world.kill_server().await;
    assert_eq!(parts(&world).len(), 1);
    world.start_server().await;
    wire.break_after(THE_REST);
    wire.release();
    wire.mend();
    let before = wire.connections();
    alice.login(&world).await;
    arrives(&world, &bob).await;
    assert_eq!(wire.connections() - before, 3, "a login, a question, and the rest");
    assert!(parts(&world).is_empty());
}
