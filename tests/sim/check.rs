//! What users were promised, held against what was written down. Pure: judging changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use tim::conversation::{Conversation, GroupAtInfo};
use tim_protocol::attributes::{AT_ALL, Attributes};
use tim_protocol::body::{Body, GroupTipType};
use tim_protocol::conversation::{ConversationState, Mention};
use tim_protocol::limits::UNREAD_MENTIONS;
use tim_protocol::message::Message;
use tim_protocol::settings::{ConversationSettings, Marks};
use tim_protocol::{ConversationId, UserId};

use crate::ground::is_hidden;
use crate::history::{History, Last, Log, LogId, Record, Sending, Violation};
use crate::later::{is_heard, is_unreadable};

/// If more messages than this were missed, only the newest are emitted.
const MAX_EMITTED: u64 = 300;

/// So many of a device's last messages are sent again when the server's data begins a new life.
const SENT_AGAIN: usize = 200;

/// Everything that was not as promised.
pub fn check(history: &History) -> Vec<Violation> {
    let mut found = Violations(history.violations.clone());
    acknowledged(history, &mut found);
    dense(history, &mut found);
    hidden(history, &mut found);
    stored(history, &mut found);
    reactions(history, &mut found);
    receipts(history, &mut found);
    in_real_time(history, &mut found);
    in_order_of_sender(history, &mut found);
    told_once(history, &mut found);
    told_all(history, &mut found);
    appears_once(history, &mut found);
    taken_back(history, &mut found);
    read_marks(history, &mut found);
    lists(history, &mut found);
    settings(history, &mut found);
    removals(history, &mut found);
    accounts(history, &mut found);
    at_rest(history, &mut found);
    found.0
}

struct Violations(Vec<Violation>);

impl Violations {
    fn violated(&mut self, promise: &'static str, what: String) {
        self.0.push(Violation { promise, what });
    }
}

/// I1: what was acknowledged is in the log, at its place, once.
fn acknowledged(history: &History, found: &mut Violations) {
    for send in &history.sends {
        let Some((_, sequence)) = send.acked else { continue };
        let log = history.truth.logs.get(&send.log).map_or(&[][..], |log| &log.messages);
        let places: Vec<u64> = log
            .iter()
            .filter(|message| is_it(send, message, history))
            .map(|message| message.sequence)
            .collect();
        let is_kept = match places[..] {
            [place] => place == sequence || history.is_restored,
            // Messages that a new epoch lacks are sent again, unless they were revoked, may no longer be sent, or are
            // too old.
            [] => {
                let (_, last) = ended(&history.devices[send.device]);
                let is_revoked = history.revokes.contains(&(send.log.clone(), sequence));
                // By what the device knows, whether or not the app lived to hear of it.
                let placed = |sending: &Sending| history.placed.get(&sending.id);
                let later = |other: &&Sending| other.device == send.device && placed(other) > placed(send);
                let is_old = history.sends.iter().filter(later).count() >= SENT_AGAIN;
                let is_forgotten = history.rebuilt.contains(&send.device);
                history.is_restored
                    && (is_revoked || is_old || is_forgotten || last.failed.contains(&send.id))
            }
            _ => false,
        };
        if !is_kept {
            found.violated("I1", format!("{} {} acked at {sequence} is at {places:?}", send.text, send.id));
        }
    }
}

fn is_it(send: &Sending, message: &Message, history: &History) -> bool {
    message.id == send.id && Some(&message.from) == history.devices[send.device].user.as_ref()
}

