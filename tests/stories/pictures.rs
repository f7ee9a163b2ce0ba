//! Pictures: uploaded with progress, shown in three sizes, fetched with a ticket.

use std::sync::{Arc, Mutex};

use tim::message::{ImageType, Payload, Priority};
use tim::plugin::{Plugin, UploadPlugin};

use crate::world::{Device, World};

/// A picture of 1,000 by 500 pixels, as PNG.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture =
        image::RgbImage::from_fn(width, height, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 7]));
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// Sends a picture and gives the progress it reported.
async fn send_picture(from: &Device, to: &str, bytes: Vec<u8>) -> Vec<u8> {
    let progress = Arc::new(Mutex::new(Vec::new()));
    let seen = progress.clone();
    let message = from
        .tim
        .create_image_message(&to.parse().unwrap(), bytes, Priority::Normal, move |percent| {
            seen.lock().unwrap().push(percent)
        })
        .unwrap();
    from.tim.send_message(message).await.unwrap();
    std::mem::take(&mut *progress.lock().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_both_ways_in_three_sizes() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let original = png(1000, 500);
    let progress = send_picture(&alice, "C2Cbob", original.clone()).await;
    assert!(progress.is_sorted() && progress.last() == Some(&100), "{progress:?}");
    let got = bob.messages(1).await.remove(0);
    let Payload::Image(image) = &got.payload else { panic!("not a picture: {got:?}") };
    let sizes: Vec<(u32, u32)> =
        image.image_info_array.iter().map(|info| (info.width, info.height)).collect();
    assert_eq!(sizes, [(1000, 500), (198, 99), (720, 360)]);
    let target = world.folder.path().join("downloaded.png");
    bob.tim.download_image(&got, ImageType::Original, &target, |_| {}).await.unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), original);
    bob.tim.download_image(&got, ImageType::Thumb, &target, |_| {}).await.unwrap();
    let thumb = image::load_from_memory(&std::fs::read(&target).unwrap()).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (198, 99));
    send_picture(&bob, "C2Calice", png(20, 20)).await;
    let small = alice.messages(1).await.remove(0);
    assert!(
        matches!(&small.payload, Payload::Image(image) if image.image_info_array[1].width == 20),
        "not enlarged"
    );
}

struct Elsewhere(tim::message::ImageBody);

impl UploadPlugin for Elsewhere {
    fn upload(
        &self,
        file: &std::path::Path,
        progress: tim::plugin::UploadProgress,
    ) -> Result<tim::message::ImageBody, tim::error::TimError> {
        assert!(file.is_file());
        progress(50);
        progress(100);
        Ok(self.0.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_may_bring_its_own_uploader() {
    use tim::message::{ImageBody, ImageFormat, ImageInfo};
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let info = |image_type| ImageInfo {
        image_type,
        size: 1,
        width: 1,
        height: 1,
        url: "https://pictures.example/1".into(),
    };
    let body = ImageBody {
        uuid: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        image_format: ImageFormat::Png,
        image_info_array: [ImageType::Original, ImageType::Thumb, ImageType::Large].map(info).to_vec(),
    };
    alice.tim.register_plugin(Plugin::Upload(Arc::new(Elsewhere(body.clone()))));
    assert_eq!(send_picture(&alice, "C2Cbob", png(3, 3)).await.last(), Some(&100));
    assert_eq!(bob.messages(1).await[0].payload, Payload::Image(body));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_goes_before_it_is_sent_can_be_put_back() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let path = world.folder.path().join("holiday.png");
    std::fs::write(&path, png(30, 20)).unwrap();
    let to: tim::ConversationId = "C2Cbob".parse().unwrap();
    let message = alice.tim.create_image_message(&to, path.clone(), Priority::Normal, |_| {}).unwrap();
    std::fs::remove_file(&path).unwrap();
    let why = alice.tim.send_message(message.clone()).await.unwrap_err();
    assert_eq!(why.code, tim::Code::FILE_UNREADABLE);
    std::fs::write(&path, png(30, 20)).unwrap();
    alice.tim.send_message(message).await.unwrap();
    assert!(matches!(bob.messages(1).await[0].payload, Payload::Image(_)));
    let nothing = alice.tim.create_image_message(&to, std::path::PathBuf::new(), Priority::Normal, |_| {});
    assert_eq!(nothing.unwrap_err().code, tim::Code::IMAGE_MISSING);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_wait_has_sent_all_the_same() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let to: tim::ConversationId = "C2Cbob".parse().unwrap();
    let picture = alice.tim.create_image_message(&to, png(30, 20), Priority::Normal, |_| {}).unwrap();
    {
        let mut sending = std::pin::pin!(alice.tim.send_message(picture));
        let begun = futures_util::future::poll_immediate(&mut sending).await;
        assert!(begun.is_none(), "it takes a while");
    }
    assert!(matches!(bob.messages(1).await[0].payload, Payload::Image(_)));
}
