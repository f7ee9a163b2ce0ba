#!/usr/bin/env bash
# Searching chats in Chinese with PostgreSQL's pg_trgm.
#
# Expected: in a UTF-8 database pg_trgm makes trigrams of any letters, so its index and its similarity() work for Chinese.
# What happens: PostgreSQL 15 asks the locale what a letter is. In a cluster whose locale is C, which initdb takes where LANG is
# not set, a UTF-8 text in Chinese has no trigrams at all: similarity() of a text with itself is 0, and an index has nothing
# to find it by. ASCII letters work, so tests in English pass. With C.UTF-8 the same texts have trigrams.
# So: check show_trgm() of a Chinese word when the server starts, or create the database with C.UTF-8.
set -euo pipefail
. "$(dirname "$0")/lib/postgres"
start_postgres --locale=C --encoding=UTF8
sql postgres "CREATE DATABASE utf8_locale TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
for database in postgres utf8_locale; do
    sql "$database" 'CREATE EXTENSION pg_trgm' \
        "SELECT current_database(), pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()" \
        "SELECT 'trigrams', cardinality(show_trgm('你好世界')), cardinality(show_trgm('hello'))" \
        "SELECT 'with itself', similarity('你好世界', '你好世界'), similarity('hello', 'hello')"
done | tee "$dir/seen"
diff "$dir/seen" - <<'EXPECTED'
postgres|UTF8|C
trigrams|0|6
with itself|0|1
utf8_locale|UTF8|C.UTF-8
trigrams|5|6
with itself|1|1
EXPECTED
