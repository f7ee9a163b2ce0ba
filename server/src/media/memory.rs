//! How much memory pictures and mergers take that take the most: each is looked at in a process of its own, which tells its peak. The
//! pictures are of one colour, so that making them takes no time.

use std::io::{Cursor, Write as _};
use std::process::Command;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use tim_protocol::media::FileType;
use tim_protocol::{Code, limits};

use super::processor::Processor;
use super::thumbs;

/// What looking at any picture may take, in bytes, and reading any merger.
const PEAK_BYTES: u64 = 200_000_000;
const MERGER_PEAK_BYTES: u64 = 100_000_000;
/// Names the file that a process is to look at.
const FILE: &str = "TIM_TEST_FILE";

/// The most memory that this process has had at once, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
#[ignore = "each picture has a process of its own, which others start"]
fn a_process_looks_at_one_picture() {
    let path = std::env::var(FILE).unwrap();
    let before = peak();
    let header = thumbs::head(path.as_ref()).ok().unwrap();
    let probe = thumbs::probe_image(path.as_ref(), &header).ok().unwrap();
    assert_eq!(probe.dimensions, header.shown());
    println!("peak={}", peak() - before);
}

#[test]
#[ignore = "each merger has a process of its own, which others start"]
fn a_process_reads_one_merger() {
    let path = std::env::var(FILE).unwrap();
    let before = peak();
    let made = Processor::of(FileType::Merger, path.as_ref()).ok().unwrap().run(path.as_ref());
    let outcome = made.map_or_else(|why| why.text.to_string(), |made| format!("{} names", made.names.len()));
    println!("{outcome}\npeak={}", peak() - before);
}

/// Looks at a picture in a process of its own.
fn probe_image(name: &str, bytes: &[u8]) {
    probe("a_process_looks_at_one_picture", name, bytes, PEAK_BYTES);
}

/// Reads a merger in a process of its own: of one message with this body, and with this field beside the messages.
fn probe_merger(name: &str, body: &str, beside: &str) {
    let text = format!(r#"{{"messageList":[{}],"media":{beside}}}"#, merged(body));
    assert!(text.len() <= usize::try_from(limits::MERGER_FILE_BYTES).unwrap());
    probe("a_process_reads_one_merger", name, text.as_bytes(), MERGER_PEAK_BYTES);
}

/// A message of a merger with this body.
fn merged(body: &str) -> String {
    format!(r#"{{"ID":"019b76da-cb28-7002-8000-000000000002","from":"bob","time":1,"body":{body}}}"#)
}

/// Has a test look at a file in a process of its own.
fn probe(test: &str, name: &str, bytes: &[u8], most: u64) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("media::memory::{test}"), "--ignored", "--nocapture"])
        .env(FILE, file.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let peak = text
        .lines()
        .find_map(|line| line.split_once("peak="))
        .unwrap_or_else(|| panic!("{name}: {output:?}"));
    let peak: u64 = peak.1.trim().parse().unwrap();
    println!("{name}: {} MB", peak / 1_000_000);
    assert!(peak < most, "{name} took {peak} bytes");
}

/// A PNG of zeros: its sides, the bits of a sample, its colours, whether it is interlaced, and the bits of a pixel.
fn png((width, height): (u32, u32), depth: u8, color: u8, is_interlaced: bool, pixel_bits: u64) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend([kind, data, &crc.sum().to_be_bytes()].concat());
    };
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([depth, color, 0, 0, u8::from(is_interlaced)]);
    chunk(b"IHDR", &head);
    if color == 3 {
        chunk(b"PLTE", &[1, 2, 3]);
    }
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    let row = |width: u32| 1 + (u64::from(width) * pixel_bits).div_ceil(8);
    let whole = row(width) * u64::from(height);
    // The rows of the passes are shorter, and each has its own first byte.
    let zeros = if is_interlaced { whole + u64::from(height) * 8 } else { whole };
    for _ in 0..zeros.div_ceil(65_536) {
        pixels.write_all(&[0; 65_536]).unwrap();
    }
    chunk(b"IDAT", &pixels.finish().unwrap());
    chunk(b"IEND", &[]);
    bytes
}

