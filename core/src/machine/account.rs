//! The user's own data other than conversations: profile, blacklist, groups.

use serde_json::value::RawValue;
use tim_protocol::body::{GroupTip, GroupTipType};
use tim_protocol::call::{
    GroupsReply, GroupsRequest, Joined, MessagesReply, Reply, Request, UsersReply, UsersRequest,
};
use tim_protocol::group::{Group, JoinStatus};
use tim_protocol::profile::Profile;
use tim_protocol::{ConversationId, Fault, GroupId, UserId, conversation};

use super::Machine;
use super::io::Return;
use super::link::read_reply;
use super::unreadable::Unreadable;
use crate::event::Event;
use crate::stored::Change;

impl Machine {
    /// Handles the reply to a request of the app: stores and emits what the reply changes on this device.
    pub(super) fn replied(
        &mut self,
        request: &Request,
        result: Result<Box<RawValue>, Fault>,
    ) -> Result<Return, Fault> {
        let reply = read_reply(request, result)?;
        match &reply {
            Reply::Messages(MessagesReply::Revoke(mutation)) => self.own_mutation(mutation.clone()),
            Reply::Users(UsersReply::UpdateProfile(is)) => self.keep_profile(is.profile.clone()),
            Reply::Groups(GroupsReply::CreateGroup(is)) => self.joined_group(is.group.clone()),
            Reply::Groups(GroupsReply::JoinGroup(Joined {
                status: JoinStatus::JoinedSuccess | JoinStatus::AlreadyInGroup,
                group: Some(group),
            })) => self.joined_group(group.clone()),
            _ => {}
        }
        match request {
            Request::Users(UsersRequest::UpdateBlacklist(update)) => {
                for user in &update.user_id_list {
                    self.keep_listed(user, update.listed);
                }
            }
            Request::Groups(GroupsRequest::QuitGroup(quit)) => self.left_group(&quit.group_id),
            Request::Groups(GroupsRequest::DismissGroup(dismiss)) => self.left_group(&dismiss.group_id),
            _ => {}
        }
        Ok(Return::Reply(Box::new(reply)))
    }

    /// Applies a change of the user's own data, made on this device or another.
    pub(super) fn changed(&mut self, change: conversation::Change) {
        match change {
            conversation::Change::Profile { profile } => self.keep_profile(profile),
            conversation::Change::Blacklist { user_id, listed } => self.keep_listed(&user_id, listed),
            conversation::Change::Group { group: Some(group), .. } => self.joined_group(group),
            conversation::Change::Group { group_id, group: None } => self.left_group(&group_id),
            conversation::Change::Other(_) => self.count_unreadable(Unreadable::Change, 1),
        }
    }

    fn keep_profile(&mut self, profile: Profile) {
        if self.data.profile.as_ref() != Some(&profile) {
            self.data.profile = Some(profile.clone());
            self.store(Change::Profile(profile.clone()));
            self.emit(Event::ProfileUpdated(vec![profile]));
        }
    }

    fn keep_listed(&mut self, user: &UserId, listed: bool) {
        let changed =
            if listed { self.data.blacklist.insert(user.clone()) } else { self.data.blacklist.remove(user) };
        if changed {
            self.store(Change::Blacklist(user.clone(), listed));
            self.batch.blacklist_changed = true;
        }
    }

    fn keep_group(&mut self, id: &GroupId, group: Option<Group>) {
        let before = match &group {
            Some(group) => self.data.groups.insert(id.clone(), group.clone()),
            None => self.data.groups.remove(id),
        };
        if before != group {
            self.store(Change::Group(id.clone(), group.map(Box::new)));
            self.batch.groups_changed = true;
        }
    }

    /// The user is a member of the group: adds its conversation to the list.
    fn joined_group(&mut self, group: Group) {
        let id = ConversationId::Group(group.group_id.clone());
        let (group_id, before) = (group.group_id.clone(), self.data.joined(&group.group_id));
        let since = group.self_info.as_ref().map_or(0, |own| own.join_time);
        self.keep_group(&group_id, Some(group));
        if self.data.conversations.get(&id).is_none_or(|conv| conv.row.gone) {
            let conv = self.data.conversation(&id);
            conv.enter();
            conv.row.last_active = conv.row.last_active.max(since);
            self.advance(&id, 0);
        }
        if self.data.joined(&group_id) != before {
            self.reset_baseline(&id);
        }
    }

    /// Applies a tip to the group: its member count, and that its owner has left.
    pub(super) fn apply_tip(&mut self, tip: &GroupTip, to: &ConversationId) {
        let ConversationId::Group(id) = to else { return };
        let Some(mut group) = self.data.groups.get(id).cloned() else { return };
        group.member_count = tip.member_count;
        let has_left =
            |owner: &UserId| tip.operation_type == GroupTipType::Quit && tip.user_id_list.contains(owner);
        group.owner_id = group.owner_id.filter(|owner| !has_left(owner));
        self.keep_group(id, Some(group));
    }

    /// Sets a group's member count and owner as of the head of its log.
    pub(super) fn update_group_counts(
        &mut self,
        to: &ConversationId,
        members: Option<u32>,
        owner: Option<UserId>,
    ) {
        let (ConversationId::Group(id), Some(member_count)) = (to, members) else { return };
        let Some(group) = self.data.groups.get(id).cloned() else { return };
        self.keep_group(id, Some(Group { member_count, owner_id: owner, ..group }));
    }

    /// The user is no longer a member of the group: removes its conversation from the list.
    fn left_group(&mut self, id: &GroupId) {
        self.keep_group(id, None);
        let id = ConversationId::Group(id.clone());
        if let Some(conv) = self.data.conversations.get_mut(&id)
            && !conv.row.gone
        {
            conv.leave();
            self.touch(&id);
        }
    }
}
