//! Networks break. What was sent and received meanwhile arrives exactly once, in order, and nobody has to help.

use tim::event::{Event, NetState};

use crate::proxy::Proxy;
use crate::world::{Device, World, text_of};

pub async fn wait_for(device: &Device, state: NetState) {
    device.expect("NET_STATE_CHANGE", |event| (*event == Event::NetStateChange(state)).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_break_heals_and_both_directions_arrive_once_in_order() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let alice = world.device_at("alice", "phone", &wire.address);
    alice.login(&world).await;
    let bob = world.device("bob", "laptop").await;
    bob.send("C2Calice", "before").await;
    assert_eq!(alice.next_text().await, "before");

    wire.cut();
    wait_for(&alice, NetState::Disconnected).await;
    let waiting: Vec<_> = (0..20)
        .map(|n| {
            let (tim, message) = (alice.tim.clone(), alice.text("C2Cbob", &format!("from alice {n}")));
            tokio::spawn(async move { tim.send_message(message).await })
        })
        .collect();
    for n in 0..20 {
        bob.send("C2Calice", &format!("from bob {n}")).await;
    }
    assert!(alice.tim.is_ready(), "a break does not close the gate");
    wire.mend();
    wait_for(&alice, NetState::Connected).await;

    let texts = |messages: Vec<tim::message::Message>| -> Vec<String> {
        messages.iter().filter_map(|message| text_of(message).map(str::to_owned)).collect()
    };
    assert_eq!(texts(alice.messages(20).await), (0..20).map(|n| format!("from bob {n}")).collect::<Vec<_>>());
    let mut at_bob = texts(bob.messages(20).await);
    for send in waiting {
        send.await.unwrap().unwrap();
    }
    // The twenty sends were called at once by twenty tasks, so only their completeness is promised.
    at_bob.sort_by_key(|words| words.rsplit(' ').next().unwrap().parse::<u32>().unwrap());
    assert_eq!(at_bob, (0..20).map(|n| format!("from alice {n}")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_missed_while_logged_out_are_told_at_the_next_login() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "see you").await;
    bob.messages(1).await;
    bob.tim.logout().await.unwrap();
    for n in 0..30 {
        alice.send("C2Cbob", &format!("missed {n}")).await;
    }
    bob.login(&world).await;
    let told: Vec<String> =
        bob.messages(30).await.iter().filter_map(|message| text_of(message).map(str::to_owned)).collect();
    assert_eq!(told, (0..30).map(|n| format!("missed {n}")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_survives_the_end_of_the_app() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let alice = world.device_at("alice", "phone", &wire.address);
    alice.login(&world).await;
    let bob = world.device("bob", "laptop").await;
    wire.cut();
    wait_for(&alice, NetState::Disconnected).await;
    let (tim, message) = (alice.tim.clone(), alice.text("C2Cbob", "kept"));
    let sending = tokio::spawn(async move { tim.send_message(message).await });
    // It is in the outbox when the conversation shows it.
    alice
        .expect("the waiting message in the list", |event| match event {
            Event::ConversationListUpdated(list) => list
                .iter()
                .any(|c| c.last_message.as_ref().is_some_and(|m| text_of(m) == Some("kept")))
                .then_some(()),
            _ => None,
        })
        .await;
    let alice = alice.restart().await;
    sending.await.unwrap().unwrap_err();
    wire.mend();
    alice.login(&world).await;
    assert_eq!(bob.next_text().await, "kept");
    // Once: what follows is the next message.
    alice.send("C2Cbob", "and next").await;
    assert_eq!(bob.next_text().await, "and next");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_bob_read_while_alice_was_away_is_told_also_by_a_server_that_forgot_her_session() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let alice = world.device_at("alice", "phone", &wire.address);
    alice.login(&world).await;
    let bob = world.device("bob", "laptop").await;
    let asked = alice.send("C2Cbob", "did you see this?").await;
    bob.next_text().await;
    wire.cut();
    wait_for(&alice, NetState::Disconnected).await;
    let tablet = world.device_at("bob", "tablet", &world.address);
    tablet.tim.login("bob", &world.sig("bob")).await.unwrap();
    bob.tim.set_message_read(&"C2Calice".parse().unwrap()).await.unwrap();
    // The server has the mark when another of bob's devices shows it.
    let is_read = |event: &Event| match event {
        Event::ConversationListUpdated(list) => {
            list.iter().any(|c| c.read_sequence == asked.sequence).then_some(())
        }
        _ => None,
    };
    tablet.expect("the read mark", is_read).await;
    world.kill_server().await;
    world.start_server().await;
    wire.mend();
    let read = |event: &Event| match event {
        Event::MessageReadByPeer(messages) => {
            Some(messages.iter().map(|message| message.id).collect::<Vec<_>>())
        }
        _ => None,
    };
    assert_eq!(alice.expect("MESSAGE_READ_BY_PEER", read).await, vec![asked.id]);
}
