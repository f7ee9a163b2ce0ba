//! Who is online: told as it changes, not when a train enters a tunnel, and to nobody on the blacklist.

use tim::event::{Event, NetState};
use tim::message::{Body, CreateOptions, CustomBody, Payload, SendOptions};
use tim::protocol::status::StatusType;
use tim::{Code, ConversationType, UserId};

use crate::breaks::wait_for;
use crate::proxy::Proxy;
use crate::world::{Device, World, run_server};

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

async fn watches(device: &Device, names: &[&str]) {
    let users: Vec<UserId> = names.iter().map(|name| user(name)).collect();
    assert_eq!(device.tim.subscribe_user_status(&users).await.unwrap(), []);
}

/// The next status that is told of a user.
async fn next(device: &Device, of: &str) -> (StatusType, String) {
    device
        .expect("USER_STATUS_UPDATED", |event| match event {
            Event::UserStatusUpdated(statuses) => {
                let of_user = statuses.iter().find(|status| status.user_id == user(of))?;
                Some((of_user.status_type, of_user.custom_status.clone()))
            }
            _ => None,
        })
        .await
}

async fn asked(device: &Device, of: &str) -> (StatusType, String) {
    let found = device.tim.get_user_status(&[user(of)]).await.unwrap();
    let status = &found.success_user_list[0];
    (status.status_type, status.custom_status.clone())
}

fn online(custom_status: &str) -> (StatusType, String) {
    (StatusType::Online, custom_status.to_owned())
}

fn offline() -> (StatusType, String) {
    (StatusType::Offline, String::new())
}

