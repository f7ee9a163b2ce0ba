//! Live invitations: who may still answer, when their time is over, and what of it the app is told.
//!
//! The log of a conversation decides. Every device hears the signals of a conversation in their order, and an answer counts if the
//! server accepted it in time and the one who answers had not answered. So all devices come to one result, whoever was away meanwhile.
//! What a device hears is stored in the commit of the messages, so it goes on where it was. A time is over only for a device that
//! has heard everything: one that was away first catches up.

use serde_json::value::RawValue;
use tim_protocol::body::Body;
use tim_protocol::message::{Message as WireMessage, MessageChange, Mutation};
use tim_protocol::{Code, ConversationId, MessageId, UnixMillis, UserId};

use super::context::Context;
use super::io::Output;
use crate::event::{Event, InvitationAnswer};
use crate::message::Message;
use crate::signaling::{Invitation, SignalingAction, SignalingInfo};
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;
use crate::stored::Change;

/// How much longer than the invitees the inviter waits: an answer that was accepted in time takes a moment to arrive.
const INVITER_WAITS_MS: i64 = 5_000;
/// After a welcome the server repeats what was missed; so long no time is over.
const QUIET_MS: i64 = 2_000;
/// Most live invitations of one inviter, and of all: the oldest gives way.
const OF_INVITER: usize = 20;
const LIVE: usize = 200;
/// A device that is new to its user hears invitations that are not older than this.
const RECENT_MS: i64 = 300_000;

/// The live invitations in which the user takes part.
#[derive(Default)]
pub(super) struct Signaling {
    live: SortedMap<String, Live>,
    /// Of which the app knew before the store was closed.
    told: SortedSet<String>,
    quiet_until: i64,
}

struct Live {
    invitation: Invitation,
    /// What this device sends about it, as long as it is on its way.
    sending: Option<MessageId>,
    /// It was loaded, and the app does not know of it yet.
    is_untold: bool,
}

/// A signal that arrived in its place.
struct Heard<'a> {
    from: &'a UserId,
    conversation: &'a ConversationId,
    /// By the server's clock.
    time: UnixMillis,
    info: SignalingInfo,
    /// This device sent it: its app knows.
    is_own: bool,
    is_online_only: bool,
}

impl Signaling {
    pub(super) fn load(&mut self, stored: Vec<Invitation>) {
        let told = std::mem::take(&mut self.told);
        let live = |invitation: Invitation| {
            let id = invitation.info.invite_id.clone();
            let is_untold = !told.contains(&id);
            (id, Live { invitation, sending: None, is_untold })
        };
        *self = Self { live: stored.into_iter().map(live).collect(), ..Self::default() };
    }

    /// The store is closed. An app that goes on with it is not told again of what it knows.
    pub(super) fn forget(&mut self) {
        let told = std::mem::take(&mut self.live).into_iter().filter(|(_, live)| !live.is_untold);
        *self = Self { told: told.map(|(id, _)| id).collect(), ..Self::default() };
    }

    /// What was missed is about to arrive.
    pub(super) fn welcomed(&mut self, cx: &Context) {
        self.quiet_until = cx.now() + QUIET_MS;
    }

    /// A live invitation.
    ///
    /// # Errors
    /// [`Code::INVITATION_UNKNOWN`].
    pub(super) fn find(&self, invite_id: &str) -> Result<&Invitation, Code> {
        self.live.get(invite_id).map(|live| &live.invitation).ok_or(Code::INVITATION_UNKNOWN)
    }

