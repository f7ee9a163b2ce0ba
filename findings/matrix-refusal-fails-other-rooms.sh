#!/usr/bin/env bash
# Sending three messages to three Matrix rooms, of which the first refuses it, with matrix-js-sdk.
#
# Expected: the first message fails; the other two have nothing to do with it and are sent.
# What happens: matrix-js-sdk 43.0.0 has one queue for the messages of all rooms, and empties it when a message fails for good:
# the other two fail with the first one's error, "403 no", and no request was made for them. Sent again one at a time they go
# through. What waits in line behind a slow room waits too. A person in one room never sees it; a bot that answers in many, and
# was thrown out of one, loses answers in the others and looks in the wrong place.
# So: send again what failed and is not the first in line, or create the client with a scheduler whose queue is the room's.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit matrix-js-sdk@43.0.0 >/dev/null 2>&1
cat >send.mjs <<'NODE'
// Node 20 has not got it yet, and the SDK asks for it.
Promise.withResolvers ??= () => {
    const parts = {};
    parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
};
const show = console.log;
for (const level of ["debug", "error", "info", "log", "trace", "warn"]) console[level] = () => {};
const { createClient, MatrixScheduler } = await import("matrix-js-sdk");

async function run(what, together, options) {
    const requests = [];
    const answer = (status, body) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
    const client = createClient({
        baseUrl: "http://chat.example", accessToken: "token", userId: "@bot:chat.example", deviceId: "BOT", ...options,
        fetchFn: async (url) => {
            const room = decodeURIComponent(url.toString().split("/rooms/")[1].split("/")[0]);
            requests.push(room);
            return room === "!refuses" ? answer(403, { errcode: "M_FORBIDDEN", error: "no" }) : answer(200, { event_id: `$${room}` });
        },
    });
    const rooms = ["!refuses", "!family", "!work"], ends = [];
    const send = (room) => client.sendTextMessage(room, "hello").then(() => `${room} sent`, (why) => `${room} ${why.message}`);
    if (together) ends.push(...await Promise.all(rooms.map(send)));
    else for (const room of rooms) ends.push(await send(room));
    show(`${what}: ${ends.join(", ")}; requests for ${requests.join(" ")}`);
}

await run("together", true);
await run("one at a time", false);
const byRoom = new MatrixScheduler(MatrixScheduler.RETRY_BACKOFF_RATELIMIT, (event) => event.getRoomId());
await run("together, a queue for each room", true, { scheduler: byRoom });
process.exit();
NODE
node send.mjs | tee seen
diff seen - <<'EXPECTED'
together: !refuses MatrixError: [403] no, !family MatrixError: [403] no, !work MatrixError: [403] no; requests for !refuses
one at a time: !refuses MatrixError: [403] no, !family sent, !work sent; requests for !refuses !family !work
together, a queue for each room: !refuses MatrixError: [403] no, !family sent, !work sent; requests for !refuses !family !work
EXPECTED
