//! Messages of every kind but texts and pictures, which have stories of their own: sent, received, and there again after a
//! restart.

use std::sync::{Arc, Mutex, mpsc};

use tim::message::{Body, FileBody, LocationBody, Message, Payload, Priority, Rendition, RenditionType};
use tim::plugin::{FileType, Plugin, UploadFile, UploadPlugin, UploadProgress, Uploaded};
use tim::{Code, ConversationId, ConversationType};

use crate::picture_addresses::ask;
use crate::world::{Device, World};

fn file_of(message: &Message) -> &FileBody {
    let Payload::Body(Body::File(file)) = &message.payload else { panic!("no file: {message:?}") };
    file
}

/// Saves a message's file, and gives its bytes.
async fn saved(device: &Device, message: &Message) -> Vec<u8> {
    let target = tempfile::tempdir().unwrap().keep().join("saved");
    device.tim.download_attachment(message, RenditionType::Original, &target, |_| {}).await.unwrap();
    std::fs::read(target).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_sends_bob_the_minutes() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    // A page that would run as the server's own if a browser opened it, and is no picture.
    let minutes = [b"<script>alert(1)</script>".repeat(20_000), vec![0, 255]].concat();
    let path = world.folder.path().join("minutes.html");
    std::fs::write(&path, &minutes).unwrap();
    let (say, told) = mpsc::channel();
    let tell = move |percent| say.send(percent).unwrap();
    let message = alice
        .tim
        .create_file_message("bob", ConversationType::C2c, path.clone(), "", Priority::Normal, tell)
        .unwrap();
    assert_eq!(message.local_path.as_ref(), Some(&path));
    assert_eq!(
        (file_of(&message).file_name.as_str(), file_of(&message).file_url.as_str()),
        ("minutes.html", "")
    );

    let sent = alice.tim.send_message(message).await.unwrap();
    assert_eq!(told.try_iter().last(), Some(100));
    assert_eq!(std::fs::read(sent.local_path.as_ref().unwrap()).unwrap(), minutes, "the engine's copy");
    let got = bob.messages(1).await.remove(0);
    assert_eq!(got.payload, sent.payload);
    assert_eq!(file_of(&got).file_size, minutes.len() as u64);
    assert_eq!(saved(&bob, &got).await, minutes);
    let address = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    let (head, _) = ask("GET", &address, "").await;
    for line in [
        "content-type: application/octet-stream",
        "content-disposition: attachment",
        "x-content-type-options: nosniff",
    ] {
        assert!(head.iter().any(|it| it == line), "no browser shows it as a page of the server's: {head:?}");
    }
    let smaller = bob.tim.get_attachment_url(&got, RenditionType::Thumb).await.unwrap_err();
    assert_eq!(smaller.code, Code::MESSAGE_INVALID, "it is no picture");

    let named = alice.tim.create_file_message(
        "bob",
        ConversationType::C2c,
        b"tea".to_vec(),
        "list.txt",
        Priority::Normal,
        |_| {},
    );
    alice.tim.send_message(named.unwrap()).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    assert_eq!((file_of(&got).file_name.as_str(), saved(&bob, &got).await), ("list.txt", b"tea".to_vec()));
}

/// Keeps what it was asked to upload, and says where it is.
struct Elsewhere(Mutex<Vec<UploadFile>>);

impl UploadPlugin for Elsewhere {
    fn upload(&self, file: &UploadFile, _: UploadProgress) -> Result<Uploaded, tim::error::TimError> {
        self.0.lock().unwrap().push(file.clone());
        let (rendition_type, url) = (RenditionType::Original, "https://files.example/list".to_owned());
        let renditions = vec![Rendition { rendition_type, size: file.size, width: 0, height: 0, url }];
        Ok(Uploaded { uuid: "00000000-0000-4000-8000-000000000001".parse().unwrap(), renditions })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hosts_uploader_learns_what_file_it_is() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let elsewhere = Arc::new(Elsewhere(Mutex::default()));
    alice.tim.register_plugin(Plugin::Upload(elsewhere.clone()));
    let message = alice.tim.create_file_message(
        "bob",
        ConversationType::C2c,
        b"tea".to_vec(),
        "list.txt",
        Priority::Normal,
        |_| {},
    );
    alice.tim.send_message(message.unwrap()).await.unwrap();
    let asked = elsewhere.0.lock().unwrap().pop().unwrap();
    assert_eq!((asked.file_type, asked.name.as_str(), asked.size), (FileType::File, "list.txt", 3));
    let got = bob.messages(1).await.remove(0);
    assert_eq!(file_of(&got).file_url, "https://files.example/list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_sent_is_refused_before_it_is() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let create = |source: tim::FileSource, name: &str| {
        alice
            .tim
            .create_file_message("bob", ConversationType::C2c, source, name, Priority::Normal, |_| {})
            .map(drop)
    };
    let code = |source: tim::FileSource, name: &str| create(source, name).unwrap_err().code;
    assert_eq!(code(Vec::new().into(), "nothing"), Code::FILE_EMPTY);
    assert_eq!(code(b"tea".to_vec().into(), ""), Code::MESSAGE_BODY_INVALID, "bytes have no name");
    assert_eq!(code(b"tea".to_vec().into(), &"x".repeat(257)), Code::MESSAGE_BODY_INVALID);
    assert_eq!(code(std::path::PathBuf::new().into(), ""), Code::FILE_UNREADABLE);
    let path = world.folder.path().join("large");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(tim_protocol::limits::FILE_BYTES).unwrap();
    create(path.as_path().into(), "").unwrap();
    file.set_len(tim_protocol::limits::FILE_BYTES + 1).unwrap();
    assert_eq!(code(path.as_path().into(), ""), Code::FILE_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_tells_bob_where_to_meet() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let meet = |place| {
        alice.tim.create_location_message(
            "bob",
            ConversationType::C2c,
            "the tea house",
            place,
            Priority::Normal,
        )
    };
    alice.tim.send_message(meet((91.117_7, 29.657_9)).unwrap()).await.unwrap();

    let place = LocationBody { description: "the tea house".into(), longitude: 91.117_7, latitude: 29.657_9 };
    let expected = Payload::Body(Body::Location(place));
    assert_eq!(bob.messages(1).await[0].payload, expected);
    let from_alice: ConversationId = "C2Calice".parse().unwrap();
    let page = bob.tim.get_message_list(&from_alice, None, 10).await.unwrap();
    assert_eq!(page.message_list[0].payload, expected, "and from the device's own store");

    for nowhere in [(180.5, 0.0), (0.0, -91.0), (f64::NAN, 0.0)] {
        let why = meet(nowhere).unwrap_err();
        assert_eq!(why.code, Code::MESSAGE_BODY_INVALID);
        assert!(why.message.contains("degrees"), "{why}");
    }
}
