//! JPEG, at the smallest of the fractions 1/8, 1/4, 1/2 and 1 that holds the copy.
//!
//! One that was cut off is shown as far as it goes, as browsers do, if that takes no more memory than a whole one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use image::RgbaImage;
use jpeg_decoder::{Decoder, PixelFormat};
use tim_protocol::Fault;
use tim_protocol::picture::Header;

use tim_protocol::limits;

use super::decoded::{Decoded, copy_of, damaged};
use crate::media::canvas::Canvas;

/// Most passes over a picture. Encoders make about ten; each costs time, whatever it brings.
const PASSES: usize = 100;
/// Room that every picture has, beside one whose format needs to hold more.
const SMALL_BYTES: u64 = 16_000_000;

pub(super) fn decode(mut file: BufReader<File>, header: &Header, size: (u32, u32)) -> Result<Decoded, Fault> {
    let passes = Passes::read(&mut file).map_err(damaged)?;
    if passes.count > PASSES {
        return Err(damaged("it comes in too many passes"));
    }
    // What an unfinished picture in passes holds so far is copied once more at its end.
    if !passes.are_complete() && 2 * header.held_bytes > limits::IMAGE_HELD_BYTES {
        return Err(damaged("its last passes are missing"));
    }
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    let mut decoder = Decoder::new(file.chain(End::default()));
    decoder.read_info().map_err(damaged)?;
    let format = decoder.info().map_or(PixelFormat::RGB24, |info| info.pixel_format);
    let from = scale(&mut decoder, header, format.pixel_bytes(), size)?;
    let pixels = decoder.decode().map_err(damaged)?;
    // The profile of inks says how to mix them, which is guessed here.
    let profile = decoder.icc_profile().filter(|_| format != PixelFormat::CMYK32);
    drop(decoder);
    let to = (size.0.min(from.0), size.1.min(from.1));
    let copy = match format {
        PixelFormat::CMYK32 => copy_of_inks(&pixels, from, to),
        _ => copy_of(&pixels, format.pixel_bytes(), from, to),
    };
    Ok(Decoded { copy, profile, is_animated: false })
}

/// Sets the fraction, and gives the size that comes of it. Decoding holds two bytes for each channel of each pixel; where
/// that would be too much, which only long narrow pictures come to, the next smaller fraction has to do.
fn scale<R: Read>(
    decoder: &mut Decoder<R>,
    header: &Header,
    channels: usize,
    size: (u32, u32),
) -> Result<(u32, u32), Fault> {
    let (width, height) = (header.stored_width, header.stored_height);
    let fractions =
        [1, 2, 4, 8].map(|eighths| ((width * eighths).div_ceil(8), (height * eighths).div_ceil(8)));
    let holds = |it: &(u32, u32)| it.0 >= size.0 && it.1 >= size.1;
    let is_held = |it: &(u32, u32)| {
        let bytes = 2 * channels as u64 * u64::from(it.0) * u64::from(it.1);
        header.held_bytes + bytes <= limits::IMAGE_HELD_BYTES + SMALL_BYTES
    };
    let mut held = fractions.iter().filter(|it| is_held(it));
    let fraction = held.clone().find(|it| holds(it)).or(held.next_back()).unwrap_or(&fractions[0]);
    let longer = u16::try_from(fraction.0.max(fraction.1)).map_err(damaged)?;
    // The decoder takes the first fraction at which either side is long enough: only the longer one is to decide.
    let asked = if width >= height { (longer, u16::MAX) } else { (u16::MAX, longer) };
    let (width, height) = decoder.scale(asked.0, asked.1).map_err(damaged)?;
    Ok((width.into(), height.into()))
}

/// The copy of a picture in cyan, magenta, yellow and black.
fn copy_of_inks(pixels: &[u8], from: (u32, u32), to: (u32, u32)) -> RgbaImage {
    let mut canvas = Canvas::new(from, to);
    for (y, row) in (0..).zip(pixels.chunks_exact(from.0 as usize * 4)) {
        canvas.add(y, 0, 1, row.chunks_exact(4).map(without_inks));
    }
    canvas.finish()
}

/// The light that inks leave.
fn without_inks(inks: &[u8]) -> [u8; 4] {
    let &[cyan, magenta, yellow, black] = inks else { return [0; 4] };
    let light = |ink: u8| {
        let light = u32::from(255 - ink) * u32::from(255 - black);
        u8::try_from((light + 127) / 255).unwrap_or(255)
    };
    [light(cyan), light(magenta), light(yellow), 255]
}

/// What stands behind the last byte of a file: the mark of a JPEG's end, for one that lacks it. `true` in its middle.
#[derive(Default)]
struct End(bool);

impl Read for End {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        for byte in &mut *bytes {
            *byte = if self.0 { 0xd9 } else { 0xff };
            self.0 = !self.0;
        }
        Ok(bytes.len())
    }
}

/// The passes of a JPEG over its picture.
#[derive(Default)]
struct Passes {
    count: usize,
    /// Which of its 64 coefficients are known to the last bit, by component.
    known: BTreeMap<u8, u64>,
}

impl Passes {
    /// Goes through the marks of a file, to its end or to where it was cut off.
    fn read(file: &mut (impl BufRead + Seek)) -> io::Result<Self> {
        let mut passes = Self::default();
        file.seek(SeekFrom::Start(2))?;
        while file.skip_until(0xff)? > 0 {
            let Some(mark) = mark(file)? else { break };
            if matches!(mark, 0 | 1 | 0xd0..=0xd8) {
                continue;
            }
            let mut length = Vec::new();
            file.by_ref().take(2).read_to_end(&mut length)?;
            let Some(length) = length.try_into().ok().map(u16::from_be_bytes) else { break };
            let mut segment = Vec::new();
            file.by_ref().take(u64::from(length.saturating_sub(2))).read_to_end(&mut segment)?;
            match mark {
                0xc0..=0xc2 => passes.frame(&segment),
                0xda => passes.scan(&segment),
                _ => {}
            }
        }
        Ok(passes)
    }

    fn frame(&mut self, segment: &[u8]) {
        let components = segment.get(6..).unwrap_or_default().chunks_exact(3);
        self.known.extend(components.filter_map(|it| Some((*it.first()?, 0))));
    }

    fn scan(&mut self, segment: &[u8]) {
        self.count += 1;
        let Some((count, rest)) = segment.split_first() else { return };
        let Some((components, rest)) = rest.split_at_checked(usize::from(*count) * 2) else { return };
        let &[first, last, precision] = rest else { return };
        if precision & 15 != 0 {
            return;
        }
        let known = (first..=last.min(63)).fold(0, |known, coefficient| known | 1 << (coefficient & 63));
        for component in components.iter().step_by(2) {
            self.known.entry(*component).and_modify(|all| *all |= known);
        }
    }

    fn are_complete(&self) -> bool {
        self.known.values().all(|known| *known == u64::MAX)
    }
}

/// The mark after a byte of 0xff, or after several; none at the end.
fn mark(file: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let Some(byte) = file.fill_buf()?.first().copied() else { return Ok(None) };
        file.consume(1);
        if byte != 0xff {
            return Ok((byte != 0xd9).then_some(byte));
        }
    }
}