fn unlogined() -> (StatusType, String) {
    (StatusType::Unlogined, String::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_hears_that_alice_comes_says_something_and_goes() {
    let world = World::with("[session]\noffline_after_s = 0\n").await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let tablet = world.device("alice", "tablet").await;
    watches(&bob, &["alice"]).await;
    assert_eq!(next(&bob, "alice").await, online(""), "told as it is");

    let said = alice.tim.set_self_status("on the mountain").await.unwrap();
    assert_eq!((said.status_type, said.custom_status.as_str()), (StatusType::Online, "on the mountain"));
    for device in [&bob, &alice, &tablet] {
        assert_eq!(next(device, "alice").await, online("on the mountain"));
    }
    let laptop = world.device_offline("alice", "laptop");
    laptop.tim.login("alice", &world.sig("alice")).await.unwrap();
    assert_eq!(next(&laptop, "alice").await, online("on the mountain"), "a new device is told what was said");

    laptop.tim.pause().await.unwrap();
    tablet.tim.logout().await.unwrap();
    assert_eq!(asked(&bob, "alice").await, online("on the mountain"), "her phone is connected");
    alice.tim.logout().await.unwrap();
    assert_eq!(next(&bob, "alice").await, offline(), "her laptop is logged in still");
    assert_eq!(asked(&bob, "alice").await, offline());

    alice.login(&world).await;
    assert_eq!(next(&bob, "alice").await, online(""), "what she said is forgotten");
    bob.tim.unsubscribe_user_status(&[]).await.unwrap();
    alice.tim.set_self_status("tea").await.unwrap();
    alice.send("C2Cbob", "hello").await;
    assert_eq!(bob.next_text().await, "hello");
    let heard = bob.heard.lock().await;
    let told = heard.iter().filter(|event| matches!(event, Event::UserStatusUpdated(_))).count();
    assert_eq!(told, 4, "and nothing after he unsubscribed: {heard:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_never_logged_in_or_logged_out_everywhere_is_unlogined() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (app, data) = (world.app.to_string(), world.data());
    run_server(&["user", "put", "--data", data.to_str().unwrap(), "--app", &app, "--user", "carol"]);
    let found = alice.tim.get_user_status(&[user("bob"), user("nobody"), user("carol"), user("alice")]).await;
    let found = found.unwrap();
    let types: Vec<_> = found.success_user_list.iter().map(|it| it.status_type).collect();
    assert_eq!(types, [StatusType::Online, StatusType::Unlogined, StatusType::Online]);
    let failures: Vec<_> = found.failure_user_list.iter().map(|it| (it.user_id.as_str(), it.code)).collect();
    assert_eq!(failures, [("nobody", Code::UNKNOWN_USER)]);
    watches(&alice, &["bob"]).await;
    assert_eq!(next(&alice, "bob").await, online(""));
    bob.tim.logout().await.unwrap();
    assert_eq!(next(&alice, "bob").await, unlogined(), "at once, whatever a break is given");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_break_is_nothing_to_tell_and_what_was_missed_in_it_is_told() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let bob = world.device_at("bob", "phone", &wire.address);
    bob.login(&world).await;
    let (alice, carol) = (world.device("alice", "phone").await, world.device("carol", "laptop").await);
    watches(&bob, &["alice", "carol"]).await;
    watches(&alice, &["bob"]).await;
    assert_eq!((next(&alice, "bob").await, next(&bob, "alice").await), (online(""), online("")));

    wire.cut();
    wait_for(&bob, NetState::Disconnected).await;
    assert_eq!(asked(&alice, "bob").await, online(""), "he is given some time");
    alice.tim.set_self_status("tea").await.unwrap();
    wire.mend();
    assert_eq!(next(&bob, "alice").await, online("tea"));
    carol.tim.logout().await.unwrap();
    assert_eq!(next(&bob, "carol").await, unlogined(), "he is subscribed again");
    bob.tim.set_self_status("back").await.unwrap();
    assert_eq!(next(&alice, "bob").await, online("back"), "of the break she was told nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_break_is_told_and_a_server_that_restarts_hears_of_the_subscriptions_again() {
    let world = World::with("[session]\noffline_after_s = 1\n").await;
    let wire = Proxy::new(&world.address).await;
    let bob = world.device_at("bob", "phone", &wire.address);
    bob.login(&world).await;
    let alice = world.device("alice", "phone").await;
    watches(&alice, &["bob"]).await;
    assert_eq!(next(&alice, "bob").await, online(""));
    bob.tim.set_self_status("in a train").await.unwrap();
    assert_eq!(next(&alice, "bob").await, online("in a train"));
    assert_eq!(next(&bob, "bob").await, online("in a train"));
    wire.cut();
    assert_eq!(next(&alice, "bob").await, offline());
    wire.mend();
    assert_eq!(next(&alice, "bob").await, online(""));
    assert_eq!(next(&bob, "bob").await, online(""), "what he said was forgotten, and he hears of it");

    world.kill_server().await;
    world.start_server().await;
    wait_for(&bob, NetState::Connected).await;
    wait_for(&alice, NetState::Connected).await;
    bob.tim.set_self_status("still here").await.unwrap();
    while next(&alice, "bob").await != online("still here") {}
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_the_blacklist_sees_alice_offline_from_then_on() {
    let world = World::new().await;
    let (alice, mallory) = (world.device("alice", "phone").await, world.device("mallory", "phone").await);
    let bob = world.device("bob", "laptop").await;
    watches(&mallory, &["alice"]).await;
    watches(&bob, &["alice"]).await;
    assert_eq!((next(&mallory, "alice").await, next(&bob, "alice").await), (online(""), online("")));
    alice.tim.add_to_blacklist(&[user("mallory")]).await.unwrap();
    assert_eq!(next(&mallory, "alice").await, offline());
    assert_eq!(asked(&mallory, "alice").await, offline());
    alice.tim.set_self_status("tea").await.unwrap();
    assert_eq!(next(&bob, "alice").await, online("tea"));
    alice.tim.logout().await.unwrap();
    assert_eq!(next(&bob, "alice").await, unlogined());
    assert_eq!(asked(&mallory, "alice").await, offline(), "also that she logged out");
    alice.login(&world).await;
    alice.tim.remove_from_blacklist(&[user("mallory")]).await.unwrap();
    assert_eq!(next(&mallory, "alice").await, online(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_ask_for_is_refused_with_a_reason() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let tim = &alice.tim;
    let users = |count: usize| (0..count).map(|n| user(&format!("user{n}"))).collect::<Vec<_>>();
    assert_eq!(tim.set_self_status(&"ä".repeat(51)).await.unwrap_err().code, Code::CUSTOM_STATUS_TOO_LONG);
    assert_eq!(tim.get_user_status(&users(501)).await.unwrap_err().code, Code::BAD_REQUEST);
    assert_eq!(tim.get_user_status(&[]).await.unwrap_err().code, Code::BAD_REQUEST);
    assert_eq!(tim.subscribe_user_status(&users(101)).await.unwrap_err().code, Code::BAD_REQUEST);
    assert_eq!(tim.subscribe_user_status(&[user("alice")]).await.unwrap_err().code, Code::STATUS_OF_SELF);
    assert_eq!(tim.unsubscribe_user_status(&users(101)).await.unwrap_err().code, Code::BAD_REQUEST);
    let failures = tim.subscribe_user_status(&[user("nobody")]).await.unwrap();
    assert_eq!((failures.len(), failures[0].code), (1, Code::UNKNOWN_USER));
    assert_eq!(tim.get_user_status(&users(500)).await.unwrap().failure_user_list.len(), 500);
    tim.set_self_status(&"ä".repeat(50)).await.unwrap();
}

/// The recipe of docs/protocol.md.
#[tokio::test(flavor = "multi_thread")]
async fn bob_sees_that_alice_is_typing_and_nothing_is_stored() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let data = r#"{"businessID":"user_typing_status","typingStatus":1}"#.to_owned();
    let body = CustomBody { data: data.clone(), ..CustomBody::default() };
    let typing = alice
        .tim
        .create_custom_message("bob", ConversationType::C2c, body, CreateOptions::default())
        .unwrap();
    let now_only = SendOptions { online_user_only: true, ..SendOptions::default() };
    alice.tim.send_message_with(typing, now_only).await.unwrap();
    let heard = bob.messages(1).await.remove(0);
    assert!(matches!(&heard.payload, Payload::Body(Body::Custom(custom)) if custom.data == data));
    for device in [&alice, &bob] {
        let page = device.tim.get_message_list(&heard.conversation_id, None, 20).await.unwrap();
        assert!(page.message_list.is_empty() && device.tim.get_conversation_list().await.unwrap().is_empty());
    }
}
