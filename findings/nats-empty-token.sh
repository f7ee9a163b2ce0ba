#!/usr/bin/env bash
# Publishing to a NATS subject that is built from an identity, when that identity has a dot at an end or two dots in a row.
#
# Expected: "chat.alice." and "chat..alice" are not valid subjects (tokens may not be empty), so publish() raises, or the server
# answers an error at the next flush.
# What happens: with nats-server 2.15.3 and nats-py 2.16.0 publish() and flush() succeed, nothing is raised, no error callback is
# called, and nobody receives the message, not even a subscriber of ">".
# So: encode identities before they become subject tokens; neither the client nor the server says anything.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir" 2>/dev/null || true' EXIT
cd "$dir"
GOPATH=$dir/go GOFLAGS=-modcacherw GOBIN=$dir go install github.com/nats-io/nats-server/v2@v2.15.3 2>/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install nats-py==2.16.0
./nats-server -a 127.0.0.1 -p 14323 >log 2>&1 &
server=$!
until grep -q 'Server is ready' log; do sleep 0.1; done
venv/bin/python - <<'PYTHON' | tee seen
import asyncio, nats
async def main():
    heard, errors = [], []
    async def hear(message): heard.append(message.subject)
    async def fail(error): errors.append(error)
    client = await nats.connect("nats://127.0.0.1:14323", error_cb=fail)
    await client.subscribe(">", cb=hear)
    for subject in ("chat.alice.", "chat..alice", ".chat", "chat.bob"):
        await client.publish(subject, b"hello")
        await client.flush()
    while "chat.bob" not in heard:
        await asyncio.sleep(0.01)
    print("heard", heard, "errors", errors)
asyncio.run(main())
PYTHON
diff seen - <<'EXPECTED'
heard ['chat.bob'] errors []
EXPECTED
