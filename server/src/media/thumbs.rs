//! Examines an uploaded image: its dimensions, and its two smaller renditions.
//!
//! The header is checked before anything is decoded, so a small file that claims huge dimensions costs nothing. The
//! large preview is decoded from the file, the thumbnail made from the large preview.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use hyper::body::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, RgbaImage};
use tim_protocol::picture::Header;
use tim_protocol::{Code, Fault, limits};

use super::canvas::Canvas;
use super::color;
use super::decode::{Decoded, decode};

/// Quality of the smaller pictures, of 100.
const JPEG_QUALITY: u8 = 85;
/// An animated picture of up to so many bytes is its own preview, so that it moves there too.
const ANIMATED_BYTES: u64 = 512 * 1024;

/// The result of examining an image.
pub(super) struct ImageProbe {
    /// Width and height as the picture is to be shown.
    pub(super) dimensions: (u32, u32),
    pub(super) thumb: Option<Smaller>,
    pub(super) large: Option<Smaller>,
}

/// A smaller rendition, with neither more pixels nor more bytes than the original. If there is none, the original is
/// used instead.
pub(super) struct Smaller {
    pub(super) dimensions: (u32, u32),
    pub(super) bytes: Bytes,
}

/// Reads and checks the header of a file.
///
/// Errors: those of [`Header::read`] and [`Header::check`].
pub(super) fn head(path: &Path) -> Result<Header, Fault> {
    let file = File::open(path).map_err(|_| Code::INTERNAL)?;
    let header = Header::read(&mut BufReader::new(file))?;
    header.check()?;
    Ok(header)
}

/// Decodes a file with this header and makes its renditions.
///
/// Errors: [`Code::IMAGE_DAMAGED`].
pub(super) fn probe_image(path: &Path, header: &Header) -> Result<ImageProbe, Fault> {
    let file = File::open(path).map_err(|_| Code::INTERNAL)?;
    let size = file.metadata().map_err(|_| Code::INTERNAL)?.len();
    let stored = (header.stored_width, header.stored_height);
    let large = bounded(stored, limits::LARGE_SIDE, limits::LARGE_LONG_SIDE);
    let Decoded { copy, profile, is_animated } = decode(file, header, large)?;
    let mut copy = upright(copy, header.orientation);
    if let Some(profile) = profile {
        color::to_srgb(&mut copy, &profile);
    }
    let dimensions = header.shown();
    if is_animated && size <= ANIMATED_BYTES {
        return Ok(ImageProbe { dimensions, thumb: None, large: None });
    }
    let thumb = thumb(&copy);
    let lighter = |picture| encode(picture).map(|it| Some(it).filter(|it| (it.bytes.len() as u64) < size));
    Ok(ImageProbe { dimensions, thumb: lighter(thumb)?, large: lighter(copy)? })
}

/// A size in the same proportions: the shorter side is at most `short`, the longer at most `long`, and none is greater
/// than it was.
fn bounded((width, height): (u32, u32), short: u32, long: u32) -> (u32, u32) {
    let (shorter, longer) = (u64::from(width.min(height)), u64::from(width.max(height)));
    let (short, long) = (u64::from(short), u64::from(long));
    let (part, whole) = if shorter * long >= longer * short { (short, shorter) } else { (long, longer) };
    if part >= whole {
        return (width, height);
    }
    let side = |side: u32| ((u64::from(side) * part * 2 + whole) / (whole * 2)).max(1);
    let side = |it: u32| u32::try_from(side(it)).unwrap_or(it);
    (side(width), side(height))
}

/// Applies the Exif orientation.
fn upright(picture: RgbaImage, orientation: u8) -> RgbaImage {
    let mut picture = DynamicImage::from(picture);
    picture.apply_orientation(Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms));
    picture.into_rgba8()
}

