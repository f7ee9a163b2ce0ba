//! Modifies messages: their bodies with the appended elements, and custom data, by their senders.
//!
//! A modification names the version that it is based on. The first of two that name the same wins; the other one is answered
//! with what the first made of the message.

use serde_json::value::RawValue;
use tim_protocol::attributes::Attributes;
use tim_protocol::body::{Body, appended, appended_text, elements_of, with_elements};
use tim_protocol::bounds::check_content;
use tim_protocol::call::{self, Call as _, Modified};
use tim_protocol::code::Code;
use tim_protocol::message::{Message, MessageChange, Modification, Mutation};

use super::DomainResult;
use super::conversations::{check_may_write, named, readers};
use super::mutations::{self, Changed};
use super::outcome::{with_notifications, without_notifications};
use super::rows::{MutationKind, Rows};
use crate::core::ops::{Actor, Committed};

/// What the message shall be.
struct Content {
    attributes: Option<Box<RawValue>>,
    body: Box<RawValue>,
}

impl Content {
    fn of(message: &Message, asked: &call::ModifyRequest) -> Self {
        let attributes = match &asked.cloud_custom_data {
            Some(data) => Attributes::with_custom_data(message.attributes.as_deref(), data),
            None => message.attributes.clone(),
        };
        Self { attributes, body: body_of(message, asked) }
    }

    /// Whether the message is that already.
    fn is(&self, message: &Message) -> bool {
        let data = |text: Option<&RawValue>| Attributes::of(text).cloud_custom_data;
        self.body.get() == message.body.get()
            && data(self.attributes.as_deref()) == data(message.attributes.as_deref())
    }
}

/// The body that a message shall have. A sender who does not know all fields of an element, and changes none of those it knows, keeps the
/// others.
fn body_of(message: &Message, asked: &call::ModifyRequest) -> Box<RawValue> {
    let reads = |body: &RawValue| Body::read(body).ok();
    let first = asked.body.as_ref().filter(|body| reads(body) != reads(&message.body));
    let elements = asked.elements.as_ref().filter(|it| elements_of(it) != appended(&message.body));
    if first.is_none() && elements.is_none() {
        return message.body.clone();
    }
    let before = appended_text(&message.body);
    with_elements(first.unwrap_or(&message.body), elements.map(|it| &**it).or(before.as_deref()))
}

pub(super) fn modify(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &call::ModifyRequest,
    now: i64,
) -> DomainResult<Committed> {
    let name = &asked.conversation_id;
    let mut conversation = named(rows, actor, name)?.ok_or(Code::MESSAGE_NOT_FOUND)?;
    let message = mutations::visible(rows, actor, &conversation, name, asked.sequence)?
        .filter(|message| message.revoked.is_none())
        .ok_or(Code::MESSAGE_NOT_FOUND)?;
    if message.from != actor.user {
        return Err(Code::MODIFY_NOT_ALLOWED.into());
    }
    let content = Content::of(&message, asked);
    if message.version != asked.version {
        let newest =
            rows.newest_mutation(conversation.key, actor, message.sequence, MutationKind::Modified)?;
        let mutation = mutations::seen(newest.ok_or(Code::BAD_REQUEST)?, actor, &conversation, name);
        // The reply to a request that was carried out may have been lost.
        let applied = message.version == asked.version + 1 && content.is(&message);
        return Ok(without_notifications(answer(applied, mutation)));
    }
    check(asked, &message, &content)?;
    check_may_write(rows, actor, &conversation, name, now)?;
    let modification = Modification {
        by: actor.user.clone(),
        time: now,
        version: message.version + 1,
        attributes: content.attributes.clone(),
        body: content.body.clone(),
    };
    let changed = Changed {
        attributes: content.attributes.as_deref(),
        body: &content.body,
        ..Changed::of(&message, MessageChange::Modified(modification))
    };
    let mutation = mutations::append(rows, actor, &mut conversation, &message, changed)?;
    let to = readers(rows, actor, &conversation, &message)?;
    let notification = mutations::notification(actor, to, mutation.clone());
    Ok(with_notifications(answer(true, mutation), vec![notification]))
}

/// The kind of the first element stays, and body and attributes fit together.
fn check(asked: &call::ModifyRequest, message: &Message, content: &Content) -> DomainResult<()> {
    if let Some(body) = &asked.body {
        let tag = |body: &RawValue| Body::read(body).ok().filter(Body::is_modifiable).map(|body| body.tag());
        if tag(body).is_none() || tag(body) != tag(&message.body) {
            return Err(Code::MODIFY_NOT_ALLOWED.into());
        }
    }
    Ok(check_content(&content.body, content.attributes.as_deref()).map_err(|fault| fault.code)?)
}

fn answer(applied: bool, mutation: Mutation) -> call::Reply {
    call::ModifyRequest::answer(Modified { applied, mutation })
}
