#!/usr/bin/env bash
# A client that is to survive message types of a later version, with serde's #[serde(other)].
#
# Expected: a variant marked #[serde(other)] takes every tag that is not known, whatever else the message holds; that is what it
# is for, and it works for internally tagged enums.
# What happens: with serde 1.0.229 in an adjacently tagged enum (tag and content) it takes an unknown tag only if the content is
# absent or null. {"type":"Video","payload":{…}} is an error, "expected unit variant": just the messages that a later version
# adds. In an externally tagged enum it takes the plain string and not the object. A test with the bare tag passes.
# So: read tag and content into strings and raw values first, and decide by hand.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "later"
version = "0.0.0"
edition = "2021"
[dependencies]
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = "=1.0.154"
TOML
cat >src/main.rs <<'RUST'
#![allow(dead_code)]
use serde::Deserialize;
#[derive(Deserialize)]
#[serde(tag = "type", content = "payload")]
enum Adjacent { Text(String), #[serde(other)] Unknown }
#[derive(Deserialize)]
#[serde(tag = "type")]
enum Internal { Text { payload: String }, #[serde(other)] Unknown }
#[derive(Deserialize)]
enum External { Text(String), #[serde(other)] Unknown }

fn reads<'a, T: Deserialize<'a>>(text: &'a str) -> &'static str {
    if serde_json::from_str::<T>(text).is_ok() { "read" } else { "refused" }
}
fn main() {
    for text in [r#"{"type":"Video"}"#, r#"{"type":"Video","payload":null}"#, r#"{"type":"Video","payload":{"seconds":3}}"#] {
        println!("{text} adjacent {} internal {}", reads::<Adjacent>(text), reads::<Internal>(text));
    }
    for text in [r#""Video""#, r#"{"Video":{"seconds":3}}"#] {
        println!("{text} external {}", reads::<External>(text));
    }
}
RUST
cargo run --quiet | tee seen
diff seen - <<'EXPECTED'
{"type":"Video"} adjacent read internal read
{"type":"Video","payload":null} adjacent read internal read
{"type":"Video","payload":{"seconds":3}} adjacent refused internal read
"Video" external read
{"Video":{"seconds":3}} external refused
EXPECTED
