#!/usr/bin/env bash
# A device's database that two threads write, with a busy timeout, in SQLite's WAL mode.
#
# Expected: a writer that cannot write yet waits, as long as its busy handler or busy timeout says, and then writes.
# What happens: a transaction that began by reading, and writes after another connection has committed, is refused at once in
# SQLite 3.50.4 (apsw 3.50.4.0 from PyPI): SQLITE_BUSY_SNAPSHOT, "database is locked". The busy handler is never called, as
# waiting could not help: what was read is no longer the newest. The same statement as often as you like is refused as often;
# only ROLLBACK and the whole transaction again succeeds. With BEGIN IMMEDIATE it cannot happen.
# So: begin with BEGIN IMMEDIATE whatever will write, also where it reads first; no timeout makes up for it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >busy.py <<'PYTHON'
import apsw

one, two = apsw.Connection("log.db"), apsw.Connection("log.db")
one.execute("PRAGMA journal_mode = wal; CREATE TABLE message (seq INTEGER PRIMARY KEY)").fetchall()
waits = 0
NAMES = {apsw.SQLITE_BUSY: "SQLITE_BUSY", apsw.SQLITE_BUSY_SNAPSHOT: "SQLITE_BUSY_SNAPSHOT"}


def wait(attempt):
    global waits
    waits += 1
    return attempt < 3


two.set_busy_handler(wait)


def write(what):
    try:
        two.execute("INSERT INTO message VALUES (NULL)")
        print(f"{what}: written, waited {waits} times")
    except apsw.BusyError as why:
        print(f"{what}: {NAMES[why.extendedresult]}, waited {waits} times")


print("SQLite", apsw.sqlite_lib_version())
two.execute("BEGIN; SELECT max(seq) FROM message").fetchall()
one.execute("INSERT INTO message VALUES (NULL)")
write("read first")
write("once more")
two.execute("ROLLBACK; BEGIN IMMEDIATE; SELECT max(seq) FROM message").fetchall()
write("immediate")
two.execute("COMMIT")
one.execute("BEGIN IMMEDIATE")
write("while another one writes")
PYTHON
venv/bin/python busy.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
read first: SQLITE_BUSY_SNAPSHOT, waited 0 times
once more: SQLITE_BUSY_SNAPSHOT, waited 0 times
immediate: written, waited 0 times
while another one writes: SQLITE_BUSY, waited 4 times
EXPECTED
