#!/usr/bin/env bash
# A durable row per device ("last seen", "logged in with"), written again with the values it already has.
#
# Expected: in WAL mode with synchronous = FULL a committed UPDATE appends the page to the log and syncs it, whatever the values;
# SQLite does not compare before it writes, and says that one row has changed.
# What happens: SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) compares the bytes of the row: are they the old ones, the commit writes
# nothing, syncs nothing, and data_version of other connections stays, though changes() says 1. So does an upsert. INSERT OR
# REPLACE writes in any case, and so does UPDATE if the column has an index.
# So: a benchmark of durable writes that repeats a value measures no disk, and a watcher of data_version misses the heartbeat.
# Let each write carry something new, a time or a counter.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v strace >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends strace; } >/dev/null
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >seen.py <<'PYTHON'
import os, sys
import apsw

name, statement, index, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
db = apsw.Connection(name)
db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0").fetchall()
db.execute("CREATE TABLE device (id INTEGER PRIMARY KEY, at INTEGER, token TEXT); INSERT INTO device VALUES (1, 7, 'x')")
if index:
    db.execute("CREATE INDEX device_at ON device (at)")
other = apsw.Connection(name)
before = os.stat(name + "-wal").st_size, other.pragma("data_version")
changes = 0
for turn in range(times):
    db.execute(statement, {"turn": turn} if ":turn" in statement else ())
    changes += db.changes()
grown = os.stat(name + "-wal").st_size > before[0]
noticed = other.pragma("data_version") != before[1]
print(f"changes {changes}, log {'grows' if grown else 'stays'}, data_version {'moves' if noticed else 'stays'}")
PYTHON

# syncs STATEMENT INDEX TIMES: how many calls sync a file from opening the database to closing it.
syncs() {
    rm -f device.db*
    strace -f -qq -o trace -e trace=fsync,fdatasync venv/bin/python seen.py device.db "$@" >said
    grep -c 'sync(' trace
}
# writes WHAT STATEMENT [INDEX]: what 50 commits of this statement do, beyond what opening and closing syncs.
writes() {
    local none all
    none=$(syncs "$2" "${3:-}" 0)
    all=$(syncs "$2" "${3:-}" 50)
    if ((all - none >= 50)); then synced='each synced'; elif ((all == none)); then synced='none synced'; else synced="$((all - none)) synced"; fi
    echo "$1: $(cat said), $synced"
}
{
    venv/bin/python -c 'import apsw; print("SQLite", apsw.sqlite_lib_version())'
    writes 'new value' 'UPDATE device SET at = :turn WHERE id = 1'
    writes 'same value' 'UPDATE device SET at = 7 WHERE id = 1'
    writes 'same value, upsert' "INSERT INTO device VALUES (1, 7, 'x') ON CONFLICT DO UPDATE SET at = excluded.at"
    writes 'same value, replace' "INSERT OR REPLACE INTO device VALUES (1, 7, 'x')"
    writes 'same value, index' 'UPDATE device SET at = 7 WHERE id = 1' index
} | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
new value: changes 50, log grows, data_version moves, each synced
same value: changes 50, log stays, data_version stays, none synced
same value, upsert: changes 50, log stays, data_version stays, none synced
same value, replace: changes 50, log grows, data_version moves, each synced
same value, index: changes 50, log grows, data_version moves, each synced
EXPECTED
