//! Who is online, as both faces have it.

use serde::{Deserialize, Serialize};
use tim::protocol::call::StatusFailure;
use tim::protocol::status as engine;

/// Whether a user is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum UserStatusType {
    /// A type that this version does not know.
    Unknown,
    /// On one device at least.
    Online,
    /// On no device; a device is logged in.
    Offline,
    /// No device is logged in.
    Unlogined,
}

impl From<engine::StatusType> for UserStatusType {
    fn from(status_type: engine::StatusType) -> Self {
        match status_type {
            engine::StatusType::Online => Self::Online,
            engine::StatusType::Offline => Self::Offline,
            engine::StatusType::Unlogined => Self::Unlogined,
            engine::StatusType::Other(_) => Self::Unknown,
        }
    }
}

impl From<UserStatusType> for u32 {
    fn from(status_type: UserStatusType) -> Self {
        match status_type {
            UserStatusType::Unknown => 0,
            UserStatusType::Online => 1,
            UserStatusType::Offline => 2,
            UserStatusType::Unlogined => 3,
        }
    }
}

impl TryFrom<u32> for UserStatusType {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        match number {
            0..=3 => Ok(engine::StatusType::from(number).into()),
            _ => Err("a status is 1 (online), 2 (offline), 3 (not logged in) or 0 (unknown)"),
        }
    }
}

/// The status of a user, as this user sees it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatus {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// Whether the user is connected.
    pub status_type: UserStatusType,
    /// What the user says of themselves; empty unless the user is online.
    pub custom_status: String,
}

impl From<engine::UserStatus> for UserStatus {
    fn from(status: engine::UserStatus) -> Self {
        let engine::UserStatus { user_id, status_type, custom_status } = status;
        Self { user_id: user_id.to_string(), status_type: status_type.into(), custom_status }
    }
}

impl From<&engine::UserStatus> for UserStatus {
    fn from(status: &engine::UserStatus) -> Self {
        status.clone().into()
    }
}

/// A user whose status cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatusFailure {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// Why: 20003 if there is no such user.
    pub code: i32,
    /// The same in words.
    pub message: String,
}

impl From<StatusFailure> for UserStatusFailure {
    fn from(StatusFailure { user_id, code }: StatusFailure) -> Self {
        let message = code.describe().to_owned();
        Self { user_id: user_id.to_string(), code: code.0.cast_signed(), message }
    }
}

/// The status of users, and of whom it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserStatusResult {
    /// Those who exist, in the order asked for.
    pub success_user_list: Vec<UserStatus>,
    /// The others.
    pub failure_user_list: Vec<UserStatusFailure>,
}

impl From<tim::UserStatusResult> for UserStatusResult {
    fn from(result: tim::UserStatusResult) -> Self {
        let tim::UserStatusResult { success_user_list, failure_user_list } = result;
        Self {
            success_user_list: success_user_list.into_iter().map(Into::into).collect(),
            failure_user_list: failure_user_list.into_iter().map(Into::into).collect(),
        }
    }
}
