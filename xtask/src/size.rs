//! Measures libtim as it is shipped, so that its growth is noticed.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::repository::{VERSION, builder, output_of, run};

const RECORD: &str = "bindings/size.json";
const LIBRARY: &str = "libtim.so";
/// Two faces in one library: a verb costs 6 to 8 KB in them, a kind of message more.
const MAX_BYTES: u64 = 27 * 256 * 1024;
/// Growth since the record that is reported.
const NOTICEABLE_BYTES: u64 = 100_000;

#[derive(clap::Args)]
pub(crate) struct Size {
    /// Write the size into bindings/size.json.
    #[arg(long)]
    record: bool,
}

impl Size {
    pub(crate) fn run(&self) -> Result<()> {
        let size = installed_size()?;
        let recorded = recorded_size();
        println!("{LIBRARY}: {size} bytes, {} recorded, {MAX_BYTES} at most", recorded.unwrap_or(0));
        ensure!(
            size <= MAX_BYTES,
            "{LIBRARY} is too large: see what has grown with cargo bloat, or raise the limit with a reason"
        );
        if self.record {
            return record(size);
        }
        let grown = recorded.map_or(0, |recorded| size.saturating_sub(recorded));
        if grown > NOTICEABLE_BYTES {
            eprintln!(
                "warning: {LIBRARY} has grown by {grown} bytes: if it is worth it, run cargo xtask size --record"
            );
        }
        Ok(())
    }
}

/// The size of the library that script/install strips and installs.
fn installed_size() -> Result<u64> {
    let folder = tempfile::tempdir()?;
    run(builder("script/install").arg("--prefix").arg(folder.path()).stdout(Stdio::null()))?;
    Ok(fs::metadata(folder.path().join("lib").join(LIBRARY))?.len())
}

fn recorded_size() -> Option<u64> {
    let record: Value = serde_json::from_str(&fs::read_to_string(RECORD).ok()?).ok()?;
    record.get(LIBRARY)?.as_u64()
}

fn record(size: u64) -> Result<()> {
    let rustc = output_of(Command::new("rustc").arg("-vV"))?;
    let host =
        rustc.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    fs::write(
        RECORD,
        format!("{{\"{LIBRARY}\": {size}, \"version\": \"{VERSION}\", \"target\": \"{host}\"}}\n"),
    )?;
    Ok(())
}
