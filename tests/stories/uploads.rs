//! Many pictures at once: how many of them an uploader has in hand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tim::message::Message;
use tim::plugin::{Plugin, UploadFile, UploadPlugin, UploadProgress, Uploaded};
use tim::protocol::body::Element as _;
use tokio::sync::{Semaphore, mpsc};

use crate::pictures::{Elsewhere, picture, png};
use crate::world::World;

/// Uploads a picture when it is let.
struct Slow {
    under_way: AtomicUsize,
    /// The most that were under way at a time.
    most: Mutex<usize>,
    begun: mpsc::UnboundedSender<()>,
    may_end: Semaphore,
}

impl UploadPlugin for Slow {
    fn upload(&self, _: &UploadFile, _: UploadProgress) -> Result<Uploaded, tim::error::TimError> {
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        {
            let mut most = self.most.lock().unwrap();
            *most = under_way.max(*most);
        }
        self.begun.send(()).unwrap();
        tokio::runtime::Handle::current().block_on(self.may_end.acquire()).unwrap().forget();
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        Ok(Elsewhere("https://pictures.example/1".into()).body().attachment().unwrap().uploaded)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_pictures_four_are_uploaded_at_a_time_and_all_arrive() {
    const MANY: usize = 12;
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (begun, mut begins) = mpsc::unbounded_channel();
    let uploader = Arc::new(Slow {
        under_way: AtomicUsize::new(0),
        most: Mutex::default(),
        begun,
        may_end: Semaphore::new(0),
    });
    alice.tim.register_plugin(Plugin::Upload(uploader.clone()));
    let pictures: Vec<Message> = (0..MANY).map(|_| picture(&alice, "C2Cbob", png(3, 3))).collect();
    let sendings: Vec<_> = pictures
        .iter()
        .map(|picture| {
            let (tim, picture) = (alice.tim.clone(), picture.clone());
            tokio::spawn(async move { tim.send_message(picture).await.unwrap() })
        })
        .collect();
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
    assert_eq!(*uploader.most.lock().unwrap(), 4);
    assert_eq!(bob.messages(MANY).await.len(), MANY);
}
