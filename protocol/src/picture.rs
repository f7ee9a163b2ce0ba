//! Reads the header of an image file: format, dimensions, orientation, and the memory needed to decode it.
//!
//! Used by both sides, so that a client refuses an image before uploading it if the server would refuse it. Does not
//! decode pixels.

use std::io::{self, Read, Seek, SeekFrom};

use crate::body::ImageFormat;
use crate::{Code, limits};

/// The marker of a progressive JPEG's frame header (SOF2).
const PROGRESSIVE: u8 = 0xc2;
/// Maximum number of segments or chunks that are skipped before the dimensions are found.
const PARTS: usize = 10_000;
/// Maximum number of Exif bytes that are read to find the orientation.
const EXIF_BYTES: u64 = 64 * 1024;

/// The header of an image file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format.
    pub format: ImageFormat,
    /// Pixels across, as stored.
    pub stored_width: u32,
    /// Pixels down, as stored.
    pub stored_height: u32,
    /// The Exif orientation, 1 to 8.
    pub orientation: u8,
    /// Memory that decoding needs at once, in bytes, beyond what any image needs. 0 for formats that are decoded in
    /// pieces.
    pub held_bytes: u64,
}

impl Header {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// [`Code::IMAGE_TYPE_INVALID`] if this is none of the known formats (lossless and arithmetic JPEGs are not),
    /// [`Code::IMAGE_DAMAGED`] if it begins like one and its dimensions cannot be found, [`Code::FILE_UNREADABLE`].
    pub fn read(file: &mut (impl Read + Seek)) -> Result<Self, Code> {
        let unreadable = |_| Code::FILE_UNREADABLE;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut head = Vec::with_capacity(32);
        file.by_ref().take(32).read_to_end(&mut head).map_err(unreadable)?;
        let format = format_of(&head).ok_or(Code::IMAGE_TYPE_INVALID)?;
        let found = match format {
            ImageFormat::Jpeg => jpeg(file),
            ImageFormat::Png => png(file, &head),
            ImageFormat::Webp => webp(file, &head),
            ImageFormat::Gif => gif(&head).ok_or_else(truncated),
            ImageFormat::Bmp | ImageFormat::Unknown | ImageFormat::Other(_) => {
                bmp(&head).ok_or_else(truncated)
            }
        };
        let ImageProps { size: (width, height), orientation, held_bytes } =
            found.map_err(|why| match why.kind() {
                io::ErrorKind::UnexpectedEof => Code::IMAGE_DAMAGED,
                io::ErrorKind::Unsupported => Code::IMAGE_TYPE_INVALID,
                _ => Code::FILE_UNREADABLE,
            })?;
        if width == 0 || height == 0 {
            return Err(Code::IMAGE_DAMAGED);
        }
        Ok(Self { format, stored_width: width, stored_height: height, orientation, held_bytes })
    }

    /// Width and height in pixels as the image is shown, after applying the orientation.
    #[must_use]
    pub fn shown(&self) -> (u32, u32) {
        let size = (self.stored_width, self.stored_height);
        if self.orientation >= 5 { (size.1, size.0) } else { size }
    }

    /// How many pixels it has.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.stored_width) * u64::from(self.stored_height)
    }

    /// Checks the image against the limits.
    ///
    /// # Errors
    /// [`Code::IMAGE_DIMENSIONS`] over [`limits::IMAGE_SIDE`] or [`limits::IMAGE_PIXELS`], [`Code::IMAGE_NEEDS_MEMORY`] over
    /// [`limits::IMAGE_HELD_BYTES`].
    pub fn check(&self) -> Result<(), Code> {
        let side = self.stored_width.max(self.stored_height);
        if side > limits::IMAGE_SIDE || self.pixels() > limits::IMAGE_PIXELS {
            Err(Code::IMAGE_DIMENSIONS)
        } else if self.held_bytes > limits::IMAGE_HELD_BYTES {
            Err(Code::IMAGE_NEEDS_MEMORY)
        } else {
            Ok(())
        }
    }
}

