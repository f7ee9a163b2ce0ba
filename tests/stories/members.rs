//! The members of groups: who they are, who adds and removes them, and what they may do.

use tim::event::Event;
use tim::message::{Body, GroupTipType, Message, NoticeType, Payload};
use tim::protocol::body::{GroupTip, SystemNotice};
use tim::protocol::call::MemberPage;
use tim::protocol::group::{
    Group, GroupChanges, GroupType, InviteOption, JoinOption, JoinStatus, NewGroup, Role,
};
use tim::{Code, GroupId, UserId};

use crate::groups::{groups, new_group, notice, tip};
use crate::world::{Device, World};

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub fn tip_of(message: Message) -> GroupTip {
    match message.payload {
        Payload::Body(Body::GroupTip(tip)) => tip,
        other => panic!("no tip: {other:?}"),
    }
}

fn notice_of(message: Message) -> SystemNotice {
    match message.payload {
        Payload::Body(Body::GroupSystemNotice(notice)) => notice,
        other => panic!("no notice: {other:?}"),
    }
}

/// Waits until the only group of a device is as it should be.
async fn group_is(device: &Device, should: impl Fn(&Group) -> bool) {
    let is = |groups: &[Group]| groups.first().is_some_and(&should);
    if is(&device.tim.get_group_list().await.unwrap()) {
        return;
    }
    device
        .expect("the group as it should be", |event| match event {
            Event::GroupListUpdated(groups) => is(groups).then_some(()),
            _ => None,
        })
        .await;
}

async fn with_role(device: &Device, role: Role) {
    group_is(device, |group| group.self_info.as_ref().is_some_and(|own| own.role == role)).await;
}

async fn owned_by(device: &Device, owner: &str) {
    group_is(device, |group| group.owner_id == Some(user(owner))).await;
}

async fn own_role(device: &Device) -> Option<Role> {
    device.tim.get_group_list().await.unwrap().remove(0).self_info.map(|own| own.role)
}

fn names(page: &MemberPage) -> Vec<&str> {
    page.member_list.iter().map(|member| member.user_id.as_str()).collect()
}

