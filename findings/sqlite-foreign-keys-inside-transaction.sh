#!/usr/bin/env bash
# A migration step that turns SQLite's foreign keys on and then deletes a conversation, all in one transaction.
#
# Expected: PRAGMA foreign_keys = on takes effect at once, or is refused where it cannot; the messages go with the conversation.
# What happens: inside a transaction SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) ignores the pragma, in both directions, without an
# error and without doing it after the commit. The conversation is deleted, its messages stay. Many migration tools run
# every step in a transaction. Off is ignored just so: the messages are deleted although the step had turned the keys off.
# So: set it when the connection is opened, before BEGIN, and read it back.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >keys.py <<'PYTHON'
import apsw


def left_after(steps):
    database = apsw.Connection(":memory:")
    database.execute("""
        CREATE TABLE conversation (id INTEGER PRIMARY KEY);
        CREATE TABLE message (conversation REFERENCES conversation ON DELETE CASCADE);
        INSERT INTO conversation VALUES (1); INSERT INTO message VALUES (1), (1);
    """)
    database.execute(steps)
    (messages,) = database.execute("SELECT count(*) FROM message").fetchone()
    (keys,) = database.execute("PRAGMA foreign_keys").fetchone()
    return f"{messages} messages left, foreign_keys is {keys}"


print("SQLite", apsw.sqlite_lib_version())
print("before:", left_after("PRAGMA foreign_keys = on; BEGIN; DELETE FROM conversation; COMMIT"))
print("on inside:", left_after("BEGIN; PRAGMA foreign_keys = on; DELETE FROM conversation; COMMIT"))
print("off inside:", left_after("PRAGMA foreign_keys = on; BEGIN; PRAGMA foreign_keys = off; DELETE FROM conversation; COMMIT"))
PYTHON
venv/bin/python keys.py | tee seen
diff seen - <<'EXPECTED'
SQLite 3.50.4
before: 0 messages left, foreign_keys is 1
on inside: 2 messages left, foreign_keys is 0
off inside: 0 messages left, foreign_keys is 1
EXPECTED