fn thumb(large: &RgbaImage) -> RgbaImage {
    let size = bounded(large.dimensions(), limits::THUMB_SIDE, limits::THUMB_LONG_SIDE);
    let mut canvas = Canvas::new(large.dimensions(), size);
    for (y, row) in (0..).zip(large.rows()) {
        canvas.add(y, 0, 1, row.map(|pixel| pixel.0));
    }
    canvas.finish()
}

/// Encodes as PNG if the image is not opaque, otherwise as JPEG.
fn encode(picture: RgbaImage) -> Result<Smaller, Fault> {
    let dimensions = picture.dimensions();
    let is_opaque = picture.pixels().all(|pixel| pixel.0[3] == 255);
    let mut bytes = Cursor::new(Vec::new());
    let written = if is_opaque {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        DynamicImage::from(picture).into_rgb8().write_with_encoder(encoder)
    } else {
        picture.write_to(&mut bytes, ImageFormat::Png)
    };
    written.map_err(|_| Code::INTERNAL)?;
    Ok(Smaller { dimensions, bytes: bytes.into_inner().into() })
}

#[cfg(test)]
mod tests {
    use super::super::media_type;
    use super::*;
    use image::{ImageEncoder as _, Rgb, RgbImage, Rgba};
    use moxcms::ColorProfile;

    fn write(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    fn see(bytes: &[u8]) -> Result<ImageProbe, Fault> {
        let file = write(bytes);
        head(file.path()).and_then(|header| probe_image(file.path(), &header))
    }

    fn bytes(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A picture that no format makes small.
    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut random = fastrand::Rng::with_seed(1);
        RgbImage::from_fn(width, height, |_, _| Rgb([random.u8(..), random.u8(..), random.u8(..)])).into()
    }

    fn dimensions(probe: &ImageProbe) -> [Option<(u32, u32)>; 2] {
        [&probe.thumb, &probe.large].map(|it| it.as_ref().map(|it| it.dimensions))
    }

    fn pixel(picture: &Option<Smaller>) -> Rgba<u8> {
        let decoded = image::load_from_memory(&picture.as_ref().unwrap().bytes).unwrap();
        *decoded.into_rgba8().get_pixel(5, 5)
    }

    #[test]
    fn the_shorter_side_is_bounded_and_the_longer_one_only_where_it_is_extreme() {
        let large = |size| bounded(size, limits::LARGE_SIDE, limits::LARGE_LONG_SIDE);
        assert_eq!(large((12_032, 9_024)), (960, 720));
        assert_eq!(large((1_080, 16_000)), (720, 10_667));
        assert_eq!(large((30_000, 1_000)), (10_800, 360));
        assert_eq!(large((30_000, 1)), (10_800, 1));
        assert_eq!(large((10_800, 720)), (10_800, 720));
        assert_eq!(bounded((1_080, 16_000), limits::THUMB_SIDE, limits::THUMB_LONG_SIDE), (198, 2_933));
    }

    #[test]
    fn a_picture_gets_two_smaller_ones_and_is_never_enlarged() {
        let probe = see(&bytes(&noise(2_000, 1_000), ImageFormat::Png)).ok().unwrap();
        assert_eq!(probe.dimensions, (2_000, 1_000));
        assert_eq!(dimensions(&probe), [Some((396, 198)), Some((1_440, 720))]);
        let small = see(&bytes(&noise(150, 100), ImageFormat::Png)).ok().unwrap();
        assert_eq!(dimensions(&small), [Some((150, 100)), Some((150, 100))], "lighter as a JPEG");
    }

    #[test]
    fn a_preview_is_never_heavier_than_its_original() {
        let mut flat = DynamicImage::new_rgb8(100, 100);
        assert_eq!(dimensions(&see(&bytes(&flat, ImageFormat::Png)).ok().unwrap()), [None, None]);
        flat = noise(300, 300);
        let mut rough = Vec::new();
        flat.write_with_encoder(JpegEncoder::new_with_quality(&mut rough, 20)).unwrap();
        assert_eq!(see(&rough).ok().unwrap().large.map(|it| it.dimensions), None);
    }

    #[test]
    fn what_lets_nothing_through_is_a_jpeg_and_what_does_a_png() {
        let opaque = DynamicImage::from(noise(300, 300).into_rgba8());
        let large = see(&bytes(&opaque, ImageFormat::Png)).ok().unwrap().large.unwrap();
        assert_eq!(media_type::of(&large.bytes), "image/jpeg");
        let mut sticker = noise(1_500, 1_500).into_rgba8();
        sticker.put_pixel(7, 7, Rgba([0; 4]));
        let large = see(&bytes(&sticker.into(), ImageFormat::Png)).ok().unwrap().large.unwrap();
        assert_eq!(media_type::of(&large.bytes), "image/png");
    }

    #[test]
    fn a_small_animated_picture_moves_in_its_preview() {
        let mut moving = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut moving);
        let frame = || image::Frame::new(noise(250, 250).into_rgba8());
        encoder.encode_frames([frame(), frame()]).unwrap();
        drop(encoder);
        assert_eq!(dimensions(&see(&moving).ok().unwrap()), [None, None]);
        let still = bytes(&noise(250, 250), ImageFormat::Gif);
        assert_eq!(dimensions(&see(&still).ok().unwrap())[0], Some((198, 198)));
    }

