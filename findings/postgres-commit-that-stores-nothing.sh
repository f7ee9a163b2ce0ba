#!/usr/bin/env bash
# What a successful commit() of a PostgreSQL client says.
#
# Expected: a transaction in which a statement failed cannot be committed, so commit() gives an error.
# What happens: PostgreSQL answers COMMIT of a failed transaction with the tag ROLLBACK and no error. tokio-postgres 0.7.18 drops
# the tag: Transaction::commit() is Ok(()). psycopg 3.2.10's commit() returns as well. Nothing is stored.
# So: a server that acknowledges after commit() without having looked at every statement's own answer acknowledges what is
# gone; a pipelined transaction needs the answers of all its parts.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
sql postgres 'CREATE TABLE message(id int PRIMARY KEY)'
mkdir -p "$dir/client/src" && cd "$dir/client"
python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" --quiet --disable-pip-version-check install 'psycopg[binary]==3.2.10'
cat >Cargo.toml <<'TOML'
[package]
name = "client"
version = "0.0.0"
edition = "2021"
[dependencies]
tokio-postgres = "=0.7.18"
tokio = { version = "1", features = ["rt", "macros"] }
TOML
cat >src/main.rs <<'RUST'
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let at = format!("host=127.0.0.1 port={} user=postgres", std::env::args().nth(1).unwrap());
    let (mut client, connection) = tokio_postgres::connect(&at, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let transaction = client.transaction().await.unwrap();
    transaction.execute("INSERT INTO message VALUES(1)", &[]).await.unwrap();
    let again = transaction.execute("INSERT INTO message VALUES(1)", &[]).await;
    println!("tokio-postgres: second insert {}, commit {:?}", again.unwrap_err().code().unwrap().code(), transaction.commit().await);
}
RUST
cat >client.py <<'PYTHON'
import psycopg, sys
client = psycopg.connect(host="127.0.0.1", port=sys.argv[1], user="postgres")
client.execute("INSERT INTO message VALUES(2)")
try:
    client.execute("INSERT INTO message VALUES(2)")
except psycopg.Error as error:
    print("psycopg: second insert", error.sqlstate, end=", ")
print("commit", client.commit())
PYTHON
{
    cargo run --quiet -- "$port"
    "$dir/venv/bin/python" client.py "$port"
    printf 'messages stored: %s\n' "$(sql postgres 'SELECT count(*) FROM message')"
} | tee "$dir/seen"
diff "$dir/seen" - <<'EXPECTED'
tokio-postgres: second insert 23505, commit Ok(())
psycopg: second insert 23505, commit None
messages stored: 0
EXPECTED