    /// Checks whether this user may send a signal now. `is_waiting` tells whether a message is in the outbox.
    pub(super) fn check(
        &self,
        me: &UserId,
        info: &SignalingInfo,
        is_waiting: impl Fn(MessageId) -> bool,
    ) -> Result<(), Code> {
        if info.action == SignalingAction::Invite {
            return if self.live.contains_key(&info.invite_id) {
                Err(Code::INVITATION_EXISTS)
            } else {
                Ok(())
            };
        }
        let live = self.live.get(&info.invite_id).ok_or(Code::INVITATION_UNKNOWN)?;
        let invitation = &live.invitation;
        let is_party = match info.action {
            SignalingAction::Cancel => invitation.info.inviter == *me,
            _ => invitation.info.invitee_list.contains(me),
        };
        if !is_party {
            return Err(Code::INVITATION_NOT_YOURS);
        }
        if info.action != SignalingAction::Cancel && !invitation.open.contains(me) {
            return Err(Code::INVITATION_UNKNOWN);
        }
        if live.sending.is_some_and(is_waiting) { Err(Code::INVITATION_EXISTS) } else { Ok(()) }
    }

    /// A signal of this device waits in the outbox.
    pub(super) fn sending(&mut self, invite_id: &str, message: MessageId) {
        if let Some(live) = self.live.get_mut(invite_id) {
            live.sending = Some(message);
        }
    }

    /// A message of a conversation, or an online-only one, in its place.
    ///
    /// A conversation of which the user wants to hear nothing invites nobody; what becomes of an invitation is heard.
    pub(super) fn hear(&mut self, cx: &mut Context, message: &WireMessage, is_own: bool, invites: bool) {
        let Some(me) = cx.me().filter(|_| !message.removed) else { return };
        let Some(info) = signal(&message.body) else { return };
        if info.action == SignalingAction::Invite && !invites {
            return;
        }
        let conversation = ConversationId::seen_by(&me, &message.from, &message.to);
        let is_online_only = message.sequence == 0;
        let (from, time) = (&message.from, message.time);
        self.heard(cx, &me, Heard { from, conversation: &conversation, time, info, is_own, is_online_only });
    }

    /// A message changed. If it is a live invitation's, which only its sender changes, that says something else now.
    pub(super) fn modified(
        &mut self,
        cx: &mut Context,
        id: &ConversationId,
        change: &Mutation,
        is_own: bool,
    ) {
        let MessageChange::Modified(now) = &change.change else { return };
        let Some(info) = signal(&now.body).filter(|info| info.action == SignalingAction::Invite) else {
            return;
        };
        let Some(live) = self.live.get_mut(&info.invite_id) else { return };
        let invitation = &mut live.invitation;
        let is_the_one = invitation.conversation_id == *id && invitation.info.inviter == change.from;
        if !is_the_one || invitation.info.data == info.data {
            return;
        }
        invitation.info.data = info.data;
        if !is_own && !live.is_untold {
            tell(cx, Event::InvitationModified(invitation.info.clone()));
        }
        store(cx, invitation);
    }

    /// An online-only message of this device, which the server passed on.
    pub(super) fn passed_on(&mut self, cx: &mut Context, message: &Message) {
        let (Some(me), Some(info)) = (cx.me(), SignalingInfo::of(message)) else { return };
        let (from, conversation, time) = (&message.from, &message.conversation_id, message.time);
        self.heard(cx, &me, Heard { from, conversation, time, info, is_own: true, is_online_only: true });
    }

    /// The newest messages of a conversation that this device did not know: an invitation among them may be live.
    pub(super) fn hear_history(&mut self, cx: &mut Context, messages: &[WireMessage]) {
        let since = cx.server_now() - RECENT_MS;
        for message in messages.iter().filter(|message| message.time >= since) {
            self.hear(cx, message, false, true);
        }
    }

    fn heard(&mut self, cx: &mut Context, me: &UserId, heard: Heard<'_>) {
        match heard.info.action {
            SignalingAction::Invite => self.invited(cx, me, heard),
            SignalingAction::Cancel => self.cancelled(cx, me, &heard),
            SignalingAction::Accept | SignalingAction::Reject => self.answered(cx, &heard),
            SignalingAction::Timeout | SignalingAction::Unknown => {}
        }
    }

