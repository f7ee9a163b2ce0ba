//! Values in the addresses of requests.

use hyper::Uri;

/// A value in an address after the question mark.
pub(super) fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
