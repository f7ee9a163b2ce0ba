//! The path of a file's rendition on this server: `/media/<app>/<id>/<rendition>`, and the files that a text names by their
//! paths. Pure.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tim_protocol::media::RenditionType;
use uuid::Uuid;

/// The characters of an ID.
const ID_CHARS: usize = 36;

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
        let (app, id) = (parts.next()?.parse().ok()?, id_of(parts.next()?)?);
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

/// The files whose paths stand in the strings of this JSON text, also within other words, as in a full address.
#[must_use]
pub fn named_in(json: &str) -> BTreeSet<Uuid> {
    let mut named = BTreeSet::new();
    // Whoever writes the word in another way, letter by letter, keeps no file by it.
    if !json.contains("media") {
        return named;
    }
    if Strings(&mut named).deserialize(&mut serde_json::Deserializer::from_str(json)).is_err() {
        // Half of a surrogate pair, or nested too deep for this reader: the paths stand in the text.
        named.extend(in_text(&json.replace(r"\/", "/")));
    }
    named
}

/// Reads the strings of a JSON text one by one, so that it takes no memory however many values the text has.
struct Strings<'a>(&'a mut BTreeSet<Uuid>);

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.extend(in_text(text));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while values.next_element_seed(Strings(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while fields.next_key::<IgnoredAny>()?.is_some() {
            fields.next_value_seed(Strings(self.0))?;
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

fn in_text(text: &str) -> impl Iterator<Item = Uuid> {
    text.split("/media/").skip(1).filter_map(id_at)
}

/// The file of `<app>/<id>…`.
fn id_at(path: &str) -> Option<Uuid> {
    let (app, rest) = path.split_once('/')?;
    let _: u32 = app.parse().ok()?;
    id_of(rest.get(..ID_CHARS)?)
}

/// An ID in the one form that is taken, with hyphens.
fn id_of(text: &str) -> Option<Uuid> {
    if text.len() == ID_CHARS { Uuid::parse_str(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_wherever_they_are_named() {
        let [one, other] = [1, 2].map(Uuid::from_u128);
        let named = |json: String| named_in(&json).into_iter().collect::<Vec<_>>();
        for json in [
            format!(r#"{{"type":"TIMFileElem","payload":{{"url":"/media/7/{one}/0"}}}}"#),
            format!(r#"{{"url":"\/media\/7\/{one}\/0"}}"#),
            format!(r#"{{"list":[{{"body":{{"a":["/media/7/{one}/2"]}}}}]}}"#),
            format!(r#"{{"data":"{{\"url\":\"https://chat.example/media/7/{one}/1?ticket=x\"}}"}}"#),
            format!(r#"{{"url":"\/media\/7\/{one}\/0","more":"\ud83d","far":1e999}}"#),
        ] {
            assert_eq!(named(json.clone()), [one], "{json}");
        }
        assert_eq!(
            named(format!(r#"["/media/7/{one}/0 and /media/7/{other}/0", "/media/7/{one}/1"]"#)),
            [one, other]
        );
        for json in [r#""media""#, r#""/media/7/x/0""#, r#""/media/x/1""#, r#""/media/7/é""#, "{media", "[]"]
        {
            assert!(named(json.to_owned()).is_empty(), "{json}");
        }
    }

    #[test]
    fn a_path_is_read_as_it_was_written_and_no_other_is() {
        for rendition in [RenditionType::Original, RenditionType::Thumb, RenditionType::Large] {
            let path = MediaPath { app: 7, id: Uuid::from_u128(5), rendition };
            assert_eq!(MediaPath::parse(&path.to_string()), Some(path));
        }
        let id = Uuid::nil();
        let simple = format!("/media/1/{}/0", id.simple());
        let others = ["/media/1", "/media/1/x/0", "/media/x/y/0", "/media/upload", "media/1/2/0", &simple];
        let others = others.map(String::from);
        let beyond = [format!("/media/1/{id}/3"), format!("/media/1/{id}/0/"), format!("/media/1/{id}/00")];
        for path in others.into_iter().chain(beyond) {
            assert_eq!(MediaPath::parse(&path), None, "{path}");
        }
    }
}
