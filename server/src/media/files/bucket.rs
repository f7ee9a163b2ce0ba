//! Files in a bucket of S3, or of another service that speaks as S3 does. It names them as the folder does, so that a folder becomes
//! a bucket by being copied.

mod trouble;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use hyper::body::Bytes;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as ObjectPath;
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, GetRange, MultipartUpload, ObjectStore as _,
    ObjectStoreExt as _, RetryConfig,
};
use tim_protocol::media::RenditionType;
use tim_protocol::{Code, Fault};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::contract::{ByteStream, FileName, Files, HEAD_BYTES, Kept, Opened, RENDITIONS};
use crate::config::{BucketConfig, BucketKeys};
use crate::media::failure::disk;
pub(crate) use trouble::BucketError;
use trouble::Trouble;

/// What is put at once: larger files are put in parts of this size, of which one is in memory.
const PART: usize = 8 * 1024 * 1024;
/// Most files that are put at once; others wait.
const PUTS_AT_ONCE: usize = 8;
/// What a download asks for at once. A client may take its time between two pieces without holding a connection to the bucket.
const PIECE: u64 = 1024 * 1024;
/// How long one request may take, and connecting to the bucket.
const REQUEST_WITHIN: Duration = Duration::from_secs(30);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How often, and for how long, a request is repeated that found no answer.
const RETRIES: usize = 3;
const RETRY_WITHIN: Duration = Duration::from_secs(10);
/// The object that is put and deleted to try the bucket, and asked for to see that it answers.
const PROBE: &str = "tim-probe";

/// A bucket.
#[derive(Clone)]
pub(super) struct Bucket {
    store: AmazonS3,
    prefix: ObjectPath,
    keys: BucketKeys,
    /// The bucket and its address, for whoever reads the log.
    shown: String,
    puts: Arc<Semaphore>,
}

impl Bucket {
    /// Asks nothing yet.
    ///
    /// # Errors
    /// [`BucketError`] if the configuration lacks something.
    pub(super) fn open(config: &BucketConfig) -> Result<Self, BucketError> {
        let keys = config.keys().map_err(BucketError::keys)?;
        // The client takes the process's cryptography; it stays what it is if another part has chosen.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = ClientOptions::new()
            .with_allow_http(true)
            .with_timeout(REQUEST_WITHIN)
            .with_connect_timeout(CONNECT_WITHIN);
        let backoff = BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() };
        let retry = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: RETRY_WITHIN };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.name)
            .with_region(&config.region)
            .with_virtual_hosted_style_request(config.virtual_hosted)
            .with_disable_bulk_delete(!config.bulk_delete)
            .with_access_key_id(keys.access_key.reveal())
            .with_secret_access_key(keys.secret_key.reveal())
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        let at = config
            .endpoint
            .as_deref()
            .map_or_else(|| format!("of {}", config.region), |it| format!("at {it}"));
        let shown = format!("the bucket \"{}\" {at}", config.name);
        let store = builder.build().map_err(|why| BucketError::of(&shown, &Trouble::of(&why, &keys)))?;
        let prefix = ObjectPath::from(config.prefix.as_str());
        Ok(Self { store, prefix, keys, shown, puts: Arc::new(Semaphore::new(PUTS_AT_ONCE)) })
    }

    /// Tries whether it says that an object does not exist, and whether objects can be put, read and deleted. One that does not answer
    /// is left for later.
    ///
    /// # Errors
    /// [`BucketError`] if it answers and refuses.
    pub(super) async fn try_rights(&self) -> Result<(), BucketError> {
        // A name of its own, because servers that share a bucket may begin at once.
        let probe = self.prefix.clone().join(format!("{PROBE}-{}", Uuid::new_v4()));
        let tried = async {
            // What is not there has to be missing, and not refused: uploads ask first whether their file is there.
            self.is_there(&probe, None).await?;
            self.store.put(&probe, Bytes::from_static(b"tim").into()).await?;
            self.store.get(&probe).await?.bytes().await?;
            self.store.delete(&probe).await
        };
        match tried.await.map_err(|why| Trouble::of(&why, &self.keys)) {
            Ok(()) => Ok(()),
            Err(away @ Trouble::Away(_)) => {
                let why = BucketError::of(&self.shown, &away);
                tracing::error!(%why, "files cannot be sent or loaded until the bucket answers");
                Ok(())
            }
            // Nobody can have removed what has just been put.
            Err(Trouble::Missing) => Err(BucketError::of(&self.shown, &Trouble::NoBucket)),
            Err(refused) => Err(BucketError::of(&self.shown, &refused)),
        }
    }

    fn path(&self, sha256: &str, rendition: RenditionType) -> ObjectPath {
        let name = FileName { sha256: sha256.to_owned(), rendition };
        name.path().split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    fn path_of(&self, name: &FileName) -> ObjectPath {
        self.path(&name.sha256, name.rendition)
    }

    /// Logs and counts the trouble, and gives the fault for it.
    fn fault(&self, path: &ObjectPath, why: &Error) -> Fault {
        let trouble = Trouble::of(why, &self.keys);
        metrics::counter!("tim_bucket_failures_total", "why" => trouble.name()).increment(1);
        let why = BucketError::of(&self.shown, &trouble);
        tracing::error!(%path, %why, "a file of a message could not be used");
        trouble.fault()
    }

    async fn opened(&self, path: &ObjectPath) -> object_store::Result<Opened> {
        let range = Some(GetRange::Bounded(0..HEAD_BYTES as u64));
        let found = self.store.get_opts(path, GetOptions { range, ..GetOptions::default() }).await?;
        Ok(Opened { length: found.meta.size, head: found.bytes().await? })
    }

    /// Whether a file is there; if its size is given, only one of that size counts.
    async fn is_there(&self, path: &ObjectPath, size: Option<u64>) -> object_store::Result<bool> {
        match self.opened(path).await {
            Ok(found) => Ok(size.is_none_or(|size| size == found.length)),
            Err(why) if trouble::is_missing(&why) => Ok(false),
            Err(why) => Err(why),
        }
    }

    async fn put_all(&self, kept: Kept) -> Result<(), Fault> {
        let _turn = self.puts.acquire().await.map_err(|_| Code::INTERNAL)?;
        let began = Instant::now();
        for (rendition, bytes) in kept.smaller {
            let path = self.path(&kept.sha256, rendition);
            let put = async {
                if !self.is_there(&path, None).await? {
                    self.store.put(&path, bytes.into()).await?;
                }
                Ok(())
            };
            put.await.map_err(|why| self.fault(&path, &why))?;
        }
        // Last: where the original is, all is.
        let path = self.path(&kept.sha256, RenditionType::Original);
        self.put_file(&path, &kept.original).await?;
        metrics::histogram!("tim_bucket_put_seconds").record(began.elapsed());
        Ok(())
    }

    async fn put_file(&self, path: &ObjectPath, from: &Path) -> Result<(), Fault> {
        let failed = |why: Error| self.fault(path, &why);
        let mut file = File::open(from).await.map_err(|why| disk(from, &why))?;
        let size = file.metadata().await.map_err(|why| disk(from, &why))?.len();
        if self.is_there(path, Some(size)).await.map_err(failed)? {
            return Ok(());
        }
        if size <= PART as u64 {
            let bytes = next_part(&mut file, from).await?;
            return self.store.put(path, bytes.into()).await.map(drop).map_err(failed);
        }
        let mut upload = self.store.put_multipart(path).await.map_err(failed)?;
        let put = self.put_parts(&mut *upload, (&mut file, from), path).await;
        if put.is_err() {
            // If this fails too, the bucket's rule for incomplete uploads removes what came.
            let _ = upload.abort().await;
        }
        put
    }

    async fn put_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        (file, from): (&mut File, &Path),
        path: &ObjectPath,
    ) -> Result<(), Fault> {
        let failed = |why: Error| self.fault(path, &why);
        loop {
            let bytes = next_part(file, from).await?;
            if bytes.is_empty() {
                return upload.complete().await.map(drop).map_err(failed);
            }
            upload.put_part(bytes.into()).await.map_err(failed)?;
        }
    }

    /// Deletes all of them with one request, because uploads wait for its end. Returns the digests of which nothing is left.
    async fn erase_all(&self, digests: Vec<String>) -> Vec<String> {
        let of = |digest: &String| RENDITIONS.map(|rendition| Ok(self.path(digest, rendition)));
        let paths: Vec<_> = digests.iter().flat_map(of).collect();
        let asked = paths.len();
        let ended: Vec<_> = self.store.delete_stream(stream::iter(paths).boxed()).collect().await;
        let failed = |it: &object_store::Result<_>| it.as_ref().is_err_and(|why| !trouble::is_missing(why));
        if let Some(Err(why)) = ended.iter().find(|it| failed(it)) {
            let why = BucketError::of(&self.shown, &Trouble::of(why, &self.keys));
            tracing::warn!(%why, "files that no message names could not be erased");
        }
        if ended.len() < asked {
            // The request failed as a whole.
            return Vec::new();
        }
        let each = digests.into_iter().zip(ended.chunks(RENDITIONS.len()));
        each.filter(|(_, ended)| !ended.iter().any(failed)).map(|(digest, _)| digest).collect()
    }
}

