//! Friends, applications to become one and friend groups, on every device of those whom they concern.

use tim::event::Event;
use tim::friend::{Friend, FriendApplications, FriendGroup};
use tim::protocol::call::AddFriendRequest;
use tim::protocol::friend::{AddType, ApplicationType, CheckType, DeleteType, Relation, ResponseAction};
use tim::protocol::profile::{AllowType, ProfileFields};
use tim::{Code, UserId};

use crate::world::{Device, World};

fn id(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn asks(name: &str) -> AddFriendRequest {
    AddFriendRequest {
        user_id: id(name),
        source: "AddSource_Type_Web".into(),
        wording: "we met on the mountain".into(),
        add_type: AddType::Both,
        remark: String::new(),
        group_name: None,
    }
}

async fn lets(device: &Device, allow_type: AllowType) {
    let fields = ProfileFields { allow_type: Some(allow_type), ..ProfileFields::default() };
    device.tim.update_my_profile(fields).await.unwrap();
}

fn names(friends: &[Friend]) -> Vec<&str> {
    friends.iter().map(|friend| friend.user_id.as_str()).collect()
}

async fn friends_of(device: &Device) -> Vec<String> {
    names(&device.tim.get_friend_list().await.unwrap()).into_iter().map(ToOwned::to_owned).collect()
}

/// Waits until this device was told of these friends.
async fn has_friends(device: &Device, expected: &[&str]) {
    let told = |event: &Event| match event {
        Event::FriendListUpdated(friends) => (names(friends) == expected).then_some(()),
        _ => None,
    };
    device.expect("FRIEND_LIST_UPDATED", told).await;
    assert_eq!(friends_of(device).await, expected);
}

/// Waits until this device was told of so many applications, so many of them unread.
async fn has_applications(device: &Device, count: usize, unread: u32) -> FriendApplications {
    let told = |event: &Event| match event {
        Event::FriendApplicationListUpdated(it) => {
            (it.friend_application_list.len() == count && it.unread_count == unread).then_some(())
        }
        _ => None,
    };
    device.expect("FRIEND_APPLICATION_LIST_UPDATED", told).await;
    device.tim.get_friend_application_list().await.unwrap()
}

async fn refused(device: &Device, asks: AddFriendRequest) -> Code {
    device.tim.add_friend(asks).await.unwrap_err().code
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lets_everybody_is_a_friend_at_once_on_all_devices_also_offline() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    let bob = world.device("bob", "laptop").await;
    let added =
        phone.tim.add_friend(AddFriendRequest { remark: "Bobby".into(), ..asks("bob") }).await.unwrap();
    assert_eq!((added.user_id, added.code), (id("bob"), None));
    assert_eq!(friends_of(&phone).await, ["bob"], "the reply tells the device that asked");
    has_friends(&laptop, &["bob"]).await;
    has_friends(&bob, &["alice"]).await;
    let friend = laptop.tim.get_friend_profile(&[id("bob"), id("carol")]).await.unwrap().pop().unwrap();
    assert_eq!((friend.remark.as_str(), friend.source.as_str()), ("Bobby", "AddSource_Type_Web"));
    assert_eq!(friend.wording, "we met on the mountain");
    assert_eq!(bob.tim.get_friend_list().await.unwrap()[0].remark, "", "what alice calls bob is hers");

    let field = serde_json::from_str(r#"[{"key":"Tag_SNS_Custom_Team","value":"red"}]"#).unwrap();
    let friend = phone.tim.update_friend(id("bob"), Some("B.".into()), field).await.unwrap();
    assert_eq!((friend.remark.as_str(), friend.friend_custom_field.0.len()), ("B.", 1));
    let other = laptop.expect("FRIEND_LIST_UPDATED", |event| match event {
        Event::FriendListUpdated(friends) => friends.first().filter(|it| it.remark == "B.").cloned(),
        _ => None,
    });
    assert_eq!(other.await, friend);
    world.kill_server().await;
    assert_eq!(friends_of(&laptop).await, ["bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_list_or_both_are_changed_and_a_check_tells_which_has_whom() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let relation = async |device: &Device, name: &str, of: CheckType| {
        let checked = device.tim.check_friend(&[id(name)], of).await.unwrap().remove(0);
        (checked.relation, checked.code)
    };
    assert_eq!(relation(&alice, "bob", CheckType::Both).await, (Relation::NoRelation, None));
    let single = AddFriendRequest { add_type: AddType::Single, ..asks("bob") };
    alice.tim.add_friend(single.clone()).await.unwrap();
    assert_eq!(relation(&alice, "bob", CheckType::Both).await, (Relation::AWithB, None));
    assert_eq!(relation(&bob, "alice", CheckType::Both).await, (Relation::BWithA, None));
    assert_eq!(relation(&bob, "alice", CheckType::Single).await, (Relation::NoRelation, None));
    assert_eq!(friends_of(&bob).await, Vec::<String>::new());
    assert_eq!(refused(&alice, single).await, Code::ALREADY_FRIENDS);
    alice.tim.add_friend(asks("bob")).await.unwrap();
    has_friends(&bob, &["alice"]).await;
    assert_eq!(relation(&alice, "bob", CheckType::Both).await, (Relation::BothWay, None));
    assert_eq!(refused(&alice, asks("bob")).await, Code::ALREADY_FRIENDS);

    let deleted = bob.tim.delete_friend(&[id("alice"), id("carol")], DeleteType::Single).await.unwrap();
    assert_eq!(deleted.iter().map(|it| it.code).collect::<Vec<_>>(), [None, Some(Code::NOT_FRIENDS)]);
    assert_eq!(friends_of(&bob).await, Vec::<String>::new());
    assert_eq!(relation(&alice, "bob", CheckType::Both).await, (Relation::AWithB, None));
    bob.tim.delete_friend(&[id("alice")], DeleteType::Both).await.unwrap();
    has_friends(&alice, &[]).await;
    let nobody = relation(&alice, "nobody", CheckType::Both).await;
    assert_eq!(nobody, (Relation::NoRelation, Some(Code::FRIEND_ACCOUNT_NOT_FOUND)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_be_added_is_refused_by_a_number() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    assert_eq!(refused(&alice, asks("alice")).await, Code::FRIEND_BAD_PARAMETER);
    assert_eq!(refused(&alice, asks("nobody")).await, Code::FRIEND_ACCOUNT_NOT_FOUND);
    for wrong in [
        AddFriendRequest { source: "Web".into(), ..asks("bob") },
        AddFriendRequest { wording: "x".repeat(257), ..asks("bob") },
        AddFriendRequest { remark: "x".repeat(97), ..asks("bob") },
    ] {
        assert_eq!(refused(&alice, wrong).await, Code::FRIEND_BAD_PARAMETER);
    }
    let unknown = AddFriendRequest { group_name: Some("Work".into()), ..asks("bob") };
    assert_eq!(refused(&alice, unknown).await, Code::FRIEND_GROUP_NOT_FOUND);
    bob.tim.add_to_blacklist(&[id("alice")]).await.unwrap();
    assert_eq!(refused(&alice, asks("bob")).await, Code::FRIEND_BLACKLISTED_ME);
    assert_eq!(refused(&bob, asks("alice")).await, Code::FRIEND_BLACKLISTED_BY_ME);
    bob.tim.remove_from_blacklist(&[id("alice")]).await.unwrap();
    lets(&bob, AllowType::DenyAny).await;
    assert_eq!(refused(&alice, asks("bob")).await, Code::FRIEND_DENIED);
    let missing = bob.tim.update_friend(id("alice"), Some("A".into()), <_>::default()).await.unwrap_err();
    assert_eq!(missing.code, Code::NOT_FRIENDS);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_waits_on_all_devices_and_two_devices_accept_it_once() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (phone, laptop) = (world.device("bob", "phone").await, world.device("bob", "laptop").await);
    lets(&phone, AllowType::NeedConfirm).await;
    // The laptop is away for days.
    let laptop = laptop.restart().await;
    let added =
        alice.tim.add_friend(AddFriendRequest { remark: "Bobby".into(), ..asks("bob") }).await.unwrap();
    assert_eq!(added.code, Some(Code::FRIEND_WAITS));
    let sent = alice.tim.get_friend_application_list().await.unwrap();
    assert_eq!(
        (sent.friend_application_list[0].application_type, sent.unread_count),
        (ApplicationType::SendOut, 0)
    );
    let received = has_applications(&phone, 1, 1).await.friend_application_list.remove(0);
    assert_eq!((received.user_id, received.application_type), (id("alice"), ApplicationType::ComeIn));
    assert_eq!(received.wording, "we met on the mountain");
    laptop.tim.login("bob", &world.sig("bob")).await.unwrap();
    has_applications(&laptop, 1, 1).await;
    phone.tim.set_friend_application_read().await.unwrap();
    has_applications(&laptop, 1, 0).await;

    let accept =
        async |device: &Device, action| device.tim.accept_friend_application(id("alice"), action, "Al").await;
    let (one, other) = tokio::join!(
        accept(&phone, ResponseAction::AgreeAndAdd),
        accept(&laptop, ResponseAction::AgreeAndAdd)
    );
    assert_eq!((one, other), (Ok(()), Ok(())), "both have the same result");
    has_friends(&alice, &["bob"]).await;
    assert_eq!(alice.tim.get_friend_list().await.unwrap()[0].remark, "Bobby");
    for device in [&phone, &laptop] {
        assert_eq!(friends_of(device).await, ["alice"]);
        assert_eq!(device.tim.get_friend_list().await.unwrap()[0].remark, "Al");
        assert_eq!(device.tim.get_friend_application_list().await.unwrap(), FriendApplications::default());
    }
    let late = laptop.tim.refuse_friend_application(id("alice")).await.unwrap_err();
    assert_eq!(late.code, Code::FRIEND_APPLICATION_NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_agreed_to_refused_deleted_or_answered_by_another() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    lets(&bob, AllowType::NeedConfirm).await;
    lets(&alice, AllowType::NeedConfirm).await;
    let nobody: Vec<String> = Vec::new();

    alice.tim.add_friend(asks("bob")).await.unwrap();
    has_applications(&bob, 1, 1).await;
    bob.tim.refuse_friend_application(id("alice")).await.unwrap();
    has_applications(&alice, 0, 0).await;
    assert_eq!((friends_of(&alice).await, friends_of(&bob).await), (nobody.clone(), nobody.clone()));

    alice.tim.add_friend(asks("bob")).await.unwrap();
    has_applications(&bob, 1, 1).await;
    alice.tim.delete_friend_application(id("bob"), ApplicationType::SendOut).await.unwrap();
    assert_eq!(alice.tim.get_friend_application_list().await.unwrap(), FriendApplications::default());
    bob.tim.accept_friend_application(id("alice"), ResponseAction::Agree, "").await.unwrap();
    has_friends(&alice, &["bob"]).await;
    assert_eq!(friends_of(&bob).await, nobody, "agreed to, and not added");
    alice.tim.delete_friend(&[id("bob")], DeleteType::Both).await.unwrap();

    // Between two of whom one wants to hear nothing of the other nobody becomes a friend.
    alice.tim.add_friend(asks("bob")).await.unwrap();
    has_applications(&bob, 1, 1).await;
    alice.tim.add_to_blacklist(&[id("bob")]).await.unwrap();
    let refused = bob.tim.accept_friend_application(id("alice"), ResponseAction::AgreeAndAdd, "").await;
    assert_eq!(refused.unwrap_err().code, Code::FRIEND_BLACKLISTED_ME);
    alice.tim.remove_from_blacklist(&[id("bob")]).await.unwrap();
    bob.tim.refuse_friend_application(id("alice")).await.unwrap();
    has_applications(&alice, 0, 0).await;

    // Each applies to the other: both want it, each with the remark they asked for.
    alice.tim.add_friend(AddFriendRequest { remark: "Bobby".to_owned(), ..asks("bob") }).await.unwrap();
    has_applications(&bob, 1, 1).await;
    assert_eq!(bob.tim.add_friend(asks("alice")).await.unwrap().code, None);
    has_friends(&alice, &["bob"]).await;
    assert_eq!(alice.tim.get_friend_list().await.unwrap()[0].remark, "Bobby");
    assert_eq!(friends_of(&bob).await, ["alice"]);
    has_applications(&alice, 0, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn friend_groups_are_filled_renamed_and_deleted_on_all_devices() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    let [_bob, _carol] = [world.device("bob", "phone").await, world.device("carol", "phone").await];
    let told = async |expected: &[(&str, &[&str])]| {
        let expected: Vec<FriendGroup> = expected
            .iter()
            .map(|(name, users)| FriendGroup {
                name: (*name).to_owned(),
                user_id_list: users.iter().map(|user| id(user)).collect(),
            })
            .collect();
        let is_it = |event: &Event| match event {
            Event::FriendGroupListUpdated(groups) => (*groups == expected).then_some(()),
            _ => None,
        };
        laptop.expect("FRIEND_GROUP_LIST_UPDATED", is_it).await;
        assert_eq!(phone.tim.get_friend_group_list().await.unwrap(), expected);
    };
    phone.tim.add_friend(asks("bob")).await.unwrap();
    let made = phone.tim.create_friend_group("Work", &[id("bob"), id("carol")]).await.unwrap();
    assert_eq!(made.iter().map(|it| it.code).collect::<Vec<_>>(), [None, Some(Code::NOT_FRIENDS)]);
    told(&[("Work", &["bob"])]).await;
    phone
        .tim
        .add_friend(AddFriendRequest { group_name: Some("Work".into()), ..asks("carol") })
        .await
        .unwrap();
    told(&[("Work", &["bob", "carol"])]).await;
    assert_eq!(phone.tim.create_friend_group("Work", &[]).await.unwrap_err().code, Code::FRIEND_GROUP_EXISTS);
    let long = phone.tim.create_friend_group(&"x".repeat(31), &[]).await.unwrap_err();
    assert_eq!(long.code, Code::FRIEND_BAD_PARAMETER);
    phone.tim.rename_friend_group("Work", "Office").await.unwrap();
    told(&[("Office", &["bob", "carol"])]).await;
    assert_eq!(phone.tim.get_friend_list().await.unwrap()[0].group_list, ["Office"]);
    phone.tim.remove_from_friend_group("Office", &[id("bob")]).await.unwrap();
    told(&[("Office", &["carol"])]).await;
    phone.tim.add_to_friend_group("Office", &[id("bob")]).await.unwrap();
    told(&[("Office", &["bob", "carol"])]).await;
    let missing = phone.tim.add_to_friend_group("Work", &[id("bob")]).await.unwrap_err();
    assert_eq!(missing.code, Code::FRIEND_GROUP_NOT_FOUND);
    phone.tim.delete_friend_group("Office").await.unwrap();
    told(&[]).await;
    assert_eq!(phone.tim.get_friend_list().await.unwrap()[0].group_list, Vec::<String>::new());
    assert_eq!(friends_of(&laptop).await, ["bob", "carol"], "the friends stay");
}
