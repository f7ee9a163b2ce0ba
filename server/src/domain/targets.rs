//! Messages to some members of a group: who receives one, and who is told of its changes.
//!
//! Such a message has its sequence like any other. Everybody else has an empty place there.

use std::sync::Arc;

use tim_protocol::attributes::Attributes;
use tim_protocol::code::Code;
use tim_protocol::frame::Push;
use tim_protocol::message::Message;
use tim_protocol::{Fault, UserId};

use super::DomainResult;
use super::place::{self, Place};
use super::rows::{Conversation, Rows};
use crate::core::ops::{Actor, Audience, Notification, NotificationContent, UserKey};

/// The receivers of a message that is sent.
///
/// # Errors
/// [`Code::GROUP_BAD_PARAMETER`] for a user who is not a member.
pub(super) fn receivers(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    names: &[UserId],
) -> DomainResult<Vec<UserKey>> {
    let mut receivers = vec![actor.key];
    for name in names {
        let Some(member) = member(rows, actor, conversation, name)? else {
            let text = format!("receiverList: {name} is not a member of the group, leave this user out");
            return Err(Fault::with_text(Code::GROUP_BAD_PARAMETER, text).into());
        };
        receivers.push(member);
    }
    Ok(receivers)
}

fn member(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    name: &UserId,
) -> DomainResult<Option<UserKey>> {
    let Some(user) = rows.user(actor.app, name)? else { return Ok(None) };
    Ok(rows.member(conversation.key, user)?.map(|_| user))
}

/// Those who are told of a change to a message: who sees it, and is a member still; one who joined again after it does not see it.
/// `None` if it is a message to all.
pub(super) fn audience(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    message: &Message,
) -> DomainResult<Option<Audience>> {
    let names = Attributes::of(message.attributes.as_deref()).receiver_list;
    let Some(names) = names.filter(|_| place::may_hide(conversation)) else { return Ok(None) };
    let mut users = Vec::new();
    for name in names.iter().chain([&message.from]) {
        if let Some(user) = member(rows, actor, conversation, name)?
            && rows.user_conversation(user, conversation.key)?.first_visible_seq <= message.sequence
        {
            users.push(user);
        }
    }
    Ok(Some(Audience::Users(users.into())))
}

/// Tells the receivers of a new message of it, and everybody else in the group of its empty place.
pub(super) fn notifications(
    actor: &Actor,
    conversation: &Conversation,
    receivers: Vec<UserKey>,
    message: Message,
) -> Vec<Notification> {
    let Message { sequence, time, unread_index, .. } = message;
    let place = Place { sequence, time, unread_index }.empty(conversation.key, message.to.clone());
    let receivers: Arc<[UserKey]> = receivers.into();
    let others = Audience::TopicBut(conversation.key, Arc::clone(&receivers));
    let told = [(Audience::Users(receivers), message), (others, place)];
    let notification = |(to, message)| {
        let content = NotificationContent::Push(Push::Message(message));
        Notification { to, except: actor.session, content }
    };
    told.map(notification).into()
}
