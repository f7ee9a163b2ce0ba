#!/usr/bin/env bash
# Publishing to JetStream once and only in its place: with Nats-Msg-Id against repetition and the expected last sequence against
# others; and once more, since the answer was lost.
#
# Expected: the second try has an id that the stream knows, so it is answered as the first one, with its number and "duplicate".
# What happens: nats-server 2.15.3 answers "wrong last sequence": the first try itself has moved it on, and the expected
# sequence counts before the id does. The publisher takes its own message for another's that was quicker, and makes it again
# behind it. With the expected last sequence of the subject it is the same; with Nats-Expected-Last-Msg-Id, or the id alone, it
# is a duplicate.
# So: after "wrong last sequence" look at what stands there before giving up or trying anew; it may be one's own message.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir" 2>/dev/null || true' EXIT
cd "$dir"
GOPATH=$dir/go GOFLAGS=-modcacherw GOBIN=$dir go install github.com/nats-io/nats-server/v2@v2.15.3 2>/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install nats-py==2.16.0
./nats-server -js -sd "$dir/store" -a 127.0.0.1 -p 14324 >log 2>&1 &
server=$!
until grep -q "Server is ready" log 2>/dev/null; do sleep 0.1; done
cat >publish.py <<'PYTHON'
import asyncio, nats


async def main():
    client = await nats.connect("nats://127.0.0.1:14324")
    stream = client.jetstream()
    await stream.add_stream(name="CHAT", subjects=["chat.*"])
    await stream.publish("chat.alice", b"hello", headers={"Nats-Msg-Id": "0"})
    for name, expected in (
        ("id alone", {}),
        ("id and last sequence of the stream", {"Nats-Expected-Last-Sequence": "2"}),
        ("id and last sequence of the subject", {"Nats-Expected-Last-Subject-Sequence": "0"}),
        ("id and last id", {"Nats-Expected-Last-Msg-Id": "id and last sequence of the subject"}),
    ):
        print(name, end="")
        for attempt in ("first", "again"):
            try:
                answer = await stream.publish("chat." + name.replace(" ", "-"), b"hello", headers={"Nats-Msg-Id": name, **expected})
                print(f", {attempt}: {answer.seq}{' duplicate' if answer.duplicate else ''}", end="")
            except nats.js.errors.BadRequestError as error:
                print(f", {attempt}: {error.description}", end="")
        print()
    print("messages in the stream:", (await stream.stream_info("CHAT")).state.messages)
    await client.close()


asyncio.run(main())
PYTHON
venv/bin/python publish.py | tee seen
diff seen - <<'EXPECTED'
id alone, first: 2, again: 2 duplicate
id and last sequence of the stream, first: 3, again: wrong last sequence: 3
id and last sequence of the subject, first: 4, again: wrong last sequence: 4
id and last id, first: 5, again: 5 duplicate
messages in the stream: 5
EXPECTED
