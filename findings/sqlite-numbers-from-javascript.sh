#!/usr/bin/env bash
# Binding a time in milliseconds as a parameter of an SQLite statement, from JavaScript.
#
# Expected: a whole number arrives in SQLite as an integer; small or large makes no difference below 2^53.
# What happens: sql.js 1.17.0 binds an integer up to 2147483647 and a REAL above; better-sqlite3 12.11.1 binds a REAL always.
# 'chat:' || ? becomes "chat:1700000000123.0", ? / 1000 has a fraction, and a column of type TEXT keeps "1700000000123.0": with
# sql.js only in production, where the numbers are large. A column of type INTEGER turns it back, which hides it.
# node-sqlite3-wasm 0.8.60 binds integers throughout.
# So: CAST(? AS INTEGER) wherever a parameter does not go straight into an INTEGER column, or bind a BigInt.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit sql.js@1.17.0 better-sqlite3@12.11.1 node-sqlite3-wasm@0.8.60 >/dev/null
cat >bind.js <<'NODE'
const QUERY = "SELECT typeof(?1) AS type, 'chat:' || ?1 AS key, ?1 / 1000 AS seconds";
const show = (name, bound, { type, key, seconds }) => console.log(`${name}, ${typeof bound} ${bound}: ${type}, ${key}, ${seconds}`);
const NUMBERS = [7, 2147483647, 2147483648, 1700000000123];

(async () => {
    const SqlJs = await require("sql.js")();
    const sqljs = new SqlJs.Database();
    const first = (bound) => {
        const statement = sqljs.prepare(QUERY);
        const row = statement.getAsObject([bound]);
        statement.free();
        return row;
    };
    for (const bound of NUMBERS) show("sql.js", bound, first(bound));
    sqljs.exec("CREATE TABLE message (id TEXT, sent INTEGER)");
    sqljs.run("INSERT INTO message VALUES (?1, ?1)", [1700000000123]);
    const [[id, sent, type]] = sqljs.exec("SELECT id, sent, typeof(sent) FROM message")[0].values;
    console.log(`sql.js, in a TEXT column ${id}, in an INTEGER column ${sent} (${type})`);

    const better = new (require("better-sqlite3"))(":memory:").prepare(QUERY.replace(/[?]1/g, ":bound"));
    for (const bound of [...NUMBERS, 1700000000123n]) show("better-sqlite3", bound, better.get({ bound }));

    const wasm = new (require("node-sqlite3-wasm").Database)(":memory:");
    for (const bound of NUMBERS) show("node-sqlite3-wasm", bound, wasm.get(QUERY, [bound]));
    wasm.close();
})();
NODE
node bind.js | tee seen
diff seen - <<'EXPECTED'
sql.js, number 7: integer, chat:7, 0
sql.js, number 2147483647: integer, chat:2147483647, 2147483
sql.js, number 2147483648: real, chat:2147483648.0, 2147483.648
sql.js, number 1700000000123: real, chat:1700000000123.0, 1700000000.123
sql.js, in a TEXT column 1700000000123.0, in an INTEGER column 1700000000123 (integer)
better-sqlite3, number 7: real, chat:7.0, 0.007
better-sqlite3, number 2147483647: real, chat:2147483647.0, 2147483.647
better-sqlite3, number 2147483648: real, chat:2147483648.0, 2147483.648
better-sqlite3, number 1700000000123: real, chat:1700000000123.0, 1700000000.123
better-sqlite3, bigint 1700000000123: integer, chat:1700000000123, 1700000000
node-sqlite3-wasm, number 7: integer, chat:7, 0
node-sqlite3-wasm, number 2147483647: integer, chat:2147483647, 2147483
node-sqlite3-wasm, number 2147483648: integer, chat:2147483648, 2147483
node-sqlite3-wasm, number 1700000000123: integer, chat:1700000000123, 1700000000
EXPECTED
