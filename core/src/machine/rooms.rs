//! The live rooms that this device is in, which nothing stores. A new session enters them again; a restart of the app does not.

use std::collections::VecDeque;

use tim_protocol::body::{Body, GroupTip, NoticeType};
use tim_protocol::call::{
    Done, GroupsReply, GroupsRequest, JoinGroupRequest, Joined, MessagesRequest, QuitGroupRequest, Reply,
    Request,
};
use tim_protocol::group::{Group, GroupChanges, JoinStatus, Role};
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{Code, ConversationId, Fault, GroupId, MessageId, UserId};

use super::context::{ASK_AGAIN_MS, Context};
use super::purpose::Purpose;
use crate::message::Message;
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;

/// So many of this device's messages are remembered, whose senders know them when the room tells them.
const OWN: usize = 100;

/// The live rooms that this device is in.
#[derive(Default)]
pub(super) struct Rooms {
    rooms: SortedMap<GroupId, Room>,
    /// Rooms that the session is in still, and this device is not.
    leaving: SortedSet<GroupId>,
    /// What this device said lately.
    own: VecDeque<MessageId>,
}

/// A room that this device is in.
struct Room {
    group: Group,
    /// When to enter it again, on the monotonic clock; `None` if the session is in it.
    enter_at: Option<i64>,
}

impl Rooms {
    /// The room of this ID, if this device is in it.
    ///
    /// # Errors
    /// [`Code::NETWORK_ERROR`] while it is to be entered again.
    pub(super) fn group(&self, group: &GroupId) -> Result<Option<&Group>, Fault> {
        match self.rooms.get(group) {
            Some(room) if room.enter_at.is_some() => Err(Fault::new(Code::NETWORK_ERROR)),
            room => Ok(room.map(|room| &room.group)),
        }
    }

    /// Whether this is the conversation of a room that this device is in.
    pub(super) fn has(&self, conversation: &ConversationId) -> bool {
        matches!(conversation, ConversationId::Group(group) if self.rooms.contains_key(group))
    }

    /// Nobody is logged in any more.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Applies what the reply to a request of the app changes; false if it is not about a live room.
    pub(super) fn replied(&mut self, request: &Request, reply: &Reply) -> bool {
        match (request, reply) {
            (_, Reply::Groups(GroupsReply::CreateGroup(is))) => !is.group.group_type.rules().keeps_members,
            (
                _,
                Reply::Groups(GroupsReply::JoinGroup(Joined {
                    status: JoinStatus::JoinedSuccess,
                    group: Some(group),
                })),
            ) if !group.group_type.rules().keeps_members => {
                self.entered((**group).clone());
                true
            }
            (Request::Groups(GroupsRequest::UpdateGroup(_)), Reply::Groups(GroupsReply::UpdateGroup(is))) => {
                let known = self.rooms.get_mut(&is.group.group_id);
                let group =
                    |known: &Room| Group { member_count: known.group.member_count, ..(*is.group).clone() };
                known.map(|known| known.group = group(known)).is_some()
            }
            (Request::Groups(GroupsRequest::QuitGroup(quit)), _) => {
                self.rooms.remove(&quit.group_id).is_some()
            }
            (Request::Groups(GroupsRequest::DismissGroup(dismiss)), _) => {
                self.rooms.remove(&dismiss.group_id).is_some()
            }
            (Request::Messages(MessagesRequest::SendOnline(send)), _) if self.has(&send.0.to) => {
                self.own.truncate(OWN - 1);
                self.own.push_front(send.0.id);
                true
            }
            _ => false,
        }
    }

    /// This device is in a room, and leaves those of others that it was in.
    fn entered(&mut self, group: Group) {
        let is_own = |group: &Group| group.self_info.as_ref().is_some_and(|own| own.role == Role::Owner);
        let others = self.rooms.iter().filter(|(id, room)| **id != group.group_id && !is_own(&room.group));
        let others: Vec<GroupId> = others.map(|(id, _)| id.clone()).collect();
        if !is_own(&group) {
            for group_id in others {
                self.rooms.remove(&group_id);
                self.leaving.insert(group_id);
            }
        }
        self.rooms.insert(group.group_id.clone(), Room { group, enter_at: None });
    }

