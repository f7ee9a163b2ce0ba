//! The user's own data other than conversations: profile, blacklist, receive option, groups, and friends, which `friends` keeps.
//!
//! `people` keeps profiles of others. `outdated` asks for groups whose profile changed unheard. What a change of a membership means for the group's conversation is
//! returned as a [`Membership`].

mod friends;
mod outdated;
mod people;

use tim_protocol::body::{GroupTip, GroupTipType};
use tim_protocol::call::{
    ChangedProfiles, GroupIs, GroupsReply, GroupsRequest, Joined, MembersReply, Reply, Request, UsersReply,
    UsersRequest,
};
use tim_protocol::group::{Group, GroupChanges, GroupType, JoinStatus};
use tim_protocol::profile::Profile;
use tim_protocol::receive::{AllReceiveMessageOpt, ReceiveOpt};
use tim_protocol::{ConversationId, Fault, GroupId, UnixMillis, UserId, conversation};

use super::context::Context;
use super::unreadable::Unreadable;
use crate::event::Event;
use crate::friend::{Friend, FriendApplications, FriendGroup};
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;
use crate::stored::Change;
use friends::Friends;
use outdated::Outdated;
use people::People;

/// The user's profile, blacklist, receive option, groups and friends.
#[derive(Default)]
pub(super) struct Account {
    profile: Option<Profile>,
    blacklist: SortedSet<UserId>,
    receive_opt: ReceiveOpt,
    groups: SortedMap<GroupId, Group>,
    outdated: Outdated,
    friends: Friends,
    people: People,
    /// Changed since the last event.
    is_blacklist_changed: bool,
    are_groups_changed: bool,
}

/// A membership that began, ended, or was confirmed.
pub(super) enum Membership {
    /// The user is a member.
    Member {
        /// The group's conversation.
        conversation: ConversationId,
        /// Since then.
        since: UnixMillis,
        /// The user (re)joined.
        is_new: bool,
    },
    /// The user is not a member.
    Ended(ConversationId),
}

impl Account {
    pub(super) fn load(
        profile: Option<Profile>,
        receive_opt: ReceiveOpt,
        blacklist: Vec<UserId>,
        groups: Vec<Group>,
        outdated: Vec<(GroupId, u64)>,
        relations: Vec<conversation::Change>,
    ) -> Self {
        Self {
            friends: Friends::load(relations),
            outdated: Outdated::load(outdated),
            profile,
            receive_opt,
            blacklist: blacklist.into_iter().collect(),
            groups: groups.into_iter().map(|group| (group.group_id.clone(), group)).collect(),
            ..Self::default()
        }
    }

    pub(super) fn load_profiles(&mut self, profiles: Vec<Profile>, as_of: UnixMillis) {
        self.people = People::load(profiles, as_of);
    }

    pub(super) fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    pub(super) fn receive_opt(&self) -> AllReceiveMessageOpt {
        self.receive_opt.opt
    }

    pub(super) fn blacklist(&self) -> Vec<UserId> {
        self.blacklist.iter().cloned().collect()
    }

    pub(super) fn friends(&self) -> Vec<Friend> {
        self.friends.list()
    }

    pub(super) fn friend_applications(&self) -> FriendApplications {
        self.friends.applications()
    }

    pub(super) fn friend_groups(&self) -> Vec<FriendGroup> {
        self.friends.groups()
    }

    /// The profile of a user, if it is known here.
    pub(super) fn person(&self, user: &UserId) -> Option<&Profile> {
        let own = self.profile.as_ref().filter(|own| own.user_id == *user);
        own.or_else(|| self.friends.profile(user)).or_else(|| self.people.get(user))
    }

    /// Takes over the profile of another user, which is not older than what is known. One that changed without being asked for concerns
    /// friends, those who are known here, and the other sides of conversations.
    pub(super) fn heard_of(&mut self, cx: &mut Context, profile: Profile, is_asked: bool, is_peer: bool) {
        let known = self.person(&profile.user_id);
        if known == Some(&profile) || (known.is_none() && !is_asked && !is_peer) {
            return;
        }
        let is_told = known.is_some() || !is_asked;
        if self.friends.heard_of(cx, &profile) {
            self.people.forget(cx, &profile.user_id);
        } else {
            self.people.keep(cx, profile.clone());
        }
        if is_told {
            cx.emit(Event::ProfileUpdated(vec![profile]));
        }
    }

    /// A session began, on a device that is new to its user if a time of the server's is given.
    pub(super) fn session_began(&mut self, cx: &mut Context, is_new_at: Option<UnixMillis>) {
        match is_new_at {
            Some(time) => self.people.begin(cx, time),
            None => self.people.session_began(),
        }
    }

    /// Changes of profiles may have been left out.
    pub(super) fn doubt_profiles(&mut self) {
        self.people.doubt();
    }

    /// A page of profiles that changed came: gives them.
    pub(super) fn changed_profiles_came(
        &mut self,
        cx: &mut Context,
        result: Result<ChangedProfiles, Fault>,
    ) -> Vec<Profile> {
        self.people.came(cx, result)
    }

