#!/usr/bin/env bash
# May this message still be recalled, two minutes after it was sent? In Python, with the times in the user's own zone.
#
# Expected: datetimes that know their zone are points in time: they are compared and subtracted as such.
# What happens: the datetime of Python 3.11 does that only where the two have different tzinfo objects. With the same one, as
# ZoneInfo gives for one name, it takes the numbers on the clock: in the night when summer time ends, a message of 02:01
# (winter) is older than one of 02:59 (summer) that came two minutes before it, is sorted in front of it, and the difference is
# -58 minutes. pendulum 3.1.0 gives 2 minutes and sorts as wrongly. pytz 2025.2, which makes an object for each offset, has both
# right, so the trouble comes with leaving pytz.
# So: keep and compare times in UTC; put on the zone only to show them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install pytz==2025.2 pendulum==3.1.0 tzdata==2025.2
cat >recall.py <<'PYTHON'
import datetime, pendulum, pytz, zoneinfo

UTC = datetime.timezone.utc
sent = datetime.datetime(2026, 10, 25, 0, 59, tzinfo=UTC)
now = datetime.datetime(2026, 10, 25, 1, 1, tzinfo=UTC)


def show(name, convert):
    one, other = convert(sent), convert(now)
    print(f"{name}: sent {one:%H:%M %Z}, now {other:%H:%M %Z}, minutes {(other - one).total_seconds() / 60:g},", end=" ")
    print("in order" if sorted([other, one])[0] is one else "sorted the wrong way round")


show("UTC", lambda time: time)
show("zoneinfo", lambda time: time.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")))
show("pytz", lambda time: time.astimezone(pytz.timezone("Europe/Berlin")))
show("pendulum", lambda time: pendulum.instance(time).in_timezone("Europe/Berlin"))
PYTHON
venv/bin/python recall.py | tee seen
diff seen - <<'EXPECTED'
UTC: sent 00:59 UTC, now 01:01 UTC, minutes 2, in order
zoneinfo: sent 02:59 CEST, now 02:01 CET, minutes -58, sorted the wrong way round
pytz: sent 02:59 CEST, now 02:01 CET, minutes 2, in order
pendulum: sent 02:59 CEST, now 02:01 CET, minutes 2, sorted the wrong way round
EXPECTED
