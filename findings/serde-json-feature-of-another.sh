#!/usr/bin/env bash
# A location message read with serde_json, in a program whose other dependency turns a feature of serde_json on.
#
# Expected: cargo features are additive. `arbitrary_precision` keeps digits in serde_json::Value; a program that never uses
# Value and reads `{"type":"Location","latitude":22.5}` into a tagged enum with an f64 reads the same with and without it.
# What happens: cargo unites features over the whole build. As soon as any crate in it turns `arbitrary_precision` on,
# serde_json 1.0.154 with serde 1.0.229 refuses every f64 inside a tagged, untagged or flattened type: "invalid type: map,
# expected f64". Integers pass, so texts and counters work and only coordinates break.
# So: a library that reads f64 in such types tests itself with that feature on, or reads numbers outside of them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "location"
version = "0.0.0"
edition = "2021"
[features]
as-another-crate-does = ["serde_json/arbitrary_precision"]
[dependencies]
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = "=1.0.154"
TOML
cat >src/main.rs <<'RUST'
use serde::Deserialize;
#[allow(dead_code)]
#[derive(Deserialize, Debug)]
#[serde(tag = "type")]
enum Body {
    Location { latitude: f64 },
    Count { count: u64 },
}
fn main() {
    for text in [r#"{"type":"Location","latitude":22.5}"#, r#"{"type":"Count","count":22}"#] {
        println!("{:?}", serde_json::from_str::<Body>(text).map_err(|why| why.to_string()));
    }
}
RUST
{
    echo 'alone' && cargo run --quiet
    echo 'beside another crate' && cargo run --quiet --features as-another-crate-does
} | tee seen
diff seen - <<'EXPECTED'
alone
Ok(Location { latitude: 22.5 })
Ok(Count { count: 22 })
beside another crate
Err("invalid type: map, expected f64")
Ok(Count { count: 22 })
EXPECTED
