//! Finds the member whom a request names, and builds the view that others have of a member.

use tim_protocol::UserId;
use tim_protocol::call::{GroupMember, MemberIs};
use tim_protocol::code::Code;

use super::DomainResult;
use super::rows::{Conversation, ListedMember, Member, Rows};
use crate::core::ops::{Actor, UserKey};

/// A member whom a request names.
pub(super) fn named(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    user: &UserId,
) -> DomainResult<(UserKey, Member)> {
    let key = rows.user(actor.app, user)?.ok_or(Code::GROUP_ACCOUNT_NOT_FOUND)?;
    let member = rows.member(conversation.key, key)?.ok_or(Code::GROUP_NOT_A_MEMBER)?;
    Ok((key, member))
}

/// After whom members are listed, who need not be a member any more.
pub(super) fn user_after(
    rows: &mut impl Rows,
    actor: &Actor,
    user: Option<&UserId>,
) -> DomainResult<UserKey> {
    match user {
        Some(user) => Ok(rows.user(actor.app, user)?.ok_or(Code::GROUP_ACCOUNT_NOT_FOUND)?),
        None => Ok(UserKey(0)),
    }
}

/// The answer with a member as it is now.
pub(super) fn member_is(
    rows: &mut impl Rows,
    (key, user): (UserKey, &UserId),
    member: Member,
) -> DomainResult<MemberIs> {
    let profile = rows.sender_profile(key)?;
    Ok(MemberIs { member: Box::new(shown(ListedMember { user: user.clone(), profile, member })) })
}

/// A member as others see it.
pub(super) fn shown(listed: ListedMember) -> GroupMember {
    let ListedMember { user, profile, member } = listed;
    GroupMember {
        user_id: user,
        nick: profile.nick.unwrap_or_default(),
        avatar: profile.avatar.unwrap_or_default(),
        role: member.role,
        join_time: member.joined,
        name_card: member.name_card,
        mute_until: member.mute_until,
        member_custom_field: member.fields,
    }
}
