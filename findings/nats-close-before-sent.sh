#!/usr/bin/env bash
# A program that publishes one message to NATS and ends: publish(), then close(), which is awaited.
#
# Expected: close() sends what was published before it; that is what there is to wait for.
# What happens: @nats-io/transport-node 3.4.0 keeps published messages until the event loop turns, and close() throws them away:
# with nats-server 2.15.3 nobody hears the message, and nothing is thrown. nats-py 2.16.0 and nats.go 1.47.0 deliver it with
# the same two calls, so a habit brought along from there loses messages. With anything awaited between the two it arrives.
# So: await drain(), or flush() before close(), in each script that tells something and ends.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir" 2>/dev/null || true' EXIT
cd "$dir"
GOPATH=$dir/go GOFLAGS=-modcacherw GOBIN=$dir go install github.com/nats-io/nats-server/v2@v2.15.3 2>/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install nats-py==2.16.0
npm install --silent --no-fund --no-audit @nats-io/transport-node@3.4.0 >/dev/null
./nats-server -a 127.0.0.1 -p 14326 >log 2>&1 &
server=$!
until grep -q 'Server is ready' log; do sleep 0.1; done
cat >publish.mjs <<'NODE'
import { connect } from "@nats-io/transport-node";

const servers = "127.0.0.1:14326";
const hears = await connect({ servers });
const heard = [];
hears.subscribe("chat", { callback: (error, message) => heard.push(message.string()) });
await hears.flush();
for (const end of ["close", "a pause and close", "drain"]) {
    const client = await connect({ servers });
    client.publish("chat", "hello");
    if (end === "a pause and close") await new Promise((later) => setTimeout(later, 50));
    await (end === "drain" ? client.drain() : client.close());
    await new Promise((later) => setTimeout(later, 300));
    console.log(`nats.js, publish and ${end}: heard`, heard.splice(0).join() || "nothing");
}
await hears.close();
NODE
cat >publish.py <<'PYTHON'
import asyncio, nats


async def main():
    hears = await nats.connect("nats://127.0.0.1:14326")
    heard = await hears.subscribe("chat")
    await hears.flush()
    client = await nats.connect("nats://127.0.0.1:14326")
    await client.publish("chat", b"hello")
    await client.close()
    print("nats-py, publish and close: heard", (await heard.next_msg(timeout=10)).data.decode())
    await hears.close()


asyncio.run(main())
PYTHON
mkdir publish
cat >publish/main.go <<'GO'
package main

import (
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

func main() {
	hears, _ := nats.Connect("nats://127.0.0.1:14326")
	subscription, _ := hears.SubscribeSync("chat")
	hears.Flush()
	client, _ := nats.Connect("nats://127.0.0.1:14326")
	client.Publish("chat", []byte("hello"))
	client.Close()
	if message, err := subscription.NextMsg(10 * time.Second); err == nil {
		fmt.Println("nats.go, publish and close: heard", string(message.Data))
	}
}
GO
(export GOFLAGS=-modcacherw && cd publish && go mod init publish && go get github.com/nats-io/nats.go@v1.47.0 && go build -o ../publish-go) 2>/dev/null
{
    node publish.mjs
    venv/bin/python publish.py
    ./publish-go
} | tee seen
diff seen - <<'EXPECTED'
nats.js, publish and close: heard nothing
nats.js, publish and a pause and close: heard hello
nats.js, publish and drain: heard hello
nats-py, publish and close: heard hello
nats.go, publish and close: heard hello
EXPECTED
