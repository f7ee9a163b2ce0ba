//! What a change writes and tells beside its answer: tips in a group's log, notices in a user's, changes of a user's own.

use tim_protocol::body::{Body, GroupTip, GroupTipType, NoticeGroup, NoticeType, SystemNotice};
use tim_protocol::code::Code;
use tim_protocol::conversation::Change;
use tim_protocol::frame::Push;
use tim_protocol::{ConversationId, UserId};

use super::Outcome;
use super::group_view::{group_for, group_row};
use super::log::append_own;
use super::rows::{Conversation, Parties, Rows};
use crate::core::ops::{Actor, Audience, Tell, UserKey, What};

/// A change of the actor's own, for their other sessions.
pub(super) fn own_change(actor: &Actor, change: Change) -> Tell {
    Tell { to: Audience::user(actor.key), except: actor.session, what: What::Push(Push::Change(change)) }
}

/// From here on, these users hear what is told to everybody in a conversation.
pub(super) fn subscribe(conversation: &Conversation, users: impl Iterator<Item = UserKey>) -> Tell {
    let what = What::Subscribe(conversation.key);
    Tell { to: Audience::Users(users.collect()), except: None, what }
}

/// From here on, these users do not hear it any more.
pub(super) fn unsubscribe(conversation: &Conversation, users: impl Iterator<Item = UserKey>) -> Tell {
    let what = What::Unsubscribe(conversation.key);
    Tell { to: Audience::Users(users.collect()), except: None, what }
}

/// Tells users whether they are in a group now. Before notices, so that a device that hears one shows what it tells of.
pub(super) fn memberships(
    rows: &mut impl Rows,
    conversation: &Conversation,
    users: impl Iterator<Item = UserKey>,
) -> Outcome<Vec<Tell>> {
    users.map(|user| membership(rows, conversation, user)).collect()
}

fn membership(rows: &mut impl Rows, conversation: &Conversation, user: UserKey) -> Outcome<Tell> {
    let Parties::Group(group_id) = &conversation.parties else { return Err(Code::INTERNAL.into()) };
    let group = group_for(rows, conversation, user)?;
    let group = group.self_info.is_some().then_some(group);
    let change = Change::Group { group_id: group_id.clone(), group };
    Ok(Tell { to: Audience::user(user), except: None, what: What::Push(Push::Change(change)) })
}

/// Writes a tip of what `actor` did with `users` into a group's log.
pub(super) fn tip(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    kind: GroupTipType,
    users: Vec<UserId>,
    now: i64,
) -> Outcome<Tell> {
    let Parties::Group(group) = &conversation.parties else { return Err(Code::INTERNAL.into()) };
    let body = Body::GroupTip(GroupTip {
        operator_id: actor.user.clone(),
        operation_type: kind,
        user_id_list: users,
        member_count: rows.group_brief(conversation.key)?.members,
    });
    // Several things may be written in one step: the row knows the newest place.
    let mut newest = rows.conversation_by_key(conversation.key)?;
    append_own(rows, &mut newest, ConversationId::Group(group.clone()), &body, now)
}

/// Writes a notice of what `actor` did in a group into a user's own log.
pub(super) fn notice(
    rows: &mut impl Rows,
    actor: &Actor,
    to: UserKey,
    conversation: &Conversation,
    kind: NoticeType,
    words: &str,
    now: i64,
) -> Outcome<Tell> {
    let Parties::Group(group_id) = &conversation.parties else { return Err(Code::INTERNAL.into()) };
    let group = group_row(rows, conversation)?;
    let body = Body::GroupSystemNotice(SystemNotice {
        operator_id: actor.user.clone(),
        operation_type: kind,
        group_profile: NoticeGroup {
            group_id: group_id.clone(),
            name: group.name,
            group_type: group.group_type,
        },
        handle_message: words.to_owned(),
    });
    let mut log = match rows.conversation(actor.app, &Parties::System(to))? {
        Some(log) => log,
        None => rows.add_conversation(actor.app, Parties::System(to))?,
    };
    append_own(rows, &mut log, ConversationId::System, &body, now)
}
