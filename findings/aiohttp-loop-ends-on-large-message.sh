#!/usr/bin/env bash
# Reading a WebSocket with `async for` in aiohttp, where the server sends a sync page that is too large for the client.
#
# Expected: what breaks the connection is thrown out of the loop as an exception.
# What happens: aiohttp 3.14.5 ends the connection with code 1009, hands the loop one last item of type ERROR whose data is the
# exception, and ends the loop in the ordinary way. exception() is None. A loop that looks at TEXT items alone, as most do,
# takes it for the end of the conversation and connects again, to be sent the same page again.
# So: handle WSMsgType.ERROR in the loop, or look at close_code after it: 1009 is not to be tried again.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check aiohttp==3.14.5
cat >page.py <<'PYTHON'
import asyncio

import aiohttp
from aiohttp import web


async def serve(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str("hello")
    try:
        await socket.send_str("x" * (5 << 20))
        await socket.receive()
    except ConnectionError:
        pass  # The client may be gone before it has taken all of it.
    return socket


async def main():
    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    print("aiohttp", aiohttp.__version__)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"http://127.0.0.1:{port}/") as socket:
        async for item in socket:
            print(item.type.name, item.data)
        print("the loop has ended, code", socket.close_code, "exception", socket.exception())
    await runner.cleanup()


asyncio.run(main())
PYTHON
venv/bin/python page.py | tee seen
diff seen - <<'EXPECTED'
aiohttp 3.14.5
TEXT hello
ERROR Message size 5242880 exceeds limit 4194304
the loop has ended, code 1009 exception None
EXPECTED
