//! Frames as bytes: splits and joins envelopes, enforces size and depth, and implements the `z1` compression.
//!
//! Parses no more than this needs; `frame` interprets envelopes.

use std::cell::RefCell;
use std::io::Read as _;

use flate2::read::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::{Code, Fault, json, limits};

/// Splits a text frame into its envelopes, after checking its size and depth.
///
/// # Errors
/// [`Code::FRAME_TOO_LARGE`], [`Code::FRAME_TOO_DEEP`], [`Code::MALFORMED_FRAME`] (not JSON, or more envelopes than
/// [`limits::BATCH`]). These errors cannot be attributed to a request, so the connection must be closed.
pub fn split(text: &str, max_bytes: usize) -> Result<Vec<&str>, Fault> {
    if text.len() > max_bytes {
        return Err(Fault::new(Code::FRAME_TOO_LARGE));
    }
    if !nests_within(text, limits::DEPTH) {
        return Err(Fault::new(Code::FRAME_TOO_DEEP));
    }
    if !text.trim_start().starts_with('[') {
        return Ok(vec![text]);
    }
    let envelopes: Vec<&RawValue> =
        json::read(text).map_err(|_| Fault::with_text(Code::MALFORMED_FRAME, "the frame is not JSON"))?;
    if envelopes.is_empty() || envelopes.len() > limits::BATCH {
        return Err(Fault::with_text(
            Code::MALFORMED_FRAME,
            format!("a frame holds 1 to {} envelopes", limits::BATCH),
        ));
    }
    Ok(envelopes.into_iter().map(RawValue::get).collect())
}

/// Joins envelopes into one text frame: a single one as it is, several as an array.
///
/// Both sides must have named the feature `batch` before more than one may share a frame.
#[must_use]
pub fn join(envelopes: &[String]) -> String {
    match envelopes {
        [one] => one.clone(),
        many => {
            let mut frame =
                String::with_capacity(many.iter().map(|envelope| envelope.len() + 1).sum::<usize>() + 1);
            for (place, envelope) in many.iter().enumerate() {
                frame.push(if place == 0 { '[' } else { ',' });
                frame.push_str(envelope);
            }
            frame.push(']');
            frame
        }
    }
}

/// Groups envelopes that are ready together into as few frames as the limits allow, keeping their order. An envelope
/// larger than `max_bytes` gets a frame of its own.
#[must_use]
pub fn gather(envelopes: &[String], batches: bool, max_bytes: usize) -> Vec<&[String]> {
    let max = if batches { limits::BATCH } else { 1 };
    let (mut frames, mut rest) = (Vec::new(), envelopes);
    while !rest.is_empty() {
        // The first bracket, and a comma or the last bracket after each.
        let mut bytes = 1;
        let fits = |envelope: &&String| {
            bytes += envelope.len() + 1;
            bytes <= max_bytes
        };
        let count = rest.iter().take(max).take_while(fits).count().max(1);
        let (together, others) = rest.split_at(count);
        frames.push(together);
        rest = others;
    }
    frames
}

/// Whether arrays and objects in the text nest at most this many levels. Brackets inside strings do not count.
///
/// Runs before the JSON parser, to bound the parser's recursion for any input.
#[must_use]
pub fn nests_within(text: &str, levels: usize) -> bool {
    // Most texts have fewer brackets than that, and counting them is many times faster.
    opening_brackets(text) <= levels || depth(text) <= levels
}

/// How many brackets open in the text, also inside strings. Counted in runs that fit a byte, which compilers vectorize.
fn opening_brackets(text: &str) -> usize {
    let is_opening = |byte: &u8| u8::from(matches!(byte, b'{' | b'['));
    text.as_bytes().chunks(128).map(|run| usize::from(run.iter().map(is_opening).sum::<u8>())).sum()
}

