#!/usr/bin/env bash
# Reading an application's id of 32 bits without a sign, such as 3000000000, from JSON in a Java or Kotlin app.
#
# Expected: asking for an int that the number does not fit into throws, as reading it into an int field does.
# What happens: the getters of the JSON tree wrap around in silence: org.json 20250517 getInt(), Gson 2.13.2 getAsInt() and
# Jackson 2.20.0 asInt() and intValue() all give -1294967296. Only binding to a class with an int field throws (Gson, Jackson).
# A fraction is cut by the getters too, and Jackson's binding gives 1 for 1.9 where Gson's throws.
# So: take ids as long, and let a schema or a class read them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for artifact in org.json:json:20250517 com.google.code.gson:gson:2.13.2 com.fasterxml.jackson.core:jackson-databind:2.20.0 \
    com.fasterxml.jackson.core:jackson-core:2.20.0 com.fasterxml.jackson.core:jackson-annotations:2.20; do
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$dir" >/dev/null
done
cat >Ids.java <<'JAVA'
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.*;
import java.util.concurrent.Callable;
import org.json.JSONObject;

class Ids {
    record App(int id) {}

    static void show(String what, Callable<Object> read) {
        try {
            System.out.println(what + " " + read.call());
        } catch (Exception why) {
            System.out.println(what + " throws");
        }
    }

    public static void main(String[] arguments) {
        ObjectMapper jackson = new ObjectMapper();
        for (String number : new String[] {"3000000000", "1.9"}) {
            String text = "{\"id\":" + number + "}";
            System.out.println(number);
            show("  org.json getInt", () -> new JSONObject(text).getInt("id"));
            show("  Gson getAsInt", () -> JsonParser.parseString(text).getAsJsonObject().get("id").getAsInt());
            show("  Jackson asInt", () -> jackson.readTree(text).get("id").asInt());
            show("  Jackson intValue", () -> jackson.readTree(text).get("id").intValue());
            show("  Gson class", () -> new Gson().fromJson(text, App.class).id());
            show("  Jackson class", () -> jackson.readValue(text, App.class).id());
        }
    }
}
JAVA
java -cp '*' Ids.java | tee seen
diff seen - <<'EXPECTED'
3000000000
  org.json getInt -1294967296
  Gson getAsInt -1294967296
  Jackson asInt -1294967296
  Jackson intValue -1294967296
  Gson class throws
  Jackson class throws
1.9
  org.json getInt 1
  Gson getAsInt 1
  Jackson asInt 1
  Jackson intValue 1
  Gson class throws
  Jackson class 1
EXPECTED
