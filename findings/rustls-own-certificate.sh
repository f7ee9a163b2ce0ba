#!/usr/bin/env bash
# Trusting the certificate that `openssl req -x509` makes, for a chat server in one's own network.
#
# Expected: a client that is given exactly this certificate as its only root accepts the server that shows it, as curl and Node do.
# What happens: openssl req -x509 marks the certificate as an authority (CA:TRUE). curl and Node accept it. rustls 0.23.35
# refuses the handshake, CaUsedAsEndEntity: an authority may sign a server's certificate but not be one. Made with
# `-addext basicConstraints=critical,CA:FALSE` the same certificate is accepted as root and as server by all three.
# So: the usual recipe for a self-signed certificate does not work with Rust clients; say CA:FALSE in it, or sign a leaf.
set -euo pipefail
dir=$(mktemp -d)
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "client"
version = "0.0.0"
edition = "2021"
[dependencies]
rustls = { version = "=0.23.35", default-features = false, features = ["ring", "std", "tls12"] }
TOML
cat >src/main.rs <<'RUST'
use rustls::pki_types::{pem::PemObject, CertificateDer, ServerName};
use rustls::{crypto::ring, ClientConfig, ClientConnection, RootCertStore, Stream};
use std::{io::Write, net::TcpStream, sync::Arc};
fn main() {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file("certificate.pem").unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    let mut tls = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut tcp = TcpStream::connect("127.0.0.1:14433").unwrap();
    match Stream::new(&mut tls, &mut tcp).write(b"GET / HTTP/1.0\r\n\r\n") {
        Ok(_) => println!("rustls accepts"),
        Err(why) => println!("rustls refuses: {}", if why.to_string().contains("CaUsedAsEndEntity") { "CaUsedAsEndEntity" } else { "otherwise" }),
    }
}
RUST
cargo build --quiet

try_with() {
    echo "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out certificate.pem -days 30 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost "${@:2}" 2>/dev/null
    openssl s_server -accept 127.0.0.1:14433 -key key.pem -cert certificate.pem -www >/dev/null 2>&1 &
    server=$!
    until (: <"/dev/tcp/127.0.0.1/14433") 2>/dev/null; do sleep 0.1; done
    curl --silent --cacert certificate.pem --resolve localhost:14433:127.0.0.1 https://localhost:14433/ --output page && echo 'curl accepts'
    node -e 'const ca = require("fs").readFileSync("certificate.pem"); require("https").get({ host: "127.0.0.1", servername: "localhost", port: 14433, ca },
        (answer) => { console.log("Node accepts"); answer.destroy() }).on("error", (why) => console.log("Node refuses", why.code))'
    target/debug/client
    kill "$server" && wait "$server" 2>/dev/null || true
    server=''
}
{ try_with 'as usual'; try_with 'CA:FALSE' -addext basicConstraints=critical,CA:FALSE; } | tee seen
diff seen - <<'EXPECTED'
as usual
curl accepts
Node accepts
rustls refuses: CaUsedAsEndEntity
CA:FALSE
curl accepts
Node accepts
rustls accepts
EXPECTED
