//! What every way of decoding has in common: its result, its error, and how pixels become a smaller copy.

use std::fmt::Display;

use image::RgbaImage;
use tim_protocol::{Code, Fault};

use crate::media::canvas::Canvas;

/// A picture, as its file has it.
pub(in crate::media) struct Decoded {
    /// The copy; its colours are those of the profile.
    pub(in crate::media) copy: RgbaImage,
    /// The ICC colour profile, if the file has one.
    pub(in crate::media) profile: Option<Vec<u8>>,
    /// There are more pictures than the first.
    pub(in crate::media) is_animated: bool,
}

pub(super) fn damaged(why: impl Display) -> Fault {
    Fault::with_text(Code::IMAGE_DAMAGED, format!("the picture is damaged or cut off: {why}"))
}

/// Pixels of one row, by how many bytes each has: grey, grey and opacity, colours, colours and opacity.
pub(super) fn rgba(row: &[u8], bytes_each: usize) -> impl Iterator<Item = [u8; 4]> {
    row.chunks_exact(bytes_each.max(1)).map(|pixel| match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, opacity] => [grey, grey, grey, opacity],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, opacity] => [red, green, blue, opacity],
        _ => [0; 4],
    })
}

/// The copy of a picture whose pixels are all there.
pub(super) fn copy_of(pixels: &[u8], bytes_each: usize, from: (u32, u32), to: (u32, u32)) -> RgbaImage {
    let mut canvas = Canvas::new(from, to);
    for (y, row) in (0..).zip(pixels.chunks_exact((from.0 as usize * bytes_each).max(1))) {
        canvas.add(y, 0, 1, rgba(row, bytes_each));
    }
    canvas.finish()
}
