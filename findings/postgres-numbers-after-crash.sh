#!/usr/bin/env bash
# Message numbers from a PostgreSQL sequence, in a server whose every message was committed, after a crash.
#
# Expected: a sequence has gaps where a transaction was rolled back or was under way. With none of these, and everything
# committed before the crash, the next number after it follows the last one.
# What happens: PostgreSQL 15 writes a sequence to its log 32 numbers ahead and goes on behind those after a crash: 1, 2, 3,
# then 36. No message is missing, and no cache is set. A clean stop leaves no gap, so tests that restart the server see none.
# So: a client that takes every gap for messages still to come waits for 32 that never were; a log without gaps takes its
# numbers from a row that is updated in the same transaction.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
start_again() {
    as_postgres "$binaries/pg_ctl" -D "$dir/data" -m "$1" -w stop >/dev/null
    as_postgres "$binaries/pg_ctl" -D "$dir/data" -o "-p $port -c unix_socket_directories=" -w start >/dev/null
}
{
    sql postgres 'CREATE TABLE message(seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)'
    sql postgres 'INSERT INTO message DEFAULT VALUES' 'INSERT INTO message DEFAULT VALUES' 'CHECKPOINT'
    start_again fast
    sql postgres 'INSERT INTO message DEFAULT VALUES'
    printf 'after a clean stop: %s\n' "$(sql postgres "SELECT string_agg(seq::text, ', ' ORDER BY seq) FROM message")"
    start_again immediate
    sql postgres 'INSERT INTO message DEFAULT VALUES'
    printf 'after a crash: %s\n' "$(sql postgres "SELECT string_agg(seq::text, ', ' ORDER BY seq) FROM message")"
    sql postgres "SELECT 'cache of the sequence: ' || seqcache FROM pg_sequence"
} | tee "$dir/seen"
diff "$dir/seen" - <<'EXPECTED'
after a clean stop: 1, 2, 3
after a crash: 1, 2, 3, 36
cache of the sequence: 1
EXPECTED
