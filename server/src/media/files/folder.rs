//! Files in a folder of this machine.

use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use tim_protocol::media::RenditionType;
use tim_protocol::{Code, Fault};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use super::contract::{ByteStream, FileName, Files, HEAD_BYTES, Kept, Opened, RENDITIONS};
use crate::media::failure::disk;

/// Bytes read from a file at once.
const CHUNK: usize = 64 * 1024;

/// A folder.
#[derive(Clone)]
pub(super) struct Folder {
    folder: PathBuf,
}

impl Folder {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, sha256: &str, rendition: RenditionType) -> PathBuf {
        self.folder.join(FileName { sha256: sha256.to_owned(), rendition }.path())
    }

    async fn opened(&self, name: &FileName) -> Result<Opened, Fault> {
        let path = self.folder.join(name.path());
        let failed = |why| disk(&path, &why);
        let file = File::open(&path).await.map_err(failed)?;
        let length = file.metadata().await.map_err(failed)?.len();
        let mut head = Vec::with_capacity(HEAD_BYTES);
        file.take(HEAD_BYTES as u64).read_to_end(&mut head).await.map_err(failed)?;
        Ok(Opened { length, head: head.into() })
    }

    async fn stream(&self, name: &FileName, start: u64, count: u64) -> Result<ByteStream, Fault> {
        let path = self.folder.join(name.path());
        let failed = |why| disk(&path, &why);
        let mut file = File::open(&path).await.map_err(failed)?;
        file.seek(SeekFrom::Start(start)).await.map_err(failed)?;
        Ok(ReaderStream::with_capacity(file.take(count), CHUNK).boxed())
    }

    /// Stores each file atomically.
    fn place(&self, kept: &Kept) -> Result<(), Fault> {
        let target = self.path(&kept.sha256, RenditionType::Original);
        let placed = || -> io::Result<()> {
            let folder = target.parent().unwrap_or(&self.folder);
            std::fs::create_dir_all(folder)?;
            for (rendition, bytes) in &kept.smaller {
                let path = self.path(&kept.sha256, *rendition);
                if !path.exists() {
                    let partial = Partial(kept.original.with_extension(u32::from(*rendition).to_string()));
                    std::fs::write(&partial.0, bytes)?;
                    std::fs::File::open(&partial.0)?.sync_all()?;
                    std::fs::rename(&partial.0, path)?;
                }
            }
            std::fs::rename(&kept.original, &target)?;
            std::fs::File::open(folder)?.sync_all()?;
            std::fs::File::open(&self.folder)?.sync_all()
        };
        placed().map_err(|why| disk(&target, &why))
    }

    fn is_erased(&self, digest: &str) -> bool {
        RENDITIONS.iter().all(|rendition| is_gone(&self.path(digest, *rendition)))
    }
}

fn is_gone(path: &Path) -> bool {
    match std::fs::remove_file(path) {
        Err(why) if why.kind() != ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %why, "a file that no message names could not be erased");
            false
        }
        _ => true,
    }
}

/// A temporary file, removed when dropped unless it was renamed.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Files for Folder {
    fn open<'a>(&'a self, name: &'a FileName) -> BoxFuture<'a, Result<Opened, Fault>> {
        self.opened(name).boxed()
    }

    fn read<'a>(
        &'a self,
        name: &'a FileName,
        start: u64,
        count: u64,
    ) -> BoxFuture<'a, Result<ByteStream, Fault>> {
        self.stream(name, start, count).boxed()
    }

    fn keep(&self, kept: Kept) -> BoxFuture<'_, Result<(), Fault>> {
        let folder = self.clone();
        async move { spawn_blocking(move || folder.place(&kept)).await.map_err(|_| Code::INTERNAL)? }.boxed()
    }

    fn erase(&self, digests: Vec<String>) -> BoxFuture<'_, Vec<String>> {
        let folder = self.clone();
        let erase = move || digests.into_iter().filter(|digest| folder.is_erased(digest)).collect();
        async move { spawn_blocking(erase).await.unwrap_or_default() }.boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        // Whoever asks has looked at the disk already.
        async { Ok(()) }.boxed()
    }
}
