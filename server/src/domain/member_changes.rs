//! Changing what a group has about a member: until when the member is muted, the name card, the app's fields.
//!
//! The member's devices learn it with the own membership, whenever they come; everybody hears of it by a tip.

use tim_protocol::body::{GroupTip, GroupTipType};
use tim_protocol::call::{Call as _, GroupMember, MemberIs, MuteMemberRequest, UpdateMemberRequest};
use tim_protocol::code::Code;
use tim_protocol::fields::Fields;
use tim_protocol::group::MemberChange;
use tim_protocol::group_rules::Rank;
use tim_protocol::{Fault, UserId};

use super::DomainResult;
use super::group_view::CallersGroup;
use super::member_view::{member_is, named};
use super::membership::note;
use super::notices::{memberships, new_tip, write_tip};
use super::outcome::with_notifications;
use super::rows::{Conversation, Member, Rows};
use super::rules::{self, Action};
use crate::core::ops::{Actor, Committed, Notification, UserKey};

pub(super) fn mute(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, group_type, role }: &CallersGroup,
    asked: &MuteMemberRequest,
    now: i64,
) -> DomainResult<Committed> {
    if group_type.rules().mutes == Rank::Nobody {
        let text = "nobody is muted in a group of this type";
        return Err(Fault::with_text(Code::GROUP_PERMISSION_DENIED, text).into());
    }
    rules::may(Action::Mute, *group_type, *role)?;
    let (key, mut member) = named(rows, actor, conversation, &asked.user_id)?;
    if !rules::outranks(*role, member.role) {
        return Err(Code::GROUP_PERMISSION_DENIED.into());
    }
    let until = if asked.mute_time == 0 { 0 } else { now + i64::from(asked.mute_time) * 1_000 };
    let mute_until = Some(until).filter(|until| *until != member.mute_until);
    member.mute_until = until;
    let changed = MemberChange { mute_until, ..unchanged(&asked.user_id) };
    let (member, notifications) = store(rows, actor, conversation, (key, member), changed, now)?;
    Ok(with_notifications(MuteMemberRequest::answer(member), notifications))
}

pub(super) fn update(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, group_type, role }: &CallersGroup,
    asked: &UpdateMemberRequest,
    now: i64,
) -> DomainResult<Committed> {
    if !group_type.rules().keeps_members {
        return Err(Code::GROUP_BAD_PARAMETER.into());
    }
    let user = asked.user_id.as_ref().unwrap_or(&actor.user);
    let (key, mut member) = named(rows, actor, conversation, user)?;
    if key != actor.key {
        rules::may(Action::EditMembers, *group_type, *role)?;
        if !rules::outranks(*role, member.role) {
            return Err(Code::GROUP_PERMISSION_DENIED.into());
        }
    }
    let name_card = asked.name_card.clone().filter(|name_card| *name_card != member.name_card);
    member.name_card = name_card.clone().unwrap_or(member.name_card);
    let member_custom_field = member.fields.set(asked.member_custom_field.clone());
    if !GroupMember::fit(&member.name_card, &member.fields) {
        let text = "a member has at most 5 custom fields, and 10 KiB as JSON: remove one first";
        return Err(Fault::with_text(Code::GROUP_BAD_PARAMETER, text).into());
    }
    let changed = MemberChange { name_card, member_custom_field, ..unchanged(user) };
    let (member, notifications) = store(rows, actor, conversation, (key, member), changed, now)?;
    Ok(with_notifications(UpdateMemberRequest::answer(member), notifications))
}

fn unchanged(user: &UserId) -> MemberChange {
    let member_custom_field = Fields::default();
    MemberChange { user_id: user.clone(), name_card: None, mute_until: None, member_custom_field }
}

/// Stores a member of whom something changed, tells the member's devices, and everybody by a tip. Answers with the member.
fn store(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    (key, member): (UserKey, Member),
    changed: MemberChange,
    now: i64,
) -> DomainResult<(MemberIs, Vec<Notification>)> {
    let user = changed.user_id.clone();
    let mut notifications = Vec::new();
    if changed != unchanged(&user) {
        rows.set_member_details(conversation.key, key, &member)?;
        note(rows, key, conversation, false)?;
        notifications = memberships(rows, conversation, std::iter::once(key))?;
        let tip = new_tip(rows, actor, conversation, GroupTipType::MembersUpdated, vec![user.clone()])?;
        let tip = GroupTip { member_list: vec![changed], ..tip };
        notifications.push(write_tip(rows, conversation, tip, now)?);
    }
    Ok((member_is(rows, (key, &user), member)?, notifications))
}
