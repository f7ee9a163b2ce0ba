//! The server: assembles all parts, and starts and stops them in order.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tim_protocol::{Code, Fault};
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::timeout;

use crate::bus::local::LocalBus;
use crate::bus::publisher;
use crate::clock::Clock;
use crate::config::Config;
use crate::core::ops::{Query, QueryResult, Write};
use crate::core::shares::Shares;
use crate::data::{Data, DataError, unusable};
use crate::media::{BucketError, Media, open_and_try_files};
use crate::net::tls::{Certificate, TlsError};
use crate::net::{Acceptor, ServerContext, serve_admin};
use crate::store::sqlite::{OpenError, SqliteStore};

/// How long clients have to finish what they asked for when the server stops. Container runtimes kill after ten seconds.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// Why a server does not start: one line with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// A question to the database.
    #[error(transparent)]
    Store(#[from] Fault),
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The bucket of files.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// A port.
    #[error("{setting} = \"{address}\": {why}: set an address of this machine with a port that is free")]
    Port {
        /// The setting that names it.
        setting: &'static str,
        /// What it is set to.
        address: SocketAddr,
        /// The system's error.
        why: std::io::Error,
    },
}

/// A server that is ready and serves once [`Server::run`] is called.
pub struct Server {
    acceptor: Acceptor,
    url: String,
    certificate: Option<Arc<Certificate>>,
    admin_listener: TcpListener,
    admin_address: SocketAddr,
    shared: Arc<ServerContext>,
    data: Data,
    /// Keeps other servers away from the data folder.
    lock: File,
}

impl Server {
    /// Opens data and ports. On a full disk the space that was held back is given up, so that everything can still be read.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        let data = Data::open(&config.data)?;
        let opened = match Self::open_in(config, &data).await {
            Err(
                StartError::Data(DataError::Unusable { .. })
                | StartError::Database(OpenError::Unusable { .. }),
            ) if data.give_up_reserve() => Self::open_in(config, &data).await,
            opened => opened,
        };
        if opened.is_ok() {
            data.keep_reserve();
        }
        opened
    }

    async fn open_in(config: &Config, data: &Data) -> Result<Self, StartError> {
        let lock = data.lock()?;
        let ticket_key = data.ticket_key()?;
        let bus = LocalBus::new(config.offline_after());
        let listener = Box::new(publisher::start(bus.clone()));
        let store = match config.search.enabled {
            true => SqliteStore::open_searched(&data.database(), listener),
            false => SqliteStore::open(&data.database(), listener),
        }?;
        let (shares, clock) = (Arc::new(Shares::new(config.shares())), Clock::start());
        let files = open_and_try_files(&config.media, &data.media()).await?;
        let media = Media::open(files, &data.media(), Arc::clone(&shares), clock, config.media.quota())
            .map_err(|why| unusable(&data.media(), why))?;
        let (store, bus) = (Arc::new(store), Arc::new(bus));
        let shared = ServerContext::new(config, ticket_key, store, bus, media, shares, clock);
        let certificate = config.tls.as_ref().map(Certificate::open).transpose()?;
        let tls = certificate.as_ref().map(Certificate::acceptor).transpose()?;
        let (listener, address) = bind("listen", config.listen).await?;
        let (admin_listener, admin_address) = bind("admin_listen", config.admin_listen).await?;
        let url = format!("{}://{address}/v1", if tls.is_some() { "wss" } else { "ws" });
        let acceptor = Acceptor::new(listener, tls, config.limits.connections);
        Ok(Self {
            acceptor,
            url,
            certificate,
            admin_listener,
            admin_address,
            shared: Arc::new(shared),
            data: data.clone(),
            lock,
        })
    }

    /// The address for clients.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address for the operator.
    #[must_use]
    pub fn admin_url(&self) -> String {
        format!("http://{}", self.admin_address)
    }

    /// What reads the certificate again, for new connections; without a certificate it does nothing. A certificate that
    /// cannot be used is logged, and the one before it stays.
    pub fn reload(&self) -> impl Fn() + Send + Sync + use<> {
        let certificate = self.certificate.clone();
        move || match &certificate {
            Some(certificate) => certificate.reload(),
            None => tracing::info!("asked to read the certificate again, but there is no [tls]"),
        }
    }

    /// How many applications it serves.
    ///
    /// # Errors
    /// If the database cannot tell.
    pub async fn applications(&self) -> Result<u32, StartError> {
        match self.shared.store.query(Query::Apps).await? {
            QueryResult::Apps(number) => Ok(number),
            _ => Err(Fault::new(Code::INTERNAL).into()),
        }
    }

    /// Serves until `until` ends; then lets everybody finish, and closes the database.
    ///
    /// # Errors
    /// If the data folder does not take the file that tells other commands how to reach this server.
    pub async fn run(
        self,
        metrics: PrometheusHandle,
        until: impl Future<Output = ()>,
    ) -> Result<(), StartError> {
        let Self { acceptor, certificate, admin_listener, admin_address, shared, data, lock, .. } = self;
        let announce = || data.announce(&admin_address.to_string());
        let admin = announce().or_else(|why| if data.give_up_reserve() { announce() } else { Err(why) })?;
        let stop = shared.stop.clone().drop_guard();
        shared.tasks.spawn(serve_admin(admin_listener, Arc::clone(&shared), metrics, admin));
        shared.tasks.spawn(acceptor.serve(Arc::clone(&shared)));
        shared.tasks.spawn(Arc::clone(&shared).clean_media_now_and_then());
        shared.tasks.spawn(Arc::clone(&shared).tell_statuses());
        shared.tasks.spawn(Arc::clone(&shared).tell_profiles());
        shared.tasks.spawn(Arc::clone(&shared).tell_rooms());
        match certificate {
            Some(certificate) => tokio::select! {
                () = certificate.follow() => {}
                () = until => {}
            },
            None => until.await,
        }
        tracing::info!("stopping: nobody new is let in");
        drop(stop);
        shared.tasks.close();
        if timeout(LEAVE_WITHIN, shared.tasks.wait()).await.is_err() {
            tracing::warn!("some clients did not finish in time: they are cut off and will reconnect");
        }
        let is_kept = shared.store.write(Write::Probe).await;
        shared.store.close().await;
        match is_kept {
            Ok(_) => tracing::info!("stopped: everything accepted is on disk"),
            Err(why) => tracing::error!(%why, "stopped: the database takes no changes any more"),
        }
        drop(lock);
        Ok(())
    }
}

/// How many connections the system completes before the server accepts them. Its clients beyond them try again after a
/// second or more, as after a restart, when all come back at once.
const BACKLOG: u32 = 4_096;

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port is free at once after its server has ended; on Windows this would let two programs share it.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Opens a port; the system has chosen its number if that is 0.
async fn bind(setting: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |why| StartError::Port { setting, address, why };
    let listener = listen(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
