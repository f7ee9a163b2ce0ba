//! The attributes of groups: reading them, and changing them unless somebody else did meanwhile.
//!
//! Each attribute has the version that set it, so that two who change different ones never get in each other's way. Of one that is not
//! there it is only known that none was removed later than the newest removal: who has not seen that is refused.

use std::collections::BTreeMap;

use tim_protocol::call::{
    AttributesChange, AttributesRequest, Call as _, Check as _, GetAttributesRequest, GroupAttributes,
    SetAttributesRequest,
};
use tim_protocol::code::Code;
use tim_protocol::fields::Fields;
use tim_protocol::frame::Push;
use tim_protocol::{ConversationId, Fault, limits};

use super::DomainResult;
use super::conversations::{audience, check_may_write};
use super::group_view::{CallersGroup, callers_group};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{Attribute, AttributesState, Rows};
use super::rules::{self, Action};
use crate::core::ops::{Actor, Committed, Notification, NotificationContent, UserRequest};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &AttributesRequest,
) -> DomainResult<Committed> {
    let UserRequest { actor, now, .. } = asked;
    let group = request.group().ok_or(Code::INTERNAL)?;
    let group = callers_group(rows, actor, group, asked.request.caller())?;
    match request {
        AttributesRequest::GetAttributes(asked) => {
            get(rows, &group, asked).map(GetAttributesRequest::answer).map(without_notifications)
        }
        AttributesRequest::SetAttributes(asked) => set(rows, actor, &group, asked, *now),
    }
}

fn get(
    rows: &mut impl Rows,
    CallersGroup { conversation, group_type, role }: &CallersGroup,
    GetAttributesRequest { key_list, .. }: &GetAttributesRequest,
) -> DomainResult<GroupAttributes> {
    // Those who are in a live room are no members.
    if role.is_none() && group_type.rules().keeps_members {
        return Err(Code::GROUP_PERMISSION_DENIED.into());
    }
    let version = rows.attributes_state(conversation.key)?.version;
    let mut known = rows.attributes(conversation.key)?;
    known.retain(|key, _| key_list.is_empty() || key_list.contains(key));
    let group_attributes = Fields(known.into_iter().map(|(key, it)| (key, it.value)).collect());
    Ok(GroupAttributes { group_attributes, version })
}

fn set(
    rows: &mut impl Rows,
    actor: &Actor,
    CallersGroup { conversation, group_type, role }: &CallersGroup,
    asked: &SetAttributesRequest,
    now: i64,
) -> DomainResult<Committed> {
    rules::may(Action::EditAttributes, *group_type, *role)?;
    check_may_write(rows, actor, conversation, &ConversationId::Group(asked.group_id.clone()), now)?;
    let state = rows.attributes_state(conversation.key)?;
    let known = rows.attributes(conversation.key)?;
    let group_attributes = changed(&known, asked);
    if group_attributes.is_empty() {
        // A repetition of what was carried out ends here too, whatever version it names.
        let version = state.version;
        return Ok(without_notifications(SetAttributesRequest::answer(GroupAttributes {
            group_attributes,
            version,
        })));
    }
    check_seen(&known, state, asked, &group_attributes)?;
    let mut after = Fields(known.into_iter().map(|(key, it)| (key, it.value)).collect());
    after.set(group_attributes.clone());
    if !GroupAttributes::fit(&after) {
        return Err(GroupAttributes::unfit().into());
    }
    let version = state.version + 1;
    let mut removed = state.removed;
    for (key, value) in &group_attributes.0 {
        if value.is_empty() {
            removed = version;
            rows.remove_attribute(conversation.key, key)?;
        } else {
            rows.set_attribute(conversation.key, key, &Attribute { value: value.clone(), version })?;
        }
    }
    let paced = paced(state.paced, now)?;
    rows.set_attributes_state(conversation.key, AttributesState { version, removed, paced })?;
    let group_id = asked.group_id.clone();
    let change = AttributesChange { group_id, group_attributes: group_attributes.clone(), version };
    // In a live room it is left out before a session that is behind, as all that is said there.
    let content = match group_type.rules().keeps_members {
        true => NotificationContent::Push(Push::Attributes(change)),
        false => NotificationContent::Ephemeral(Push::Attributes(change)),
    };
    let told = Notification { to: audience(conversation), except: actor.session, content };
    let answer = SetAttributesRequest::answer(GroupAttributes { group_attributes, version });
    Ok(with_notifications(answer, vec![told]))
}

/// What would have another value than now; an empty one if it would not be there.
fn changed(known: &BTreeMap<String, Attribute>, asked: &SetAttributesRequest) -> Fields {
    let mut changed = Fields::default();
    if asked.replaces_all {
        changed.0.extend(known.keys().map(|key| (key.clone(), String::new())));
    }
    changed.0.extend(asked.group_attributes.0.clone());
    changed.0.retain(|key, value| known.get(key).map_or("", |it| &it.value) != value.as_str());
    changed
}

/// Refuses to change what the caller has not seen as it is, if the caller says what it has seen.
fn check_seen(
    known: &BTreeMap<String, Attribute>,
    state: AttributesState,
    asked: &SetAttributesRequest,
    changed: &Fields,
) -> Result<(), Code> {
    let Some(seen) = asked.version else { return Ok(()) };
    let newest_of = |key| known.get(key).map_or(state.removed, |it| it.version);
    let newest = if asked.replaces_all {
        state.version
    } else {
        changed.0.keys().map(newest_of).max().unwrap_or_default()
    };
    if newest <= seen { Ok(()) } else { Err(Code::GROUP_ATTRIBUTES_CHANGED) }
}

/// When all changes up to this one would have happened at the rate that is permitted. A second's worth may come at once.
fn paced(before: i64, now: i64) -> Result<i64, Fault> {
    let each = 1_000 / i64::from(limits::GROUP_ATTRIBUTE_CHANGES);
    let paced = before.max(now) + each;
    let wait = paced - now - 1_000;
    if wait <= 0 {
        return Ok(paced);
    }
    Err(Fault::new(Code::GROUP_ATTRIBUTES_TOO_OFTEN).retry_after(u32::try_from(wait).unwrap_or(u32::MAX)))
}
