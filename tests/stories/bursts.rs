//! Many calls at once: they keep the order in which they were made, and none is lost with a caller who goes.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::maybe_done;

use crate::world::{Device, World, text_of};

/// Enough that some find others waiting, wherever calls wait.
const MANY: usize = 300;

/// Makes a call, and waits for nothing. Gives its end.
async fn begin<F: Future>(call: F) -> impl Future<Output = F::Output> {
    let mut call = Box::pin(maybe_done(call));
    // On a busy machine the server may have answered already.
    let _ = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
    async move {
        call.as_mut().await;
        call.as_mut().take_output().unwrap()
    }
}

fn numbers() -> Vec<String> {
    (0..MANY).map(|n| n.to_string()).collect()
}

async fn hears_all_in_order(bob: &Device) {
    for (message, words) in bob.messages(MANY).await.iter().zip(numbers()) {
        assert_eq!(text_of(message), Some(&*words));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_sends_at_once_keep_their_order() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let mut sends = Vec::new();
    for words in numbers() {
        sends.push(begin(alice.tim.send_message(alice.text("C2Cbob", &words))).await);
    }
    hears_all_in_order(&bob).await;
    for (place, send) in sends.into_iter().enumerate() {
        assert_eq!(send.await.unwrap().sequence, place as u64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_that_nobody_waits_for_arrive_in_order() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    for words in numbers() {
        drop(begin(alice.tim.send_message(alice.text("C2Cbob", &words))).await);
    }
    hears_all_in_order(&bob).await;
}
