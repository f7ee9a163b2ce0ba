#!/usr/bin/env bash
# Who is online, in a NATS key-value bucket with a time to live: each client renews its key, and the others watch the bucket.
#
# Expected: a watcher is told when a key goes because its time is over, as it is told of a deleted one.
# What happens: nats-server 2.15.3 takes the key away, get() of nats-py 2.16.0 raises KeyNotFoundError, and the watcher is told
# nothing: whoever it heard of stays online for it. What is put or deleted afterwards it hears of, so the watch is in order. A
# watcher that starts later does not see the key: two clients show two truths for as long as they run.
# So: a watcher runs a clock of its own from each entry's time; presence by silence alone needs no bucket.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir" 2>/dev/null || true' EXIT
cd "$dir"
GOPATH=$dir/go GOFLAGS=-modcacherw GOBIN=$dir go install github.com/nats-io/nats-server/v2@v2.15.3 2>/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install nats-py==2.16.0
./nats-server -js -sd "$dir/store" -a 127.0.0.1 -p 14325 >log 2>&1 &
server=$!
until grep -q 'Server is ready' log 2>/dev/null; do sleep 0.1; done
cat >presence.py <<'PYTHON'
import asyncio, nats
from nats.js.errors import KeyNotFoundError


async def watch(bucket):
    heard = []

    async def follow():
        async for entry in await bucket.watchall():
            if entry is not None:
                heard.append(f"{entry.key} {entry.operation or 'PUT'}")

    task = asyncio.create_task(follow())
    await asyncio.sleep(0.1)
    return heard, task


async def main():
    client = await nats.connect("nats://127.0.0.1:14325")
    bucket = await client.jetstream().create_key_value(bucket="online", ttl=2)
    heard, early = await watch(bucket)
    await bucket.put("bob", b"phone")
    await bucket.delete("bob")
    await bucket.put("alice", b"phone")
    while True:
        try:
            await bucket.get("alice")
            await asyncio.sleep(0.1)
        except KeyNotFoundError:
            break
    later, late = await watch(bucket)
    await bucket.put("carol", b"phone")
    while "carol PUT" not in heard or "carol PUT" not in later:
        await asyncio.sleep(0.1)
    print("watcher from the start:", ", ".join(heard))
    print("watcher that began after alice had expired:", ", ".join(later))
    early.cancel(), late.cancel()
    await client.close()


asyncio.run(main())
PYTHON
venv/bin/python presence.py | tee seen
diff seen - <<'EXPECTED'
watcher from the start: bob PUT, bob DEL, alice PUT, carol PUT
watcher that began after alice had expired: carol PUT
EXPECTED
