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
use tim_protocol::{Code, Fault, limits};
use uuid::Uuid;

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

    /// How many pixels are decoded; `None` if none are.
    pub(super) fn pixels(&self) -> Option<u64> {
        match self {
            Self::Picture(header) => Some(header.pixels()),
            Self::Merger | Self::Nothing => None,
        }
    }

    /// Processes the file.
    ///
    /// Errors: those of [`thumbs::probe_image`] and of [`MergerFile::check`]; [`Code::MERGER_INVALID`] for what is no merger, or
    /// names too many files.
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
    let bytes = std::fs::read(path).map_err(|why| disk(path, &why))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Code::MERGER_INVALID)?;
    MergerFile::read(text).map_err(|_| Code::MERGER_INVALID)?.check()?;
    let names = named_in(text);
    if names.len() > limits::MERGER_FILES {
        let text = "a merger names at most 1,000 files: merge fewer messages";
        return Err(Fault::with_text(Code::MERGER_INVALID, text));
    }
    Ok(names)
}
