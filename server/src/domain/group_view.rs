//! A group as it is found by its name, and as a user sees it.

use tim_protocol::GroupId;
use tim_protocol::code::Code;
use tim_protocol::group::{Group, SelfInfo};

use super::DomainResult;
use super::rows::{Conversation, GroupRow, Parties, Rows};
use crate::core::ops::UserKey;

/// A group's conversation; [`Code::GROUP_NOT_FOUND`] if there is none or the group was dismissed.
pub(super) fn existing_group(rows: &mut impl Rows, app: u32, group: &GroupId) -> DomainResult<Conversation> {
    let conversation =
        rows.conversation(app, &Parties::Group(group.clone()))?.ok_or(Code::GROUP_NOT_FOUND)?;
    if group_row(rows, &conversation)?.is_dismissed {
        return Err(Code::GROUP_NOT_FOUND.into());
    }
    Ok(conversation)
}

/// The row of a group's conversation.
pub(super) fn group_row(rows: &mut impl Rows, conversation: &Conversation) -> DomainResult<GroupRow> {
    rows.group(conversation.key)?.ok_or_else(|| Code::GROUP_NOT_FOUND.into())
}

/// A group from the point of view of a user.
pub(super) fn group_for(
    rows: &mut impl Rows,
    conversation: &Conversation,
    viewer: UserKey,
) -> DomainResult<Group> {
    let Parties::Group(group_id) = &conversation.parties else { return Err(Code::GROUP_NOT_FOUND.into()) };
    let row = group_row(rows, conversation)?;
    let member = rows.member(conversation.key, viewer)?;
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
        max_member_count: row.group_type.max_members(),
        join_option: row.join_option,
        self_info: member.map(|member| SelfInfo { role: member.role, join_time: member.joined }),
    })
}
