//! Live rooms: who is there hears what is said, and nothing of it is kept.

use tim::event::Event;
use tim::message::{Body, Message, Payload, Priority};
use tim::protocol::body::{GroupTipType, NoticeType};
use tim::protocol::group::{GroupChanges, GroupType, JoinStatus, Role};
use tim::{Code, ConversationId, GroupId, UserId};

use crate::groups::{new_group, tip};
use crate::world::{Device, World, received, text_of};

pub fn stage() -> GroupId {
    GroupId::new("stage").unwrap()
}

/// Alice's room, with alice in it.
pub async fn alices_room(alice: &Device) {
    let made = alice.tim.create_group(new_group("stage", GroupType::AvChatRoom, &[])).await.unwrap();
    assert_eq!((made.group_type, made.max_member_count), (GroupType::AvChatRoom, 0));
    assert_eq!(made.self_info.unwrap().role, Role::Owner);
    enter(alice).await;
}

async fn enter(device: &Device) {
    let (status, group) = device.tim.join_group(&stage(), "").await.unwrap();
    assert_eq!((status, group.unwrap().group_id), (JoinStatus::JoinedSuccess, stage()));
}

/// What is said with this text, whatever else is heard before it.
pub async fn hears(device: &Device, words: &str) -> Message {
    device.expect(words, |event| received(event)?.into_iter().find(|it| text_of(it) == Some(words))).await
}

async fn refused(device: &Device, words: &str) -> Code {
    device.tim.send_message(device.text("GROUPstage", words)).await.unwrap_err().code
}

