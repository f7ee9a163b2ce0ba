//! Messages of every kind but texts and pictures, which have stories of their own: sent, received, and there again after a
//! restart.

use std::sync::{Arc, Mutex, mpsc};

use tim::message::{
    Body, CreateOptions, CustomBody, FaceBody, FileBody, LocationBody, Message, Payload, Priority, Rendition,
    RenditionType,
};
use tim::plugin::{FileType, Plugin, UploadFile, UploadPlugin, UploadProgress, Uploaded};
use tim::{Code, ConversationId, ConversationType, MergerText};

use crate::picture_addresses::ask;
use crate::world::{Device, World, text_of};

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

#[tokio::test(flavor = "multi_thread")]
async fn alice_sends_bob_what_his_app_makes_something_of() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let to_bob = ("bob", ConversationType::C2c);
    let gift =
        CustomBody { data: "{\"gift\":7}".into(), description: "a gift".into(), extension: String::new() };
    let message =
        alice.tim.create_custom_message(to_bob.0, to_bob.1, gift.clone(), Priority::Normal).unwrap();
    alice.tim.send_message(message).await.unwrap();
    let face = FaceBody { index: -3, data: "tea".into() };
    let message = alice.tim.create_face_message(to_bob.0, to_bob.1, face.clone(), Priority::Normal).unwrap();
    alice.tim.send_message(message).await.unwrap();
    let expected = [Payload::Body(Body::Custom(gift)), Payload::Body(Body::Face(face))];
    assert_eq!(bob.messages(2).await.into_iter().map(|it| it.payload).collect::<Vec<_>>(), expected);
    let page = bob.tim.get_message_list(&"C2Calice".parse().unwrap(), None, 10).await.unwrap();
    let stored: Vec<_> = page.message_list.into_iter().map(|it| it.payload).collect();
    assert_eq!(stored, expected, "and from the device's own store");
    let empty = alice.tim.create_custom_message(
        "bob",
        ConversationType::C2c,
        CustomBody::default(),
        Priority::Normal,
    );
    assert_eq!(empty.unwrap_err().code, Code::MESSAGE_BODY_INVALID);
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_forwards_to_carol_what_alice_sent_him() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let tea = b"tea".to_vec();
    let kind = ConversationType::C2c;
    let file = alice.tim.create_file_message("bob", kind, tea, "list.txt", Priority::Normal, |_| {}).unwrap();
    let unsent = alice.tim.create_forward_message("carol", kind, &file, Priority::Normal).unwrap_err();
    assert_eq!(unsent.code, Code::FORWARD_INVALID, "its file is nowhere yet");
    alice.tim.send_message(file).await.unwrap();
    let options = CreateOptions { cloud_custom_data: "gift 7".into(), ..CreateOptions::default() };
    let text = alice.tim.create_text_message("bob", kind, "the list", options).unwrap();
    let text = alice.tim.send_message(text).await.unwrap();
    let got = bob.messages(2).await;
    for original in &got {
        let forwarded = bob.tim.create_forward_message("carol", kind, original, Priority::High).unwrap();
        assert_ne!(forwarded.id, original.id);
        bob.tim.send_message(forwarded).await.unwrap();
    }
    let copies = carol.messages(2).await;
    assert_eq!(file_of(&copies[0]), file_of(&got[0]), "nothing was uploaded again");
    assert_eq!(saved(&carol, &copies[0]).await, b"tea");
    assert_eq!((text_of(&copies[1]), copies[1].cloud_custom_data.as_str()), (Some("the list"), "gift 7"));
    let options = CreateOptions { cloud_custom_data: "mine".into(), ..CreateOptions::default() };
    let own = bob.tim.create_forward_message("carol", kind, &got[1], options).unwrap();
    assert_eq!(own.cloud_custom_data, "mine");

    let revoked = alice.tim.revoke_message(&text).await.unwrap();
    let gone = alice.tim.create_forward_message("carol", kind, &revoked, Priority::Normal).unwrap_err();
    assert_eq!(gone.code, Code::FORWARD_INVALID);
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_passes_a_conversation_on_as_one_message() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    for words in ["tea?", "at four"] {
        alice.send("C2Cbob", words).await;
        bob.next_text().await;
    }
    let page = bob.tim.get_message_list(&"C2Calice".parse().unwrap(), None, 10).await.unwrap();
    let text = || MergerText {
        title: "Alice".into(),
        abstract_list: vec!["alice: tea?".into()],
        compatible_text: "[Merged messages]".into(),
    };
    let merge = |messages: &[Message], text: MergerText| {
        bob.tim.create_merger_message("carol", ConversationType::C2c, messages, text, Priority::Normal)
    };
    let sent = bob.tim.send_message(merge(&page.message_list, text()).unwrap()).await.unwrap();
    let got = carol.messages(1).await.remove(0);
    assert_eq!(got.payload, sent.payload);
    let Payload::Body(Body::Merger(merger)) = &got.payload else { panic!("no merger: {got:?}") };
    let told: Vec<_> = merger.message_list.iter().map(|it| (it.id, it.from.as_str(), it.time)).collect();
    let expected: Vec<_> = page.message_list.iter().map(|it| (it.id, "alice", it.time)).collect();
    assert_eq!(told, expected);

    // A merger in a merger is in the message as deep as a body nests.
    let second = bob.tim.send_message(merge(&[sent], text()).unwrap()).await.unwrap();
    let third = bob.tim.send_message(merge(&[second], text()).unwrap()).await.unwrap();
    let fourth = merge(std::slice::from_ref(&third), text()).unwrap();
    let is_stored = |message: &Message| match &message.payload {
        Payload::Body(Body::Merger(merger)) => merger.is_stored(),
        _ => panic!("no merger: {message:?}"),
    };
    assert_eq!([&third, &fourth].map(is_stored), [false, true]);

    let code = |messages: &[Message], text| merge(messages, text).unwrap_err().code;
    let one = &page.message_list[..1];
    assert_eq!(code(&[], text()), Code::MERGER_INVALID);
    assert_eq!(code(&vec![one[0].clone(); 301], text()), Code::MERGER_INVALID);
    assert_eq!(code(&[bob.text("C2Ccarol", "unsent")], text()), Code::MERGER_INVALID);
    assert_eq!(code(one, MergerText::default()), Code::MESSAGE_BODY_INVALID);
    let lines = MergerText { abstract_list: vec!["a".repeat(101)], ..text() };
    assert_eq!(code(one, lines), Code::MESSAGE_BODY_INVALID);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_which_its_sender_has_no_room_is_refused_and_others_are_sent() {
    let world = World::with("[media]\nmb_per_user = 1").await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let create = |size: usize| {
        let (to, file) = ("bob", vec![7; size]);
        alice
            .tim
            .create_file_message(to, ConversationType::C2c, file, "a.bin", Priority::Normal, |_| {})
            .unwrap()
    };
    alice.tim.send_message(create(600_000)).await.unwrap();
    let why = alice.tim.send_message(create(400_001)).await.unwrap_err();
    assert_eq!(why.code, Code::MEDIA_FULL, "{why}");
    alice.tim.send_message(create(400_000)).await.unwrap();
    bob.messages(2).await;
}
