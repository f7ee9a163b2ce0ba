#!/usr/bin/env bash
# The pinned message of a chat, one row in PostgreSQL: one person replaces it with DELETE and INSERT in a transaction, another one
# changes it with UPDATE at the same moment.
#
# Expected: there is such a row at every moment, as both statements of the replacement are committed together. The UPDATE waits
# for the other one and then changes the row that is there.
# What happens: PostgreSQL 15 waits, sees that the row it waited for is gone, and answers "UPDATE 0" without an error. The new row
# was not there when the UPDATE began. DELETE goes the same way: what it should have taken away stays. Where the replacement is
# an UPDATE, or INSERT ... ON CONFLICT DO UPDATE, the second one finds the row. In a test one after the other all is well.
# So: replace a row by changing it, never by DELETE and INSERT; "UPDATE 0" does not say that there is none.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
sql postgres 'CREATE TABLE pin(chat int PRIMARY KEY, message int)' 'INSERT INTO pin VALUES (1, 1)'
psql=("$binaries/psql" -h 127.0.0.1 -p "$port" -U postgres -At -d postgres)

# at_once REPLACEMENT STATEMENT: the second begins while the first is not committed yet.
at_once() {
    "${psql[@]}" -q -c "BEGIN; $1; SELECT FROM pg_advisory_lock(1); SELECT FROM pg_sleep(2); COMMIT" >/dev/null &
    until [[ $(sql postgres "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 1 ]]; do sleep 0.1; done
    printf '%s beside %s: %s, there is message %s\n' "${2%% *}" "${1%% *}" "$("${psql[@]}" -c "$2")" "$(sql postgres 'SELECT message FROM pin')"
    wait
}
replace='DELETE FROM pin WHERE chat = 1; INSERT INTO pin VALUES (1, 2)'
upsert='INSERT INTO pin VALUES (1, 2) ON CONFLICT (chat) DO UPDATE SET message = 2'
{
    for how in "$replace" "$upsert"; do
        at_once "$how" 'UPDATE pin SET message = 3 WHERE chat = 1'
        at_once "$how" 'DELETE FROM pin WHERE chat = 1'
        sql postgres 'INSERT INTO pin VALUES (1, 1) ON CONFLICT DO NOTHING'
    done
} | tee "$dir/seen"
diff "$dir/seen" - <<'EXPECTED'
UPDATE beside DELETE: UPDATE 0, there is message 2
DELETE beside DELETE: DELETE 0, there is message 2
UPDATE beside INSERT: UPDATE 1, there is message 3
DELETE beside INSERT: DELETE 1, there is message 
EXPECTED
