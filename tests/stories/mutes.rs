//! What a group has about a member: until when the member is muted, a name card, the app's fields.

use tim::event::Event;
use tim::message::GroupTipType;
use tim::protocol::body::GroupTip;
use tim::protocol::fields::Fields;
use tim::protocol::group::{GroupType, MemberChange, Role, SelfInfo};
use tim::{Code, GroupId, UserId};

use crate::groups::{groups, new_group, tip};
use crate::members::tip_of;
use crate::online_only::ONLINE;
use crate::world::{Device, World};

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

/// Waits until the own membership of a device's only group is as it should be.
async fn own_is(device: &Device, should: impl Fn(&SelfInfo) -> bool) -> SelfInfo {
    let own = |mut groups: Vec<tim::protocol::group::Group>| {
        groups.pop().and_then(|it| it.self_info).filter(&should)
    };
    if let Some(own) = own(device.tim.get_group_list().await.unwrap()) {
        return own;
    }
    device
        .expect("the own membership as it should be", |event| match event {
            Event::GroupListUpdated(groups) => own(groups.clone()),
            _ => None,
        })
        .await
}

async fn next_tip(device: &Device) -> GroupTip {
    tip_of(tip(device, GroupTipType::MembersUpdated).await)
}

async fn listed(device: &Device, group: &GroupId, name: &str) -> tim::protocol::call::GroupMember {
    device.tim.get_group_member_profile(group, &[user(name)]).await.unwrap().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_muted_is_not_heard_until_the_owner_thinks_better_of_it() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, tablet) = (world.device("carol", "phone").await, world.device("bob", "tablet").await);
    let club = new_group("club", GroupType::Public, &["bob", "carol"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    for device in [&bob, &tablet, &carol] {
        groups(device, 1).await;
    }
    let tablet = tablet.restart().await;
    let said = bob.send("GROUPclub", "everybody listen").await;

    let muted = alice.tim.set_group_member_mute_time(&club, &user("bob"), 3_600).await.unwrap();
    let told = next_tip(&carol).await;
    assert_eq!((told.operator_id.as_str(), &told.user_id_list), ("alice", &vec![user("bob")]));
    let change = told.member_list.into_iter().next().unwrap();
    let until = Some(muted.mute_until);
    assert_eq!((change.user_id, change.mute_until, change.name_card), (user("bob"), until, None));
    own_is(&bob, |own| own.mute_until == muted.mute_until).await;
    tablet.login(&world).await;
    own_is(&tablet, |own| own.mute_until == muted.mute_until).await;
    assert_eq!(listed(&carol, &club, "bob").await.mute_until, muted.mute_until);
    for device in [&bob, &tablet] {
        let refused = device.tim.send_message(device.text("GROUPclub", "hello?")).await.unwrap_err();
        assert_eq!(refused.code, Code::GROUP_MUTED);
        assert!(refused.message.contains(" s: wait, or ask"), "{}", refused.message);
    }
    let refused = bob.tim.add_message_reaction(&said, "no").await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_MUTED);
    bob.tim.revoke_message(&said).await.unwrap();

    alice.tim.set_group_member_mute_time(&club, &user("bob"), 0).await.unwrap();
    assert_eq!(next_tip(&carol).await.member_list.remove(0).mute_until, Some(0));
    own_is(&bob, |own| own.mute_until == 0).await;
    bob.send("GROUPclub", "thank you").await;
    assert_eq!(carol.messages_of("club", 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_mute_is_in_the_rules_of_the_group() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "phone").await;
    world.device("dave", "phone").await;
    let club = new_group("club", GroupType::Public, &["bob", "carol"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    groups(&bob, 1).await;
    groups(&carol, 1).await;
    let mute = async |device: &Device, name: &str| {
        device
            .tim
            .set_group_member_mute_time(&club, &user(name), 60)
            .await
            .map(drop)
            .map_err(|refused| refused.code)
    };
    assert_eq!(mute(&bob, "carol").await, Err(Code::GROUP_PERMISSION_DENIED), "bob is no admin");
    alice.tim.set_group_member_role(&club, &user("bob"), Role::Admin).await.unwrap();
    assert_eq!(mute(&bob, "carol").await, Ok(()));
    assert_eq!(mute(&bob, "alice").await, Err(Code::GROUP_PERMISSION_DENIED), "nobody mutes the owner");
    assert_eq!(mute(&bob, "bob").await, Err(Code::GROUP_MUTE_OF_SELF));
    assert_eq!(mute(&alice, "dave").await, Err(Code::GROUP_NOT_A_MEMBER));
    assert_eq!(mute(&alice, "mallory").await, Err(Code::GROUP_ACCOUNT_NOT_FOUND));
    assert_eq!(mute(&alice, "bob").await, Ok(()), "the owner mutes an admin");
    let refused = bob.tim.send_message(bob.text("GROUPclub", "hello?")).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_MUTED);

    let tea = alice.tim.create_group(new_group("tea", GroupType::Work, &["bob"])).await.unwrap().group_id;
    let refused = alice.tim.set_group_member_mute_time(&tea, &user("bob"), 60).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED);
    assert!(refused.message.contains("of this type"), "{}", refused.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_has_a_name_and_fields_in_the_group() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, tablet) = (world.device("carol", "phone").await, world.device("bob", "tablet").await);
    let club = new_group("club", GroupType::Public, &["bob", "carol"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    for device in [&bob, &tablet, &carol] {
        groups(device, 1).await;
    }
    let tablet = tablet.restart().await;
    let named = bob.tim.set_group_member_name_card(&club, "Bob of the shelves", None).await.unwrap();
    assert_eq!((named.user_id, named.name_card.as_str()), (user("bob"), "Bob of the shelves"));
    assert_eq!(next_tip(&carol).await.member_list.remove(0).name_card.unwrap(), "Bob of the shelves");
    own_is(&bob, |own| own.name_card == "Bob of the shelves").await;
    // The same again is no news: the next tip is that of a field.
    bob.tim.set_group_member_name_card(&club, "Bob of the shelves", None).await.unwrap();
    let reads = fields(&[("reads", "novels"), ("since", "1998")]);
    bob.tim.set_group_member_custom_field(&club, reads.clone(), None).await.unwrap();
    let MemberChange { name_card, member_custom_field, .. } = next_tip(&carol).await.member_list.remove(0);
    assert_eq!((name_card, member_custom_field), (None, reads.clone()));
    let without = bob.tim.set_group_member_custom_field(&club, fields(&[("since", "")]), None).await.unwrap();
    assert_eq!(without.member_custom_field, fields(&[("reads", "novels")]));
    tablet.login(&world).await;
    let own = own_is(&tablet, |own| own.member_custom_field.0.len() == 1).await;
    assert_eq!(own.name_card, "Bob of the shelves");

    // The owner names members, who name nobody but themselves.
    let dear = |device: &Device, name: &'static str| {
        let (tim, club) = (device.tim.clone(), club.clone());
        async move { tim.set_group_member_name_card(&club, "dear", Some(user(name))).await }
    };
    assert_eq!(dear(&alice, "carol").await.unwrap().name_card, "dear");
    own_is(&carol, |own| own.name_card == "dear").await;
    assert_eq!(listed(&bob, &club, "carol").await.name_card, "dear");
    for name in ["carol", "alice"] {
        assert_eq!(dear(&bob, name).await.unwrap_err().code, Code::GROUP_PERMISSION_DENIED);
    }
    let six: Vec<(String, String)> = (0..6).map(|key| (key.to_string(), "x".to_owned())).collect();
    let five = Fields(six.iter().skip(1).cloned().collect());
    for (wrong, code) in [
        (bob.tim.set_group_member_name_card(&club, &"x".repeat(51), None).await, Code::GROUP_BAD_PARAMETER),
        (
            bob.tim.set_group_member_custom_field(&club, Fields(six.into_iter().collect()), None).await,
            Code::GROUP_BAD_PARAMETER,
        ),
        (bob.tim.set_group_member_custom_field(&club, five, None).await, Code::GROUP_BAD_PARAMETER),
        (
            bob.tim.set_group_member_custom_field(&club, Fields::default(), None).await,
            Code::GROUP_BAD_PARAMETER,
        ),
    ] {
        assert_eq!(wrong.unwrap_err().code, code);
    }
    assert_eq!(listed(&carol, &club, "bob").await.member_custom_field, fields(&[("reads", "novels")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_says_what_the_group_called_its_sender_then() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let club = new_group("club", GroupType::Public, &["bob"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    groups(&bob, 1).await;
    assert_eq!(bob.send("GROUPclub", "hello").await.name_card, "");
    bob.tim.set_group_member_name_card(&club, "Bob of the shelves", None).await.unwrap();
    assert_eq!(bob.send("GROUPclub", "it is me").await.name_card, "Bob of the shelves");
    assert_eq!(bob.send("C2Calice", "and here").await.name_card, "");
    bob.tim.set_group_member_name_card(&club, "", None).await.unwrap();
    bob.send("GROUPclub", "good bye").await;
    let told: Vec<String> =
        alice.messages_of("club", 3).await.into_iter().map(|message| message.name_card).collect();
    assert_eq!(told, ["", "Bob of the shelves", ""]);
    let online = bob.tim.set_group_member_name_card(&club, "Bob", None).await.unwrap();
    assert_eq!(online.name_card, "Bob");
    let now = bob.tim.send_message_with(bob.text("GROUPclub", "now"), ONLINE).await.unwrap();
    assert_eq!(now.name_card, "Bob");
    assert_eq!(alice.messages_of("club", 1).await.remove(0).name_card, "Bob");

    // A device that comes later reads it from the log.
    let tablet = world.device("alice", "tablet").await;
    let page = tablet.tim.get_message_list(&"GROUPclub".parse().unwrap(), None, 15).await.unwrap();
    let cards = page.message_list.iter().filter(|message| message.from == user("bob"));
    let cards: Vec<&str> = cards.map(|message| message.name_card.as_str()).collect();
    assert_eq!(cards, ["", "Bob of the shelves", ""]);
}
