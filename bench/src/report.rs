//! How figures are shown: one per line, name, value, unit.

use std::time::Duration;

/// Begins a group of figures.
pub(crate) fn heading(text: &str) {
    println!("\n{text}");
}

/// One figure.
pub(crate) fn line(name: &str, value: f64, unit: &str) {
    let shown = if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    println!("  {name:<44} {shown:>10} {unit}");
}

/// A set of durations, to take percentiles of.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Adds one.
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Adds another set.
    pub(crate) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The median.
    pub(crate) fn median(mut self) -> Duration {
        self.0.sort_unstable();
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }

    /// The longest.
    pub(crate) fn max(&self) -> Duration {
        self.0.iter().max().copied().unwrap_or_default()
    }

    /// Prints median, 99th percentile and maximum in milliseconds.
    pub(crate) fn print(mut self, name: &str) {
        self.0.sort_unstable();
        for (label, share) in [("p50", 0.50), ("p99", 0.99), ("max", 1.0)] {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let place = ((self.0.len() as f64 * share).ceil() as usize).saturating_sub(1);
            if let Some(time) = self.0.get(place) {
                line(&format!("{name} {label}"), time.as_secs_f64() * 1e3, "ms");
            }
        }
    }
}
