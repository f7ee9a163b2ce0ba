//! What an uploaded file shows: its format and size, and its two smaller pictures.
//!
//! The size is read from the head of the file before anything is decoded, so a small file that claims to be huge costs
//! nothing. Pure but for reading the file.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use tim_protocol::frame::Fault;
use tim_protocol::media::ImageFormat as WireFormat;
use tim_protocol::{Code, limits};

/// Most memory that decoding may take, in bytes.
const DECODE_BYTES: u64 = 1024 * 1024 * 1024;
/// Quality of the smaller pictures, of 100.
const JPEG_QUALITY: u8 = 85;

/// What was seen.
pub(super) struct Looked {
    pub(super) format: WireFormat,
    /// Width and height as the picture is to be shown.
    pub(super) dimensions: (u32, u32),
    pub(super) thumb: Smaller,
    pub(super) large: Smaller,
}

/// A picture made from the original, never larger than it.
pub(super) struct Smaller {
    pub(super) dimensions: (u32, u32),
    pub(super) bytes: Vec<u8>,
}

/// How many pixels a file claims to have, by its head; 0 if it is no picture, which [`look`] refuses at once.
pub(super) fn pixels(path: &Path) -> Result<u64, Fault> {
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format);
    let dimensions = reader.map_err(|_| Code::INTERNAL)?.into_dimensions();
    Ok(dimensions.map_or(0, |(width, height)| u64::from(width) * u64::from(height)))
}

/// Looks at a file.
///
/// Errors: [`Code::IMAGE_TYPE_INVALID`] if it is no picture of a known format, or damaged;
/// [`Code::IMAGE_DIMENSIONS`] if it has too many pixels.
pub(super) fn look(path: &Path) -> Result<Looked, Fault> {
    let file = File::open(path).map_err(|_| Code::INTERNAL)?;
    let mut reader =
        ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(|_| Code::INTERNAL)?;
    let format = reader.format().and_then(known).ok_or(Code::IMAGE_TYPE_INVALID)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODE_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Code::IMAGE_TYPE_INVALID)?;
    check_size(decoder.dimensions())?;
    // Cameras store a picture as the sensor lay, and beside it which side is up.
    let orientation = decoder.orientation().map_err(|_| Code::IMAGE_TYPE_INVALID)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Code::IMAGE_TYPE_INVALID)?;
    picture.apply_orientation(orientation);
    Ok(Looked {
        format,
        dimensions: (picture.width(), picture.height()),
        thumb: smaller(&picture, limits::THUMB_SIDE)?,
        large: smaller(&picture, limits::LARGE_SIDE)?,
    })
}

fn known(format: ImageFormat) -> Option<WireFormat> {
    Some(match format {
        ImageFormat::Jpeg => WireFormat::Jpeg,
        ImageFormat::Gif => WireFormat::Gif,
        ImageFormat::Png => WireFormat::Png,
        ImageFormat::Bmp => WireFormat::Bmp,
        ImageFormat::WebP => WireFormat::Webp,
        _ => return None,
    })
}

fn check_size((width, height): (u32, u32)) -> Result<(), Fault> {
    let fits = width.max(height) <= limits::IMAGE_SIDE
        && u64::from(width) * u64::from(height) <= limits::IMAGE_PIXELS;
    if fits { Ok(()) } else { Err(Code::IMAGE_DIMENSIONS.into()) }
}

/// A copy that fits into a square of `side` pixels.
fn smaller(picture: &DynamicImage, side: u32) -> Result<Smaller, Fault> {
    let fits = picture.width().max(picture.height()) <= side;
    let copy = if fits { picture.clone() } else { picture.thumbnail(side, side) };
    let mut bytes = Cursor::new(Vec::new());
    let written = if copy.color().has_alpha() {
        copy.write_to(&mut bytes, ImageFormat::Png)
    } else {
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        copy.to_rgb8().write_with_encoder(encoder)
    };
    written.map_err(|_| Code::INTERNAL)?;
    Ok(Smaller { dimensions: (copy.width(), copy.height()), bytes: bytes.into_inner() })
}

/// The media type of a file that begins like this.
pub(super) fn mime_of(head: &[u8]) -> &'static str {
    image::guess_format(head).map_or("application/octet-stream", |format| format.to_mime_type())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_gets_two_smaller_ones_and_is_never_enlarged() {
        let looked = look(write(&png(1000, 500)).path()).ok().unwrap();
        assert_eq!((looked.format, looked.dimensions), (WireFormat::Png, (1000, 500)));
        assert_eq!((looked.thumb.dimensions, looked.large.dimensions), ((198, 99), (720, 360)));
        let small = look(write(&png(20, 10)).path()).ok().unwrap();
        assert_eq!((small.thumb.dimensions, small.large.dimensions), ((20, 10), (20, 10)));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        let code = |bytes: &[u8]| look(write(bytes).path()).err().unwrap().code;
        assert_eq!(code(b"this is a text"), Code::IMAGE_TYPE_INVALID);
        let cut = png(100, 100);
        assert_eq!(code(&cut[..45]), Code::IMAGE_TYPE_INVALID);
        // The head of a BMP of 60,000 by 60,000 pixels, and nothing behind it.
        let mut huge = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
        huge.extend([60_000_u32.to_le_bytes(), 60_000_u32.to_le_bytes()].concat());
        huge.extend([1, 0, 24, 0].iter().chain(&[0; 24]));
        assert_eq!(code(&huge), Code::IMAGE_DIMENSIONS);
    }
}
