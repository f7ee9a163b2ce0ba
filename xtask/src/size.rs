//! Measures libtim as it is shipped, so that its growth is noticed.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::repository::{VERSION, builder, output_of, run};

const RECORD: &str = "bindings/size.json";
/// Of C and C++, and of Swift and Kotlin.
const LIBRARIES: [&str; 2] = ["libtim.so", "libtim_ffi.so"];
/// Each has one face. A verb costs 3 to 4 KB in it, a kind of message more.
const MAX_BYTES: u64 = 29 * 256 * 1024;
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
        let sizes = installed_sizes()?;
        let recorded = |library| recorded_size(library).unwrap_or(0);
        for (library, size) in LIBRARIES.into_iter().zip(sizes) {
            println!("{library}: {size} bytes, {} recorded, {MAX_BYTES} at most", recorded(library));
            ensure!(
                size <= MAX_BYTES,
                "{library} is too large: see what has grown with cargo bloat, or raise the limit with a reason"
            );
        }
        if self.record {
            return record(sizes);
        }
        for (library, size) in LIBRARIES.into_iter().zip(sizes) {
            let grown = size.saturating_sub(recorded(library));
            if grown > NOTICEABLE_BYTES {
                eprintln!(
                    "warning: {library} has grown by {grown} bytes: if it is worth it, run cargo xtask size --record"
                );
            }
        }
        Ok(())
    }
}

/// The sizes of the libraries that script/install strips and installs.
fn installed_sizes() -> Result<[u64; 2]> {
    let folder = tempfile::tempdir()?;
    run(builder("script/install").arg("--prefix").arg(folder.path()).stdout(Stdio::null()))?;
    let size = |library| anyhow::Ok(fs::metadata(folder.path().join("lib").join(library))?.len());
    let [of_c, of_uniffi] = LIBRARIES;
    Ok([size(of_c)?, size(of_uniffi)?])
}

fn recorded_size(library: &str) -> Option<u64> {
    let record: Value = serde_json::from_str(&fs::read_to_string(RECORD).ok()?).ok()?;
    record.get(library)?.as_u64()
}

fn record(sizes: [u64; 2]) -> Result<()> {
    let rustc = output_of(Command::new("rustc").arg("-vV"))?;
    let host =
        rustc.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    let ([of_c, of_uniffi], [c, uniffi]) = (LIBRARIES, sizes);
    fs::write(
        RECORD,
        format!(
            "{{\"{of_c}\": {c}, \"{of_uniffi}\": {uniffi}, \"version\": \"{VERSION}\", \"target\": \"{host}\"}}\n"
        ),
    )?;
    Ok(())
}
