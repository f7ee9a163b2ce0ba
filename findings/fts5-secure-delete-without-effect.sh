#!/usr/bin/env bash
# A search index of messages in SQLite's FTS5: a message is recalled, and its words are to leave the file. FTS5 has an option
# for that, secure-delete, and a kind of index that keeps no texts and still takes DELETE: content='', contentless_delete=1.
#
# Expected: with secure-delete set, and PRAGMA secure_delete on, the words of a deleted row are gone from the file, in every kind
# of index that takes the option.
# What happens: SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) takes the option for an index with contentless_delete=1 without a
# word, and it has no effect there: the row is no longer found, and the deleted word still stands in the file until segments
# are merged ('optimize'). An index with its own texts, and one without texts from which rows are taken with the command
# 'delete', obey.
# So: for words that have to go, an index without contentless_delete, and the command 'delete' with the text that was indexed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >recall.py <<'PYTHON'
import os
import apsw

print("SQLite", apsw.sqlite_lib_version())
DELETE = "DELETE FROM message WHERE rowid = 1"
COMMAND = "INSERT INTO message (message, rowid, text) VALUES ('delete', 1, 'the saffron bun')"
for kind, recall in (("", DELETE), (", content = ''", COMMAND), (", content = '', contentless_delete = 1", DELETE)):
    database = apsw.Connection("index.db")
    database.execute("PRAGMA secure_delete = on").fetchall()
    database.execute(f"CREATE VIRTUAL TABLE message USING fts5 (text{kind})")
    database.execute("INSERT INTO message (message, rank) VALUES ('secure-delete', 1)")
    for text in ("the saffron bun", "the other bun"):
        database.execute("INSERT INTO message (text) VALUES (?)" if not kind else
                         "INSERT INTO message (rowid, text) SELECT ?2, ?1", (text,) if not kind else (text, 1 + (text[4] == "o")))
    database.execute(recall)
    found = database.execute("SELECT count(*) FROM message WHERE message MATCH 'saffron'").get
    states = []
    for step in (None, "INSERT INTO message (message) VALUES ('optimize')"):
        if step:
            database = apsw.Connection("index.db")
            database.execute("PRAGMA secure_delete = on").fetchall()
            database.execute(step)
        database.close()
        with open("index.db", "rb") as file:
            states.append("in the file" if b"saffron" in file.read() else "gone")
    print(f"fts5 (text{kind}): found {found} times, {states[0]}; after 'optimize' {states[1]}")
    os.remove("index.db")
PYTHON
venv/bin/python recall.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
fts5 (text): found 0 times, gone; after 'optimize' gone
fts5 (text, content = ''): found 0 times, gone; after 'optimize' gone
fts5 (text, content = '', contentless_delete = 1): found 0 times, in the file; after 'optimize' gone
EXPECTED