/// I2: places have no holes, and the newest mutation of each message is there.
fn dense(history: &History, found: &mut Violations) {
    for (id, log) in &history.truth.logs {
        let places = log.messages.iter().map(|message| message.sequence);
        // In the order of their numbers: the last one of a message stays.
        let mutations: BTreeMap<u64, u64> =
            log.mutations.iter().map(|mutation| (mutation.sequence, mutation.mutation_seq)).collect();
        let newest = log.messages.iter().filter(|message| message.mutation_seq > 0);
        let newest: BTreeMap<u64, u64> = newest.map(|it| (it.sequence, it.mutation_seq)).collect();
        if !places.eq(1..=log.messages.len() as u64) || newest != mutations {
            found.violated("I2", format!("{id:?} has holes"));
        }
    }
}

/// Nobody is told or stores what was said to others.
fn hidden(history: &History, found: &mut Violations) {
    for record in &history.devices {
        let (me, last) = ended(record);
        // Another sender may use the same ID.
        let told = record.told.iter().map(|told| (&told.log, told.sequence, told.id));
        let stored = last.stored.iter();
        let stored = stored.flat_map(|(id, stored)| stored.iter().map(move |it| (id, it.sequence, it.id)));
        let has: BTreeSet<_> = told.chain(stored).collect();
        for (id, log) in &history.truth.logs {
            for message in log.messages.iter().filter(|message| is_hidden(message, me)) {
                if has.contains(&(id, message.sequence, message.id)) {
                    found.violated("hidden", format!("{me} has {message:?} of {id:?}"));
                }
            }
        }
    }
}

/// I3: what a device says it has is what the server has.
fn stored(history: &History, found: &mut Violations) {
    for record in &history.devices {
        let (me, last) = ended(record);
        for (id, ranges) in &last.ranges {
            let Some(state) = history.truth.states[me].get(id) else {
                found.violated("I3", format!("{me} has {id:?}, and the server has not"));
                continue;
            };
            // Nobody learns what becomes of a group they left, or of what was said before they came back.
            let first = if state.gone { u64::MAX } else { state.first_visible_seq };
            let log = &history.truth.logs[id].messages;
            let removed = removed_by(history, me, id);
            let claimed = ranges.iter().flat_map(|(low, high)| *low..=*high);
            let claimed: Vec<u64> = claimed
                .filter(|place| !removed.contains(place) && !last.removed[id].contains(place))
                .collect();
            let stored = &last.stored[id];
            if !stored.iter().map(|message| message.sequence).eq(claimed.iter().copied()) {
                let missing: Vec<_> =
                    claimed.iter().filter(|place| !stored.iter().any(|it| it.sequence == **place)).collect();
                found.violated(
                    "I3",
                    format!("{me} has {} of {ranges:?} in {id:?}, without {missing:?}", stored.len()),
                );
            }
            for message in stored {
                let sequence = message.sequence;
                let there = usize::try_from(sequence).ok().and_then(|at| log.get(at.wrapping_sub(1)));
                let is_heard = |there| record.is_old && is_heard(there, message, me);
                if !there.is_some_and(|it| is_same(it, message, sequence >= first) || is_heard(it)) {
                    found.violated("I3", format!("{me} has {message:?} in {id:?}, the server {there:?}"));
                }
            }
        }
    }
}

/// I3: the reactions that a device has of a message are those that the server shows to its user, and it is pinned if it is there.
fn reactions(history: &History, found: &mut Violations) {
    for (device, record) in history.devices.iter().enumerate() {
        let (me, last) = ended(record);
        for (id, stored) in &last.stored {
            let state = history.truth.states[me].get(id).filter(|state| !state.gone);
            let Some(state) = state else { continue };
            for message in stored.iter().filter(|it| it.sequence >= state.first_visible_seq) {
                let there = message_at(history, id, message.sequence);
                if record.is_old && there.is_some_and(is_unreadable) {
                    continue;
                }
                let right = history.truth.reactions[me].get(&(id.clone(), message.sequence));
                let right = right.map_or(&[][..], Vec::as_slice);
                if message.reactions.items != right || there.is_some_and(|it| it.pin != message.pin) {
                    let what =
                        format!("{me} ({device}) has {message:?} in {id:?}, and it has {right:?}; {there:?}");
                    found.violated("I3", what);
                }
            }
        }
    }
}

