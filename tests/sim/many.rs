//! Many worlds: running seeds, telling of those that failed, and keeping them.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::check::check;
use crate::history::Violation;
use crate::workload::run;
use crate::world::{Break, Plan};

/// How many seeds `promises` runs unless `TIM_SIM_SEEDS` says otherwise.
const SEEDS: u64 = 2_000;
/// Within how many seeds a break has to be noticed.
const NOTICED_WITHIN: u64 = 60;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs one world. A panic in it is a violation too.
fn judge(plan: &Plan) -> Vec<Violation> {
    let judged = std::panic::catch_unwind(|| check(&run(plan.clone())));
    judged.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let what = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        vec![Violation { promise: "panic", what: what.unwrap_or_default() }]
    })
}

fn replayed(seed: u64) -> Plan {
    let few = |name| number(name).and_then(|few| u32::try_from(few).ok());
    Plan {
        operations: few("TIM_SIM_OPERATIONS"),
        faults: few("TIM_SIM_FAULTS"),
        trace: std::env::var("TIM_SIM_TRACE").is_ok(),
        ..Plan::of(seed)
    }
}

/// Seeds that once failed.
fn remembered() -> Vec<u64> {
    let lines = include_str!("seeds.txt").lines();
    lines.filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect()
}

/// Runs seeds on all cores, and gives those that failed.
fn run_all(seeds: &[u64]) -> Vec<(u64, Vec<Violation>)> {
    let (next, failed) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(seed) =
                    usize::try_from(next.fetch_add(1, Ordering::Relaxed)).ok().and_then(|at| seeds.get(at))
                {
                    let violations = judge(&Plan::of(*seed));
                    if !violations.is_empty() {
                        failed.lock().unwrap().push((*seed, violations));
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

/// Keeps a failure where a later run does not overwrite it.
fn keep(seed: u64, report: &str) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .map_or_else(|| Path::new("target/sim-failures").to_path_buf(), |target| target.join("sim-failures"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{seed}.txt")), report).unwrap();
}

fn report(seed: u64, violations: &[Violation]) -> String {
    let mut report = format!("seed {seed}:\n");
    for violation in violations.iter().take(10) {
        report += &format!("  {}: {}\n", violation.promise, violation.what);
    }
    report += &format!("  replay: TIM_SIM_SEED={seed} cargo sim promises\n");
    report
}

/// Looks for less that fails still.
fn shrink(seed: u64) -> String {
    let mut plan = replayed(seed);
    let fails = |plan: &Plan| !judge(plan).is_empty();
    for max in [100, 60, 40, 30, 20, 10, 5] {
        for less in
            [Plan { operations: Some(max), ..plan.clone() }, Plan { faults: Some(max / 5), ..plan.clone() }]
        {
            if fails(&less) {
                plan = less;
            }
        }
    }
    format!("  shrunk: TIM_SIM_OPERATIONS={:?} TIM_SIM_FAULTS={:?}\n", plan.operations, plan.faults)
}

#[test]
fn promises() {
    if let Some(seed) = number("TIM_SIM_SEED") {
        let violations = judge(&replayed(seed));
        assert!(violations.is_empty(), "{}", report(seed, &violations));
        return;
    }
    let begun = std::time::Instant::now();
    let mut seeds = remembered();
    let first = number("TIM_SIM_FIRST").unwrap_or(1);
    seeds.extend(first..first + number("TIM_SIM_SEEDS").unwrap_or(SEEDS));
    let failed = run_all(&seeds);
    for (seed, violations) in &failed {
        let mut report = report(*seed, violations);
        if std::env::var("TIM_SIM_SHRINK").is_ok() {
            report += &shrink(*seed);
        }
        eprintln!("{report}");
        keep(*seed, &report);
    }
    let took = begun.elapsed().as_secs_f64();
    eprintln!("{} seeds in {took:.0} s, {:.0} per second", seeds.len(), seeds.len() as f64 / took);
    assert!(failed.is_empty(), "{} of {} seeds failed", failed.len(), seeds.len());
}

/// Every deliberate bug is noticed.
#[test]
fn breaks() {
    for (how, promise) in [
        (Break::ServerForgets, "I1"),
        (Break::HoleInHistory, "I3"),
        (Break::StoreForgets, "I3"),
        (Break::AcksEarly, "I4"),
        (Break::SwapsSends, "I5"),
        (Break::TellsTwice, "I6"),
        (Break::TellsNot, "I6"),
        (Break::TellsNotAgain, "I6"),
        (Break::NeverMarks, "I6"),
        (Break::SendsTwice, "I7"),
        (Break::ReadsTooFar, "I8"),
        (Break::ForgetsSettings, "I8"),
        (Break::ForgetsRemovals, "I8"),
        (Break::ForgetsReactions, "I3"),
        (Break::HangsUp, "rest"),
        (Break::LosesPlaces, "I3"),
        (Break::HidesUnreadable, "later"),
        (Break::RevokesForAll, "I9"),
        (Break::RescuesNothing, "rescue"),
        (Break::KeepsTopics, "topics"),
        (Break::ShowsToAll, "hidden"),
    ] {
        let notices = |seed: &u64| {
            let found = judge(&Plan { broken: Some(how), ..Plan::of(*seed) });
            found.iter().any(|violation| violation.promise == promise)
        };
        let noticed = (1..=NOTICED_WITHIN).find(notices);
        eprintln!("{how:?}: {promise} noticed with seed {noticed:?}");
        assert!(noticed.is_some(), "{how:?} is not noticed as {promise}");
    }
}