/// The format of a file with these first bytes.
#[must_use]
pub fn format_of(head: &[u8]) -> Option<ImageFormat> {
    let riff_webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    Some(match head {
        _ if head.starts_with(&[0xff, 0xd8, 0xff]) => ImageFormat::Jpeg,
        _ if head.starts_with(b"GIF8") => ImageFormat::Gif,
        _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => ImageFormat::Png,
        _ if head.starts_with(b"BM") => ImageFormat::Bmp,
        _ if riff_webp => ImageFormat::Webp,
        _ => return None,
    })
}

struct ImageProps {
    size: (u32, u32),
    orientation: u8,
    held_bytes: u64,
}

impl ImageProps {
    /// An image that is decoded as a whole, with `bytes_each` bytes per pixel.
    fn whole((width, height): (u32, u32), bytes_each: u64) -> Self {
        let held_bytes = u64::from(width) * u64::from(height) * bytes_each;
        Self { size: (width, height), orientation: 1, held_bytes }
    }
}

fn truncated() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

fn u16_le(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn next<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Walks the segments up to the frame header, which has the dimensions.
fn jpeg(file: &mut (impl Read + Seek)) -> io::Result<ImageProps> {
    file.seek(SeekFrom::Start(2))?;
    let mut orientation = 1;
    for _ in 0..PARTS {
        let [mut mark, mut kind] = next(file)?;
        while mark != 0xff || matches!(kind, 0 | 0xff) {
            (mark, kind) = (kind, next::<1>(file)?[0]);
        }
        if matches!(kind, 0x01 | 0xd0..=0xd8) {
            continue;
        }
        let length = u64::from(u16::from_be_bytes(next(file)?).saturating_sub(2));
        let end = file.stream_position()? + length;
        match kind {
            0xc0..=0xc2 => return frame(file, kind, orientation),
            // Lossless and arithmetic JPEGs, which few programs can show.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Err(io::ErrorKind::Unsupported.into()),
            0xd9 | 0xda => break,
            0xe1 if orientation == 1 && length > 6 => {
                let mut exif = Vec::new();
                file.by_ref().take(length.min(EXIF_BYTES)).read_to_end(&mut exif)?;
                orientation = exif.strip_prefix(b"Exif\0\0").map_or(1, exif_orientation);
            }
            _ => {}
        }
        file.seek(SeekFrom::Start(end))?;
    }
    Err(truncated())
}

/// Reads a JPEG's frame header. A progressive image is held in memory until the last pass.
fn frame(file: &mut impl Read, kind: u8, orientation: u8) -> io::Result<ImageProps> {
    let [precision, h1, h0, w1, w0, components] = next(file)?;
    if precision != 8 || !matches!(components, 1 | 3 | 4) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
    let mut sampling = Vec::new();
    for _ in 0..components {
        let [_, both, _] = next(file)?;
        sampling.push((u64::from(both >> 4), u64::from(both & 15)));
    }
    let max = |side: fn(&(u64, u64)) -> u64| sampling.iter().map(side).max().unwrap_or(1).max(1);
    let (across, down) = (max(|it| it.0), max(|it| it.1));
    let units = u64::from(width).div_ceil(8 * across) * u64::from(height).div_ceil(8 * down);
    let samples: u64 = sampling.iter().map(|(across, down)| units * 64 * across * down).sum();
    let held_bytes = if kind == PROGRESSIVE { samples * 5 / 2 } else { 0 };
    Ok(ImageProps { size: (width.into(), height.into()), orientation, held_bytes })
}

/// Walks the chunks before the image data.
fn png(file: &mut (impl Read + Seek), head: &[u8]) -> io::Result<ImageProps> {
    let size: [u8; 8] = head.get(16..24).and_then(|size| size.try_into().ok()).ok_or_else(truncated)?;
    let [w3, w2, w1, w0, h3, h2, h1, h0] = size;
    let size = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
    let mut found = ImageProps { size, orientation: 1, held_bytes: 0 };
    file.seek(SeekFrom::Start(8))?;
    for _ in 0..PARTS {
        let length = u32::from_be_bytes(next(file)?);
        match &next::<4>(file)? {
            b"IDAT" | b"IEND" => return Ok(found),
            b"eXIf" => found.orientation = exif_here(file, length)?,
            _ => file.seek_relative(length.into())?,
        }
        next::<4>(file)?;
    }
    Err(truncated())
}

fn exif_here(file: &mut (impl Read + Seek), length: u32) -> io::Result<u8> {
    let end = file.stream_position()? + u64::from(length);
    let mut exif = Vec::new();
    file.by_ref().take(u64::from(length).min(EXIF_BYTES)).read_to_end(&mut exif)?;
    file.seek(SeekFrom::Start(end))?;
    Ok(exif_orientation(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif)))
}

