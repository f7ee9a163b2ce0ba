//! Pictures: uploaded with progress or by the host, and downloaded in three sizes.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tim::message::{Body, ImageBody, ImageFormat, Message, Payload, Priority, Rendition, RenditionType};
use tim::plugin::{Plugin, UploadFile, UploadPlugin, Uploaded};
use tim::protocol::body::Element as _;
use tim::{Code, ConversationType};

use crate::world::{Device, World, addressed};

/// A picture of few colours, as PNG.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture =
        image::RgbImage::from_fn(width, height, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 7]));
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A picture that no format makes small, so that its smaller sizes are lighter.
pub fn rough(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let color =
        |x: u32, y: u32| (x.wrapping_mul(7_919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761);
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue, _] = color(x, y).to_be_bytes();
        image::Rgb([red, green, blue])
    });
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A picture message, not sent.
pub fn picture(from: &Device, to: &str, bytes: Vec<u8>) -> Message {
    let (to, conversation_type) = addressed(to);
    from.tim.create_image_message(to, conversation_type, bytes, Priority::Normal, |_| {}).unwrap()
}

/// Sends a picture and gives the progress it reported.
pub async fn send_picture(from: &Device, to: &str, bytes: Vec<u8>) -> Vec<u8> {
    let progress = Arc::new(Mutex::new(Vec::new()));
    let seen = progress.clone();
    let (to, conversation_type) = addressed(to);
    let message = from
        .tim
        .create_image_message(to, conversation_type, bytes, Priority::Normal, move |percent| {
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
    let original = rough(1000, 500);
    let progress = send_picture(&alice, "C2Cbob", original.clone()).await;
    assert!(progress.is_sorted() && progress.last() == Some(&100), "{progress:?}");
    let got = bob.messages(1).await.remove(0);
    let Payload::Body(Body::Image(image)) = &got.payload else { panic!("not a picture: {got:?}") };
    let sizes: Vec<(u32, u32)> =
        image.image_info_array.iter().map(|info| (info.width, info.height)).collect();
    assert_eq!(sizes, [(1000, 500), (396, 198), (1000, 500)]);
    let target = world.folder.path().join("downloaded.png");
    let progress = Arc::new(Mutex::new(Vec::new()));
    let seen = progress.clone();
    let see = move |percent| seen.lock().unwrap().push(percent);
    bob.tim.download_attachment(&got, RenditionType::Original, &target, see).await.unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), original);
    let progress = progress.lock().unwrap().clone();
    assert!(progress.is_sorted() && progress.last() == Some(&100), "{progress:?}");
    bob.tim.download_attachment(&got, RenditionType::Thumb, &target, |_| {}).await.unwrap();
    let thumb = image::load_from_memory(&std::fs::read(&target).unwrap()).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (396, 198));
    send_picture(&bob, "C2Calice", png(20, 20)).await;
    let small = alice.messages(1).await.remove(0);
    assert!(
        matches!(&small.payload, Payload::Body(Body::Image(image)) if image.image_info_array[1].width == 20),
        "not enlarged"
    );
}

/// A grey JPEG of 12,032 by 9,024 pixels, as the sensors of telephones have them: every bit of zero says "as before".
fn photograph() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    bytes.extend([1; 64]);
    bytes.extend([0xff, 0xc0, 0, 17, 8, 0x23, 0x40, 0x2f, 0, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
    for table in [0x00, 0x10] {
        bytes.extend([0xff, 0xc4, 0, 20, table, 1]);
        bytes.extend([0; 16]);
    }
    bytes.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    // Six blocks of two bits for each 16 by 16 pixels.
    bytes.resize(bytes.len() + 752 * 564 * 12 / 8, 0);
    bytes.extend([0xff, 0xd9]);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_of_108_megapixels_goes_through() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    send_picture(&alice, "C2Cbob", photograph()).await;
    let got = bob.messages(1).await.remove(0);
    let Payload::Body(Body::Image(image)) = &got.payload else { panic!("not a picture: {got:?}") };
    let sizes: Vec<(u32, u32)> =
        image.image_info_array.iter().map(|info| (info.width, info.height)).collect();
    assert_eq!(sizes, [(12_032, 9_024), (264, 198), (960, 720)]);
    let target = world.folder.path().join("downloaded.jpg");
    bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {}).await.unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), photograph());
}

/// Uploads nothing, and says that the picture is at this address.
pub struct Elsewhere(pub String);

impl Elsewhere {
    pub fn body(&self) -> ImageBody {
        let info =
            |rendition_type| Rendition { rendition_type, size: 1, width: 1, height: 1, url: self.0.clone() };
        ImageBody {
            uuid: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
            image_format: ImageFormat::Png,
            image_info_array: [RenditionType::Original, RenditionType::Thumb, RenditionType::Large]
                .map(info)
                .to_vec(),
        }
    }
}

impl UploadPlugin for Elsewhere {
    fn upload(
        &self,
        file: &UploadFile,
        progress: tim::plugin::UploadProgress,
    ) -> Result<Uploaded, tim::error::TimError> {
        assert!(file.path.is_file());
        progress(50);
        progress(100);
        Ok(self.body().attachments().remove(0).uploaded)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_may_bring_its_own_uploader() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let elsewhere = Arc::new(Elsewhere("https://pictures.example/1".into()));
    alice.tim.register_plugin(Plugin::Upload(elsewhere.clone()));
    assert_eq!(send_picture(&alice, "C2Cbob", png(3, 3)).await.last(), Some(&100));
    assert_eq!(bob.messages(1).await[0].payload, Payload::Body(Body::Image(elsewhere.body())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_goes_before_it_is_sent_can_be_put_back() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let path = world.folder.path().join("holiday.png");
    std::fs::write(&path, png(30, 20)).unwrap();
    let message = alice
        .tim
        .create_image_message("bob", ConversationType::C2c, path.clone(), Priority::Normal, |_| {})
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let why = alice.tim.send_message(message.clone()).await.unwrap_err();
    assert_eq!(why.code, Code::FILE_UNREADABLE);
    std::fs::write(&path, png(30, 20)).unwrap();
    alice.tim.send_message(message).await.unwrap();
    assert!(matches!(bob.messages(1).await[0].payload, Payload::Body(Body::Image(_))));
    let nothing = alice.tim.create_image_message(
        "bob",
        ConversationType::C2c,
        PathBuf::new(),
        Priority::Normal,
        |_| {},
    );
    assert_eq!(nothing.unwrap_err().code, Code::IMAGE_MISSING);
}
