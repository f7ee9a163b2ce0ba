#!/usr/bin/env bash
# Messages that a user wrote without a connection, and WuKongIM's SDK for JavaScript that sends them when there is one.
#
# Expected: they are sent in the order in which they were written, whose numbers the SDK counts for this.
# What happens: wukongimjssdk 1.0.4 sorts the numbers with sort() of JavaScript, that is as texts: of twelve messages the tenth,
# eleventh and twelfth are sent after the first and before the second. The server numbers them as they come, so everybody reads
# the answer before the question, for good. With up to nine messages all is well, and where all numbers have equally many
# digits.
# So: try a queue with more than nine; a copy of numbers is sorted with a function that subtracts.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit --ignore-scripts wukongimjssdk@1.0.4 ws@8.18.3 esbuild@0.25.10 >/dev/null 2>&1
cat >client.js <<'NODE'
import sdk from "wukongimjssdk";
import { Channel, ChannelTypeGroup, MessageText } from "wukongimjssdk/lib/model";
import WebSocket, { WebSocketServer } from "ws";

globalThis.WebSocket = WebSocket;
const show = console.log;
console.log = () => {}; // The SDK prints all that it does.

const [CONNECT, CONNACK, SEND] = [1, 2, 3];
const text = (characters) => [0, characters.length, ...Buffer.from(characters)];
const connack = () => {
    const body = [...new Array(8).fill(0), 1, ...text(Buffer.alloc(32, 9).toString("base64")), ...text("0123456789abcdef")];
    return Buffer.from([CONNACK << 4, body.length, ...body]);
};

async function run(count) {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise((listening) => server.on("listening", listening));
    const sent = [];
    const all = new Promise((done) => server.on("connection", (client) => client.on("message", (packet) => {
        if (packet[0] >> 4 === CONNECT) client.send(connack());
        if (packet[0] >> 4 !== SEND) return;
        let at = 1;
        while (packet[at++] & 0x80);                 // the length, seven bits a byte
        sent.push(packet.readInt32BE(at + 1));       // behind a byte of settings, the client's number
        if (sent.length === count) done();
    })));
    const client = sdk.shared();
    client.config.addr = `ws://127.0.0.1:${server.address().port}`;
    client.config.uid = "alice";
    client.config.token = "token";
    for (let number = 1; number <= count; number++) await client.chatManager.send(new MessageText(`message ${number}`), new Channel("group", ChannelTypeGroup));
    client.connectManager.connect();
    await all;
    show(`${count} messages written, sent in this order:`, sent.join(" "));
    process.exit();
}
run(+process.argv[2]);
NODE
node_modules/.bin/esbuild client.js --bundle --platform=node --log-level=error --outfile=bundle.js
{
    node bundle.js 9
    node bundle.js 12
} | tee seen
diff seen - <<'EXPECTED'
9 messages written, sent in this order: 1 2 3 4 5 6 7 8 9
12 messages written, sent in this order: 1 10 11 12 2 3 4 5 6 7 8 9
EXPECTED