/// A simple WebP, or an extended one, whose chunks are searched for the orientation.
fn webp(file: &mut (impl Read + Seek), head: &[u8]) -> io::Result<ImageProps> {
    let dimension = |at| u16_le(head, at).map(|it| u32::from(it & 0x3fff)).ok_or_else(truncated);
    match head.get(12..16) {
        Some(b"VP8 ") => Ok(ImageProps::whole((dimension(26)?, dimension(28)?), 5)),
        Some(b"VP8L") => {
            let bits = u32_le(head, 21).ok_or_else(truncated)?;
            Ok(ImageProps::whole(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1), 10))
        }
        Some(b"VP8X") => {
            let side = |at| u32_le(head, at).map(|it| (it & 0x00ff_ffff) + 1).ok_or_else(truncated);
            let mut found = ImageProps::whole((side(24)?, side(27)?), 10);
            if head.get(20).is_some_and(|flags| flags & 0x08 != 0) {
                found.orientation = webp_exif(file).unwrap_or(1);
            }
            Ok(found)
        }
        _ => Err(truncated()),
    }
}

fn webp_exif(file: &mut (impl Read + Seek)) -> io::Result<u8> {
    file.seek(SeekFrom::Start(12))?;
    for _ in 0..PARTS {
        let kind = next::<4>(file)?;
        let length = u32::from_le_bytes(next(file)?);
        if &kind == b"EXIF" {
            return exif_here(file, length);
        }
        file.seek_relative(i64::from(length) + i64::from(length % 2))?;
    }
    Err(truncated())
}

fn gif(head: &[u8]) -> Option<ImageProps> {
    let size = (u16_le(head, 6)?.into(), u16_le(head, 8)?.into());
    Some(ImageProps { size, orientation: 1, held_bytes: 0 })
}

fn bmp(head: &[u8]) -> Option<ImageProps> {
    let size = match u32_le(head, 14)? {
        12 => (u16_le(head, 18)?.into(), u16_le(head, 20)?.into()),
        // The height is negative if the first row is the top.
        _ => (u32_le(head, 18)?, u32_le(head, 22)?.cast_signed().unsigned_abs()),
    };
    Some(ImageProps::whole(size, 5))
}

/// The orientation in Exif data (a TIFF structure); 1 if there is none.
fn exif_orientation(exif: &[u8]) -> u8 {
    orientation(exif).and_then(|it| u8::try_from(it).ok()).filter(|it| (1..=8).contains(it)).unwrap_or(1)
}

