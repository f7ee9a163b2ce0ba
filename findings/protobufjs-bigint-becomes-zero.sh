#!/usr/bin/env bash
# Encoding a message number that is a BigInt with protobuf.js, as PostgreSQL and SQLite drivers, WebAssembly and other protobuf
# libraries give numbers of 64 bits.
#
# Expected: protobuf.js writes the number, or throws since it wants a number, a string or a Long.
# What happens: encode() of protobufjs 8.8.1 writes 0 for every BigInt, also for 5n, in int64, uint64 and repeated fields, and
# throws nothing. Only verify(), which nothing calls by itself, would complain; but it complains as much about the string "5",
# which encode() writes rightly. fromObject() converts a BigInt rightly.
# So: always go through fromObject() before encode(); a cursor of 0 asks for the whole history.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit --ignore-scripts protobufjs@8.8.1 >/dev/null
cat >encode.js <<'NODE'
const protobuf = require("protobufjs");
const Cursor = protobuf.parse(`
    syntax = "proto3";
    message Cursor { int64 seq = 1; uint64 device = 2; repeated int64 gaps = 3; }
`).root.lookupType("Cursor");
console.log("protobufjs", require("protobufjs/package.json").version);
function show(what, cursor) {
    const { seq, device, gaps } = Cursor.decode(Cursor.encode(cursor).finish());
    console.log(what, String(seq), String(device), String(gaps));
}
for (const seq of [9007199254740993n, 5n, "9007199254740993", 5]) {
    const cursor = { seq, device: seq, gaps: [seq] };
    console.log(`${typeof seq} ${seq}: verify() says`, Cursor.verify(cursor) || "well");
    show("    encode", cursor);
    show("    create and encode", Cursor.create(cursor));
    show("    fromObject and encode", Cursor.fromObject(cursor));
}
NODE
node encode.js | tee seen
diff seen - <<'EXPECTED'
protobufjs 8.8.1
bigint 9007199254740993: verify() says seq: integer|Long expected
    encode 0 0 0
    create and encode 0 0 0
    fromObject and encode 9007199254740993 9007199254740993 9007199254740993
bigint 5: verify() says seq: integer|Long expected
    encode 0 0 0
    create and encode 0 0 0
    fromObject and encode 5 5 5
string 9007199254740993: verify() says seq: integer|Long expected
    encode 9007199254740993 9007199254740993 9007199254740993
    create and encode 9007199254740993 9007199254740993 9007199254740993
    fromObject and encode 9007199254740993 9007199254740993 9007199254740993
number 5: verify() says well
    encode 5 5 5
    create and encode 5 5 5
    fromObject and encode 5 5 5
EXPECTED