/// I3: in the end a device knows how many read its user's messages, as the server counts them.
fn receipts(history: &History, found: &mut Violations) {
    for record in &history.devices {
        let (me, last) = ended(record);
        for (id, stored) in &last.stored {
            if history.truth.states[me].get(id).is_none_or(|state| state.gone) {
                continue;
            }
            for message in stored.iter().filter(|it| it.from == *me) {
                let right = history.truth.receipts[me].get(&(id.clone(), message.sequence));
                if message.receipts.as_ref() != right && right.is_some() {
                    found.violated(
                        "I3",
                        format!("{me} has {message:?} in {id:?}, and it was read by {right:?}"),
                    );
                }
            }
        }
    }
}

/// Whether two copies of a message are one message. What the server adds to it, the sender's own copy may lack.
fn is_same(there: &Message, here: &Message, with_state: bool) -> bool {
    let core = |message: &Message| {
        (message.id, message.from.clone(), message.to.clone(), message.unread_index, message.time)
    };
    let is_shown = here.revoked.is_some() == there.revoked.is_some();
    let says = |message: &Message| message.body.get().to_owned();
    // What was heard from a later version has the same fields in another order.
    let value = |message: &Message| serde_json::from_str::<serde_json::Value>(message.body.get()).unwrap();
    // Nobody learns of modifications either.
    let is_older = !with_state && here.version < there.version;
    let is_said = here.revoked.is_some()
        || there.revoked.is_some()
        || is_older
        || (here.version == there.version && (says(here) == says(there) || value(here) == value(there)));
    let is_blank = here.revoked.is_none() || !says(here).contains("words");
    core(there) == core(here) && is_said && is_blank && (is_shown || !with_state)
}

/// I4: what was sent after something was acknowledged comes after it.
fn in_real_time(history: &History, found: &mut Violations) {
    if history.is_restored {
        return;
    }
    let mut logs: BTreeMap<&LogId, Vec<_>> = BTreeMap::new();
    for send in &history.sends {
        logs.entry(&send.log).or_default().push(send);
    }
    for sends in logs.into_values() {
        for first in &sends {
            let Some((acked, place)) = first.acked else { continue };
            for second in sends.iter().filter(|second| second.called > acked) {
                if second.acked.is_some_and(|(_, later)| later <= place) {
                    found.violated("I4", format!("{} before {} in {:?}", second.text, first.text, first.log));
                }
            }
        }
    }
}

/// I5: a device's messages keep the order in which they were sent. One that a damaged file lost is not held back for.
fn in_order_of_sender(history: &History, found: &mut Violations) {
    if history.is_restored {
        return;
    }
    let mut places = BTreeMap::new();
    for (id, log) in &history.truth.logs {
        places.extend(log.messages.iter().map(|it| ((id, it.id, it.from.clone()), it.sequence)));
    }
    let mut latest = BTreeMap::new();
    let is_ordered = |send: &&Sending| !send.resent && !history.lost.contains(&send.id);
    for send in history.sends.iter().filter(is_ordered) {
        let Some((me, _)) = history.devices.get(send.device).map(ended) else { continue };
        let Some(place) = places.get(&(&send.log, send.id, me.clone())) else { continue };
        if let Some(before) = latest.insert((send.device, &send.log), *place)
            && before > *place
        {
            found.violated("I5", format!("{} overtook one before it in {:?}", send.text, send.log));
        }
    }
}

