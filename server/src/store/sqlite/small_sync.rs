//! Answers a small sync on the writer's thread, after the commit that raised its watermark: the writer's pages are in
//! memory, and nobody has to be woken once more. Sends wait meanwhile, so only what is small, and not for long.

use std::time::{Duration, Instant};

use crate::core::ops::{Committed, Query, QueryResult, Refusal, Write, WriteReply};
use crate::core::sync_range::SyncRange;

use super::database::Database;
use super::query_queue::ReplySender;

/// Most versions, and most messages, that a small sync covers.
const VERSIONS: u64 = 32;
const MESSAGES: u64 = 128;
/// For this long a batch's syncs are answered here; the readers answer the others.
const AT_MOST: Duration = Duration::from_millis(1);

/// A sync whose watermark is committed: its query, the result of the commit, and who waits for it.
pub(super) struct SmallSync {
    pub(super) query: Query,
    pub(super) raised: Result<Committed, Refusal>,
    pub(super) reply: ReplySender<Committed>,
}

/// The query of the sync for which a write has raised the watermark, if it is small.
pub(super) fn query(write: &Write, result: &Result<Committed, Refusal>) -> Option<Query> {
    let Write::AdvanceWatermark { actor, sync: Some(sync) } = write else { return None };
    let Ok(Committed { answer: WriteReply::Watermark(upto), .. }) = result else { return None };
    let range = SyncRange::of(sync, *upto);
    // Each version is at most one row.
    let versions = range.before.saturating_sub(range.after).saturating_sub(1);
    let messages = versions.saturating_mul(sync.latest.into());
    let is_small = (1..=VERSIONS).contains(&versions) && messages <= MESSAGES;
    is_small.then(|| Query::Sync { actor: actor.clone(), sync: (**sync).clone(), upto: *upto })
}

impl Database {
    /// Answers the syncs of a batch: with the page, or, once the time is over, with the watermark.
    pub(super) fn answer_syncs(&self, syncs: Vec<SmallSync>) {
        let began = Instant::now();
        for SmallSync { query, raised, reply } in syncs {
            let page = if began.elapsed() < AT_MOST { self.page(&query) } else { None };
            let _ = reply.send(page.map_or(raised, Ok));
        }
    }

    /// The page; the readers are asked for one that fails here.
    fn page(&self, query: &Query) -> Option<Committed> {
        match self.query(query) {
            Ok(QueryResult::Reply(page)) => {
                Some(Committed { answer: page.into(), notifications: Vec::new() })
            }
            Ok(_) => None,
            Err(_) => {
                self.recover();
                None
            }
        }
    }
}