async fn page(device: &Device, group: &GroupId, role: Option<Role>, next: Option<UserId>) -> MemberPage {
    device.tim.get_group_member_list(group, role, next, 2).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_members_goes_on_where_it_was_whoever_leaves() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, dave) = (world.device("carol", "tablet").await, world.device("dave", "phone").await);
    let club = new_group("club", GroupType::Public, &["bob", "carol", "dave"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;

    let first = page(&alice, &club, None, None).await;
    assert_eq!((names(&first), &first.next), (vec!["alice", "bob"], &Some(user("bob"))));
    assert_eq!(first.member_list.iter().next().unwrap().role, Role::Owner);
    bob.tim.quit_group(&club).await.unwrap();
    let second = page(&carol, &club, None, first.next).await;
    assert_eq!(names(&second), ["carol", "dave"], "neither twice nor left out");
    assert_eq!(page(&dave, &club, None, second.next).await.next, None);

    assert_eq!(names(&page(&alice, &club, Some(Role::Owner), None).await), ["alice"]);
    assert_eq!(names(&page(&alice, &club, Some(Role::Member), None).await), ["carol", "dave"]);
    let refused = bob.tim.get_group_member_list(&club, None, None, 2).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED, "bob left");
    let refused = alice.tim.get_group_member_list(&club, None, None, 101).await.unwrap_err();
    assert_eq!(refused.code, Code::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_adds_others_and_each_learns_how_it_went() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let tea = alice.tim.create_group(new_group("tea", GroupType::Work, &["bob"])).await.unwrap().group_id;
    groups(&bob, 1).await;
    tip(&alice, GroupTipType::Join).await;
    let users = ["alice", "carol", "mallory", "carol"].map(user);
    let added = bob.tim.add_group_member(&tea, &users).await.unwrap();
    assert_eq!((added.success, added.existed), (vec![user("carol")], vec![user("alice")]));
    assert_eq!(added.failure, [user("mallory")]);
    groups(&carol, 1).await;
    let told = notice_of(notice(&carol, NoticeType::Invited).await);
    assert_eq!(told.operator_id.as_str(), "bob");
    let joined = tip_of(tip(&alice, GroupTipType::Join).await);
    assert_eq!((joined.user_id_list, joined.member_count), (vec![user("carol")], 3));
    carol.send("GROUPtea", "thanks, bob").await;
    assert_eq!(bob.next_text().await, "thanks, bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_waits_for_the_owner_if_the_group_says_so() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let dave = world.device("dave", "phone").await;
    let club = new_group("club", GroupType::Public, &["bob"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    groups(&bob, 1).await;
    let refused = alice.tim.add_group_member(&club, &[user("carol")]).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED, "nobody is invited here");
    let option = Some(InviteOption::NeedPermission);
    let changes = GroupChanges { invite_option: option, ..GroupChanges::default() };
    alice.tim.update_group_profile(&club, changes).await.unwrap();

    let users = ["carol", "dave"].map(user);
    let added = bob.tim.add_group_member(&club, &users).await.unwrap();
    assert_eq!((added.success.len(), added.pending), (0, users.to_vec()));
    let asked = notice_of(notice(&alice, NoticeType::JoinApplication).await);
    assert_eq!((asked.operator_id.as_str(), asked.user_id_list), ("bob", users.to_vec()));
    alice.tim.handle_group_application(&club, &user("carol"), true, "").await.unwrap();
    groups(&carol, 1).await;
    assert_eq!(notice_of(notice(&carol, NoticeType::Invited).await).operator_id.as_str(), "alice");
    let answer = notice_of(notice(&bob, NoticeType::ApplicationAccepted).await);
    assert_eq!(answer.user_id_list, [user("carol")], "bob asked, and is answered");
    alice.tim.handle_group_application(&club, &user("dave"), false, "not yet").await.unwrap();
    let answer = notice_of(notice(&bob, NoticeType::ApplicationRefused).await);
    assert_eq!((answer.user_id_list, answer.handle_message.as_str()), (vec![user("dave")], "not yet"));
    // Dave asks himself, after he was invited once more: it is his own wish that is told and answered.
    assert_eq!(bob.tim.add_group_member(&club, &[user("dave")]).await.unwrap().pending, [user("dave")]);
    notice(&alice, NoticeType::JoinApplication).await;
    dave.tim.join_group(&club, "it is me").await.unwrap();
    let asked = notice_of(notice(&alice, NoticeType::JoinApplication).await);
    assert_eq!((asked.operator_id.as_str(), asked.handle_message.as_str()), ("dave", "it is me"));
    alice.tim.handle_group_application(&club, &user("dave"), false, "no").await.unwrap();
    assert_eq!(notice_of(notice(&dave, NoticeType::ApplicationRefused).await).handle_message, "no");
    // The owner is not asked by herself.
    assert_eq!(alice.tim.add_group_member(&club, &[user("dave")]).await.unwrap().success, [user("dave")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_is_out_on_all_devices_and_may_not_come_back_yet() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, tablet) = (world.device("carol", "phone").await, world.device("bob", "tablet").await);
    let club = NewGroup {
        join_option: Some(JoinOption::FreeAccess),
        invite_option: Some(InviteOption::FreeAccess),
        ..new_group("club", GroupType::Public, &["bob", "carol"])
    };
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    for device in [&bob, &tablet, &carol] {
        groups(device, 1).await;
    }
    let tablet = tablet.restart().await;
    let refused = bob.tim.delete_group_member(&club, &[user("carol")], "", 0).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED, "bob is no admin");
    let refused =
        alice.tim.delete_group_member(&club, &[user("bob"), user("alice")], "", 0).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED, "nobody removes an equal");
    assert_eq!(bob.tim.get_group_list().await.unwrap().len(), 1, "and then nobody is removed");

    alice.tim.delete_group_member(&club, &[user("bob"), user("mallory")], "shouts", 3_600).await.unwrap();
    let told = tip_of(tip(&carol, GroupTipType::Removed).await);
    assert_eq!(
        (told.user_id_list, told.reason.as_str(), told.member_count),
        (vec![user("bob")], "shouts", 2)
    );
    groups(&bob, 0).await;
    assert_eq!(notice_of(notice(&bob, NoticeType::Removed).await).handle_message, "shouts");
    tablet.login(&world).await;
    groups(&tablet, 0).await;
    let unheard = bob.tim.send_message(bob.text("GROUPclub", "hello?")).await.unwrap_err();
    assert_eq!(unheard.code, Code::GROUP_PERMISSION_DENIED);
    assert_eq!(bob.tim.join_group(&club, "").await.unwrap_err().code, Code::GROUP_BANNED);
    assert_eq!(carol.tim.add_group_member(&club, &[user("bob")]).await.unwrap().failure, [user("bob")]);
    // The owner thinks better of it.
    assert_eq!(alice.tim.add_group_member(&club, &[user("bob")]).await.unwrap().success, [user("bob")]);
    groups(&bob, 1).await;

    alice.tim.delete_group_member(&club, &[user("carol")], "", 0).await.unwrap();
    groups(&carol, 0).await;
    assert_eq!(carol.tim.join_group(&club, "").await.unwrap().0, JoinStatus::JoinedSuccess);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_known_to_who_has_them_also_after_days() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, tablet) = (world.device("carol", "phone").await, world.device("bob", "tablet").await);
    let club = new_group("club", GroupType::Public, &["bob", "carol"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    for device in [&bob, &tablet, &carol] {
        groups(device, 1).await;
    }
    let tablet = tablet.restart().await;
    let bob_id = user("bob");
    let set = |role| alice.tim.set_group_member_role(&club, &bob_id, role);
    assert_eq!(set(Role::Admin).await.unwrap().role, Role::Admin);
    assert_eq!(tip_of(tip(&carol, GroupTipType::AdminsAdded).await).user_id_list, [user("bob")]);
    notice(&bob, NoticeType::AdminAdded).await;
    assert_eq!(own_role(&bob).await, Some(Role::Admin));
    tablet.login(&world).await;
    with_role(&tablet, Role::Admin).await;
    bob.tim.delete_group_member(&club, &[user("carol")], "", 0).await.unwrap();
    groups(&carol, 0).await;

    set(Role::Member).await.unwrap();
    notice(&bob, NoticeType::AdminRemoved).await;
    assert_eq!(own_role(&bob).await, Some(Role::Member));
    for (refused, code) in [
        (set(Role::Owner).await, Code::GROUP_ROLE_INVALID),
        (alice.tim.set_group_member_role(&club, &user("alice"), Role::Admin).await, Code::GROUP_ROLE_OF_SELF),
        (alice.tim.set_group_member_role(&club, &user("carol"), Role::Admin).await, Code::GROUP_NOT_A_MEMBER),
        (
            bob.tim.set_group_member_role(&club, &user("alice"), Role::Admin).await,
            Code::GROUP_PERMISSION_DENIED,
        ),
    ] {
        assert_eq!(refused.unwrap_err().code, code);
    }
    let tea = alice.tim.create_group(new_group("tea", GroupType::Work, &["bob"])).await.unwrap().group_id;
    let refused = alice.tim.set_group_member_role(&tea, &user("bob"), Role::Admin).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_TYPE_WITHOUT_ROLES);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_knows_the_new_owner() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, dave) = (world.device("carol", "phone").await, world.device("dave", "tablet").await);
    let club = new_group("club", GroupType::Public, &["bob", "carol", "dave"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    for device in [&bob, &carol, &dave] {
        groups(device, 1).await;
    }
    let dave = dave.restart().await;
    let refused = alice.tim.change_group_owner(&club, &user("alice")).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_OWNER_ALREADY);
    let changed = alice.tim.change_group_owner(&club, &user("bob")).await.unwrap();
    assert_eq!((changed.owner_id, changed.self_info.unwrap().role), (Some(user("bob")), Role::Member));
    let told = tip_of(tip(&carol, GroupTipType::ProfileUpdated).await);
    assert_eq!(told.owner_id, Some(user("bob")));
    with_role(&bob, Role::Owner).await;
    dave.login(&world).await;
    owned_by(&dave, "bob").await;
    for device in [&alice, &bob, &carol, &dave] {
        assert_eq!(device.tim.get_group_list().await.unwrap()[0].owner_id, Some(user("bob")));
    }
    assert_eq!(own_role(&alice).await, Some(Role::Member));
    alice.tim.quit_group(&club).await.unwrap();
    bob.tim.dismiss_group(&club).await.unwrap();
}