/// The next part of a file; empty at its end.
async fn next_part(file: &mut File, path: &Path) -> Result<Bytes, Fault> {
    let mut bytes = Vec::new();
    file.take(PART as u64).read_to_end(&mut bytes).await.map_err(|why| disk(path, &why))?;
    Ok(bytes.into())
}

impl Files for Bucket {
    fn open<'a>(&'a self, name: &'a FileName) -> BoxFuture<'a, Result<Opened, Fault>> {
        async {
            let path = self.path_of(name);
            self.opened(&path).await.map_err(|why| self.fault(&path, &why))
        }
        .boxed()
    }

    fn read<'a>(
        &'a self,
        name: &'a FileName,
        start: u64,
        count: u64,
    ) -> BoxFuture<'a, Result<ByteStream, Fault>> {
        let (path, end) = (self.path_of(name), start + count);
        let pieces = stream::try_unfold((self.clone(), start), move |(bucket, at)| {
            let (path, next) = (path.clone(), end.min(at + PIECE));
            async move {
                if at >= end {
                    return Ok(None);
                }
                let read = bucket.store.get_range(&path, at..next).await;
                let bytes = read.map_err(|why| std::io::Error::other(bucket.fault(&path, &why)))?;
                Ok(Some((bytes, (bucket, next))))
            }
        });
        async { Ok(pieces.boxed()) }.boxed()
    }

    fn keep(&self, kept: Kept) -> BoxFuture<'_, Result<(), Fault>> {
        self.put_all(kept).boxed()
    }

    fn erase(&self, digests: Vec<String>) -> BoxFuture<'_, Vec<String>> {
        self.erase_all(digests).boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        async {
            match self.opened(&self.prefix.clone().join(PROBE)).await {
                Err(why) if !trouble::is_missing(&why) => {
                    Err(BucketError::of(&self.shown, &Trouble::of(&why, &self.keys)).to_string())
                }
                _ => Ok(()),
            }
        }
        .boxed()
    }
}
