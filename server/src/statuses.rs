//! Tells watchers the status of users: what the bus knows of who is online, and the store of who may see it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::bus::Bus;
use crate::core::ops::{Audience, Notification, NotificationContent, Query, QueryResult, UserKey};
use crate::store::Store;

/// The pause after the store could not answer.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Does so until it is dropped: for one user at a time, so that the last that a watcher is told is how it is. A user of whom the
/// store cannot answer is told of after the others.
pub(crate) async fn tell_statuses(bus: Arc<dyn Bus>, store: Arc<dyn Store>) {
    loop {
        let watched = bus.changed_status().await;
        let user = watched.user;
        match store.query(Query::StatusSeen { user, viewers: watched.viewers.clone() }).await {
            Ok(QueryResult::StatusSeen(seen)) => bus.tell_status(watched, seen).await,
            Ok(_) => {}
            Err(why) => {
                tracing::debug!(%why, "a status waits to be told");
                sleep(AGAIN_AFTER).await;
                bus.publish(vec![told_again(user)]).await;
            }
        }
    }
}

fn told_again(user: UserKey) -> Notification {
    Notification { to: Audience::user(user), except: None, content: NotificationContent::Visibility }
}
