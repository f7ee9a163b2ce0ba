#!/usr/bin/env bash
# Connecting again from onClosed() and onFailure() of OkHttp's WebSocket when the server restarts and says so with a close
# frame.
#
# Expected: the server's close frame ends the connection, OkHttp answers it as the protocol demands, and calls onClosed().
# What happens: OkHttp 4.12.0 calls onClosing() and waits for the app to call close() there. An app that does not has neither
# onClosed() nor onFailure() called, not even when the server has cut the connection, as nobody reads from it any more; send()
# goes on returning true, and the messages go nowhere. With pings every second it is onFailure() after a while; by default there
# are none. A server that is killed sends no close frame, and the app connects again.
# So: webSocket.close(1000, null) in onClosing(), always.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
for artifact in com.squareup.okhttp3:okhttp:4.12.0 com.squareup.okio:okio-jvm:3.6.0 org.jetbrains.kotlin:kotlin-stdlib:1.9.10; do
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$dir" >/dev/null
done
npm install --silent --no-fund --no-audit ws@8.18.3 >/dev/null
# Takes its leave of each client and cuts the connection a second later; of clients of /killed without a close frame.
cat >server.js <<'NODE'
const server = new (require("ws").Server)({ host: "127.0.0.1", port: 14614 }, () => console.log("listening"));
server.on("connection", (client, { url }) => {
    client.on("error", () => {});
    if (url !== "/killed") client.close(1012, "restart");
    setTimeout(() => client.terminate(), 1000);
});
NODE
node server.js >of-server &
server=$!
until grep -q listening of-server 2>/dev/null; do sleep 0.1; done
cat >Client.java <<'JAVA'
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import okhttp3.*;

class Client {
    static void run(String what, String path, boolean answer, int pings) throws InterruptedException {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch end = new CountDownLatch(1);
        OkHttpClient client = new OkHttpClient.Builder().pingInterval(Duration.ofSeconds(pings)).build();
        WebSocket socket = client.newWebSocket(new Request.Builder().url("http://127.0.0.1:14614" + path).build(), new WebSocketListener() {
            @Override public void onClosing(WebSocket socket, int code, String reason) {
                calls.add("onClosing " + code);
                if (answer) socket.close(1000, null);
            }
            @Override public void onClosed(WebSocket socket, int code, String reason) { calls.add("onClosed"); end.countDown(); }
            @Override public void onFailure(WebSocket socket, Throwable why, Response response) { calls.add("onFailure"); end.countDown(); }
        });
        boolean ended = end.await(6, TimeUnit.SECONDS);
        System.out.println(what + ": " + calls + (ended ? "" : " and nothing in six seconds") + ", send() " + socket.send("hello"));
    }

    public static void main(String[] arguments) throws InterruptedException {
        run("close frame", "/", false, 0);
        run("close frame, pings", "/", false, 1);
        run("close frame, close() in onClosing", "/", true, 0);
        run("no close frame", "/killed", false, 0);
        System.exit(0);
    }
}
JAVA
java -cp '*' Client.java | tee seen
diff seen - <<'EXPECTED'
close frame: [onClosing 1012] and nothing in six seconds, send() true
close frame, pings: [onClosing 1012, onFailure], send() false
close frame, close() in onClosing: [onClosing 1012, onClosed], send() false
no close frame: [onFailure], send() false
EXPECTED
