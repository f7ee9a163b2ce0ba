#!/usr/bin/env bash
# Storing messages that may come twice, with INSERT OR IGNORE in SQLite, in a table that says NOT NULL and CHECK.
#
# Expected: IGNORE passes over what is there already; a message without a sender, or one too long, is refused with an error as
# ever.
# What happens: SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) ignores these as well: the message is not stored, there is no error, and
# changes() is 0, which the program takes for "known already" and acknowledges. A foreign key alone is still an error. INSERT
# ... ON CONFLICT DO NOTHING, which looks like another spelling, ignores duplicates only.
# So: ON CONFLICT DO NOTHING wherever OR IGNORE is meant for duplicates.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >store.py <<'PYTHON'
import apsw

MESSAGES = {
    "a duplicate": ("first", "alice", 1),
    "no sender": ("second", None, 1),
    "too long": ("a" * 40, "alice", 1),
    "no such chat": ("third", "alice", 2),
}
STATEMENTS = {
    "OR IGNORE": "INSERT OR IGNORE INTO message VALUES (?, ?, ?)",
    "DO NOTHING": "INSERT INTO message VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
}
print("SQLite", apsw.sqlite_lib_version())
for name, statement in STATEMENTS.items():
    database = apsw.Connection(":memory:")
    database.execute("""
        PRAGMA foreign_keys = on;
        CREATE TABLE chat (id INTEGER PRIMARY KEY);
        CREATE TABLE message (id TEXT PRIMARY KEY CHECK (length(id) < 40), sender TEXT NOT NULL, chat INTEGER REFERENCES chat);
        INSERT INTO chat VALUES (1);
        INSERT INTO message VALUES ('first', 'alice', 1);
    """)
    for what, message in MESSAGES.items():
        try:
            database.execute(statement, message)
            print(f"{name}, {what}: no error, changes {database.changes()}")
        except apsw.ConstraintError as error:
            print(f"{name}, {what}: {str(error).split(':')[0].removeprefix('ConstraintError ')}")
PYTHON
venv/bin/python store.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
OR IGNORE, a duplicate: no error, changes 0
OR IGNORE, no sender: no error, changes 0
OR IGNORE, too long: no error, changes 0
OR IGNORE, no such chat: FOREIGN KEY constraint failed
DO NOTHING, a duplicate: no error, changes 0
DO NOTHING, no sender: NOT NULL constraint failed
DO NOTHING, too long: CHECK constraint failed
DO NOTHING, no such chat: FOREIGN KEY constraint failed
EXPECTED
