//! Content from the server that this version cannot read: skipped, counted, and reported once.
//!
//! It does not close the connection and is not requested again: a placeholder occupies the message's sequence, and a
//! mutation's sequence is skipped.

use serde_json::value::RawValue;
use tim_protocol::message::Message as WireMessage;
use tim_protocol::{Code, ConversationId, Fault, MessageId, UserId};

use crate::mutation::UNREADABLE;
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;

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
    /// The status of a user. It is omitted.
    Status,
}

/// Counts of unreadable content.
#[derive(Default)]
pub(super) struct Tally {
    counts: SortedMap<Unreadable, u64>,
    /// Logged since the connection began.
    logged: SortedSet<Unreadable>,
    /// Whether the app was informed since the login.
    is_reported: bool,
}

/// What follows from unreadable content.
pub(super) struct Report {
    /// It is to be logged.
    pub(super) log: bool,
    /// The app is to be informed.
    pub(super) inform: Option<Fault>,
}

impl Tally {
    /// Counts unreadable content: it is logged once per connection, and the app is informed once per login.
    pub(super) fn count(&mut self, what: Unreadable, count: usize) -> Report {
        if count == 0 {
            return Report { log: false, inform: None };
        }
        let counted = self.counts.entry(what).or_default();
        *counted = counted.saturating_add(count as u64);
        let log = self.logged.insert(what);
        let is_news = !std::mem::replace(&mut self.is_reported, true);
        Report { log, inform: is_news.then(|| Fault::new(Code::UNREADABLE)) }
    }

    pub(super) fn counts(&self) -> &SortedMap<Unreadable, u64> {
        &self.counts
    }

    pub(super) fn connection_begins(&mut self) {
        self.logged.clear();
    }

    pub(super) fn login_begins(&mut self) {
        self.is_reported = false;
    }
}

/// The placeholder for an unreadable message, from the other side or the system.
pub(super) fn placeholder(me: &UserId, id: &ConversationId, sequence: u64, time: i64) -> WireMessage {
    let (from, to) = match id {
        ConversationId::C2c(other) => (other.clone(), ConversationId::C2c(me.clone())),
        ConversationId::Group(_) | ConversationId::System => (UserId::system(), id.clone()),
    };
    let mut unique = [0; 10];
    for (byte, of_place) in unique.iter_mut().zip(sequence.to_le_bytes()) {
        *byte = of_place;
    }
    let body = RawValue::from_string(UNREADABLE.to_owned()).unwrap_or_default();
    WireMessage { sequence, ..WireMessage::bare(MessageId::from_parts(time, unique), from, to, time, body) }
}
