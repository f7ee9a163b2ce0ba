#!/usr/bin/env bash
# One message to two people, pushed to their iPhones with node-apn: one Notification, whose badge and text are set for each of
# them before it is sent.
#
# Expected: send() sends what the note says at that moment.
# What happens: @parse/node-apn 8.1.0 makes the payload at the first send() and keeps it: the second person gets the badge and
# the text that were meant for the first. The headers (topic, collapse id, expiry) are made anew each time, so a look at
# them says that changes count. Nothing is thrown. With one recipient, or a note for each, all is well.
# So: a new Notification for each recipient, or only one send() to a list of devices when all is the same.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit @parse/node-apn@8.1.0 >/dev/null 2>&1
openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out token.p8 2>/dev/null
cat >push.js <<'NODE'
const apn = require("@parse/node-apn"), fs = require("fs"), http2 = require("http2");
const server = http2.createSecureServer({ key: fs.readFileSync("server.key"), cert: fs.readFileSync("server.crt") });
server.on("stream", (stream, headers) => {
    let payload = "";
    stream.on("data", (part) => (payload += part)).on("end", () => {
        console.log(`to ${headers[":path"].split("/").pop()}, collapse id ${headers["apns-collapse-id"]}: ${payload}`);
        stream.respond({ ":status": 200 });
        stream.end();
    });
});
server.listen(0, "localhost", async () => {
    const provider = new apn.Provider({
        token: { key: "token.p8", keyId: "KEYKEYKEY1", teamId: "TEAMTEAM01" },
        address: "localhost", port: server.address().port, ca: fs.readFileSync("server.crt"), production: false,
    });
    const note = new apn.Notification({ topic: "org.example.chat" });
    for (const [name, device, badge] of [["Alice", "aa", 7], ["Bob", "bb", 1]]) {
        note.alert = `${name}, a new message`;
        note.badge = badge;
        note.collapseId = name;
        await provider.send(note, device);
    }
    process.exit();
});
NODE
node push.js | tee seen
diff seen - <<'EXPECTED'
to aa, collapse id Alice: {"aps":{"alert":"Alice, a new message","badge":7}}
to bb, collapse id Bob: {"aps":{"alert":"Alice, a new message","badge":7}}
EXPECTED