fn depth(text: &str) -> usize {
    let (mut deepest, mut now, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Compresses a frame's text for a binary `z1` frame: raw deflate at the fastest level.
///
/// Each thread keeps one compressor, because its 300 KB cost more to make than a page costs to compress.
#[must_use]
pub fn deflate(text: &str) -> Vec<u8> {
    thread_local! {
        static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
    }
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        let mut out = Vec::with_capacity(text.len() / 3 + 64);
        loop {
            let consumed = usize::try_from(compressor.total_in()).unwrap_or(usize::MAX);
            let rest = text.as_bytes().get(consumed..).unwrap_or_default();
            match compressor.compress_vec(rest, &mut out, FlushCompress::Finish) {
                // It fills the room that there is.
                Ok(flate2::Status::Ok | flate2::Status::BufError) => out.reserve(out.capacity().max(64)),
                // Compressing into memory does not fail; were it to, the receiver would reject the cut stream.
                Ok(flate2::Status::StreamEnd) | Err(_) => return out,
            }
        }
    })
}

/// Restores a binary `z1` frame's text.
///
/// # Errors
/// [`Code::MALFORMED_FRAME`] if it is not deflated UTF-8, [`Code::FRAME_TOO_LARGE`] if it inflates to more than
/// [`limits::SERVER_FRAME_BYTES`].
pub fn inflate(bytes: &[u8]) -> Result<String, Fault> {
    let max = limits::SERVER_FRAME_BYTES as u64;
    let mut text = String::new();
    DeflateDecoder::new(bytes)
        .take(max + 1)
        .read_to_string(&mut text)
        .map_err(|_| Fault::with_text(Code::MALFORMED_FRAME, "the binary frame is not deflated UTF-8"))?;
    if text.len() as u64 > max { Err(Fault::new(Code::FRAME_TOO_LARGE)) } else { Ok(text) }
}

/// Reads any well-formed JSON value without keeping it, to tell "not JSON" from "JSON of the wrong shape".
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert_eq!(depth(r#"{"a":[1,{"b":"[[[\"{{"}]}"#), 3);
        assert_eq!(depth("17"), 0);
        let brackets = format!(r#"["{}"]"#, "[".repeat(100));
        assert!(nests_within(&brackets, 1) && !nests_within("[[]]", 1));
        assert_eq!(opening_brackets(&"[{".repeat(500)), 1_000);
        assert_eq!(split(&"[".repeat(50_000), 65_536).unwrap_err().code, Code::FRAME_TOO_DEEP);
    }

    #[test]
    fn a_frame_over_its_size_is_refused_before_it_is_read() {
        assert_eq!(split(&" ".repeat(100), 99).unwrap_err().code, Code::FRAME_TOO_LARGE);
    }

    #[test]
    fn an_empty_batch_and_an_endless_one_are_refused() {
        assert_eq!(split("[]", 100).unwrap_err().code, Code::MALFORMED_FRAME);
        let endless = format!("[{}]", vec!["{}"; limits::BATCH + 1].join(","));
        assert_eq!(split(&endless, 65_536).unwrap_err().code, Code::MALFORMED_FRAME);
    }

    #[test]
    fn a_bomb_is_not_inflated() {
        let bomb = deflate(&" ".repeat(8 * 1024 * 1024));
        assert!(bomb.len() < 64 * 1024);
        assert_eq!(inflate(&bomb).unwrap_err().code, Code::FRAME_TOO_LARGE);
    }

    proptest! {
        #[test]
        fn what_is_joined_splits_again(envelopes in prop::collection::vec(r#"\{"pi":[1-9][0-9]{0,8}\}"#, 1..60)) {
            let frame = join(&envelopes);
            prop_assert_eq!(split(&frame, usize::MAX).unwrap(), envelopes);
        }

        #[test]
        fn what_is_gathered_stays_in_order_and_within_a_frame(
            envelopes in prop::collection::vec(r#"\{"pi":[1-9][0-9]{0,8}\}"#, 0..200), max in 20_usize..2_000,
        ) {
            let frames = gather(&envelopes, true, max);
            prop_assert_eq!(frames.concat(), envelopes.clone());
            for frame in frames {
                prop_assert!(join(frame).len() <= max && frame.len() <= limits::BATCH);
            }
            prop_assert_eq!(gather(&envelopes, false, max).len(), envelopes.len());
        }

        #[test]
        fn what_is_deflated_inflates_again(text in ".{0,2000}") {
            prop_assert_eq!(inflate(&deflate(&text)).unwrap(), text);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..500), text in ".{0,300}") {
            let _ = inflate(&bytes);
            let _ = split(&text, 65_536);
            let _ = crate::frame::FromClient::read(&text);
            let _ = crate::frame::FromServer::read(&text);
        }
    }
}
