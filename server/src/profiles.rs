//! Tells those who know a user that the user's profile changed: the store says who they are.
//!
//! Nobody waits for it. Whoever is not connected, or is not told, finds the change when they ask for it.

use std::sync::Arc;
use std::time::Duration;

use tim_protocol::conversation::ProfileChange;
use tim_protocol::frame::Push;
use tokio::time::sleep;

use crate::bus::Bus;
use crate::core::ops::{Actor, Audience, Notification, NotificationContent, Query, QueryResult};
use crate::store::Store;

/// The changes of a user in this time are told as one.
const TOGETHER: Duration = Duration::from_secs(1);
/// Users who are told between two pauses.
const AT_ONCE: usize = 256;

/// Does so until it is dropped: for one user at a time, so that the last that anybody is told is how it is.
pub(crate) async fn tell_profiles(bus: Arc<dyn Bus>, store: Arc<dyn Store>) {
    loop {
        let mut again = Vec::new();
        for actor in bus.changed_profiles().await {
            let (profile, users) = match store.query(Query::ProfileTold { actor: actor.clone() }).await {
                Ok(QueryResult::ProfileTold(profile, users)) => (*profile, users),
                Ok(_) => continue,
                Err(why) => {
                    tracing::debug!(%why, "a profile waits to be told");
                    again.push(changed(actor));
                    continue;
                }
            };
            for some in users.chunks(AT_ONCE) {
                let push = Push::Profile(ProfileChange { profile: profile.clone() });
                let (to, content) = (Audience::Users(some.into()), NotificationContent::Push(push));
                bus.publish(vec![Notification { to, except: None, content }]).await;
            }
        }
        sleep(TOGETHER).await;
        bus.publish(again).await;
    }
}

fn changed(actor: Actor) -> Notification {
    let to = Audience::user(actor.key);
    Notification { to, except: None, content: NotificationContent::Profile(Box::new(actor)) }
}
