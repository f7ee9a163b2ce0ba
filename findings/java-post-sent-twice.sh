#!/usr/bin/env bash
# Sending a message by POST from Java, over a connection that breaks before the answer comes.
#
# Expected: nobody knows whether the server took the message, and POST is not idempotent, so the call throws and the request was
# sent once; to send it again is for the caller to decide.
# What happens: HttpURLConnection of OpenJDK 17 sends the POST a second time by itself on a new connection, and throws only when
# that fails too. OkHttp 4.12.0 does the same where the host has a second address, as every host with IPv4 and IPv6 has: the
# server gets the message at both. With one address it sends once, so a test against 127.0.0.1 sees nothing. java.net.http sends
# once.
# So: every message carries an id that the sender made, and the server stores one id once; or -Dsun.net.http.retryPost=false and
# retryOnConnectionFailure(false).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for artifact in com.squareup.okhttp3:okhttp:4.12.0 com.squareup.okio:okio-jvm:3.6.0 org.jetbrains.kotlin:kotlin-stdlib:1.9.10; do
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$dir" >/dev/null
done
cat >Post.java <<'JAVA'
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.*;

class Post {
    static final AtomicInteger stored = new AtomicInteger();

    /** Takes whole messages, and loses the connection before it answers. */
    static void serve(ServerSocket door) {
        Thread server = new Thread(() -> {
            while (true) {
                try (Socket client = door.accept()) {
                    StringBuilder request = new StringBuilder();
                    for (int c; !request.toString().endsWith("hello") && (c = client.getInputStream().read()) >= 0; ) request.append((char) c);
                    if (request.toString().startsWith("POST /messages ") && request.toString().endsWith("hello")) stored.incrementAndGet();
                } catch (IOException ignored) {
                }
            }
        });
        server.setDaemon(true);
        server.start();
    }

    interface Call { void send() throws Exception; }

    static void count(String client, Call call) {
        stored.set(0);
        String end = "returns";
        try { call.send(); } catch (Exception why) { end = why instanceof IOException ? "throws" : why.toString(); }
        System.out.println(client + ": " + end + ", server got " + stored);
    }

    static void withOkHttp(int port, InetAddress... addresses) throws IOException {
        OkHttpClient client = new OkHttpClient.Builder().dns(name -> List.of(addresses)).build();
        RequestBody body = RequestBody.create("hello".getBytes());
        client.newCall(new Request.Builder().url("http://chat.example:" + port + "/messages").post(body).build()).execute();
    }

    public static void main(String[] arguments) throws Exception {
        InetAddress one = InetAddress.getByName("127.0.0.1"), other = InetAddress.getByName("127.0.0.2");
        ServerSocket door = new ServerSocket(0, 9, one);
        int port = door.getLocalPort();
        serve(door);
        serve(new ServerSocket(port, 9, other));
        URI uri = URI.create("http://127.0.0.1:" + port + "/messages");
        System.out.println("OpenJDK " + Runtime.version().feature());
        count("HttpURLConnection", () -> {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setDoOutput(true);
            connection.getOutputStream().write("hello".getBytes());
            connection.getResponseCode();
        });
        count("OkHttp, two addresses", () -> withOkHttp(port, one, other));
        count("OkHttp, one address", () -> withOkHttp(port, one));
        HttpRequest request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString("hello")).build();
        count("java.net.http", () -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()));
        System.exit(0);
    }
}
JAVA
java -cp '*' Post.java | tee seen
diff seen - <<'EXPECTED'
OpenJDK 17
HttpURLConnection: throws, server got 2
OkHttp, two addresses: throws, server got 2
OkHttp, one address: throws, server got 1
java.net.http: throws, server got 1
EXPECTED
