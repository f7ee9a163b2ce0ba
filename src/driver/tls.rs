//! TLS: trusted certificates, and the codes for certificate errors.

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tim_protocol::{Code, Fault};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::dial::ms_since;
use crate::error::TimError;
use crate::log::{self, LogLevel};

/// The TLS configuration. Trusts the public certificate authorities and those in `extra_roots` (PEM).
///
/// # Errors
/// [`Code::SERVER_ADDRESS_INVALID`] if `extra_roots` has no certificate, or one that cannot be read.
pub(super) fn config(extra_roots: Option<&str>) -> Result<Arc<ClientConfig>, TimError> {
    let refuse = |why: &dyn Display| TimError {
        code: Code::SERVER_ADDRESS_INVALID,
        message: format!("the certificates in extraRootsPem cannot be used: {why}"),
    };
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let (known, extra) = (roots.len(), extra_roots.unwrap_or_default());
    for certificate in CertificateDer::pem_slice_iter(extra.as_bytes()) {
        let certificate = certificate.map_err(|why| refuse(&why))?;
        roots.add(certificate).map_err(|why| refuse(&why))?;
    }
    if roots.len() == known && !extra.trim().is_empty() {
        return Err(refuse(&"there are none; it is their text, not the path of a file"));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| refuse(&why))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Encrypts a connection to `host`.
///
/// # Errors
/// [`Code::CERTIFICATE_UNKNOWN_ISSUER`], [`Code::CERTIFICATE_UNUSABLE`], [`Code::CERTIFICATE_WRONG_NAME`],
/// [`Code::CERTIFICATE_NOT_VALID_NOW`], or [`Code::NETWORK_ERROR`].
pub(super) async fn encrypt(
    config: &Arc<ClientConfig>,
    host: &str,
    socket: TcpStream,
) -> Result<TlsStream<TcpStream>, Fault> {
    let began = Instant::now();
    let name = ServerName::try_from(host.to_owned()).map_err(|why| broken(&why))?;
    let handshake = TlsConnector::from(Arc::clone(config)).connect(name, socket).await;
    let stream = handshake.map_err(|why| refusal(host, &why).unwrap_or_else(|| broken(&why)))?;
    let version = stream.get_ref().1.protocol_version();
    let ms = ms_since(began);
    match version.and_then(|version| version.as_str()) {
        Some(version) => log::write(LogLevel::Debug, format_args!("TLS to {host}: {version} after {ms} ms")),
        None => log::write(LogLevel::Debug, format_args!("TLS to {host} after {ms} ms")),
    }
    Ok(stream)
}

fn broken(why: &dyn Display) -> Fault {
    Fault::with_text(Code::NETWORK_ERROR, format!("no encrypted connection to the server: {why}"))
}

/// The certificate's fault, if that is what broke the handshake.
fn refusal(host: &str, why: &io::Error) -> Option<Fault> {
    let rustls::Error::InvalidCertificate(why) = why.get_ref()?.downcast_ref()? else { return None };
    let code = match why {
        // A bad signature means an authority with the name of a trusted one but another key, such as one that was
        // created again.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Code::CERTIFICATE_UNKNOWN_ISSUER,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Code::CERTIFICATE_WRONG_NAME
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Code::CERTIFICATE_NOT_VALID_NOW,
        _ => Code::CERTIFICATE_UNUSABLE,
    };
    Some(Fault::with_text(code, format!("{} ({host}: {why})", code.describe())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_that_cannot_be_read_are_refused() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for not_roots in [broken, "/etc/ssl/certs/ca.pem", "-----BEGIN PUBLIC KEY-----"] {
            let why = config(Some(not_roots)).expect_err(not_roots);
            assert_eq!(why.code, Code::SERVER_ADDRESS_INVALID);
            assert!(why.message.contains("extraRootsPem"));
        }
        assert!(config(Some("")).is_ok());
    }
}