async fn is_told(device: &Device, what: NoticeType) {
    device
        .expect("a notice", |event| {
            received(event)?.into_iter().find(|message| match &message.payload {
                Payload::Body(Body::GroupSystemNotice(notice)) => notice.operation_type == what,
                _ => false,
            })
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_hear_what_is_said_and_nothing_keeps_it() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (bob, tablet) = (world.device("bob", "laptop").await, world.device("bob", "tablet").await);
    alices_room(&alice).await;
    enter(&bob).await;
    let Payload::Body(Body::GroupTip(joined)) = tip(&alice, GroupTipType::Join).await.payload else {
        panic!()
    };
    assert_eq!(joined.member_count, 2, "{joined:?}");
    let sent = bob.send("GROUPstage", "hello").await;
    assert!(sent.is_online_only && sent.sequence == 0);
    let heard = hears(&alice, "hello").await;
    assert_eq!((heard.id, heard.from.as_str()), (sent.id, "bob"));
    alice.send("GROUPstage", "welcome").await;
    hears(&bob, "welcome").await;

    let conversation = ConversationId::Group(stage());
    for device in [&alice, &bob] {
        let page = device.tim.get_message_list(&conversation, None, 20).await.unwrap();
        assert!(page.message_list.is_empty() && page.is_completed);
        assert!(device.tim.get_group_list().await.unwrap().is_empty());
        let listed = device.tim.get_conversation_list().await.unwrap();
        assert!(listed.iter().all(|it| it.conversation_id != conversation));
    }
    // Bob's tablet is not in the room, and bob himself is not told what he said.
    alice.send("C2Cbob", "after the show").await;
    for device in [&bob, &tablet] {
        let heard = device.expect("a text", |event| {
            received(event)?.into_iter().find_map(|it| text_of(&it).map(ToOwned::to_owned))
        });
        assert_eq!(heard.await, "after the show");
    }
    assert_eq!(refused_on(&tablet).await, Code::ROOM_NOT_JOINED);
}

async fn refused_on(device: &Device) -> Code {
    refused(device, "from outside").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_leaves_by_leaving_by_entering_another_room_and_by_going_away() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (bob, carol) = (world.device("bob", "laptop").await, world.device("carol", "phone").await);
    let dave = world.device("dave", "phone").await;
    alices_room(&alice).await;
    for device in [&bob, &carol, &dave] {
        enter(device).await;
    }
    dave.tim.create_group(new_group("cellar", GroupType::AvChatRoom, &[])).await.unwrap();
    bob.tim.quit_group(&stage()).await.unwrap();
    carol.tim.join_group(&GroupId::new("cellar").unwrap(), "").await.unwrap();
    dave.tim.destroy().await.unwrap();
    alice
        .expect("alice is alone", |event| {
            received(event)?.into_iter().find(|message| match &message.payload {
                Payload::Body(Body::GroupTip(tip)) => tip.member_count == 1,
                _ => false,
            })
        })
        .await;
    for device in [&bob, &carol] {
        assert_eq!(refused(device, "from outside").await, Code::ROOM_NOT_JOINED);
    }
    assert_eq!(alice.tim.quit_group(&stage()).await.unwrap_err().code, Code::GROUP_OWNER_CANNOT_QUIT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_enters_again_after_the_server_was_away_and_not_after_a_restart() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alices_room(&alice).await;
    enter(&bob).await;
    world.kill_server().await;
    world.start_server().await;
    for device in [&alice, &bob] {
        tip(device, GroupTipType::Join).await;
    }
    // Bob is in when a message of his is taken.
    bob.send("GROUPstage", "still here").await;
    hears(&alice, "still here").await;
    let bob = bob.restart().await;
    bob.login(&world).await;
    assert_eq!(refused(&bob, "too early").await, Code::ROOM_NOT_JOINED);
    enter(&bob).await;
    bob.send("GROUPstage", "back").await;
    hears(&alice, "back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_changes_mutes_and_ends_the_room_and_keeps_people_out() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "phone").await;
    alices_room(&alice).await;
    enter(&bob).await;
    enter(&carol).await;
    let muted = GroupChanges { mute_all_members: Some(true), ..GroupChanges::default() };
    assert_eq!(
        bob.tim.update_group_profile(&stage(), muted.clone()).await.unwrap_err().code,
        Code::GROUP_PERMISSION_DENIED
    );
    alice.tim.update_group_profile(&stage(), muted).await.unwrap();
    tip(&bob, GroupTipType::ProfileUpdated).await;
    assert_eq!(refused(&bob, "may I?").await, Code::GROUP_MUTED);
    alice.send("GROUPstage", "a word of mine").await;
    hears(&bob, "a word of mine").await;
    let unmuted = GroupChanges { mute_all_members: Some(false), ..GroupChanges::default() };
    alice.tim.update_group_profile(&stage(), unmuted).await.unwrap();

    let bobs = [UserId::new("bob").unwrap()];
    let out = alice.tim.delete_group_member(&stage(), &bobs, "loud", 0).await.unwrap_err();
    assert_eq!(out.code, Code::ROOM_BAN_MISSING);
    let card = alice.tim.set_group_member_name_card(&stage(), "the host", None).await;
    assert_eq!(card.unwrap_err().code, Code::GROUP_BAD_PARAMETER, "there is no list that shows it");
    alice.tim.delete_group_member(&stage(), &bobs, "loud", 3_600).await.unwrap();
    is_told(&bob, NoticeType::Removed).await;
    assert_eq!(refused(&bob, "why?").await, Code::ROOM_NOT_JOINED);
    assert_eq!(bob.tim.join_group(&stage(), "").await.unwrap_err().code, Code::GROUP_BANNED);
    carol.send("GROUPstage", "calm again").await;
    hears(&alice, "calm again").await;

    assert_eq!(carol.tim.dismiss_group(&stage()).await.unwrap_err().code, Code::GROUP_PERMISSION_DENIED);
    alice.tim.dismiss_group(&stage()).await.unwrap();
    is_told(&carol, NoticeType::GroupDismissed).await;
    assert_eq!(refused(&carol, "is anybody here?").await, Code::GROUP_NOT_FOUND);
    assert_eq!(carol.tim.join_group(&stage(), "").await.unwrap_err().code, Code::GROUP_NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_room_passes_on_is_refused_lowest_priority_first() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, dave) = (world.device("carol", "phone").await, world.device("dave", "phone").await);
    let erin = world.device("erin", "phone").await;
    alices_room(&alice).await;
    let lowest = [&bob, &carol].map(|speaker| (speaker, Priority::Lowest));
    let high = [&dave, &erin].map(|speaker| (speaker, Priority::High));
    let mut sends = Vec::new();
    for (speaker, priority) in lowest.into_iter().chain(high) {
        enter(speaker).await;
        for number in 0..10 {
            let message = Message { priority, ..speaker.text("GROUPstage", &format!("{number}")) };
            let tim = speaker.tim.clone();
            sends.push(async move { (priority, tim.send_message(message).await) });
        }
    }
    let mut passed = Vec::new();
    let mut refused = [0, 0];
    for (priority, result) in futures_util::future::join_all(sends).await {
        match result {
            Ok(message) => passed.push((priority, message.id)),
            Err(why) => {
                assert_eq!(why.code, Code::ROOM_BUSY);
                refused[usize::from(priority == Priority::High)] += 1;
            }
        }
    }
    assert!(refused[0] > refused[1], "{refused:?}");
    let mut heard = Vec::new();
    while heard.len() < passed.len() {
        let said = alice
            .expect("what passed", |event| match event {
                Event::MessageReceived(messages) => Some(messages.clone()),
                _ => None,
            })
            .await;
        heard.extend(said.into_iter().filter(|it| text_of(it).is_some()).map(|it| (it.priority, it.id)));
    }
    heard.sort_by_key(|(_, id)| *id);
    passed.sort_by_key(|(_, id)| *id);
    assert_eq!(heard, passed);
}
