//! WebP and BMP, which can only be decoded as a whole: how large they may be is bounded by their heads.

use std::fs::File;
use std::io::BufReader;

use image::ImageDecoder;
use image::codecs::bmp::BmpDecoder;
use image::codecs::webp::WebPDecoder;
use tim_protocol::Fault;

use tim_protocol::limits;

use super::decoded::{Decoded, copy_of, damaged};

pub(super) fn webp(reader: BufReader<File>, size: (u32, u32)) -> Result<Decoded, Fault> {
    let decoder = WebPDecoder::new(reader).map_err(damaged)?;
    let is_animated = decoder.has_animation();
    whole(decoder, size, is_animated)
}

pub(super) fn bmp(reader: BufReader<File>, size: (u32, u32)) -> Result<Decoded, Fault> {
    whole(BmpDecoder::new(reader).map_err(damaged)?, size, false)
}

fn whole(mut decoder: impl ImageDecoder, size: (u32, u32), is_animated: bool) -> Result<Decoded, Fault> {
    let profile = decoder.icc_profile().ok().flatten();
    let from = decoder.dimensions();
    let bytes_each = usize::from(decoder.color_type().bytes_per_pixel());
    if decoder.total_bytes() > limits::IMAGE_HELD_BYTES {
        return Err(damaged("its head and its pixels do not agree"));
    }
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).map_err(damaged)?];
    decoder.read_image(&mut pixels).map_err(damaged)?;
    Ok(Decoded { copy: copy_of(&pixels, bytes_each, from, size), profile, is_animated })
}
