#!/usr/bin/env bash
# 1500 messages with QoS 1 to a phone that is offline and has a persistent session, through Mosquitto.
#
# Expected: QoS 1 is "at least once": what the broker has acknowledged it delivers when the phone comes back, or it acknowledges
# with an error what it cannot keep.
# What happens: Mosquitto 2.0.11 acknowledges all 1500 with "Success", also in MQTT 5, which has codes for a full quota, and
# keeps 1000 (max_queued_messages). It drops the newest: the phone gets 1 to 1000 and nothing says that there were more but one
# line in the broker's log. QoS 2 goes the same way.
# So: number the messages and fetch what is missing by other means; an acknowledgement is the broker's, not the session's.
set -euo pipefail
dir=$(mktemp -d)
broker=''
trap '[[ -z $broker ]] || kill "$broker" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
[[ -x /usr/sbin/mosquitto ]] || { apt-get update -qq && apt-get install -y -qq --no-install-recommends mosquitto; } >/dev/null 2>&1
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install paho-mqtt==2.2.0
printf '%s\n' 'listener 14613 127.0.0.1' 'allow_anonymous true' >mosquitto.conf
/usr/sbin/mosquitto -c mosquitto.conf 2>log &
broker=$!
until grep -q ' running$' log 2>/dev/null; do sleep 0.1; done
cat >chat.py <<'PYTHON'
import threading, time
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


def connect(name, keep=False):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
    session = Properties(PacketTypes.CONNECT)
    session.SessionExpiryInterval = 3600 if keep else 0
    client.connect("127.0.0.1", 14613, clean_start=not keep, properties=session)
    return client


for qos in (1, 2):
    phone = f"phone{qos}"
    subscribed = threading.Event()
    bob = connect(phone, keep=True)
    bob.on_subscribe = lambda *_: subscribed.set()
    bob.loop_start()
    bob.subscribe(f"chat/{phone}", qos)
    subscribed.wait()
    bob.disconnect()
    bob.loop_stop()

    answers = []
    alice = connect("alice")
    alice.on_publish = lambda client, data, number, reason, properties: answers.append(str(reason))
    alice.loop_start()
    for number in range(1, 1501):
        alice.publish(f"chat/{phone}", str(number), qos)
    while len(answers) < 1500:
        time.sleep(0.1)

    received, seen = [], -1
    bob = connect(phone, keep=True)
    bob.on_message = lambda client, data, message: received.append(int(message.payload))
    bob.loop_start()
    while len(received) != seen:
        seen = len(received)
        time.sleep(3)
    print(f"QoS {qos}: {len(answers)} acknowledged with {set(answers)}, received {seen}: {min(received)} to {max(received)}")
    for client in (alice, bob):
        client.disconnect()
        client.loop_stop()
PYTHON
{
    sed -n 's/^[0-9]*: \(mosquitto version [0-9.]*\) starting/\1/p' log
    venv/bin/python chat.py
} | tee seen
diff seen - <<'EXPECTED'
mosquitto version 2.0.11
QoS 1: 1500 acknowledged with {'Success'}, received 1000: 1 to 1000
QoS 2: 1500 acknowledged with {'Success'}, received 1000: 1 to 1000
EXPECTED
