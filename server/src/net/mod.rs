//! Sockets: who is let in, and what each connection turns out to be.
//!
//! * `connection` serves one WebSocket; `parked` keeps dropped sessions for a while.
//! * `http` is everything else that speaks HTTP on the clients' port, and the way into a WebSocket.
//! * `admin` is the operator's port.

mod admin;
mod connection;
pub(crate) mod http;
mod parked;
pub(crate) mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hyper_util::rt::{TokioIo, TokioTimer};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_rustls::TlsAcceptor;

use crate::bus::Bus;
use crate::core::Now;
use crate::core::session::Settings;
use crate::data::Admin;
use crate::media::Media;
use crate::store::Store;
use parked::ParkedSessions;

/// How long a client may take for its HTTP request's head, and for the TLS handshake.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long an HTTP connection may last: a picture of 20 MB over a slow line, not a client that stopped reading.
const HTTP_WITHIN: Duration = Duration::from_secs(900);
/// Pause after the system refused a new socket.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// Pause between two looks for sessions that nobody resumed.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// What every connection uses.
pub(crate) struct Shared {
    pub(crate) settings: Arc<Settings>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) media: Media,
    parked: ParkedSessions,
    began: Instant,
}

impl Shared {
    pub(crate) fn new(settings: Settings, store: Arc<dyn Store>, bus: Arc<dyn Bus>, media: Media) -> Self {
        Self {
            settings: Arc::new(settings),
            store,
            bus,
            media,
            parked: ParkedSessions::default(),
            began: Instant::now(),
        }
    }

    fn now(&self) -> Now {
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Now {
            monotonic: ms(self.began.elapsed()),
            wall: ms(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
        }
    }
}

/// The clients' port, open.
pub(crate) struct Door {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    places: Arc<Semaphore>,
}

impl Door {
    /// The port, for so many connections at once.
    pub(crate) fn new(listener: TcpListener, tls: Option<TlsAcceptor>, connections: usize) -> Self {
        Self { listener, tls, places: Arc::new(Semaphore::new(connections)) }
    }

    /// Lets clients in until the server stops, and ends when the last has left.
    pub(crate) async fn serve(self, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
        // Every connection holds one end: when all are dropped, nobody is left.
        let (guest, mut all_left) = mpsc::channel::<()>(1);
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                _ = sweep.tick() => { shared.parked.sweep(); continue; }
                () = told(&mut stop) => break,
            };
            match accepted {
                Ok((socket, peer)) => self.admit(socket, peer, &shared, &stop, &guest),
                Err(why) => {
                    tracing::warn!(%why, "a connection could not be accepted: raise the limit of open files?");
                    tokio::time::sleep(REFUSED_PAUSE).await;
                }
            }
        }
        drop((self, guest));
        let _ = all_left.recv().await;
    }

    fn admit(
        &self,
        socket: TcpStream,
        peer: SocketAddr,
        shared: &Arc<Shared>,
        stop: &watch::Receiver<bool>,
        guest: &mpsc::Sender<()>,
    ) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return tracing::warn!(%peer, "too many connections: raise limits.connections");
        };
        let _ = socket.set_nodelay(true);
        let (tls, shared, stop) = (self.tls.clone(), Arc::clone(shared), stop.clone());
        let guest = Guest { _place: place, _here: guest.clone() };
        tokio::spawn(async move {
            match tls {
                None => http_connection(socket, shared, stop, guest).await,
                Some(tls) => {
                    let mut stopped = stop.clone();
                    let handshake = tokio::select! {
                        handshake = tokio::time::timeout(HEAD_WITHIN, tls.accept(socket)) => handshake,
                        () = told(&mut stopped) => return,
                    };
                    match handshake {
                        Ok(Ok(socket)) => http_connection(socket, shared, stop, guest).await,
                        Ok(Err(why)) => tracing::debug!(%peer, %why, "TLS handshake failed"),
                        Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
                    }
                }
            }
        });
    }
}

/// Ends when the server stops.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A place at the clients' port, given back when dropped.
pub(crate) struct Guest {
    _place: tokio::sync::OwnedSemaphorePermit,
    _here: mpsc::Sender<()>,
}

async fn http_connection<S>(socket: S, shared: Arc<Shared>, mut stop: watch::Receiver<bool>, guest: Guest)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = http::Routes::<S>::new(shared, stop.clone(), guest);
    let has_asked = service.has_asked();
    let mut connection = std::pin::pin!(
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(16 * 1024)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades()
    );
    let ended = tokio::select! {
        ended = tokio::time::timeout(HTTP_WITHIN, connection.as_mut()) => ended,
        () = told(&mut stop) => {
            if !has_asked.load(Ordering::Acquire) {
                return;
            }
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(HTTP_WITHIN, connection).await
        }
    };
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(why)) => tracing::debug!(%why, "an HTTP connection broke"),
        Err(_) => tracing::debug!("an HTTP connection took too long"),
    }
}

/// Serves the operator's port until the server stops.
pub(crate) async fn serve_admin(
    listener: TcpListener,
    shared: Arc<Shared>,
    metrics: PrometheusHandle,
    admin: Admin,
    mut stop: watch::Receiver<bool>,
) {
    let routes = Arc::new(admin::Routes { shared, metrics, admin });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(&mut stop) => return,
        };
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
