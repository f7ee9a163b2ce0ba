//! The right of a connection on the clients' port to exist.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::Notify;

use super::context::ServerContext;
use super::slots::Slot;
use crate::core::shares::Network;

/// The permit of a connection on the clients' port, released when dropped.
pub(crate) struct ConnectionPermit {
    pub(super) peer: IpAddr,
    pub(super) network: Network,
    /// Held until the connection belongs to a user.
    pub(super) pending: Option<Slot<Network>>,
    pub(super) _place: tokio::sync::OwnedSemaphorePermit,
}

impl ConnectionPermit {
    /// Sets the client's address.
    pub(super) fn comes_from(&mut self, address: IpAddr, shared: &ServerContext) {
        self.network = address.into();
        self.pending.get_or_insert_with(|| shared.pending.take(address.into()));
    }

    /// Releases the network's slot, because the connection now belongs to a user.
    pub(super) fn admit(&mut self) {
        self.pending = None;
    }

    /// Notified when the connection is evicted from its network's slots.
    pub(super) fn evicted(&self) -> Option<Arc<Notify>> {
        self.pending.as_ref().map(Slot::evicted)
    }
}

/// Completes when the connection is evicted; never without a slot.
pub(super) async fn evicted(slot: Option<Arc<Notify>>) {
    match slot {
        Some(slot) => slot.notified().await,
        None => std::future::pending().await,
    }
}
