#!/usr/bin/env bash
# Searching messages that people typed in a hurry, "ok.See you" and "either/or", with PostgreSQL and with Lucene.
#
# Expected: a full stop and a slash end a word, with a blank after them or without, so a search for "see" and for "or" finds them.
# What happens: PostgreSQL 15 takes "ok.See" for the name of a host and "either/or" for the path of a file, in every one of its
# languages: each is one word, and neither half is found. Lucene 9.12.3's StandardAnalyzer, which Elasticsearch and Solr start
# with, ends a word at the slash, but not at a full stop or a colon between letters: "ok.See" and "Bob:yes" are one word each.
# SQLite 3.50.4 (apsw 3.50.4.0 from PyPI, FTS5) finds all of them.
# So: put blanks around such signs before indexing, in what is indexed and not in what is shown; a test with tidy sentences
# tells nothing.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres -E UTF8 --locale=C.UTF-8
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
cd "$dir"
mvn -q -B dependency:copy -Dartifact=org.apache.lucene:lucene-core:9.12.3 -DoutputDirectory="$dir" >/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install apsw==3.50.4.0
cat >Words.java <<'JAVA'
import java.util.*;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

class Words {
    public static void main(String[] messages) throws Exception {
        for (String message : messages) {
            List<String> words = new ArrayList<>();
            try (TokenStream stream = new StandardAnalyzer().tokenStream("text", message)) {
                CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
                stream.reset();
                while (stream.incrementToken()) words.add(word.toString());
            }
            System.out.println("Lucene \"" + message + "\": " + String.join(" | ", words));
        }
    }
}
JAVA
cat >words.py <<'PYTHON'
import apsw, sys
database = apsw.Connection(":memory:")
database.execute("CREATE VIRTUAL TABLE message USING fts5(text)")
database.execute("CREATE VIRTUAL TABLE word USING fts5vocab(message, instance)")
for text in sys.argv[1:]:
    database.execute("DELETE FROM message")
    database.execute("INSERT INTO message VALUES (?)", (text,))
    print(f'SQLite "{text}":', " | ".join(word for (word,) in database.execute('SELECT term FROM word ORDER BY "offset"')))
PYTHON
messages=('ok.See you' 'either/or' 'Bob:yes')
{
    for message in "${messages[@]}"; do
        sql postgres "SELECT 'PostgreSQL \"$message\": ' || string_agg(token || ' (' || alias || ')', ' | ')
            FROM ts_debug('english', '$message') WHERE alias <> 'blank'"
    done
    sql postgres "SELECT 'PostgreSQL finds \"see\": ' || (to_tsvector('english', 'ok.See you') @@ websearch_to_tsquery('english', 'see'))"
    java -cp '*' Words.java "${messages[@]}"
    venv/bin/python words.py "${messages[@]}"
} | tee seen
diff seen - <<'EXPECTED'
PostgreSQL "ok.See you": ok.See (host) | you (asciiword)
PostgreSQL "either/or": either/or (file)
PostgreSQL "Bob:yes": Bob (asciiword) | yes (asciiword)
PostgreSQL finds "see": false
Lucene "ok.See you": ok.see | you
Lucene "either/or": either | or
Lucene "Bob:yes": bob:yes
SQLite "ok.See you": ok | see | you
SQLite "either/or": either | or
SQLite "Bob:yes": bob | yes
EXPECTED
