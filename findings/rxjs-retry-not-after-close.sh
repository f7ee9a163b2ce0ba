#!/usr/bin/env bash
# Connecting again when the chat server restarts, with RxJS: webSocket(...).pipe(retry()).
#
# Expected: retry() opens the next connection whenever one ends that the client did not end.
# What happens: webSocket() of rxjs 7.8.2 takes a connection that the server ends with a close frame for the end of the stream,
# whatever the code says: 1001 going away, 1011 internal error, 1012 service restart, 1013 try again later. It completes, and
# retry() looks at errors alone: the client stays away for good. Only where the connection breaks without a close frame does it
# come back. Pulling the cable works, so a test of that passes, and a server that ends in order loses all its clients.
# So: repeat() beside retry(), or turn closeObserver's events into errors.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit rxjs@7.8.2 ws@8.18.3 >/dev/null
cat >retry.js <<'NODE'
const { repeat, retry } = require("rxjs");
const { webSocket } = require("rxjs/webSocket");
const WebSocket = require("ws");

// Ends the first connection; is done with the second one, or half a second after the client has completed.
const run = (name, end, ...operators) => new Promise((done) => {
    let connections = 0, completed = false;
    const server = new WebSocket.Server({ host: "127.0.0.1", port: 0 }, () => {
        const finish = () => {
            console.log(`${name}: ${completed ? "completed" : "connected again"}, connections ${connections}`);
            subscription.unsubscribe();
            server.close();
            done();
        };
        server.on("connection", (client) => ++connections === 1 ? end(client) : finish());
        const url = `ws://127.0.0.1:${server.address().port}`;
        const subscription = webSocket({ url, WebSocketCtor: WebSocket }).pipe(...operators)
            .subscribe({ complete: () => { completed = true; setTimeout(finish, 500); } });
    });
});

(async () => {
    for (const code of [1001, 1011, 1012, 1013]) await run(`close ${code}`, (client) => client.close(code), retry({ delay: 10 }));
    await run("no close frame", (client) => client.terminate(), retry({ delay: 10 }));
    await run("close 1012, with repeat()", (client) => client.close(1012), retry({ delay: 10 }), repeat({ delay: 10 }));
    process.exit();
})();
NODE
node retry.js | tee seen
diff seen - <<'EXPECTED'
close 1001: completed, connections 1
close 1011: completed, connections 1
close 1012: completed, connections 1
close 1013: completed, connections 1
no close frame: connected again, connections 2
close 1012, with repeat(): connected again, connections 2
EXPECTED
