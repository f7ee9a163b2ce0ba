#!/usr/bin/env bash
# The local day of a message, in PostgreSQL, for the time zone that a Java or Kotlin app names.
#
# Expected: "GMT+08:00", "UTC+08:00" and "+08:00", which java.time and java.util.TimeZone call Beijing's offset, mean 8 hours
# east of Greenwich in PostgreSQL too, or are refused there.
# What happens: AT TIME ZONE of PostgreSQL 15 takes each of them as POSIX does, with the sign turned round: 8 hours WEST. 12:00
# UTC is 20:00 for OpenJDK 17 and 04:00 for PostgreSQL, and the day is wrong in two hours of three. No error. Inside a literal
# "+08:00" alone means east and "GMT+08:00" west. Java itself makes such names where only an offset is set: with TZ=CST-8 its
# default zone is called GMT+08:00. "Asia/Shanghai" means the same everywhere.
# So: take region names only, or keep the offset in minutes as a number and use make_interval().
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
cd "$dir"
cat >Zone.java <<'JAVA'
import java.time.*;
import java.util.TimeZone;

class Zone {
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            System.out.println(TimeZone.getDefault().getID());
        } else {
            System.out.print(Instant.parse("2026-01-01T12:00:00Z").atZone(ZoneId.of(arguments[0])).toLocalDateTime());
        }
    }
}
JAVA
{
    printf "Java's default zone with TZ=CST-8: "
    TZ=CST-8 java Zone.java
    for zone in GMT+08:00 UTC+08:00 +08:00 Asia/Shanghai; do
        printf '12:00 UTC in %s: Java %s, PostgreSQL %s\n' "$zone" "$(java Zone.java "$zone")" \
            "$(sql postgres "SELECT to_char(timestamptz '2026-01-01 12:00Z' AT TIME ZONE '$zone', 'YYYY-MM-DD\"T\"HH24:MI')")"
    done
    for zone in +08:00 ' GMT+08:00'; do
        printf "timestamptz '12:00%s' is %s UTC\n" "$zone" \
            "$(sql postgres "SELECT to_char(timestamptz '2026-01-01 12:00$zone' AT TIME ZONE 'UTC', 'HH24:MI')")"
    done
} | tee seen
diff seen - <<'EXPECTED'
Java's default zone with TZ=CST-8: GMT+08:00
12:00 UTC in GMT+08:00: Java 2026-01-01T20:00, PostgreSQL 2026-01-01T04:00
12:00 UTC in UTC+08:00: Java 2026-01-01T20:00, PostgreSQL 2026-01-01T04:00
12:00 UTC in +08:00: Java 2026-01-01T20:00, PostgreSQL 2026-01-01T04:00
12:00 UTC in Asia/Shanghai: Java 2026-01-01T20:00, PostgreSQL 2026-01-01T20:00
timestamptz '12:00+08:00' is 04:00 UTC
timestamptz '12:00 GMT+08:00' is 20:00 UTC
EXPECTED
