#!/usr/bin/env bash
# A message log in SQLite's WAL mode: one connection writes, another one reads the pages of a history again and again.
#
# Expected: a page that was read stays in the reader's cache until somebody changes that page. A commit elsewhere, such as one
# row in another table, costs the reader at most the pages it touched.
# What happens: SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) empties the reader's whole cache at its next transaction, whatever the
# commit changed: all 55 pages of the same history are read from the files again. Without a commit none is. One connection
# that both writes and reads keeps its pages.
# So: beside a writer that never rests a larger cache of a reader is of no use. What is read right after a commit, such as
# what a device missed, is cheaper on the connection that writes; the file system's cache is what serves the readers.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >caches.py <<'PYTHON'
import apsw

writer = apsw.Connection("log.db")
writer.execute("PRAGMA journal_mode = wal").fetchall()
writer.execute("CREATE TABLE message (seq INTEGER PRIMARY KEY, body TEXT); CREATE TABLE presence (user TEXT)")
with writer:
    writer.executemany("INSERT INTO message (body) VALUES (?)", [("x" * 200,)] * 1000)
reader = apsw.Connection("log.db")


def read(what, connection):
    connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS, True)
    connection.execute("SELECT sum(length(body)) FROM message").fetchall()
    misses, _ = connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS)
    print(f"{what}: {misses} pages read from the files")


print("SQLite", apsw.sqlite_lib_version())
read("reader, first time", reader)
read("reader, again", reader)
writer.execute("INSERT INTO presence VALUES ('alice')")
read("reader, after a commit to another table", reader)
read("writer, first time", writer)
writer.execute("INSERT INTO presence VALUES ('bob')")
read("writer, after its own commit", writer)
PYTHON
venv/bin/python caches.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
reader, first time: 55 pages read from the files
reader, again: 0 pages read from the files
reader, after a commit to another table: 55 pages read from the files
writer, first time: 0 pages read from the files
writer, after its own commit: 0 pages read from the files
EXPECTED
