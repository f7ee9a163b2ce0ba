//! What the server says and this version cannot read: passed over, counted, and told once.
//!
//! Never a reason to hang up, and never asked for again: a message keeps its place, a mutation its number.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use tim_protocol::frame::Fault;
use tim_protocol::message::{Message as Wire, Priority};
use tim_protocol::{Code, ConversationId, List, MessageId, UserId};

use super::Machine;
use super::io::Output;

/// The body of what stands in the place of a message that cannot be read.
const BODY: &str = r#"{"type":"unreadable"}"#;

/// What could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unreadable {
    /// A whole frame: not JSON, or over a limit. This alone ends the connection, because push numbers may be lost.
    Frame,
    /// An envelope.
    Envelope,
    /// A push; it is acknowledged.
    Push,
    /// The answer to a request; the request has failed.
    Reply,
    /// A conversation in a sync; it stays as it was.
    Conversation,
    /// A change of the user's own.
    Change,
    /// A message; one that says so stands in its place.
    Message,
    /// A mutation; it takes its number and changes nothing.
    Mutation,
    /// A profile; it is left out.
    Profile,
}

/// How much was passed over.
#[derive(Default)]
pub(super) struct Tally {
    counts: BTreeMap<Unreadable, u64>,
    /// Logged since the connection began.
    logged: BTreeSet<Unreadable>,
    /// The app was told since the login.
    is_told: bool,
}

impl Tally {
    pub(super) fn connection_begins(&mut self) {
        self.logged.clear();
    }

    pub(super) fn login_begins(&mut self) {
        self.is_told = false;
    }
}

impl Machine {
    /// How much of each kind was passed over since this machine was made, because this version cannot read it.
    #[must_use]
    pub fn unreadable(&self) -> &BTreeMap<Unreadable, u64> {
        &self.unreadable.counts
    }

    /// Counts what cannot be read; logs it once for each connection, and tells the app once for each login.
    pub(super) fn pass_over(&mut self, what: Unreadable, count: usize) {
        if count == 0 {
            return;
        }
        let Tally { counts, logged, is_told } = &mut self.unreadable;
        let counted = counts.entry(what).or_default();
        *counted = counted.saturating_add(count as u64);
        let is_first = logged.insert(what);
        let is_news = !std::mem::replace(is_told, true);
        if is_first {
            self.then(Output::LogUnreadable(what));
        }
        if is_news {
            self.emit_fault(Fault::new(Code::UNREADABLE));
        }
    }

    /// Every message from `low` to `high`: in the place of one that cannot be read stands one that says so. A list that does
    /// not fill these places is left as it is.
    pub(super) fn in_every_place(
        &mut self,
        id: &ConversationId,
        list: List<Wire>,
        low: u64,
        high: u64,
    ) -> Vec<Wire> {
        let List { items, unreadable } = list;
        self.pass_over(Unreadable::Message, unreadable);
        let (Some(me), places) = (self.me(), high.saturating_add(1).saturating_sub(low)) else {
            return items;
        };
        if unreadable == 0 || places != (items.len() + unreadable) as u64 {
            return items;
        }
        let server_now = self.server_now();
        let row = &self.data.conversation(id).row;
        // The server's own time, where there is one: this device's clock may have been set since the welcome.
        let newest = if row.active > 0 { row.active } else { server_now };
        let mut read = items.into_iter().peekable();
        let mut all: Vec<Wire> = Vec::new();
        for sequence in low..=high {
            let message = read.next_if(|message| message.sequence == sequence).unwrap_or_else(|| {
                let before = all.last();
                let time = before.map_or(newest, |before| before.time);
                let countable = match before {
                    _ if sequence == row.head => row.countable,
                    Some(before) => before.countable,
                    None => row.countable,
                };
                Wire { sequence, countable, ..stand_in(&me, id, sequence, time) }
            });
            all.push(message);
        }
        all
    }
}

/// What is shown instead of a message that cannot be read: from the other side, or from the system.
fn stand_in(me: &UserId, id: &ConversationId, sequence: u64, time: i64) -> Wire {
    let (from, to) = match id {
        ConversationId::C2c(other) => (other.clone(), ConversationId::C2c(me.clone())),
        ConversationId::Group(_) | ConversationId::System => (UserId::system(), id.clone()),
    };
    let mut unique = [0; 10];
    for (byte, of_place) in unique.iter_mut().zip(sequence.to_le_bytes()) {
        *byte = of_place;
    }
    Wire {
        id: MessageId::from_parts(time, unique),
        from,
        to,
        sequence,
        countable: 0,
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
