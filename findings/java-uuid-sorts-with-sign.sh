#!/usr/bin/env bash
# Merging two lists of messages by id in a Java or Kotlin app: one from the database, in its order, one sorted in memory.
#
# Expected: UUIDs have one order, that of their text and of their bytes (RFC 9562), in every library.
# What happens: UUID.compareTo() of OpenJDK 17 compares two numbers with sign: an id whose first digit is 8 to f comes before one
# that begins with 0 to 7, so half of all random ids stand on the wrong side of the others. SQLite, for one, sorts them by their
# bytes. A list that is paged by the database and binary-searched in the app loses entries. Version 7 hides it: its first digit is
# 0 for centuries, and where the time is equal both rests have the same sign.
# So: compare with Long.compareUnsigned, or the texts.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
cat >Ids.java <<'JAVA'
import java.util.*;

class Ids {
    public static void main(String[] ids) {
        System.out.println("Java " + Runtime.version().feature());
        Arrays.stream(ids).map(UUID::fromString).sorted().forEach(id -> System.out.println("  " + id));
    }
}
JAVA
ids=(1b4e28ba-2fa1-4d1b-883f-0016d3cca427 e4eaaaf2-d142-41b3-b1a7-7d0b6a1cf6c5 019ac5f0-0000-7000-8000-000000000001
    019ac5f0-0000-7000-b000-000000000002)
java Ids.java "${ids[@]}" | tee seen
python3 - "${ids[@]}" <<'PYTHON' | tee -a seen
import sqlite3, sys, uuid
database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE message (id BLOB PRIMARY KEY)")
database.executemany("INSERT INTO message VALUES (?)", [(uuid.UUID(id).bytes,) for id in sys.argv[1:]])
print("SQLite")
for (id,) in database.execute("SELECT id FROM message ORDER BY id"):
    print(" ", uuid.UUID(bytes=id))
PYTHON
diff seen - <<'EXPECTED'
Java 17
  e4eaaaf2-d142-41b3-b1a7-7d0b6a1cf6c5
  019ac5f0-0000-7000-8000-000000000001
  019ac5f0-0000-7000-b000-000000000002
  1b4e28ba-2fa1-4d1b-883f-0016d3cca427
SQLite
  019ac5f0-0000-7000-8000-000000000001
  019ac5f0-0000-7000-b000-000000000002
  1b4e28ba-2fa1-4d1b-883f-0016d3cca427
  e4eaaaf2-d142-41b3-b1a7-7d0b6a1cf6c5
EXPECTED