fn orientation(exif: &[u8]) -> Option<u16> {
    let is_little_endian = exif.starts_with(b"II");
    let number = |at: usize| -> Option<u16> {
        let bytes = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let (first, second) = (u32::from(number(4)?), u32::from(number(6)?));
    let list = if is_little_endian { second << 16 | first } else { first << 16 | second };
    let list = usize::try_from(list).ok()?;
    let entries = (0..usize::from(number(list)?)).map(|entry| entry * 12 + 2);
    let entry = entries.filter_map(|at| list.checked_add(at)).find(|at| number(*at) == Some(0x0112))?;
    number(entry.checked_add(8)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8]) -> Result<Header, Code> {
        Header::read(&mut Cursor::new(bytes))
    }

    /// Exif data with an orientation.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut bytes = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        bytes.extend([orientation, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    /// The header of a JPEG: frame type, dimensions and chroma sampling.
    fn jpeg(kind: u8, (width, height): (u16, u16), sampling: u8, orientation: u8) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1];
        let notes = [b"Exif\0\0".to_vec(), exif(orientation)].concat();
        bytes.extend(u16::try_from(notes.len() + 2).unwrap().to_be_bytes());
        bytes.extend(notes);
        bytes.extend([0xff, 0xff, kind, 0, 17, 8]);
        bytes.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
        bytes.extend([3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0]);
        bytes
    }

    #[test]
    fn a_jpeg_tells_its_size_as_it_is_shown() {
        let header = read(&jpeg(0xc0, (12_032, 9_024), 0x22, 6)).unwrap();
        assert_eq!((header.format, header.shown()), (ImageFormat::Jpeg, (9_024, 12_032)));
        assert_eq!(header.check(), Ok(()));
    }

    #[test]
    fn a_jpeg_in_passes_is_held_as_a_whole() {
        assert_eq!(read(&jpeg(0xc2, (8_000, 5_000), 0x22, 1)).unwrap().check(), Ok(()));
        assert_eq!(
            read(&jpeg(0xc2, (12_032, 9_024), 0x22, 1)).unwrap().check(),
            Err(Code::IMAGE_NEEDS_MEMORY)
        );
        assert_eq!(
            read(&jpeg(0xc2, (8_000, 5_000), 0x11, 1)).unwrap().check(),
            Err(Code::IMAGE_NEEDS_MEMORY)
        );
    }

    #[test]
    fn sides_and_pixels_are_bounded() {
        assert_eq!(read(&jpeg(0xc0, (30_000, 8_333), 0x22, 1)).unwrap().check(), Ok(()));
        for size in [(30_001, 1), (1, 30_001), (15_812, 15_812)] {
            assert_eq!(read(&jpeg(0xc0, size, 0x22, 1)).unwrap().check(), Err(Code::IMAGE_DIMENSIONS));
        }
    }

    #[test]
    fn each_format_tells_its_size() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x03\xe8\0\0\x01\xf4\x08\x02\0\0\0CRC_".to_vec();
        png.extend([b"\0\0\0\x1aeXIf".as_slice(), &exif(8), b"CRC_\0\0\0\0IDAT"].concat());
        let mut extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\xe7\x03\0\xf3\x01\0".to_vec();
        extended.extend([b"ODD \x01\0\0\0..EXIF\x1a\0\0\0".as_slice(), &exif(3)].concat());
        let cases: [(&[u8], ImageFormat, (u32, u32)); 7] = [
            (&png, ImageFormat::Png, (500, 1_000)),
            (&extended, ImageFormat::Webp, (1_000, 500)),
            (
                b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\xe8\x03\xf4\x01",
                ImageFormat::Webp,
                (1_000, 500),
            ),
            (b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\xe7\xc3\x7c\0", ImageFormat::Webp, (1_000, 500)),
            (b"GIF89a\xe8\x03\xf4\x01", ImageFormat::Gif, (1_000, 500)),
            (
                b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0\xe8\x03\0\0\x0c\xfe\xff\xff",
                ImageFormat::Bmp,
                (1_000, 500),
            ),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x0c\0\0\0\xe8\x03\xf4\x01", ImageFormat::Bmp, (1_000, 500)),
        ];
        for (bytes, format, shown) in cases {
            let header = read(bytes).unwrap();
            assert_eq!((header.format, header.shown()), (format, shown), "{format:?}");
        }
        assert_eq!(read(&extended).unwrap().orientation, 3);
    }

    #[test]
    fn a_head_that_is_cut_off_is_told_from_no_picture() {
        let whole = jpeg(0xc0, (10, 10), 0x11, 1);
        assert_eq!(read(&whole[..40]), Err(Code::IMAGE_DAMAGED));
        assert_eq!(read(b"\x89PNG\r\n\x1a\n\0\0"), Err(Code::IMAGE_DAMAGED));
        assert_eq!(read(b"GIF89a\0\0\0\0"), Err(Code::IMAGE_DAMAGED));
        assert_eq!(read(b"plain words"), Err(Code::IMAGE_TYPE_INVALID));
        assert_eq!(read(b""), Err(Code::IMAGE_TYPE_INVALID));
    }
}
