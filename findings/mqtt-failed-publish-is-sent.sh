#!/usr/bin/env bash
# Publishing with Eclipse Paho for Python before the connection stands, or while it is lost.
#
# Expected: publish() returns "not connected" and keeps nothing: the caller tries again, and the message arrives once.
# What happens: paho-mqtt 2.2.0 returns rc 4 for every QoS, and is_published() throws "Message publish failed". With QoS 0 the
# message is gone. With QoS 1 it is in the queue all the same and is sent after the next connect: who publishes again because of
# rc 4 sends the message twice, as two messages with numbers of their own, which no broker can tell from two that were meant.
# So: with QoS 1 and 2 take MQTT_ERR_NO_CONN for "queued" and never publish again.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check paho-mqtt==2.2.0
cat >publish.py <<'PYTHON'
import socket
import threading
import paho.mqtt
import paho.mqtt.client as mqtt

listening = socket.create_server(("127.0.0.1", 0))
arrived, both = [], threading.Event()

def broker():
    """Acknowledges a connection and what is published with QoS 1. All packets here are shorter than 128 bytes."""
    connection = listening.accept()[0]
    stream = connection.makefile("rb")
    while head := stream.read(2):
        packet = stream.read(head[1])
        if head[0] >> 4 == 1:  # CONNECT
            connection.sendall(b"\x20\x02\x00\x00")
        elif head[0] >> 4 == 3:  # PUBLISH
            connection.sendall(b"\x40\x02" + packet[6:8])  # its number, after the topic
            arrived.append(packet[8:].decode())
            if len(arrived) == 2:
                both.set()


threading.Thread(target=broker, daemon=True).start()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
print("paho-mqtt", paho.mqtt.__version__)
for words, qos in ("QoS 0", 0), ("QoS 1", 1), ("QoS 1", 1):
    sent = client.publish("room", words, qos=qos)
    try:
        sent.is_published()
    except RuntimeError as why:
        print(f"{words}: rc {sent.rc}, {why}")
client.connect("127.0.0.1", listening.getsockname()[1])
client.loop_start()
both.wait(60)
client.loop_stop()
print("arrived:", arrived)
PYTHON
venv/bin/python publish.py | tee seen
diff seen - <<'EXPECTED'
paho-mqtt 2.2.0
QoS 0: rc 4, Message publish failed: The client is not currently connected.
QoS 1: rc 4, Message publish failed: The client is not currently connected.
QoS 1: rc 4, Message publish failed: The client is not currently connected.
arrived: ['QoS 1', 'QoS 1']
EXPECTED
