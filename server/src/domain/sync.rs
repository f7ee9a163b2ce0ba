//! Pages of what changed for a user, newest first.
//!
//! A page is read in one transaction. A conversation that is marked again while a client pages down moves above the
//! upper end of the sync, where the next sync finds it.

use serde_json::value::RawValue;
use tim_protocol::call::{SyncPage, SyncRequest};
use tim_protocol::conversation::{
    BlacklistChange, Change, ConversationState, Cursor, GroupChange, LastShown, ProfileChange, ReadState,
};
use tim_protocol::{GroupId, UserId, bounds, limits};

use super::conversations::named_from;
use super::group_view::group_for;
use super::log::{Reader, Run};
use super::profiles::profile;
use super::removed::{Removed, newest_shown};
use super::rows::{ChangeKind, Changed, Conversation, ConversationView, Parties, Rows, UserConversation};
use super::{DomainResult, friend_records, log, mentions, unread};
use crate::core::ops::{Actor, ConversationKey};
use crate::core::sync_range::SyncRange;

/// A row of a page, as JSON text.
enum Row {
    Conversation(Box<RawValue>),
    Change(Box<RawValue>),
}

impl Row {
    /// Bytes in the page, with the comma.
    fn bytes(&self) -> usize {
        let (Self::Conversation(text) | Self::Change(text)) = self;
        text.get().len() + 1
    }
}

/// One page; `upto` is the upper end of the sync.
pub(super) fn page(
    rows: &mut impl Rows,
    actor: &Actor,
    sync: &SyncRequest,
    upto: Cursor,
) -> DomainResult<SyncPage<Box<RawValue>, Box<RawValue>>> {
    let range = SyncRange::of(sync, upto);
    let changed = rows.changed(actor.key, range.after, range.before, sync.limit)?;
    let (mut page, before) = (range.page(upto), range.before);
    let (mut bytes, mut last, full) = (0, before, changed.len() >= sync.limit as usize);
    for (version, changed) in changed {
        let room = limits::PAGE_BYTES.saturating_sub(bytes);
        let row = row(rows, actor, sync, (version, changed), room)?;
        bytes += row.as_ref().map_or(0, Row::bytes);
        if bytes > limits::PAGE_BYTES && last != before {
            page.next = Some(last);
            return Ok(page);
        }
        match row {
            Some(Row::Conversation(state)) => page.conversations.push(state),
            Some(Row::Change(change)) => page.changes.push(change),
            None => {}
        }
        last = version;
    }
    page.next = full.then_some(last);
    Ok(page)
}

/// The row of a change, if it has one. Removed items are included in a full sync too, because the client may hold them
/// from a page whose cursor it lost.
fn row(
    rows: &mut impl Rows,
    actor: &Actor,
    sync: &SyncRequest,
    (version, changed): (u64, Changed),
    room: usize,
) -> DomainResult<Option<Row>> {
    Ok(match changed {
        Changed::Conversation { key, is_gone } => {
            let state = state(rows, actor, key, is_gone, sync.latest, room)?;
            Some(Row::Conversation(bounds::written(&state)))
        }
        Changed::Other { kind, key, is_gone } => {
            let change = change(rows, actor, (kind, &key), version, is_gone)?;
            change.map(|change| Row::Change(bounds::written(&change)))
        }
    })
}

