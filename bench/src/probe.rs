//! The speed of the disk itself, measured together with every durable figure.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::outcome::AnyResult;
use crate::report::Times;

/// Appends 4 KiB and syncs, over and over.
pub(crate) fn fdatasync(folder: &Path, window: Duration) -> AnyResult<Probe> {
    let path = folder.join("fdatasync.probe");
    let mut file = std::fs::File::create(&path)?;
    let (block, start, mut times) = ([0x5a_u8; 4096], Instant::now(), Times::default());
    while start.elapsed() < window {
        let begun = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        times.add(begun.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(Probe(times))
}

/// The result of the disk probe.
pub(crate) struct Probe(Times);

impl Probe {
    /// Median, 99th percentile and maximum in milliseconds.
    pub(crate) fn quantiles(mut self) -> [(&'static str, f64); 3] {
        self.0.quantiles()
    }

    /// Shows it.
    pub(crate) fn print(self) {
        self.0.print("append 4 KiB + fdatasync");
    }
}
