#!/usr/bin/env bash
# Receiving a sync page of 300,000 bytes with the JDK's own WebSocket client.
#
# Expected: a message that the server sends in one frame arrives in one call of Listener.onText with last = true.
# What happens: java.net.http of JDK 17 hands a message over as it comes out of its buffers: the same single frame arrives in several
# calls, all but the last with last = false. Messages of 100 bytes arrive whole, so a client that ignores `last` works until
# somebody's history is long enough. Other clients (ws, OkHttp, tungstenite) give whole messages.
# So: collect until last is true, whatever the server does about fragments.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit ws@8.18.3 >/dev/null
cat >server.js <<'NODE'
const server = new (require("ws").Server)({ host: "127.0.0.1", port: 14601 }, () => console.log("listening"));
server.on("connection", (client) => { client.send("x".repeat(100)); client.send("y".repeat(300000)); });
NODE
node server.js >of-server &
server=$!
until grep -q listening of-server; do sleep 0.1; done
cat >Client.java <<'JAVA'
import java.net.URI;
import java.net.http.*;
import java.util.concurrent.*;

class Client {
    public static void main(String[] arguments) throws Exception {
        CountDownLatch done = new CountDownLatch(2);
        WebSocket.Listener listener = new WebSocket.Listener() {
            int calls, length;

            @Override public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
                calls++;
                length += part.length();
                if (last) {
                    System.out.println(length + " characters in " + (calls == 1 ? "one call" : "several calls"));
                    calls = length = 0;
                    done.countDown();
                }
                socket.request(1);
                return null;
            }
        };
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create("ws://127.0.0.1:14601"), listener).join();
        done.await();
        System.exit(0);
    }
}
JAVA
java Client.java | tee seen
diff seen - <<'EXPECTED'
100 characters in one call
300000 characters in several calls
EXPECTED
