#!/usr/bin/env bash
# A message log in SQLite's WAL mode with synchronous = FULL, and the system call that ends each commit.
#
# Expected: on Linux SQLite syncs the log with fdatasync, as Debian's library does. The same SQLite built by a crate does the
# same.
# What happens: rusqlite 0.43.0 (feature `bundled`, SQLite 3.54.1) calls fsync and never fdatasync. SQLite takes fdatasync only if
# its build says HAVE_FDATASYNC, which ./configure finds out and the crate's build script does not. LIBSQLITE3_FLAGS can say it.
# So: an append into the part of the log that a checkpoint left waits for the file's times to reach the disk too. Give the
# flag, or know that a measurement with another SQLite of the same system measures another system call.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v strace >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends strace; } >/dev/null
unset LIBSQLITE3_FLAGS
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "commits"
version = "0.0.0"
edition = "2021"
[dependencies]
rusqlite = { version = "=0.43.0", features = ["bundled"] }
TOML
cat >src/main.rs <<'RUST'
fn main() {
    println!("SQLite {}", rusqlite::version());
    let log = rusqlite::Connection::open(std::env::args().nth(1).unwrap()).unwrap();
    log.execute_batch(&std::fs::read_to_string("commits.sql").unwrap()).unwrap();
}
RUST
cat >debian.py <<'PYTHON'
import ctypes, sys

sqlite, log = ctypes.CDLL("libsqlite3.so.0"), ctypes.c_void_p()
sqlite.sqlite3_libversion.restype = ctypes.c_char_p
print("SQLite", sqlite.sqlite3_libversion().decode())
assert sqlite.sqlite3_open(sys.argv[1].encode(), ctypes.byref(log)) == 0
assert sqlite.sqlite3_exec(log, open("commits.sql", "rb").read(), None, None, None) == 0
PYTHON
{
    echo 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE message (seq INTEGER PRIMARY KEY);'
    for _ in {1..20}; do echo 'INSERT INTO message VALUES (NULL);'; done
} >commits.sql

# calls WHAT PROGRAM...: which calls synced its 20 commits.
calls() {
    echo "$1: $(strace -f -qq -o trace -e trace=fsync,fdatasync "${@:2}" "$1.db")"
    for call in fsync fdatasync; do
        count=$(grep -c " $call(" trace || true)
        if ((count >= 20)); then echo "  $call for each commit"; else echo "  $call ${count/#0/never}"; fi
    done
}
{
    calls Debian python3 debian.py
    cargo build --quiet
    calls crate target/debug/commits
    LIBSQLITE3_FLAGS=-DHAVE_FDATASYNC=1 cargo build --quiet
    calls flag target/debug/commits
} | tee seen
diff seen - <<'EXPECTED'
Debian: SQLite 3.40.1
  fsync never
  fdatasync for each commit
crate: SQLite 3.54.1
  fsync for each commit
  fdatasync never
flag: SQLite 3.54.1
  fsync never
  fdatasync for each commit
EXPECTED
