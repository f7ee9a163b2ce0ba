#!/usr/bin/env bash
# Sending over XMPP a text that was pasted from a slide or a document, with its soft line break, the vertical tab U+000B.
#
# Expected: a library that builds stanzas from strings writes XML: it escapes the character, leaves it out, or throws.
# What happens: XML 1.0 has no way to write that character, and slixmpp 1.17.0, Smack 4.4.8, stanza 12.22.1 and ltx 3.1.2 (which
# @xmpp/client uses) put it into the stanza as it is, without a word. No parser that keeps to XML reads it; here it is expat,
# which several servers use. An XMPP stream is one document, so by RFC 6120 the server does not refuse the message but ends the
# connection, and a client that sends again what was not acknowledged ends the next one too.
# So: take what XML does not allow out of each text before a library sees it; "<" and "&" are looked after, these are not.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install slixmpp==1.17.0
npm install --silent --no-fund --no-audit ltx@3.1.2 stanza@12.22.1 >/dev/null
cat >pom.xml <<'XML'
<project>
    <modelVersion>4.0.0</modelVersion>
    <groupId>client</groupId><artifactId>client</artifactId><version>0</version>
    <dependencies>
        <dependency><groupId>org.igniterealtime.smack</groupId><artifactId>smack-java8</artifactId><version>4.4.8</version></dependency>
        <dependency><groupId>org.igniterealtime.smack</groupId><artifactId>smack-tcp</artifactId><version>4.4.8</version></dependency>
    </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=java >/dev/null
cat >ltx.js <<'NODE'
const { Element } = require("ltx");
for (const text of process.argv.slice(2)) console.log(String(new Element("message").c("body").t(text).up()));
NODE
cat >stanza.js <<'NODE'
const { XMLElement } = require("stanza/jxt");
for (const text of process.argv.slice(2)) console.log(String(new XMLElement("message", {}, [new XMLElement("body", {}, [text])])));
NODE
cat >slixmpp_py.py <<'PYTHON'
import slixmpp, sys
for text in sys.argv[1:]:
    message = slixmpp.Message()
    message["body"] = text
    print(message)
PYTHON
cat >Smack.java <<'JAVA'
import org.jivesoftware.smack.packet.StanzaBuilder;

class Smack {
    public static void main(String[] texts) {
        for (String text : texts) System.out.println(StanzaBuilder.buildMessage("1").setBody(text).build().toXML());
    }
}
JAVA
cat >parse.py <<'PYTHON'
import sys, xml.etree.ElementTree as tree
for line in sys.stdin.read().rstrip("\n").split("\n"):
    try:
        print("expat reads", repr("".join(tree.fromstring(line).itertext())), end=", ")
    except tree.ParseError as error:
        print("then refuses:", str(error).split(":")[0] + ", written as it is" * ("\v" in line))
PYTHON
run() {
    local name=$1
    shift
    printf '%s: ' "$name"
    "$@" 'a < b & c' $'one\vtwo' 2>/dev/null | venv/bin/python parse.py
}
{
    run slixmpp venv/bin/python slixmpp_py.py
    run Smack java -cp 'java/*' Smack.java
    run stanza node stanza.js
    run ltx node ltx.js
} | tee seen
diff seen - <<'EXPECTED'
slixmpp: expat reads 'a < b & c', then refuses: not well-formed (invalid token), written as it is
Smack: expat reads 'a < b & c', then refuses: not well-formed (invalid token), written as it is
stanza: expat reads 'a < b & c', then refuses: not well-formed (invalid token), written as it is
ltx: expat reads 'a < b & c', then refuses: not well-formed (invalid token), written as it is
EXPECTED
