//! The end of a group. Its row says at once that it is dismissed, and nobody is a member from then on. Its members' own rows follow
//! in pieces, or when a device of theirs comes, whichever is first: each is told once.

use tim_protocol::body::NoticeType;
use tim_protocol::call::{Call as _, DismissGroupRequest, Done};
use tim_protocol::code::Code;
use tim_protocol::conversation::{Change, GroupChange};
use tim_protocol::frame::Push;

use super::group_view::CallersGroup;
use super::membership::expel;
use super::notices::{memberships, notice, unsubscribe};
use super::outcome::with_notifications;
use super::rooms;
use super::rows::{Chore, Conversation, Dismissal, Parties, Rows};
use super::rules::{self, Action};
use super::{DomainResult, marks};
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent, UserKey};

/// Most rows of each kind that go in one transaction.
pub(super) const AT_ONCE: u32 = 64;

/// Ends a group for the actor and for everybody who is connected, and leaves a chore.
pub(super) fn dismiss(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &CallersGroup,
    now: i64,
) -> DomainResult<Committed> {
    let CallersGroup { conversation, group_type, role } = group;
    rules::may(Action::Dismiss, *group_type, *role)?;
    if !group_type.rules().keeps_members {
        return rooms::dismiss(rows, actor, conversation, now);
    }
    rows.dismiss_group(conversation.key)?;
    rows.remove_attributes(conversation.key)?;
    let by = Actor { session: None, ..actor.clone() };
    let dismissal = Dismissal { group: conversation.key, by, time: now };
    let mut notifications = end_for(rows, &dismissal, conversation, &[actor.key])?;
    notifications.extend(told_to_all(conversation)?);
    rows.add_chore(&Chore::EndGroup(dismissal))?;
    Ok(with_notifications(DismissGroupRequest::answer(Done {}), notifications))
}

/// Tells the connected members, in one, that they are none any more. Whoever is not connected is told with their own rows.
fn told_to_all(conversation: &Conversation) -> DomainResult<[Notification; 2]> {
    let Parties::Group(group_id) = &conversation.parties else { return Err(Code::INTERNAL.into()) };
    let change = Change::Group(GroupChange { group_id: group_id.clone(), group: None });
    let contents =
        [NotificationContent::Push(Push::Change(change)), NotificationContent::Unsubscribe(conversation.key)];
    Ok(contents.map(|content| Notification { to: Audience::Topic(conversation.key), except: None, content }))
}

/// Makes former members of some members, and removes some applications and bans. Whether none is left.
pub(super) fn go_on(rows: &mut impl Rows, dismissal: &Dismissal) -> DomainResult<(Vec<Notification>, bool)> {
    let conversation = rows.conversation_by_key(dismissal.group)?;
    let members = rows.some_members(dismissal.group, AT_ONCE)?;
    let notifications = end_for(rows, dismissal, &conversation, &members)?;
    let applications = rows.remove_applications(dismissal.group, AT_ONCE)?;
    let bans = rows.remove_bans(dismissal.group, AT_ONCE)?;
    let members = u32::try_from(members.len()).unwrap_or(AT_ONCE);
    Ok((notifications, members.max(applications).max(bans) < AT_ONCE))
}

/// Makes a former member of a user who is about to be told what changed. Of many groups the rest is told with their chores.
pub(super) fn catch_up(rows: &mut impl Rows, user: UserKey) -> DomainResult<Vec<Notification>> {
    let mut notifications = Vec::new();
    for dismissal in rows.dismissals_for(user, AT_ONCE)? {
        let conversation = rows.conversation_by_key(dismissal.group)?;
        notifications.extend(end_for(rows, &dismissal, &conversation, &[user])?);
        // The notice is among what the user is about to be told.
        if let Some(notices) = rows.conversation(dismissal.by.app, &Parties::System(user))? {
            marks::mark_all(rows, notices.key, notices.head + notices.mutation_head)?;
        }
    }
    Ok(notifications)
}

fn end_for(
    rows: &mut impl Rows,
    Dismissal { by, time, .. }: &Dismissal,
    conversation: &Conversation,
    members: &[UserKey],
) -> DomainResult<Vec<Notification>> {
    for member in members {
        expel(rows, conversation, *member)?;
    }
    let mut notifications = memberships(rows, conversation, members.iter().copied())?;
    // One may have come while the topic was told.
    notifications.extend((!members.is_empty()).then(|| unsubscribe(conversation, members.iter().copied())));
    for member in members {
        notifications.push(notice(rows, by, *member, conversation, NoticeType::GroupDismissed, "", *time)?);
    }
    Ok(notifications)
}
