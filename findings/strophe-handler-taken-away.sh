#!/usr/bin/env bash
# Receiving messages over XMPP with a handler of Strophe.js that returns true, so that it stays. It throws once: one message has a
# JSON that cannot be read.
#
# Expected: the message that throws is lost, or the error reaches the program; the next message calls the handler again.
# What happens: Strophe.js 5.0.0 catches what the handler throws and takes the handler away: no later message is seen, the
# connection stays up, presence and other handlers go on, and the server counts the messages as delivered. Only a line in
# the log says so. The return value that a handler has to give to stay is well known; a throw never gets that far.
# So: catch everything inside each handler, and return true in any case.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit strophe.js@5.0.0 @xmldom/xmldom@0.9.12 ws@8.18.3 >/dev/null 2>&1
cat >receive.js <<'NODE'
const { $pres, Strophe } = require("strophe.js");
const { WebSocketServer } = require("ws");
const show = console.log;
for (const level of ["debug", "error", "info", "log", "warn"]) console[level] = () => {}; // Strophe logs all that it does.

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "xmpp" });
const streams = "http://etherx.jabber.org/streams";
const features = [`<mechanisms xmlns="${Strophe.NS.SASL}"><mechanism>PLAIN</mechanism></mechanisms>`, `<bind xmlns="${Strophe.NS.BIND}"/>`];
const message = (body) => `<message xmlns="jabber:client" from="bob@example.org"><body>${body}</body></message>`;
server.on("connection", (client) => client.on("message", (data) => {
    const stanza = String(data);
    if (stanza.includes("<open")) {
        client.send(`<open xmlns="${Strophe.NS.FRAMING}" id="1" from="example.org" version="1.0"/>`);
        client.send(`<stream:features xmlns:stream="${streams}">${features.shift()}</stream:features>`);
    } else if (stanza.includes("<auth")) {
        client.send(`<success xmlns="${Strophe.NS.SASL}"/>`);
    } else if (stanza.includes("<bind")) {
        const id = /id=['"]([^'"]+)/.exec(stanza)[1];
        client.send(`<iq xmlns="jabber:client" type="result" id="${id}"><bind xmlns="${Strophe.NS.BIND}"><jid>alice@example.org/r</jid></bind></iq>`);
    } else if (stanza.includes("<presence")) {
        for (const body of ['{"n":1}', '{"n":2', '{"n":3}', '{"n":4}']) client.send(message(body));
    }
}));
server.on("listening", () => {
    const connection = new Strophe.Connection(`ws://127.0.0.1:${server.address().port}`);
    connection.connect("alice@example.org", "password", (status) => {
        if (status !== Strophe.Status.CONNECTED) return;
        const read = [], seen = [];
        const body = (stanza) => stanza.getElementsByTagName("body")[0].textContent;
        connection.addHandler((stanza) => {
            read.push(JSON.parse(body(stanza)).n);
            return true;
        }, null, "message");
        connection.addHandler((stanza) => {
            seen.push(body(stanza));
            if (seen.length === 4) {
                show("the handler that threw once has read:", read.join(" "));
                show("another one has seen:", seen.join(" "));
                show("connected:", connection.connected);
                process.exit();
            }
            return true;
        }, null, "message");
        connection.send($pres());
    });
});
NODE
timeout 60 node receive.js | tee seen
diff seen - <<'EXPECTED'
the handler that threw once has read: 1
another one has seen: {"n":1} {"n":2 {"n":3} {"n":4}
connected: true
EXPECTED
