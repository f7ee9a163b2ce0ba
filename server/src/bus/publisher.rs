//! Publishes what a store has committed or passed on, on a task of its own: neither an answer nor the next commit waits for
//! receivers.
//!
//! While the bus is busy with one commit, those that follow collect, and are published together.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::sync::mpsc;

use super::Bus;
use crate::core::ops::Notification;

/// Commits, and messages passed on, that wait to be published. Beyond them the store waits, so that memory is bounded.
const WAITING: usize = 16;

/// Starts the task, which ends when the returned listener is dropped. The listener waits while the bus is far behind; for
/// ephemeral notifications it never does: they are left out when half of the room is taken.
pub fn start(bus: impl Bus) -> impl Fn(Vec<Notification>) + Send + Sync {
    let (sender, mut commits) = mpsc::channel::<Vec<Notification>>(WAITING);
    tokio::spawn(async move {
        let mut waiting = Vec::new();
        while commits.recv_many(&mut waiting, WAITING).await > 0 {
            let notifications = waiting.drain(..).flatten().collect();
            let published = async { bus.publish(notifications).await };
            if AssertUnwindSafe(published).catch_unwind().await.is_err() {
                tracing::error!("a fault in the bus was caught: please report it with the panic above");
            }
        }
    });
    move |notifications| {
        if notifications.iter().all(Notification::is_ephemeral) {
            if sender.capacity() > WAITING / 2 {
                let _ = sender.try_send(notifications);
            }
            return;
        }
        // The task ends early only with its runtime, and then nobody is connected.
        let _ = sender.blocking_send(notifications);
    }
}
