#!/usr/bin/env bash
# A push to Android that is of use for an hour, with Firebase's admin libraries: android.ttl is 3600.
#
# Expected: ttl is in seconds, as in the service's own JSON ("3600s"), in Apple's and the web's pushes, and as the same field of the
# same library in Python.
# What happens: firebase-admin 13.10.0 of npm takes milliseconds and writes "3.600000000s"; firebase-admin 7.7.0 of PyPI writes
# "3600s". Both say so in their documentation, and both take every number. A phone that is awake gets the push either way, so a
# test passes; one that slept for four seconds never does, and the service has answered with success.
# So: 60 * 60 * 1000 in JavaScript; give no number a name that does not say its unit.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install --no-deps firebase-admin==7.7.0
# Of what it depends on, what its messages need.
venv/bin/pip --quiet --disable-pip-version-check install google-auth requests google-api-core cachecontrol 'httpx[http2]' pyjwt 2>/dev/null
npm install --silent --no-fund --no-audit --ignore-scripts --omit=optional firebase-admin@13.10.0 >/dev/null 2>&1
# What the libraries hand to the service is made by these two, which are no part of their interface.
node -e '
const { validateMessage } = require("./node_modules/firebase-admin/lib/messaging/messaging-internal.js");
const message = { token: "device", android: { ttl: 3600 } };
validateMessage(message);
console.log("npm:", JSON.stringify(message.android));
' >seen
venv/bin/python -W ignore - >>seen <<'PYTHON'
import json
from firebase_admin import messaging
from firebase_admin._messaging_encoder import MessageEncoder

message = messaging.Message(token="device", android=messaging.AndroidConfig(ttl=3600))
print("PyPI:", json.dumps(json.loads(json.dumps(message, cls=MessageEncoder))["android"]))
PYTHON
cat seen
diff seen - <<'EXPECTED'
npm: {"ttl":"3.600000000s"}
PyPI: {"ttl": "3600s"}
EXPECTED
