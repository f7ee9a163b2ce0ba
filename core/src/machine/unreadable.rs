//! Content from the server that this version cannot read: skipped, counted, and reported once.
//!
//! It does not close the connection and is not requested again: a placeholder occupies the message's sequence, and a
//! mutation's sequence is skipped.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use tim_protocol::message::{Message as WireMessage, Priority};
use tim_protocol::{Code, ConversationId, Fault, List, MessageId, UserId};

use super::Machine;
use super::io::Output;

/// The body of the placeholder for an unreadable message.
const BODY: &str = r#"{"type":"unreadable"}"#;

/// The kinds of unreadable content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unreadable {
    /// A frame that is not JSON or exceeds a limit. Closes the connection, because pushes may have been lost.
    Frame,
    /// An envelope.
    Envelope,
    /// A push. It is acknowledged.
    Push,
    /// A reply. Its request fails.
    Reply,
    /// A conversation in a sync. Its state stays unchanged.
    Conversation,
    /// A change of the user's own data.
    Change,
    /// A message. A placeholder is shown instead.
    Message,
    /// A mutation. Its sequence is skipped.
    Mutation,
    /// A profile. It is omitted.
    Profile,
}

/// Counts of unreadable content.
#[derive(Default)]
pub(super) struct Tally {
    counts: BTreeMap<Unreadable, u64>,
    /// Logged since the connection began.
    logged: BTreeSet<Unreadable>,
    /// Whether the app was informed since the login.
    is_reported: bool,
}

impl Tally {
    pub(super) fn connection_begins(&mut self) {
        self.logged.clear();
    }

    pub(super) fn login_begins(&mut self) {
        self.is_reported = false;
    }
}

impl Machine {
    /// How much content of each kind this version could not read since the machine was created.
    #[must_use]
    pub fn unreadable(&self) -> &BTreeMap<Unreadable, u64> {
        &self.unreadable.counts
    }

    /// Counts unreadable content; logs it once per connection and informs the app once per login.
    pub(super) fn count_unreadable(&mut self, what: Unreadable, count: usize) {
        if count == 0 {
            return;
        }
        let Tally { counts, logged, is_reported } = &mut self.unreadable;
        let counted = counts.entry(what).or_default();
        *counted = counted.saturating_add(count as u64);
        let is_first = logged.insert(what);
        let is_news = !std::mem::replace(is_reported, true);
        if is_first {
            self.push_output(Output::LogUnreadable(what));
        }
        if is_news {
            self.emit_fault(Fault::new(Code::UNREADABLE));
        }
    }

    /// The messages from `low` to `high`, with placeholders for unreadable ones. A list whose length does not match the
    /// range is returned without placeholders.
    pub(super) fn fill_gaps(
        &mut self,
        id: &ConversationId,
        list: List<WireMessage>,
        low: u64,
        high: u64,
    ) -> Vec<WireMessage> {
        let List { items, unreadable } = list;
        self.count_unreadable(Unreadable::Message, unreadable);
        let (Some(me), places) = (self.me(), high.saturating_add(1).saturating_sub(low)) else {
            return items;
        };
        if unreadable == 0 || places != (items.len() + unreadable) as u64 {
            return items;
        }
        let server_now = self.server_now();
        let row = &self.data.conversation(id).row;
        // The time of the last activity by the server's clock if known, because this device's clock may have been
        // changed.
        let newest = if row.last_active > 0 { row.last_active } else { server_now };
        let mut read = items.into_iter().peekable();
        let mut all: Vec<WireMessage> = Vec::new();
        for sequence in low..=high {
            let message = read.next_if(|message| message.sequence == sequence).unwrap_or_else(|| {
                let before = all.last();
                let time = before.map_or(newest, |before| before.time);
                let unread_index = match before {
                    _ if sequence == row.head => row.unread_index,
                    Some(before) => before.unread_index,
                    None => row.unread_index,
                };
                WireMessage { sequence, unread_index, ..placeholder(&me, id, sequence, time) }
            });
            all.push(message);
        }
        all
    }
}

/// The placeholder for an unreadable message, from the other side or the system.
fn placeholder(me: &UserId, id: &ConversationId, sequence: u64, time: i64) -> WireMessage {
    let (from, to) = match id {
        ConversationId::C2c(other) => (other.clone(), ConversationId::C2c(me.clone())),
        ConversationId::Group(_) | ConversationId::System => (UserId::system(), id.clone()),
    };
    let mut unique = [0; 10];
    for (byte, of_place) in unique.iter_mut().zip(sequence.to_le_bytes()) {
        *byte = of_place;
    }
    WireMessage {
        id: MessageId::from_parts(time, unique),
        from,
        to,
        sequence,
        unread_index: 0,
        by_sender: 0,
        time,
        client_time: time,
        priority: Priority::Normal,
        excluded_from_unread_count: false,
        nick: String::new(),
        avatar: String::new(),
        revoked: None,
        body: RawValue::from_string(BODY.to_owned()).unwrap_or_default(),
    }
}
