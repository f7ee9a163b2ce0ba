#!/usr/bin/env bash
# Deleting messages that are older than 30 days, in SQLite, with times in milliseconds: sent / 1000 < strftime('%s', ...).
#
# Expected: strftime('%s') gives the seconds since 1970, and a comparison of two whole numbers compares them, on whichever side the
# conversion from milliseconds stands.
# What happens: strftime() gives a text in SQLite 3.50.4 (apsw 3.50.4.0 from PyPI). Beside a column the text is turned into a
# number; beside an expression, which sent / 1000 is, it stays a text, and every number is less than every text: DELETE takes
# all messages, those of a second ago too. sent < strftime(...) * 1000 is right, as is a column in seconds: the statement is
# safe until somebody changes the unit of the column and the comparison with it. A list of the last 30 days made so is empty.
# So: unixepoch(...), which is a number, and the conversion on the side that is not the column, which can use an index as well.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >find.py <<'PYTHON'
import apsw, time

now = int(time.time())
print("SQLite", apsw.sqlite_lib_version())
for unit, condition in (
    (1, "sent < strftime('%s', 'now', '-30 days')"),
    (1000, "sent / 1000 < strftime('%s', 'now', '-30 days')"),
    (1000, "sent < strftime('%s', 'now', '-30 days') * 1000"),
    (1000, "sent / 1000 < unixepoch('now', '-30 days')"),
    (1000, "sent / 1000 >= strftime('%s', 'now', '-30 days')"),
):
    database = apsw.Connection(":memory:")
    database.execute("CREATE TABLE message(sent INTEGER NOT NULL)")
    database.executemany("INSERT INTO message VALUES (?)", [[(now - age * 86400) * unit] for age in (90, 60, 10, 1, 0)])
    print(f"{condition}: {database.execute(f'SELECT count(*) FROM message WHERE {condition}').get} of 5")
PYTHON
venv/bin/python find.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
sent < strftime('%s', 'now', '-30 days'): 2 of 5
sent / 1000 < strftime('%s', 'now', '-30 days'): 5 of 5
sent < strftime('%s', 'now', '-30 days') * 1000: 2 of 5
sent / 1000 < unixepoch('now', '-30 days'): 2 of 5
sent / 1000 >= strftime('%s', 'now', '-30 days'): 0 of 5
EXPECTED
