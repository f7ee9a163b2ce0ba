#!/usr/bin/env bash
# A chat over MQTT whose broker is up but not ready yet, and answers "server unavailable", "server busy" or "quota exceeded".
#
# Expected: MQTT.js connects again every reconnectPeriod until it succeeds, as it does when the connection is refused or breaks;
# these answers mean "later".
# What happens: MQTT.js 5.16.0 gives up for good at any CONNACK with an error, whatever the code: it emits "error" and "close",
# once each, and neither "reconnect" nor "end". A broker that is down altogether, or cuts the connection, is tried for ever, so
# a test that stops it passes; the one that starts slowly, or is full for a moment, loses its clients.
# So: reconnectOnConnackError: true, and decide by the code in "error" when to end().
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit mqtt@5.16.0 >/dev/null 2>&1
cat >connect.js <<'NODE'
const net = require("net"), mqtt = require("mqtt");
async function run(what, protocolVersion, connack, options) {
    let connections = 0;
    const broker = net.createServer((client) => {
        connections++;
        client.on("error", () => {}).once("data", () => (connack ? client.end(Buffer.from(connack)) : client.destroy()));
    });
    await new Promise((listening) => broker.listen(0, "127.0.0.1", listening));
    const client = mqtt.connect(`mqtt://127.0.0.1:${broker.address().port}`, { protocolVersion, reconnectPeriod: 50, ...options });
    const events = new Set();
    for (const event of ["error", "close", "reconnect", "end"]) client.on(event, () => events.add(event));
    await new Promise((later) => setTimeout(later, 1500));
    console.log(`${what}: ${connections > 3 ? "connects again and again" : `${connections} connection`}, events ${[...events].join(" ")}`);
    client.end(true);
    broker.close();
}
(async () => {
    await run("connection cut", 4);
    await run("3.1.1, server unavailable", 4, [0x20, 2, 0, 3]);
    await run("5, server unavailable", 5, [0x20, 3, 0, 0x88, 0]);
    await run("5, server busy", 5, [0x20, 3, 0, 0x89, 0]);
    await run("5, quota exceeded", 5, [0x20, 3, 0, 0x97, 0]);
    await run("5, server busy, reconnectOnConnackError", 5, [0x20, 3, 0, 0x89, 0], { reconnectOnConnackError: true });
})();
NODE
node connect.js | tee seen
diff seen - <<'EXPECTED'
connection cut: connects again and again, events close reconnect
3.1.1, server unavailable: 1 connection, events error close
5, server unavailable: 1 connection, events error close
5, server busy: 1 connection, events error close
5, quota exceeded: 1 connection, events error close
5, server busy, reconnectOnConnackError: connects again and again, events error close reconnect
EXPECTED
