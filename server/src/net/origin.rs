//! The client's address: the peer of the socket, or the address named by a trusted proxy.

use std::net::IpAddr;

use hyper::HeaderMap;

/// The header to which each proxy appends its peer's address.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address: the last forwarded address that is not a trusted proxy.
pub(super) fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.contains(&address.to_canonical());
    if !is_trusted(&peer) {
        return peer;
    }
    let named: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    let mut nearest = peer;
    for address in named.iter().rev().map_while(|named| named.trim().parse::<IpAddr>().ok()) {
        nearest = address;
        if !is_trusted(&address) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn seen(peer: &str, named: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in named {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
        }
        let trusted = ["127.0.0.1", "10.0.0.7"].map(|proxy| proxy.parse().unwrap());
        origin(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_append_is_believed() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.9"]), "192.0.2.1", "a stranger names whom they like");
        assert_eq!(seen("127.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(seen("::ffff:127.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(seen("127.0.0.1", &["203.0.113.5, 198.51.100.9"]), "198.51.100.9", "the first is a claim");
        assert_eq!(seen("127.0.0.1", &["203.0.113.5", "198.51.100.9, 10.0.0.7"]), "198.51.100.9");
        assert_eq!(seen("127.0.0.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &["198.51.100.9, nonsense"]), "127.0.0.1");
    }
}
