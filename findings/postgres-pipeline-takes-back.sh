#!/usr/bin/env bash
# Storing several messages in one round trip, with a batch of pgx or the pipeline of psycopg, without a transaction.
#
# Expected: with no transaction begun each statement stands for itself, as it does outside of a pipeline; a message whose INSERT
# came back as "INSERT 0 1" without an error is stored, whatever the next one does.
# What happens: PostgreSQL 15 takes all that was sent up to the next Sync for one transaction. pgx 5.7.6 and psycopg 3.2.10
# (autocommit) send a single Sync at the end: the first two are answered "INSERT 0 1", the third is a duplicate, and then none
# is stored. The two answers were true when they were given, and nothing takes them back but the error of another message.
# So: acknowledge after the batch has ended without an error, never by its single answers; or ON CONFLICT in each statement.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
sql postgres 'CREATE TABLE message(id text PRIMARY KEY)'
python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" --quiet --disable-pip-version-check install 'psycopg[binary]==3.2.10'
mkdir "$dir/client" && cd "$dir/client"
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
)

func main() {
	ctx := context.Background()
	client, err := pgx.Connect(ctx, "postgres://postgres@127.0.0.1:"+os.Args[1]+"/postgres")
	if err != nil {
		panic(err)
	}
	batch := &pgx.Batch{}
	for _, id := range []string{"a", "b", "a"} {
		batch.Queue("INSERT INTO message VALUES ($1)", id)
	}
	results := client.SendBatch(ctx, batch)
	fmt.Print("pgx:")
	for range 3 {
		if tag, err := results.Exec(); err != nil {
			fmt.Print(" duplicate")
		} else {
			fmt.Printf(" %q", tag)
		}
	}
	results.Close()
}
GO
(export GOFLAGS=-modcacherw && go mod init client && go get github.com/jackc/pgx/v5@v5.7.6 && go build -o client) 2>/dev/null
cat >client.py <<'PYTHON'
import psycopg, sys
client = psycopg.connect(host="127.0.0.1", port=sys.argv[1], user="postgres", autocommit=True)
cursors = []
try:
    with client.pipeline():
        for id in ("a", "b", "a"):
            cursors.append(client.cursor())
            cursors[-1].execute("INSERT INTO message VALUES (%s)", [id])
except psycopg.errors.UniqueViolation:
    pass
print("psycopg:", *(f'"{cursor.statusmessage}"' if cursor.statusmessage else "duplicate" for cursor in cursors), end="")
PYTHON
stored() { printf ', stored %s\n' "$(sql postgres 'SELECT count(*) FROM message' 'TRUNCATE message')"; }
{
    ./client "$port"
    stored
    "$dir/venv/bin/python" client.py "$port"
    stored
    printf 'psql, one after the other:'
    for id in a b a; do sql postgres "INSERT INTO message VALUES ('$id')" 2>/dev/null || printf ' (third refused)'; done
    stored
} | tee "$dir/seen"
diff "$dir/seen" - <<'EXPECTED'
pgx: "INSERT 0 1" "INSERT 0 1" duplicate, stored 0
psycopg: "INSERT 0 1" "INSERT 0 1" duplicate, stored 0
psql, one after the other: (third refused), stored 2
EXPECTED
