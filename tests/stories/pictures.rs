//! Pictures: uploaded with progress, shown in three sizes, fetched with a ticket.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::future::poll_immediate;
use tim::message::{Body, ImageBody, ImageFormat, Message, Payload, Priority, Rendition, RenditionType};
use tim::plugin::{Plugin, UploadFile, UploadPlugin, Uploaded};
use tim::protocol::body::Element as _;
use tim::{Code, ConversationType, MessageId};
use tim_server::core::ops::UserKey;
use tim_server::core::ticket::sign_download;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::bad_disk::databases;
use crate::proxy::Proxy;
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
fn rough(width: u32, height: u32) -> Vec<u8> {
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
async fn send_picture(from: &Device, to: &str, bytes: Vec<u8>) -> Vec<u8> {
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

/// Requests an address like an image view does; returns the lines of the response's head, and the bytes.
pub async fn ask(method: &str, address: &str, headers: &str) -> (Vec<String>, Vec<u8>) {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut socket = TcpStream::connect(host).await.unwrap();
    let request = format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let bytes = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap().lines().map(str::to_lowercase).collect(), bytes)
}

/// The bytes that an image view shows.
async fn view(address: &str) -> Vec<u8> {
    let (head, bytes) = ask("GET", address, "").await;
    assert_eq!(head[0], "http/1.1 200 ok");
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_view_takes_a_pictures_address_as_it_is() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let made = picture(&alice, "C2Cbob", rough(1000, 500));
    let unsent = alice.tim.get_attachment_url(&made, RenditionType::Original).await;
    assert_eq!(unsent.unwrap_err().code, Code::MESSAGE_INVALID);
    alice.tim.send_message(made).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    let address = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    assert_eq!(view(&address).await, rough(1000, 500));
    assert_eq!(view(&address).await, rough(1000, 500), "as often as it likes");
    let thumb = view(&bob.tim.get_attachment_url(&got, RenditionType::Thumb).await.unwrap()).await;
    assert_eq!(image::load_from_memory(&thumb).unwrap().height(), 198);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_view_may_ask_for_the_head_for_a_part_and_for_nothing_that_it_has() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let original = rough(100, 50);
    send_picture(&alice, "C2Cbob", original.clone()).await;
    let got = bob.messages(1).await.remove(0);
    let address = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    let has = |head: &[String], line: &str| assert!(head.iter().any(|it| it == line), "{line}: {head:#?}");

    let (head, bytes) = ask("HEAD", &address, "").await;
    assert!(bytes.is_empty() && head[0] == "http/1.1 200 ok");
    for line in ["content-type: image/png", "accept-ranges: bytes", "x-content-type-options: nosniff"] {
        has(&head, line);
    }
    has(&head, &format!("content-length: {}", original.len()));
    let tag = head.iter().find_map(|line| line.strip_prefix("etag: ")).unwrap();

    for (range, part) in
        [("0-99", 0..100), ("100-", 100..original.len()), ("-10", original.len() - 10..original.len())]
    {
        let (head, bytes) =
            ask("GET", &address, &format!("Range: bytes={range}\r\nIf-Range: {tag}\r\n")).await;
        assert_eq!((&*head[0], &*bytes), ("http/1.1 206 partial content", &original[part.clone()]));
        has(&head, &format!("content-range: bytes {}-{}/{}", part.start, part.end - 1, original.len()));
    }
    let (head, _) = ask("GET", &address, &format!("Range: bytes={}-\r\n", original.len())).await;
    assert_eq!(head[0], "http/1.1 416 range not satisfiable");
    has(&head, &format!("content-range: bytes */{}", original.len()));
    let (head, bytes) = ask("GET", &address, &format!("If-None-Match: {tag}\r\n")).await;
    assert!(bytes.is_empty() && head[0] == "http/1.1 304 not modified");
    let (head, _) = ask("POST", &address, "").await;
    assert_eq!(head[0], "http/1.1 405 method not allowed");
    has(&head, "allow: get, head");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_over_or_forged_says_so_and_another_is_had_for_the_asking() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    send_picture(&alice, "C2Cbob", png(30, 20)).await;
    let got = bob.messages(1).await.remove(0);
    let Payload::Body(Body::Image(image)) = &got.payload else { panic!("not a picture: {got:?}") };
    let key: [u8; 32] = std::fs::read(world.data().join("ticket.key")).unwrap().try_into().unwrap();
    let fresh = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    let (place, _) = fresh.split_once("?ticket=").unwrap();
    for (key, expires, code) in [(key, 1, Code::TICKET_EXPIRED), ([0; 32], i64::MAX, Code::TICKET_INVALID)] {
        let ticket = sign_download(&key, world.app, image.uuid, UserKey(1), expires);
        for method in ["GET", "HEAD"] {
            let (head, bytes) = ask(method, &format!("{place}?ticket={ticket}"), "").await;
            assert_eq!(head[0], "http/1.1 403 forbidden");
            let said = String::from_utf8(bytes).unwrap();
            assert!(method == "HEAD" || said.starts_with(&format!("{{\"c\":{}", code.0)), "{said}");
        }
    }
    let renewed = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    assert_eq!(view(&renewed).await, png(30, 20));
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
        Ok(self.body().attachment().unwrap().uploaded)
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

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_wait_has_sent_all_the_same() {
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
async fn whoever_is_told_of_a_download_may_end_everything() {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_makes_nobody_ask_their_own_machine_for_anything() {
    let world = World::new().await;
    let (mallory, bob) = (world.device("mallory", "phone").await, world.device("bob", "laptop").await);
    let bobs_service = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = bobs_service.local_addr().unwrap();
    let picture = Elsewhere(format!("http://{address}/delete-all")).body();
    let message = Message { payload: Payload::Body(Body::Image(picture)), ..mallory.text("C2Cbob", "look!") };
    mallory.tim.send_message(message).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    let target = world.folder.path().join("downloaded.png");
    let loading = bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {});
    assert_eq!(loading.await.unwrap_err().code, Code::MEDIA_NOT_FOUND);
    // The first to knock is bob himself.
    let knocking = TcpStream::connect(address).await.unwrap();
    assert_eq!(bobs_service.accept().await.unwrap().1, knocking.local_addr().unwrap());
}
