#!/usr/bin/env bash
# UUIDs of version 7 from the PyPI package named uuid7, next to those of other libraries.
#
# Expected: a UUID that says version 7 begins with 48 bits of Unix milliseconds (RFC 9562), so ids that a Python backend makes
# sort among those of Rust, JavaScript and Kotlin by time, and tell their time.
# What happens: uuid7 0.1.0 follows an older draft. Its first 36 bits are seconds, the rest of the time is a fraction. The
# version nibble still says 7, so every check passes; read as milliseconds its ids lie about 200 years ahead, and each sorts
# behind every id of uuid6 2025.0.1 (PyPI) or uuid 11.1.0 (npm) of the same moment.
# So: never order or date messages by an id that another party made.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install uuid7==0.1.0 uuid6==2025.0.1
npm install --silent --no-fund --no-audit uuid@11.1.0 >/dev/null

node -e 'console.log(require("uuid").v7())' >of-npm
venv/bin/python - <<'PYTHON' | tee seen
import time, uuid, uuid6, uuid_extensions
made = {
    "npm uuid": uuid.UUID(open("of-npm").read().strip()),
    "PyPI uuid6": uuid.UUID(str(uuid6.uuid7())),
    "PyPI uuid7": uuid_extensions.uuid7(),
}
for name, one in made.items():
    years = (one.int >> 80) / 1000 - time.time()
    print(name, "version", one.version, "years ahead:", "0" if abs(years) < 3600 else "over 100" if years > 100 * 31557600 else "other")
print("sorted last:", max(made, key=lambda name: made[name].int))
PYTHON
diff seen - <<'EXPECTED'
npm uuid version 7 years ahead: 0
PyPI uuid6 version 7 years ahead: 0
PyPI uuid7 version 7 years ahead: over 100
sorted last: PyPI uuid7
EXPECTED
