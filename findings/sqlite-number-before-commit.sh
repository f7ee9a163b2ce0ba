#!/usr/bin/env bash
# Storing a message in SQLite with INSERT ... RETURNING, without a transaction, and answering the number that comes back.
#
# Expected: outside of a transaction each statement commits by itself. The row that RETURNING gives is there after the insert, so
# who has read the number has a stored message.
# What happens: the commit comes when the statement ends, and the row comes before. With sqlite-jdbc 3.50.3.0 (autocommit on) and
# apsw 3.50.4.0 the number has been read while no other connection sees the message, and none can write: the sender is told, and
# a crash takes the message away. It lasts until the result is read to its end or closed, which with one row nobody needs to do.
# Python 3.11's sqlite3 reads one row ahead: with one message it has committed, with two in a statement it has not.
# So: read until there is no row, or close the result, before anybody is told the number.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
for artifact in org.xerial:sqlite-jdbc:3.50.3.0 org.slf4j:slf4j-api:1.7.36; do
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$dir" >/dev/null
done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >Store.java <<'JAVA'
import java.sql.*;

public class Store {
    static Connection open() throws SQLException { return DriverManager.getConnection("jdbc:sqlite:chat.db?busy_timeout=0"); }

    static int stored() throws SQLException {
        try (Connection other = open(); ResultSet count = other.createStatement().executeQuery("SELECT count(*) FROM message")) {
            return count.getInt(1);
        }
    }

    static String another() {
        try (Connection other = open(); Statement insert = other.createStatement()) {
            insert.execute("INSERT INTO message(text) VALUES ('of another')");
            return "stored";
        } catch (SQLException error) {
            return error.getMessage().replaceFirst("\\].*", "]");
        }
    }

    public static void main(String[] arguments) throws SQLException {
        try (Connection connection = open()) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("CREATE TABLE message(seq INTEGER PRIMARY KEY, text TEXT)");
            }
            try (Statement statement = connection.createStatement()) { statement.execute("PRAGMA journal_mode = wal"); }
            PreparedStatement insert = connection.prepareStatement("INSERT INTO message(text) VALUES ('hello') RETURNING seq");
            ResultSet result = insert.executeQuery();
            result.next();
            System.out.println("sqlite-jdbc, autocommit " + connection.getAutoCommit() + ": number " + result.getInt(1)
                + ", others see " + stored() + ", another's message: " + another());
            result.close();
            System.out.println("sqlite-jdbc, result closed: others see " + stored() + ", another's message: " + another());
        }
    }
}
JAVA
cat >store.py <<'PYTHON'
import apsw, sqlite3

def count(name):
    return sqlite3.connect(name).execute("SELECT count(*) FROM message").fetchone()[0]

def new(connection):
    connection.execute("CREATE TABLE message(seq INTEGER PRIMARY KEY, text TEXT)")
    connection.execute("PRAGMA journal_mode = wal").fetchall()
    return connection

for values in ("('hello')", "('hello'), ('you')"):
    insert = f"INSERT INTO message(text) VALUES {values} RETURNING seq"
    for library, connect in {"apsw": apsw.Connection, "sqlite3": lambda name: sqlite3.connect(name, isolation_level=None)}.items():
        name = f"{library}-{len(values)}.db"
        cursor = new(connect(name)).execute(insert)
        print(f"{library}, {values}: number {cursor.fetchone()[0]}, others see {count(name)}", end=", ")
        cursor.fetchall()
        print(f"read to the end: {count(name)}")
PYTHON
{
    java -cp '*' Store.java 2>&1 | grep -v SLF4J
    venv/bin/python store.py
} | tee seen
diff seen - <<'EXPECTED'
sqlite-jdbc, autocommit true: number 1, others see 0, another's message: [SQLITE_BUSY]
sqlite-jdbc, result closed: others see 1, another's message: stored
apsw, ('hello'): number 1, others see 0, read to the end: 1
sqlite3, ('hello'): number 1, others see 1, read to the end: 1
apsw, ('hello'), ('you'): number 1, others see 0, read to the end: 2
sqlite3, ('hello'), ('you'): number 1, others see 0, read to the end: 2
EXPECTED
