#!/usr/bin/env bash
# A chat client in Node that connects again whenever its WebSocket tells "close", as it does in a browser.
#
# Expected: a connection that cannot be established fires "error" and then "close" with 1006, as the standard says and browsers do,
# in every implementation with this API, and leaves the state CLOSED (3).
# What happens: the WebSocket that Node 22.23.3 has built in (undici 6) fires "error" and nothing else. Its state stays CONNECTING (0) for
# ever, so a client that waits for "close" never tries again. Node 24.21.0 (undici 7) and the package ws 8.23.0 fire both. With ws there
# is another trap: if nobody listens to "error", it is an unhandled event of Node's, and ends the process, while a page goes on.
# So: in Node listen to both, and take an error before "open" for the end.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for version in 22.23.3 24.21.0; do
    mkdir "node$version"
    (cd "node$version" && npm install --silent --no-fund --no-audit "node@$version" >/dev/null)
done
npm install --silent --no-fund --no-audit ws@8.23.0 >/dev/null
cat >connect.js <<'NODE'
const Socket = process.argv[3] === "ws" ? require("ws") : WebSocket;
const nobody = require("net").createServer().listen(0, "127.0.0.1", () => {
    const { port } = nobody.address();
    nobody.close(() => {
        const socket = new Socket(`ws://127.0.0.1:${port}`);
        const told = [];
        const kinds = process.argv[4] === "close" ? ["close"] : ["error", "close"];
        kinds.forEach((kind) => socket.addEventListener(kind, ({ code }) => told.push(code ? `${kind} ${code}` : kind)));
        setTimeout(() => console.log(`${process.argv[2]}: ${told.join(", ")}; state ${socket.readyState}`), 1500);
    });
});
NODE
{
    for version in 22.23.3 24.21.0; do
        "node$version/node_modules/.bin/node" connect.js "node $version" built-in
    done
    node connect.js 'ws 8.23.0' ws
    node connect.js 'ws 8.23.0 without a listener' ws close 2>failed || echo "ws 8.23.0 without a listener to error: $(grep -o "Unhandled 'error' event" failed)"
} | tee seen
diff seen - <<'EXPECTED'
node 22.23.3: error; state 0
node 24.21.0: error, close 1006; state 3
ws 8.23.0: error, close 1006; state 3
ws 8.23.0 without a listener to error: Unhandled 'error' event
EXPECTED
