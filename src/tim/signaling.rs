//! Invitations: to a call, a game, whatever the app makes of it.

use tim_protocol::bounds::user_count;
use tim_protocol::{Code, ConversationId, Fault, GroupId, MessageId, UserId};

use super::{Tim, unexpected};
use crate::error::TimError;
use crate::machine::io::{Call, Return};
use crate::message::{Body, CustomBody, Message, Payload, Priority};
use crate::signaling::{Invitation, SignalingAction, SignalingInfo};

impl Tim {
    /// Invites a user, for `timeout` seconds, or with 0 for ever, and returns the invitation's ID. `data` is the app's. What becomes of it
    /// is told by events. With `online_user_only` only those hear of it who are connected now, and nothing is stored.
    ///
    /// # Errors
    /// Those of [`Tim::send_message`] and, with `online_user_only`, of [`Tim::send_message_with`]; [`Code::BAD_REQUEST`] for oneself.
    pub async fn invite(
        &self,
        user_id: UserId,
        data: &str,
        timeout: u32,
        online_user_only: bool,
    ) -> Result<String, TimError> {
        let invitees = vec![user_id.clone()];
        self.send_invitation(ConversationId::C2c(user_id), invitees, data, timeout, online_user_only).await
    }

    /// Invites 1 to 100 members of a group, as [`Tim::invite`] does one user. Each answers for themselves.
    ///
    /// # Errors
    /// Those of [`Tim::invite`]; [`Code::BAD_REQUEST`] for nobody, or too many.
    pub async fn invite_in_group(
        &self,
        group_id: GroupId,
        invitee_list: &[UserId],
        data: &str,
        timeout: u32,
        online_user_only: bool,
    ) -> Result<String, TimError> {
        let (to, invitees) = (ConversationId::Group(group_id), invitee_list.to_vec());
        self.send_invitation(to, invitees, data, timeout, online_user_only).await
    }

    /// Takes an invitation of this user's back, for those who have not answered.
    ///
    /// # Errors
    /// [`Code::INVITATION_UNKNOWN`] for one that is unknown or over, [`Code::INVITATION_NOT_YOURS`], [`Code::INVITATION_EXISTS`] while
    /// a signal about it is on its way; those of [`Tim::invite`].
    pub async fn cancel(&self, invite_id: &str, data: &str) -> Result<(), TimError> {
        let Invitation { info, conversation_id, open, is_online_only, .. } =
            self.invitation(invite_id).await?;
        let action = SignalingAction::Cancel;
        let info = SignalingInfo { action, invitee_list: open, data: data.to_owned(), ..info };
        self.signal(info, conversation_id, is_online_only).await.map(drop)
    }

    /// Changes what an invitation of this user's says, as long as it waits, for all who are invited. Its message is modified, so that
    /// whoever was away sees what it says now.
    ///
    /// # Errors
    /// [`Code::INVITATION_UNKNOWN`] for one that is unknown or over, or that was made with `online_user_only`;
    /// [`Code::INVITATION_NOT_YOURS`], [`Code::MODIFY_CONFLICT`] if another device of this user changed it meanwhile, and the others of
    /// [`Tim::modify_message`].
    pub async fn modify_invitation(&self, invite_id: &str, data: &str) -> Result<(), TimError> {
        let Invitation { info, conversation_id, .. } = self.invitation(invite_id).await?;
        if info.inviter != self.admitted()? {
            return Err(Code::INVITATION_NOT_YOURS.into());
        }
        let id: MessageId = invite_id.parse().map_err(|_| Code::INVITATION_UNKNOWN)?;
        let is_its = |message: &Message| {
            message.conversation_id == conversation_id && message.from == info.inviter && message.sequence > 0
        };
        let found = self.find_messages(&[id]).await?.into_iter().find(is_its);
        let mut message = found.ok_or(Code::INVITATION_UNKNOWN)?;
        let info = SignalingInfo { data: data.to_owned(), ..info };
        message.payload =
            Payload::Body(Body::Custom(CustomBody { data: info.write(), ..CustomBody::default() }));
        self.modify_message(&message).await.map(drop)
    }

