//! Signals, as both faces have them.

use serde::{Deserialize, Serialize};
use tim::event;
use tim::signaling as engine;

use super::small;

/// What a signal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum SignalingActionType {
    /// Something that this version does not know.
    Unknown,
    /// Invites.
    Invite,
    /// The inviter takes the invitation back.
    CancelInvite,
    /// An invitee accepts.
    AcceptInvite,
    /// An invitee rejects.
    RejectInvite,
    /// Nobody answered in time.
    InviteTimeout,
}

impl From<engine::SignalingAction> for SignalingActionType {
    fn from(action: engine::SignalingAction) -> Self {
        match action {
            engine::SignalingAction::Unknown => Self::Unknown,
            engine::SignalingAction::Invite => Self::Invite,
            engine::SignalingAction::Cancel => Self::CancelInvite,
            engine::SignalingAction::Accept => Self::AcceptInvite,
            engine::SignalingAction::Reject => Self::RejectInvite,
            engine::SignalingAction::Timeout => Self::InviteTimeout,
        }
    }
}

impl From<SignalingActionType> for u32 {
    fn from(action: SignalingActionType) -> Self {
        match action {
            SignalingActionType::Unknown => 0,
            SignalingActionType::Invite => 1,
            SignalingActionType::CancelInvite => 2,
            SignalingActionType::AcceptInvite => 3,
            SignalingActionType::RejectInvite => 4,
            SignalingActionType::InviteTimeout => 5,
        }
    }
}

impl TryFrom<u32> for SignalingActionType {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        match number {
            0..=5 => Ok(engine::SignalingAction::from(number).into()),
            _ => {
                Err("an action is 1 (invite), 2 (cancel), 3 (accept), 4 (reject), 5 (timeout) or 0 (unknown)")
            }
        }
    }
}

/// The content of a signal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignalingInfo {
    /// The invitation.
    #[serde(rename = "inviteID")]
    pub invite_id: String,
    /// The group, of an invitation in one; else empty.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// Who invited.
    pub inviter: String,
    /// Who is invited; of an answer, who answers; of a timeout, who did not.
    pub invitee_list: Vec<String>,
    /// What the app says with it.
    pub data: String,
    /// What it does.
    pub action_type: SignalingActionType,
    /// How long an answer is waited for, in seconds; 0 for ever.
    pub timeout: i32,
}

impl From<engine::SignalingInfo> for SignalingInfo {
    fn from(info: engine::SignalingInfo) -> Self {
        let engine::SignalingInfo { invite_id, group_id, inviter, invitee_list, data, action, timeout } =
            info;
        Self {
            invite_id,
            group_id: group_id.map(|group| group.to_string()).unwrap_or_default(),
            inviter: inviter.to_string(),
            invitee_list: invitee_list.iter().map(ToString::to_string).collect(),
            data,
            action_type: action.into(),
            timeout: small(timeout),
        }
    }
}

/// An answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationAnswer {
    /// The invitation.
    #[serde(rename = "inviteID")]
    pub invite_id: String,
    /// The group, of an invitation in one; else empty.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// Who invited.
    pub inviter: String,
    /// Who answers.
    pub invitee: String,
    /// What the app says with it.
    pub data: String,
}

impl From<event::InvitationAnswer> for InvitationAnswer {
    fn from(answer: event::InvitationAnswer) -> Self {
        let event::InvitationAnswer { invite_id, group_id, inviter, invitee, data } = answer;
        Self {
            invite_id,
            group_id: group_id.map(|group| group.to_string()).unwrap_or_default(),
            inviter: inviter.to_string(),
            invitee: invitee.to_string(),
            data,
        }
    }
}
