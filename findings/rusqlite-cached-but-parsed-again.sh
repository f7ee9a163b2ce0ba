#!/usr/bin/env bash
# Paging through a chat with rusqlite's prepare_cached.
#
# Expected: a cached statement is parsed and planned once; each further use only binds new values. If the schema stays as it
# is, sqlite3_stmt_status(SQLITE_STMTSTATUS_REPREPARE) stays 0.
# What happens: with rusqlite 0.43.0 (feature `bundled`) SQLite parses and plans the page query anew on every single use, the
# first included: its planner looks at the values bound to `seq < ?` and `LIMIT ?`, ties the plan to them, and any new
# binding ends the plan. A query with equalities alone is not affected, and SQLITE_DBCONFIG_ENABLE_QPSG ends it.
# So: a cache of statements saves nothing on history pages unless QPSG is on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
unset LIBSQLITE3_FLAGS
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "pages"
version = "0.0.0"
edition = "2021"
[dependencies]
rusqlite = { version = "=0.43.0", features = ["bundled"] }
TOML
cat >src/main.rs <<'RUST'
use rusqlite::{config::DbConfig, params, params_from_iter, Connection, StatementStatus};
fn uses(chat: &Connection, sql: &str) -> Vec<i32> {
    (0..5i64)
        .map(|turn| {
            let mut page = chat.prepare_cached(sql).unwrap();
            let values = [7, 900 - turn, 50];
            let bound = params_from_iter(&values[..page.parameter_count()]);
            assert!(page.query_map(bound, |row| row.get::<_, i64>(0)).unwrap().all(|row| row.is_ok()));
            page.get_status(StatementStatus::RePrepare)
        })
        .collect()
}
fn main() {
    for stable_plans in [false, true] {
        let chat = Connection::open_in_memory().unwrap();
        chat.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, stable_plans).unwrap();
        chat.execute_batch("CREATE TABLE message(chat INTEGER, seq INTEGER, PRIMARY KEY(chat, seq)) WITHOUT ROWID").unwrap();
        for seq in 0..1000 {
            chat.execute("INSERT INTO message VALUES(7, ?)", params![seq]).unwrap();
        }
        println!("QPSG {stable_plans}");
        for sql in ["WHERE chat = ? AND seq < ? ORDER BY seq DESC LIMIT ?", "WHERE chat = ? AND seq = ?"] {
            println!("  {sql}: {:?}", uses(&chat, &format!("SELECT seq FROM message {sql}")));
        }
    }
}
RUST
cargo run --quiet | tee seen
diff seen - <<'EXPECTED'
QPSG false
  WHERE chat = ? AND seq < ? ORDER BY seq DESC LIMIT ?: [1, 2, 3, 4, 5]
  WHERE chat = ? AND seq = ?: [0, 0, 0, 0, 0]
QPSG true
  WHERE chat = ? AND seq < ? ORDER BY seq DESC LIMIT ?: [0, 0, 0, 0, 0]
  WHERE chat = ? AND seq = ?: [0, 0, 0, 0, 0]
EXPECTED
