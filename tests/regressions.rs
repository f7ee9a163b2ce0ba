//! Replays what fuzzing found, and every golden frame, through the fuzz targets' own code, without libFuzzer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    unreachable_pub
)]

#[path = "../fuzz/src/machine.rs"]
mod machine;
#[path = "../fuzz/src/server.rs"]
mod server;
#[path = "../fuzz/src/session.rs"]
mod session;
#[path = "../fuzz/src/wire.rs"]
mod wire;

use std::fs;
use std::path::Path;

/// Every file below a folder of the repository, in a fixed order; none if there is no such folder.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn replay(target: &str, run: fn(&[u8])) {
    let inputs = [files(&format!("fuzz/regressions/{target}")), files("protocol/tests/golden")].concat();
    for (name, input) in inputs {
        println!("{target}: {name}");
        run(&input);
    }
}

#[test]
fn the_codec_bears_every_known_input() {
    replay("codec", wire::codec);
}

#[test]
fn inflating_bears_every_known_input() {
    replay("inflate", wire::inflate);
}

#[test]
fn tokens_bear_every_known_input() {
    replay("usersig", wire::usersig);
}

#[test]
fn a_phone_bears_every_known_input() {
    replay("machine", machine::machine);
}

#[test]
fn a_server_bears_every_known_input() {
    replay("session", session::session);
}

#[test]
fn a_server_bears_every_known_input_of_two_users() {
    replay("two_users", session::two_users);
}
