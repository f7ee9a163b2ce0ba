//! Handlers of one kind of events: what `on`, `once` and `off` promise.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tim::Code;
use tim::event::{Event, EventName};
use tokio::sync::mpsc;

use crate::world::{Device, World, received, text_of};

/// A handler that passes on what it hears.
fn passing() -> (impl Fn(&Event) + Send + Sync + 'static, mpsc::UnboundedReceiver<Event>) {
    let (sender, events) = mpsc::unbounded_channel();
    let handler = move |event: &Event| {
        let _ = sender.send(event.clone());
    };
    (handler, events)
}

/// A handler that counts its calls.
fn counting() -> (impl Fn(&Event) + Send + Sync + 'static, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let count = move |_: &Event| {
        counter.fetch_add(1, Ordering::SeqCst);
    };
    (count, calls)
}

async fn next_text(events: &mut mpsc::UnboundedReceiver<Event>) -> String {
    let messages = received(&events.recv().await.unwrap()).expect("no other kind");
    text_of(&messages[0]).unwrap().to_owned()
}

async fn two() -> (World, Device, Device) {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    (world, alice, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_hears_every_event_of_its_kind_and_one_that_is_on_once_a_single_one() {
    let (_world, alice, bob) = two().await;
    let ((once, calls), (hear, mut heard)) = (counting(), passing());
    alice.tim.once(EventName::MessageReceived, once);
    alice.tim.on(EventName::MessageReceived, hear);
    for words in ["one", "two", "three"] {
        bob.send("C2Calice", words).await;
        assert_eq!(next_text(&mut heard).await, words);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(Arc::strong_count(&calls), 1, "and it is let go");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_panics_is_reported_and_stops_neither_others_nor_itself() {
    let (_world, alice, bob) = two().await;
    let ((hear, mut heard), (report, mut reports)) = (passing(), passing());
    let (count, calls) = counting();
    alice.tim.on(EventName::MessageReceived, move |event| {
        count(event);
        panic!("not today");
    });
    alice.tim.on(EventName::MessageReceived, hear);
    alice.tim.on(EventName::Error, report);
    for words in ["one", "two"] {
        bob.send("C2Calice", words).await;
        assert_eq!(next_text(&mut heard).await, words);
        let Event::Error { code, .. } = reports.recv().await.unwrap() else { panic!("an error") };
        assert_eq!(code, Code::LISTENER_PANICKED);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_is_off_hears_nothing_and_is_let_go() {
    let (_world, alice, bob) = two().await;
    let ((count, calls), (hear, mut heard)) = (counting(), passing());
    let off = alice.tim.on(EventName::MessageReceived, count);
    let stays = alice.tim.on(EventName::MessageReceived, hear);
    alice.tim.off(off);
    bob.tim.off(stays); // it is none of bob's
    bob.send("C2Calice", "hello").await;
    assert_eq!(next_text(&mut heard).await, "hello");
    assert_eq!((calls.load(Ordering::SeqCst), Arc::strong_count(&calls)), (0, 1));
}
