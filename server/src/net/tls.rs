//! TLS, by rustls: certificate and key from PEM files.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}: check [tls] in the configuration")]
pub(super) struct TlsError {
    path: String,
    why: String,
}

/// What accepts TLS connections.
pub(super) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsError> {
    let at = |path: &Path, why: &dyn std::fmt::Display| TlsError {
        path: path.display().to_string(),
        why: why.to_string(),
    };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| at(&tls.certificate, &why))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|why| at(&tls.key, &why))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|why| at(&tls.certificate, &why))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
