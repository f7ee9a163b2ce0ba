#!/usr/bin/env bash
# A backend that serves two apps of Stream's chat, each with a key and a secret, and makes tokens with StreamChat.getInstance().
#
# Expected: getInstance(key, secret) gives one client for each key, or throws if there is a client with another key.
# What happens: stream-chat 9.53.0 gives the first client whatever key and secret it is asked for afterwards. The token for the
# second app is signed with the first app's secret, and so are the tokens of a server whose secret was changed while it runs;
# messages, users and deletions that are meant for the second app go to the first one. Nothing is thrown or logged.
# So: new StreamChat(key, secret) in backends and tests, and one's own map by key; getInstance() is for a page with one app.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit stream-chat@9.53.0 >/dev/null 2>&1
cat >tokens.js <<'NODE'
const { createHmac } = require("crypto");
const { StreamChat } = require("stream-chat");
const secrets = { shop: "secret of shop", school: "secret of school" };
const signedBy = (token) => {
    const [head, body, signature] = token.split(".");
    return Object.values(secrets).find((secret) => createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url") === signature);
};
for (const key of ["shop", "school"]) {
    const one = StreamChat.getInstance(key, secrets[key]);
    console.log(`getInstance("${key}"): key ${one.key}, token signed with the ${signedBy(one.createToken("alice"))}`);
}
const school = new StreamChat("school", secrets.school);
console.log(`new StreamChat("school"): key ${school.key}, token signed with the ${signedBy(school.createToken("alice"))}`);
NODE
node tokens.js | tee seen
diff seen - <<'EXPECTED'
getInstance("shop"): key shop, token signed with the secret of shop
getInstance("school"): key shop, token signed with the secret of shop
new StreamChat("school"): key school, token signed with the secret of school
EXPECTED