/// I6: no event is emitted twice, out of order, for a message from before the baseline, or without cause.
fn told_once(history: &History, found: &mut Violations) {
    for record in &history.devices {
        let me = record.user.as_ref().unwrap();
        let mut latest: BTreeMap<&LogId, u64> = BTreeMap::new();
        for told in &record.told {
            let (log, sequence) = (&told.log, told.sequence);
            if latest.insert(log, sequence).is_some_and(|before| before >= sequence) {
                found.violated("I6", format!("{me} is told {log:?} {sequence} twice or too late"));
            }
            let there = message_at(history, log, sequence);
            let is_other = |there: &Message| there.id != told.id && !(record.is_old && is_unreadable(there));
            if there.is_none_or(is_other) {
                found.violated("I6", format!("{me} is told {log:?} {sequence}, which is another message"));
            }
            // Of what cannot be read nobody can tell when it was said.
            if history.is_time_repeated || (record.is_old && there.is_some_and(is_unreadable)) {
                continue;
            }
            if history.committed.get(&(log.clone(), sequence)).is_some_and(|moment| *moment < told.born) {
                found.violated("I6", format!("{me} is told {log:?} {sequence}, which is history"));
            }
            if there.is_some_and(|there| !is_for(&history.truth.logs[log], log, me, there)) {
                found.violated("I6", format!("{me} is told {log:?} {sequence}, and was not there"));
            }
        }
    }
}

/// I6: every new message is emitted, or, if there are too many, the newest ones. Where the server's clock was set back,
/// nothing tells news from history in a conversation that a device meets by a sync.
fn told_all(history: &History, found: &mut Violations) {
    if history.is_time_repeated {
        return;
    }
    for (device, record) in history.devices.iter().enumerate() {
        let (me, Some((picture, _))) = (record.user.as_ref().unwrap(), record.picture) else { continue };
        let own: BTreeSet<_> =
            history.sends.iter().filter(|send| send.device == device).map(|send| send.id).collect();
        let told: BTreeSet<(&LogId, u64)> =
            record.told.iter().map(|told| (&told.log, told.sequence)).collect();
        for (id, state) in history.truth.states[me].iter().filter(|(_, state)| !state.gone) {
            let log = &history.truth.logs[id];
            let first = state.first_visible_seq.max(joined(log, id, me));
            let is_news = |message: &&Message| {
                let moment = history.committed.get(&(id.clone(), message.sequence));
                let is_left = !removed_by(history, me, id).contains(&message.sequence);
                message.sequence >= first
                    && is_left
                    && !(record.is_old && is_unreadable(message))
                    && moment.is_some_and(|moment| *moment > picture)
                    && !own.contains(&message.id)
                    && !told.contains(&(id, message.sequence))
            };
            let missed: Vec<u64> = log.messages.iter().filter(is_news).map(|it| it.sequence).collect();
            if missed.last().is_some_and(|last| state.head - last < MAX_EMITTED) {
                found.violated("I6", format!("{me} ({device}) is not told {missed:?} of {id:?}"));
            }
        }
    }
}

fn message_at<'a>(history: &'a History, log: &LogId, sequence: u64) -> Option<&'a Message> {
    let at = usize::try_from(sequence).ok()?.checked_sub(1)?;
    history.truth.logs.get(log)?.messages.get(at)
}

/// When somebody came and went, as the group's log tells it: places of tips, and the times of those that let them in.
fn stays(log: &Log, id: &LogId, who: &UserId) -> Vec<(u64, i64, u64)> {
    if !matches!(id, LogId::Group(_)) || who.as_str() == "alice" {
        return vec![(1, 0, u64::MAX)];
    }
    let mut stays = Vec::new();
    for message in &log.messages {
        let Ok(Body::GroupTip(tip)) = Body::read(&message.body) else { continue };
        if tip.user_id_list.contains(who) {
            match tip.operation_type {
                GroupTipType::Join => stays.push((message.sequence, message.time, u64::MAX)),
                GroupTipType::Quit => stays.last_mut().unwrap().2 = message.sequence,
                _ => {}
            }
        }
    }
    stays
}

/// Where the last stay began.
fn joined(log: &Log, id: &LogId, who: &UserId) -> u64 {
    stays(log, id, who).last().map_or(1, |(from, ..)| *from)
}