/// A grey JPEG, its colours at half the size if `sampling` is 0x22; in two passes, if it is a progressive one.
fn jpeg((width, height): (u16, u16), components: u8, sampling: u8, is_progressive: bool) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
    bytes.extend([1; 64]);
    bytes.extend([0xff, if is_progressive { 0xc2 } else { 0xc0 }, 0, 8 + 3 * components, 8]);
    bytes.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
    bytes.push(components);
    (0..components).for_each(|it| bytes.extend([it + 1, if it == 0 { sampling } else { 0x11 }, 0]));
    for table in [0x00, 0x10] {
        // One code: a bit of zero is "nothing differs" and "nothing follows".
        bytes.extend([0xff, 0xc4, 0, 20, table, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    let units = |pixels: u16, factor: u8| usize::from(pixels).div_ceil(8 * usize::from(factor));
    let (across, down) = (sampling >> 4, sampling & 15);
    let blocks = units(width, across) * units(height, down);
    let all = blocks * (usize::from(across * down) + usize::from(components) - 1);
    let scan = |bytes: &mut Vec<u8>, of: std::ops::Range<u8>, last: (u8, u8), bits: usize| {
        let count = of.end - of.start;
        bytes.extend([0xff, 0xda, 0, 6 + 2 * count, count]);
        of.for_each(|it| bytes.extend([it + 1, 0]));
        bytes.extend([last.0, last.1, 0]);
        bytes.resize(bytes.len() + bits.div_ceil(8), 0);
    };
    if is_progressive {
        scan(&mut bytes, 0..components, (0, 0), all);
        for component in 0..components {
            let factors = if component == 0 { (1, 1) } else { (across, down) };
            let blocks = units(width, factors.0) * units(height, factors.1);
            scan(&mut bytes, component..component + 1, (1, 63), blocks);
        }
    } else {
        scan(&mut bytes, 0..components, (0, 63), 2 * all);
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// A GIF of one colour: runs that grow by one, until the table of runs is full.
fn gif((width, height): (u16, u16)) -> Vec<u8> {
    let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let mut bytes =
        [b"GIF89a", size.as_slice(), &[0xf0, 0, 0], &[9; 6], b",\0\0\0\0", &size, &[0, 2]].concat();
    let (mut packed, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    let mut put = |code: u32, width: u32| {
        held |= code << bits;
        bits += width;
        while bits >= 8 {
            packed.push(held.to_le_bytes()[0]);
            held >>= 8;
            bits -= 8;
        }
    };
    let mut left = u64::from(width) * u64::from(height);
    while left > 0 {
        put(4, 3);
        let (mut code_width, mut next, mut run) = (3, 6, 1);
        while left > 0 && next <= 4_095 {
            let run_of = run.min(left);
            put(if run_of == 1 { 0 } else { 4 + u32::try_from(run_of).unwrap() }, code_width);
            left -= run_of;
            if run > 1 {
                next += 1;
            }
            if next == 1 << code_width && code_width < 12 {
                code_width += 1;
            }
            run += 1;
        }
        if left == 0 {
            put(5, code_width);
        } else {
            // The table is full: the next run begins it anew, with a code of the full width.
            put(4, 12);
        }
    }
    put(0, 8);
    for block in packed.chunks(255) {
        bytes.push(u8::try_from(block.len()).unwrap());
        bytes.extend(block);
    }
    bytes.extend([0, b';']);
    bytes
}

/// A BMP of two colours.
fn bmp((width, height): (u32, u32)) -> Vec<u8> {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0\x3e\0\0\0\x28\0\0\0".to_vec();
    bytes.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    bytes.extend([1, 0, 1, 0].iter().chain(&[0; 24]).chain(&[0, 0, 0, 0, 9, 9, 9, 0]));
    bytes.resize(bytes.len() + width.div_ceil(32) as usize * 4 * height as usize, 0);
    bytes
}

fn webp(side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbaImage::new(side, side).write_to(&mut bytes, image::ImageFormat::WebP).unwrap();
    bytes.into_inner()
}

#[test]
fn the_largest_pngs() {
    probe_image("16 bits, RGBA", &png((8_000, 8_000), 16, 6, false, 64));
    probe_image("palette", &png((15_000, 16_000), 1, 3, false, 1));
    probe_image("interlaced", &png((1_440, 21_600), 8, 6, true, 32));
}

#[test]
fn the_largest_jpegs() {
    probe_image("108 megapixels", &jpeg((12_032, 9_024), 3, 0x22, false));
    probe_image("just short of half the size", &jpeg((1_439, 21_599), 3, 0x11, false));
    probe_image("long, four inks", &jpeg((1_400, 21_000), 4, 0x11, false));
    probe_image("in passes", &jpeg((8_000, 5_300), 3, 0x22, true));
    probe_image("in passes, long", &jpeg((1_400, 15_000), 3, 0x11, true));
}

#[test]
fn the_largest_of_the_others() {
    probe_image("GIF", &gif((15_000, 1_000)));
    probe_image("BMP", &bmp((8_000, 4_000)));
    probe_image("WebP", &webp(4_000));
}

/// A list of as many of these values as a merger has room for beside all else.
fn values(of: &str) -> String {
    let count = (usize::try_from(limits::MERGER_FILE_BYTES).unwrap() - 2_000) / (of.len() + 1);
    format!("[{}]", vec![of; count].join(","))
}

#[test]
fn the_largest_mergers() {
    let text = r#"{"type":"TIMTextElem","payload":{"text":"hi"}}"#;
    let later = |payload: &str| format!(r#"{{"type":"TIMHologramElem","payload":{payload}}}"#);
    let relayed = |field: &str, list: &str| {
        format!(r#"{{"type":"TIMRelayElem","payload":{{"compatibleText":"a","{field}":{list}}}}}"#)
    };
    probe_merger("objects beside its messages", text, &values(r#"{"":0}"#));
    probe_merger("numbers beside its messages", text, &values("0"));
    probe_merger("a body of a later version", &later(&values(r#"{"":0}"#)), "0");
    probe_merger("lines", &relayed("abstractList", &values(r#""""#)), "0");
    probe_merger("paths", text, &values(r#""/media/1/019b76da-cb28-7002-8000-000000000002/0""#));
    let nested =
        (0..6).fold(later(&values("0")), |body, _| relayed("messageList", &format!("[{}]", merged(&body))));
    probe_merger("mergers in mergers", &nested, "0");
}

#[test]
fn what_would_take_more_is_refused_by_its_head() {
    let code = |bytes: &[u8]| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        thumbs::head(file.path()).err().unwrap().code
    };
    assert_eq!(code(&jpeg((12_032, 9_024), 3, 0x22, true)), Code::IMAGE_NEEDS_MEMORY);
    assert_eq!(code(&bmp((8_000, 4_001))), Code::IMAGE_NEEDS_MEMORY);
}
