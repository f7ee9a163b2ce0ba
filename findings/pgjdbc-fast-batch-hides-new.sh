#!/usr/bin/env bash
# Storing a batch of messages with ON CONFLICT DO NOTHING over JDBC, and notifying for those that executeBatch() reports as new.
#
# Expected: executeBatch() gives 1 for each message that was stored and 0 for each that was there; reWriteBatchedInserts=true
# makes it faster and nothing else.
# What happens: with that option pgjdbc 42.7.8 joins the inserts into statements of 2, 4, 8 rows and so on. As soon as one row
# of such a group is new, all of it is -2, "no count", the known messages among them; the odd one at the end has its count
# still. Who looks for 1 finds one new message of three, or none of two, and nobody is notified. Nothing is thrown. A batch of
# one, or one without anything new, is counted as without the option.
# So: ask with RETURNING id and getGeneratedKeys(), which both ways give what was stored.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
cd "$dir"
mvn -q -B dependency:copy -Dartifact=org.postgresql:postgresql:42.7.8 -DoutputDirectory="$dir" >/dev/null
cat >Batch.java <<'JAVA'
import java.sql.*;
import java.util.*;

class Batch {
    static int[] store(PreparedStatement insert, String... ids) throws SQLException {
        for (String id : ids) {
            insert.setString(1, id);
            insert.addBatch();
        }
        return insert.executeBatch();
    }

    public static void main(String[] arguments) throws SQLException {
        for (String option : new String[] {"false", "true"}) {
            String url = "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/postgres?user=postgres&reWriteBatchedInserts=" + option;
            try (Connection connection = DriverManager.getConnection(url)) {
                connection.createStatement().execute("CREATE TEMPORARY TABLE message(id text PRIMARY KEY)");
                String statement = "INSERT INTO message VALUES (?) ON CONFLICT DO NOTHING";
                System.out.println("reWriteBatchedInserts=" + option);
                PreparedStatement insert = connection.prepareStatement(statement);
                for (String ids : new String[] {"a", "a b", "a b", "c d", "a e f", "g h i"}) {
                    System.out.println("    " + ids + ": " + Arrays.toString(store(insert, ids.split(" "))));
                }
                PreparedStatement returning = connection.prepareStatement(statement + " RETURNING id", Statement.RETURN_GENERATED_KEYS);
                System.out.print("    a j k, with RETURNING: " + Arrays.toString(store(returning, "a", "j", "k")) + ", stored");
                for (ResultSet keys = returning.getGeneratedKeys(); keys.next(); ) System.out.print(" " + keys.getString(1));
                System.out.println();
            }
        }
    }
}
JAVA
java -cp '*' Batch.java "$port" | tee seen
diff seen - <<'EXPECTED'
reWriteBatchedInserts=false
    a: [1]
    a b: [0, 1]
    a b: [0, 0]
    c d: [1, 1]
    a e f: [0, 1, 1]
    g h i: [1, 1, 1]
    a j k, with RETURNING: [0, 1, 1], stored j k
reWriteBatchedInserts=true
    a: [1]
    a b: [-2, -2]
    a b: [0, 0]
    c d: [-2, -2]
    a e f: [-2, -2, 1]
    g h i: [-2, -2, 1]
    a j k, with RETURNING: [0, 1, 1], stored j k
EXPECTED
