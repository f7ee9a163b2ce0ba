//! A server of buckets that speaks as S3 does, on a socket of this process, and can be away.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::Body;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;

/// The keys that it takes.
const ACCESS_KEY: &str = "tim-access";
const SECRET_KEY: &str = "tim-secret";
/// Its one bucket.
const BUCKET: &str = "tim-media";

/// A server of one bucket, whose objects are files in a folder. It serves as long as the runtime does.
pub struct BucketServer {
    root: tempfile::TempDir,
    address: SocketAddr,
    is_away: Arc<AtomicBool>,
}

impl BucketServer {
    /// With an empty bucket.
    pub async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(root.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let is_away = Arc::new(AtomicBool::default());
        let (away, folder) = (Arc::clone(&is_away), root.path().to_owned());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                if away.load(Ordering::Acquire) {
                    continue;
                }
                let mut http = hyper::server::conn::http1::Builder::new();
                // A connection carries one request, so that being away holds for each.
                http.timer(TokioTimer::new()).keep_alive(false);
                let (service, folder) = (service.clone(), folder.clone());
                let answer = service_fn(move |request| answer(service.clone(), folder.clone(), request));
                tokio::spawn(http.serve_connection(TokioIo::new(socket), answer));
            }
        });
        Self { root, address, is_away }
    }

    /// What a server of tim has in its configuration to keep files here, under this heading.
    pub fn lines(&self, heading: &str) -> String {
        let address = self.address;
        format!(
            "[{heading}]\nname = \"{BUCKET}\"\nendpoint = \"http://{address}\"\nprefix = \"chat/media\"\n\
             access_key = \"{ACCESS_KEY}\"\nsecret_key = \"{SECRET_KEY}\"\n"
        )
    }

    /// The folder of its objects.
    pub fn folder(&self) -> PathBuf {
        self.root.path().join(BUCKET)
    }

    /// From now on every connection is closed.
    pub fn go_away(&self) {
        self.is_away.store(true, Ordering::Release);
    }

    /// It serves again.
    pub fn come_back(&self) {
        self.is_away.store(false, Ordering::Release);
    }
}

/// Answers as S3 does also for a bucket that is not there, which the file system's would make.
async fn answer(
    service: S3Service,
    root: PathBuf,
    request: Request<Incoming>,
) -> Result<Response<Body>, s3s::HttpError> {
    let bucket = request.uri().path().split('/').nth(1).unwrap_or_default();
    if root.join(Path::new(bucket)).is_dir() {
        return service.call(request.map(Body::from)).await;
    }
    let mut missing = Response::new(Body::from("<Error><Code>NoSuchBucket</Code></Error>".to_owned()));
    *missing.status_mut() = StatusCode::NOT_FOUND;
    Ok(missing)
}
