//! Tells watchers the status of users: what the bus knows of who is online, and the store of who may see it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::bus::Bus;
use crate::core::ops::{Query, QueryResult};
use crate::store::Store;

/// The pause before the store is asked again that could not answer.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Does so until it is dropped: for one user at a time, so that the last that a watcher is told is how it is.
pub(crate) async fn tell_statuses(bus: Arc<dyn Bus>, store: Arc<dyn Store>) {
    loop {
        let watched = bus.changed_status().await;
        loop {
            match store
                .query(Query::StatusSeen { user: watched.user, viewers: watched.viewers.clone() })
                .await
            {
                Ok(QueryResult::StatusSeen(seen)) => break bus.tell_status(watched, seen).await,
                Ok(_) => break,
                Err(why) => {
                    tracing::debug!(%why, "a status waits to be told");
                    sleep(AGAIN_AFTER).await;
                }
            }
        }
    }
}
