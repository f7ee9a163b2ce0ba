//! The server's address. The page connects, and decides which certificates it trusts.

use std::net::{IpAddr, Ipv6Addr};

use tim_protocol::Code;

use crate::error::TimError;

/// A host and port, and whether the connection is encrypted.
#[derive(Clone)]
pub(crate) struct Address {
    /// As URLs have it.
    authority: String,
    is_encrypted: bool,
}

impl Address {
    /// Parses the server's address: `wss://host[:port]`, or `ws://` for a server on this machine.
    ///
    /// # Errors
    /// [`Code::SERVER_ADDRESS_INVALID`].
    pub(crate) fn of_server(text: &str, _: Option<&str>) -> Result<Self, TimError> {
        let parsed = text.split_once("://").and_then(|(scheme, rest)| {
            let authority = rest.strip_suffix("/v1").or_else(|| rest.strip_suffix('/')).unwrap_or(rest);
            let host = host_of(authority)?;
            let is_encrypted = match scheme {
                "wss" => true,
                "ws" if is_this_machine(host) => false,
                _ => return None,
            };
            Some(Self { authority: authority.to_owned(), is_encrypted })
        });
        parsed.ok_or_else(|| Code::SERVER_ADDRESS_INVALID.into())
    }

    /// The URL of a path on the server.
    pub(crate) fn web(&self, path: &str) -> String {
        format!("{}://{}{path}", if self.is_encrypted { "https" } else { "http" }, self.authority)
    }

    /// Where the WebSocket is.
    pub(super) fn websocket(&self) -> String {
        format!("{}://{}/v1", if self.is_encrypted { "wss" } else { "ws" }, self.authority)
    }
}

/// The host of `host`, `host:port` or `[address]:port`; `None` for anything else.
fn host_of(authority: &str) -> Option<&str> {
    let (host, rest, is_name) = match authority.strip_prefix('[') {
        Some(rest) => {
            rest.split_once(']').map(|(host, rest)| (host, rest, host.parse::<Ipv6Addr>().is_ok()))?
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, rest) = authority.split_at_checked(end)?;
            let is_plain = |letter: char| letter.is_alphanumeric() || "-._".contains(letter);
            (host, rest, !host.is_empty() && host.chars().all(is_plain))
        }
    };
    let is_port = rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    (is_name && is_port).then_some(host)
}

/// Whether traffic to this host stays on this machine.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
