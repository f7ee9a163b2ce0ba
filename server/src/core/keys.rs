//! The store's numbers for users and conversations.

use sha2::{Digest as _, Sha256};

/// The store's number for a user of an application; also the user's address on the bus.
///
/// Never sent to clients. Users of different applications never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserKey(pub i64);

impl UserKey {
    /// The key of a guest, of whom the store knows nothing: below all of the store's. It follows from the login instance, which nobody
    /// else knows, so that a guest who connects again has the same one.
    #[must_use]
    pub fn of_guest(app: u32, instance: &str) -> Self {
        let digest = Sha256::new().chain_update(app.to_be_bytes()).chain_update(instance).finalize();
        let number = digest.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte));
        Self(number | i64::MIN)
    }

    /// Whether this is the key of a guest.
    #[must_use]
    pub fn is_guest(self) -> bool {
        self.0 < 0
    }
}

/// The key of a conversation in the store, and its topic on the bus. Never sent to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationKey(pub i64);
