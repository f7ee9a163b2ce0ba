#!/usr/bin/env bash
# Two prepared statements to turn syncing off for an import and on again: PRAGMA synchronous = OFF and = FULL.
#
# Expected: preparing a statement changes nothing; it acts when it is run, and each time it is run. EXPLAIN runs nothing.
# What happens: with rusqlite 0.43.0 (feature `bundled`, SQLite 3.54.1) the pragma acts while it is prepared. Whichever was prepared
# last holds; running the other for the first time changes nothing and reports success; from the second time on it works, as
# SQLite then prepares it anew unseen. Preparing EXPLAIN PRAGMA synchronous = OFF turns syncing off. cache_size and
# foreign_keys are the same, user_version is not: it acts when run.
# So: never prepare such a pragma ahead, nor to check its syntax; run it from its text, and read the value back.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
unset LIBSQLITE3_FLAGS
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "import"
version = "0.0.0"
edition = "2021"
[dependencies]
rusqlite = { version = "=0.43.0", features = ["bundled"] }
TOML
cat >src/main.rs <<'RUST'
use rusqlite::Connection;
fn main() {
    println!("SQLite {}", rusqlite::version());
    for (pragma, one, other) in [("synchronous", 0, 2), ("cache_size", 100, 200), ("foreign_keys", 0, 1), ("user_version", 1, 2)] {
        let chat = Connection::open_in_memory().unwrap();
        let value = || chat.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0)).unwrap();
        let prepare = |explain: &str, value| chat.prepare(&format!("{explain} PRAGMA {pragma} = {value}")).unwrap();
        let at_first = value();
        let mut first = prepare("", one);
        let mut last = prepare("", other);
        print!("{pragma}: {at_first}, {one} and {other} prepared: {}", value());
        for _ in 0..2 {
            first.execute([]).unwrap();
            print!(", run {one}: {}", value());
            last.execute([]).unwrap();
            print!(", run {other}: {}", value());
        }
        prepare("EXPLAIN", one);
        println!(", EXPLAIN {one} prepared: {}", value());
    }
}
RUST
cargo run --quiet | tee seen
diff seen - <<'EXPECTED'
SQLite 3.54.1
synchronous: 2, 0 and 2 prepared: 2, run 0: 2, run 2: 2, run 0: 0, run 2: 2, EXPLAIN 0 prepared: 0
cache_size: -2000, 100 and 200 prepared: 200, run 100: 200, run 200: 200, run 100: 100, run 200: 200, EXPLAIN 100 prepared: 100
foreign_keys: 1, 0 and 1 prepared: 1, run 0: 1, run 1: 1, run 0: 0, run 1: 1, EXPLAIN 0 prepared: 0
user_version: 0, 1 and 2 prepared: 0, run 1: 1, run 2: 2, run 1: 1, run 2: 2, EXPLAIN 1 prepared: 2
EXPECTED