    /// Display P3 is wider than sRGB: an orange of it is a stronger orange there.
    #[test]
    fn wide_colours_stay_what_they_are() {
        let picture = RgbImage::from_pixel(800, 800, Rgb([200, 100, 50]));
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        let (mut jpeg, mut png, mut webp) = (Vec::new(), Vec::new(), Vec::new());
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 100);
        encoder.set_icc_profile(p3.clone()).unwrap();
        picture.write_with_encoder(encoder).unwrap();
        let mut encoder = image::codecs::png::PngEncoder::new_with_quality(
            &mut png,
            image::codecs::png::CompressionType::Uncompressed,
            image::codecs::png::FilterType::NoFilter,
        );
        encoder.set_icc_profile(p3.clone()).unwrap();
        picture.write_with_encoder(encoder).unwrap();
        let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
        encoder.set_icc_profile(p3).unwrap();
        picture.write_with_encoder(encoder).unwrap();
        webp.resize(webp.len() + 50_000, 0);
        for file in [jpeg, png, webp] {
            let Rgba([red, green, blue, _]) = pixel(&see(&file).ok().unwrap().large);
            assert!(
                red.abs_diff(215) <= 2 && green.abs_diff(93) <= 2 && blue.abs_diff(31) <= 3,
                "{red} {green} {blue}"
            );
        }
    }

    #[test]
    fn a_cut_picture_is_told_from_no_picture() {
        let code = |bytes: &[u8]| see(bytes).err().unwrap().code;
        assert_eq!(code(b"this is a text"), Code::IMAGE_TYPE_INVALID);
        for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
            let whole = bytes(&noise(100, 100), format);
            assert_eq!(code(&whole[..whole.len() / 2]), Code::IMAGE_DAMAGED, "{format:?}");
        }
    }

    #[test]
    fn a_photograph_that_was_cut_off_is_shown_as_far_as_it_goes() {
        let whole = bytes(
            &DynamicImage::from(RgbImage::from_pixel(900, 900, Rgb([250, 250, 250]))),
            ImageFormat::Jpeg,
        );
        let probe = see(&whole[..whole.len() / 2]).ok().unwrap();
        assert_eq!(probe.dimensions, (900, 900));
        assert_eq!(probe.thumb.map(|it| it.dimensions), Some((198, 198)));
    }

    #[test]
    fn what_is_too_large_is_refused_by_its_head() {
        // The head of a BMP of 60,000 by 60,000 pixels, and nothing behind it.
        let mut huge = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
        huge.extend([60_000_u32.to_le_bytes(), 60_000_u32.to_le_bytes()].concat());
        huge.extend([1, 0, 24, 0].iter().chain(&[0; 24]));
        assert_eq!(see(&huge).err().unwrap().code, Code::IMAGE_DIMENSIONS);
    }
}
