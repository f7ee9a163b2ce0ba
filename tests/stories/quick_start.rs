//! The main job: two people log in and chat.

use tim::event::{Event, NetState};
use tim::message::{Flow, SendStatus};

use crate::world::{World, text_of};

#[tokio::test(flavor = "multi_thread")]
async fn alice_and_bob_chat() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);

    let sent = alice.send("C2Cbob", "Hello world!").await;
    assert_eq!((sent.status, sent.sequence, sent.flow), (SendStatus::Success, 1, Flow::Out));
    let got = &bob.messages(1).await[0];
    assert_eq!(text_of(got), Some("Hello world!"));
    assert_eq!((got.id, got.sequence, got.flow, got.from.as_str()), (sent.id, 1, Flow::In, "alice"));
    assert_eq!(got.conversation_id.to_string(), "C2Calice");

    bob.send("C2Calice", "Hello alice!").await;
    assert_eq!(alice.next_text().await, "Hello alice!");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_login_come_in_their_order() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let heard = alice.heard.lock().await;
    let place = |wanted: &dyn Fn(&Event) -> bool| heard.iter().position(wanted);
    let connecting = place(&|event| matches!(event, Event::NetStateChange(NetState::Connecting))).unwrap();
    let connected = place(&|event| matches!(event, Event::NetStateChange(NetState::Connected))).unwrap();
    let list = place(&|event| matches!(event, Event::ConversationListUpdated(_))).unwrap();
    let ready = place(&|event| matches!(event, Event::SdkReady)).unwrap();
    assert!(connecting < connected && connected < list && list < ready, "{heard:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_alice_sends_from_her_phone_appears_on_her_laptop() {
    let world = World::new().await;
    let _bob = world.device("bob", "laptop").await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    phone.send("C2Cbob", "from the phone").await;
    let copy = &laptop.messages(1).await[0];
    assert_eq!((text_of(copy), copy.flow), (Some("from the phone"), Flow::Out));
    assert_eq!(copy.conversation_id.to_string(), "C2Cbob");
    // On the sending device it is the call's answer, never an event.
    phone.send("C2Calice", "a note to myself").await;
    assert!(!phone.heard.lock().await.iter().any(|event| matches!(event, Event::MessageReceived(_))));
}