fn state(
    rows: &mut impl Rows,
    actor: &Actor,
    key: ConversationKey,
    is_gone: bool,
    latest: u32,
    room: usize,
) -> DomainResult<ConversationState<Box<RawValue>>> {
    let view = rows.conversation_view(actor.key, key)?;
    let name = named_from(&view)?;
    let ConversationView { conversation, own, settings, peer } = view;
    let peer_read = peer.map(|(_, read)| read);
    let group = match conversation.parties {
        Parties::Group(_) => Some(rows.group_summary(key)?),
        Parties::C2c(..) | Parties::System(_) => None,
    };
    let (group_type, member_count, owner_id, info_sequence) = match group {
        Some(it) if !is_gone => (Some(it.group_type), Some(it.members), it.owner, it.info_sequence),
        group => (group.map(|group| group.group_type), None, None, 0),
    };
    let latest = if is_gone { 0 } else { latest };
    let (mut run, mut last) = (Run::default(), Run::default());
    if latest > 0 {
        let first = (conversation.head + 1).saturating_sub(latest.into()).max(own.first_visible_seq);
        let newest = first..=conversation.head;
        let removed = Removed::among(rows, actor.key, &conversation, own, newest.clone())?;
        let reader = Reader { actor, conversation: &conversation, name: &name, removed: &removed };
        run = log::messages(rows, &reader, newest, latest, room)?;
        let shown = newest_shown(rows, actor.key, &conversation, own)?;
        if shown >= own.first_visible_seq && run.low.is_some_and(|low| shown < low) {
            last = log::messages(rows, &reader, shown..=shown, 1, room)?;
        }
    }
    let last_shown = removed_last(rows, actor, &conversation, own)?;
    let ReadState { read, unread_base, revoked_above_read, mutation_head, removals } =
        unread::read_state(rows, &conversation, actor.key, own)?;
    let mentions = if is_gone { Vec::new() } else { mentions::unread(rows, actor, &conversation, own)? };
    Ok(ConversationState {
        conversation_id: name,
        group_type,
        member_count,
        owner_id,
        info_sequence,
        head: conversation.head,
        mutation_head,
        unread_index: conversation.unread_index,
        read,
        own: unread::own(rows, &conversation, actor.key)?,
        unread_base,
        revoked_above_read,
        peer_read: peer_read.unwrap_or(0),
        first_visible_seq: own.first_visible_seq,
        hidden_below: own.hidden_below,
        removals,
        last_shown,
        gone: is_gone,
        mentions: mentions.into(),
        last_message: last.messages,
        settings: settings.filter(|_| !is_gone),
        latest: run.messages,
    })
}

/// The last message of a conversation, if the user removed it: it orders the list still.
fn removed_last(
    rows: &mut impl Rows,
    actor: &Actor,
    conversation: &Conversation,
    own: UserConversation,
) -> DomainResult<Option<LastShown>> {
    let sequence = conversation.last_shown_seq;
    let removed = Removed::among(rows, actor.key, conversation, own, sequence..=sequence)?;
    if sequence == 0 || (sequence >= own.first_visible_seq && !removed.has(sequence)) {
        return Ok(None);
    }
    let time = rows.time_at(conversation.key, sequence)?;
    Ok(time.map(|time| LastShown { sequence, time }))
}

fn change(
    rows: &mut impl Rows,
    actor: &Actor,
    (kind, key): (ChangeKind, &str),
    version: u64,
    is_gone: bool,
) -> DomainResult<Option<Change>> {
    Ok(match kind {
        ChangeKind::Profile => {
            let profile = profile(rows, actor.key, &actor.user)?;
            Some(Change::Profile(ProfileChange { profile }))
        }
        ChangeKind::ReceiveOpt => Some(Change::ReceiveOpt(rows.receive_opt(actor.key)?)),
        ChangeKind::Blacklist => {
            let listed = |user_id| Change::Blacklist(BlacklistChange { user_id, listed: !is_gone });
            UserId::new(key).ok().map(listed)
        }
        ChangeKind::Friend
        | ChangeKind::FriendApplication
        | ChangeKind::ApplicationsRead
        | ChangeKind::FriendGroup => friend_records::synced(rows, actor, (kind, key), version)?,
        ChangeKind::Group => match GroupId::new(key) {
            Ok(group_id) => {
                let conversation = rows.conversation(actor.app, &Parties::Group(group_id.clone()))?;
                let group = match conversation {
                    Some(conversation) if !is_gone => Some(group_for(rows, &conversation, actor.key)?),
                    _ => None,
                };
                // It may have ended since this was noted.
                let group = group.filter(|group| group.self_info.is_some());
                Some(Change::Group(GroupChange { group_id, group }))
            }
            Err(_) => None,
        },
    })
}