    /// Accepts an invitation, on all devices of this user.
    ///
    /// # Errors
    /// [`Code::INVITATION_UNKNOWN`] for one that is unknown, answered or over, also if its time was over when the answer arrived;
    /// [`Code::INVITATION_NOT_YOURS`], [`Code::INVITATION_EXISTS`] while an answer is on its way; those of [`Tim::invite`].
    pub async fn accept(&self, invite_id: &str, data: &str) -> Result<(), TimError> {
        self.answer(invite_id, data, SignalingAction::Accept).await
    }

    /// Rejects an invitation, on all devices of this user.
    ///
    /// # Errors
    /// As [`Tim::accept`].
    pub async fn reject(&self, invite_id: &str, data: &str) -> Result<(), TimError> {
        self.answer(invite_id, data, SignalingAction::Reject).await
    }

    /// The signal that a message is; `None` if it is none.
    #[must_use]
    pub fn get_signaling_info(message: &Message) -> Option<SignalingInfo> {
        SignalingInfo::of(message)
    }

    async fn send_invitation(
        &self,
        to: ConversationId,
        invitee_list: Vec<UserId>,
        data: &str,
        timeout: u32,
        online_user_only: bool,
    ) -> Result<String, TimError> {
        let inviter = self.admitted()?;
        user_count(&invitee_list)?;
        let mut invitees: Vec<UserId> = Vec::new();
        for invitee in invitee_list {
            if !invitees.contains(&invitee) {
                invitees.push(invitee);
            }
        }
        let invitee_list = invitees;
        if invitee_list.contains(&inviter) {
            return Err(Fault::with_text(Code::BAD_REQUEST, "nobody invites themselves: name others").into());
        }
        let group_id = match &to {
            ConversationId::Group(group) => Some(group.clone()),
            ConversationId::C2c(_) | ConversationId::System => None,
        };
        let action = SignalingAction::Invite;
        let (invite_id, data) = (String::new(), data.to_owned());
        let info = SignalingInfo { invite_id, group_id, inviter, invitee_list, data, action, timeout };
        Ok(self.signal(info, to, online_user_only).await?.0)
    }

    async fn answer(&self, invite_id: &str, data: &str, action: SignalingAction) -> Result<(), TimError> {
        let invitation = self.invitation(invite_id).await?;
        let (to, is_online_only) = (invitation.conversation_id.clone(), invitation.is_online_only);
        let (invitee_list, data) = (vec![self.admitted()?], data.to_owned());
        let info = SignalingInfo { action, invitee_list, data, ..invitation.info.clone() };
        let (_, sent) = self.signal(info, to, is_online_only).await?;
        if invitation.is_over(sent.time) { Err(Code::INVITATION_UNKNOWN.into()) } else { Ok(()) }
    }

    async fn invitation(&self, invite_id: &str) -> Result<Invitation, TimError> {
        match self.call(Call::Invitation(invite_id.to_owned())).await? {
            Return::Invitation(invitation) => Ok(*invitation),
            _ => Err(unexpected()),
        }
    }

    /// Sends a signal, which an invitation is named after. Returns the invitation's ID.
    async fn signal(
        &self,
        info: SignalingInfo,
        to: ConversationId,
        is_online_only: bool,
    ) -> Result<(String, Message), TimError> {
        let (kind, to) = ((&to).into(), crate::message::receiver(&info.inviter, &to));
        let custom = |info: &SignalingInfo| CustomBody { data: info.write(), ..CustomBody::default() };
        let mut message = self.create_message(&to, kind, custom(&info), Priority::High)?;
        let is_new = info.invite_id.is_empty();
        let invite_id = if is_new { message.id.to_string() } else { info.invite_id.clone() };
        let info = SignalingInfo { invite_id: invite_id.clone(), ..info };
        message.payload = Payload::Body(Body::Custom(custom(&info)));
        if is_online_only {
            self.done(Call::MaySignal(info)).await?;
            let sent = self.send_online(message).await?;
            self.done(Call::Signalled(Box::new(sent.clone()))).await?;
            return Ok((invite_id, sent));
        }
        self.inner.shared.sending(message.id);
        let sent = self.message(Call::Signal(info, Box::new(message))).await?;
        Ok((invite_id, sent))
    }
}
