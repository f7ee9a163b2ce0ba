//! Guests: somebody without a userSig listens in a live room, and nothing of them is kept.

use std::path::Path;

use tim::event::Event;
use tim::message::{Body, Payload};
use tim::protocol::body::{GroupTip, GroupTipType};
use tim::protocol::group::{Group, GroupType, JoinStatus};
use tim::{Code, ConversationId, GroupId, UserId};

use crate::groups::{new_group, tip};
use crate::live_rooms::{alices_room, hears, stage};
use crate::world::{Device, World, received, run_server};

/// A server that lets guests into its application.
async fn world_with_guests(limits: &str) -> World {
    let world = World::new().await;
    world.configure(&format!("[guests]\napps = [{}]\n{limits}", world.app)).await;
    world
}

/// A device whose user has no userSig.
async fn guest(world: &World, name: &str) -> Device {
    let device = world.device_offline("guest", name);
    come_in(&device).await;
    device
}

async fn come_in(device: &Device) {
    device.tim.login_as_guest().await.unwrap();
    device.expect("SDK_READY", |event| matches!(event, Event::SdkReady).then_some(())).await;
}

async fn enters(device: &Device) -> Group {
    let (status, group) = device.tim.join_group(&stage(), "").await.unwrap();
    assert_eq!(status, JoinStatus::JoinedSuccess);
    group.unwrap()
}

/// Waits for a tip that tells of two viewers.
async fn two_are_there(device: &Device) -> GroupTip {
    device
        .expect("two viewers", |event| {
            received(event)?.into_iter().find_map(|message| match message.payload {
                Payload::Body(Body::GroupTip(tip)) if tip.member_count == 2 => Some(tip),
                _ => None,
            })
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_listens_in_a_live_room_and_does_nothing_else() {
    let world = world_with_guests("").await;
    let alice = world.device("alice", "phone").await;
    alices_room(&alice).await;
    let guest = guest(&world, "browser").await;
    assert_eq!(guest.tim.get_login_user(), Some(UserId::guest()));
    let group = enters(&guest).await;
    assert!(group.self_info.is_none());
    let come = two_are_there(&alice).await;
    assert_eq!(come.operation_type, GroupTipType::Join);
    assert!(!come.user_id_list.contains(&UserId::guest()), "guests are counted, and not named");
    alice.send("GROUPstage", "welcome").await;
    assert_eq!(hears(&guest, "welcome").await.from.as_str(), "alice");

    assert_eq!(guest.tim.get_group_online_member_count(&stage()).await.unwrap(), 2);
    assert_eq!(guest.tim.get_group_profile(&stage()).await.unwrap().name, "stage");
    assert!(guest.tim.get_group_attributes(&stage(), &[]).await.unwrap().group_attributes.is_empty());
    let conversation = ConversationId::Group(stage());
    assert!(guest.tim.get_message_list(&conversation, None, 20).await.unwrap().message_list.is_empty());

    let code = |result: Result<(), tim::error::TimError>| result.unwrap_err().code;
    let tim = &guest.tim;
    for refused in [
        tim.send_message(guest.text("GROUPstage", "hello")).await.map(drop),
        tim.send_message(guest.text("C2Calice", "hello")).await.map(drop),
        tim.get_conversation_list().await.map(drop),
        tim.get_user_profile(&[UserId::new("alice").unwrap()]).await.map(drop),
        tim.create_group(new_group("mine", GroupType::Public, &[])).await.map(drop),
        tim.get_group_member_list(&stage(), None, None, 10).await.map(drop),
    ] {
        assert_eq!(code(refused), Code::LOGIN_NEEDED);
    }
    alice.tim.create_group(new_group("square", GroupType::Public, &[])).await.unwrap();
    let square = GroupId::new("square").unwrap();
    assert_eq!(tim.join_group(&square, "").await.unwrap_err().code, Code::LOGIN_NEEDED);
    assert_eq!(tim.get_group_profile(&square).await.unwrap_err().code, Code::LOGIN_NEEDED);

    tim.quit_group(&stage()).await.unwrap();
    let Payload::Body(Body::GroupTip(gone)) = tip(&alice, GroupTipType::Quit).await.payload else { panic!() };
    assert_eq!(gone.member_count, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_comes_back_after_a_break_and_logs_in_as_somebody_else_without_the_room() {
    let world = world_with_guests("").await;
    let alice = world.device("alice", "phone").await;
    alices_room(&alice).await;
    let guest = guest(&world, "browser").await;
    enters(&guest).await;
    two_are_there(&alice).await;
    world.kill_server().await;
    world.start_server().await;
    // Both enter again.
    two_are_there(&alice).await;
    alice.send("GROUPstage", "where were we?").await;
    hears(&guest, "where were we?").await;

    let refused = guest.tim.login("bob", &world.sig("bob")).await.unwrap_err();
    assert_eq!(refused.code, Code::LOGGED_IN_AS_ANOTHER);
    guest.tim.logout().await.unwrap();
    guest.tim.login("bob", &world.sig("bob")).await.unwrap();
    guest.expect("SDK_READY", |event| matches!(event, Event::SdkReady).then_some(())).await;
    let refused = guest.tim.send_message(guest.text("GROUPstage", "hello")).await.unwrap_err();
    assert_eq!(refused.code, Code::ROOM_NOT_JOINED);
    enters(&guest).await;
    guest.send("GROUPstage", "hello").await;
    hears(&alice, "hello").await;
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path.display().to_string()),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_guest_is_kept_here_or_on_the_server() {
    let world = world_with_guests("").await;
    let alice = world.device("alice", "phone").await;
    alices_room(&alice).await;
    let (app, data) = (world.app.to_string(), world.data().display().to_string());
    let users = || run_server(&["user", "list", "--app", &app, "--data", &data]);
    let before = users();
    let guest = guest(&world, "browser").await;
    enters(&guest).await;
    guest.tim.pause().await.unwrap();
    guest.tim.resume().await.unwrap();
    alice.send("GROUPstage", "still there?").await;
    hears(&guest, "still there?").await;
    let folder = guest.options.data_dir.clone();
    let is_of_the_device = |file: &String| file.ends_with("device");
    assert!(files(&folder).iter().all(is_of_the_device), "{:?}", files(&folder));
    assert_eq!(users(), before);
    guest.tim.logout().await.unwrap();
    assert!(files(&folder).iter().all(is_of_the_device));
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_are_let_in_where_the_operator_says_so_and_so_many() {
    let strict = World::new().await;
    let nobody = strict.device_offline("guest", "browser");
    assert_eq!(nobody.tim.login_as_guest().await.unwrap_err().code, Code::USERSIG_EMPTY);

    let world = world_with_guests("per_address = 1").await;
    let first = guest(&world, "browser").await;
    let second = world
        .device_with("guest", "tablet", |options| options.login_timeout = std::time::Duration::from_secs(1));
    assert_eq!(second.tim.login_as_guest().await.unwrap_err().code, Code::GUESTS_FULL);
    first.tim.logout().await.unwrap();
    come_in(&second).await;
    let name = second.tim.login("@TIM#GUEST", &world.sig("bob")).await.unwrap_err();
    assert_eq!(name.code, Code::USER_ID_INVALID);
}
