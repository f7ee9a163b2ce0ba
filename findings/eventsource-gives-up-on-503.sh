#!/usr/bin/env bash
# Hearing of new messages over server-sent events, through a proxy that answers 503 while the chat server behind it restarts.
#
# Expected: EventSource connects again by itself; that is what it is known for.
# What happens: it does so when a connection ends or breaks, and gives up for good at any answer but 200: the specification has
# it so, and eventsource 4.1.1 of npm and undici 7.30.2 (whose class Node has) follow it, for 500, 502, 503 and 429 and whatever
# Retry-After says. readyState is CLOSED, and nothing more comes. Without a proxy the same restart refuses connections, and
# EventSource comes back, so a test on one machine passes.
# So: look at readyState in onerror, and where it is CLOSED open a new EventSource after a while.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit eventsource@4.1.1 undici@7.30.2 >/dev/null
cat >events.mjs <<'NODE'
import http from "node:http";
import { EventSource as Npm } from "eventsource";
import { EventSource as Undici } from "undici";

const STATES = ["connecting", "open", "closed"];

// The first connection ends after its message, the second request is answered with `restart`, the third one well.
function run(name, EventSource, what, restart) {
    return new Promise((done) => {
        let requests = 0;
        const server = http.createServer((request, response) => {
            if (++requests === 2) return restart(response);
            response.writeHead(200, { "content-type": "text/event-stream" });
            response.write("retry: 50\ndata: hello\n\n");
            if (requests === 1) setTimeout(() => response.end(), 50);
        }).listen(0, "127.0.0.1", () => {
            const source = new EventSource(`http://127.0.0.1:${server.address().port}`);
            const finish = () => {
                console.log(`${name}, ${what}: ${STATES[source.readyState]} after ${requests} requests`);
                source.close();
                server.closeAllConnections();
                server.close(done);
            };
            let messages = 0;
            source.onmessage = () => { if (++messages === 2) finish(); };
            source.onerror = () => { if (source.readyState === 2) setTimeout(finish, 500); };
        });
    });
}

const status = (code) => (response) => response.writeHead(code, { "content-type": "text/event-stream", "retry-after": "0" }).end();
for (const [name, EventSource] of [["eventsource", Npm], ["undici", Undici]]) {
    await run(name, EventSource, "connection broken", (response) => response.destroy());
    for (const code of [500, 502, 503, 429]) await run(name, EventSource, String(code), status(code));
}
process.exit();
NODE
node --no-warnings events.mjs | tee seen
diff seen - <<'EXPECTED'
eventsource, connection broken: open after 3 requests
eventsource, 500: closed after 2 requests
eventsource, 502: closed after 2 requests
eventsource, 503: closed after 2 requests
eventsource, 429: closed after 2 requests
undici, connection broken: open after 3 requests
undici, 500: closed after 2 requests
undici, 502: closed after 2 requests
undici, 503: closed after 2 requests
undici, 429: closed after 2 requests
EXPECTED