    fn invited(&mut self, cx: &mut Context, me: &UserId, heard: Heard<'_>) {
        let Heard { from, conversation, time, info, is_own, is_online_only } = heard;
        let group = match conversation {
            ConversationId::Group(group) => Some(group),
            ConversationId::C2c(_) | ConversationId::System => None,
        };
        let is_invited = info.invitee_list.contains(me);
        let is_honest = info.inviter == *from && info.group_id.as_ref() == group;
        let has_sense = !info.invitee_list.is_empty() && !info.invitee_list.contains(from);
        if !is_honest || !has_sense || !(is_invited || info.inviter == *me) {
            return;
        }
        let mut open: Vec<UserId> = Vec::new();
        for invitee in &info.invitee_list {
            if !open.contains(invitee) {
                open.push(invitee.clone());
            }
        }
        let invitation =
            Invitation { info, conversation_id: conversation.clone(), began: time, open, is_online_only };
        if self.live.contains_key(&invitation.info.invite_id) || invitation.is_over(cx.server_now()) {
            return;
        }
        self.make_room(cx, &invitation.info.inviter);
        if is_invited && !is_own {
            tell(cx, Event::NewInvitationReceived(invitation.info.clone()));
        }
        store(cx, &invitation);
        self.live
            .insert(invitation.info.invite_id.clone(), Live { invitation, sending: None, is_untold: false });
    }

    /// Ends the oldest invitation of an inviter, or of all, if there are too many for another one.
    fn make_room(&mut self, cx: &mut Context, inviter: &UserId) {
        let of_inviter = |live: &&Live| live.invitation.info.inviter == *inviter;
        let own = || self.live.values().filter(of_inviter);
        let oldest = if own().count() >= OF_INVITER {
            own().min_by_key(|live| live.invitation.began)
        } else if self.live.len() >= LIVE {
            self.live.values().min_by_key(|live| live.invitation.began)
        } else {
            None
        };
        if let Some(id) = oldest.map(|live| live.invitation.info.invite_id.clone()) {
            self.end(cx, &id);
        }
    }

    fn cancelled(&mut self, cx: &mut Context, me: &UserId, heard: &Heard<'_>) {
        let Some(live) = self.live.get(&heard.info.invite_id) else { return };
        let invitation = &live.invitation;
        if invitation.info.inviter != *heard.from || !counts(invitation, heard) {
            return;
        }
        if !heard.is_own && (invitation.info.inviter == *me || invitation.open.contains(me)) {
            let invitee_list = invitation.open.clone();
            let action = SignalingAction::Cancel;
            let data = heard.info.data.clone();
            let info = SignalingInfo { invitee_list, action, data, ..invitation.info.clone() };
            tell(cx, Event::InvitationCancelled(info));
        }
        self.end(cx, &heard.info.invite_id);
    }

    fn answered(&mut self, cx: &mut Context, heard: &Heard<'_>) {
        let Some(live) = self.live.get_mut(&heard.info.invite_id) else { return };
        let invitation = &mut live.invitation;
        let Some(place) = invitation.open.iter().position(|open| open == heard.from) else { return };
        if !counts(invitation, heard) {
            return;
        }
        invitation.open.remove(place);
        if !heard.is_own {
            let SignalingInfo { invite_id, group_id, inviter, .. } = invitation.info.clone();
            let (invitee, data) = (heard.from.clone(), heard.info.data.clone());
            let answer = InvitationAnswer { invite_id, group_id, inviter, invitee, data };
            tell(
                cx,
                match heard.info.action {
                    SignalingAction::Accept => Event::InviteeAccepted(answer),
                    _ => Event::InviteeRejected(answer),
                },
            );
        }
        if invitation.open.is_empty() {
            self.end(cx, &heard.info.invite_id);
        } else {
            store(cx, invitation);
        }
    }

