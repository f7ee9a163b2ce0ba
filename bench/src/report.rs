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

/// The smallest, the median, and the largest.
pub(crate) fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
    (at(0), at(values.len() / 2), at(values.len().saturating_sub(1)))
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

    /// The shortest time that at least this share of them keep within; zero if there are none.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    pub(crate) fn quantile(&mut self, share: f64) -> Duration {
        self.0.sort_unstable();
        let place = ((self.0.len() as f64 * share).ceil() as usize).saturating_sub(1);
        self.0.get(place).copied().unwrap_or_default()
    }

    /// Median, 99th percentile and maximum in milliseconds, each with its name.
    pub(crate) fn quantiles(&mut self) -> [(&'static str, f64); 3] {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        [("p50", 0.50), ("p99", 0.99), ("max", 1.0)].map(|(name, share)| (name, ms(self.quantile(share))))
    }

    /// Prints those.
    pub(crate) fn print(mut self, name: &str) {
        for (label, ms) in self.quantiles() {
            line(&format!("{name} {label}"), ms, "ms");
        }
    }
}
