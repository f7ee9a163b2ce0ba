//! Bad input is refused with its error code, loses nothing, and affects nobody else.

use std::sync::Arc;

use tim::message::Priority;
use tim::{Code, ConversationId, ConversationType, Tim};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_cannot_be_sent() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let text = |words: &str| {
        alice.tim.create_text_message("bob", ConversationType::C2c, words, Priority::Normal).unwrap_err().code
    };
    assert_eq!(text(""), Code::MESSAGE_BODY_INVALID);
    assert_eq!(text(&"x".repeat(12 * 1024 + 1)), Code::MESSAGE_TOO_LONG);
    let to_nobody = alice.tim.send_message(alice.text("C2Cnobody", "hello?")).await.unwrap_err();
    assert_eq!(to_nobody.code, Code::UNKNOWN_USER);
    // The refusals cost nothing: the next message goes through, and bob hears only that.
    alice.send("C2Cbob", "still here").await;
    assert_eq!(bob.next_text().await, "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_cannot_be_sent() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let _bob = world.device("bob", "laptop").await;
    let refused = async |bytes: Vec<u8>| match alice.tim.create_image_message(
        "bob",
        ConversationType::C2c,
        bytes,
        Priority::Normal,
        |_| {},
    ) {
        Ok(message) => alice.tim.send_message(message).await.unwrap_err().code,
        Err(why) => why.code,
    };
    assert_eq!(refused(Vec::new()).await, Code::FILE_EMPTY);
    assert_eq!(refused(b"this is a text, not a picture".to_vec()).await, Code::IMAGE_TYPE_INVALID);
    assert_eq!(refused(vec![0; 20 * 1024 * 1024]).await, Code::IMAGE_TOO_LARGE);
    // The head of a BMP of 60,000 by 60,000 pixels, and nothing behind it.
    let mut huge = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    huge.extend([60_000_u32.to_le_bytes(), 60_000_u32.to_le_bytes()].concat());
    huge.extend([1, 0, 24, 0].iter().chain(&[0; 24]));
    assert_eq!(refused(huge).await, Code::IMAGE_DIMENSIONS);
    let missing = alice.tim.create_image_message(
        "bob",
        ConversationType::C2c,
        std::path::PathBuf::from("/no/such/picture.png"),
        Priority::Normal,
        |_| {},
    );
    assert_eq!(missing.unwrap_err().code, Code::FILE_UNREADABLE);
    alice.send("C2Cbob", "still here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn options_that_cannot_work() {
    let world = World::new().await;
    let alice = world.device_offline("alice", "phone");
    let with = |change: &dyn Fn(&mut tim::options::TimOptions)| {
        let mut options = alice.options.clone();
        options.instance = "another".into();
        change(&mut options);
        Tim::create(options).map(|_| ()).unwrap_err().code
    };
    assert_eq!(with(&|options| options.sdk_app_id = 0), Code::SDK_APP_ID_MISSING);
    assert_eq!(with(&|options| options.server = "ftp://example".into()), Code::SERVER_ADDRESS_INVALID);
    assert_eq!(
        with(&|options| options.server = "ws://example.com".into()),
        Code::SERVER_ADDRESS_INVALID,
        "plain text"
    );
    assert_eq!(with(&|options| options.data_dir = "/proc/no/such/place".into()), Code::DATA_DIR_UNUSABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_begins_where_an_earlier_one_said_and_nowhere_else() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    alice.send("C2Calice", "a note").await;
    let notes = "C2Calice".parse::<ConversationId>().unwrap();
    let page = async |next| alice.tim.get_message_list(&notes, next, 15).await;
    let why = page(Some("the third one")).await.unwrap_err();
    assert_eq!(why.code, Code::BAD_REQUEST);
    assert!(why.message.contains("nextReqMessageID"), "{why}");
    assert_eq!(page(Some("")).await.unwrap(), page(None).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_panics_is_reported_and_others_go_on() {
    struct Grumpy;
    impl tim::event::EventListener for Grumpy {
        fn on_events(&self, events: &[tim::event::Event]) {
            assert!(
                !events.iter().any(|event| matches!(event, tim::event::Event::MessageReceived(_))),
                "not today"
            );
        }
    }
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    bob.tim.add_listener(Arc::new(Grumpy));
    alice.send("C2Cbob", "hello").await;
    assert_eq!(bob.next_text().await, "hello");
    bob.expect("the report", |event| match event {
        tim::event::Event::Error { code, .. } => (*code == Code::LISTENER_PANICKED).then_some(()),
        _ => None,
    })
    .await;
    alice.send("C2Cbob", "again").await;
    assert_eq!(bob.next_text().await, "again");
}
