#!/usr/bin/env bash
# Encrypting a chat's database with SQLCipher's sqlcipher_export, into a file for which there is not enough space.
#
# Expected: the statement fails as SQLite's own do when a database is full: SQLITE_FULL (13), by which an app tells the user to
# free space. Here the target has a maximum of 20 pages; copying a table into it by CREATE TABLE … AS SELECT fails so.
# What happens: with SQLCipher 4.19.0 (sqlcipher3 0.6.4) sqlcipher_export fails with SQLITE_ERROR (1), the code of a wrong
# statement, whatever ended it. Only the text says "database or disk is full".
# So: who decides by the code takes a full disk for a bug, or for a damaged file that is to be set aside, just when a healthy
# history is being encrypted. Compare free space before, or check the source file before judging it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install sqlcipher3==0.6.4
venv/bin/python - <<'PYTHON' | tee seen
from sqlcipher3 import dbapi2

chat = dbapi2.connect("chat.db")
print("SQLCipher", chat.execute("PRAGMA cipher_version").fetchone()[0])
chat.execute("CREATE TABLE message(text)")
chat.executemany("INSERT INTO message VALUES(?)", [("see you at the old mill " * 40,)] * 500)
chat.commit()
chat.execute("ATTACH DATABASE 'small.db' AS small KEY 'pass'")
chat.execute("PRAGMA small.max_page_count = 20")
for statement in ["CREATE TABLE small.copied AS SELECT * FROM message", "SELECT sqlcipher_export('small')"]:
    try:
        chat.execute(statement).fetchall()
    except dbapi2.OperationalError as why:
        print(f"{statement.split()[0]}: {why.sqlite_errorname} ({why.sqlite_errorcode}), {why}")
PYTHON
diff seen - <<'EXPECTED'
SQLCipher 4.19.0 community
CREATE: SQLITE_FULL (13), database or disk is full
SELECT: SQLITE_ERROR (1), database or disk is full
EXPECTED