    /// The events of friends, applications and friend groups that changed.
    pub(super) fn changed_friends(&mut self) -> Vec<Event> {
        self.friends.take_events()
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        self.groups.values().cloned().collect()
    }

    pub(super) fn group_type(&self, id: &ConversationId) -> Option<GroupType> {
        self.group(id).map(|group| group.group_type)
    }

    /// Whether this is the conversation of a group that the user is not known to be a member of.
    pub(super) fn is_stranger(&self, id: &ConversationId) -> bool {
        matches!(id, ConversationId::Group(_)) && self.group(id).is_none()
    }

    /// Whether this is the conversation of a group that the user is a member of.
    pub(super) fn is_member(&self, id: &ConversationId) -> bool {
        self.group(id).is_some()
    }

    /// When the user joined the group of this conversation.
    pub(super) fn joined(&self, id: &ConversationId) -> Option<UnixMillis> {
        Some(self.group(id)?.self_info.as_ref()?.join_time)
    }

    /// The group of this conversation, if the user is a member of it.
    pub(super) fn group(&self, id: &ConversationId) -> Option<&Group> {
        let ConversationId::Group(group) = id else { return None };
        self.groups.get(group)
    }

    /// The event of the groups, if they changed.
    pub(super) fn changed_groups(&mut self) -> Option<Event> {
        std::mem::take(&mut self.are_groups_changed).then(|| Event::GroupListUpdated(self.groups()))
    }

    /// The event of the blacklist, if it changed.
    pub(super) fn changed_blacklist(&mut self) -> Option<Event> {
        std::mem::take(&mut self.is_blacklist_changed).then(|| Event::BlacklistUpdated(self.blacklist()))
    }

    /// Applies what the reply to a request of the app changes on this device.
    pub(super) fn replied(
        &mut self,
        cx: &mut Context,
        request: &Request,
        reply: &Reply,
    ) -> Option<Membership> {
        match reply {
            Reply::Users(UsersReply::UpdateProfile(is)) => self.keep_profile(cx, (*is.profile).clone()),
            Reply::Friends(reply) => reply.changes().iter().for_each(|change| self.friends.keep(cx, change)),
            Reply::Users(UsersReply::SetReceiveOpt(is)) => self.keep_receive_opt(cx, *is),
            Reply::Groups(GroupsReply::UpdateGroup(is)) => self.update(cx, (*is.group).clone()),
            Reply::Members(MembersReply::ChangeOwner(is)) => return self.join(cx, (*is.group).clone()),
            Reply::Groups(GroupsReply::CreateGroup(is)) => return self.join(cx, (*is.group).clone()),
            Reply::Groups(GroupsReply::JoinGroup(Joined {
                status: JoinStatus::JoinedSuccess | JoinStatus::AlreadyInGroup,
                group: Some(group),
            })) => return self.join(cx, (**group).clone()),
            _ => {}
        }
        match request {
            Request::Users(UsersRequest::UpdateBlacklist(update)) => {
                for user in &update.user_id_list {
                    self.keep_listed(cx, user, update.listed);
                }
                None
            }
            Request::Groups(GroupsRequest::QuitGroup(quit)) => self.leave(cx, quit.group_id.clone()),
            Request::Groups(GroupsRequest::DismissGroup(dismiss)) => self.leave(cx, dismiss.group_id.clone()),
            _ => None,
        }
    }

    /// Applies a change of the user's own data, made on this device or another.
    pub(super) fn apply(&mut self, cx: &mut Context, change: conversation::Change) -> Option<Membership> {
        match change {
            conversation::Change::Profile(change) => self.keep_profile(cx, change.profile),
            conversation::Change::ReceiveOpt(opt) => self.keep_receive_opt(cx, opt),
            conversation::Change::Blacklist(change) => self.keep_listed(cx, &change.user_id, change.listed),
            conversation::Change::Group(change) => {
                return match change.group {
                    Some(group) => self.join(cx, group),
                    None => self.leave(cx, change.group_id),
                };
            }
            change @ (conversation::Change::Friend(_)
            | conversation::Change::FriendApplication(_)
            | conversation::Change::FriendApplicationsRead(_)
            | conversation::Change::FriendGroup(_)) => self.friends.keep(cx, &change),
            // The conversations' own.
            conversation::Change::Settings(_)
            | conversation::Change::Removed(_)
            | conversation::Change::RemovedMessages(_) => {}
            conversation::Change::Other(_) => cx.count_unreadable(Unreadable::Change, 1),
        }
        None
    }

    fn keep_profile(&mut self, cx: &mut Context, profile: Profile) {
        if self.profile.as_ref() != Some(&profile) {
            self.profile = Some(profile.clone());
            cx.store(Change::Profile(profile.clone()));
            cx.emit(Event::ProfileUpdated(vec![profile]));
        }
    }

