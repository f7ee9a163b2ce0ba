//! A server of buckets that speaks as S3 does, on a socket of this process, and can be away.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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
    state: Arc<State>,
}

/// How it answers now, and how often it did.
#[derive(Default)]
struct State {
    is_away: AtomicBool,
    hides_missing: AtomicBool,
    requests: AtomicUsize,
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
        let state = Arc::new(State::default());
        let (of, folder) = (Arc::clone(&state), root.path().to_owned());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                if of.is_away.load(Ordering::Acquire) {
                    continue;
                }
                of.requests.fetch_add(1, Ordering::AcqRel);
                let mut http = hyper::server::conn::http1::Builder::new();
                // A connection carries one request, so that being away holds for each.
                http.timer(TokioTimer::new()).keep_alive(false);
                let (service, folder) = (service.clone(), folder.clone());
                let hides_missing = of.hides_missing.load(Ordering::Acquire);
                let answer = service_fn(move |request| {
                    answer(service.clone(), folder.clone(), hides_missing, request)
                });
                tokio::spawn(http.serve_connection(TokioIo::new(socket), answer));
            }
        });
        Self { root, address, state }
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
        self.state.is_away.store(true, Ordering::Release);
    }

    /// It serves again.
    pub fn come_back(&self) {
        self.state.is_away.store(false, Ordering::Release);
    }

    /// From now on an object that is not there is refused, as S3 does to keys that may not list.
    #[allow(dead_code, reason = "not every suite asks for it")]
    pub fn hide_missing(&self) {
        self.state.hides_missing.store(true, Ordering::Release);
    }

    /// How many requests it has had.
    #[allow(dead_code, reason = "not every suite asks for it")]
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::Acquire)
    }
}

/// Answers as S3 does also for a bucket that is not there, which the file system's would make.
async fn answer(
    service: S3Service,
    root: PathBuf,
    hides_missing: bool,
    request: Request<Incoming>,
) -> Result<Response<Body>, s3s::HttpError> {
    let bucket = request.uri().path().split('/').nth(1).unwrap_or_default();
    if !root.join(Path::new(bucket)).is_dir() {
        return Ok(error(StatusCode::NOT_FOUND, "NoSuchBucket"));
    }
    let answer = service.call(request.map(Body::from)).await?;
    if hides_missing && answer.status() == StatusCode::NOT_FOUND {
        return Ok(error(StatusCode::FORBIDDEN, "AccessDenied"));
    }
    Ok(answer)
}

fn error(status: StatusCode, code: &str) -> Response<Body> {
    let mut answer = Response::new(Body::from(format!("<Error><Code>{code}</Code></Error>")));
    *answer.status_mut() = status;
    answer
}
