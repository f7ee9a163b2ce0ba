//! The server's address. The page connects, and decides which certificates it trusts.

use std::net::IpAddr;

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
            let is_plain = |letter: char| letter.is_alphanumeric() || "-._:[]".contains(letter);
            let is_host = !authority.is_empty() && authority.chars().all(is_plain);
            let is_encrypted = match scheme {
                "wss" => true,
                "ws" if is_this_machine(host_of(authority)) => false,
                _ => return None,
            };
            is_host.then(|| Self { authority: authority.to_owned(), is_encrypted })
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

fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split_once(':').map_or(authority, |(host, _)| host),
    }
}

/// Whether traffic to this host stays on this machine.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
