//! GIF, row by row: its first frame, which may leave parts of the picture free.

use std::fs::File;
use std::io::BufReader;

use gif::{ColorOutput, DecodeOptions};
use tim_protocol::Fault;

use super::decoded::{Decoded, damaged};
use crate::media::canvas::Canvas;

/// The passes of an interlaced frame: first row and step.
const PASSES: [(u16, usize); 4] = [(0, 8), (4, 8), (2, 4), (1, 2)];

pub(super) fn decode(reader: BufReader<File>, size: (u32, u32)) -> Result<Decoded, Fault> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let mut decoder = options.read_info(reader).map_err(damaged)?;
    let screen = (u32::from(decoder.width()), u32::from(decoder.height()));
    let frame = decoder.next_frame_info().map_err(damaged)?.ok_or_else(|| damaged("it has no frame"))?;
    let (left, top) = (u32::from(frame.left), u32::from(frame.top));
    let (width, height, transparent) = (usize::from(frame.width), frame.height, frame.transparent);
    let passes: &[(u16, usize)] = if frame.interlaced { &PASSES } else { &[(0, 1)] };
    let palette = decoder.palette().map_err(damaged)?.to_vec();
    let color = |index: u8| match palette.chunks_exact(3).nth(index.into()) {
        Some(&[red, green, blue]) if transparent != Some(index) => [red, green, blue, 255],
        _ => [0; 4],
    };
    let colors: Vec<[u8; 4]> = (0..=255).map(color).collect();
    let mut canvas = Canvas::new(screen, size);
    let mut row = vec![0; width];
    for y in passes.iter().flat_map(|(first, step)| (*first..height).step_by(*step)) {
        if width > 0 && !decoder.fill_buffer(&mut row).map_err(damaged)? {
            return Err(damaged("a row is missing"));
        }
        let pixels = row.iter().filter_map(|index| colors.get(usize::from(*index)).copied());
        canvas.add(top + u32::from(y), left, 1, pixels);
    }
    let profile = decoder.icc_profile().map(<[u8]>::to_vec);
    let is_animated = matches!(decoder.next_frame_info(), Ok(Some(_)));
    Ok(Decoded { copy: canvas.finish(), profile, is_animated })
}