    /// Keeps the receive option, unless what came is older.
    fn keep_receive_opt(&mut self, cx: &mut Context, opt: ReceiveOpt) {
        if opt.version > self.receive_opt.version {
            self.receive_opt = opt;
            cx.store(Change::ReceiveOpt(opt));
            cx.emit(Event::AllReceiveMessageOptUpdated(opt.opt));
        }
    }

    fn keep_listed(&mut self, cx: &mut Context, user: &UserId, listed: bool) {
        let changed = if listed { self.blacklist.insert(user.clone()) } else { self.blacklist.remove(user) };
        if changed {
            cx.store(Change::Blacklist(user.clone(), listed));
            self.is_blacklist_changed = true;
        }
    }

    fn keep_group(&mut self, cx: &mut Context, id: &GroupId, mut group: Option<Group>) {
        match (&mut group, self.groups.get(id)) {
            // It was read before what is known here: only the membership is news.
            (Some(group), Some(known)) if group.info_sequence < known.info_sequence => {
                *group = Group { self_info: group.self_info.take(), ..known.clone() };
            }
            (None, _) => self.outdated.forget(cx, id),
            _ => {}
        }
        let before = match &group {
            Some(group) => self.groups.insert(id.clone(), group.clone()),
            None => self.groups.remove(id),
        };
        if before != group {
            cx.store(Change::Group(id.clone(), group.map(Box::new)));
            self.are_groups_changed = true;
        }
    }

    fn join(&mut self, cx: &mut Context, group: Group) -> Option<Membership> {
        let id = group.group_id.clone();
        let conversation = ConversationId::Group(id.clone());
        let before = self.joined(&conversation);
        let since = group.self_info.as_ref().map_or(0, |own| own.join_time);
        self.keep_group(cx, &id, Some(group));
        let is_new = self.joined(&conversation) != before;
        Some(Membership::Member { conversation, since, is_new })
    }

    fn leave(&mut self, cx: &mut Context, id: GroupId) -> Option<Membership> {
        self.keep_group(cx, &id, None);
        Some(Membership::Ended(ConversationId::Group(id)))
    }

    /// Asks for what changed unheard.
    pub(super) fn pump(&mut self, cx: &mut Context) {
        self.outdated.pump(cx);
        self.people.pump(cx);
    }

    /// When that may be asked for.
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        self.outdated.due(now).into_iter().chain(self.people.due(now)).min()
    }

    /// Handles a group that was asked for.
    pub(super) fn group_came(&mut self, cx: &mut Context, id: &GroupId, result: Result<GroupIs, Fault>) {
        if let Some(group) = self.outdated.came(cx, id, result) {
            self.update(cx, group);
        }
    }

    /// Takes over the profile of a group that the user is a member of still. Its members, its owner and the membership are told
    /// otherwise, in an order of their own.
    fn update(&mut self, cx: &mut Context, group: Group) {
        if let Some(known) = self.groups.get(&group.group_id).cloned() {
            let Group { member_count, owner_id, self_info, .. } = known;
            let group = Group { member_count, owner_id, self_info, ..group };
            self.keep_group(cx, &group.group_id.clone(), Some(group));
        }
    }

    /// Applies a tip to the group: its member count, another owner or that the owner has left, and what changed of its profile.
    pub(super) fn apply_tip(&mut self, cx: &mut Context, tip: &GroupTip, to: &ConversationId) {
        let Some(mut group) = self.group(to).cloned() else { return };
        group.member_count = tip.member_count;
        let has_left =
            |owner: &UserId| tip.operation_type == GroupTipType::Quit && tip.user_id_list.contains(owner);
        group.owner_id = group.owner_id.filter(|owner| !has_left(owner));
        group.owner_id = tip.owner_id.clone().or(group.owner_id);
        match &tip.new_group_profile {
            Some(changes) if Some(tip.info_sequence) == group.info_sequence.checked_add(1) => {
                GroupChanges::clone(changes).apply(&mut group);
                group.info_sequence = tip.info_sequence;
                self.outdated.known(cx, &group.group_id, tip.info_sequence);
            }
            _ if tip.info_sequence > group.info_sequence => {
                self.outdated.add(cx, &group.group_id, tip.info_sequence);
            }
            _ => {}
        }
        self.keep_group(cx, &group.group_id.clone(), Some(group));
    }

    /// Sets a group's member count and owner as of the head of its log, and notes whether its profile changed.
    pub(super) fn update_counts(
        &mut self,
        cx: &mut Context,
        to: &ConversationId,
        members: Option<u32>,
        owner: Option<UserId>,
        info_sequence: u64,
    ) {
        let (Some(group), Some(member_count)) = (self.group(to).cloned(), members) else { return };
        if info_sequence > group.info_sequence {
            self.outdated.add(cx, &group.group_id, info_sequence);
        }
        let group = Group { member_count, owner_id: owner, ..group };
        self.keep_group(cx, &group.group_id.clone(), Some(group));
    }
}
