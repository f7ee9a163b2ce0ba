//! The server's address: parsing it, and connecting to it.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::Uri;
use rustls::ClientConfig;
use tim_protocol::{Code, Fault};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{dial, tls};
use crate::error::TimError;

/// A bidirectional byte stream.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection, encrypted or not.
pub(super) type Stream = Box<dyn Io>;

/// A host and port, whether the connection is encrypted, and the trusted certificates.
#[derive(Clone)]
pub(crate) struct Address {
    host: String,
    port: u16,
    is_encrypted: bool,
    tls: Arc<ClientConfig>,
}

impl Address {
    /// Parses the server's address: `wss://host[:port]`, or `ws://` for a server on this machine or on the host of
    /// Android's emulator. The address that the server prints when it starts is accepted.
    ///
    /// # Errors
    /// [`Code::SERVER_ADDRESS_INVALID`], also for certificates in `extra_roots` that cannot be read.
    pub(crate) fn of_server(text: &str, extra_roots: Option<&str>) -> Result<Self, TimError> {
        let invalid = || TimError::new(Code::SERVER_ADDRESS_INVALID);
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        if !matches!(uri.path(), "" | "/" | "/v1") || uri.query().is_some() {
            return Err(invalid());
        }
        let host = host_of(&uri).ok_or_else(invalid)?;
        let is_encrypted = match uri.scheme_str() {
            Some("wss") => true,
            Some("ws") if is_this_machine(&host) => false,
            _ => return Err(invalid()),
        };
        let port = uri.port_u16().unwrap_or(if is_encrypted { 443 } else { 80 });
        Ok(Self { host, port, is_encrypted, tls: tls::config(extra_roots)? })
    }

    /// The host of an `https://host[:port]/...` URL, with the same trusted certificates.
    pub(super) fn on_the_web(&self, uri: &Uri) -> Option<Self> {
        let host = host_of(uri).filter(|_| uri.scheme_str() == Some("https"))?;
        let port = uri.port_u16().unwrap_or(443);
        Some(Self { host, port, is_encrypted: true, tls: Arc::clone(&self.tls) })
    }

    /// Whether a URL has the same scheme, host and port as this address.
    pub(super) fn is_at(&self, uri: &Uri) -> bool {
        let (scheme, port) = if self.is_encrypted { ("https", 443) } else { ("http", 80) };
        uri.scheme_str() == Some(scheme)
            && host_of(uri).as_ref() == Some(&self.host)
            && uri.port_u16().unwrap_or(port) == self.port
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Host and port as HTTP names them.
    pub(super) fn authority(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// The URL of a path on the server.
    pub(crate) fn web(&self, path: &str) -> String {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.authority())
    }

    /// Where the WebSocket is.
    pub(super) fn websocket(&self) -> String {
        let scheme = if self.is_encrypted { "wss" } else { "ws" };
        format!("{scheme}://{}/v1", self.authority())
    }

    /// Makes a connection.
    ///
    /// # Errors
    /// [`Code::NETWORK_ERROR`], or what is wrong with the certificate: see [`tls::encrypt`].
    pub(super) async fn connect(&self) -> Result<Stream, Fault> {
        let unreachable = |why| {
            Fault::with_text(Code::NETWORK_ERROR, format!("{} cannot be reached: {why}", self.authority()))
        };
        let socket = dial::connect(&self.host, self.port).await.map_err(unreachable)?;
        if self.is_encrypted {
            Ok(Box::new(tls::encrypt(&self.tls, &self.host, socket).await?))
        } else {
            Ok(Box::new(socket))
        }
    }
}

fn host_of(uri: &Uri) -> Option<String> {
    let host = uri.host().filter(|host| !host.is_empty())?;
    Some(host.trim_start_matches('[').trim_end_matches(']').to_owned())
}

/// The machine that Android's emulator runs on, as seen from inside.
const EMULATOR_HOST: &str = "10.0.2.2";

/// Whether traffic to this host stays on this machine.
fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | EMULATOR_HOST) || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_on_this_machine() {
        let ok = |text: &str| Address::of_server(text, None).map(|address| address.websocket()).ok();
        assert_eq!(ok("ws://127.0.0.1:7700").as_deref(), Some("ws://127.0.0.1:7700/v1"));
        assert_eq!(ok("ws://127.0.0.1:7700/v1").as_deref(), Some("ws://127.0.0.1:7700/v1"));
        assert_eq!(ok("ws://[::1]:7700").as_deref(), Some("ws://[::1]:7700/v1"));
        assert_eq!(ok("wss://chat.example").as_deref(), Some("wss://chat.example:443/v1"));
        assert_eq!(ok("ws://10.0.2.2:7700").as_deref(), Some("ws://10.0.2.2:7700/v1"));
        for bad in [
            "",
            "ws://10.0.2.3:7700",
            "ws://192.168.1.20",
            "chat.example",
            "ws://chat.example",
            "http://localhost",
            "wss://",
            "wss://a/b",
            "wss://a?b",
        ] {
            assert_eq!(ok(bad), None, "{bad}");
        }
    }

    #[test]
    fn roots_that_cannot_be_read_are_refused_for_plain_addresses_too() {
        for address in ["wss://chat.example", "ws://localhost"] {
            let why = Address::of_server(address, Some("/etc/ssl/certs/ca.pem")).err().unwrap();
            assert_eq!(why.code, Code::SERVER_ADDRESS_INVALID);
        }
        assert!(Address::of_server("wss://chat.example", Some("")).is_ok());
    }
}
