//! The path of a file's rendition on this server: `/media/<app>/<id>/<rendition>`. Pure.

use std::fmt;

use tim_protocol::media::RenditionType;
use uuid::Uuid;

/// Which rendition of which file a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaPath {
    /// The application.
    pub app: u32,
    /// The file.
    pub id: Uuid,
    /// The rendition.
    pub rendition: RenditionType,
}

impl MediaPath {
    /// Reads a path without its query; `None` if it is none, or names a rendition that this version does not know.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("/media/")?.split('/');
        let (app, id) = (parts.next()?.parse().ok()?, Uuid::parse_str(parts.next()?).ok()?);
        let rendition = match parts.next()? {
            "0" => RenditionType::Original,
            "1" => RenditionType::Thumb,
            "2" => RenditionType::Large,
            _ => return None,
        };
        parts.next().is_none().then_some(Self { app, id, rendition })
    }
}

impl fmt::Display for MediaPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, id, rendition } = self;
        write!(f, "/media/{app}/{id}/{}", u32::from(*rendition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_was_written_and_no_other_is() {
        for rendition in [RenditionType::Original, RenditionType::Thumb, RenditionType::Large] {
            let path = MediaPath { app: 7, id: Uuid::from_u128(5), rendition };
            assert_eq!(MediaPath::parse(&path.to_string()), Some(path));
        }
        let id = Uuid::nil();
        let others =
            ["/media/1", "/media/1/x/0", "/media/x/y/0", "/media/upload", "media/1/2/0"].map(String::from);
        let beyond = [format!("/media/1/{id}/3"), format!("/media/1/{id}/0/"), format!("/media/1/{id}/00")];
        for path in others.into_iter().chain(beyond) {
            assert_eq!(MediaPath::parse(&path), None, "{path}");
        }
    }
}
