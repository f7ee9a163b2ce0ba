//! The metrics of commits. Each is looked up once, because the lookup costs more than the counting.

use std::collections::HashMap;
use std::time::Duration;

use metrics::{Counter, Histogram};

use crate::core::ops::{Committed, Refusal, Write};

/// The metrics of the writer.
pub(super) struct CommitMetrics {
    seconds: Histogram,
    writes: Histogram,
    /// By kind and outcome.
    counters: HashMap<(&'static str, &'static str), Counter>,
}

impl CommitMetrics {
    pub(super) fn registered() -> Self {
        Self {
            seconds: metrics::histogram!("tim_commit_seconds"),
            writes: metrics::histogram!("tim_commit_writes"),
            counters: HashMap::new(),
        }
    }

    /// Records a commit that took this long.
    pub(super) fn record(&mut self, took: Duration, batch: &[Write], results: &[Result<Committed, Refusal>]) {
        self.seconds.record(took);
        #[expect(clippy::cast_precision_loss)]
        self.writes.record(batch.len() as f64);
        for (write, result) in batch.iter().zip(results) {
            let (kind, outcome) = (write.name(), if result.is_ok() { "done" } else { "refused" });
            let counter = self.counters.entry((kind, outcome)).or_insert_with(
                || metrics::counter!("tim_writes_total", "write" => kind, "outcome" => outcome),
            );
            counter.increment(1);
        }
    }
}
