//! Whether users are connected, and what they say of themselves: known while a server runs, and stored nowhere.

use serde::{Deserialize, Serialize};

use crate::word::numbers;
use crate::{Code, Fault, List, UserId, limits};

numbers! {
    /// Whether a user is connected.
    StatusType {
        /// On one device at least.
        Online = 1,
        /// On no device; a device is logged in.
        Offline = 2,
        /// No device is logged in.
        Unlogined = 3,
    }
}

/// The status of a user, as the one who asks sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatus {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Whether the user is connected.
    pub status_type: StatusType,
    /// What the user says of themselves; empty unless the user is online.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub custom_status: String,
}

/// The status of users, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusUpdates {
    /// One for each user.
    pub statuses: List<UserStatus>,
}

/// Checks a custom status.
///
/// # Errors
/// [`Code::CUSTOM_STATUS_TOO_LONG`] over [`limits::CUSTOM_STATUS_BYTES`].
pub fn check_custom_status(text: &str) -> Result<(), Fault> {
    if text.len() > limits::CUSTOM_STATUS_BYTES {
        return Err(Fault::new(Code::CUSTOM_STATUS_TOO_LONG));
    }
    Ok(())
}
