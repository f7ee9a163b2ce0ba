//! TLS as the operator sets it up: two PEM files.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::stage::{Client, Server, soon};

/// A self-signed certificate for `localhost`, written where the server looks for it; what trusts it.
fn renew(folder: &Path) -> RootCertStore {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    roots
}

async fn start(folder: &Path) -> Server {
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| folder.join(name));
    Server::start_with(&format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n")).await
}

async fn handshake(server: &Server, roots: &RootCertStore) -> std::io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots.clone())
        .with_no_client_auth();
    let socket = TcpStream::connect(&server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    soon(TlsConnector::from(Arc::new(config)).connect(name, socket)).await
}

#[tokio::test]
async fn with_a_certificate_clients_speak_tls_and_nobody_speaks_plain_text() {
    let folder = tempfile::tempdir().unwrap();
    let roots = renew(folder.path());
    let server = start(folder.path()).await;
    let socket = handshake(&server, &roots).await.unwrap();
    let mut alice = Client::over(Box::new(socket), "wss").await;
    let hello = server.hello("alice", &["batch"]);
    assert!(alice.ask("hello", &hello).await["r"]["session"].is_string());
    assert_eq!(alice.sends("C2Calice", "nobody listens").await["r"]["sequence"], 1);

    let mut plain = TcpStream::connect(&server.address).await.unwrap();
    plain.write_all(b"GET /v1 HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut said = Vec::new();
    let _ = soon(plain.read_to_end(&mut said)).await;
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
}

#[tokio::test]
#[cfg(unix)]
async fn a_renewed_certificate_is_served_without_a_restart_and_a_broken_one_never() {
    let folder = tempfile::tempdir().unwrap();
    let first = renew(folder.path());
    let server = start(folder.path()).await;
    let socket = handshake(&server, &first).await.unwrap();
    let mut alice = Client::over(Box::new(socket), "wss").await;
    let hello = server.hello("alice", &["batch"]);
    assert!(alice.ask("hello", &hello).await["r"]["session"].is_string());

    // Half of a renewal: the key does not belong to the certificate yet.
    let whole = std::fs::read(folder.path().join("key.pem")).unwrap();
    std::fs::write(folder.path().join("key.pem"), "half").unwrap();
    server.signal("HUP");
    assert_eq!(alice.sends("C2Calice", "still here").await["r"]["sequence"], 1);
    handshake(&server, &first).await.unwrap();
    std::fs::write(folder.path().join("key.pem"), whole).unwrap();

    let second = renew(folder.path());
    server.signal("HUP");
    while handshake(&server, &second).await.is_err() {}
    handshake(&server, &first).await.unwrap_err();
    assert_eq!(alice.sends("C2Calice", "connections go on").await["r"]["sequence"], 2);
}

#[tokio::test]
#[cfg(unix)]
async fn a_hangup_without_a_certificate_ends_nothing() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    server.signal("HUP");
    assert_eq!(alice.sends("C2Calice", "all is well").await["r"]["sequence"], 1);
}
