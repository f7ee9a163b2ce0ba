//! The window of a session: numbers pushes, keeps the unacknowledged ones, and bounds the memory of a slow client.
//!
//! Pure. When the window is full the session is *lagging*: pushes are dropped and one numbered `lag` tells the client
//! to sync.

use std::collections::VecDeque;
use std::sync::Arc;

use tim_protocol::{frame, limits};

/// The un-acknowledged pushes of one session.
#[derive(Debug, Default)]
pub struct Window {
    /// Number of the newest push.
    last: u64,
    /// Newest push the client has applied.
    acked: u64,
    unacknowledged: VecDeque<Arc<str>>,
    bytes: usize,
    /// The number of the `lag` that is not acknowledged yet.
    lagging: Option<u64>,
}

impl Window {
    /// Numbers a push and returns its envelope; `None` if it is dropped because the session is lagging.
    pub fn push(&mut self, encoded: &Arc<str>) -> Option<String> {
        if self.lagging.is_some() {
            return None;
        }
        if self.unacknowledged.len() >= limits::WINDOW_PUSHES
            || self.bytes + encoded.len() > limits::WINDOW_BYTES
        {
            return self.lag();
        }
        Some(self.number(Arc::clone(encoded)))
    }

    /// Whether pushes are dropped until the client acknowledges the `lag`.
    #[must_use]
    pub fn is_lagging(&self) -> bool {
        self.lagging.is_some()
    }

    /// Makes the client sync because a push was lost; `None` if a `lag` is already pending.
    pub fn lag(&mut self) -> Option<String> {
        if self.lagging.is_some() {
            return None;
        }
        self.lagging = Some(self.last + 1);
        Some(self.number(Arc::from(r#""ev":"lag""#)))
    }

    fn number(&mut self, encoded: Arc<str>) -> String {
        self.last += 1;
        let envelope = frame::envelope_push(Some(self.last), &encoded);
        self.bytes += encoded.len();
        self.unacknowledged.push_back(encoded);
        envelope
    }

    /// Acknowledges every push up to `number`. A number above the newest push counts as the newest.
    pub fn acknowledge(&mut self, number: u64) {
        let number = number.min(self.last);
        while self.acked < number {
            self.acked += 1;
            self.bytes -= self.unacknowledged.pop_front().map_or(0, |encoded| encoded.len());
        }
        if self.lagging.is_some_and(|lag| lag <= number) {
            self.lagging = None;
        }
    }

    /// The envelopes after push `push`; `None` if some of them are no longer kept.
    pub fn replay(&mut self, push: u64) -> Option<Vec<String>> {
        if push < self.acked || push > self.last {
            return None;
        }
        self.acknowledge(push);
        let numbers = self.acked + 1..;
        Some(
            numbers
                .zip(&self.unacknowledged)
                .map(|(number, encoded)| frame::envelope_push(Some(number), encoded))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn push(text: &str) -> Arc<str> {
        format!(r#""ev":"{text}""#).into()
    }

    #[test]
    fn a_slow_phone_gets_one_lag_and_goes_on_after_acknowledging_it() {
        let mut window = Window::default();
        for _ in 0..limits::WINDOW_PUSHES {
            assert!(window.push(&push("msg")).is_some());
        }
        assert_eq!(window.push(&push("msg")).as_deref(), Some(r#"{"n":257,"ev":"lag"}"#));
        assert_eq!(window.push(&push("msg")), None);
        window.acknowledge(256);
        assert_eq!(window.push(&push("msg")), None, "the lag itself is not acknowledged");
        window.acknowledge(257);
        assert_eq!(window.push(&push("msg")).as_deref(), Some(r#"{"n":258,"ev":"msg"}"#));
    }

    #[test]
    fn a_window_is_full_by_bytes_too() {
        let mut window = Window::default();
        let large: Arc<str> = "x".repeat(limits::WINDOW_BYTES / 2).into();
        assert!(window.push(&large).is_some());
        assert!(window.push(&large).is_some());
        assert!(window.push(&large).unwrap().contains("lag"));
    }

    #[test]
    fn a_forged_acknowledgement_frees_only_what_was_sent() {
        let mut window = Window::default();
        window.push(&push("a"));
        window.acknowledge(u64::MAX);
        assert_eq!(window.push(&push("b")).as_deref(), Some(r#"{"n":2,"ev":"b"}"#));
        assert_eq!(window.replay(0), None, "what was acknowledged is gone");
        assert_eq!(window.replay(3), None, "what was never sent cannot have been applied");
        assert_eq!(window.replay(1).unwrap(), [r#"{"n":2,"ev":"b"}"#]);
    }

    proptest! {
        #[test]
        fn numbers_are_dense_and_nothing_is_held_beyond_the_bounds(steps in prop::collection::vec((any::<bool>(), 0_u64..400), 0..600)) {
            let (mut window, mut sent) = (Window::default(), 0);
            for (is_push, number) in steps {
                if is_push {
                    if let Some(envelope) = window.push(&push("msg")) {
                        sent += 1;
                        let start = format!("{{\"n\":{sent},");
                        prop_assert!(envelope.starts_with(&start));
                    }
                } else {
                    window.acknowledge(number);
                }
                prop_assert!(window.unacknowledged.len() <= limits::WINDOW_PUSHES + 1);
                prop_assert_eq!(window.unacknowledged.len() as u64, window.last - window.acked);
                prop_assert_eq!(window.bytes, window.unacknowledged.iter().map(|encoded| encoded.len()).sum::<usize>());
            }
        }
    }
}
