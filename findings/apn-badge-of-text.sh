#!/usr/bin/env bash
# The badge of an app on iOS: the number of unread messages, SELECT count(*) of PostgreSQL, put into a push with node-apn.
#
# Expected: a count is a number, and note.badge = count shows it; or, if it has to be a number and is not, something says so.
# What happens: pg 8.23.1 gives a count as a text, "5", since it is of 64 bits. @parse/node-apn 8.1.0 passes over a badge
# that is no number, without a word: what was set before stays, and if nothing was, the push has no badge, by which the iPhone
# leaves its old number. A test in which the count is written as 5 shows the badge.
# So: count(*)::int in the statement, or Number(...), and a test that looks into the payload.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit pg@8.23.1 @parse/node-apn@8.1.0 >/dev/null 2>&1
cat >badge.js <<'NODE'
const { types } = require("pg");
const apn = require("@parse/node-apn");
const [INT8, INT4] = [20, 23]; // what count(*) and count(*)::int are
for (const [what, type] of [["count(*)", INT8], ["count(*)::int", INT4]]) {
    const count = types.getTypeParser(type)("5");
    const note = new apn.Notification({ alert: "5 new messages", badge: 1 });
    note.badge = count;
    console.log(`${what}: ${JSON.stringify(count)}, push ${note.compile()}`);
}
NODE
node badge.js | tee seen
diff seen - <<'EXPECTED'
count(*): "5", push {"aps":{"alert":"5 new messages","badge":1}}
count(*)::int: 5, push {"aps":{"alert":"5 new messages","badge":5}}
EXPECTED