    /// A new session is in no room.
    pub(super) fn session_began(&mut self, now: i64) {
        self.leaving.clear();
        self.rooms.values_mut().for_each(|room| room.enter_at = Some(now));
    }

    /// Leaves rooms, and enters others again.
    pub(super) fn pump(&self, cx: &mut Context) {
        for group in &self.leaving {
            cx.ask(Purpose::LeaveRoom(group.clone()), QuitGroupRequest { group_id: group.clone() });
        }
        let now = cx.now();
        for (group, _) in self.rooms.iter().filter(|(_, room)| room.enter_at.is_some_and(|at| at <= now)) {
            let request = JoinGroupRequest { group_id: group.clone(), apply_message: String::new() };
            cx.ask(Purpose::EnterRoom(group.clone()), request);
        }
    }

    /// When the next room may be entered again.
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        self.rooms.values().filter_map(|room| room.enter_at).filter(|at| *at > now).min()
    }

    /// Handles the reply to entering a room again. One that this device may not enter any more is left, which the app is told.
    pub(super) fn entered_again(&mut self, cx: &mut Context, id: &GroupId, result: Result<Joined, Fault>) {
        let Some(room) = self.rooms.get_mut(id) else { return };
        match result {
            Ok(Joined { group: Some(group), .. }) => *room = Room { group: *group, enter_at: None },
            Err(fault) if fault.code.is_retryable() => {
                let pause = fault.retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
                room.enter_at = Some(cx.now() + pause);
            }
            Ok(_) => room.enter_at = None,
            Err(fault) => {
                self.rooms.remove(id);
                cx.emit_fault(fault);
            }
        }
    }

    /// Handles the reply to leaving a room. One that this device has entered meanwhile is entered after it.
    pub(super) fn left(&mut self, cx: &Context, id: &GroupId, result: &Result<Done, Fault>) {
        if result.as_ref().is_err_and(|fault| fault.code.is_retryable()) {
            return;
        }
        self.leaving.remove(id);
        if let Some(room) = self.rooms.get_mut(id) {
            room.enter_at = Some(cx.now());
        }
    }

    /// Emits what was said in rooms. What this device said, its caller knows.
    pub(super) fn said(&mut self, cx: &mut Context, messages: Vec<WireMessage>) {
        let Some(me) = cx.me() else { return };
        for message in messages {
            let is_own = message.from == me && self.own.contains(&message.id);
            if !is_own && self.has(&message.to) {
                self.heard(&message);
                cx.received(Message::online_only(&me, &message));
            }
        }
    }

    /// Applies what the server says: how many are in a room, what changed of it, and that it ended or this device was removed.
    pub(super) fn heard(&mut self, message: &WireMessage) {
        if self.rooms.is_empty() || message.from != UserId::system() {
            return;
        }
        match (Body::read(&message.body), &message.to) {
            (Ok(Body::GroupTip(tip)), ConversationId::Group(group)) => {
                if let Some(room) = self.rooms.get_mut(group) {
                    apply_tip(&mut room.group, &tip);
                }
            }
            (Ok(Body::GroupSystemNotice(notice)), ConversationId::System) => {
                if matches!(notice.operation_type, NoticeType::GroupDismissed | NoticeType::Removed) {
                    self.rooms.remove(&notice.group_profile.group_id);
                }
            }
            _ => {}
        }
    }
}

/// Applies what a tip says of a room.
fn apply_tip(group: &mut Group, tip: &GroupTip) {
    match &tip.new_group_profile {
        None => group.member_count = tip.member_count,
        Some(changes) if tip.info_sequence > group.info_sequence => {
            GroupChanges::clone(changes).apply(group);
            group.info_sequence = tip.info_sequence;
        }
        Some(_) => {}
    }
}
