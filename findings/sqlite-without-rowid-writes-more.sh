#!/usr/bin/env bash
# A message log in SQLite, found by conversation and place: as a table WITHOUT ROWID with that primary key, or as an ordinary
# table with a unique index.
#
# Expected: without the row number there is one tree instead of two, and the messages of a conversation lie together. So
# a burst of messages changes fewer pages, and the file is smaller.
# What happens: with texts of 400 bytes SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) writes 39 pages for 100 messages to four
# conversations, and 18 with the row number and the index. The tree of 20,000 rows has 5 levels instead of 3, and the file a
# tenth more pages: a table WITHOUT ROWID is stored like an index, whose inner pages hold whole rows, eight or nine on each.
# So: a log of messages keeps its row number. WITHOUT ROWID is for short rows, such as marks and members.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >burst.py <<'PYTHON'
import os

import apsw

TEXT = "x" * 400


def burst(name, tables):
    log = apsw.Connection(name)
    log.execute("PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0").fetchall()
    log.execute(tables)

    def store(messages):
        with log:
            log.executemany("INSERT INTO message VALUES (?, ?, ?)", messages)

    store([(n % 100, n // 100, TEXT) for n in range(20_000)])
    log.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    store([(n % 4, 200 + n // 4, TEXT) for n in range(100)])
    written = (os.path.getsize(f"{name}-wal") - 32) // (4096 + 24)
    pages = log.execute("PRAGMA page_count").fetchone()[0]
    (path,) = log.execute("SELECT path FROM dbstat WHERE name = 'message' ORDER BY length(path) DESC LIMIT 1").fetchone()
    print(f"{name}: {written} pages written, {pages} in the file, {path.count('/')} levels")


print("SQLite", apsw.sqlite_lib_version())
burst("without-rowid", "CREATE TABLE message (conv INTEGER, seq INTEGER, body TEXT, PRIMARY KEY (conv, seq)) WITHOUT ROWID")
burst("ordinary", "CREATE TABLE message (conv INTEGER, seq INTEGER, body TEXT); CREATE UNIQUE INDEX place ON message (conv, seq)")
PYTHON
venv/bin/python burst.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
without-rowid: 39 pages written, 2523 in the file, 5 levels
ordinary: 18 pages written, 2303 in the file, 3 levels
EXPECTED
