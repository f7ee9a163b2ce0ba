#!/usr/bin/env bash
# Reading the drafts that a page keeps in localForage into a list: iterate((draft) => drafts.push(draft)).
#
# Expected: iterate() calls the function for each entry, as forEach() does, and what the function returns is of no matter.
# What happens: localforage 1.10.0 ends at the first call that returns anything but undefined, and push() returns the new length:
# the list has one entry, always. A Map's set() and an assignment do the same, also where the function is async, as it returns a
# promise. With braces around the body all are read. A test with one draft passes, and nothing is thrown.
# So: braces, always. Likewise config() that comes after the first use returns an Error instead of throwing it, and the old name
# stays in use: look at what it returns.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit localforage@1.10.0 fake-indexeddb@6.2.8 >/dev/null
cat >drafts.js <<'NODE'
require("fake-indexeddb/auto");
const drafts = require("localforage").createInstance({ name: "drafts" });
(async () => {
    for (const chat of ["alice", "bob", "carol"]) await drafts.setItem(chat, `to ${chat}`);
    const show = async (what, read) => {
        const list = [];
        await drafts.iterate(read(list));
        console.log(`${what}: ${list.join(", ")}`);
    };
    await show("(draft) => list.push(draft)", (list) => (draft) => list.push(draft));
    await show("async (draft) => { list.push(draft); }", (list) => async (draft) => { list.push(draft); });
    await show("(draft) => { list.push(draft); }", (list) => (draft) => { list.push(draft); });
    const result = drafts.config({ name: "other" });
    console.log(`config() after use: returns an ${result.constructor.name}, the name is ${drafts.config("name")}`);
})();
NODE
node drafts.js | tee seen
diff seen - <<'EXPECTED'
(draft) => list.push(draft): to alice
async (draft) => { list.push(draft); }: to alice
(draft) => { list.push(draft); }: to alice, to bob, to carol
config() after use: returns an Error, the name is drafts
EXPECTED
