//! Answers the queries of a queue, on the thread that runs it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use tim_protocol::{Code, Fault};
use tokio::sync::mpsc;

use super::known::Known;
use super::query_queue::QueryQueue;
use crate::core::ops::{Answered, Notification, Query, Refusal};
use crate::store::Listener;

/// A thread that answers the queries of a queue.
pub(super) struct Answering {
    pub(super) queue: Arc<QueryQueue>,
    pub(super) known: Arc<Known>,
    pub(super) listener: Arc<Listener>,
    /// Dropped after the connection.
    pub(super) running: mpsc::Sender<()>,
}

impl Answering {
    /// Answers queries until the queue is closed.
    pub(super) fn run(self, answer: impl Fn(&Query) -> Result<Answered, Refusal>) {
        while let Some((asker, (query, reply))) = self.queue.next() {
            // The requester may be gone.
            if reply.is_closed() {
                continue;
            }
            let (began, since) = (Instant::now(), self.known.since());
            let mut found = answer(&query);
            let notifications = match &mut found {
                Ok(found) => {
                    self.known.found(since, &query, &found.result);
                    std::mem::take(&mut found.notifications)
                }
                Err(_) => Vec::new(),
            };
            self.queue.charge(asker, began.elapsed());
            let _ = reply.send(found.map(|found| found.result));
            notify(&self.listener, notifications);
        }
        drop(answer);
        drop(self.running);
    }
}

/// A panic in the database's code must not stop the store.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        tracing::error!("a fault in the store was caught: please report it with the panic above");
        Err(Fault::new(Code::INTERNAL))
    })
}

/// Hands on the notifications of what was answered.
pub(super) fn notify(listener: &Listener, notifications: Vec<Notification>) {
    if !notifications.is_empty() {
        let _ = guarded(|| {
            listener(notifications);
            Ok(())
        });
    }
}
