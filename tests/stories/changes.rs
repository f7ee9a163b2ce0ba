//! What becomes of messages that were sent: modified, and taken back for a reason. On every device, also on one that was away.

use tim::event::Event;
use tim::message::{Body, CustomBody, Message, Payload, TextBody};
use tim::{Code, ConversationId};

use crate::world::{Device, World, text_of};

fn id(text: &str) -> ConversationId {
    text.parse().unwrap()
}

/// The message with other words.
fn saying(message: &Message, text: &str) -> Message {
    Message { payload: Payload::Body(Body::Text(TextBody { text: text.into() })), ..message.clone() }
}

/// Waits for a MESSAGE_MODIFIED, and gives its message.
async fn modified(device: &Device) -> Message {
    let first = |event: &Event| match event {
        Event::MessageModified(messages) => messages.first().cloned(),
        _ => None,
    };
    device.expect("MESSAGE_MODIFIED", first).await
}

/// The messages that the device lists.
async fn listed(device: &Device, conversation: &str) -> Vec<Message> {
    device.tim.get_message_list(&id(conversation), None, 50).await.unwrap().message_list
}

#[tokio::test(flavor = "multi_thread")]
async fn a_modified_message_says_its_new_words_on_every_device() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (laptop, tablet) = (world.device("bob", "laptop").await, world.device("bob", "tablet").await);
    let sent = alice.send("C2Cbob", "tea at four").await;
    laptop.messages(1).await;
    tablet.messages(1).await;
    // The tablet is away meanwhile.
    let tablet = tablet.restart().await;

    let wanted = Message { cloud_custom_data: "edited".into(), ..saying(&sent, "coffee at five") };
    let now = alice.tim.modify_message(&wanted).await.unwrap();
    assert_eq!((text_of(&now), now.is_modified, now.version), (Some("coffee at five"), true, 1));
    let told = modified(&laptop).await;
    assert_eq!((told.id, text_of(&told), told.version), (sent.id, Some("coffee at five"), 1));
    assert_eq!(told.cloud_custom_data, "edited");

    let twice = alice.tim.modify_message(&saying(&now, "water at six")).await.unwrap();
    assert_eq!(twice.version, 2);
    assert_eq!(text_of(&modified(&laptop).await), Some("water at six"));
    tablet.login(&world).await;
    let told = modified(&tablet).await;
    assert_eq!((text_of(&told), told.version), (Some("water at six"), 2), "what is superseded is not told");

    for device in [&alice, &laptop, &tablet] {
        let conversation = if device.user == "bob" { "C2Calice" } else { "C2Cbob" };
        let all = listed(device, conversation).await;
        assert_eq!(all.iter().map(text_of).collect::<Vec<_>>(), [Some("water at six")]);
        assert_eq!((all[0].version, all[0].cloud_custom_data.as_str()), (2, "edited"));
        let list = device.tim.get_conversation_list().await.unwrap();
        assert_eq!(list[0].last_message.as_ref().and_then(text_of), Some("water at six"));
        assert_eq!(list[0].unread_count, u64::from(device.user == "bob"));
    }
    // A device that never had it gets it as it is now.
    let browser = world.device("bob", "browser").await;
    assert_eq!(text_of(&listed(&browser, "C2Calice").await[0]), Some("water at six"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_modifications_of_one_version_the_second_is_refused_with_the_first() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    let bob = world.device("bob", "laptop").await;
    let sent = phone.send("C2Cbob", "tea").await;
    laptop.messages(1).await;
    phone.tim.modify_message(&saying(&sent, "coffee")).await.unwrap();
    let refused = laptop.tim.modify_message(&saying(&sent, "water")).await.unwrap_err();
    assert_eq!(refused.code, Code::MODIFY_CONFLICT);
    let newest = modified(&laptop).await;
    assert_eq!((text_of(&newest), newest.version), (Some("coffee"), 1));
    laptop.tim.modify_message(&saying(&newest, "water")).await.unwrap();
    assert_eq!(text_of(&modified(&phone).await), Some("water"));
    // The same again is no conflict: the reply to the first may have been lost.
    laptop.tim.modify_message(&saying(&newest, "water")).await.unwrap();
    bob.expect("water", |event| match event {
        Event::MessageModified(messages) => (text_of(&messages[0]) == Some("water")).then_some(()),
        _ => None,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_sender_modifies_a_message_and_its_kind_stays() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let sent = alice.send("C2Cbob", "tea").await;
    let received = bob.messages(1).await.remove(0);
    let code =
        async |device: &Device, message: &Message| device.tim.modify_message(message).await.unwrap_err().code;
    assert_eq!(code(&bob, &saying(&received, "coffee")).await, Code::MODIFY_NOT_ALLOWED);
    let custom = Body::Custom(CustomBody { data: "gift".into(), ..CustomBody::default() });
    let other_kind = Message { payload: Payload::Body(custom), ..sent.clone() };
    assert_eq!(code(&alice, &other_kind).await, Code::MODIFY_NOT_ALLOWED);
    assert_eq!(code(&alice, &alice.text("C2Cbob", "not sent")).await, Code::MESSAGE_INVALID);
    assert_eq!(code(&alice, &saying(&sent, "")).await, Code::MESSAGE_BODY_INVALID);
    let long = Message { cloud_custom_data: "x".repeat(12 * 1024), ..sent.clone() };
    assert_eq!(code(&alice, &long).await, Code::MESSAGE_BODY_TOO_LONG);
    // Who is blacklisted says nothing new in what was said before.
    let blacklisted = [alice.user.as_str()].map(|user| tim::UserId::new(user).unwrap());
    bob.tim.add_to_blacklist(&blacklisted).await.unwrap();
    assert_eq!(code(&alice, &saying(&sent, "coffee")).await, Code::BLACKLISTED);
    alice.tim.revoke_message(&sent).await.unwrap();
    assert_eq!(code(&alice, &saying(&sent, "coffee")).await, Code::MESSAGE_NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_why_a_message_was_taken_back() {
    let world = World::new().await;
    let (alice, laptop) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let tablet = world.device("bob", "tablet").await;
    let sent = alice.send("C2Cbob", "tea at four").await;
    tablet.messages(1).await;
    let tablet = tablet.restart().await;
    let modified = alice.tim.modify_message(&saying(&sent, "tea at five")).await.unwrap();
    let too_long = alice.tim.revoke_message_with(&modified, &"x".repeat(257)).await.unwrap_err();
    assert_eq!(too_long.code, Code::BAD_REQUEST);
    let revoked = alice.tim.revoke_message_with(&modified, "wrong day").await.unwrap();
    assert_eq!(revoked.revoke_reason, "wrong day");
    tablet.login(&world).await;
    for device in [&laptop, &tablet] {
        let first = |event: &Event| match event {
            Event::MessageRevoked(messages) => Some(messages[0].clone()),
            _ => None,
        };
        let told = device.expect("MESSAGE_REVOKED", first).await;
        assert_eq!((told.is_revoked, told.revoke_reason.as_str(), text_of(&told)), (true, "wrong day", None));
    }
    let browser = world.device("bob", "browser").await;
    let all = listed(&browser, "C2Calice").await;
    assert_eq!((all[0].revoke_reason.as_str(), text_of(&all[0])), ("wrong day", None));
}
