#!/usr/bin/env bash
# Searching chats in Chinese with SQLite's FTS5 and tokenize='trigram'.
#
# Expected: the trigram tokenizer is the one for languages without blanks. A word of two characters, which most Chinese words
# are, is too short for MATCH; LIKE falls back to a scan for short patterns and finds it.
# What happens: in SQLite 3.40, which Debian 12 has, LIKE with two characters of several bytes each answers no row although a
# row matches ("世界", "hé"); two ASCII characters ("lo") are found. SQLite 3.42 and later find all. MATCH finds two characters
# in no version. No error is raised anywhere.
# So: bundle SQLite instead of taking the system's, or search short words with instr().
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

search() {
    python3 -m venv "$dir/$1"
    "$dir/$1/bin/pip" --quiet --disable-pip-version-check install --only-binary :all: "apsw==$1"
    "$dir/$1/bin/python" - <<'PYTHON'
import apsw
rows = apsw.Connection(":memory:").cursor()
rows.execute("CREATE VIRTUAL TABLE chat USING fts5(text, tokenize='trigram')")
rows.execute("INSERT INTO chat VALUES ('你好世界'), ('un thé'), ('hello')")
def count(where, word):
    return rows.execute(f"SELECT count(*) FROM chat WHERE {where}", (word,)).fetchall()[0][0]
print(apsw.sqlitelibversion(),
      "LIKE", [count("text LIKE ?", f"%{word}%") for word in ("世界", "hé", "lo", "好世界")],
      "MATCH", [count("chat MATCH ?", word) for word in ("世界", "好世界")],
      "instr", count("instr(text, ?) > 0", "世界"))
PYTHON
}

for version in 3.40.0.0 3.42.0.1 3.50.0.0; do search "$version"; done | tee "$dir/seen"
diff "$dir/seen" - <<'EXPECTED'
3.40.0 LIKE [0, 0, 1, 1] MATCH [0, 1] instr 1
3.42.0 LIKE [1, 1, 1, 1] MATCH [0, 1] instr 1
3.50.0 LIKE [1, 1, 1, 1] MATCH [0, 1] instr 1
EXPECTED
