//! TLS, by rustls: certificate and key from PEM files, which are read again when they are renewed.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// Interval of the check whether the files were renewed.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Why the certificate or the key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}: check [tls] in the configuration")]
pub struct TlsError {
    /// The file, or both.
    path: String,
    why: String,
}

/// The server's certificate, which can be renewed while connections are accepted.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: Tls,
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    /// When the files were changed last.
    changed: [Option<SystemTime>; 2],
}

impl Certificate {
    /// Reads certificate and key.
    pub(crate) fn open(files: &Tls) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Current::read(files)?);
        Ok(Arc::new(Self { files: files.clone(), current }))
    }

    /// An acceptor that uses the current certificate for each connection.
    pub(crate) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|why| unusable(&self.files, &why))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Whether a file was changed since it was read.
    fn is_outdated(&self) -> bool {
        self.current.read().unwrap_or_else(PoisonError::into_inner).changed != changed(&self.files)
    }

    /// Reloads the files. If they cannot be used, the current certificate stays. Applies to new connections.
    pub(crate) fn reload(&self) {
        match Current::read(&self.files) {
            Ok(new) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
                tracing::info!(certificate = %self.files.certificate.display(), "the certificate was read again");
            }
            Err(why) => tracing::error!(%why, "the certificate before it stays in use"),
        }
    }

    /// Reloads the files whenever they change. Never returns.
    pub(crate) async fn follow(&self) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            if self.is_outdated() {
                self.reload();
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

impl Current {
    fn read(files: &Tls) -> Result<Self, TlsError> {
        // Before the files are read: a change while they are read is seen by the next look.
        let changed = changed(files);
        let at = |path: &Path, what, why| TlsError {
            path: path.display().to_string(),
            why: unreadable(what, why),
        };
        let chain = CertificateDer::pem_file_iter(&files.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
            .map_err(|why| at(&files.certificate, "certificate", why))?;
        let key =
            PrivateKeyDer::from_pem_file(&files.key).map_err(|why| at(&files.key, "private key", why))?;
        let key = CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider())
            .map_err(|why| unusable(files, &why))?;
        Ok(Self { key: Arc::new(key), changed })
    }
}

fn changed(files: &Tls) -> [Option<SystemTime>; 2] {
    [&files.certificate, &files.key]
        .map(|file| std::fs::metadata(file).and_then(|found| found.modified()).ok())
}

fn unusable(files: &Tls, why: &rustls::Error) -> TlsError {
    let path = format!("{} and {}", files.certificate.display(), files.key.display());
    TlsError { path, why: why.to_string() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_file_is_noticed_and_one_that_cannot_be_used_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = Tls { certificate: folder.path().join("certificate"), key: folder.path().join("key") };
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        let certificate = Certificate::open(&files).unwrap();
        let served = || Arc::clone(&certificate.current.read().unwrap().key);
        let first = served();
        assert!(!certificate.is_outdated());
        let date = |seconds| {
            let file = std::fs::File::options().append(true).open(&files.key).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        };
        date(1);
        assert!(certificate.is_outdated());
        certificate.reload();
        assert!(!certificate.is_outdated() && !Arc::ptr_eq(&first, &served()));
        let second = served();
        std::fs::write(&files.key, "half").unwrap();
        certificate.reload();
        assert!(certificate.is_outdated(), "it is looked at again");
        assert!(Arc::ptr_eq(&second, &served()));
    }
}
