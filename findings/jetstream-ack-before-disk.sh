#!/usr/bin/env bash
# What an acknowledgement of NATS JetStream says about the disk.
#
# Expected: a stream with file storage writes a published message to stable storage, alone or with others, before it answers
# the publisher; that is what the acknowledgement is for.
# What happens: nats-server 2.15.3 with its default settings answers 50 publishes one after the other without a single fsync,
# fdatasync or file opened with O_SYNC; it syncs every two minutes. A clean stop does not sync either. With
# `sync_interval: always` the same run syncs at least once for each answer.
# So: behind JetStream an acknowledged message can be lost with the power unless that setting is made.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir" 2>/dev/null || true' EXIT
cd "$dir"
command -v strace >/dev/null || apt-get install -y -qq strace >/dev/null
GOPATH=$dir/go GOFLAGS=-modcacherw GOBIN=$dir go install github.com/nats-io/nats-server/v2@v2.15.3 2>/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install nats-py==2.16.0

cat >publish.py <<'PYTHON'
import asyncio, nats
from nats.js.api import StorageType, StreamConfig
async def main():
    client = await nats.connect("nats://127.0.0.1:14322", max_reconnect_attempts=50, reconnect_time_wait=0.2)
    stream = client.jetstream()
    await stream.add_stream(StreamConfig(name="chat", subjects=["chat.>"], storage=StorageType.FILE))
    for _ in range(50):
        last = await stream.publish("chat.alice", b"hello")
    print("acknowledged", last.seq)
    await client.close()
asyncio.run(main())
PYTHON

try_with() {
    printf 'listen: "127.0.0.1:14322"\njetstream { store_dir: "%s/%s"%s }\n' "$dir" "$1" "$2" >server.conf
    strace -f -e trace=fsync,fdatasync,openat -o trace ./nats-server -c server.conf >log 2>&1 &
    server=$!
    until grep -q 'Server is ready' log; do sleep 0.1; done
    venv/bin/python publish.py
    pkill -INT -P "$server" || true
    wait "$server" || true
    server=''
    syncs=$(grep -cE 'fsync|fdatasync|O_D?SYNC' trace || true)
    if ((syncs == 0)); then echo "$1: no sync"; elif ((syncs >= 50)); then echo "$1: a sync for each"; else echo "$1: $syncs syncs"; fi
}
{ ./nats-server --version; try_with default ''; try_with always ', sync_interval: always'; } | tee seen
diff seen - <<'EXPECTED'
nats-server: v2.15.3
acknowledged 50
default: no sync
acknowledged 50
always: a sync for each
EXPECTED
