//! A wire that can be cut: a TCP proxy between a device and the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, broadcast, watch};

/// A wire to a server.
pub struct Proxy {
    /// Where devices connect.
    pub address: String,
    cut: broadcast::Sender<()>,
    open: Arc<AtomicBool>,
    held: watch::Sender<bool>,
    /// How much a connection that is made from now on brings in one direction before it breaks.
    brings: Arc<AtomicU64>,
    /// How many connections were let through.
    connections: Arc<AtomicU64>,
}

impl Proxy {
    /// Lays a wire to `server`.
    pub async fn new(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cut, _) = broadcast::channel(1);
        let open = Arc::new(AtomicBool::new(true));
        let (held, hold) = watch::channel(false);
        let (brings, connections) = (Arc::new(AtomicU64::new(u64::MAX)), Arc::new(AtomicU64::new(0)));
        let (cuts, passing, server) = (cut.clone(), open.clone(), server.to_owned());
        let (bound, count) = (brings.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if !passing.load(Ordering::SeqCst) {
                    continue;
                }
                let (mut cut, server, mut hold) = (cuts.subscribe(), server.clone(), hold.clone());
                let bound = bound.load(Ordering::SeqCst);
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let _ = hold.wait_for(|held| !held).await;
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    let (near_read, mut near_write) = near.split();
                    let (far_read, mut far_write) = far.split();
                    let broken = Notify::new();
                    let there = async {
                        let taken = copy(&mut near_read.take(bound), &mut far_write).await;
                        let _ = far_write.shutdown().await;
                        if taken.is_ok_and(|bytes| bytes == bound) {
                            broken.notify_one();
                        }
                    };
                    let back = async {
                        let brought = copy(&mut far_read.take(bound), &mut near_write).await;
                        let _ = near_write.shutdown().await;
                        if brought.is_ok_and(|bytes| bytes == bound) {
                            broken.notify_one();
                        }
                    };
                    tokio::select! {
                        _ = async { tokio::join!(there, back) } => {}
                        () = broken.notified() => {}
                        _ = cut.recv() => {}
                    }
                });
            }
        });
        Self { address, cut, open, held, brings, connections }
    }

    /// Connections that are made from now on break when they have brought so many bytes in one direction.
    pub fn break_after(&self, bytes: u64) {
        self.brings.store(bytes, Ordering::SeqCst);
    }

    /// How many connections were let through.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
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
