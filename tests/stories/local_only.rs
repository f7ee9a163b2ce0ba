//! What only one device has: messages that the app inserts there, and what it keeps beside messages.

use tim::event::Event;
use tim::message::{CreateOptions, Flow, Message, SendStatus};
use tim::{Code, ConversationId, ConversationType, UserId};

use crate::world::{Device, World, text_of};

fn with_bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// The words of a page of 20.
async fn words(device: &Device, conversation: &ConversationId) -> Vec<String> {
    let page = device.tim.get_message_list(conversation, None, 20).await.unwrap();
    page.message_list.iter().map(|message| text_of(message).unwrap().to_owned()).collect()
}

/// What is kept beside a message.
async fn beside(device: &Device, of: &Message) -> (String, i64) {
    let found = device.tim.find_messages(&[of.id]).await.unwrap();
    (found[0].local_custom_data.clone(), found[0].local_custom_int)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_app_inserts_stands_in_the_history_of_this_device_alone() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "shall we meet?").await;
    let hint = alice.text("C2Cbob", "bob has a new number");
    let inserted = alice.tim.insert_message_to_local_storage(hint.clone(), user("bob")).await.unwrap();
    assert_eq!((inserted.id, inserted.status, inserted.flow), (hint.id, SendStatus::LocalImported, Flow::In));
    assert_eq!((inserted.from.as_str(), inserted.to.as_str(), inserted.is_read), ("bob", "alice", true));
    let again = alice.tim.insert_message_to_local_storage(hint, user("bob")).await.unwrap_err();
    assert_eq!(again.code, Code::MESSAGE_INVALID);
    let of_carol = alice.tim.insert_message_to_local_storage(alice.text("C2Cbob", "?"), user("carol")).await;
    assert_eq!(of_carol.unwrap_err().code, Code::BAD_REQUEST);
    for not_sent in [alice.tim.resend_message(inserted.id).await, alice.tim.revoke_message(&inserted).await] {
        assert_eq!(not_sent.unwrap_err().code, Code::MESSAGE_INVALID);
    }
    assert_eq!(alice.tim.cancel_message(inserted.id).await.unwrap_err().code, Code::NOTHING_TO_CANCEL);
    let listed = alice.tim.get_conversation_list().await.unwrap();
    assert_eq!((listed[0].message_for_show.as_str(), listed[0].unread_count), ("bob has a new number", 0));
    bob.send("C2Calice", "yes").await;
    alice.messages(1).await;
    let history = ["shall we meet?", "bob has a new number", "yes"];
    assert_eq!(words(&alice, &with_bob()).await, history);
    assert_eq!(alice.tim.find_messages(&[inserted.id]).await.unwrap(), std::slice::from_ref(&inserted));
    // It survives the app; another device, and bob, never have it.
    let alice = alice.restart().await;
    alice.login(&world).await;
    assert_eq!(words(&alice, &with_bob()).await, history);
    let tablet = world.device("alice", "tablet").await;
    assert_eq!(words(&tablet, &with_bob()).await, ["shall we meet?", "yes"]);
    assert_eq!(words(&bob, &"C2Calice".parse().unwrap()).await, ["shall we meet?", "yes"]);
    alice.tim.delete_message(&[inserted]).await.unwrap();
    assert_eq!(words(&alice, &with_bob()).await, ["shall we meet?", "yes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_inserted_in_a_conversation_goes_with_its_history() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    world.device("bob", "laptop").await;
    let note = alice.text("C2Cbob", "you can write to bob now");
    let inserted = alice.tim.insert_message_to_local_storage(note, user("alice")).await.unwrap();
    assert_eq!((inserted.flow, inserted.to.as_str()), (Flow::Out, "bob"));
    assert_eq!(words(&alice, &with_bob()).await, ["you can write to bob now"]);
    alice.send("C2Cbob", "hello").await;
    alice.tim.clear_history_message(&with_bob()).await.unwrap();
    assert_eq!(words(&alice, &with_bob()).await, Vec::<String>::new());
    // Also when another device clears it.
    let tablet = world.device("alice", "tablet").await;
    let hint = alice.text("C2Cbob", "bob is away");
    let inserted = alice.tim.insert_message_to_local_storage(hint.clone(), user("bob")).await.unwrap();
    alice.send("C2Cbob", "once more").await;
    tablet.messages(1).await;
    let shows = |event: &Event, words: &str| match event {
        Event::ConversationListUpdated(list) => {
            list.iter().any(|it| it.message_for_show == words).then_some(())
        }
        _ => None,
    };
    alice.expect("what was sent once more", |event| shows(event, "once more")).await;
    tablet.tim.clear_history_message(&with_bob()).await.unwrap();
    alice.expect("an empty conversation", |event| shows(event, "")).await;
    assert!(alice.tim.find_messages(&[inserted.id]).await.unwrap().is_empty());
    let sent = alice.text("C2Cbob", "sent");
    alice.tim.send_message(sent.clone()).await.unwrap();
    let twice = alice.tim.insert_message_to_local_storage(sent, user("alice")).await.unwrap_err();
    assert_eq!(twice.code, Code::MESSAGE_INVALID, "it was sent");
    let (to, minutes) = (ConversationType::C2c, b"minutes".to_vec());
    let file =
        alice.tim.create_file_message("bob", to, minutes, "minutes.txt", CreateOptions::default(), |_| {});
    let refused = alice.tim.insert_message_to_local_storage(file.unwrap(), user("alice")).await.unwrap_err();
    assert_eq!(refused.code, Code::MESSAGE_INVALID, "a file that is on no server");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_keeps_beside_a_message_stays_with_it_on_this_device() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let voice = bob.send("C2Calice", "a voice message").await;
    alice.messages(1).await;
    alice.tim.set_local_custom_data(voice.id, "played to 0:12").await.unwrap();
    alice.tim.set_local_custom_int(voice.id, 12).await.unwrap();
    assert_eq!(beside(&alice, &voice).await, ("played to 0:12".to_owned(), 12));
    let alice = alice.restart().await;
    alice.login(&world).await;
    let page = alice.tim.get_message_list(&with_bob(), None, 5).await.unwrap().message_list;
    assert_eq!((page[0].local_custom_data.as_str(), page[0].local_custom_int), ("played to 0:12", 12));
    // It stays when the message changes, and what tells of the change has it.
    bob.tim.revoke_message(&voice).await.unwrap();
    let revoked = alice
        .expect("MESSAGE_REVOKED", |event| match event {
            Event::MessageRevoked(messages) => Some(messages[0].clone()),
            _ => None,
        })
        .await;
    assert_eq!(revoked.local_custom_int, 12);
    alice.tim.set_local_custom_int(voice.id, 0).await.unwrap();
    alice.tim.set_local_custom_data(voice.id, "").await.unwrap();
    assert_eq!(beside(&alice, &voice).await, (String::new(), 0));
    let tablet = world.device("alice", "tablet").await;
    tablet.tim.get_message_list(&with_bob(), None, 5).await.unwrap();
    assert_eq!(beside(&tablet, &voice).await, (String::new(), 0), "another device has nothing");
    let unknown = alice.text("C2Cbob", "never sent").id;
    let refused = alice.tim.set_local_custom_int(unknown, 1).await.unwrap_err();
    assert_eq!(refused.code, Code::MESSAGE_NOT_FOUND);
    let long = alice.tim.set_local_custom_data(voice.id, &"x".repeat(12 * 1024 + 1)).await.unwrap_err();
    assert_eq!(long.code, Code::BAD_REQUEST);
}
