//! Changing a group's profile: who may change what, and how the members hear of it.
//!
//! A change is a tip in the group's log, which reaches members as every message does, at the cost of one, whatever the number of
//! members. A device that missed the tip sees by the group's `infoSequence`, which comes with the state of the conversation, that its
//! profile is older, and asks for the group.

use tim_protocol::Fault;
use tim_protocol::call::{self, Call as _, GroupIs};
use tim_protocol::code::Code;
use tim_protocol::group::GroupChanges;

use super::DomainResult;
use super::group_view::{CallersGroup, group_for};
use super::notices::profile_tip;
use super::outcome::{with_notifications, without_notifications};
use super::rows::Rows;
use super::rules::{self, Action};
use crate::core::ops::{Actor, Committed};

pub(super) fn update(
    rows: &mut impl Rows,
    actor: &Actor,
    caller: &CallersGroup,
    asked: &call::UpdateGroupRequest,
    now: i64,
) -> DomainResult<Committed> {
    let CallersGroup { conversation, .. } = caller;
    check(caller, &asked.changes)?;
    let mut group = group_for(rows, conversation, actor.key)?;
    let changed = GroupChanges::clone(&asked.changes).apply(&mut group);
    if !GroupChanges::fit(&group) {
        return Err(Fault::with_text(
            Code::GROUP_BAD_PARAMETER,
            "a group has at most 10 custom fields, and 10 KiB as JSON: remove one first",
        )
        .into());
    }
    let Some(changed) = changed else {
        return Ok(without_notifications(call::UpdateGroupRequest::answer(GroupIs {
            group: Box::new(group),
        })));
    };
    group.info_sequence += 1;
    rows.set_group_profile(conversation.key, &group)?;
    let tip = profile_tip(rows, actor, conversation, changed, group.info_sequence, now)?;
    Ok(with_notifications(call::UpdateGroupRequest::answer(GroupIs { group: Box::new(group) }), vec![tip]))
}

/// Whether the caller may change all of this, and a group of this type may have it.
fn check(caller: &CallersGroup, changes: &GroupChanges) -> Result<(), Code> {
    let CallersGroup { group_type, role, .. } = caller;
    rules::may(Action::EditProfile, *group_type, *role)?;
    let rules = group_type.rules();
    if changes.mute_all_members.is_some() {
        rules::may(Action::Mute, *group_type, *role)?;
    }
    let fits = changes.join_option.is_none_or(|option| rules.allows_joining_by(option))
        && changes.invite_option.is_none_or(|option| rules.allows_inviting_by(option));
    if fits { Ok(()) } else { Err(Code::GROUP_BAD_PARAMETER) }
}
