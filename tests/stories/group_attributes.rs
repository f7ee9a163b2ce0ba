//! Attributes of groups: what an app keeps with a group for all its members, and changes often.

use tim::Code;
use tim::event::{Event, GroupAttributesUpdated};
use tim::protocol::fields::Fields;
use tim::protocol::group::{GroupChanges, GroupType};

use crate::groups::{groups, new_group};
use crate::world::{Device, World};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

async fn told(device: &Device) -> GroupAttributesUpdated {
    device
        .expect("attributes that changed", |event| match event {
            Event::GroupAttributesUpdated(updated) => Some(updated.clone()),
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn members_follow_who_has_which_seat() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, tablet) = (world.device("carol", "phone").await, world.device("alice", "tablet").await);
    let stage = new_group("stage", GroupType::Meeting, &["bob", "carol"]);
    let stage = alice.tim.create_group(stage).await.unwrap().group_id;
    for device in [&bob, &carol, &tablet] {
        groups(device, 1).await;
    }
    assert_eq!(bob.tim.get_group_attributes(&stage, &[]).await.unwrap().version, 1);
    let seats = fields(&[("first", "free"), ("second", "free"), ("third", "free")]);
    let made = alice.tim.init_group_attributes(&stage, seats.clone(), None).await.unwrap();
    assert_eq!((made.version, &made.group_attributes), (2, &seats));
    for device in [&bob, &carol, &tablet] {
        let updated = told(device).await;
        assert_eq!((updated.group_id.as_str(), updated.version), ("stage", 2));
        assert_eq!((updated.group_attributes, updated.deleted_key_list.len()), (seats.clone(), 0));
    }

    // Bob and Carol want the same seat. Carol sees whose it is, and takes another one.
    let bobs = bob.tim.set_group_attributes(&stage, fields(&[("first", "bob")]), Some(2)).await.unwrap();
    let refused =
        carol.tim.set_group_attributes(&stage, fields(&[("first", "carol")]), Some(2)).await.unwrap_err();
    assert_eq!((bobs.version, refused.code), (3, Code::GROUP_ATTRIBUTES_CHANGED));
    let now = carol.tim.get_group_attributes(&stage, &["first".to_owned()]).await.unwrap();
    assert_eq!((now.group_attributes, now.version), (fields(&[("first", "bob")]), 3));
    carol.tim.set_group_attributes(&stage, fields(&[("second", "carol")]), Some(now.version)).await.unwrap();
    assert_eq!(told(&alice).await.group_attributes, fields(&[("first", "bob")]));
    assert_eq!(told(&alice).await.group_attributes, fields(&[("second", "carol")]));

    // Who was away is told nothing of it, and asks.
    let tablet = tablet.restart().await;
    let deleted = bob.tim.delete_group_attributes(&stage, &["third".to_owned()], None).await.unwrap();
    assert_eq!(deleted.group_attributes, fields(&[("third", "")]));
    let updated = told(&alice).await;
    assert_eq!((updated.deleted_key_list, updated.version), (vec!["third".to_owned()], 5));
    tablet.login(&world).await;
    let all = tablet.tim.get_group_attributes(&stage, &[]).await.unwrap();
    assert_eq!((all.group_attributes, all.version), (fields(&[("first", "bob"), ("second", "carol")]), 5));
    alice.tim.delete_group_attributes(&stage, &[], Some(5)).await.unwrap();
    assert_eq!(told(&tablet).await.deleted_key_list, ["first", "second"]);
    assert!(carol.tim.get_group_attributes(&stage, &[]).await.unwrap().group_attributes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_the_muted_change_no_attributes() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let mallory = world.device("mallory", "phone").await;
    let stage = new_group("stage", GroupType::Public, &["bob"]);
    let stage = alice.tim.create_group(stage).await.unwrap().group_id;
    groups(&bob, 1).await;
    let page = || fields(&[("page", "12")]);
    for refused in [
        mallory.tim.set_group_attributes(&stage, page(), None).await,
        mallory.tim.get_group_attributes(&stage, &[]).await,
    ] {
        assert_eq!(refused.unwrap_err().code, Code::GROUP_PERMISSION_DENIED);
    }
    let mute = GroupChanges { mute_all_members: Some(true), ..GroupChanges::default() };
    alice.tim.update_group_profile(&stage, mute).await.unwrap();
    let refused = bob.tim.set_group_attributes(&stage, page(), None).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_MUTED);
    alice.tim.set_group_attributes(&stage, page(), None).await.unwrap();
    assert_eq!(bob.tim.get_group_attributes(&stage, &[]).await.unwrap().group_attributes, page());

    for wrong in [
        fields(&[]),
        fields(&[("", "x")]),
        fields(&[("page", &"x".repeat(4_097))]),
        fields(&[(&"k".repeat(33), "x")]),
    ] {
        let refused = alice.tim.set_group_attributes(&stage, wrong, None).await.unwrap_err();
        assert_eq!(refused.code, Code::GROUP_BAD_PARAMETER);
        assert!(refused.message.contains("up to 16 attributes"), "{}", refused.message);
    }
    let refused = alice.tim.set_group_attributes(&stage, page(), Some(1 << 53)).await.unwrap_err();
    assert_eq!(refused.code, Code::BAD_REQUEST);
    alice.tim.dismiss_group(&stage).await.unwrap();
    let refused = bob.tim.get_group_attributes(&stage, &[]).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_NOT_FOUND);
}
