#!/usr/bin/env bash
# Waking chat servers by LISTEN and NOTIFY through PgBouncer.
#
# Expected: LISTEN cannot work in transaction mode, where a client has no server connection of its own between transactions,
# so PgBouncer refuses it, or PostgreSQL's notification reaches the client at its next query.
# What happens: PgBouncer 1.18.0 passes LISTEN on and its answer back: the client sees the tag LISTEN and no error. It never
# hears a notification, neither while it waits nor with its next query. Straight to PostgreSQL 15 the same client hears it.
# So: a server that listens asks itself at its start whether its own NOTIFY comes back.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
command -v pgbouncer >/dev/null || apt-get install -y -qq --no-install-recommends pgbouncer >/dev/null
start_postgres
python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" --quiet --disable-pip-version-check install 'psycopg[binary]==3.2.10'
pool=$((port + 1))
printf '%s\n' '[databases]' "postgres = host=127.0.0.1 port=$port user=postgres" '[pgbouncer]' 'listen_addr = 127.0.0.1' \
    "listen_port = $pool" 'auth_type = any' 'pool_mode = transaction' 'unix_socket_dir =' >"$dir/pgbouncer.ini"
setpriv --reuid postgres --regid postgres --clear-groups pgbouncer --quiet "$dir/pgbouncer.ini" >/dev/null 2>&1 &
bouncer=$!
trap 'kill "$bouncer"; end_postgres' EXIT
until (: <"/dev/tcp/127.0.0.1/$pool") 2>/dev/null; do sleep 0.1; done
"$dir/venv/bin/python" - "$port" "$pool" <<'PYTHON' | tee "$dir/seen"
import psycopg, sys
def connect(port):
    return psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres", autocommit=True)
for name, port in zip(("PostgreSQL", "PgBouncer"), sys.argv[1:]):
    server, other = connect(port), connect(sys.argv[1])
    tag = server.execute("LISTEN chat").statusmessage
    other.execute("NOTIFY chat, 'hello'")
    waiting = [heard.payload for heard in server.notifies(timeout=3, stop_after=1)]
    server.execute("SELECT 1")
    later = [heard.payload for heard in server.notifies(timeout=1, stop_after=1)]
    print(f"{name}: tag {tag}, heard while waiting {waiting}, after a query {later}")
PYTHON
diff "$dir/seen" - <<'EXPECTED'
PostgreSQL: tag LISTEN, heard while waiting ['hello'], after a query []
PgBouncer: tag LISTEN, heard while waiting [], after a query []
EXPECTED
