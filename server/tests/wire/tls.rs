//! TLS as the operator sets it up: two PEM files.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::stage::{Client, Server, soon};

#[tokio::test]
async fn with_a_certificate_clients_speak_tls_and_nobody_speaks_plain_text() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let server = Server::start_with(&format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n")).await;

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpStream::connect(&server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let socket = soon(TlsConnector::from(Arc::new(config)).connect(name, socket)).await.unwrap();
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
