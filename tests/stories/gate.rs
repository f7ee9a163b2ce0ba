//! When calls are permitted: the gate before SDK_READY, and after the end.

use std::time::UNIX_EPOCH;

use tim::event::Event;
use tim::message::Priority;
use tim::{Code, ConversationType, Tim};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn calls_before_ready_are_refused_with_the_reason() {
    let world = World::new().await;
    let alice = world.device_offline("alice", "phone");
    let why = alice.tim.get_conversation_list().await.unwrap_err();
    assert_eq!(why.code, Code::NOT_LOGGED_IN);
    let why = alice
        .tim
        .create_text_message("bob", ConversationType::C2c, "too early", Priority::Normal)
        .unwrap_err();
    assert_eq!(why.code, Code::NOT_LOGGED_IN);
    // The same refusal is emitted as an event.
    let told = alice.expect("ERROR", |event| match event {
        Event::Error { code, .. } => Some(*code),
        _ => None,
    });
    assert_eq!(told.await, Code::NOT_LOGGED_IN);

    alice.login(&world).await;
    assert!(alice.tim.is_ready());
    assert_eq!(alice.tim.get_login_user().unwrap().as_str(), "alice");
    assert!(alice.tim.login("alice", &world.sig("alice")).await.unwrap().repeat_login);

    alice.tim.logout().await.unwrap();
    alice.expect("SDK_NOT_READY", |event| matches!(event, Event::SdkNotReady).then_some(())).await;
    assert_eq!(alice.tim.get_conversation_list().await.unwrap_err().code, Code::LOGGED_OUT);
    alice.login(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_login_while_one_runs_is_refused() {
    let world = World::new().await;
    // Nobody answers at this address, so the first login keeps running.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let alice = world.device_at("alice", "phone", &silent.local_addr().unwrap().to_string());
    let (tim, sig) = (alice.tim.clone(), world.sig("alice"));
    let first = tokio::spawn(async move { tim.login("alice", &sig).await });
    alice.expect("connecting", |event| matches!(event, Event::NetStateChange(_)).then_some(())).await;
    assert_eq!(
        alice.tim.login("alice", &world.sig("alice")).await.unwrap_err().code,
        Code::LOGIN_IN_PROGRESS
    );
    assert_eq!(alice.tim.get_conversation_list().await.unwrap_err().code, Code::LOGGING_IN);
    alice.tim.destroy().await.unwrap();
    first.await.unwrap().unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_right_behind_a_logout_is_a_login_of_its_own() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    for _ in 0..5 {
        let sig = world.sig("alice");
        let (logout, login) = tokio::join!(alice.tim.logout(), alice.tim.login("alice", &sig));
        logout.unwrap();
        assert!(!login.unwrap().repeat_login);
        alice.expect("SDK_READY", |event| matches!(event, Event::SdkReady).then_some(())).await;
    }
    // Whatever the server still has of the former logins, it does not end this one.
    let bob = world.device("bob", "laptop").await;
    alice.send("C2Cbob", "still here").await;
    assert_eq!(bob.next_text().await, "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_application_has_one_instance_until_it_is_destroyed() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let same = Tim::create(alice.options.clone()).unwrap();
    assert_eq!(same.get_login_user().unwrap().as_str(), "alice");
    alice.tim.destroy().await.unwrap();
    assert_eq!(same.login("alice", &world.sig("alice")).await.unwrap_err().code, Code::DESTROYED);
    assert_eq!(same.get_conversation_list().await.unwrap_err().code, Code::DESTROYED);
    let why = same
        .create_text_message("bob", ConversationType::C2c, "anybody there?", Priority::Normal)
        .unwrap_err();
    assert_eq!(why.code, Code::DESTROYED);
    let picture = same.create_image_message(
        "bob",
        ConversationType::C2c,
        vec![0xff, 0xd8, 0xff],
        Priority::Normal,
        |_| {},
    );
    assert_eq!(picture.unwrap_err().code, Code::DESTROYED);
    assert_eq!((same.is_ready(), same.get_login_user()), (false, None));
    same.destroy().await.unwrap();
    let fresh = Tim::create(alice.options.clone()).unwrap();
    fresh.login("alice", &world.sig("alice")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_the_server_refuses_says_why() {
    let world = World::new().await;
    let alice = world.device_offline("alice", "phone");
    let cases = [
        (world.sig_for("alice", -1), Code::USERSIG_MALFORMED),
        (world.sig("bob"), Code::USERSIG_OTHER_USER),
        ("not a token".to_owned(), Code::USERSIG_MALFORMED),
        (String::new(), Code::USERSIG_MISSING),
    ];
    for (sig, code) in cases {
        assert_eq!(alice.tim.login("alice", &sig).await.unwrap_err().code, code);
    }
    assert_eq!(alice.tim.login("", &world.sig("alice")).await.unwrap_err().code, Code::USER_ID_INVALID);
    assert_eq!(alice.tim.get_conversation_list().await.unwrap_err().code, Code::LOGIN_FAILED);
    alice.login(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_verbs_do_what_they_say() {
    let world = World::new().await;
    let here = || i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    // The server sent its time during the login; the transfer time of that is not known.
    let began = here();
    let alice = world.device("alice", "phone").await;
    let server = alice.tim.get_server_time().await.unwrap();
    assert!((began..=here()).contains(&server), "one machine, one clock");
    alice.tim.network_changed(false);
    alice.tim.network_changed(true);
    assert_eq!(alice.tim.get_my_profile().await.unwrap().user_id.as_str(), "alice");

    struct Counts(std::sync::atomic::AtomicUsize);
    impl tim::event::EventListener for Counts {
        fn on_events(&self, events: &[Event]) {
            self.0.fetch_add(events.len(), std::sync::atomic::Ordering::SeqCst);
        }
    }
    let counts = std::sync::Arc::new(Counts(0.into()));
    let listener = alice.tim.add_listener(counts.clone());
    alice.tim.off(listener);
    let bob = world.device("bob", "laptop").await;
    bob.send("C2Calice", "hello").await;
    assert_eq!(alice.next_text().await, "hello");
    assert_eq!(counts.0.load(std::sync::atomic::Ordering::SeqCst), 0, "a removed listener hears nothing");
    assert_eq!(std::sync::Arc::strong_count(&counts), 1, "and is let go");
}
