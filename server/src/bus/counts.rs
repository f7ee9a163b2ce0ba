//! How many users follow a topic: counted at most once a minute, however many ask.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::core::ops::ConversationKey;

/// How long a count holds.
const HOLDS: Duration = Duration::from_secs(60);
/// Most counts that are kept; when there are more, those that do not hold any more go.
const KEPT: usize = 1_024;

/// The counts that somebody asked for lately.
#[derive(Default)]
pub(super) struct Counts(Mutex<HashMap<ConversationKey, (Instant, u32)>>);

impl Counts {
    /// The count of a topic, taken now if there is none that holds.
    pub(super) fn get(&self, topic: ConversationKey, count: impl FnOnce() -> u32) -> u32 {
        let now = Instant::now();
        let holds = |taken: Instant| now.duration_since(taken) < HOLDS;
        // A panic cannot leave the map inconsistent, because each change is one step.
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, users)) = counts.get(&topic).filter(|(taken, _)| holds(*taken)) {
            return *users;
        }
        if counts.len() >= KEPT {
            counts.retain(|_, (taken, _)| holds(*taken));
        }
        let users = count();
        if counts.len() < KEPT {
            counts.insert(topic, (now, users));
        }
        users
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_topic_is_counted_once_a_minute() {
        let (counts, taken) = (Counts::default(), Cell::new(0));
        let count = |topic| {
            counts.get(ConversationKey(topic), || {
                taken.set(taken.get() + 1);
                taken.get()
            })
        };
        assert_eq!([count(1), count(1), count(2)], [1, 1, 2]);
        tokio::time::advance(HOLDS - Duration::from_millis(1)).await;
        assert_eq!(count(1), 1);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!([count(1), count(1)], [3, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_counts_are_kept_and_no_more() {
        let counts = Counts::default();
        for topic in 0..2 * i64::try_from(KEPT).unwrap() {
            assert_eq!(counts.get(ConversationKey(topic), || 1), 1);
        }
        assert_eq!(counts.0.lock().unwrap().len(), KEPT);
        tokio::time::advance(HOLDS).await;
        assert_eq!(counts.get(ConversationKey(-1), || 2), 2);
        assert_eq!(counts.0.lock().unwrap().len(), 1);
    }
}
