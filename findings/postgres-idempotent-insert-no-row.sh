#!/usr/bin/env bash
# Storing a message once and answering its number, in one statement of PostgreSQL, when a phone sends the same message twice at
# once.
#
# Expected: INSERT ... ON CONFLICT DO NOTHING RETURNING seq gives the number of a new row, and UNION ALL SELECT seq ... WHERE id
# gives that of the row in the way. The second sender waits for the first, and one of the two parts always has the row.
# What happens: PostgreSQL 15 answers the second one with no row at all, and no error. The INSERT sees the row that was
# committed while it waited, and does nothing; the SELECT beside it looks with the snapshot from before the wait, where the row
# is not yet. The same statement a moment later finds it, so a test that sends one after the other passes.
# So: select in a statement of its own after the insert, or ON CONFLICT DO UPDATE SET id = excluded.id RETURNING seq.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" --quiet --disable-pip-version-check install 'psycopg[binary]==3.2.10'
cat >"$dir/send.py" <<'PYTHON'
import psycopg, sys, threading, time

PAIR = """WITH new AS (INSERT INTO message(id) VALUES (%(id)s) ON CONFLICT (id) DO NOTHING RETURNING seq)
          SELECT seq FROM new UNION ALL SELECT seq FROM message WHERE id = %(id)s"""
UPDATE = "INSERT INTO message(id) VALUES (%(id)s) ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING seq"


def connect():
    return psycopg.connect(host="127.0.0.1", port=sys.argv[1], user="postgres")


def race(name, statement, id):
    first, second, watch = connect(), connect(), connect()
    watch.autocommit = second.autocommit = True
    print(f"{name}: first", first.execute(statement, {"id": id}).fetchall(), end=", ")
    answer = []
    other = threading.Thread(target=lambda: answer.append(second.execute(statement, {"id": id}).fetchall()))
    other.start()
    while not watch.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
        time.sleep(0.01)
    first.commit()
    other.join()
    print("second, which waited,", answer[0], "and again", second.execute(statement, {"id": id}).fetchall())


with connect() as setup:
    setup.execute("CREATE TABLE message(seq bigserial PRIMARY KEY, id text UNIQUE)")
race("DO NOTHING and SELECT", PAIR, "a")
with connect() as setup:
    setup.execute("TRUNCATE message RESTART IDENTITY")
race("DO UPDATE", UPDATE, "b")
PYTHON
"$dir/venv/bin/python" "$dir/send.py" "$port" | tee "$dir/seen"
diff "$dir/seen" - <<'EXPECTED'
DO NOTHING and SELECT: first [(1,)], second, which waited, [] and again [(1,)]
DO UPDATE: first [(1,)], second, which waited, [(1,)] and again [(1,)]
EXPECTED
