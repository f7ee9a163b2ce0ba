#!/usr/bin/env bash
# Showing a chat from IndexedDB with Dexie, ordered by the server's number, which a message that is still being sent has not
# got.
#
# Expected: a sorted list has all messages; those without a number, or with null, stand first or last, as in SQL.
# What happens: orderBy("seq") of Dexie 4.4.7 leaves them out, and so does its count(): an index of IndexedDB has no entry where
# the key is missing or null. The same holds for an index over two properties as soon as one of them is missing, and for `false`
# and `true`, which are no keys: sorted by [chat+read] the chat is empty. toArray() without an order has everything. Run in Node
# with fake-indexeddb 6.2.8, which follows the specification as browsers do.
# So: give a pending message a number above all others, or keep it in a table of its own; flags are 0 and 1.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit dexie@4.4.7 fake-indexeddb@6.2.8 >/dev/null
cat >chat.js <<'NODE'
require("fake-indexeddb/auto");
const { Dexie } = require("dexie");
(async () => {
    const database = new Dexie("chat");
    database.version(1).stores({ message: "id, seq, [chat+seq], [chat+read]" });
    const { message } = database;
    await message.bulkPut([
        { id: "first", chat: "c", seq: 1, read: true },
        { id: "second", chat: "c", seq: 2, read: false },
        { id: "null", chat: "c", seq: null, read: false },
        { id: "none", chat: "c", read: false },
    ]);
    const show = async (what, found) => console.log(`${what}: ${(await found.toArray()).map(({ id }) => id).join(" ") || "nothing"}, count ${await found.count()}`);
    const all = [["c", Dexie.minKey], ["c", Dexie.maxKey]];
    await show("all", message.toCollection());
    await show("orderBy seq", message.orderBy("seq"));
    await show("between on [chat+seq]", message.where("[chat+seq]").between(...all));
    await show("between on [chat+read]", message.where("[chat+read]").between(...all));
})();
NODE
node chat.js | tee seen
diff seen - <<'EXPECTED'
all: first none null second, count 4
orderBy seq: first second, count 2
between on [chat+seq]: first second, count 2
between on [chat+read]: nothing, count 0
EXPECTED
