//! Pictures decoded straight into a smaller copy, so that the memory it takes does not grow with the picture.
//!
//! One file per way: `png` and `gif` row by row, `jpeg` at a fraction of its size, `whole` what cannot be had in pieces
//! and is therefore bounded by [`tim_protocol::limits::IMAGE_HELD_BYTES`]. Which side is up is the caller's to mend.

mod gif;
mod jpeg;
mod png;
mod whole;

use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;

use image::RgbaImage;
use tim_protocol::body::ImageFormat;
use tim_protocol::picture::Header;
use tim_protocol::{Code, Fault, limits};

use super::canvas::Canvas;

/// A picture, as its file has it.
pub(super) struct Decoded {
    /// The copy; its colours are those of the profile.
    pub(super) copy: RgbaImage,
    /// The ICC colour profile, if the file has one.
    pub(super) profile: Option<Vec<u8>>,
    /// There are more pictures than the first.
    pub(super) is_animated: bool,
}

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

fn damaged(why: impl Display) -> Fault {
    Fault::with_text(Code::IMAGE_DAMAGED, format!("the picture is damaged or cut off: {why}"))
}

/// Pixels of one row, by how many bytes each has: grey, grey and opacity, colours, colours and opacity.
fn rgba(row: &[u8], bytes_each: usize) -> impl Iterator<Item = [u8; 4]> {
    row.chunks_exact(bytes_each.max(1)).map(|pixel| match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, opacity] => [grey, grey, grey, opacity],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, opacity] => [red, green, blue, opacity],
        _ => [0; 4],
    })
}

/// The copy of a picture whose pixels are all there.
fn copy_of(pixels: &[u8], bytes_each: usize, from: (u32, u32), to: (u32, u32)) -> RgbaImage {
    let mut canvas = Canvas::new(from, to);
    for (y, row) in (0..).zip(pixels.chunks_exact((from.0 as usize * bytes_each).max(1))) {
        canvas.add(y, 0, 1, rgba(row, bytes_each));
    }
    canvas.finish()
}
