#!/usr/bin/env bash
# Sending faster than the network takes it, with OkHttp's WebSocket on Android and the JVM.
#
# Expected: send() returns false when 16 MiB wait, that message is not sent, and the app tries it again when there is room.
# What happens: OkHttp 4.12.0 ends the connection with the first send() that returns false: it queues a close frame with code 1001
# behind what waits. Every later send() returns false too, with an empty queue as well, and the server is told "going away".
# So: watch queueSize() and stop long before; false means that the connection is over, not that it is busy.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
for artifact in com.squareup.okhttp3:okhttp:4.12.0 com.squareup.okio:okio-jvm:3.6.0 org.jetbrains.kotlin:kotlin-stdlib:1.9.10; do
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$dir" >/dev/null
done
npm install --silent --no-fund --no-audit ws@8.18.3 >/dev/null
# The first client is not read from until a second one connects.
cat >server.js <<'NODE'
const server = new (require("ws").Server)({ host: "127.0.0.1", port: 14602 }, () => console.log("listening"));
let first;
server.on("connection", (client) => {
    if (first) return first.resume();
    first = client;
    client.pause();
    let messages = 0;
    client.on("message", () => messages++);
    client.on("close", (code) => { console.log(`server: ${messages} messages, then close ${code}`); process.exit(); });
});
NODE
node server.js >of-server &
server=$!
until grep -q listening of-server; do sleep 0.1; done
cat >Client.java <<'JAVA'
import java.util.concurrent.CountDownLatch;
import okhttp3.*;

class Client {
    static WebSocket open(WebSocketListener listener) {
        return new OkHttpClient().newWebSocket(new Request.Builder().url("http://127.0.0.1:14602").build(), listener);
    }

    public static void main(String[] arguments) throws Exception {
        CountDownLatch opened = new CountDownLatch(1), closed = new CountDownLatch(1);
        WebSocket socket = open(new WebSocketListener() {
            @Override public void onOpen(WebSocket socket, Response response) { opened.countDown(); }
            @Override public void onClosing(WebSocket socket, int code, String reason) { closed.countDown(); }
        });
        opened.await();
        String message = "x".repeat(1 << 20);
        int taken = 0;
        while (socket.send(message)) taken++;
        System.out.println("client: first false with " + (socket.queueSize() >> 20) + " MiB waiting");
        open(new WebSocketListener() {});
        while (socket.queueSize() > 0) Thread.onSpinWait();
        System.out.println("client: nothing waits, send(\"hello\") " + socket.send("hello"));
        closed.await();
        System.exit(0);
    }
}
JAVA
java -cp '*' Client.java | tee seen
wait "$server" || true
server=''
sed -n 's/[0-9]* messages/all messages/p' of-server | tee -a seen
diff seen - <<'EXPECTED'
client: first false with 16 MiB waiting
client: nothing waits, send("hello") false
server: all messages, then close 1001
EXPECTED