    fn end(&mut self, cx: &mut Context, invite_id: &str) {
        self.live.remove(invite_id);
        cx.store(Change::Invitation(invite_id.to_owned(), None));
    }

    /// Ends what nobody answered in time. `is_up_to_date` tells whether this device has heard everything that a conversation has,
    /// `is_waiting` whether a message is in the outbox. What was loaded is told first.
    pub(super) fn timers(
        &mut self,
        cx: &mut Context,
        is_up_to_date: impl Fn(&ConversationId) -> bool,
        is_waiting: impl Fn(MessageId) -> bool,
    ) {
        let Some(me) = cx.me().filter(|_| self.quiet_until <= cx.now()) else { return };
        let now = cx.server_now();
        let is_over = |live: &Live| {
            ends(&me, &live.invitation).is_some_and(|at| at <= now)
                && is_up_to_date(&live.invitation.conversation_id)
                && !live.sending.is_some_and(&is_waiting)
        };
        let over: Vec<String> =
            self.live.iter().filter(|(_, live)| is_over(live)).map(|(id, _)| id.clone()).collect();
        for invite_id in over {
            let Some(Live { invitation, .. }) = self.live.remove(&invite_id) else { continue };
            cx.store(Change::Invitation(invite_id, None));
            let is_inviter = invitation.info.inviter == me;
            let invitee_list: Vec<UserId> =
                invitation.open.into_iter().filter(|open| is_inviter || *open == me).collect();
            if !invitee_list.is_empty() {
                let action = SignalingAction::Timeout;
                tell(cx, Event::InvitationTimeout(SignalingInfo { invitee_list, action, ..invitation.info }));
            }
        }
        for Live { invitation, is_untold, .. } in self.live.values_mut() {
            if *is_untold && is_up_to_date(&invitation.conversation_id) {
                *is_untold = false;
                if invitation.open.contains(&me) {
                    tell(cx, Event::NewInvitationReceived(invitation.info.clone()));
                }
            }
        }
    }

    /// When [`Signaling::timers`] has something to do next; what is due already waits for something else.
    pub(super) fn due(&self, cx: &Context) -> Option<i64> {
        let me = cx.me()?;
        let ahead = cx.server_now() - cx.now();
        let ends = self.live.values().filter_map(|live| ends(&me, &live.invitation)).map(|at| at - ahead);
        let quiet = (!self.live.is_empty()).then_some(self.quiet_until);
        ends.chain(quiet).filter(|at| *at > cx.now()).min()
    }
}

/// The signal that a body is, if it is one.
fn signal(body: &RawValue) -> Option<SignalingInfo> {
    // Nearly no message is.
    if !body.get().contains("businessID") {
        return None;
    }
    match Body::read(body) {
        Ok(Body::Custom(custom)) => SignalingInfo::read(&custom.data),
        _ => None,
    }
}

/// Whether a signal is in the conversation of its invitation, and in time. One that has no place there says nothing about an
/// invitation that has: not all devices would hear it.
fn counts(invitation: &Invitation, heard: &Heard<'_>) -> bool {
    let has_order = invitation.is_online_only || !heard.is_online_only;
    has_order && invitation.conversation_id == *heard.conversation && !invitation.is_over(heard.time)
}

/// When it is over for this user if nobody answers, by the server's clock.
fn ends(me: &UserId, invitation: &Invitation) -> Option<UnixMillis> {
    let waits = if invitation.info.inviter == *me { INVITER_WAITS_MS } else { 0 };
    invitation.deadline().map(|deadline| deadline.saturating_add(waits))
}

/// Tells the app, after the messages that say it.
fn tell(cx: &mut Context, event: Event) {
    cx.after_received(Output::Emit(event));
}

fn store(cx: &mut Context, invitation: &Invitation) {
    let id = invitation.info.invite_id.clone();
    cx.store(Change::Invitation(id, Some(Box::new(invitation.clone()))));
}

#[cfg(test)]
mod tests;
