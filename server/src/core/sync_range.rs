//! The versions of a user that a page of a sync covers.

use tim_protocol::List;
use tim_protocol::call::{SyncPage, SyncRequest};
use tim_protocol::conversation::Cursor;

/// The range of a page: versions above `after` and below `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncRange {
    /// The client's cursor is not one of this data: everything is read again.
    pub is_reset: bool,
    /// The version that the client has.
    pub after: u64,
    /// The version above the page.
    pub before: u64,
}

impl SyncRange {
    /// The range of the page that was asked for, in a sync up to `upto`.
    #[must_use]
    pub fn of(sync: &SyncRequest, upto: Cursor) -> Self {
        let asks_all = sync.from.version == 0;
        let is_reset = !asks_all && (sync.from.epoch != upto.epoch || sync.from.version > upto.version);
        let after = if is_reset { 0 } else { sync.from.version };
        Self { is_reset, after, before: sync.before.unwrap_or(upto.version + 1) }
    }

    /// The page, if there is no version in the range: the client has everything, and nothing needs to be read.
    #[must_use]
    pub fn empty_page(self, upto: Cursor) -> Option<SyncPage> {
        (self.before <= self.after.saturating_add(1)).then(|| self.page(upto))
    }

    /// A page of the range that nothing was added to yet.
    #[must_use]
    pub fn page<C, X>(self, upto: Cursor) -> SyncPage<C, X> {
        let (conversations, changes) = (List::default(), List::default());
        SyncPage { reset: self.is_reset, cursor: upto, next: None, conversations, changes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: [u64; 2], before: Option<u64>) -> SyncRange {
        let [epoch, version] = from;
        let from = Cursor { epoch: u32::try_from(epoch).unwrap(), version };
        SyncRange::of(&SyncRequest { from, before, limit: 100, latest: 1 }, Cursor { epoch: 2, version: 7 })
    }

    #[test]
    fn a_device_that_has_everything_needs_nothing_to_be_read() {
        let upto = Cursor { epoch: 2, version: 7 };
        let page = range([2, 7], None).empty_page(upto).unwrap();
        assert!(!page.reset && page.next.is_none() && page.cursor == upto);
        for (from, before, what) in [
            ([2, 6], None, "a newer version"),
            ([1, 7], None, "other data"),
            ([2, 8], None, "a version that the data lost"),
            ([0, 0], None, "a new device"),
            ([2, 3], Some(5), "a further page"),
        ] {
            assert!(range(from, before).empty_page(upto).is_none(), "{what}");
        }
        assert!(range([2, 3], Some(4)).empty_page(upto).is_some(), "the page below the last one");
    }
}
