//! Finds the group of a request and checks its caller's role, and builds the view that a user has of a group.

use tim_protocol::GroupId;
use tim_protocol::call::Caller;
use tim_protocol::code::Code;
use tim_protocol::group::{Group, GroupType, Role, SelfInfo};

use super::DomainResult;
use super::rows::{Conversation, GroupRow, Parties, Rows, Standing};
use crate::core::ops::{Actor, UserKey};

/// The group of a request, and what its caller is there.
pub(super) struct CallersGroup {
    pub(super) conversation: Conversation,
    pub(super) group_type: GroupType,
    /// The caller's role; `None` if not a member.
    pub(super) role: Option<Role>,
}

/// The existing group that a request is about, for those who may call the verb.
pub(super) fn callers_group(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &GroupId,
    caller: Caller,
) -> DomainResult<CallersGroup> {
    let conversation = rows.conversation(actor.app, &Parties::Group(group.clone()))?;
    let conversation = conversation.ok_or(Code::GROUP_NOT_FOUND)?;
    let Standing { group_type, is_dismissed, role, .. } = rows.standing(conversation.key, actor.key)?;
    if is_dismissed {
        return Err(Code::GROUP_NOT_FOUND.into());
    }
    if actor.key.is_guest() && group_type.rules().keeps_members {
        return Err(Code::LOGIN_NEEDED.into());
    }
    if !caller.includes(role) {
        return Err(Code::GROUP_PERMISSION_DENIED.into());
    }
    Ok(CallersGroup { conversation, group_type, role })
}

/// The row of a group's conversation.
pub(super) fn group_row(rows: &mut impl Rows, conversation: &Conversation) -> DomainResult<GroupRow> {
    rows.group(conversation.key)?.ok_or_else(|| Code::GROUP_NOT_FOUND.into())
}

/// The first sequence that a user sees who comes into a group now.
pub(super) fn first_visible_seq(conversation: &Conversation, group_type: GroupType) -> u64 {
    if group_type.rules().shows_history_before_joining { 1 } else { conversation.head + 1 }
}

/// Whether a user was removed, and may not come in yet.
pub(super) fn is_banned(
    rows: &mut impl Rows,
    conversation: &Conversation,
    user: UserKey,
    now: i64,
) -> DomainResult<bool> {
    Ok(rows.ban(conversation.key, user)? > now)
}

/// A group from the point of view of a user.
pub(super) fn group_for(
    rows: &mut impl Rows,
    conversation: &Conversation,
    viewer: UserKey,
) -> DomainResult<Group> {
    let Parties::Group(group_id) = &conversation.parties else { return Err(Code::GROUP_NOT_FOUND.into()) };
    let row = group_row(rows, conversation)?;
    // Nobody is a member of what has ended.
    let member = if row.is_dismissed { None } else { rows.member(conversation.key, viewer)? };
    Ok(Group {
        group_id: group_id.clone(),
        group_type: row.group_type,
        name: row.name,
        introduction: row.introduction,
        notification: row.notification,
        avatar: row.avatar,
        owner_id: row.owner,
        create_time: row.created,
        member_count: row.members,
        max_member_count: row.group_type.rules().max_members,
        join_option: row.join_option,
        invite_option: Some(row.invite_option),
        mute_all_members: row.mutes_all,
        group_custom_field: row.fields,
        info_sequence: row.info_sequence,
        self_info: member.map(|member| SelfInfo {
            role: member.role,
            join_time: member.joined,
            name_card: member.name_card,
            mute_until: member.mute_until,
            member_custom_field: member.fields,
        }),
    })
}
