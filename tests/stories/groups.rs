//! Groups: create, join, send, quit and dismiss, with the tips and notices that report it.

use tim::event::Event;
use tim::message::{Body, GroupTipType, Message, NoticeType, Payload};
use tim::protocol::fields::Fields;
use tim::protocol::group::{GroupChanges, GroupType, InviteOption, JoinOption, JoinStatus, NewGroup, Role};
use tim::{Code, GroupId, UserId};

use crate::world::{Device, World, received, text_of};

pub fn new_group(name: &str, group_type: GroupType, members: &[&str]) -> NewGroup {
    NewGroup {
        name: name.into(),
        group_type,
        group_id: Some(GroupId::new(name).unwrap()),
        member_list: members.iter().map(|user| UserId::new(user).unwrap()).collect(),
        ..NewGroup::default()
    }
}

pub async fn tip(device: &Device, kind: GroupTipType) -> Message {
    device
        .expect("a group tip", |event| {
            received(event)?.into_iter().find(|message| match &message.payload {
                Payload::Body(Body::GroupTip(tip)) => tip.operation_type == kind,
                _ => false,
            })
        })
        .await
}

pub async fn notice(device: &Device, kind: NoticeType) -> Message {
    device
        .expect("a system notice", |event| {
            received(event)?.into_iter().find(|message| match &message.payload {
                Payload::Body(Body::GroupSystemNotice(notice)) => notice.operation_type == kind,
                _ => false,
            })
        })
        .await
}

