#!/usr/bin/env bash
# Being notified in Matrix when one's name stands in a message, or a keyword: matrix-js-sdk decides it by the push rules.
#
# Expected: the name has to stand as a word of its own, in every language that has words: "Ren" is not in "children", and not in
# "Renée".
# What happens: matrix-js-sdk 43.0.0, as the specification has it, takes whatever is not an ASCII letter, digit or "_" for the end
# of a word: "Ren" is named in "Renée" and "Jos" in "José". In Chinese each character ends one, so a name or a keyword of one
# character rings in every word that has it. Names in English never show it. The same \W of JavaScript is in many a search
# for names.
# So: send mentions as ids (m.mentions), and look for names with \p{L} and Intl.Segmenter.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit matrix-js-sdk@43.0.0 >/dev/null 2>&1
cat >names.mjs <<'NODE'
// Node 20 has not got it yet, and the SDK asks for it.
Promise.withResolvers ??= () => {
    const parts = {};
    parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};
const { MatrixEvent } = await import("matrix-js-sdk");
const { PushProcessor } = await import("matrix-js-sdk/lib/pushprocessor.js");

const me = "@me:example.org";
const rings = (name, body) => {
    const room = { currentState: { getMember: () => ({ name }) } };
    const client = { credentials: { userId: me }, supportsIntentionalMentions: () => true, getRoom: () => room };
    const event = new MatrixEvent({ type: "m.room.message", room_id: "!r", content: { msgtype: "m.text", body } });
    const rule = { rule_id: "name", enabled: true, actions: [], conditions: [{ kind: "contains_display_name" }] };
    const keyword = { ...rule, conditions: [{ kind: "event_match", key: "content.body", pattern: name }] };
    const processor = new PushProcessor(client);
    return [rule, keyword].map((one) => processor.ruleMatchesEvent(one, event));
};
for (const [name, body] of [
    ["Ren", "Ren is here"], ["Ren", "children"], ["Ren", "Renée is here"], ["Jos", "José"], ["André", "Andréas"], ["会", "机会难得"],
]) {
    const [asName, asKeyword] = rings(name, body);
    console.log(`${name} in "${body}": name ${asName}, keyword ${asKeyword}`);
}
NODE
node names.mjs 2>&1 | tee seen
diff seen - <<'EXPECTED'
Ren in "Ren is here": name true, keyword true
Ren in "children": name false, keyword false
Ren in "Renée is here": name true, keyword true
Jos in "José": name true, keyword true
André in "Andréas": name false, keyword false
会 in "机会难得": name true, keyword true
EXPECTED
