//! Pictures decoded straight into a smaller copy, so that the memory it takes does not grow with the picture.
//!
//! One file per way: `png` and `gif` row by row, `jpeg` at a fraction of its size, `whole` what cannot be had in pieces
//! and is therefore bounded by [`tim_protocol::limits::IMAGE_HELD_BYTES`]. Which side is up is the caller's to mend.

mod decoded;
mod gif;
mod jpeg;
mod png;
mod whole;

use std::fs::File;
use std::io::BufReader;

#[cfg(doc)]
use tim_protocol::Code;
use tim_protocol::Fault;
use tim_protocol::body::ImageFormat;
use tim_protocol::picture::Header;

pub(super) use decoded::Decoded;

/// Decodes a file into a copy of `size` pixels, which is not larger than the picture.
///
/// Errors: [`Code::IMAGE_DAMAGED`].
pub(super) fn decode(file: File, header: &Header, size: (u32, u32)) -> Result<Decoded, Fault> {
    let reader = BufReader::new(file);
    match header.format {
        ImageFormat::Jpeg => jpeg::decode(reader, header, size),
        ImageFormat::Png => png::decode(reader, size),
        ImageFormat::Gif => gif::decode(reader, size),
        ImageFormat::Webp => whole::webp(reader, size),
        ImageFormat::Bmp | ImageFormat::Unknown | ImageFormat::Other(_) => whole::bmp(reader, size),
    }
}
