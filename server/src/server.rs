//! A whole server: everything put together, started, and stopped in order.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::bus::Bus as _;
use crate::bus::local::LocalBus;
use crate::config::Config;
use crate::data::{Data, DataError};
use crate::media::Media;
use crate::net::{Door, Shared, serve_admin};
use crate::store::sqlite::{OpenError, SqliteStore};

/// How long clients have to finish what they asked for when the server stops.
const LEAVE_WITHIN: Duration = Duration::from_secs(10);

/// Why a server does not start: one line with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// A port, a certificate, or the folder of pictures.
    #[error("{what}: {why}")]
    Io {
        /// What was to be used.
        what: String,
        /// What the system said.
        why: std::io::Error,
    },
}

/// A server that is ready and serves once [`Server::run`] is called.
pub struct Server {
    door: Door,
    admin_listener: TcpListener,
    shared: Arc<Shared>,
    data: Data,
    /// Keeps other servers away from the data folder.
    lock: File,
}

impl Server {
    /// Opens data and ports.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        let at = |what: String| move |why| StartError::Io { what, why };
        let data = Data::open(&config.data)?;
        let lock = data.lock()?;
        let ticket_key = data.ticket_key()?;
        let bus = LocalBus::default();
        let publisher = bus.clone();
        let store = SqliteStore::open(&data.database(), Box::new(move |tells| publisher.publish(tells)))?;
        let media = Media::open(data.media(), ticket_key).map_err(at(data.media().display().to_string()))?;
        let shared = Shared::new(config.settings(ticket_key), Arc::new(store), Arc::new(bus), media);
        let door = Door::open(config).await.map_err(at(format!("listen = \"{}\"", config.listen)))?;
        let admin_listener = TcpListener::bind(config.admin_listen)
            .await
            .map_err(at(format!("admin_listen = \"{}\"", config.admin_listen)))?;
        Ok(Self { door, admin_listener, shared: Arc::new(shared), data, lock })
    }

    /// Where clients connect.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn url(&self) -> std::io::Result<String> {
        self.door.url()
    }

    /// Where the operator connects.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn admin_url(&self) -> std::io::Result<String> {
        Ok(format!("http://{}", self.admin_listener.local_addr()?))
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
        let Self { door, admin_listener, shared, data, lock } = self;
        let address =
            admin_listener.local_addr().map_err(|why| StartError::Io { what: "admin_listen".into(), why })?;
        let admin = data.announce(&address.to_string())?;
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(serve_admin(admin_listener, Arc::clone(&shared), metrics, admin, stopped.clone()));
        let clients = tokio::spawn(door.serve(Arc::clone(&shared), stopped));
        until.await;
        tracing::info!("stopping: nobody new is let in");
        let _ = stop.send(true);
        if timeout(LEAVE_WITHIN, clients).await.is_err() {
            tracing::warn!("some clients did not finish in time: they are cut off and will reconnect");
        }
        shared.store.close().await;
        tracing::info!("stopped: everything accepted is on disk");
        drop(lock);
        Ok(())
    }
}
