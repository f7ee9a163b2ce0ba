//! Many pictures at once: how many of them an uploader has in hand.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::poll_immediate;
use tim::message::Message;
use tim::plugin::{Plugin, UploadFile, UploadPlugin, UploadProgress, Uploaded};
use tim::protocol::body::Element as _;
use tim::{Code, ConversationId};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::pictures::{Elsewhere, picture, png};
use crate::world::{Device, World};

/// Uploads a picture when it is let.
struct Slow {
    /// The files that are being uploaded.
    under_way: Mutex<BTreeSet<PathBuf>>,
    /// The most that were under way at a time.
    most: AtomicUsize,
    /// Whether a file was uploaded twice at once.
    twice: AtomicBool,
    begun: mpsc::UnboundedSender<()>,
    may_end: Semaphore,
}

impl Slow {
    /// An uploader, and what receives each begin.
    fn new() -> (Arc<Self>, mpsc::UnboundedReceiver<()>) {
        let (begun, begins) = mpsc::unbounded_channel();
        let uploader = Self {
            under_way: Mutex::default(),
            most: AtomicUsize::new(0),
            twice: AtomicBool::new(false),
            begun,
            may_end: Semaphore::new(0),
        };
        (Arc::new(uploader), begins)
    }
}

impl UploadPlugin for Slow {
    fn upload(&self, file: &UploadFile, _: UploadProgress) -> Result<Uploaded, tim::error::TimError> {
        {
            let mut under_way = self.under_way.lock().unwrap();
            if !under_way.insert(file.path.clone()) {
                self.twice.store(true, Ordering::SeqCst);
            }
            self.most.fetch_max(under_way.len(), Ordering::SeqCst);
        }
        self.begun.send(()).unwrap();
        tokio::runtime::Handle::current().block_on(self.may_end.acquire()).unwrap().forget();
        self.under_way.lock().unwrap().remove(&file.path);
        Ok(Elsewhere("https://pictures.example/1".into()).body().attachments().remove(0).uploaded)
    }
}

/// Sends pictures at once.
fn send_all(by: &Device, pictures: &[Message]) -> Vec<JoinHandle<Message>> {
    let send = |picture: &Message| {
        let (tim, picture) = (by.tim.clone(), picture.clone());
        tokio::spawn(async move { tim.send_message(picture).await.unwrap() })
    };
    pictures.iter().map(send).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_pictures_four_are_uploaded_at_a_time_and_all_arrive() {
    const MANY: usize = 12;
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (uploader, mut begins) = Slow::new();
    alice.tim.register_plugin(Plugin::Upload(uploader.clone()));
    let pictures: Vec<Message> = (0..MANY).map(|_| picture(&alice, "C2Cbob", png(3, 3))).collect();
    let sendings = send_all(&alice, &pictures);
    for _ in 0..4 {
        begins.recv().await.unwrap();
    }
    for _ in 4..MANY {
        // Each that ends lets one begin.
        uploader.may_end.add_permits(1);
        begins.recv().await.unwrap();
    }
    uploader.may_end.add_permits(4);
    for sending in sendings {
        sending.await.unwrap();
    }
    assert_eq!(uploader.most.load(Ordering::SeqCst), 4);
    assert_eq!(bob.messages(MANY).await.len(), MANY);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploader_that_goes_on_after_a_cancellation_keeps_its_place() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (uploader, mut begins) = Slow::new();
    alice.tim.register_plugin(Plugin::Upload(uploader.clone()));
    let pictures: Vec<Message> = (0..8).map(|_| picture(&alice, "C2Cbob", png(3, 3))).collect();
    let (regretted, kept) = pictures.split_at(4);
    for picture in regretted {
        let mut sending = Box::pin(alice.tim.send_message(picture.clone()));
        assert!(poll_immediate(&mut sending).await.is_none());
        begins.recv().await.unwrap();
        alice.tim.cancel_message(picture).await.unwrap();
        assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
    }
    let sendings = send_all(&alice, kept);
    // All of them are in the outbox, so the machine has started their uploads.
    let with_bob: ConversationId = "C2Cbob".parse().unwrap();
    while alice.tim.get_message_list(&with_bob, None, 15).await.unwrap().message_list.len() < kept.len() {
        tokio::task::yield_now().await;
    }
    for _ in kept {
        assert!(begins.try_recv().is_err(), "there is no room");
        uploader.may_end.add_permits(1);
        begins.recv().await.unwrap();
    }
    uploader.may_end.add_permits(4);
    for sending in sendings {
        sending.await.unwrap();
    }
    assert_eq!(uploader.most.load(Ordering::SeqCst), 4);
    assert_eq!(bob.messages(kept.len()).await.len(), kept.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploader_that_goes_on_after_a_logout_ends_before_the_file_is_uploaded_again() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (uploader, mut begins) = Slow::new();
    alice.tim.register_plugin(Plugin::Upload(uploader.clone()));
    let mut sending = Box::pin(alice.tim.send_message(picture(&alice, "C2Cbob", png(3, 3))));
    assert!(poll_immediate(&mut sending).await.is_none());
    begins.recv().await.unwrap();
    alice.tim.logout().await.unwrap();
    assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
    alice.login(&world).await;
    // What is sent later arrives earlier: the upload had its chance to begin.
    alice.send("C2Cbob", "hello").await;
    assert!(begins.try_recv().is_err(), "the first call has not returned");
    uploader.may_end.add_permits(1);
    begins.recv().await.unwrap();
    uploader.may_end.add_permits(1);
    assert_eq!(bob.messages(2).await.len(), 2);
    assert!(!uploader.twice.load(Ordering::SeqCst));
}
