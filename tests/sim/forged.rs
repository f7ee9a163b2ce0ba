//! The checker checked: a true history passes, and every kind of lie in it is found.

use crate::check::check;
use crate::history::{History, LogId};
use crate::workload::run;
use crate::world::{Plan, user};

/// A world in which everything happens that lies need.
const SEED: u64 = 7;

fn lie(promise: &str, what: &str, tell: impl Fn(&mut History)) {
    let mut history = run(Plan { faults: Some(0), operations: Some(200), ..Plan::of(SEED) });
    assert!(check(&history).is_empty(), "{:?}", check(&history));
    tell(&mut history);
    let found = check(&history);
    assert!(found.iter().any(|violation| violation.promise == promise), "{promise}, {what}: {found:?}");
}

fn work() -> LogId {
    LogId::Group(tim_protocol::GroupId::new("work").unwrap())
}

#[test]
fn checker() {
    lie("I1", "an acknowledged message stands elsewhere", |history| {
        let acked = history.sends.iter_mut().find_map(|send| send.acked.as_mut()).unwrap();
        acked.1 += 1;
    });
    lie("I1", "an acknowledged message is lost", |history| {
        let send = history.sends.iter().find(|send| send.acked.is_some()).unwrap();
        let (log, id) = (send.log.clone(), send.id);
        history.truth.logs.get_mut(&log).unwrap().messages.retain(|message| message.id != id);
    });
    lie("I2", "a log has a hole", |history| {
        history.truth.logs.get_mut(&work()).unwrap().messages.remove(1);
    });
    lie("I2", "mutations have a hole", |history| {
        let log = history.truth.logs.values_mut().find(|log| !log.mutations.is_empty()).unwrap();
        log.mutations.pop();
    });
    lie("I3", "a device lacks a message that it says it has", |history| {
        let last = history.devices[0].last.as_mut().unwrap();
        last.stored.get_mut(&work()).unwrap().pop();
    });
    lie("I3", "a device still shows what was taken back", |history| {
        let all = history.devices.iter_mut().filter_map(|device| device.last.as_mut());
        let mut stored = all.flat_map(|last| last.stored.values_mut().flatten());
        let stored = stored.find(|message| message.revoked.is_some()).unwrap();
        stored.revoked = None;
    });
    lie("I3", "a device shows a modification that the server does not have", |history| {
        let last = history.devices[0].last.as_mut().unwrap();
        last.stored.values_mut().flatten().next().unwrap().version += 1;
    });
    lie("I4", "a later send stands before an earlier one", |history| {
        let later = history.tick();
        let log = work();
        let mut sends = history.sends.iter_mut().filter(|send| send.log == log && send.acked.is_some());
        sends.next().unwrap().called = later;
    });
    lie("I5", "a device's messages change places", |history| {
        let acked: Vec<usize> = (0..history.sends.len())
            .filter(|at| history.sends[*at].acked.is_some() && !history.sends[*at].resent)
            .collect();
        let is_pair = |a: usize, b: usize| {
            let (a, b) = (&history.sends[a], &history.sends[b]);
            a.device == b.device && a.log == b.log
        };
        let second = |first: usize| acked.iter().find(|at| **at > first && is_pair(first, **at));
        let (first, second) = acked.iter().find_map(|first| Some((*first, *second(*first)?))).unwrap();
        history.sends.swap(first, second);
    });
    lie("I6", "a message is told twice", |history| {
        let told = history.devices[0].told[0].clone();
        history.devices[0].told.push(told);
    });
    lie("I6", "messages are told in another order", |history| history.devices[0].told.reverse());
    lie("I6", "a message is not told", |history| {
        history.devices[0].told.pop();
    });
    lie("I6", "history is told as news", |history| {
        let born = history.tick();
        history.devices[0].told[0].born = born;
    });
    lie("I7", "a message is there twice", |history| {
        let log = history.truth.logs.get_mut(&work()).unwrap();
        let mut again = log.messages.last().unwrap().clone();
        again.sequence += 1;
        log.messages.push(again);
    });
    lie("I8", "a read mark moves back", |history| {
        history.reads.push((work(), user("alice"), 5));
        history.reads.push((work(), user("alice"), 4));
    });
    lie("I8", "an unread count is wrong", |history| {
        history.devices[0].last.as_mut().unwrap().list[0].unread_count += 1;
    });
    lie("I8", "a device does not know that a conversation is pinned", |history| {
        let list = &mut history.devices[0].last.as_mut().unwrap().list;
        let first = &mut list[0];
        first.is_pinned = !first.is_pinned;
    });
    lie("I8", "a list is in another order", |history| {
        history.devices[0].last.as_mut().unwrap().list.reverse();
    });
    lie("rest", "a setting waits for the server", |history| {
        let conversation = work().seen_by(&user("alice"));
        history.devices[0].last.as_mut().unwrap().unsent_settings.insert(conversation);
    });
    lie("I8", "a device sees what was removed", |history| {
        let floors = &mut history.devices[0].last.as_mut().unwrap().floors;
        floors.values_mut().next().unwrap().0 += 1;
    });
    lie("I8", "a device removed what the server has", |history| {
        history.devices[0].last.as_mut().unwrap().removed.get_mut(&work()).unwrap().insert(1);
    });
    lie("I3", "a device has what was removed", |history| {
        history.truth.removed.get_mut(&user("alice")).unwrap().get_mut(&work()).unwrap().insert(1);
    });
    lie("I8", "a conversation is not shown", |history| {
        history.devices[0].last.as_mut().unwrap().list.pop();
    });
    lie("rest", "a device is not ready", |history| history.devices[3].last.as_mut().unwrap().ready = false);
}
