#!/usr/bin/env bash
# Paging through a chat by the time of its last message read, with pg, the PostgreSQL client of npm.
#
# Expected: a timestamptz that the client gave out and takes back is the same time, so "sent > the last one" goes on to the next
# message and "sent < the last one" to the one before.
# What happens: PostgreSQL keeps microseconds, and pg 8.23.1 gives a JavaScript Date, which cuts them to milliseconds. Going
# forward, the last message is newer than its own cut time: the same page comes again and again. Going back, a message of the same
# millisecond is left out for good. Times that a JavaScript program stored are whole milliseconds, so only those that now()
# or another language wrote do it. psycopg 3.2.10 gives microseconds back.
# So: page by number; or store timestamptz(3), or give the time out as text.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
sql postgres 'CREATE TABLE message(id text, sent timestamptz)' \
    "INSERT INTO message VALUES ('a', '2026-01-01 12:00:00.123456Z'), ('b', '2026-01-01 12:00:00.123789Z'), ('c', '2026-01-01 12:00:01Z')"
python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" --quiet --disable-pip-version-check install 'psycopg[binary]==3.2.10'
cd "$dir"
npm install --silent --no-fund --no-audit pg@8.23.1 >/dev/null
cat >page.js <<'NODE'
const { Client } = require("pg");
async function page(client, how, cursor) {
    const seen = [];
    for (let pages = 0; pages < 5; pages++) {
        const { rows } = await client.query(`SELECT id, sent FROM message WHERE sent ${how} LIMIT 1`, [cursor]);
        if (rows.length === 0) break;
        seen.push(rows[0].id);
        cursor = rows[0].sent;
    }
    return seen.join(" ");
}
(async () => {
    const client = new Client({ host: "127.0.0.1", port: +process.argv[2], user: "postgres" });
    await client.connect();
    console.log("pg forward:", await page(client, "> $1 ORDER BY sent", new Date("2025-01-01")));
    console.log("pg back:", await page(client, "< $1 ORDER BY sent DESC", new Date("2027-01-01")));
    await client.end();
})();
NODE
cat >page.py <<'PYTHON'
import datetime, psycopg, sys
client = psycopg.connect(host="127.0.0.1", port=sys.argv[1], user="postgres")
for name, how, year in (("forward", "> %s ORDER BY sent", 2025), ("back", "< %s ORDER BY sent DESC", 2027)):
    cursor, seen = datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc), []
    while row := client.execute(f"SELECT id, sent FROM message WHERE sent {how} LIMIT 1", [cursor]).fetchone():
        seen.append(row[0])
        cursor = row[1]
    print(f"psycopg {name}:", *seen)
PYTHON
{
    node page.js "$port"
    venv/bin/python page.py "$port"
} | tee seen
diff seen - <<'EXPECTED'
pg forward: a a a a a
pg back: c b
psycopg forward: a b c
psycopg back: c b a
EXPECTED
