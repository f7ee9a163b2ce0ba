//! The source of an HTTP transfer, and its redirects (RFC 9110, section 15.4). Does no I/O.
//!
//! A redirect never leads from an encrypted connection to a plain one, nor to a plain one of another host. Requests carry
//! no credentials but the ticket in their address, and that is not taken along.

use hyper::{HeaderMap, Method, StatusCode, Uri, header};
use tim_protocol::Code;

use super::address::Address;
use crate::error::TimError;

/// Most redirects of one transfer.
pub(super) const MAX_REDIRECTS: usize = 5;

/// The address of a file.
pub(super) struct Source {
    pub(super) server: Address,
    /// With the query.
    pub(super) path: String,
    /// The user's own server, whose fault responses are used.
    pub(super) is_own: bool,
}

/// Why a redirect is not followed.
pub(super) type Refusal = &'static str;

impl Source {
    /// On the own server.
    pub(super) fn own(server: Address, path: String) -> Self {
        Self { server, path, is_own: true }
    }

    /// A source at an https URL, with the trusted certificates of the user's own server. The URL was chosen by another
    /// user, so only https is allowed.
    ///
    /// # Errors
    /// [`Code::MEDIA_NOT_FOUND`].
    pub(super) fn elsewhere(url: &str, own: &Address) -> Result<Self, TimError> {
        let found = url.parse().ok().and_then(|uri: Uri| Some((own.on_the_web(&uri)?, path_of(&uri))));
        let (server, path) = found.ok_or_else(|| TimError {
            code: Code::MEDIA_NOT_FOUND,
            message: "the file has no https address".into(),
        })?;
        Ok(Self { server, path, is_own: false })
    }

    /// The target of a redirect, if the response is one. Requests other than GET follow only redirects that keep the
    /// method.
    ///
    /// # Errors
    /// Why it must not be followed.
    pub(super) fn redirect(
        &self,
        method: &Method,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, Refusal> {
        let is_redirect = match status.as_u16() {
            301..=303 => method == Method::GET,
            307 | 308 => true,
            _ => false,
        };
        if !is_redirect {
            return Ok(None);
        }
        let location = headers.get(header::LOCATION).ok_or("a redirect names no address")?;
        let location = location.to_str().map_err(|_| "a redirect's address cannot be read")?;
        self.resolve(location).map(Some)
    }

    /// The address that a reference names, seen from here (RFC 3986, section 5).
    fn resolve(&self, reference: &str) -> Result<Self, Refusal> {
        let reference = reference.split('#').next().unwrap_or_default();
        let scheme = if self.server.is_encrypted() { "https" } else { "http" };
        if let Some(path) = reference.strip_prefix('/').filter(|rest| !rest.starts_with('/')) {
            return Ok(self.beside(format!("/{path}")));
        }
        if reference.starts_with("//") {
            return self.other(&format!("{scheme}:{reference}"));
        }
        if reference.contains("://") {
            return self.other(reference);
        }
        let (path, _) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let base = match path.rsplit_once('/') {
            Some((folder, _)) if !reference.starts_with('?') => format!("{folder}/"),
            _ => path.to_owned(),
        };
        Ok(self.beside(base + reference))
    }

    /// Another path on the same server.
    fn beside(&self, path: String) -> Self {
        Self { server: self.server.clone(), path, is_own: self.is_own }
    }

    fn other(&self, url: &str) -> Result<Self, Refusal> {
        let uri: Uri = url.parse().map_err(|_| "a redirect's address cannot be read")?;
        let path = path_of(&uri);
        if self.server.is_at(&uri) {
            return Ok(self.beside(path));
        }
        let server =
            self.server.on_the_web(&uri).ok_or("a redirect leads to an address that is not https")?;
        Ok(Self { server, path, is_own: false })
    }
}

fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a picture's address leads if the answer sends on to `location`; the refusal if it must not be followed.
    fn leads(from: &str, location: &str) -> Result<String, Refusal> {
        let own = Address::of_server("ws://127.0.0.1:7700", None).unwrap();
        let source = match from.strip_prefix("own") {
            Some(path) => Source::own(own, path.to_owned()),
            None => Source::elsewhere(from, &own).unwrap(),
        };
        let headers = HeaderMap::from_iter([(header::LOCATION, location.parse().unwrap())]);
        let next = source.redirect(&Method::GET, StatusCode::FOUND, &headers)?.unwrap();
        let owner = if next.is_own { "own " } else { "" };
        Ok(format!("{owner}{}{}", next.server.authority(), next.path))
    }

    #[test]
    fn a_reference_is_read_from_where_it_stands() {
        let from = "https://cdn.example/a/b?ticket=secret";
        for (location, expected) in [
            ("/c", "cdn.example:443/c"),
            ("c?d=1#part", "cdn.example:443/a/c?d=1"),
            ("?d=1", "cdn.example:443/a/b?d=1"),
            ("//other.example/c", "other.example:443/c"),
            ("https://other.example:8443/c", "other.example:8443/c"),
            ("https://cdn.example", "cdn.example:443/"),
        ] {
            assert_eq!(leads(from, location).as_deref(), Ok(expected), "{location}");
        }
    }

    #[test]
    fn nothing_leads_from_encryption_to_plain_text() {
        let from = "https://cdn.example/a";
        for location in ["http://cdn.example/a", "http://127.0.0.1:7700/a", "ftp://cdn.example/a", "https://"]
        {
            assert!(leads(from, location).is_err(), "{location}");
        }
    }

    #[test]
    fn the_own_server_may_send_on_to_itself_and_to_encrypted_places_where_its_word_counts_no_more() {
        assert_eq!(leads("own/a", "http://127.0.0.1:7700/b").as_deref(), Ok("own 127.0.0.1:7700/b"));
        assert_eq!(leads("own/a?ticket=secret", "b").as_deref(), Ok("own 127.0.0.1:7700/b"));
        assert_eq!(leads("own/a", "https://cdn.example/b").as_deref(), Ok("cdn.example:443/b"));
        for location in ["http://127.0.0.1:7701/b", "http://cdn.example/b", "//cdn.example/b"] {
            assert!(leads("own/a", location).is_err(), "{location}");
        }
    }

    #[test]
    fn what_is_uploaded_is_sent_on_only_as_it_is() {
        let own = Address::of_server("ws://127.0.0.1:7700", None).unwrap();
        let source = Source::own(own, "/up".into());
        let headers = HeaderMap::from_iter([(header::LOCATION, "/there".parse().unwrap())]);
        for (status, follows) in
            [(301, false), (302, false), (303, false), (307, true), (308, true), (304, false)]
        {
            let status = StatusCode::from_u16(status).unwrap();
            let next = source.redirect(&Method::PUT, status, &headers).unwrap();
            assert_eq!(next.is_some(), follows, "{status}");
        }
        let nowhere = source.redirect(&Method::PUT, StatusCode::TEMPORARY_REDIRECT, &HeaderMap::new());
        assert!(nowhere.is_err());
    }
}
