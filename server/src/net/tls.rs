//! TLS, by rustls: certificate and key from PEM files.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}: check [tls] in the configuration")]
pub struct TlsError {
    /// The file, or both.
    path: String,
    why: String,
}

/// What accepts TLS connections.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsError> {
    let at =
        |path: &Path, what, why| TlsError { path: path.display().to_string(), why: unreadable(what, why) };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
        .map_err(|why| at(&tls.certificate, "certificate", why))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|why| at(&tls.key, "private key", why))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|why| TlsError {
            path: format!("{} and {}", tls.certificate.display(), tls.key.display()),
            why: why.to_string(),
        })?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Why a PEM file does not give what is looked for in it.
fn unreadable(what: &str, why: pem::Error) -> String {
    match why {
        pem::Error::Io(why) => why.to_string(),
        pem::Error::NoItemsFound => format!("there is no {what} in it"),
        // The rest shows bytes as numbers.
        _ => "it is not whole, or no PEM file".to_owned(),
    }
}
