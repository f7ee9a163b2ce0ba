//! Sockets: accepts connections and serves them.
//!
//! * `context` is what all connections share, `permit` the right of one to exist.
//! * `connection` serves one WebSocket; `parked` keeps dropped sessions for a while.
//! * `handshake` answers the request for a WebSocket, `http` every other that comes over the clients' port.
//! * `transfer` handles uploads and downloads; `web_origins` says which pages may see them from a browser.
//! * `slots` bounds connections by address and by user; `origin` knows addresses behind a proxy.
//! * `admin` is the operator's port.

mod admin;
mod connection;
mod context;
mod handshake;
pub(crate) mod http;
mod log;
mod origin;
mod parked;
mod permit;
mod query;
mod slots;
pub(crate) mod tls;
mod transfer;
mod web_origins;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::OptionFuture;
use hyper_util::rt::{TokioIo, TokioTimer};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::data::Admin;
pub(crate) use context::ServerContext;
use origin::origin;
use permit::{ConnectionPermit, evicted};

/// How long a client may take for the TLS handshake, for the first bytes of its request, and for the rest of its head.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Maximum duration of an HTTP connection: 100 MB at the minimum rate, and the wait for decoding.
const HTTP_WITHIN: Duration = Duration::from_secs(4 * 3_600);
/// Pause after accepting a connection failed.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// Interval of the cleanup of parked sessions.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// Accepts connections on the clients' port.
pub(crate) struct Acceptor {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    slots: Arc<Semaphore>,
}

impl Acceptor {
    /// The port, for so many connections at once.
    pub(crate) fn new(listener: TcpListener, tls: Option<TlsAcceptor>, connections: usize) -> Self {
        Self { listener, tls, slots: Arc::new(Semaphore::new(connections)) }
    }

    /// Accepts clients until the server stops.
    pub(crate) async fn serve(self, shared: Arc<ServerContext>) {
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        let mut is_refused = false;
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = sweep.tick() => {
                    shared.refusals.sweep(shared.now().monotonic);
                    shared.parked.sweep();
                    continue;
                }
                () = shared.stop.cancelled() => return,
            };
            match accepted {
                // Logged once per period of overload.
                Ok((socket, peer)) => {
                    if self.admit(socket, peer, &shared) {
                        is_refused = false;
                    } else if !std::mem::replace(&mut is_refused, true) {
                        tracing::warn!(%peer, "too many connections: raise limits.connections");
                    }
                }
                Err(why) => {
                    if !std::mem::replace(&mut is_refused, true) {
                        tracing::warn!(%why, "a connection could not be accepted: raise the limit of open files?");
                    }
                    tokio::time::sleep(REFUSED_PAUSE).await;
                }
            }
        }
    }

    /// Serves a connection; false if there are too many.
    fn admit(&self, socket: TcpStream, peer: SocketAddr, shared: &Arc<ServerContext>) -> bool {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else { return false };
        let _ = socket.set_nodelay(true);
        let permit = ConnectionPermit {
            peer: peer.ip(),
            // Behind a trusted proxy the client's address is known only with the request.
            pending: (!shared.trusted_proxies.contains(&peer.ip().to_canonical()))
                .then(|| shared.pending.take(peer.ip().into())),
            network: peer.ip().into(),
            _place: slot,
        };
        let context = Arc::clone(shared);
        match self.tls.clone() {
            None => shared.tasks.spawn(serve(socket, context, permit)),
            Some(tls) => {
                let handshake = tls_handshake(socket, tls, peer, Arc::clone(shared), permit);
                shared.tasks.spawn(and_then(handshake, |(socket, permit)| serve(socket, context, permit)))
            }
        };
        true
    }
}

/// Goes on with what `first` leads to. A task has room for the larger of the two, and the first needs more memory: it has
/// its own, which is free again when it ends.
fn and_then<T: Send, F: Future<Output = ()> + Send>(
    first: impl Future<Output = Option<T>> + Send,
    next: impl FnOnce(T) -> F + Send,
) -> impl Future<Output = ()> + Send {
    Box::pin(first).then(|found| OptionFuture::from(found.map(next))).map(drop)
}

/// Serves a connection.
fn serve<S>(
    socket: S,
    shared: Arc<ServerContext>,
    permit: ConnectionPermit,
) -> impl Future<Output = ()> + Send
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let first = first_request(socket, Arc::clone(&shared), permit);
    and_then(first, |(socket, permit)| connection::serve(socket, shared, permit))
}

