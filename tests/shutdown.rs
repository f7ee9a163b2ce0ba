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

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tim::Code;
use tim::error::TimError;
use tim::event::{Event, EventListener};
use tim::plugin::{Plugin, UploadFile, UploadPlugin, UploadProgress, Uploaded};
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
    assert!(tokio::time::timeout(Duration::ZERO, tim::shutdown()).await.is_err());
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
    // It was not abandoned as hanging: the events that were queued meanwhile are delivered.
    has_ended(&alice).await;
}

/// Waits for leave to return from its first event.
struct Blocked {
    called: mpsc::Sender<()>,
    go_on: std::sync::Mutex<mpsc::Receiver<()>>,
    has_returned: Arc<AtomicBool>,
}

impl EventListener for Blocked {
    fn on_events(&self, _: &[Event]) {
        let _ = self.called.send(());
        let _ = self.go_on.lock().unwrap().recv();
        self.has_returned.store(true, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_waits_for_an_instance_that_is_being_destroyed() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let ((called, is_called), (go, go_on)) = (mpsc::channel(), mpsc::channel());
    let has_returned = Arc::new(AtomicBool::new(false));
    let listener = Blocked { called, go_on: go_on.into(), has_returned: Arc::clone(&has_returned) };
    alice.tim.add_listener(Arc::new(listener));
    alice.tim.logout().await.unwrap();
    tokio::task::spawn_blocking(move || is_called.recv().unwrap()).await.unwrap();

    let mut destroyed = Box::pin(alice.tim.destroy());
    assert!(tokio::time::timeout(Duration::ZERO, &mut destroyed).await.is_err());
    let mut all = Box::pin(tim::shutdown());
    assert!(tokio::time::timeout(Duration::ZERO, &mut all).await.is_err(), "the listener still runs");
    drop(go);
    all.await.unwrap();
    assert!(has_returned.load(Ordering::SeqCst));
    destroyed.await.unwrap();
}

struct Unused;

impl UploadPlugin for Unused {
    fn upload(&self, _: &UploadFile, _: UploadProgress) -> Result<Uploaded, TimError> {
        Err(Code::UPLOAD_FAILED.into())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_instance_lets_go_of_the_uploader() {
    let _alone = ALONE.lock().await;
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let uploader = Arc::new(Unused);
    alice.tim.register_plugin(Plugin::Upload(uploader.clone()));
    assert_eq!(Arc::strong_count(&uploader), 2);
    alice.tim.destroy().await.unwrap();
    assert_eq!(Arc::strong_count(&uploader), 1);
    alice.tim.register_plugin(Plugin::Upload(uploader.clone()));
    assert_eq!(Arc::strong_count(&uploader), 1, "nothing would ever let it go");
}
