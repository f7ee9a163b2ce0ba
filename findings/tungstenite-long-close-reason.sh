#!/usr/bin/env bash
# Telling a client in the close frame why a server ends the connection, with tungstenite.
#
# Expected: a control frame holds at most 125 bytes (RFC 6455), so tungstenite refuses a reason of more than 123 bytes, or cuts it.
# What happens: tungstenite 0.30.0 returns Ok from close() and writes the frame with a 16-bit length, which the protocol forbids.
# The receiving library (ws 8.18.3 of npm) reports an invalid frame: its program sees code 1006 and no reason at all. With 123
# bytes it sees code 1008 and the reason. On reading, tungstenite itself refuses such frames.
# So: bound the reason before closing; a longer explanation takes away even the code.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit ws@8.18.3 >/dev/null
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "server"
version = "0.0.0"
edition = "2021"
[dependencies]
tungstenite = "=0.30.0"
TOML
cat >src/main.rs <<'RUST'
use tungstenite::protocol::{frame::coding::CloseCode, CloseFrame};
fn main() {
    let door = std::net::TcpListener::bind("127.0.0.1:14501").unwrap();
    println!("listening");
    for length in [123, 124] {
        let mut socket = tungstenite::accept(door.accept().unwrap().0).unwrap();
        let reason = "r".repeat(length).into();
        println!("close with {length} bytes: {:?}", socket.close(Some(CloseFrame { code: CloseCode::Policy, reason })));
        while socket.read().is_ok() {}
    }
}
RUST
cargo build --quiet
target/debug/server >of-server &
server=$!
until grep -q listening of-server; do sleep 0.1; done
node -e '
const WebSocket = require("ws");
function connect(then) {
    const socket = new WebSocket("ws://127.0.0.1:14501");
    socket.on("error", (why) => console.log("client error:", why.message));
    socket.on("close", (code, reason) => { console.log("client sees", code, "with", reason.length, "bytes"); then && then(); });
}
connect(() => connect());' | tee seen
wait "$server"
server=''
tail -n +2 of-server | tee -a seen
diff seen - <<'EXPECTED'
client sees 1008 with 123 bytes
client error: Invalid WebSocket frame: invalid payload length 126
client sees 1006 with 0 bytes
close with 123 bytes: Ok(())
close with 124 bytes: Ok(())
EXPECTED
