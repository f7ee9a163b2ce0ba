//! What a store of files promises: [`Files`], in names and bytes.

use std::io;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use hyper::body::Bytes;
use tim_protocol::Fault;
use tim_protocol::media::RenditionType;

/// All renditions that a file can have.
pub(super) const RENDITIONS: [RenditionType; 3] =
    [RenditionType::Original, RenditionType::Thumb, RenditionType::Large];

/// Which bytes: the digest of the original in hexadecimal, and the rendition of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName {
    pub(crate) sha256: String,
    pub(crate) rendition: RenditionType,
}

impl FileName {
    /// The name's path, relative and with slashes. Identical originals share it.
    pub(super) fn path(&self) -> String {
        let sha256 = &self.sha256;
        format!("{}/{sha256}.{}", sha256.get(..2).unwrap_or_default(), u32::from(self.rendition))
    }
}

/// A file that is there.
pub(crate) struct Opened {
    /// Its bytes.
    pub(crate) length: u64,
    /// How it begins: [`HEAD_BYTES`], or all of it.
    pub(crate) head: Bytes,
}

/// So many bytes of a file come with the answer that it is there.
pub(super) const HEAD_BYTES: usize = 16 * 1024;

/// Bytes as they are read.
pub(crate) type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// An upload that is to be kept.
pub(crate) struct Kept {
    /// Its digest.
    pub(crate) sha256: String,
    /// The file on this machine that has its bytes, all of them on the disk. It may be moved away.
    pub(crate) original: PathBuf,
    /// Its smaller renditions.
    pub(crate) smaller: Vec<(RenditionType, Bytes)>,
}

/// A store of files. Its faults: [`tim_protocol::Code::MEDIA_NOT_FOUND`] for what is not there, [`tim_protocol::Code::READ_ONLY`] for
/// a disk that fails, [`tim_protocol::Code::BUSY`] for a bucket that does not answer or refuses.
pub(crate) trait Files: Send + Sync {
    /// Whether the file is there, and how it begins.
    fn open<'a>(&'a self, name: &'a FileName) -> BoxFuture<'a, Result<Opened, Fault>>;

    /// So many of its bytes, from `start` on.
    fn read<'a>(
        &'a self,
        name: &'a FileName,
        start: u64,
        count: u64,
    ) -> BoxFuture<'a, Result<ByteStream, Fault>>;

    /// Keeps an upload and its renditions.
    fn keep(&self, kept: Kept) -> BoxFuture<'_, Result<(), Fault>>;

    /// Erases the files with these digests, in all renditions. Returns the digests of those that are gone.
    fn erase(&self, digests: Vec<String>) -> BoxFuture<'_, Vec<String>>;

    /// Whether files can be had now; if not, a line that says what to do.
    fn check(&self) -> BoxFuture<'_, Result<(), String>>;
}