async fn tls_handshake(
    socket: TcpStream,
    tls: TlsAcceptor,
    peer: SocketAddr,
    shared: Arc<ServerContext>,
    permit: ConnectionPermit,
) -> Option<(TlsStream<TcpStream>, ConnectionPermit)> {
    let handshake = tokio::select! {
        handshake = tokio::time::timeout(HEAD_WITHIN, tls.accept(socket)) => handshake,
        () = evicted(permit.evicted()) => return None,
        () = shared.stop.cancelled() => return None,
    };
    match handshake {
        Ok(Ok(socket)) => return Some((socket, permit)),
        Ok(Err(why)) => tracing::debug!(%peer, %why, "TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
    }
    None
}

/// Answers the first request of a connection. A WebSocket is returned; everything else is served to its end.
async fn first_request<S>(
    socket: S,
    shared: Arc<ServerContext>,
    mut permit: ConnectionPermit,
) -> Option<(WebSocketStream<S>, ConnectionPermit)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut socket = BufReader::with_capacity(handshake::HEAD_BYTES, socket);
    let read = tokio::select! {
        biased;
        read = tokio::time::timeout(HEAD_WITHIN, socket.fill_buf()) => read.ok()?.ok()?,
        () = evicted(permit.evicted()) => {
            metrics::counter!("tim_evicted_total", "place" => "pending").increment(1);
            return None;
        }
        () = shared.stop.cancelled() => return None,
    };
    if read.is_empty() {
        return None;
    }
    let Some((request, answer)) = handshake::accepted(read) else {
        Box::pin(http_connection(socket, shared, permit)).await;
        return None;
    };
    permit.comes_from(origin(permit.peer, request.headers(), &shared.trusted_proxies), &shared);
    let mut socket = socket.into_inner();
    let answered = async {
        socket.write_all(&answer).await?;
        socket.flush().await
    };
    tokio::time::timeout(HEAD_WITHIN, answered).await.ok()?.ok()?;
    let config = Some(connection::websocket_config());
    Some((WebSocketStream::from_raw_socket(socket, Role::Server, config).await, permit))
}

async fn http_connection<S>(socket: BufReader<S>, shared: Arc<ServerContext>, permit: ConnectionPermit)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (slot, stop) = (permit.evicted(), shared.stop.clone());
    let service = http::Routes::<S>::new(shared, permit);
    let (has_asked, downloading) = (service.has_asked(), service.downloading());
    let connection = std::pin::pin!(
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(16 * 1024)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades()
    );
    let served = async {
        let mut connection = connection;
        tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop.cancelled() => {
                if !has_asked.load(Ordering::Acquire) {
                    return Ok(());
                }
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    tokio::select! {
        ended = tokio::time::timeout(HTTP_WITHIN, served) => match ended {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::debug!(%why, "an HTTP connection broke"),
            Err(_) => tracing::debug!("an HTTP connection took too long"),
        },
        () = evicted(slot) => {
            metrics::counter!("tim_evicted_total", "place" => "pending").increment(1);
        }
        () = transfer::stalled(&downloading) => {
            metrics::counter!("tim_slow_transfers_total", "direction" => "download").increment(1);
        }
    }
}

/// Serves the operator's port until the server stops.
pub(crate) async fn serve_admin(
    listener: TcpListener,
    shared: Arc<ServerContext>,
    metrics: PrometheusHandle,
    admin: Admin,
) {
    let routes = Arc::new(admin::Routes { shared, metrics, admin });
    while let Some(accepted) = routes.shared.stop.run_until_cancelled(listener.accept()).await {
        let Ok((socket, _)) = accepted else {
            tokio::time::sleep(REFUSED_PAUSE).await;
            continue;
        };
        let routes = Arc::clone(&routes);
        tokio::spawn(async move {
            let service = hyper::service::service_fn(|request| {
                let routes = Arc::clone(&routes);
                async move { Ok::<_, std::convert::Infallible>(routes.answer(request).await) }
            });
            let served = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_WITHIN)
                .serve_connection(TokioIo::new(socket), service)
                .await;
            if let Err(why) = served {
                tracing::debug!(%why, "an operator's connection broke");
            }
        });
    }
}
