//! The server is killed in the middle of a run of sends. Every acknowledged message is there once, and the clients
//! recover alone.

use std::collections::BTreeMap;

use tim::event::Event;
use tim::message::Message;

use crate::world::{World, text_of};

#[tokio::test(flavor = "multi_thread")]
async fn kill_nine_in_the_middle_of_a_run_of_sends() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    const COUNT: usize = 300;
    let sending = {
        let tim = alice.tim.clone();
        let messages: Vec<Message> = (0..COUNT).map(|n| alice.text("C2Cbob", &n.to_string())).collect();
        tokio::spawn(async move {
            let mut sent = Vec::new();
            for message in messages {
                sent.push(
                    tim.send_message(message).await.expect("a send waits for the server, it does not fail"),
                );
            }
            sent
        })
    };
    for kill_after in [40, 120, 200] {
        bob.expect("the run to advance", |event| {
            let messages = crate::world::received(event)?;
            messages
                .iter()
                .any(|message| text_of(message).unwrap().parse::<usize>().unwrap() >= kill_after)
                .then_some(())
        })
        .await;
        world.kill_server().await;
        world.start_server().await;
    }
    let sent = sending.await.unwrap();
    let last = (COUNT - 1).to_string();
    let is_last = |event: &Event| {
        crate::world::received(event)?.iter().any(|message| text_of(message) == Some(&last)).then_some(())
    };
    // It may have come with the message after which the server was killed.
    if !bob.heard.lock().await.iter().any(|event| is_last(event).is_some()) {
        bob.expect("the last message", is_last).await;
    }

    let places: Vec<u64> = sent.iter().map(|message| message.sequence).collect();
    assert_eq!(places, (1..=COUNT as u64).collect::<Vec<_>>(), "dense, in order, each once");
    let mut told: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for event in bob.heard.lock().await.iter() {
        for message in crate::world::received(event).into_iter().flatten() {
            order.push(message.sequence);
            told.entry(message.sequence).or_default().push(text_of(&message).unwrap().to_owned());
        }
    }
    assert!(order.is_sorted(), "{order:?}");
    let expected: BTreeMap<u64, Vec<String>> =
        sent.iter().map(|m| (m.sequence, vec![text_of(m).unwrap().to_owned()])).collect();
    assert_eq!(told, expected, "bob heard every message once");
}
