//! PNG, row by row; interlaced ones in the order they have.

use std::fs::File;
use std::io::BufReader;

use png::{Decoder, Limits, Transformations};
use tim_protocol::Fault;

use super::decoded::{Decoded, damaged, rgba};
use crate::media::canvas::Canvas;

/// Most bytes of what stands beside the pixels, and of a row.
const BESIDE_BYTES: usize = 16 * 1024 * 1024;
/// The passes of an interlaced picture: first column and step, first row and step.
const PASSES: [[u32; 4]; 7] =
    [[0, 8, 0, 8], [4, 8, 0, 8], [0, 4, 4, 8], [2, 4, 0, 4], [0, 2, 2, 4], [1, 2, 0, 2], [0, 1, 1, 2]];

pub(super) fn decode(reader: BufReader<File>, size: (u32, u32)) -> Result<Decoded, Fault> {
    let mut decoder = Decoder::new_with_limits(reader, Limits { bytes: BESIDE_BYTES });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let info = reader.info();
    let (width, height) = info.size();
    let passes: &[[u32; 4]] = if info.interlaced { &PASSES } else { &[[0, 1, 0, 1]] };
    let profile = info.icc_profile.as_ref().map(|profile| profile.to_vec());
    let is_animated = info.animation_control.is_some_and(|control| control.num_frames > 1);
    let bytes_each = reader.output_color_type().0.samples();
    let mut canvas = Canvas::new((width, height), size);
    for [x, across, first, down] in passes.iter().copied().filter(|[x, ..]| *x < width) {
        for y in (first..height).step_by(down as usize) {
            let row = reader.next_row().map_err(damaged)?.ok_or_else(|| damaged("a row is missing"))?;
            canvas.add(y, x, across, rgba(row.data(), bytes_each));
        }
    }
    Ok(Decoded { copy: canvas.finish(), profile, is_animated })
}