/// Whether a message was said while somebody was there. Times are told in milliseconds: within one, before may be after.
fn is_for(log: &Log, id: &LogId, who: &UserId, message: &Message) -> bool {
    let covers = |(from, time, to): &(u64, i64, u64)| {
        (message.sequence >= *from || message.time >= *time) && message.sequence <= *to
    };
    stays(log, id, who).iter().any(covers)
}

/// I7: however often it was tried, a message is there once at most; and nothing is there that nobody sent.
fn appears_once(history: &History, found: &mut Violations) {
    let sent: BTreeSet<_> = history.sends.iter().map(|send| send.id).collect();
    let mut seen = BTreeSet::new();
    for (id, log) in &history.truth.logs {
        for message in &log.messages {
            let is_text = message.body.get().contains("TIMTextElem") && message.from.as_str() != "mallory";
            // Mallory says different things under one identity: each conversation has one of them at most.
            let place = (message.from.as_str() == "mallory").then_some(id);
            if !seen.insert((&message.from, message.id, place)) || (is_text && !sent.contains(&message.id)) {
                found.violated("I7", format!("{} is in {id:?} once too often", message.id));
            }
        }
    }
}

/// I9: a message is revoked only by a user who requested it and is permitted to.
fn taken_back(history: &History, found: &mut Violations) {
    if history.is_restored {
        return;
    }
    for (id, log) in &history.truth.logs {
        let theirs = log.messages.iter().filter(|it| it.revoked.is_some() && it.from.as_str() != "mallory");
        for message in theirs.filter(|it| !history.revokes.contains(&(id.clone(), it.sequence))) {
            found.violated("I9", format!("{} in {id:?} was taken back by a stranger", message.id));
        }
    }
}

/// I8: read marks only grow.
fn read_marks(history: &History, found: &mut Violations) {
    let mut marks: BTreeMap<(&LogId, &UserId), u64> = BTreeMap::new();
    for (log, who, upto) in &history.reads {
        if marks.insert((log, who), *upto).is_some_and(|before| before > *upto) {
            found.violated("I8", format!("{who} unread {log:?}"));
        }
    }
    for ((log, who), upto) in marks.into_iter().filter(|(_, upto)| *upto > 0) {
        if history.truth.states[who].get(log).is_none_or(|state| state.read < upto) {
            found.violated("I8", format!("{who} read {log:?} up to {upto}, and the server forgot"));
        }
    }
}

