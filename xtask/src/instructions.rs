//! Counts the instructions of the work in tests/instructions, so that a change that makes it dearer is noticed on a busy
//! machine too.
//!
//! The build is the one of the simulation, which exists when the tests have run: what is ours is optimised a little, with every
//! check on. So a count is no time; it is compared with the recorded one.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::repository::{cargo, output_of};

const RECORD: &str = "bench/instructions.json";
/// The tests, each with its function `counted_…`.
const WORK: [&str; 5] = ["send", "fan_out", "login", "page", "receive"];
/// Change since the record that is reported, in percent. Equal builds differ by much less.
const NOTICEABLE_PERCENT: f64 = 5.0;

#[derive(clap::Args)]
pub(crate) struct Instructions {
    /// Write the counts into bench/instructions.json.
    #[arg(long)]
    record: bool,
}

impl Instructions {
    pub(crate) fn run(&self) -> Result<()> {
        let program = build()?;
        let recorded = if self.record { BTreeMap::new() } else { recorded()? };
        let mut counted = BTreeMap::new();
        println!("{:<10} {:>14} {:>14} {:>8}", "work", "instructions", "recorded", "change");
        for work in WORK {
            let count = count(&program, work)?;
            report(work, count, recorded.get(work).copied());
            counted.insert(work, count);
        }
        if self.record {
            fs::write(RECORD, serde_json::to_string_pretty(&counted)? + "\n")?;
        }
        Ok(())
    }
}

/// The recorded counts, one for each work.
fn recorded() -> Result<BTreeMap<String, u64>> {
    let text = fs::read_to_string(RECORD).with_context(|| format!("{RECORD} cannot be read"))?;
    let recorded: BTreeMap<String, u64> = serde_json::from_str(&text)?;
    let unknown = WORK.iter().find(|work| !recorded.contains_key(**work));
    ensure!(unknown.is_none(), "{RECORD} lacks {unknown:?}: run cargo xtask instructions --record");
    Ok(recorded)
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
fn report(work: &str, count: u64, recorded: Option<u64>) {
    let Some(recorded) = recorded else { return println!("{work:<10} {count:>14} {:>14}", "none") };
    let percent = (count as f64 / recorded as f64 - 1.0) * 100.0;
    println!("{work:<10} {count:>14} {recorded:>14} {percent:>+6.1} %");
    if percent.abs() > NOTICEABLE_PERCENT {
        eprintln!(
            "warning: the instructions of {work} changed by {percent:+.1} %: cargo xtask instructions --record accepts that"
        );
    }
}

/// Builds the test as the simulation is built, and returns the program.
fn build() -> Result<String> {
    let arguments = "test --config profile.dev.opt-level=1 --workspace --test instructions --no-run --locked --message-format=json";
    let messages = output_of(cargo().args(arguments.split(' ')))?;
    let executable = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_it = message.get("target")?.get("name")? == "instructions";
        message.get("executable")?.as_str().filter(|_| is_it).map(str::to_owned)
    };
    messages.lines().find_map(executable).context("cargo built no test of this name")
}

/// How many instructions the function of a test takes.
fn count(program: &str, work: &str) -> Result<u64> {
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect=*counted_{work}*"))
        .args([program, work, "--exact", "--test-threads=1"])
        .stdout(Stdio::null())
        .output()
        .context("valgrind does not run here: install it")?;
    let said = String::from_utf8_lossy(&run.stderr);
    ensure!(run.status.success(), "{work} failed under valgrind:\n{said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.context("valgrind tells no count")?;
    let count = count.trim().parse()?;
    ensure!(count > 0, "counted_{work} was not found: is it inlined?");
    Ok(count)
}
