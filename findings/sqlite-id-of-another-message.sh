#!/usr/bin/env bash
# Storing a message that is known already with an upsert, in SQLite, and answering the number that the driver gives for it.
#
# Expected: after INSERT ... ON CONFLICT DO UPDATE the last inserted id is that of the row that was updated, and after DO NOTHING
# there is none.
# What happens: SQLite sets the id when a row is new and leaves it as it was otherwise. After both statements cursor.lastrowid of
# Python's sqlite3, lastInsertRowid of node-sqlite3-wasm 0.8.60 and getGeneratedKeys() of sqlite-jdbc 3.50.3.0 give the number of
# whatever message was stored last on that connection: the sender of "a" is told the number of "b". The count of changed rows
# is 1 after DO UPDATE, so looking at it does not help. A test that stores "a" twice, with nothing between, sees the right number.
# So: RETURNING seq with DO UPDATE, which gives the row's own.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
npm install --silent --no-fund --no-audit node-sqlite3-wasm@0.8.60 >/dev/null
for artifact in org.xerial:sqlite-jdbc:3.50.3.0 org.slf4j:slf4j-api:1.7.36; do
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$dir" >/dev/null
done
create='CREATE TABLE message (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, text TEXT)'
update="INSERT INTO message (id, text) VALUES ('a', 'hello') ON CONFLICT (id) DO UPDATE SET text = excluded.text"
statements=("INSERT INTO message (id) VALUES ('a')" "$update" "INSERT INTO message (id) VALUES ('b')" "$update"
    "INSERT INTO message (id) VALUES ('a') ON CONFLICT (id) DO NOTHING")
cat >upsert.py <<'PYTHON'
import sqlite3, sys
database = sqlite3.connect(":memory:")
database.execute(sys.argv[1])
cursor = database.cursor()
seen = []
for statement in sys.argv[2:]:
    cursor.execute(statement)
    seen.append(f"{cursor.lastrowid} ({cursor.rowcount})")
print("Python:", ", ".join(seen))
print("Python, RETURNING:", *database.execute(sys.argv[3] + " RETURNING seq").fetchone())
PYTHON
cat >upsert.js <<'NODE'
const database = new (require("node-sqlite3-wasm").Database)(":memory:");
const [create, ...statements] = process.argv.slice(2);
database.run(create);
const seen = statements.map((statement) => database.run(statement)).map(({ lastInsertRowid, changes }) => `${lastInsertRowid} (${changes})`);
console.log("node-sqlite3-wasm:", seen.join(", "));
database.close();
NODE
cat >Upsert.java <<'JAVA'
import java.sql.*;
import java.util.*;

class Upsert {
    public static void main(String[] statements) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        connection.createStatement().execute(statements[0]);
        List<String> seen = new ArrayList<>();
        for (String sql : Arrays.asList(statements).subList(1, statements.length)) {
            PreparedStatement statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS);
            int changed = statement.executeUpdate();
            ResultSet keys = statement.getGeneratedKeys();
            seen.add((keys.next() ? keys.getString(1) : "none") + " (" + changed + ")");
        }
        System.out.println("sqlite-jdbc: " + String.join(", ", seen));
    }
}
JAVA
{
    echo 'id given (rows changed) after inserting a, updating a, inserting b, updating a, doing nothing for a'
    python3 upsert.py "$create" "${statements[@]}"
    node upsert.js "$create" "${statements[@]}"
    java -cp '*' Upsert.java "$create" "${statements[@]}" 2>/dev/null
} | tee seen
diff seen - <<'EXPECTED'
id given (rows changed) after inserting a, updating a, inserting b, updating a, doing nothing for a
Python: 1 (1), 1 (1), 2 (1), 2 (1), 2 (0)
Python, RETURNING: 1
node-sqlite3-wasm: 1 (1), 1 (1), 2 (1), 2 (1), 2 (0)
sqlite-jdbc: 1 (1), 1 (1), 2 (1), 2 (1), 2 (0)
EXPECTED
