//! A wire that can be cut: a TCP proxy between a device and the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};

/// A wire to a server.
pub struct Proxy {
    /// Where devices connect.
    pub address: String,
    cut: broadcast::Sender<()>,
    open: Arc<AtomicBool>,
    held: watch::Sender<bool>,
}

impl Proxy {
    /// Lays a wire to `server`.
    pub async fn new(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cut, _) = broadcast::channel(1);
        let open = Arc::new(AtomicBool::new(true));
        let (held, hold) = watch::channel(false);
        let (cuts, passing, server) = (cut.clone(), open.clone(), server.to_owned());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if !passing.load(Ordering::SeqCst) {
                    continue;
                }
                let (mut cut, server, mut hold) = (cuts.subscribe(), server.clone(), hold.clone());
                tokio::spawn(async move {
                    let _ = hold.wait_for(|held| !held).await;
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.recv() => {}
                    }
                });
            }
        });
        Self { address, cut, open, held }
    }

    /// Cuts every connection and lets no new one through.
    pub fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        let _ = self.cut.send(());
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.open.store(true, Ordering::SeqCst);
    }

    /// Takes new connections, and lets nothing through them until they are released.
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Lets through what was held.
    pub fn release(&self) {
        self.held.send_replace(false);
    }
}
