//! Profiles of others: who is told that one changed, who finds it later, and what a device knows without a connection.

use tim::UserId;
use tim::event::{Event, NetState};
use tim::protocol::call::AddFriendRequest;
use tim::protocol::friend::AddType;
use tim::protocol::profile::ProfileFields;

use crate::world::{Device, World, run_server};

fn id(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

async fn is_called(device: &Device, nick: &str) {
    let fields = ProfileFields { nick: Some(nick.to_owned()), ..ProfileFields::default() };
    device.tim.update_my_profile(fields).await.unwrap();
}

async fn befriends(device: &Device, user: &str) {
    let request = AddFriendRequest {
        user_id: id(user),
        source: "AddSource_Type_Web".into(),
        wording: String::new(),
        add_type: AddType::Both,
        remark: String::new(),
        group_name: None,
    };
    assert_eq!(device.tim.add_friend(request).await.unwrap().code, None);
}

/// Waits until this device was told of a profile with this nick.
async fn hears(device: &Device, nick: &str) {
    let told = |event: &Event| match event {
        Event::ProfileUpdated(profiles) => {
            profiles.iter().any(|it| it.fields.nick.as_deref() == Some(nick)).then_some(())
        }
        _ => None,
    };
    device.expect(&format!("PROFILE_UPDATED of {nick}"), told).await;
}

/// What bob is called in the list of friends.
async fn friend(device: &Device) -> Option<String> {
    device.tim.get_friend_list().await.unwrap().remove(0).profile.fields.nick
}

/// What the conversation with bob is called.
async fn show_name(device: &Device) -> String {
    let list = device.tim.get_conversation_list().await.unwrap();
    list.iter().find(|it| it.conversation_id.to_string() == "C2Cbob").unwrap().show_name.clone()
}

async fn nick_of(device: &Device, user: &str) -> Option<String> {
    device.tim.get_user_profile(&[id(user)]).await.unwrap().remove(0).fields.nick
}

#[tokio::test(flavor = "multi_thread")]
async fn friends_and_those_who_talk_to_bob_hear_his_new_nick_and_the_others_find_it() {
    let world = World::new().await;
    let (alice, carol) = (world.device("alice", "phone").await, world.device("carol", "phone").await);
    let bob = world.device("bob", "laptop").await;
    is_called(&bob, "Bob").await;
    befriends(&alice, "bob").await;
    bob.send("C2Ccarol", "tea?").await;
    carol.messages(1).await;
    let tablet = world.device("alice", "tablet").await;
    let tablet = tablet.restart().await;

    is_called(&bob, "Bobby").await;
    hears(&alice, "Bobby").await;
    assert_eq!(friend(&alice).await.as_deref(), Some("Bobby"));
    hears(&carol, "Bobby").await;
    assert_eq!(show_name(&carol).await, "Bobby");
    tablet.login(&world).await;
    hears(&tablet, "Bobby").await;
    assert_eq!(friend(&tablet).await.as_deref(), Some("Bobby"));
    // Both at once are told as one, in the end as it is.
    is_called(&bob, "Rob").await;
    is_called(&bob, "Robert").await;
    hears(&alice, "Robert").await;
    assert_eq!(friend(&alice).await.as_deref(), Some("Robert"));

    // A message tells what its sender is called, and the next change what they are called then.
    bob.send("C2Ccarol", "or coffee?").await;
    carol.messages(1).await;
    assert_eq!(show_name(&carol).await, "Robert");
    let (data, app) = (world.data(), world.app.to_string());
    let put =
        ["user", "put", "--data", data.to_str().unwrap(), "--app", &app, "--user", "bob", "--nick", "Robin"];
    run_server(&put);
    hears(&carol, "Robin").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_alice_does_not_want_to_hear_she_does_not_hear_of_nor_they_of_her() {
    let world = World::new().await;
    let (alice, mallory) = (world.device("alice", "phone").await, world.device("mallory", "laptop").await);
    let bob = world.device("bob", "laptop").await;
    for device in [&mallory, &bob] {
        device.send("C2Calice", "hello").await;
        alice.messages(1).await;
    }
    alice.send("C2Cmallory", "please stop").await;
    mallory.messages(1).await;
    alice.tim.add_to_blacklist(&[id("mallory")]).await.unwrap();
    is_called(&mallory, "Alice stinks").await;
    is_called(&alice, "Alice").await;
    is_called(&bob, "Bobby").await;
    let told = |event: &Event| match event {
        Event::ProfileUpdated(profiles) => {
            profiles.iter().find(|it| it.user_id != id("alice")).map(|it| it.user_id.clone())
        }
        _ => None,
    };
    assert_eq!(alice.expect("a profile of others", told).await, id("bob"), "the first that she hears of");
    hears(&bob, "Alice").await;
    // Mallory hears of bob, who says so after alice did.
    bob.send("C2Cmallory", "let her be").await;
    mallory.messages(1).await;
    is_called(&bob, "Rob").await;
    let other = |event: &Event| match event {
        Event::ProfileUpdated(profiles) => {
            profiles.iter().find(|it| it.user_id != id("mallory")).map(|it| it.user_id.clone())
        }
        _ => None,
    };
    assert_eq!(mallory.expect("a profile of others", other).await, id("bob"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_without_a_connection_knows_whom_it_asked_for_and_its_friends() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "laptop").await;
    is_called(&bob, "Bob").await;
    is_called(&carol, "Carol").await;
    is_called(&alice, "Alice").await;
    befriends(&alice, "bob").await;
    assert_eq!(nick_of(&alice, "carol").await.as_deref(), Some("Carol"));
    let alice = alice.restart().await;
    alice.login(&world).await;
    world.kill_server().await;
    let broken = |event: &Event| (*event == Event::NetStateChange(NetState::Disconnected)).then_some(());
    alice.expect("the connection breaks", broken).await;
    assert_eq!(nick_of(&alice, "carol").await.as_deref(), Some("Carol"));
    assert_eq!(nick_of(&alice, "bob").await.as_deref(), Some("Bob"));
    let users = [id("alice"), id("nobody"), id("bob")];
    let known = alice.tim.get_user_profile(&users).await.unwrap();
    assert_eq!(known.iter().map(|it| it.user_id.as_str()).collect::<Vec<_>>(), ["alice", "bob"]);
}
