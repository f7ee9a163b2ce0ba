#!/usr/bin/env bash
# Ordering messages by a column of ISO 8601 texts that Java's Instant.toString() wrote, as apps with SQLite do.
#
# Expected: texts of one format in UTC sort as the times do.
# What happens: Instant.toString() of OpenJDK 17 leaves out zeros in groups of three digits, and the point with them: one time in
# a thousand has no fraction, and "Z" sorts after ".". A message of a whole second comes after all the others of that second, and
# a cursor "newer than …:00Z" passes over them. Python's isoformat() leaves out zeros too, but what follows there, "+00:00", sorts
# before ".", so its texts keep their order.
# So: write a fixed number of digits (DateTimeFormatterBuilder.appendInstant(3)), or milliseconds as a number.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
cat >Order.java <<'JAVA'
import java.time.Instant;
import java.time.format.DateTimeFormatterBuilder;
import java.util.function.Function;
import java.util.stream.Stream;

class Order {
    static void show(String how, Function<Instant, String> write) {
        System.out.println(how);
        Stream.of(1764000000000L, 1764000000250L, 1764000001000L).map(Instant::ofEpochMilli).map(write).sorted()
            .forEach(text -> System.out.println("  " + text));
    }

    public static void main(String[] arguments) {
        System.out.println("Java " + Runtime.version().feature());
        show("toString", Instant::toString);
        show("three digits", new DateTimeFormatterBuilder().appendInstant(3).toFormatter()::format);
    }
}
JAVA
java Order.java | tee seen
python3 - <<'PYTHON' | tee -a seen
from datetime import datetime, timezone
times = [datetime.fromtimestamp(1764000000 + part, timezone.utc).isoformat() for part in (0, 0.25, 1)]
print("isoformat sorts as the times:", sorted(times) == times)
PYTHON
diff seen - <<'EXPECTED'
Java 17
toString
  2025-11-24T16:00:00.250Z
  2025-11-24T16:00:00Z
  2025-11-24T16:00:01Z
three digits
  2025-11-24T16:00:00.000Z
  2025-11-24T16:00:00.250Z
  2025-11-24T16:00:01.000Z
isoformat sorts as the times: True
EXPECTED
