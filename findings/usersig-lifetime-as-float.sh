#!/usr/bin/env bash
# A UserSig of Tencent's chat for one day, made in Python with timedelta(days=1).total_seconds().
#
# Expected: 86400.0 seconds are 86400 seconds; or the library refuses what is not an int.
# What happens: total_seconds() is a float, always. tls-sig-api-v2 1.1 of PyPI writes 86400 into the ticket and signs the text
# "86400.0": the signature is not that of the ticket it stands in. Nothing is thrown, the ticket has the usual look, and only
# Tencent's servers say at login that it is wrong. With the int it is, letter for letter, what tls-sig-api-v2 1.0.2 of npm
# makes.
# So: int(...) around every lifetime; compare one's own tickets with another library's once.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install tls-sig-api-v2==1.1 2>/dev/null
npm install --silent --no-fund --no-audit tls-sig-api-v2@1.0.2 >/dev/null
cat >sign.py <<'PYTHON'
import datetime, json, TLSSigAPIv2, time, zlib
time.time = lambda: 1767268800.0
api = TLSSigAPIv2.TLSSigAPIv2(1400000000, "a key of no application")
for lifetime in (86400, datetime.timedelta(days=1).total_seconds()):
    ticket = json.loads(zlib.decompress(TLSSigAPIv2.base64_decode_url(api.gen_sig("alice", lifetime).encode())))
    print(f"Python, {lifetime}:", *(ticket["TLS." + name] for name in ("identifier", "time", "expire", "sig")))
PYTHON
cat >sign.js <<'NODE'
const { Api } = require("tls-sig-api-v2"), zlib = require("zlib");
Date.now = () => 1767268800000;
const sig = new Api(1400000000, "a key of no application").genSig("alice", 86400);
const ticket = JSON.parse(zlib.inflateSync(Buffer.from(sig.replace(/[*]/g, "+").replace(/-/g, "/").replace(/_/g, "="), "base64")));
console.log("npm, 86400:", ...["identifier", "time", "expire", "sig"].map((name) => ticket[`TLS.${name}`]));
NODE
{
    node sign.js
    venv/bin/python sign.py
} | tee seen
diff seen - <<'EXPECTED'
npm, 86400: alice 1767268800 86400 7ZjeYQj5S5CLKzMQxYeC6Ylv7CQ++nuX79H3LNmh5Aw=
Python, 86400: alice 1767268800 86400 7ZjeYQj5S5CLKzMQxYeC6Ylv7CQ++nuX79H3LNmh5Aw=
Python, 86400.0: alice 1767268800 86400 FwHcty3ZUDEAQM7BhbSKybQaNNkR+IcNBqe+VtQpWtc=
EXPECTED
