//! The end of the process's use of the engine: `shutdown` ends every instance. A program of its own, because it does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    dead_code
)]

#[path = "stories/world.rs"]
mod world;

use std::sync::{Arc, mpsc};

use tim::Code;
use tim::event::{Event, EventListener};
use tokio::sync::Mutex;

use world::{Device, World};

/// One story at a time: each ends every instance of this process.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn has_ended(device: &Device) {
    device.expect("SDK_NOT_READY", |event| matches!(event, Event::SdkNotReady).then_some(())).await;
    assert_eq!(device.tim.get_conversation_list().await.unwrap_err().code, Code::DESTROYED);
    device.expect("SDK_DESTROY", |event| matches!(event, Event::SdkDestroy { .. }).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_ends_every_instance_and_tells_it() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    tim::shutdown().await.unwrap();
    has_ended(&alice).await;
    has_ended(&bob).await;
    // Afterwards one may begin anew.
    let again = alice.restart().await;
    again.login(&world).await;
    tim::shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_that_nobody_waits_for_ends_every_instance_too() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    assert!(tokio::time::timeout(std::time::Duration::ZERO, tim::shutdown()).await.is_err());
    has_ended(&alice).await;
    has_ended(&bob).await;
}

/// Shuts everything down at the first event, waits for that, and tells when.
struct Impatient(mpsc::Sender<()>);

impl EventListener for Impatient {
    fn on_events(&self, _: &[Event]) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(tim::shutdown()).unwrap();
        let _ = self.0.send(());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_may_wait_for_the_end_of_everything() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (sender, ended) = mpsc::channel();
    alice.tim.add_listener(Arc::new(Impatient(sender)));
    bob.send("C2Calice", "time to go").await;
    has_ended(&bob).await;
    tokio::task::spawn_blocking(move || ended.recv().unwrap()).await.unwrap();
    // It was not given up as one that hangs: what waited to be told while it waited is told.
    has_ended(&alice).await;
}
