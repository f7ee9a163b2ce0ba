#!/usr/bin/env bash
# Appending a message to a Redis stream with XADD, over a connection that breaks before the answer comes.
#
# Expected: XADD is not idempotent, so a client that does not know whether it was done fails the call and leaves the rest to the
# caller. The stream has the message once.
# What happens: with their default settings ioredis 6.0.0, redis-py 8.1.0, go-redis 9.23.0 and Lettuce 6.5.5 connect again,
# send the XADD once more and return as if all was well: the stream has two entries. redis 6.3.1 of npm and Jedis 6.0.0 fail the
# call and leave one entry.
# So: a reader of the stream drops a message whose sender's id it has seen; or the client is told not to send again
# (ioredis: maxRetriesPerRequest 0, redis-py: retry, go-redis: MaxRetries -1).
set -euo pipefail
dir=$(mktemp -d)
server='' proxy=''
trap 'kill $server $proxy 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
command -v redis-server >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server; } >/dev/null 2>&1
npm install --silent --no-fund --no-audit ioredis@6.0.0 redis@6.3.1 >/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install redis==8.1.0
mkdir go java
cat >pom.xml <<'XML'
<project>
    <modelVersion>4.0.0</modelVersion>
    <groupId>client</groupId><artifactId>client</artifactId><version>0</version>
    <dependencies>
        <dependency><groupId>redis.clients</groupId><artifactId>jedis</artifactId><version>6.0.0</version></dependency>
        <dependency><groupId>io.lettuce</groupId><artifactId>lettuce-core</artifactId><version>6.5.5.RELEASE</version></dependency>
    </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=java >/dev/null
cat >go/main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

func main() {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:14612"})
	err := client.XAdd(context.Background(), &redis.XAddArgs{Stream: "chat", Values: []string{"text", "hello"}}).Err()
	fmt.Print(map[bool]string{true: "returns", false: "fails"}[err == nil])
}
GO
(cd go && export GOFLAGS=-modcacherw && go mod init client && go get github.com/redis/go-redis/v9@v9.23.0 && go build -o client) 2>/dev/null
cat >Client.java <<'JAVA'
import java.util.Map;

class Client {
    public static void main(String[] arguments) {
        Map<String, String> message = Map.of("text", "hello");
        try {
            if (arguments[0].equals("jedis")) {
                new redis.clients.jedis.JedisPooled("127.0.0.1", 14612).xadd("chat", (redis.clients.jedis.StreamEntryID) null, message);
            } else {
                io.lettuce.core.RedisClient.create("redis://127.0.0.1:14612").connect().sync().xadd("chat", message);
            }
            System.out.print("returns");
        } catch (redis.clients.jedis.exceptions.JedisException | io.lettuce.core.RedisException why) {
            System.out.print("fails");
        }
        System.exit(0);
    }
}
JAVA
cat >ioredis.js <<'NODE'
const client = new (require("ioredis"))(14612, "127.0.0.1");
client.on("error", () => {});
client.xadd("chat", "*", "text", "hello").then(() => "returns", () => "fails").then((end) => { process.stdout.write(end); process.exit(); });
NODE
cat >redis.js <<'NODE'
const client = require("redis").createClient({ url: "redis://127.0.0.1:14612" });
client.on("error", () => {});
client.connect().then(() => client.xAdd("chat", "*", { text: "hello" })).then(() => "returns", () => "fails")
    .then((end) => { process.stdout.write(end); process.exit(); });
NODE
cat >redis_py.py <<'PYTHON'
import redis
try:
    redis.Redis(port=14612).xadd("chat", {"text": "hello"})
    print("returns", end="")
except redis.RedisError:
    print("fails", end="")
PYTHON
# Loses the answer to the first XADD, and the connection with it.
cat >proxy.js <<'NODE'
const net = require("net");
let lost = false;
net.createServer((client) => {
    const server = net.connect(14611, "127.0.0.1");
    let lose = false;
    client.on("data", (some) => { if (!lost && /XADD/i.test(some)) lost = lose = true; server.write(some); });
    server.on("data", (some) => lose ? client.destroy() : client.write(some));
    for (const [one, other] of [[client, server], [server, client]]) one.on("error", () => {}).on("close", () => other.destroy());
}).listen(14612, "127.0.0.1", () => console.log("listening"));
NODE
redis-server --bind 127.0.0.1 --port 14611 --save '' >/dev/null &
server=$!
until redis-cli -p 14611 ping >/dev/null 2>&1; do sleep 0.1; done
run() {
    local name=$1
    shift
    redis-cli -p 14611 del chat >/dev/null
    : >of-proxy
    node proxy.js >of-proxy &
    proxy=$!
    until grep -q listening of-proxy; do sleep 0.1; done
    printf '%s: %s, entries in the stream: %s\n' "$name" "$("$@" 2>/dev/null)" "$(redis-cli -p 14611 xlen chat)"
    kill "$proxy" && { wait "$proxy" 2>/dev/null || true; }
}
{
    run 'ioredis 6.0.0' node ioredis.js
    run 'redis-py 8.1.0' venv/bin/python redis_py.py
    run 'go-redis 9.23.0' go/client
    run 'Lettuce 6.5.5' java -cp 'java/*' Client.java lettuce
    run 'redis 6.3.1 of npm' node redis.js
    run 'Jedis 6.0.0' java -cp 'java/*' Client.java jedis
} | tee seen
diff seen - <<'EXPECTED'
ioredis 6.0.0: returns, entries in the stream: 2
redis-py 8.1.0: returns, entries in the stream: 2
go-redis 9.23.0: returns, entries in the stream: 2
Lettuce 6.5.5: returns, entries in the stream: 2
redis 6.3.1 of npm: fails, entries in the stream: 1
Jedis 6.0.0: fails, entries in the stream: 1
EXPECTED
