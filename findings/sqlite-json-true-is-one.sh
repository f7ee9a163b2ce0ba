#!/usr/bin/env bash
# Marking a message as read inside its JSON, in SQLite: json_set(message, '$.read', true).
#
# Expected: true is a word of SQLite and of JSON, so the JSON says true; and json_set() with what json_extract() took from one
# message puts the same value into another.
# What happens: SQLite 3.50.4 (apsw 3.50.4.0 from PyPI) writes 1: its true is the number. json_extract() of a true is 1 as well,
# so a value that is copied changes its kind. SQLite, JavaScript and Python take 1 for true and notice nothing; Gson 2.13.2, as
# strict readers do, refuses the whole message. The operator -> hands the JSON itself over and keeps it.
# So: json('true') for a constant, and -> instead of json_extract() for a copy.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
mvn -q -B dependency:copy -Dartifact=com.google.code.gson:gson:2.13.2 -DoutputDirectory="$dir" >/dev/null
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check apsw==3.50.4.0
cat >mark.py <<'PYTHON'
import apsw
database = apsw.Connection(":memory:")
for expression in (
    "json_set(unread, '$.read', true)",
    "json_set(unread, '$.read', json_extract(read, '$.read'))",
    "json_set(unread, '$.read', json('true'))",
    "json_set(unread, '$.read', read -> '$.read')",
):
    message = database.execute(f"""SELECT {expression} FROM (SELECT '{{"read":false}}' AS unread, '{{"read":true}}' AS read)""").get
    print(expression, message, sep="\t")
PYTHON
cat >Read.java <<'JAVA'
import com.google.gson.*;
import java.util.Scanner;

class Read {
    static class Message { boolean read; }

    public static void main(String[] arguments) {
        for (Scanner lines = new Scanner(System.in); lines.hasNextLine(); ) {
            String[] line = lines.nextLine().split("\t");
            String seen;
            try { seen = "reads " + new Gson().fromJson(line[1], Message.class).read; } catch (JsonSyntaxException why) { seen = "refuses it"; }
            System.out.println(line[0] + ": " + line[1] + ", Gson " + seen);
        }
    }
}
JAVA
venv/bin/python mark.py | java -cp '*' Read.java | tee seen
diff seen - <<'EXPECTED'
json_set(unread, '$.read', true): {"read":1}, Gson refuses it
json_set(unread, '$.read', json_extract(read, '$.read')): {"read":1}, Gson refuses it
json_set(unread, '$.read', json('true')): {"read":true}, Gson reads true
json_set(unread, '$.read', read -> '$.read'): {"read":true}, Gson reads true
EXPECTED
