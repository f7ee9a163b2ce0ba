//! Online-only messages: heard by who is connected, and kept by nobody.

use tim::event::NetState;
use tim::message::{Body, CreateOptions, CustomBody, Flow, Message, Payload, SendOptions, SendStatus};
use tim::protocol::group::GroupType;
use tim::{Code, ConversationType, UserId};

use crate::breaks::wait_for;
use crate::groups::new_group;
use crate::proxy::Proxy;
use crate::world::{Device, World, addressed, text_of};

pub const ONLINE: SendOptions = SendOptions {
    online_user_only: true,
    excluded_from_unread_count: false,
    excluded_from_last_message: false,
};

/// Tells a conversation that somebody is typing.
fn typing(from: &Device, to: &str) -> Message {
    let (to, kind) = addressed(to);
    let body = CustomBody { data: "typing".to_owned(), ..CustomBody::default() };
    from.tim.create_custom_message(to, kind, body, CreateOptions::default()).unwrap()
}

fn is_typing(message: &Message) -> bool {
    matches!(&message.payload, Payload::Body(Body::Custom(custom)) if custom.data == "typing")
}

async fn refused(from: &Device, message: Message) -> Code {
    from.tim.send_message_with(message, ONLINE).await.unwrap_err().code
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_heard_on_every_connected_device_and_kept_on_none() {
    let world = World::new().await;
    let (alice, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    let bob = world.device("bob", "laptop").await;
    let sent = alice.tim.send_message_with(typing(&alice, "C2Cbob"), ONLINE).await.unwrap();
    assert!(sent.is_online_only && sent.status == SendStatus::Success && sent.sequence == 0);
    for (device, flow) in [(&bob, Flow::In), (&tablet, Flow::Out)] {
        let heard = device.messages(1).await.remove(0);
        assert!(heard.is_online_only && is_typing(&heard) && heard.flow == flow, "{heard:?}");
        assert_eq!((heard.id, heard.sequence, heard.time), (sent.id, 0, sent.time));
        assert!(device.tim.get_conversation_list().await.unwrap().is_empty());
        assert_eq!(device.tim.get_total_unread_message_count(), 0);
        let conversation = &heard.conversation_id;
        assert!(device.tim.get_message_list(conversation, None, 20).await.unwrap().message_list.is_empty());
        assert!(device.tim.find_messages(&[heard.id]).await.unwrap().is_empty());
        let changes = [
            device.tim.revoke_message(&heard).await.unwrap_err().code,
            device.tim.modify_message(&heard).await.unwrap_err().code,
            device.tim.add_message_reaction(&heard, "tea").await.unwrap_err().code,
            device.tim.delete_message(&[heard]).await.unwrap_err().code,
        ];
        assert_eq!(changes, [Code::MESSAGE_INVALID; 4]);
    }
    // It has no place among the others.
    assert_eq!(alice.send("C2Cbob", "here is what I typed").await.sequence, 1);
    assert_eq!(bob.next_text().await, "here is what I typed");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_hear_that_somebody_types_and_one_who_was_away_does_not() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "phone").await;
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob", "carol"])).await.unwrap();
    alice.send("GROUPtea", "hello").await;
    assert_eq!((bob.next_text().await, carol.next_text().await), ("hello".into(), "hello".into()));
    let carol = carol.restart().await;
    alice.tim.send_message_with(typing(&alice, "GROUPtea"), ONLINE).await.unwrap();
    assert!(is_typing(&bob.messages(1).await.remove(0)));
    assert_eq!(alice.send("GROUPtea", "tea at four").await.sequence, bob.messages(1).await[0].sequence);
    carol.login(&world).await;
    let heard = carol.messages(1).await.remove(0);
    assert_eq!(text_of(&heard), Some("tea at four"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_passed_on_is_refused_and_is_not_sent_later() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let alice = world.device_at("alice", "phone", &wire.address);
    alice.login(&world).await;
    let bob = world.device("bob", "laptop").await;
    assert_eq!(refused(&alice, typing(&alice, "C2Cnobody")).await, Code::UNKNOWN_USER);
    assert_eq!(refused(&alice, typing(&alice, "GROUPnone")).await, Code::GROUP_NOT_FOUND);
    let carol = world.device("carol", "phone").await;
    carol.tim.create_group(new_group("tea", GroupType::Work, &[])).await.unwrap();
    assert_eq!(refused(&alice, typing(&alice, "GROUPtea")).await, Code::GROUP_PERMISSION_DENIED);
    let of_bob = typing(&bob, "C2Calice");
    assert_eq!(refused(&alice, of_bob).await, Code::MESSAGE_INVALID);
    let path = world.folder.path().join("notes.txt");
    std::fs::write(&path, "tea at four").unwrap();
    let (kind, options) = (ConversationType::C2c, CreateOptions::default());
    let file = alice.tim.create_file_message("bob", kind, path, "notes.txt", options, |_| {}).unwrap();
    assert_eq!(refused(&alice, file).await, Code::BAD_REQUEST);

    let asks = Message { need_read_receipt: true, ..typing(&alice, "C2Cbob") };
    assert_eq!(refused(&alice, asks).await, Code::BAD_REQUEST);

    wire.cut();
    wait_for(&alice, NetState::Disconnected).await;
    assert_eq!(refused(&alice, typing(&alice, "C2Cbob")).await, Code::NETWORK_ERROR);
    wire.mend();
    wait_for(&alice, NetState::Connected).await;
    alice.send("C2Cbob", "back").await;
    assert_eq!(text_of(&bob.messages(1).await[0]), Some("back"));

    bob.tim.add_to_blacklist(&[UserId::new("alice").unwrap()]).await.unwrap();
    assert_eq!(refused(&alice, typing(&alice, "C2Cbob")).await, Code::BLACKLISTED);
}
