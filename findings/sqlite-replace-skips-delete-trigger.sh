#!/usr/bin/env bash
# A search index over messages that triggers keep in step, in SQLite, with INSERT OR REPLACE to store a message that was edited.
#
# Expected: a REPLACE deletes the row that is in its way, so the DELETE trigger takes the old words out of the index.
# What happens: SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) deletes the row and calls no DELETE trigger, unless PRAGMA
# recursive_triggers is on, which has nothing recursive here. The index has two entries for one message, and a search for a word
# that was edited away finds it. INSERT ... ON CONFLICT DO UPDATE calls the UPDATE trigger, whatever the pragma says.
# So: store with ON CONFLICT DO UPDATE where triggers keep something in step.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >index.py <<'PYTHON'
import apsw

REPLACE = "INSERT OR REPLACE INTO message VALUES (1, 'see you at nine')"
UPDATE = "INSERT INTO message VALUES (1, 'see you at nine') ON CONFLICT (seq) DO UPDATE SET words = excluded.words"


def index_after(statement, recursive):
    database = apsw.Connection(":memory:")
    database.execute(f"""
        PRAGMA recursive_triggers = {recursive};
        CREATE TABLE message (seq INTEGER PRIMARY KEY, words TEXT);
        CREATE TABLE found (seq INTEGER, words TEXT);
        CREATE TRIGGER added AFTER INSERT ON message BEGIN INSERT INTO found VALUES (new.seq, new.words); END;
        CREATE TRIGGER removed AFTER DELETE ON message BEGIN DELETE FROM found WHERE seq = old.seq; END;
        CREATE TRIGGER changed AFTER UPDATE ON message BEGIN UPDATE found SET words = new.words WHERE seq = new.seq; END;
        INSERT INTO message VALUES (1, 'see you at eight');
    """)
    database.execute(statement)
    return [words for (words,) in database.execute("SELECT words FROM found")]


print("SQLite", apsw.sqlite_lib_version())
print("REPLACE:", index_after(REPLACE, "off"))
print("REPLACE, recursive_triggers:", index_after(REPLACE, "on"))
print("DO UPDATE:", index_after(UPDATE, "off"))
PYTHON
venv/bin/python index.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
REPLACE: ['see you at eight', 'see you at nine']
REPLACE, recursive_triggers: ['see you at nine']
DO UPDATE: ['see you at nine']
EXPECTED