/// I8: every device shows the conversations there are, with what is unread in them by the log.
fn lists(history: &History, found: &mut Violations) {
    for record in &history.devices {
        let (me, last) = ended(record);
        let states = &history.truth.states[me];
        let shown: BTreeSet<LogId> = last.list.iter().map(|it| LogId::of(me, &it.conversation_id)).collect();
        for (id, _) in states.iter().filter(|(id, state)| is_listed(state) && !shown.contains(id)) {
            found.violated("I8", format!("{me} is not shown {id:?}"));
        }
        for conversation in &last.list {
            let id = LogId::of(me, &conversation.conversation_id);
            let Some(state) = states.get(&id).filter(|state| is_listed(state)) else {
                // What waits or failed to be sent is shown, wherever it was to go.
                if !history.sends.iter().any(|send| send.log == id && last.failed.contains(&send.id)) {
                    found.violated("I8", format!("{me} is shown {id:?}, which is not theirs"));
                }
                continue;
            };
            let log = &history.truth.logs[&id];
            let removed = removed_by(history, me, &id);
            let visible = || {
                let is_left =
                    |it: &&Message| it.sequence >= state.first_visible_seq && !removed.contains(&it.sequence);
                log.messages.iter().filter(is_left)
            };
            let unread = unread(visible(), me, state);
            let is_replaced = |message: &Message| record.is_old && is_unreadable(message);
            let is_excluded =
                |message: &Message| Attributes::of(message.attributes.as_deref()).excluded_from_last_message;
            // An old device knows what it sent itself, until it fetches that anew. A message to some members is the last one of
            // those devices that have met it.
            let is_targeted =
                |message: &Message| Attributes::of(message.attributes.as_deref()).receiver_list.is_some();
            let is_surely_last = |message: &Message| {
                !(is_excluded(message) || is_targeted(message))
                    || (is_replaced(message) && message.from != *me)
            };
            let is_newest = match &conversation.last_message {
                Some(shown) if last.failed.contains(&shown.id) => true,
                Some(shown) => {
                    let (before, after): (Vec<_>, Vec<_>) =
                        visible().partition(|it| it.sequence <= shown.sequence);
                    let is_it = |it: &Message| {
                        let may_be_last = !is_excluded(it) || is_replaced(it);
                        let is_same = shown.id == it.id && shown.is_revoked == it.revoked.is_some();
                        may_be_last && (is_same || (is_replaced(it) && shown.sequence == it.sequence))
                    };
                    before.last().is_some_and(|it| is_it(it)) && !after.into_iter().any(is_surely_last)
                }
                None => {
                    // It fetched its own excluded message anew and could not see that it is excluded: until there is a newer
                    // one it shows none after a restart.
                    let is_lost = |it: &Message| is_replaced(it) && is_excluded(it) && it.from == *me;
                    !visible().any(is_surely_last) || log.messages.last().is_some_and(is_lost)
                }
            };
            let mentions = mentions(visible(), me, state);
            if !record.is_old && mentions != conversation.group_at_info_list {
                found.violated(
                    "I8",
                    format!("{me} is shown {conversation:?}, and is mentioned: {mentions:?}"),
                );
            }
            let shown =
                (conversation.unread_count, conversation.read_sequence, conversation.peer_read_sequence);
            if shown != (unread, state.read, state.peer_read) || !is_newest {
                let what = format!("{me} is shown {conversation:?}, and it is {unread} unread, {state:?}");
                found.violated("I8", what);
            }
        }
    }
}

/// I8: every device shows the settings that the server has, and the list in the order that follows from them.
fn settings(history: &History, found: &mut Violations) {
    for (device, record) in history.devices.iter().enumerate() {
        let (me, last) = ended(record);
        for conversation in &last.list {
            let id = LogId::of(me, &conversation.conversation_id);
            let state = history.truth.states[me].get(&id).filter(|state| !state.gone);
            let Some(state) = state else { continue };
            let right = state.settings.clone().unwrap_or_default();
            let shown = ConversationSettings {
                is_pinned: conversation.is_pinned,
                message_remind_type: conversation.message_remind_type,
                marks: Marks(conversation.mark_list.iter().sum()),
                custom_data: conversation.custom_data.clone(),
                ..right.clone()
            };
            if shown != right {
                found.violated("I8", format!("{me} ({device}) is shown {shown:?} of {id:?}, not {right:?}"));
            }
        }
        let place = |it: &Conversation| (!it.is_pinned, -it.last_time, it.conversation_id.clone());
        if !last.list.is_sorted_by_key(place) {
            found.violated("I8", format!("{me} ({device}) is shown a list in another order"));
        }
        if !last.unsent_settings.is_empty() {
            found.violated("rest", format!("{me} ({device}) still sets {:?}", last.unsent_settings));
        }
    }
}

