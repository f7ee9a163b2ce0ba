//! HTTP ranges and conditional requests (RFC 9110, sections 13 and 14). Pure.
//!
//! A single range is supported. Requests for several ranges or with unknown units get the whole file, as the standard
//! permits.

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use tim_protocol::{Code, Fault};

use crate::response::{Body, fault, full};

/// The part of a file to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// From the first to the last of these bytes.
    Part(u64, u64),
    /// Bytes that it does not have.
    Nothing,
    /// Not modified: the client has it.
    Unchanged,
}

/// What these headers ask for, of `length` bytes that have this tag. A range counts for GET alone.
pub(super) fn wanted(method: &Method, asked: &HeaderMap, tag: &str, length: u64) -> Wanted {
    let mut known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    if known.any(|tags| names(tags, tag)) {
        return Wanted::Unchanged;
    }
    let is_the_same = text(asked, header::IF_RANGE).is_none_or(|known| known == tag);
    let range = text(asked, header::RANGE).filter(|_| is_the_same && method == Method::GET);
    range.and_then(|range| read(range, length)).unwrap_or(Wanted::Whole)
}

/// Refuses a range beyond the end of a file of this length.
pub(super) fn beyond(length: u64) -> Response<Body> {
    let why = Fault::with_text(Code::BAD_REQUEST, format!("the file has {length} bytes"));
    let mut answer = fault(StatusCode::RANGE_NOT_SATISFIABLE, &why);
    set(&mut answer, header::CONTENT_RANGE, format!("bytes */{length}"));
    answer
}

/// Where the rest of an upload of `size` bytes begins, by its `Content-Range`; 0 for the whole, without one. `None` for what
/// is no rest of it.
pub(crate) fn begin_of_rest(headers: &HeaderMap, size: u64) -> Option<u64> {
    let Some(range) = headers.get(header::CONTENT_RANGE) else { return Some(0) };
    let (range, of) = range.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    (number(of)? == size && last.checked_add(1) == Some(size) && first < size).then_some(first)
}

impl Wanted {
    /// Where it begins, and how many bytes it has.
    pub(super) fn bounds(self, length: u64) -> (u64, u64) {
        match self {
            Self::Whole => (0, length),
            Self::Part(first, last) => (first, last - first + 1),
            Self::Nothing | Self::Unchanged => (0, 0),
        }
    }

    /// Says in an answer's head what the answer has.
    pub(super) fn describe(self, length: u64, answer: &mut Response<Body>) {
        let (_, count) = self.bounds(length);
        match self {
            Self::Whole | Self::Nothing => {}
            Self::Part(first, last) => {
                *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
                set(answer, header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}"));
            }
            Self::Unchanged => {
                *answer.status_mut() = StatusCode::NOT_MODIFIED;
                *answer.body_mut() = full("");
            }
        }
        if self != Self::Unchanged {
            answer.headers_mut().insert(header::CONTENT_LENGTH, count.into());
        }
        answer.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    }
}

fn set(answer: &mut Response<Body>, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        answer.headers_mut().insert(name, value);
    }
}

fn text(asked: &HeaderMap, name: HeaderName) -> Option<&str> {
    asked.get(name)?.to_str().ok()
}

/// Whether a list of tags, or a star, names this one. For this, a weak tag is as good as a strong one.
fn names(tags: &str, tag: &str) -> bool {
    tags.trim() == "*" || tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// Reads `bytes=first-last`, `bytes=first-` or `bytes=-count`; nothing if it is none of these.
fn read(range: &str, length: u64) -> Option<Wanted> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    let end = length.checked_sub(1);
    let (first, last) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (Some(first), end.map(|end| last.min(end))),
        (Some(first), None) if last.is_empty() => (Some(first), end),
        (None, Some(count)) if first.is_empty() => {
            (Some(length.saturating_sub(count)), end.filter(|_| count > 0))
        }
        _ => return None,
    };
    let part = first.zip(last).filter(|(first, last)| first <= last);
    Some(part.map_or(Wanted::Nothing, |(first, last)| Wanted::Part(first, last)))
}

/// Digits and nothing else; more than fit are as good as the most that do.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"ab.0\"";

    fn asked(headers: &[(HeaderName, &'static str)]) -> Wanted {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        wanted(&Method::GET, &headers.collect(), TAG, 100)
    }

    #[test]
    fn one_range_is_read_as_the_standard_has_it() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=10-19", Wanted::Part(10, 19)),
            ("BYTES=10-", Wanted::Part(10, 99)),
            ("bytes=90-1000", Wanted::Part(90, 99)),
            ("bytes=-10", Wanted::Part(90, 99)),
            ("bytes=-1000", Wanted::Part(0, 99)),
            ("bytes=0-99999999999999999999999", Wanted::Part(0, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=19-10", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("10-19", Wanted::Whole),
        ] {
            assert_eq!(asked(&[(header::RANGE, range)]), expected, "{range}");
        }
        assert_eq!(read("bytes=0-", 0), Some(Wanted::Nothing));
    }

    #[test]
    fn a_tag_decides_whether_a_part_fits_and_whether_anything_is_needed() {
        let range = (header::RANGE, "bytes=10-19");
        assert_eq!(asked(&[range.clone(), (header::IF_RANGE, TAG)]), Wanted::Part(10, 19));
        assert_eq!(asked(&[range.clone(), (header::IF_RANGE, "\"cd.0\"")]), Wanted::Whole);
        assert_eq!(asked(&[range.clone(), (header::IF_RANGE, "W/\"ab.0\"")]), Wanted::Whole);
        for tags in [TAG, "W/\"ab.0\"", "\"cd.0\", \"ab.0\"", "*"] {
            assert_eq!(asked(&[range.clone(), (header::IF_NONE_MATCH, tags)]), Wanted::Unchanged, "{tags}");
        }
        assert_eq!(asked(&[(header::IF_NONE_MATCH, "\"cd.0\"")]), Wanted::Whole);
        let mut in_lines =
            HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static("\"cd.0\""))]);
        in_lines.append(header::IF_NONE_MATCH, HeaderValue::from_static(TAG));
        assert_eq!(wanted(&Method::HEAD, &in_lines, TAG, 100), Wanted::Unchanged);
    }

    #[test]
    fn the_rest_of_an_upload_ends_with_it() {
        let begin = |range: &str| {
            begin_of_rest(&HeaderMap::from_iter([(header::CONTENT_RANGE, range.parse().unwrap())]), 100)
        };
        assert_eq!(begin_of_rest(&HeaderMap::new(), 100), Some(0));
        assert_eq!(begin("bytes 40-99/100"), Some(40));
        for range in ["bytes 40-98/100", "bytes 40-99/101", "bytes 100-99/100", "bytes 40-/100", "40-99/100"]
        {
            assert_eq!(begin(range), None, "{range}");
        }
    }

    #[test]
    fn a_head_is_that_of_the_whole_file() {
        let range = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static("bytes=10-19"))]);
        assert_eq!(wanted(&Method::HEAD, &range, TAG, 100), Wanted::Whole);
    }
}
