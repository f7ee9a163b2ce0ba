//! Which files a message names, in its body or its attributes: those of its kind, of the messages in a merger, and those that
//! an app names in custom data. What no message names is removed after a while.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use tim_protocol::UnixMillis;
use uuid::Uuid;

use super::DomainResult;
use super::rows::Rows;
use crate::core::media_path::named_in;
use crate::core::ops::ConversationKey;

/// What a message says.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) body: &'a RawValue,
    pub(super) attributes: Option<&'a RawValue>,
}

impl Said<'_> {
    fn files(self) -> BTreeSet<Uuid> {
        let attributes = self.attributes.map(|it| named_in(it.get())).unwrap_or_default();
        named_in(self.body.get()).into_iter().chain(attributes).collect()
    }
}

/// A message has got its place. A text costs no statement.
pub(super) fn add(
    rows: &mut impl Rows,
    conversation: ConversationKey,
    sequence: u64,
    said: Said<'_>,
) -> DomainResult<()> {
    said.files().into_iter().try_for_each(|file| rows.name_media(file, conversation, sequence))
}

/// A message says something else since `at`.
pub(super) fn change(
    rows: &mut impl Rows,
    (conversation, sequence): (ConversationKey, u64),
    before: Said<'_>,
    now: Said<'_>,
    at: UnixMillis,
) -> DomainResult<()> {
    if before.body.get() == now.body.get()
        && before.attributes.map(RawValue::get) == now.attributes.map(RawValue::get)
    {
        return Ok(());
    }
    let (before, now) = (before.files(), now.files());
    before.difference(&now).try_for_each(|file| rows.unname_media(*file, (conversation, sequence), at))?;
    now.difference(&before).try_for_each(|file| rows.name_media(*file, conversation, sequence))
}
