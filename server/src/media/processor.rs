//! Processes uploaded files by their type: creates two smaller renditions of a picture, finds the files that a merger names, and does
//! nothing with any other file.
//!
//! A new file type gets its processor here. Processors handle one file at a time and use no sockets.

use std::collections::BTreeSet;
use std::path::Path;

use hyper::body::Bytes;
use tim_protocol::body::MergerFile;
use tim_protocol::media::{FileType, RenditionType};
use tim_protocol::picture::Header;
use tim_protocol::{Code, Fault, codec, limits};
use uuid::Uuid;

use super::decode_queue::Work;
use super::failure::disk;
use super::thumbs::{self, ImageProbe, Smaller};
use crate::core::media_path::named_in;

/// The processing of a file.
pub(super) enum Processor {
    /// Decode a picture with this header.
    Picture(Header),
    /// Read a merger.
    Merger,
    /// Nothing.
    Nothing,
}

/// The result of processing a file.
pub(super) struct ProcessedFile {
    /// Width and height for display; 0 if it is not a picture.
    pub(super) dimensions: (u32, u32),
    /// The further renditions; `None` if the original is used for one.
    pub(super) smaller: Vec<(RenditionType, Option<Smaller>)>,
    /// The files that it names.
    pub(super) names: BTreeSet<Uuid>,
}

impl ProcessedFile {
    /// The renditions that have bytes of their own.
    pub(super) fn renditions(&self) -> impl Iterator<Item = (RenditionType, Bytes)> {
        self.smaller.iter().filter_map(|(rendition, it)| Some((*rendition, it.as_ref()?.bytes.clone())))
    }
}

impl Processor {
    /// Chooses the processing of a file of this type, by its header.
    ///
    /// Errors: those of [`thumbs::head`] for a picture; [`Code::VALUE_UNKNOWN`] for a type of a later version.
    pub(super) fn of(file_type: FileType, path: &Path) -> Result<Self, Fault> {
        match file_type {
            FileType::Image => Ok(Self::Picture(thumbs::head(path)?)),
            FileType::Merger => Ok(Self::Merger),
            FileType::Video | FileType::Audio | FileType::File => Ok(Self::Nothing),
            FileType::Other(_) => Err(Code::VALUE_UNKNOWN.into()),
        }
    }

    /// What takes memory and time, and needs a permit; `None` if nothing does.
    pub(super) fn work(&self) -> Option<Work> {
        match self {
            Self::Picture(header) => Some(Work::Picture(header.pixels())),
            Self::Merger => Some(Work::Merger),
            Self::Nothing => None,
        }
    }

    /// Processes the file.
    ///
    /// Errors: those of [`thumbs::probe_image`] and of [`MergerFile::check`]; [`Code::MERGER_INVALID`], with the reason, for what is
    /// no merger, nests too deep, or names too many files.
    pub(super) fn run(&self, path: &Path) -> Result<ProcessedFile, Fault> {
        match self {
            Self::Picture(header) => {
                let ImageProbe { dimensions, thumb, large } = thumbs::probe_image(path, header)?;
                let smaller = vec![(RenditionType::Thumb, thumb), (RenditionType::Large, large)];
                Ok(ProcessedFile { dimensions, smaller, names: BTreeSet::new() })
            }
            Self::Merger => {
                let names = named_by_merger(path)?;
                Ok(ProcessedFile { dimensions: (0, 0), smaller: Vec::new(), names })
            }
            Self::Nothing => {
                Ok(ProcessedFile { dimensions: (0, 0), smaller: Vec::new(), names: BTreeSet::new() })
            }
        }
    }
}

fn named_by_merger(path: &Path) -> Result<BTreeSet<Uuid>, Fault> {
    let refused = |text: &str| Fault::with_text(Code::MERGER_INVALID, text);
    let bytes = std::fs::read(path).map_err(|why| disk(path, &why))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| refused("a stored merger is JSON in UTF-8"))?;
    if !codec::nests_within(text, limits::DEPTH) {
        return Err(refused("a stored merger nests at most 32 levels: merge the messages themselves"));
    }
    let file = MergerFile::read(text);
    file.map_err(|_| refused("a stored merger is JSON with a messageList of at most 300 messages"))?
        .check()?;
    let names = named_in(text);
    if names.len() > limits::MERGER_FILES {
        return Err(refused("a merger names at most 1,000 files: merge fewer messages"));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What comes of a stored merger of one message that says this.
    fn examined(says: &str) -> Result<BTreeSet<Uuid>, Fault> {
        let text = json!({ "messageList": [{ "ID": "019b76da-cb28-7002-8000-000000000002", "from": "bob", "time": 1,
            "body": { "type": "TIMTextElem", "payload": { "text": says } } }] });
        of_bytes(text.to_string().as_bytes())
    }

    fn of_bytes(bytes: &[u8]) -> Result<BTreeSet<Uuid>, Fault> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        named_by_merger(file.path())
    }

    fn paths(count: u128) -> String {
        (0..count).map(|it| format!("/media/1/{}/0 ", Uuid::from_u128(it))).collect()
    }

    #[test]
    fn a_merger_names_a_thousand_files_and_no_more() {
        assert_eq!(examined(&paths(1_000)).unwrap().len(), limits::MERGER_FILES);
        let why = examined(&paths(1_001)).unwrap_err();
        assert_eq!((why.code, why.text.contains("at most 1,000 files")), (Code::MERGER_INVALID, true));
    }

    #[test]
    fn what_is_no_merger_is_told_why() {
        let deep = format!(r#"{{"messageList":[],"later":{}{}}}"#, "[".repeat(32), "]".repeat(32));
        for (bytes, says) in [
            (b"\xff".as_slice(), "UTF-8"),
            (deep.as_bytes(), "32 levels"),
            (b"[]", "messageList"),
            (br#"{"messageList":7}"#, "messageList"),
        ] {
            let why = of_bytes(bytes).unwrap_err();
            assert!(why.code == Code::MERGER_INVALID && why.text.contains(says), "{why:?}");
        }
    }
}