/// I8: what a user removed is removed on every device, and left nothing behind there.
fn removals(history: &History, found: &mut Violations) {
    for (device, record) in history.devices.iter().enumerate() {
        let (me, last) = ended(record);
        for (id, (first, left)) in &last.floors {
            let state = history.truth.states[me].get(id).filter(|state| !state.gone);
            if state.is_some_and(|state| state.first_visible_seq != *first) || *left > 0 {
                let what = format!("{me} ({device}) sees {id:?} from {first} on, and has {left}; {state:?}");
                found.violated("I8", what);
            }
        }
        for (id, known) in &last.removed {
            let all = removed_by(history, me, id);
            let is_there = history.truth.removed[me].contains_key(id);
            if is_there && !known.is_subset(all) {
                found.violated("I8", format!("{me} ({device}) removed {known:?} of {id:?}, and {all:?}"));
            }
        }
        let gone = |id: &&ConversationId| {
            history.truth.states[me].get(&LogId::of(me, id)).is_none_or(|state| state.gone)
        };
        let unsent: Vec<_> = last.unsent_removals.iter().filter(|id| !gone(id)).collect();
        if !unsent.is_empty() {
            found.violated("rest", format!("{me} ({device}) still removes {unsent:?}"));
        }
    }
}

/// Whether a user's list has a conversation.
fn is_listed(state: &ConversationState) -> bool {
    !state.gone && state.head >= state.hidden_below
}

/// I3: a device's copy of what else is the user's own is the server's.
fn accounts(history: &History, found: &mut Violations) {
    for record in &history.devices {
        let (me, last) = ended(record);
        let mut account = history.truth.accounts[me].clone();
        if record.is_old {
            // It cannot read every tip.
            for (id, group) in &mut account.groups {
                if let Some(known) = last.account.groups.get(id) {
                    group.clone_from(known);
                }
            }
        }
        if last.account != account {
            found.violated("I3", format!("{me} has {:?}, the server {account:?}", last.account));
        }
    }
}

/// The unread count by the log: visible messages of others after the read sequence that count and were not revoked.
fn unread<'a>(visible: impl Iterator<Item = &'a Message>, me: &UserId, state: &ConversationState) -> u64 {
    if state.group_type.is_some_and(|kind| !kind.rules().counts_unread) {
        return 0;
    }
    let counts = |message: &&Message| {
        message.sequence > state.read
            && message.from != *me
            && !message.excluded_from_unread_count
            && message.revoked.is_none()
    };
    visible.filter(counts).count() as u64
}

/// The messages that a user removed of a conversation.
fn removed_by<'a>(history: &'a History, who: &UserId, log: &LogId) -> &'a BTreeSet<u64> {
    static NONE: BTreeSet<u64> = BTreeSet::new();
    history.truth.removed[who].get(log).unwrap_or(&NONE)
}

/// The newest unread messages that mention a user, by the log.
fn mentions<'a>(
    visible: impl Iterator<Item = &'a Message>,
    me: &UserId,
    state: &ConversationState,
) -> Vec<GroupAtInfo> {
    let unread = visible.filter(|message| message.sequence > state.read && message.from != *me);
    let mentions = unread.filter_map(|message| {
        let names = Attributes::of(message.attributes.as_deref()).at_user_list;
        let is_for = |name: &str| names.iter().any(|user| user.as_str() == name);
        let (sequence, from) = (message.sequence, message.from.clone());
        let mention = Mention { sequence, from, me: is_for(me.as_str()), all: is_for(AT_ALL) };
        (mention.me || mention.all).then(|| GroupAtInfo::from(&mention))
    });
    let mut mentions: Vec<GroupAtInfo> = mentions.collect();
    mentions.drain(..mentions.len().saturating_sub(UNREAD_MENTIONS));
    mentions
}

/// In the end everybody is there, and nothing waits.
fn at_rest(history: &History, found: &mut Violations) {
    for (device, record) in history.devices.iter().enumerate() {
        let (me, last) = ended(record);
        if !last.ready || record.picture.is_none() {
            found.violated("rest", format!("{me} ({device}) is not ready"));
        }
        if !last.waiting.is_empty() {
            found.violated("rest", format!("{me} ({device}) still sends {:?}", last.waiting));
        }
    }
}

fn ended(record: &Record) -> (&UserId, &Last) {
    (record.user.as_ref().unwrap(), record.last.as_ref().unwrap())
}
