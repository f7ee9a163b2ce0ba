//! What the driver does in a page, in place of threads, sockets and files: it has the page's WebSocket, timers and promises.

pub(crate) mod address;
pub(crate) mod blocking;
pub(crate) mod cache;
pub(crate) mod cached;
pub(crate) mod clock;
pub(crate) mod copies;
pub(crate) mod download;
pub(crate) mod files;
mod http;
pub(crate) mod link;
pub(crate) mod runtime;
pub(crate) mod uploads;
