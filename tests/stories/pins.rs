//! Pinned messages of groups: seen by every member on every device, also on one that was away.

use tim::event::{Event, PinnedGroupMessage};
use tim::message::Message;
use tim::protocol::group::GroupType;
use tim::{Code, GroupId};

use crate::groups::new_group;
use crate::world::{Device, World, received, text_of};

fn tea() -> GroupId {
    GroupId::new("tea").unwrap()
}

/// Waits until it is told that a message is pinned, or is not any more.
async fn updated(device: &Device, sequence: u64, is_pinned: bool) -> PinnedGroupMessage {
    let is_it = |event: &Event| match event {
        Event::PinnedGroupMessageUpdated(it) => {
            ((it.message_sequence, it.is_pinned) == (sequence, is_pinned)).then(|| it.clone())
        }
        _ => None,
    };
    device.expect("PINNED_GROUP_MESSAGE_UPDATED", is_it).await
}

/// The pinned texts, as a device has them.
async fn pinned(device: &Device) -> Vec<String> {
    let messages = device.tim.get_pinned_group_message_list(&tea()).await.unwrap();
    assert!(messages.iter().all(|it| it.is_pinned && it.pin_operator.is_some()), "{messages:?}");
    messages.iter().map(|it| text_of(it).unwrap().to_owned()).collect()
}

/// A text that a device receives in a group.
async fn text(device: &Device) -> Message {
    let text = |event: &Event| received(event)?.into_iter().find(|message| text_of(message).is_some());
    device.expect("a text", text).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pinned_messages_are_seen_by_all_members_also_by_one_who_was_away() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (laptop, tablet) = (world.device("bob", "laptop").await, world.device("bob", "tablet").await);
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob"])).await.unwrap();
    laptop.expect("the group", received).await;
    let first = alice.send("GROUPtea", "tea at four").await;
    let of_bob = text(&laptop).await;
    text(&tablet).await;
    // The tablet is away meanwhile.
    let tablet = tablet.restart().await;
    let second = alice.send("GROUPtea", "bring cups").await;

    let now = alice.tim.pin_group_message(&tea(), &first, true).await.unwrap();
    assert!(now.is_pinned && now.pin_operator.unwrap().as_str() == "alice");
    let told = updated(&laptop, first.sequence, true).await;
    assert_eq!((told.group_id, told.operator_id.as_str()), (tea(), "alice"));
    alice.tim.pin_group_message(&tea(), &second, true).await.unwrap();
    updated(&laptop, second.sequence, true).await;
    tablet.login(&world).await;
    updated(&tablet, second.sequence, true).await;
    for device in [&alice, &laptop, &tablet] {
        assert_eq!(pinned(device).await, ["bring cups", "tea at four"]);
        let page = device.tim.get_message_list(&"GROUPtea".parse().unwrap(), None, 50).await.unwrap();
        let shown = page.message_list.iter().filter(|message| message.is_pinned).count();
        assert_eq!(shown, 2, "they are pinned where they stand");
    }
    // A device that never had them fetches them.
    let browser = world.device("bob", "browser").await;
    assert_eq!(pinned(&browser).await, ["bring cups", "tea at four"]);

    let code = async |message: &Message| {
        laptop.tim.pin_group_message(&tea(), message, false).await.unwrap_err().code
    };
    assert_eq!(code(&of_bob).await, Code::GROUP_PERMISSION_DENIED);
    assert_eq!(code(&laptop.text("GROUPtea", "not sent")).await, Code::MESSAGE_INVALID);
    let elsewhere = GroupId::new("coffee").unwrap();
    let refused = alice.tim.pin_group_message(&elsewhere, &first, true).await.unwrap_err();
    assert_eq!(refused.code, Code::MESSAGE_INVALID);

    alice.tim.pin_group_message(&tea(), &second, false).await.unwrap();
    updated(&tablet, second.sequence, false).await;
    alice.tim.revoke_message(&first).await.unwrap();
    let revoked = |event: &Event| match event {
        Event::MessageRevoked(messages) => messages.first().cloned(),
        _ => None,
    };
    assert!(!tablet.expect("MESSAGE_REVOKED", revoked).await.is_pinned);
    assert!(pinned(&tablet).await.is_empty());
}
