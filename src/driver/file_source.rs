//! A file as given by the app, and the checks whether it may be sent. Reads only the header of a file.

use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::Code;
use tim_protocol::media::FileType;
use tim_protocol::picture::Header;

use super::files::open;
use crate::error::TimError;

/// A file as given by the app.
#[derive(Debug, Clone)]
pub enum FileSource {
    /// A file. It is copied when the message is sent, and may be deleted then. In a page: one that was added, by its path.
    Path(PathBuf),
    /// The file's bytes.
    Bytes(Arc<[u8]>),
}

impl From<PathBuf> for FileSource {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl From<&Path> for FileSource {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl From<Vec<u8>> for FileSource {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl FileSource {
    /// The size in bytes, if it may be sent as a file of this type.
    ///
    /// # Errors
    /// [`Code::FILE_UNREADABLE`], those of [`FileType::check_size`].
    pub(crate) fn size(&self, file_type: FileType) -> Result<u64, TimError> {
        let size = match self {
            Self::Path(path) => open(path).map_err(|_| Code::FILE_UNREADABLE)?.1,
            Self::Bytes(bytes) => bytes.len() as u64,
        };
        file_type.check_size(size)?;
        Ok(size)
    }

    /// Reads the header of an image, and refuses what the server would refuse by its header.
    ///
    /// # Errors
    /// [`Code::IMAGE_MISSING`] for an empty path, those of [`FileSource::size`], [`Header::read`] and [`Header::check`].
    pub(crate) fn image(&self) -> Result<(u64, Header), TimError> {
        let size = match self {
            Self::Path(path) if path.as_os_str().is_empty() => Err(Code::IMAGE_MISSING.into()),
            source => source.size(FileType::Image),
        }?;
        let header = match self {
            Self::Path(path) => head(BufReader::new(open(path).map_err(|_| Code::FILE_UNREADABLE)?.0)),
            Self::Bytes(bytes) => head(Cursor::new(bytes)),
        }?;
        Ok((size, header))
    }
}

fn head(mut file: impl Read + Seek) -> Result<Header, TimError> {
    let header = Header::read(&mut file)?;
    header.check()?;
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_is_refused_before_it_is_sent() {
        let code = |source: FileSource| source.image().err().unwrap().code;
        assert_eq!(code(Vec::new().into()), Code::FILE_EMPTY);
        assert_eq!(code(b"plain words".to_vec().into()), Code::IMAGE_TYPE_INVALID);
        assert_eq!(code(b"GIF89a".to_vec().into()), Code::IMAGE_DAMAGED);
        assert_eq!(code(b"GIF89a\xff\xff\x01\x00".to_vec().into()), Code::IMAGE_DIMENSIONS);
        assert_eq!(code(PathBuf::new().into()), Code::IMAGE_MISSING);
        assert_eq!(code(PathBuf::from("/").into()), Code::FILE_UNREADABLE);
    }
}
