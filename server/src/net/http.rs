//! HTTP on the clients' port: the upgrade to a WebSocket, and files.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::service::Service;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tim_protocol::{Code, Fault, SUBPROTOCOL};
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::connection;
use super::context::ServerContext;
use super::handshake;
use super::origin::origin;
use super::permit::ConnectionPermit;
use super::transfer::{self, Downloading};
use crate::response::{Body, fault, full};

/// Where files are uploaded to.
const UPLOAD: &str = "/media/upload";

/// The routes of one connection.
pub(super) struct Routes<S> {
    shared: Arc<ServerContext>,
    /// Passed on to the WebSocket.
    permit: Arc<Mutex<Option<ConnectionPermit>>>,
    downloading: Downloading,
    has_asked: Arc<AtomicBool>,
    socket: PhantomData<fn() -> S>,
}

impl<S> Routes<S> {
    pub(super) fn new(shared: Arc<ServerContext>, permit: ConnectionPermit) -> Self {
        Self {
            shared,
            permit: Arc::new(Mutex::new(Some(permit))),
            downloading: Downloading::default(),
            has_asked: Arc::default(),
            socket: PhantomData,
        }
    }

    /// The download that the connection carries, once it does.
    pub(super) fn downloading(&self) -> Downloading {
        Arc::clone(&self.downloading)
    }

    /// Whether a whole request has come over the connection.
    pub(super) fn has_asked(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.has_asked)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Service<Request<Incoming>> for Routes<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.has_asked.store(true, Ordering::Release);
        if request.uri().path() == handshake::PATH {
            let answer = self.upgrade(request);
            return Box::pin(async { Ok(answer) });
        }
        let (shared, permit) = (Arc::clone(&self.shared), Arc::clone(&self.permit));
        let downloading = Arc::clone(&self.downloading);
        Box::pin(async move {
            // A client with a ticket uses its user's share, not its network's.
            let admitted = || locked(&permit).iter_mut().for_each(ConnectionPermit::admit);
            Ok(route(&shared, request, admitted, downloading).await)
        })
    }
}

async fn route(
    shared: &ServerContext,
    request: Request<Incoming>,
    admitted: impl FnOnce(),
    downloading: Downloading,
) -> Response<Body> {
    let path = request.uri().path().to_owned();
    if !path.starts_with("/media/") {
        let text = format!("there is nothing at this path: the WebSocket is at /v1 ({SUBPROTOCOL})");
        return fault(StatusCode::NOT_FOUND, &Fault::with_text(Code::BAD_REQUEST, text));
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut answer = media(shared, request, &path, admitted, downloading).await;
    shared.web_origins.admit(origin.as_ref(), answer.headers_mut());
    answer
}

/// Answers a request for a file.
async fn media(
    shared: &ServerContext,
    request: Request<Incoming>,
    path: &str,
    admitted: impl FnOnce(),
    downloading: Downloading,
) -> Response<Body> {
    let methods = if path == UPLOAD { "HEAD, PUT" } else { "GET, HEAD" };
    let answer = match (request.method(), path) {
        (&Method::HEAD, UPLOAD) => transfer::received(shared, request.uri(), admitted).await,
        (&Method::PUT, UPLOAD) => transfer::upload(shared, request, admitted).await,
        (&Method::GET | &Method::HEAD, path) if path != UPLOAD => {
            transfer::download(shared, &request, admitted, downloading).await
        }
        (&Method::OPTIONS, _) => {
            let preflight = shared.web_origins.preflight(request.headers(), methods);
            return preflight.unwrap_or_else(|| not_allowed(methods));
        }
        _ => return not_allowed(methods),
    };
    answer.unwrap_or_else(|why| refusal(&why))
}

fn not_allowed(allowed: &'static str) -> Response<Body> {
    let mut answer = fault(StatusCode::METHOD_NOT_ALLOWED, &Code::BAD_REQUEST.into());
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    answer
}

/// The response to a refused transfer, with a `Retry-After` header.
fn refusal(why: &Fault) -> Response<Body> {
    let mut answer = fault(status_of(why.code), why);
    if let Some(wait) = why.retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, wait.div_ceil(1_000).into());
    }
    answer
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Routes<S> {
    /// Answers a request for a WebSocket, and serves it once the answer has left.
    fn upgrade(&self, mut request: Request<Incoming>) -> Response<Body> {
        let refuse =
            |text| fault(StatusCode::BAD_REQUEST, &Fault::with_text(Code::VERSION_UNSUPPORTED, text));
        let answer = match handshake::answer(&request, || full(Bytes::new())) {
            Ok(answer) => answer,
            Err(why) => return refuse(why),
        };
        let Some(mut permit) = locked(&self.permit).take() else {
            return refuse("one WebSocket per connection".to_owned());
        };
        permit.comes_from(origin(permit.peer, request.headers(), &self.shared.trusted_proxies), &self.shared);
        let shared = Arc::clone(&self.shared);
        let upgrade = hyper::upgrade::on(&mut request);
        self.shared.tasks.spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            if let Some(socket) = websocket::<S>(upgraded).await {
                connection::serve(socket, shared, permit).await;
            }
        });
        answer
    }
}

fn locked(permit: &Mutex<Option<ConnectionPermit>>) -> MutexGuard<'_, Option<ConnectionPermit>> {
    permit.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The underlying socket of an upgraded connection.
async fn websocket<S>(upgraded: Upgraded) -> Option<WebSocketStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let parts = upgraded.downcast::<TokioIo<BufReader<S>>>().ok()?;
    let socket = parts.io.into_inner();
    let read = [&parts.read_buf, socket.buffer()].concat();
    let config = Some(connection::websocket_config());
    Some(WebSocketStream::from_partially_read(socket.into_inner(), read, Role::Server, config).await)
}

/// The HTTP status for a code.
fn status_of(code: Code) -> StatusCode {
    match code {
        Code::TICKET_INVALID | Code::TICKET_EXPIRED | Code::TICKET_USED => StatusCode::FORBIDDEN,
        Code::MEDIA_NOT_FOUND => StatusCode::NOT_FOUND,
        Code::IMAGE_TOO_LARGE | Code::AUDIO_TOO_LARGE | Code::VIDEO_TOO_LARGE | Code::FILE_TOO_LARGE => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        Code::TOO_FAST | Code::MEDIA_QUOTA => StatusCode::TOO_MANY_REQUESTS,
        Code::TRANSFER_TOO_SLOW => StatusCode::REQUEST_TIMEOUT,
        Code::MEDIA_FULL => StatusCode::INSUFFICIENT_STORAGE,
        Code::BUSY | Code::READ_ONLY | Code::SHUTTING_DOWN => StatusCode::SERVICE_UNAVAILABLE,
        Code::INTERNAL => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
