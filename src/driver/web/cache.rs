//! A page has the browser's cache, and none of its own.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tim_protocol::{MessageId, UserId};

use super::files::Files;

/// A message whose file may be in a cache.
pub(crate) type Cached = (MessageId, UserId);

/// Nothing is loaded into a cache.
#[derive(Default)]
pub(crate) struct Loading;

pub(crate) struct Cache;

impl Cache {
    pub(crate) fn of(_: &Files, _: &UserId) -> Self {
        Self
    }

    pub(crate) fn path(&self, _: &Cached, _: &str, _: &str) -> PathBuf {
        PathBuf::new()
    }

    pub(crate) fn messages(&self) -> BTreeSet<Cached> {
        BTreeSet::new()
    }

    pub(crate) fn forget(&self, _: &BTreeSet<Cached>) {}
}
