//! What the server makes of an uploaded file, by its type: of a picture two smaller sizes, of any other file nothing.
//!
//! A further type of file gets its processor here. Processors see one file at a time and move no bytes over sockets.

use std::path::Path;

use tim_protocol::Code;
use tim_protocol::frame::Fault;
use tim_protocol::media::{FileType, RenditionType};
use tim_protocol::picture::Header;

use super::thumbs::{self, Looked, Smaller};

/// What is to be done with a file.
pub(super) enum Processor {
    /// A picture with this head is decoded.
    Picture(Header),
    /// The file stays as it is.
    Nothing,
}

/// What was made of a file.
pub(super) struct Made {
    /// Width and height as it is to be shown; 0 for what is no picture.
    pub(super) dimensions: (u32, u32),
    /// The further renditions; `None` where the original stands for one.
    pub(super) smaller: Vec<(RenditionType, Option<Smaller>)>,
}

impl Processor {
    /// What a file of this type needs, by its head.
    ///
    /// Errors: those of [`thumbs::head`] for a picture; [`Code::VALUE_UNKNOWN`] for a type of a later version.
    pub(super) fn of(file_type: FileType, path: &Path) -> Result<Self, Fault> {
        match file_type {
            FileType::Image => Ok(Self::Picture(thumbs::head(path)?)),
            FileType::File => Ok(Self::Nothing),
            FileType::Other(_) => Err(Code::VALUE_UNKNOWN.into()),
        }
    }

    /// How many pixels are decoded; `None` if none are.
    pub(super) fn pixels(&self) -> Option<u64> {
        match self {
            Self::Picture(header) => Some(header.pixels()),
            Self::Nothing => None,
        }
    }

    /// Does it.
    ///
    /// Errors: those of [`thumbs::look`].
    pub(super) fn run(&self, path: &Path) -> Result<Made, Fault> {
        match self {
            Self::Picture(header) => {
                let Looked { dimensions, thumb, large } = thumbs::look(path, header)?;
                let smaller = vec![(RenditionType::Thumb, thumb), (RenditionType::Large, large)];
                Ok(Made { dimensions, smaller })
            }
            Self::Nothing => Ok(Made { dimensions: (0, 0), smaller: Vec::new() }),
        }
    }
}
