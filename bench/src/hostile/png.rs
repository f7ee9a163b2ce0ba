//! Pictures that are small on the line and large once decoded, written by hand so that making them costs nothing.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// A PNG of one colour, 8 bits in each of red, green, blue and alpha.
pub(crate) fn plain(side: u32) -> std::io::Result<Vec<u8>> {
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::fast());
    let row = vec![0; 1 + 4 * side as usize];
    for _ in 0..side {
        rows.write_all(&row)?;
    }
    let mut head = Vec::new();
    head.extend(side.to_be_bytes());
    head.extend(side.to_be_bytes());
    head.extend([8, 6, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, bytes) in [(b"IHDR", head), (b"IDAT", rows.finish()?), (b"IEND", Vec::new())] {
        chunk(&mut png, name, &bytes);
    }
    Ok(png)
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], bytes: &[u8]) {
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(bytes);
    png.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    png.extend(name);
    png.extend(bytes);
    png.extend(crc.sum().to_be_bytes());
}
