//! Signals: invitations and what becomes of them, in the form in which they travel. A signal is a custom message, recognized by its
//! content, so that it is stored, repeated and found as every message.

use serde::{Deserialize, Serialize};
use tim_protocol::{ConversationId, GroupId, UnixMillis, UserId, json};

use crate::message::{Body, Message, Payload};

/// What marks the content of a custom message as a signal.
const BUSINESS_ID: u32 = 1;

/// What a signal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalingAction {
    /// Something that this version does not know.
    Unknown,
    /// Invites.
    Invite,
    /// The inviter takes the invitation back.
    Cancel,
    /// An invitee accepts.
    Accept,
    /// An invitee rejects.
    Reject,
    /// Nobody answered in time.
    Timeout,
}

impl From<u32> for SignalingAction {
    fn from(number: u32) -> Self {
        match number {
            1 => Self::Invite,
            2 => Self::Cancel,
            3 => Self::Accept,
            4 => Self::Reject,
            5 => Self::Timeout,
            _ => Self::Unknown,
        }
    }
}

impl From<SignalingAction> for u32 {
    fn from(action: SignalingAction) -> Self {
        match action {
            SignalingAction::Unknown => 0,
            SignalingAction::Invite => 1,
            SignalingAction::Cancel => 2,
            SignalingAction::Accept => 3,
            SignalingAction::Reject => 4,
            SignalingAction::Timeout => 5,
        }
    }
}

/// The content of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct SignalingInfo {
    /// The invitation.
    pub invite_id: String,
    /// The group, of an invitation in one.
    pub group_id: Option<GroupId>,
    /// Who invited.
    pub inviter: UserId,
    /// Who is invited; of an answer, who answers; of a timeout, who did not.
    pub invitee_list: Vec<UserId>,
    /// What the app says with it.
    pub data: String,
    /// What it does.
    pub action: SignalingAction,
    /// How long an answer is waited for, in seconds; 0 for ever.
    pub timeout: u32,
}

/// The same as JSON, in TIM's form.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "businessID")]
    business_id: u32,
    #[serde(rename = "inviteID")]
    invite_id: String,
    #[serde(rename = "groupID", default)]
    group_id: String,
    inviter: String,
    #[serde(default)]
    invitee_list: Vec<String>,
    #[serde(default)]
    data: String,
    action_type: u32,
    #[serde(default)]
    timeout: u32,
}

impl TryFrom<Wire> for SignalingInfo {
    type Error = &'static str;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        const NONE: &str = "this is no signal";
        if wire.business_id != BUSINESS_ID || wire.invite_id.is_empty() {
            return Err(NONE);
        }
        let group_id = match wire.group_id.as_str() {
            "" => None,
            group => Some(GroupId::new(group).map_err(|_| NONE)?),
        };
        let users = wire.invitee_list.iter().map(|user| UserId::new(user).map_err(|_| NONE));
        Ok(Self {
            invite_id: wire.invite_id,
            group_id,
            inviter: UserId::new(&wire.inviter).map_err(|_| NONE)?,
            invitee_list: users.collect::<Result<_, _>>()?,
            data: wire.data,
            action: wire.action_type.into(),
            timeout: wire.timeout,
        })
    }
}

impl From<SignalingInfo> for Wire {
    fn from(info: SignalingInfo) -> Self {
        Self {
            business_id: BUSINESS_ID,
            invite_id: info.invite_id,
            group_id: info.group_id.map(|group| group.to_string()).unwrap_or_default(),
            inviter: info.inviter.to_string(),
            invitee_list: info.invitee_list.iter().map(ToString::to_string).collect(),
            data: info.data,
            action_type: info.action.into(),
            timeout: info.timeout,
        }
    }
}

impl SignalingInfo {
    /// The signal that the data of a custom message is, if it is one.
    #[must_use]
    pub fn read(data: &str) -> Option<Self> {
        json::read(data).ok()
    }

    /// The data of the custom message that it is.
    #[must_use]
    pub fn write(&self) -> String {
        // Every signal can be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The signal that a message is, if it is one.
    #[must_use]
    pub fn of(message: &Message) -> Option<Self> {
        match &message.payload {
            Payload::Body(Body::Custom(custom)) => Self::read(&custom.data),
            _ => None,
        }
    }
}

/// An invitation that somebody may still answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// What it says.
    pub info: SignalingInfo,
    /// Where it was made.
    pub conversation_id: ConversationId,
    /// When, by the server's clock.
    pub began: UnixMillis,
    /// Who has not answered yet.
    pub open: Vec<UserId>,
    /// It was sent to those who were connected, and is stored nowhere.
    pub is_online_only: bool,
}

impl Invitation {
    /// Until when answers count, by the server's clock; `None` for ever.
    #[must_use]
    pub fn deadline(&self) -> Option<UnixMillis> {
        (self.info.timeout > 0).then(|| self.began.saturating_add(i64::from(self.info.timeout) * 1_000))
    }

    /// Whether this comes too late.
    #[must_use]
    pub fn is_over(&self, time: UnixMillis) -> bool {
        self.deadline().is_some_and(|deadline| time > deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &str = r#"{"businessID":1,"inviteID":"7","groupID":"tea","inviter":"alice","inviteeList":["bob"],"data":"{\"call\":1}","actionType":1,"timeout":30}"#;

    #[test]
    fn a_signal_has_tims_form_and_nothing_else_is_one() {
        let info = SignalingInfo::read(INVITE).unwrap();
        assert_eq!(
            (info.action, info.timeout, info.data.as_str()),
            (SignalingAction::Invite, 30, r#"{"call":1}"#)
        );
        assert_eq!(info.write(), INVITE);
        let lean = r#"{"businessID":1,"inviteID":"7","inviter":"alice","actionType":9,"more":[]}"#;
        assert_eq!(SignalingInfo::read(lean).unwrap().action, SignalingAction::Unknown);
        for none in [
            "typing",
            "{}",
            r#"{"businessID":2,"inviteID":"7","inviter":"alice","actionType":1}"#,
            r#"{"businessID":1,"inviteID":"","inviter":"alice","actionType":1}"#,
            r#"{"businessID":1,"inviteID":"7","inviter":"","actionType":1}"#,
            r#"{"businessID":"user_typing_status","typingStatus":1}"#,
        ] {
            assert_eq!(SignalingInfo::read(none), None, "{none}");
        }
    }
}