pub async fn groups(device: &Device, count: usize) {
    device
        .expect("GROUP_LIST_UPDATED", |event| match event {
            Event::GroupListUpdated(groups) => (groups.len() == count).then_some(()),
            _ => None,
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_work_group_from_its_making_to_its_last_word() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let made = alice.tim.create_group(new_group("tea", GroupType::Work, &["bob", "carol"])).await.unwrap();
    assert_eq!((made.group_id.as_str(), made.member_count), ("tea", 3));
    groups(&bob, 1).await;
    groups(&carol, 1).await;
    assert_eq!(bob.tim.get_group_list().await.unwrap()[0].name, "tea");

    let users = ["carol", "mallory", "alice"].map(|user| UserId::new(user).unwrap());
    let members = bob.tim.get_group_member_profile(&made.group_id, &users).await.unwrap();
    let roles: Vec<_> = members.iter().map(|member| (member.user_id.as_str(), member.role)).collect();
    assert_eq!(roles, [("carol", Role::Member), ("alice", Role::Owner)], "mallory is no member");
    assert!(members.iter().all(|member| member.join_time == made.create_time));

    alice.send("GROUPtea", "hello all").await;
    assert_eq!(bob.next_text().await, "hello all");
    assert_eq!(carol.next_text().await, "hello all");

    bob.tim.quit_group(&made.group_id).await.unwrap();
    groups(&bob, 0).await;
    assert!(
        matches!(tip(&carol, GroupTipType::Quit).await.payload, Payload::Body(Body::GroupTip(tip)) if tip.member_count == 2)
    );
    let refused = bob.tim.send_message(bob.text("GROUPtea", "am I still here?")).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED);
    let refused = bob.tim.get_group_member_profile(&made.group_id, &users).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED, "who is in it is its members' business");
    carol.send("GROUPtea", "bye bob").await;
    assert_eq!(alice.next_text().await, "bye bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_group_asks_its_owner() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let group = alice.tim.create_group(new_group("club", GroupType::Public, &[])).await.unwrap().group_id;
    let (status, _) = bob.tim.join_group(&group, "please").await.unwrap();
    assert_eq!(status, JoinStatus::WaitAdminApproval);
    let asked = notice(&alice, NoticeType::JoinApplication).await;
    assert!(
        matches!(&asked.payload, Payload::Body(Body::GroupSystemNotice(n)) if n.operator_id.as_str() == "bob" && n.handle_message == "please")
    );
    assert_eq!(asked.conversation_id.to_string(), "@TIM#SYSTEM");
    let bob_id = UserId::new("bob").unwrap();
    alice.tim.handle_group_application(&group, &bob_id, true, "welcome").await.unwrap();
    // The list comes first, so that it shows what the notice reports.
    groups(&bob, 1).await;
    notice(&bob, NoticeType::ApplicationAccepted).await;
    tip(&alice, GroupTipType::Join).await;
    let again = alice.tim.handle_group_application(&group, &bob_id, true, "").await.unwrap_err();
    assert_eq!(again.code, Code::APPLICATION_HANDLED);
    bob.send("GROUPclub", "I am in").await;
    assert_eq!(alice.next_text().await, "I am in");
}

#[tokio::test(flavor = "multi_thread")]
async fn letting_somebody_in_is_not_reading_what_was_written() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let made = alice.tim.create_group(new_group("club", GroupType::Public, &["bob"])).await.unwrap();
    groups(&bob, 1).await;
    bob.send("GROUPclub", "who else is coming?").await;
    assert_eq!(alice.next_text().await, "who else is coming?");
    carol.tim.join_group(&made.group_id, "please").await.unwrap();
    alice
        .tim
        .handle_group_application(&made.group_id, &UserId::new("carol").unwrap(), true, "")
        .await
        .unwrap();
    assert_eq!(tip(&alice, GroupTipType::Join).await.from, UserId::system());
    let list = alice.tim.get_conversation_list().await.unwrap();
    let club = list.iter().find(|it| it.conversation_id.to_string() == "GROUPclub").unwrap();
    assert_eq!(club.unread_count, 1, "bob's question; a tip neither reads it nor counts itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meeting_is_open_shows_its_past_and_ends_for_all() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let group = alice.tim.create_group(new_group("talk", GroupType::Meeting, &[])).await.unwrap().group_id;
    alice.send("GROUPtalk", "before bob came").await;
    let (status, joined) = bob.tim.join_group(&group, "").await.unwrap();
    assert_eq!(status, JoinStatus::JoinedSuccess);
    assert_eq!(joined.unwrap().member_count, 2);
    tip(&alice, GroupTipType::Join).await;
    assert_eq!(bob.tim.join_group(&group, "").await.unwrap().0, JoinStatus::AlreadyInGroup);
    let history =
        bob.tim.get_message_list(&"GROUPtalk".parse().unwrap(), None, 15).await.unwrap().message_list;
    assert!(history.iter().any(|message| text_of(message) == Some("before bob came")));
    assert_eq!(alice.tim.quit_group(&group).await.unwrap_err().code, Code::GROUP_OWNER_CANNOT_QUIT);
    alice.tim.dismiss_group(&group).await.unwrap();
    groups(&bob, 0).await;
    notice(&bob, NoticeType::GroupDismissed).await;
    let gone = bob.tim.join_group(&group, "").await.unwrap_err();
    assert_eq!(gone.code, Code::GROUP_NOT_FOUND);
    let unheard = bob.tim.send_message(bob.text("GROUPtalk", "is anybody there?")).await.unwrap_err();
    assert_eq!(unheard.code, Code::GROUP_NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_says_no_with_the_right_number() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.tim.create_group(new_group("tea", GroupType::Work, &[])).await.unwrap();
    let refusals = [
        (
            alice.tim.create_group(new_group("tea", GroupType::Work, &[])).await.unwrap_err(),
            Code::GROUP_ID_IS_YOURS,
        ),
        (
            bob.tim.create_group(new_group("tea", GroupType::Work, &[])).await.unwrap_err(),
            Code::GROUP_ID_IN_USE,
        ),
        (
            bob.tim.create_group(new_group("x", GroupType::Work, &["nobody"])).await.unwrap_err(),
            Code::GROUP_ACCOUNT_NOT_FOUND,
        ),
        (
            bob.tim.join_group(&GroupId::new("tea").unwrap(), "").await.unwrap_err(),
            Code::GROUP_PERMISSION_DENIED,
        ),
        (bob.tim.join_group(&GroupId::new("none").unwrap(), "").await.unwrap_err(), Code::GROUP_NOT_FOUND),
        (bob.tim.quit_group(&GroupId::new("none").unwrap()).await.unwrap_err(), Code::GROUP_NOT_FOUND),
        (bob.tim.send_message(bob.text("GROUPnone", "?")).await.unwrap_err(), Code::GROUP_NOT_FOUND),
        (bob.tim.send_message(bob.text("GROUPtea", "?")).await.unwrap_err(), Code::GROUP_PERMISSION_DENIED),
    ];
    for (why, code) in refusals {
        assert_eq!(why.code, code, "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_misses_more_than_is_told_sees_who_is_left() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, dave) = (world.device("carol", "tablet").await, world.device("dave", "phone").await);
    let members = ["bob", "carol", "dave"];
    let tea = alice.tim.create_group(new_group("tea", GroupType::Work, &members)).await.unwrap().group_id;
    groups(&bob, 1).await;
    groups(&carol, 1).await;
    groups(&dave, 1).await;
    bob.tim.logout().await.unwrap();
    alice.tim.quit_group(&tea).await.unwrap();
    carol.tim.quit_group(&tea).await.unwrap();
    for number in 0..310 {
        dave.send("GROUPtea", &format!("is anybody there? {number}")).await;
    }
    bob.login(&world).await;
    bob.expect("two members and no owner", |event| match event {
        Event::GroupListUpdated(list) => {
            list.iter().any(|group| (group.member_count, &group.owner_id) == (2, &None)).then_some(())
        }
        _ => None,
    })
    .await;
    assert_eq!(bob.tim.get_group_list().await.unwrap()[0].member_count, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_comes_has_nothing_unread_on_any_device_and_is_counted_by_all() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let tablet = world.device("bob", "tablet").await;
    let group =
        NewGroup { join_option: Some(JoinOption::FreeAccess), ..new_group("club", GroupType::Public, &[]) };
    let group = alice.tim.create_group(group).await.unwrap().group_id;
    for number in 1..=50 {
        alice.send("GROUPclub", &format!("word {number}")).await;
    }
    bob.tim.join_group(&group, "").await.unwrap();
    for device in [&bob, &tablet] {
        tip(device, GroupTipType::Join).await;
        let list = device.tim.get_conversation_list().await.unwrap();
        let club = list.iter().find(|it| it.conversation_id.to_string() == "GROUPclub").unwrap();
        assert_eq!(club.unread_count, 0, "on the {}", device.name);
    }
    tip(&alice, GroupTipType::Join).await;
    assert_eq!(alice.tim.get_group_list().await.unwrap()[0].member_count, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_profile_of_a_group_reaches_everybody_in_it() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let club = alice.tim.create_group(new_group("club", GroupType::Public, &["bob", "carol"])).await.unwrap();
    groups(&bob, 1).await;
    groups(&carol, 1).await;
    assert_eq!((club.invites(), club.mute_all_members), (InviteOption::DisableInvite, false));
    let carol = carol.restart().await;

    let fields = |value: &str| Fields([("shelf".to_owned(), value.to_owned())].into());
    let changes = GroupChanges {
        name: Some("Book club".to_owned()),
        notification: Some("Next: Friday".to_owned()),
        group_custom_field: fields("blue"),
        ..GroupChanges::default()
    };
    let refused = bob.tim.update_group_profile(&club.group_id, changes.clone()).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED, "bob is no admin");
    let changed = alice.tim.update_group_profile(&club.group_id, changes.clone()).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.info_sequence), ("Book club", 1));
    let told = tip(&bob, GroupTipType::ProfileUpdated).await;
    let Payload::Body(Body::GroupTip(told)) = told.payload else { panic!("no tip") };
    assert_eq!(
        (told.operator_id.as_str(), told.new_group_profile),
        ("alice", Some(Box::new(changes.clone())))
    );
    let of_bob = bob.tim.get_group_list().await.unwrap().remove(0);
    assert_eq!((of_bob.name.as_str(), &of_bob.group_custom_field), ("Book club", &fields("blue")));

    // The same again is no news; a field goes by an empty value.
    let again = alice.tim.update_group_profile(&club.group_id, changes).await.unwrap();
    assert_eq!(again.info_sequence, 1);
    let without = GroupChanges { group_custom_field: fields(""), ..GroupChanges::default() };
    assert!(
        alice.tim.update_group_profile(&club.group_id, without).await.unwrap().group_custom_field.is_empty()
    );
    tip(&bob, GroupTipType::ProfileUpdated).await;

    // Carol comes back, and is told the tips that she missed.
    carol.login(&world).await;
    carol
        .expect("the new name", |event| match event {
            Event::GroupListUpdated(groups) => groups.iter().any(|it| it.info_sequence == 2).then_some(()),
            _ => None,
        })
        .await;
    assert_eq!(carol.tim.get_group_list().await.unwrap()[0].name, "Book club");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_muted_group_only_the_owner_is_heard() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let club =
        alice.tim.create_group(new_group("club", GroupType::Meeting, &["bob"])).await.unwrap().group_id;
    groups(&bob, 1).await;
    let mute = |on| GroupChanges { mute_all_members: Some(on), ..GroupChanges::default() };
    alice.tim.update_group_profile(&club, mute(true)).await.unwrap();
    tip(&bob, GroupTipType::ProfileUpdated).await;
    let refused = bob.tim.send_message(bob.text("GROUPclub", "hello?")).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_MUTED);
    alice.send("GROUPclub", "silence, please").await;
    assert_eq!(bob.next_text().await, "silence, please");
    alice.tim.update_group_profile(&club, mute(false)).await.unwrap();
    bob.send("GROUPclub", "thank you").await;
    assert_eq!(alice.next_text().await, "thank you");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_what_its_type_permits() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let community = alice
        .tim
        .create_group(NewGroup { group_id: None, ..new_group("town", GroupType::Community, &[]) })
        .await
        .unwrap();
    assert!(community.group_id.as_str().starts_with("@TGS#_"), "{}", community.group_id);
    assert_eq!(community.max_member_count, 100_000);
    let named = alice.tim.create_group(new_group("town", GroupType::Community, &[])).await.unwrap_err();
    assert_eq!(named.code, Code::GROUP_BAD_ID, "the ID of a community begins with @TGS#_");
    let tea = alice.tim.create_group(new_group("tea", GroupType::Work, &[])).await.unwrap().group_id;
    let refused = |changes| alice.tim.update_group_profile(&tea, changes);
    let open = GroupChanges { join_option: Some(JoinOption::FreeAccess), ..GroupChanges::default() };
    assert_eq!(refused(open).await.unwrap_err().code, Code::GROUP_BAD_PARAMETER);
    let muted = GroupChanges { mute_all_members: Some(true), ..GroupChanges::default() };
    assert_eq!(refused(muted).await.unwrap_err().code, Code::GROUP_PERMISSION_DENIED);
    assert_eq!(refused(GroupChanges::default()).await.unwrap_err().code, Code::GROUP_BAD_PARAMETER);
    let nameless = GroupChanges { name: Some(String::new()), ..GroupChanges::default() };
    assert_eq!(refused(nameless).await.unwrap_err().code, Code::GROUP_BAD_PARAMETER);
    let fields = |first: usize| {
        let fields = (first..first + 6).map(|it| (format!("field {it}"), "x".to_owned()));
        GroupChanges { group_custom_field: Fields(fields.collect()), ..GroupChanges::default() }
    };
    refused(fields(0)).await.unwrap();
    assert_eq!(
        refused(fields(6)).await.unwrap_err().code,
        Code::GROUP_BAD_PARAMETER,
        "twelve fields are too many"
    );
    assert_eq!(refused(fields(4)).await.unwrap().group_custom_field.0.len(), 10);
    // Six bytes each as JSON: a tip could not tell it.
    let controls = |key: &str| (key.to_owned(), "\u{1}".repeat(512));
    let long = ["field 0", "field 1", "field 2", "field 3"].map(controls);
    let long = GroupChanges { group_custom_field: Fields(long.into()), ..GroupChanges::default() };
    assert_eq!(refused(long).await.unwrap_err().code, Code::GROUP_BAD_PARAMETER);
}
