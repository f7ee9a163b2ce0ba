//! Where the bytes of files are: a folder, or a bucket. Every store keeps the same promises, which `conformance` tests.
//!
//! * What was kept is on stable storage, each file whole or not at all, and stays until it is erased.
//! * A file that is there already is not replaced by another rendition: its tag names its bytes.
//! * To erase what is not there succeeds.
//!
//! It knows names and bytes, and nothing of records, users and tickets.

mod bucket;
#[cfg(test)]
#[expect(unreachable_pub, reason = "stories use it as well")]
#[path = "../../../tests/stories/bucket_server.rs"]
mod bucket_server;
#[cfg(test)]
mod conformance;
mod contract;
mod folder;

use std::path::Path;
use std::sync::Arc;

use crate::config::MediaConfig;
use bucket::Bucket;
pub(crate) use bucket::BucketError;
pub(crate) use contract::{FileName, Files, Kept};
use folder::Folder;

/// Opens the store that the configuration names: the bucket, or this folder.
///
/// # Errors
/// [`BucketError`].
pub(crate) fn open(config: &MediaConfig, folder: &Path) -> Result<Arc<dyn Files>, BucketError> {
    Ok(match &config.bucket {
        Some(bucket) => Arc::new(Bucket::open(bucket)?),
        None => Arc::new(Folder::new(folder.to_owned())),
    })
}

/// The same for a server that begins to serve: a bucket is tried first. One that does not answer may come later, and the
/// server starts without it.
///
/// # Errors
/// [`BucketError`].
pub(crate) async fn open_and_try(config: &MediaConfig, folder: &Path) -> Result<Arc<dyn Files>, BucketError> {
    let Some(bucket) = &config.bucket else { return open(config, folder) };
    let bucket = Bucket::open(bucket)?;
    bucket.try_rights().await?;
    Ok(Arc::new(bucket))
}
