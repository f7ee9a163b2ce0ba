#!/usr/bin/env bash
# Tests that start a real chat server call cargo to build it, and so do tasks in the style of xtask; TLS is rustls with ring.
#
# Expected: a build of the same package, with the same profile, features and variables of the user's, finds everything built,
# whoever starts cargo.
# What happens: with ring 0.17.14, cargo that is started by a program which cargo runs (`cargo run`, `cargo test`) builds ring and all
# that depends on it anew, and the next build by hand builds them anew again. Ring's build script has cargo watch CARGO_PKG_NAME,
# CARGO_MANIFEST_DIR and others. Cargo gives them to the programs that it runs, so they differ between the two, although each
# build script gets its own values in any case. No output says why.
# So: remove CARGO_PKG_* and CARGO_MANIFEST_* from the environment of a cargo that a test or a task starts.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
unset CARGO_TARGET_DIR
mkdir -p server/src task/src
cat >Cargo.toml <<'TOML'
[workspace]
members = ["server", "task"]
resolver = "2"
TOML
cat >server/Cargo.toml <<'TOML'
[package]
name = "server"
version = "0.0.0"
edition = "2021"

[dependencies]
ring = "=0.17.14"
TOML
cat >server/src/main.rs <<'RUST'
fn main() {
    ring::digest::digest(&ring::digest::SHA256, b"hello");
}
RUST
cat >task/Cargo.toml <<'TOML'
[package]
name = "task"
version = "0.0.0"
edition = "2021"
TOML
cat >task/src/main.rs <<'RUST'
use std::process::Command;

fn main() {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--package", "server"]);
    if std::env::args().nth(1).as_deref() == Some("without") {
        for (name, _) in std::env::vars() {
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(name);
            }
        }
    }
    assert!(cargo.status().unwrap().success());
}
RUST
# says WHAT COMMAND...: whether the command compiled ring.
says() {
    local what=$1
    shift
    "$@" >log 2>&1
    if grep -q 'Compiling ring ' log; then echo "$what: ring is built"; else echo "$what: ring is there"; fi
}
cargo build --quiet --package task
{
    says 'by hand' cargo build --package server
    says 'by hand again' cargo build --package server
    says 'by a task' cargo run --package task
    says 'by hand after the task' cargo build --package server
    says 'by a task without these variables' cargo run --package task without
} >seen
cat seen
diff seen - <<'EXPECTED'
by hand: ring is built
by hand again: ring is there
by a task: ring is built
by hand after the task: ring is built
by a task without these variables: ring is there
EXPECTED
