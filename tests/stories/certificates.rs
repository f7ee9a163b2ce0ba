//! Servers whose certificates no device should trust: what is wrong is said at once, by number, and a login that stood
//! outlives it.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tim::error::TimError;
use tim::event::Event;
use tim::options::TimOptions;
use tim::{Code, Tim};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::world::World;

/// A certificate with its key, and the root that an app is given for it, in PEM.
pub struct TestCertificate {
    pub certificate: String,
    pub key: String,
    pub root: String,
}

impl TestCertificate {
    /// What takes connections with it.
    pub fn acceptor(&self) -> TlsAcceptor {
        use rustls::pki_types::{CertificateDer, pem::PemObject as _};
        let chain = vec![CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A certificate for this name as `change` wants it, from an authority of its own.
pub fn certificate(name: &str, change: impl FnOnce(&mut CertificateParams)) -> TestCertificate {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    TestCertificate { certificate: certificate.pem(), key: key.serialize_pem(), root: issuer.pem() }
}

/// One certificate that is its own authority, as many recipes make it.
fn authority_as_leaf(name: &str) -> TestCertificate {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    TestCertificate { root: certificate.clone(), certificate, key: key.serialize_pem() }
}

/// The result of alice's login at a server with this certificate. It may be tried for an hour.
async fn login(made: &TestCertificate, roots: Option<&str>) -> TimError {
    let acceptor = made.acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let _ = acceptor.accept(socket).await;
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let mut options = TimOptions::new(1, format!("wss://localhost:{port}"), folder.path());
    options.instance = folder.path().display().to_string();
    options.extra_roots_pem = roots.map(str::to_owned);
    options.login_timeout = Duration::from_secs(3_600);
    let alice = Tim::create(options).unwrap();
    let refused = tokio::time::timeout(Duration::from_secs(60), alice.login("alice", "a token")).await;
    let refused = refused.expect("the login is tried again").unwrap_err();
    alice.destroy().await.unwrap();
    server.abort();
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_fails_at_once_with_what_is_wrong_with_the_certificate() {
    let good = certificate("localhost", |_| {});
    let refused = login(&good, None).await;
    assert_eq!(refused.code, Code::CERTIFICATE_UNKNOWN_ISSUER);

    let leaf = authority_as_leaf("localhost");
    let refused = login(&leaf, Some(&leaf.root)).await;
    assert_eq!(refused.code, Code::CERTIFICATE_UNUSABLE);
    assert!(refused.message.contains("CaUsedAsEndEntity"), "{refused}");

    let other = certificate("chat.example", |_| {});
    let refused = login(&other, Some(&other.root)).await;
    assert_eq!(refused.code, Code::CERTIFICATE_WRONG_NAME);
    assert!(refused.message.contains("localhost") && refused.message.contains("chat.example"), "{refused}");

    let old = certificate("localhost", |params| params.not_after = date_time_ymd(2020, 1, 1));
    let refused = login(&old, Some(&old.root)).await;
    assert_eq!(refused.code, Code::CERTIFICATE_NOT_VALID_NOW);
    assert!(refused.message.contains("clock"), "{refused}");

    let early = certificate("localhost", |params| params.not_before = date_time_ymd(4000, 1, 1));
    assert_eq!(login(&early, Some(&early.root)).await.code, Code::CERTIFICATE_NOT_VALID_NOW);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_stood_outlives_a_certificate_it_cannot_trust() {
    let good = certificate("localhost", |_| {});
    let world = World::with_certificate(&good.certificate, &good.key).await;
    let alice = world.device_over_tls("alice", "phone", "localhost", &good.root);
    alice.login(&world).await;

    // The operator makes it anew, and its authority too: the same name, another key.
    world.kill_server().await;
    let foreign = certificate("localhost", |_| {});
    world.set_certificate(&foreign.certificate, &foreign.key);
    world.start_server().await;
    let told = async |code| {
        alice
            .expect("the certificate's error", |event| match event {
                Event::Error { code: told, .. } if *told == code => Some(()),
                _ => None,
            })
            .await;
    };
    alice.tim.network_changed(true);
    told(Code::CERTIFICATE_UNKNOWN_ISSUER).await;
    assert!(alice.tim.is_ready(), "the login stands");

    world.kill_server().await;
    world.set_certificate(&good.certificate, &good.key);
    world.start_server().await;
    let sent = tokio::spawn({
        let (tim, words) = (alice.tim.clone(), alice.text("C2Calice", "still here"));
        async move { tim.send_message(words).await }
    });
    alice.tim.network_changed(true);
    assert_eq!(sent.await.unwrap().unwrap().sequence, 1);
}
