//! Whether users are connected: what a user says of themselves, questions, and subscriptions.
//!
//! The session itself handles these verbs: nothing of them is stored. A subscription ends with its connection.

use serde::{Deserialize, Serialize};

use super::{Check, Done};
use crate::bounds::{out_of, user_count};
use crate::status::{UserStatus, check_custom_status};
use crate::{Code, Fault, List, UserId, limits};

/// Says something about the caller, to all who may know that the caller is online.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetStatusRequest {
    /// At most [`limits::CUSTOM_STATUS_BYTES`]; empty for nothing.
    pub custom_status: String,
}

/// Asks for the status of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetStatusesRequest {
    /// The users; at most [`limits::STATUS_USERS`].
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
}

/// The status of those users who exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statuses {
    /// In the order asked for.
    pub statuses: List<UserStatus>,
    /// The others.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub failures: List<StatusFailure>,
}

/// A user whose status cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusFailure {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: UserId,
    /// Why.
    pub code: Code,
}

/// Asks to be told the status of users: as it is, and from then on as it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribeStatusesRequest {
    /// The users, whose pushes follow the reply; at most [`limits::USERS_PER_CALL`]. Of more than
    /// [`limits::STATUS_SUBSCRIPTIONS`] users those end that were named first.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<UserId>,
}

/// Whom the caller is not subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subscribed {
    /// The users who do not exist.
    #[serde(default, skip_serializing_if = "List::is_blank")]
    pub failures: List<StatusFailure>,
}

/// Ends subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsubscribeStatusesRequest {
    /// To these users, at most [`limits::USERS_PER_CALL`]; absent for all.
    #[serde(rename = "userIDList", default, skip_serializing_if = "Option::is_none")]
    pub user_id_list: Option<Vec<UserId>>,
}

impl Check for SetStatusRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        check_custom_status(&self.custom_status)
    }
}

impl Check for GetStatusesRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        if (1..=limits::STATUS_USERS).contains(&self.user_id_list.len()) {
            return Ok(());
        }
        Err(out_of("userIDList", &format!("names 1 to {} users", limits::STATUS_USERS)))
    }
}

impl Check for SubscribeStatusesRequest {
    fn check(&self, asker: &UserId) -> Result<(), Fault> {
        user_count(&self.user_id_list)?;
        if self.user_id_list.contains(asker) { Err(Fault::new(Code::STATUS_OF_SELF)) } else { Ok(()) }
    }
}

impl Check for UnsubscribeStatusesRequest {
    fn check(&self, _: &UserId) -> Result<(), Fault> {
        self.user_id_list.as_deref().map_or(Ok(()), user_count)
    }
}

verbs! {
    /// The requests about whether users are connected.
    StatusRequest -> StatusReply {
        Session by User: Set(SetStatusRequest) = "status.set" -> Done,
        Session by User: Get(GetStatusesRequest) = "status.get" -> Statuses,
        Session by User: Subscribe(SubscribeStatusesRequest) = "status.subscribe" -> Subscribed,
        Session by User: Unsubscribe(UnsubscribeStatusesRequest) = "status.unsubscribe" -> Done,
    }
}
