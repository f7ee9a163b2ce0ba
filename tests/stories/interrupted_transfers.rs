//! Uploads and downloads that are interrupted: by their caller, a logout, the end of the app or a database that fails.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::future::poll_immediate;
use tim::message::{Body, Message, Payload, RenditionType};
use tim::plugin::{Plugin, UploadFile, UploadPlugin, Uploaded};
use tim::{Code, MessageId};
use tokio::sync::mpsc;

use crate::bad_disk::databases;
use crate::pictures::{Elsewhere, picture, png, send_picture};
use crate::proxy::Proxy;
use crate::world::{Device, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_goes_on_when_its_caller_stops_waiting() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    {
        let mut sending = std::pin::pin!(alice.tim.send_message(picture(&alice, "C2Cbob", png(30, 20))));
        assert!(poll_immediate(&mut sending).await.is_none(), "it takes a while");
    }
    let got = bob.messages(1).await.remove(0);
    assert!(matches!(got.payload, Payload::Body(Body::Image(_))));

    let target = world.folder.path().join("downloaded.png");
    let (say, mut told) = mpsc::unbounded_channel();
    {
        let tell = move |percent| say.send(percent).unwrap();
        let mut loading =
            std::pin::pin!(bob.tim.download_attachment(&got, RenditionType::Original, &target, tell));
        assert!(poll_immediate(&mut loading).await.is_none(), "it takes a while");
    }
    while told.recv().await.unwrap() < 100 {}
    assert!(target.is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_in_the_outbox_in_their_order_when_the_login_ends() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    world.kill_server().await;
    // The first are the largest, which take the longest to copy.
    let pictures: Vec<Message> =
        (1..=12).rev().map(|n| picture(&alice, "C2Cbob", png(100 * n, 100 * n))).collect();
    let ids: Vec<MessageId> = pictures.iter().map(|picture| picture.id).collect();
    let mut sendings = Vec::new();
    for picture in pictures {
        let mut sending = Box::pin(alice.tim.send_message(picture));
        assert!(poll_immediate(&mut sending).await.is_none());
        sendings.push(sending);
    }
    alice.tim.logout().await.unwrap();
    for sending in sendings {
        assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
    }
    let database = databases(&alice.options.data_dir).remove(0);
    let outbox = rusqlite::Connection::open(database).unwrap();
    let mut rows = outbox.prepare("SELECT id FROM outbox ORDER BY position").unwrap();
    let rows = rows.query_map([], |row| row.get::<_, [u8; 16]>(0)).unwrap();
    let waiting: Vec<[u8; 16]> = rows.map(Result::unwrap).collect();
    assert_eq!(waiting, ids.iter().map(|id| *id.as_bytes()).collect::<Vec<_>>());

    world.start_server().await;
    alice.login(&world).await;
    let mut got: Vec<MessageId> = bob.messages(12).await.iter().map(|message| message.id).collect();
    got.sort();
    assert_eq!(got, ids, "ids begin with their time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_sent_just_before_the_app_ends_is_sent_later() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    world.kill_server().await;
    let message = picture(&alice, "C2Cbob", png(1000, 1000));
    let tim = alice.tim.clone();
    let mut sending = Box::pin(tim.send_message(message.clone()));
    assert!(poll_immediate(&mut sending).await.is_none());
    let alice = alice.restart().await;
    assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
    world.start_server().await;
    alice.login(&world).await;
    assert_eq!(bob.messages(1).await[0].id, message.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_in_the_middle_of_uploads_loses_none() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let mut sendings = Vec::new();
    for _ in 0..6 {
        let mut sending = Box::pin(alice.tim.send_message(picture(&alice, "C2Cbob", png(30, 20))));
        assert!(poll_immediate(&mut sending).await.is_none());
        sendings.push(sending);
    }
    alice.tim.logout().await.unwrap();
    for sending in sendings {
        assert!(sending.await.err().is_none_or(|why| why.code == Code::CANCELLED));
    }
    alice.login(&world).await;
    bob.messages(6).await;
}

/// Uploads to nowhere, but what it was told to upload has to be there; meanwhile the device's database cannot be written.
struct WhileFull {
    database: PathBuf,
    lock: Arc<Mutex<Option<rusqlite::Connection>>>,
}

impl UploadPlugin for WhileFull {
    fn upload(
        &self,
        file: &UploadFile,
        progress: tim::plugin::UploadProgress,
    ) -> Result<Uploaded, tim::error::TimError> {
        if !file.path.is_file() {
            return Err(Code::FILE_UNREADABLE.into());
        }
        let lock = rusqlite::Connection::open(&self.database).unwrap();
        lock.execute_batch("BEGIN IMMEDIATE").unwrap();
        *self.lock.lock().unwrap() = Some(lock);
        Elsewhere("https://pictures.example/1".into()).upload(file, progress)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_outlives_a_database_that_fails_when_it_is_uploaded() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let lock = Arc::new(Mutex::new(None));
    let database = databases(&alice.options.data_dir).remove(0);
    alice.tim.register_plugin(Plugin::Upload(Arc::new(WhileFull { database, lock: lock.clone() })));
    let message = picture(&alice, "C2Cbob", png(30, 20));
    let why = alice.tim.send_message(message.clone()).await.unwrap_err();
    assert_eq!(why.code, Code::DATABASE_FAILED);
    alice.tim.register_plugin(Plugin::Upload(Arc::new(Elsewhere("https://pictures.example/2".into()))));
    lock.lock().unwrap().take();
    assert_eq!(bob.messages(1).await[0].id, message.id);
}

/// Bob on a wire that is held, a picture of alice's that he has got, and where he loads it to.
pub async fn on_a_held_wire(world: &World) -> (Proxy, Device, Message, PathBuf) {
    let alice = world.device("alice", "phone").await;
    let wire = Proxy::new(&world.address).await;
    let bob = world.device_at("bob", "laptop", &wire.address);
    bob.login(world).await;
    send_picture(&alice, "C2Cbob", png(30, 20)).await;
    let got = bob.messages(1).await.remove(0);
    wire.hold();
    let folder = world.folder.path().join("downloads");
    std::fs::create_dir(&folder).unwrap();
    (wire, bob, got, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_ends_with_its_login() {
    let world = World::new().await;
    let (wire, bob, got, folder) = on_a_held_wire(&world).await;
    for (destroys, code) in [(false, Code::CANCELLED), (true, Code::DESTROYED)] {
        let (say, mut told) = mpsc::unbounded_channel();
        let target = folder.join("picture.png");
        let tell = move |percent| say.send(percent).unwrap();
        let mut loading = Box::pin(bob.tim.download_attachment(&got, RenditionType::Original, &target, tell));
        assert!(poll_immediate(&mut loading).await.is_none());
        assert_eq!(told.recv().await, Some(0), "it has begun");
        if destroys {
            bob.tim.destroy().await.unwrap();
        } else {
            bob.tim.logout().await.unwrap();
        }
        wire.release();
        assert_eq!(loading.await.unwrap_err().code, code);
        assert_eq!(told.recv().await, None, "nothing more is told");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        if !destroys {
            bob.login(&world).await;
            wire.hold();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_progress_callback_may_end_everything() {
    let world = World::new().await;
    let (_wire, bob, got, folder) = on_a_held_wire(&world).await;
    let tim = bob.tim.clone();
    let end_all = move |_| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(tim.destroy()).unwrap();
    };
    let target = folder.join("picture.png");
    let loading = bob.tim.download_attachment(&got, RenditionType::Original, &target, end_all);
    assert_eq!(loading.await.unwrap_err().code, Code::DESTROYED);
}
