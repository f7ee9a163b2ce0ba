//! The media type of a stored file, by how it begins. Players of phones and browsers play what is named, and nothing named
//! here can run as a page of this server. Pure.
//!
//! Pictures are recognised by `image`. Of videos and recordings these are the formats that phones and browsers record in.

/// The type of a file of none of these formats.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// So many bytes decide.
pub(super) const HEAD_BYTES: usize = 64;

/// How a file begins, and what it is. Those of MPEG come last, because their signature is one of 11 bits.
const SIGNATURES: [(&[u8], &str); 12] = [
    (b"#!AMR-WB\n", "audio/amr-wb"),
    (b"#!AMR\n", "audio/amr"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"caff", "audio/x-caf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xfa", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
];

/// The media type of a file that begins like this.
pub(super) fn of(head: &[u8]) -> &'static str {
    if let Ok(picture) = image::guess_format(head) {
        return picture.to_mime_type();
    }
    let at = |place: usize, length: usize| head.get(place..place + length).unwrap_or_default();
    match (at(0, 4), at(4, 4), at(8, 4)) {
        (b"RIFF", _, b"WAVE") => return "audio/wav",
        (b"\x1a\x45\xdf\xa3", ..) => return of_matroska(head),
        (_, b"ftyp", brand) => return of_brand(brand),
        // Films of QuickTime that are older than brands.
        (_, b"moov" | b"wide" | b"mdat", _) => return "video/quicktime",
        _ => {}
    }
    SIGNATURES.iter().find(|(begin, _)| head.starts_with(begin)).map_or(UNKNOWN, |(_, name)| name)
}

/// The brands of ISO/IEC 14496-12, as <https://mp4ra.org/registered-types/brands> has them.
fn of_brand(brand: &[u8]) -> &'static str {
    match brand {
        b"qt  " => "video/quicktime",
        b"M4A " | b"M4B " | b"F4A " => "audio/mp4",
        _ if brand.starts_with(b"3g2") => "video/3gpp2",
        _ if brand.starts_with(b"3g") => "video/3gpp",
        // Pictures that no browser shows under a name of a video.
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" | b"avif" => UNKNOWN,
        _ => "video/mp4",
    }
}

/// WebM is a Matroska that says so in its header.
fn of_matroska(head: &[u8]) -> &'static str {
    let is_web = head.windows(7).any(|it| it == b"\x42\x82\x84webm");
    if is_web { "video/webm" } else { "video/x-matroska" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_phones_and_browsers_record_has_a_name() {
        for (head, expected) in [
            (&b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"[..], "video/mp4"),
            (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00", "video/quicktime"),
            (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "video/quicktime"),
            (b"\x00\x00\x00\x18ftyp3gp4\x00\x00\x00\x00", "video/3gpp"),
            (b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00", "audio/mp4"),
            (b"\x00\x00\x00\x1cftypheic\x00\x00\x00\x00", UNKNOWN),
            (b"#!AMR\n\x3c\x00", "audio/amr"),
            (b"#!AMR-WB\n\x3c\x00", "audio/amr-wb"),
            (b"\xff\xf1\x50\x80\x00\x1f\xfc", "audio/aac"),
            (b"\xff\xfb\x90\x64\x00\x00", "audio/mpeg"),
            (b"ID3\x03\x00", "audio/mpeg"),
            (b"OggS\x00\x02", "audio/ogg"),
            (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
            (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska", "video/x-matroska"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ] {
            assert_eq!(of(head), expected, "{head:x?}");
        }
    }

    #[test]
    fn a_page_or_a_program_has_none() {
        for head in [
            &b"<!DOCTYPE html><html>"[..],
            b"<svg xmlns='",
            b"%PDF-1.4\n",
            b"#!/bin/sh\n",
            b"plain",
            b"\xff",
            b"",
        ] {
            assert_eq!(of(head), UNKNOWN, "{head:x?}");
        }
    }
}
