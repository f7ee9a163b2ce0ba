//! One suite for every [`Store`]: each function holds a store to one promise of [`super`], and panics where it breaks it.
//!
//! For tests only. Knows nothing about any implementation: a store is what `open` makes of a folder, and dropping it
//! without closing it is its crash. Nothing here waits for time to pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod profiles;
mod steps;

use std::future::Future;
use std::path::Path;

use tim_protocol::call::{self, GroupsReply, MessagesReply, Reply, Sent, SyncPage};
use tim_protocol::conversation::{ConversationState, Cursor};
use tim_protocol::frame::Push;
use tim_protocol::group::GroupType;
use tim_protocol::message::{Message, Reaction};
use tim_protocol::{Code, ConversationId};
use uuid::Uuid;

pub use self::profiles::profiled;
pub use self::steps::*;
use super::{Listener, Store};
use crate::core::ops::{
    Actor, Audience, ConversationKey, Media, NotificationContent, PutMedia, Query, QueryResult, Topic, Write,
    WriteReply,
};

/// Promise 1: what was answered is there after a crash.
pub async fn durable<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    for number in 1..=3 {
        sent(store.write(message(&alice, "C2Cbob", number)).await);
    }
    store.write(revoke(&alice, "C2Cbob", 2)).await.unwrap();
    store.write(group(&alice, "climbers", &["bob"])).await.unwrap();
    let read = call::ReadRequest { conversation_id: "C2Calice".parse().unwrap(), sequence: 3 };
    store.write(Write::request(&bob, read, NOW)).await.unwrap();
    store.write(blacklist(&bob, &["alice"], true)).await.unwrap();
    for is_pinned in [false, true] {
        store.write(pin(&bob, "C2Calice", is_pinned)).await.unwrap();
    }
    // What is beyond the head is the place after it, and what was removed stays removed.
    for removed in [(3, 9), (2, 1)] {
        store.write(remove(&alice, "C2Cbob", removed)).await.unwrap();
    }
    drop(store);

    let store = open(folder, deaf());
    let (again, _) = (login(&store, "alice").await, login(&store, "bob").await);
    assert_eq!(again.key, alice.key, "a user keeps their number");
    assert_eq!(sequences(&history(&store, &alice, "C2Cbob").await), [3]);
    let page = history(&store, &bob, "C2Calice").await;
    assert_eq!(sequences(&page), [1, 2, 3]);
    let revoked: Vec<bool> = page.messages.iter().map(|message| message.revoked.is_some()).collect();
    assert_eq!(revoked, [false, true, false]);
    assert!(!page.messages[1].body.get().contains("message 2"), "what was taken back is gone");
    assert_eq!(refused(store.write(message(&alice, "C2Cbob", 4)).await), Code::BLACKLISTED);
    sent(store.write(message(&bob, "GROUPclimbers", 5)).await);
    let from_nothing = |page: &SyncPage| {
        let chat = page.conversations.iter().find(|state| state.conversation_id.to_string() == "C2Calice");
        let is_pinned = |chat: &ConversationState| {
            chat.settings.as_ref().is_some_and(|settings| settings.is_pinned && settings.version == 1)
        };
        chat.is_some_and(|chat| (chat.head, chat.read) == (3, 3) && is_pinned(chat))
            && head(page, "GROUPclimbers").is_some()
    };
    sync_until(&store, &bob, Cursor::default(), from_nothing).await;
    let is_removed = |page: &SyncPage| {
        let chat = page.conversations.iter().find(|state| state.conversation_id.to_string() == "C2Cbob");
        chat.is_some_and(|chat| (chat.first_visible_seq, chat.hidden_below, chat.read) == (3, 4, 2))
    };
    sync_until(&store, &alice, Cursor::default(), is_removed).await;
    store.close().await;
}

/// Promise 1, of what users remove for themselves: it is a set, whatever is asked for how often and in which order, and counts as
/// unread once less, whether it is removed or revoked first.
pub async fn removed<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    for number in 1..=9 {
        sent(store.write(message(&bob, "C2Calice", number)).await);
    }
    let excluded = message_with(&bob, "C2Calice", 10, r#"{"excludedFromLastMessage":true}"#);
    sent(store.write(excluded).await);
    store.write(revoke(&bob, "C2Calice", 8)).await.unwrap();
    type Ranges = [(u64, u64)];
    let steps: [(&Ranges, &Ranges, u64, u64); 6] = [
        (&[(8, 9), (2, 2)], &[(8, 9), (2, 2)], 2, 3),
        (&[(2, 2), (9, 9)], &[], 2, 3),
        (&[(4, 5)], &[(4, 5)], 3, 5),
        (&[(3, 3)], &[(2, 5)], 4, 6),
        (&[(1, 6), (12, 20)], &[(1, 6)], 5, 8),
        (&[(10, 40)], &[(8, 10)], 6, 9),
    ];
    for (ranges, added, number, gone) in steps {
        let answer = store.write(remove_messages(&alice, "C2Cbob", ranges)).await.unwrap().answer;
        let WriteReply::Reply(Reply::Messages(MessagesReply::Remove(removed))) = answer else {
            panic!("a removal answered {answer:?}")
        };
        assert_eq!((&*removed.ranges.items, removed.read.removals), (added, number), "{ranges:?}");
        assert_eq!(removed.read.revoked_above_read, gone, "{ranges:?}");
    }
    drop(store);

    let store = open(folder, deaf());
    let alice = login(&store, "alice").await;
    let page = history(&store, &alice, "C2Cbob").await;
    assert_eq!(sequences(&page), (1..=10).collect::<Vec<_>>(), "every place is there");
    let left: Vec<u64> =
        page.messages.iter().filter(|it| it.body.get().contains("message ")).map(|it| it.sequence).collect();
    assert_eq!(left, [7]);
    assert!(page.messages.iter().all(|it| it.removed != left.contains(&it.sequence)));
    for (after, ranges, up_to) in [(0, &[(1, 6), (8, 10)][..], 6), (5, &[(8, 10)], 6), (6, &[], 6)] {
        let asked = call::RemovalsRequest { conversation_id: "C2Cbob".parse().unwrap(), after };
        let found = store.query(Query::request(&alice, asked)).await.unwrap();
        let page = found.reply::<call::RemovalsRequest>().expect("removals were not answered");
        assert_eq!((&*page.ranges.items, page.up_to, page.more), (ranges, up_to, false));
    }
    store.write(revoke(&bob, "C2Calice", 9)).await.unwrap();
    let row = state(&store, &alice, "C2Cbob").await;
    assert_eq!((row.removals, row.revoked_above_read), (6, 9), "revoked and removed is counted once");
    assert_eq!(row.last_shown.map(|last| last.sequence), Some(9));
    assert!(row.latest.iter().all(|it| it.removed != (it.sequence == 7)));
    let theirs = state(&store, &bob, "C2Calice").await;
    assert_eq!((theirs.removals, theirs.latest.iter().filter(|it| it.removed).count()), (0, 0));
    store.write(remove(&alice, "C2Cbob", (7, 0))).await.unwrap();
    let row = state(&store, &alice, "C2Cbob").await;
    assert_eq!((row.read, row.revoked_above_read), (6, 3), "of those that were not cleared");
    assert_eq!(sequences(&history(&store, &alice, "C2Cbob").await), [7, 8, 9, 10]);
    store.close().await;
}

/// Promise 2: a message is there once, and every repeat learns where.
pub async fn idempotent<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let (listener, notifications) = hearing();
    let store = open(folder, listener);
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let carol = login(&store, "carol").await;
    store.write(nick(&alice, "Alice")).await.unwrap();
    // A repeat that shares the first one's commit, and one that comes later.
    let together = [1, 1].map(|number| store.write(message(&alice, "C2Cbob", number)));
    let [first, second] = together;
    let place = sent(first.await);
    assert_eq!(place.nick, "Alice");
    assert_eq!(sent(second.await), place);
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", 1)).await), place);
    // The same id is another message from another sender, and in another conversation.
    assert_eq!(sent(store.write(message(&bob, "C2Calice", 1)).await).sequence, place.sequence + 1);
    assert_eq!(sent(store.write(message(&alice, "C2Ccarol", 1)).await).sequence, 1);
    // A repeat is answered as before, whatever has changed since, and a refusal makes nothing.
    store.write(nick(&alice, "Alice L.")).await.unwrap();
    store.write(blacklist(&bob, &["alice"], true)).await.unwrap();
    assert_eq!(refused(store.write(message(&alice, "C2Cbob", 9)).await), Code::BLACKLISTED);
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", 1)).await), place);
    let taken_back = [0; 2].map(|_| store.write(revoke(&alice, "C2Cbob", 1)));
    let mut mutations = Vec::new();
    for answer in taken_back {
        match answer.await.unwrap().answer {
            WriteReply::Reply(Reply::Messages(MessagesReply::Revoke(mutation))) => mutations.push(mutation),
            other => panic!("a revocation answered {other:?}"),
        }
    }
    let [first, second] = [0, 1].map(|which| serde_json::to_string(&mutations[which]).unwrap());
    assert_eq!(first, second);
    let place = Sent { mutation_seq: mutations[0].mutation_seq, ..place };
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", 1)).await), place, "it changed meanwhile");
    let given = [0; 2].map(|_| store.write(react(&bob, "C2Calice", 2, "tea", true)));
    for answer in given {
        match answer.await.unwrap().answer {
            WriteReply::Reply(Reply::Messages(MessagesReply::React(now))) => {
                assert_eq!(now.mutation.unwrap().mutation_seq, mutations[0].mutation_seq + 1);
            }
            other => panic!("a reaction answered {other:?}"),
        }
    }
    // Also by who has left the group, and when the group is gone.
    store.write(group(&alice, "climbers", &["bob"])).await.unwrap();
    let in_group = sent(store.write(message(&bob, "GROUPclimbers", 1)).await);
    for answer in [0; 2].map(|_| store.write(pin_message(&alice, "climbers", in_group.sequence, true))) {
        match answer.await.unwrap().answer {
            WriteReply::Reply(Reply::Groups(GroupsReply::PinMessage(now))) => {
                assert_eq!(now.mutation.unwrap().mutation_seq, 1);
            }
            other => panic!("a pin answered {other:?}"),
        }
    }
    let in_group = Sent { mutation_seq: 1, ..in_group };
    store.write(quit(&bob, "climbers")).await.unwrap();
    assert_eq!(refused(store.write(message(&bob, "GROUPclimbers", 9)).await), Code::GROUP_PERMISSION_DENIED);
    assert_eq!(sent(store.write(message(&bob, "GROUPclimbers", 1)).await), in_group);
    store.write(group_of(GroupType::Public, &carol, "tea", &["bob"])).await.unwrap();
    let over_tea = sent(store.write(message(&bob, "GROUPtea", 1)).await);
    store.write(dismiss(&carol, "tea")).await.unwrap();
    assert_eq!(refused(store.write(message(&bob, "GROUPtea", 9)).await), Code::GROUP_NOT_FOUND);
    assert_eq!(sent(store.write(message(&bob, "GROUPtea", 1)).await), over_tea);
    drop(store);
    let published = notifications
        .iter()
        .filter(|notification| match &notification.content {
            NotificationContent::Push(Push::Message(message)) => !message.from.is_system(),
            _ => false,
        })
        .count();
    assert_eq!(published, 5, "a repeat tells nobody");

    let store = open(folder, deaf());
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", 1)).await), place, "also after a crash");
    let page = history(&store, &bob, "C2Calice").await;
    assert_eq!(sequences(&page), [1, 2]);
    assert_eq!(page.messages[1].reactions.items, [Reaction::first("tea")]);
    store.close().await;
}

/// Promise 3: sequences and mutations have no holes, also with several writers and refused writes in between.
pub async fn dense<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let carol = login(&store, "carol").await;
    store.write(group(&alice, "climbers", &["bob"])).await.unwrap();
    let mut pending = Vec::new();
    for number in 0..60 {
        for sender in [&alice, &bob, &carol] {
            pending.push(store.write(message(sender, "GROUPclimbers", number)));
        }
    }
    let (mut sequences_given, mut refusals) = (Vec::new(), 0);
    for answer in pending {
        match answer.await {
            Ok(written) => sequences_given.push(sent(Ok(written)).sequence),
            Err(_) => refusals += 1,
        }
    }
    assert_eq!(refusals, 60, "carol is no member");
    // Tips of the group's beginning came first.
    let first = sequences_given[0];
    assert_eq!(sequences_given, (first..first + 120).collect::<Vec<_>>());
    let all = sequences(&history_in_pages(&store, &alice, "GROUPclimbers").await);
    assert_eq!(all, (1..first + 120).collect::<Vec<_>>());
    for sequence in [first, first + 3, first, first + 1, 9_999] {
        // Some of them are somebody else's, some are there already, one does not exist.
        let _ = store.write(revoke(&bob, "GROUPclimbers", sequence)).await;
        let _ = store.write(revoke(&alice, "GROUPclimbers", sequence)).await;
    }
    let mutations = call::MutationsRequest { conversation_id: "GROUPclimbers".parse().unwrap(), after: 0 };
    let found = store.query(Query::request(&alice, mutations)).await.unwrap();
    let page = found.reply::<call::MutationsRequest>().expect("mutations were not answered");
    let numbers: Vec<u64> = page.mutations.iter().map(|mutation| mutation.mutation_seq).collect();
    assert_eq!(numbers, [1, 2, 3]);
    store.close().await;
}

/// Promise 4: writes of one actor, and writes that name one conversation, take effect in the order of the calls, in
/// whatever order they are awaited.
pub async fn ordered<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    login(&store, "carol").await;
    let mut pipelined: Vec<_> =
        (1..=600).map(|number| (number, store.write(message(&alice, "C2Cbob", number)))).collect();
    while let Some((number, answer)) = pipelined.pop() {
        assert_eq!(sent(answer.await).sequence, number);
    }
    // One actor's writes of different kinds, to different conversations.
    let mut renamed = Vec::new();
    for number in 1..=20 {
        let name = format!("Alice {number}");
        drop(store.write(nick(&alice, &name)));
        let to = if number % 2 == 0 { "C2Cbob" } else { "C2Ccarol" };
        renamed.push((name, store.write(message(&alice, to, 600 + number))));
    }
    while let Some((name, answer)) = renamed.pop() {
        assert_eq!(sent(answer.await).nick, name);
    }
    // Different actors' writes that name one conversation: each message is there when it is taken back.
    store.write(group(&alice, "climbers", &["bob"])).await.unwrap();
    let first = sent(store.write(message(&bob, "GROUPclimbers", 1)).await).sequence;
    let mut taken_back = Vec::new();
    for number in 1..=20 {
        drop(store.write(message(&bob, "GROUPclimbers", 1 + number)));
        taken_back.push(store.write(revoke(&alice, "GROUPclimbers", first + number)));
    }
    while let Some(answer) = taken_back.pop() {
        answer.await.unwrap();
    }
    let mut both = Vec::new();
    for number in 1..=50 {
        both.push(store.write(message(&alice, "C2Cbob", 1_000 + number)));
        both.push(store.write(message(&bob, "C2Calice", 1_000 + number)));
    }
    let mut sequences_given = Vec::new();
    for answer in both {
        sequences_given.push(sent(answer.await).sequence);
    }
    assert!(sequences_given.is_sorted(), "{sequences_given:?}");
    store.close().await;
}

/// Promise 5: a refused write changes nothing and does not touch its neighbours.
pub async fn isolated<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let carol = login(&store, "carol").await;
    store.write(blacklist(&carol, &["alice"], true)).await.unwrap();
    store.write(picture(&alice, 1, 1)).await.unwrap();
    // All at once, so that they may share a commit.
    let good_before = store.write(message(&alice, "C2Cbob", 1));
    let bad = [
        (store.write(message(&alice, "C2Ccarol", 2)), Code::BLACKLISTED),
        (store.write(message(&alice, "C2Cnobody", 3)), Code::UNKNOWN_USER),
        (store.write(message(&alice, "GROUPnone", 4)), Code::GROUP_NOT_FOUND),
        (store.write(group(&alice, "ghosts", &["bob", "nobody"])), Code::GROUP_ACCOUNT_NOT_FOUND),
        (store.write(revoke(&alice, "C2Cbob", 99)), Code::REVOKE_NOT_FOUND),
        // Found out only when some of it may be done: the second user is unknown, the name is taken after the ticket.
        (store.write(blacklist(&bob, &["carol", "nobody"], true)), Code::UNKNOWN_USER),
        (store.write(picture(&alice, 1, 2)), Code::INTERNAL),
        (store.write(picture(&alice, 2, 1)), Code::TICKET_USED),
    ];
    let good_after = store.write(message(&bob, "C2Calice", 5));
    assert_eq!(sent(good_before.await).sequence, 1);
    for (answer, code) in bad {
        assert_eq!(refused(answer.await), code);
    }
    assert_eq!(sent(good_after.await).sequence, 2);
    // A refused write leaves nothing: no conversation and no sequence; and the same write can still be done.
    sync_until(&store, &alice, Cursor::default(), |page| head(page, "C2Cbob") == Some(2)).await;
    let page = sync(&store, &alice, Cursor::default()).await;
    assert_eq!((head(&page, "C2Ccarol"), head(&page, "GROUPghosts")), (None, None));
    store.write(group(&alice, "ghosts", &["bob"])).await.unwrap();
    assert_eq!(sent(store.write(message(&carol, "C2Cbob", 6)).await).sequence, 1);
    store.write(picture(&alice, 2, 2)).await.unwrap();
    store.close().await;
}

/// A picture's record, by the number of its name and that of its ticket.
fn picture(owner: &Actor, name: u128, ticket: u128) -> Write {
    let (id, sha256) = (Uuid::from_u128(name), "ab".repeat(32));
    let media = Media { app: APP, id, owner: owner.key, sha256, size: 1, time: NOW };
    Write::PutMedia(PutMedia { media, names: Vec::new(), ticket: Uuid::from_u128(ticket), quota: 0 })
}

/// Promise 6: the listener hears every commit before the store is closed, also when nobody waits for it, and of each
/// conversation in order.
pub async fn published<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let (listener, notifications) = hearing();
    let store = open(folder, listener);
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let carol = login(&store, "carol").await;
    assert_eq!(sent(store.write(message(&alice, "C2Cbob", 1)).await).sequence, 1);
    // Nobody waits for these.
    for number in 2..=50 {
        drop(store.write(message(&alice, "C2Cbob", number)));
        drop(store.write(message(&carol, "C2Cbob", number - 1)));
    }
    // Refused: nothing to tell.
    assert!(store.write(message(&alice, "C2Cnobody", 51)).await.is_err());
    let session = Some(Uuid::from_u128(7));
    let on_laptop = Actor { session, ..alice.clone() };
    assert_eq!(sent(store.write(message(&carol, "C2Cbob", 50)).await).sequence, 50);
    assert_eq!(sent(store.write(message(&on_laptop, "C2Cbob", 52)).await).sequence, 51);
    assert!(
        store.query(online(&alice, "C2Cbob")).await.unwrap().reply::<call::SendOnlineRequest>().is_some()
    );
    assert_eq!(store.query(online(&alice, "C2Cnobody")).await.unwrap_err().code, Code::UNKNOWN_USER);
    store.close().await;
    let (mut of_alice, mut of_carol, mut passed_on) = (Vec::new(), Vec::new(), 0);
    for notification in notifications.try_iter() {
        if let NotificationContent::Ephemeral(Push::Online(_)) = &notification.content {
            assert!(notification.to.names(bob.key) && notification.to.names(alice.key));
            passed_on += 1;
            continue;
        }
        let NotificationContent::Push(Push::Message(message)) = &notification.content else {
            panic!("a send told {:?}", notification.content)
        };
        assert!(notification.to.names(bob.key));
        let of = if notification.to.names(alice.key) { &mut of_alice } else { &mut of_carol };
        of.push((message.sequence, notification.except));
    }
    let sequences = |of: &[(u64, Option<Uuid>)]| of.iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(sequences(&of_alice), (1..=51).collect::<Vec<_>>());
    assert_eq!(sequences(&of_carol), (1..=50).collect::<Vec<_>>());
    assert_eq!(passed_on, 1, "what is passed on is told once");
    assert_eq!(of_alice.last().unwrap().1, session, "who sent it knows already");
    assert!(notifications.recv().is_err(), "a closed store tells nothing more");
}

/// Promise 6, of groups: everything is told to the group's topic, after those who come are subscribed to it and before those who
/// go are unsubscribed; and a session finds the topics that it is to hear.
pub async fn topics<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let (listener, notifications) = hearing();
    let store = open(folder, listener);
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let carol = login(&store, "carol").await;
    store.write(group(&alice, "climbers", &["bob"])).await.unwrap();
    let published = told(&store, &alice, &notifications).await;
    let NotificationContent::Subscribe(Topic { of: climbers, .. }) = published[0].content else {
        panic!("{published:?}")
    };
    assert!(
        published[0].to.names(alice.key)
            && published[0].to.names(bob.key)
            && !published[0].to.names(carol.key)
    );
    assert_eq!(published.last().unwrap().to, Audience::Topic(climbers), "the tip");
    store.write(group(&bob, "tea", &[])).await.unwrap();
    let of_bob = following(&store, &bob).await;
    assert!(of_bob.len() == 2 && of_bob.contains(&climbers), "{of_bob:?}");
    assert_eq!(following(&store, &alice).await, [climbers]);
    assert_eq!(following(&store, &carol).await, []);
    told(&store, &bob, &notifications).await;

    sent(store.write(message(&alice, "GROUPclimbers", 1)).await);
    let published = told(&store, &alice, &notifications).await;
    let audiences: Vec<Audience> = published.into_iter().map(|notification| notification.to).collect();
    assert_eq!(audiences, [Audience::Topic(climbers)], "once, however many members there are");
    store.write(quit(&bob, "climbers")).await.unwrap();
    let published = told(&store, &bob, &notifications).await;
    assert_eq!(published[0].to, Audience::Topic(climbers), "the leaver hears the tip");
    assert!(
        matches!(published[1].content, NotificationContent::Unsubscribe(left) if left == climbers && published[1].to.names(bob.key))
    );
    assert!(published[2..].iter().all(|notification| notification.to == Audience::user(bob.key)));
    assert!(!following(&store, &bob).await.contains(&climbers));
    store.close().await;
}

/// The topics of a user.
async fn following(store: &impl Store, actor: &Actor) -> Vec<ConversationKey> {
    match store.query(Query::SessionStart { key: actor.key }).await.unwrap() {
        QueryResult::SessionStart(start) => start.topics.into_iter().map(|topic| topic.of).collect(),
        other => panic!("a session's start was answered with {other:?}"),
    }
}

/// Promise 7: whatever changed after a user's last give has a version above it, also across a crash.
pub async fn marked<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let mut store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let mut cursor = Cursor::default();
    for round in 1..=20 {
        let pending = store.write(message(&alice, "C2Cbob", round));
        if round % 4 == 0 {
            // The answer is not waited for, and the store dies as soon as it can.
            drop(pending);
            drop(store);
            store = open(folder, deaf());
            login(&store, "alice").await;
            // A write whose answer nobody saw may be lost; a retry settles it.
            sent(store.write(message(&alice, "C2Cbob", round)).await);
        } else if round % 4 == 1 {
            // A give that shares the commit, or comes right after it.
            let given = store.write(Write::AdvanceWatermark { actor: bob.clone() });
            sent(pending.await);
            given.await.unwrap();
        } else {
            sent(pending.await);
        }
        sync_until(&store, &bob, cursor, |page| head(page, "C2Calice") == Some(round)).await;
        cursor = sync(&store, &bob, cursor).await.cursor;
    }
    for round in 21..=30 {
        sent(store.write(message(&alice, "C2Cbob", round)).await);
        let login = store.write(logging_in("bob")).await.unwrap();
        let WriteReply::LoggedIn { watermark, .. } = login.answer else { panic!("{login:?}") };
        let page = sync_up_to(&store, &bob, cursor, watermark).await;
        assert_eq!(head(&page, "C2Calice"), Some(round), "a login leaves nothing before it out");
        cursor = page.cursor;
    }
    let page = sync(&store, &bob, cursor).await;
    assert!(page.conversations.is_empty(), "nothing is new: nothing is told again");
    store.write(blacklist(&bob, &["alice"], true)).await.unwrap();
    sync_until(&store, &bob, cursor, |page| page.changes.len() == 1).await;
    store.close().await;
}

/// Promise 8: whoever is a member when a group is dismissed is told once, though the store dies before it came to all; who comes first
/// does not wait.
pub async fn finished<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let mut store = open(folder, deaf());
    let alice = login(&store, "alice").await;
    let names: Vec<String> = (0..150).map(|number| format!("other-{number}")).collect();
    let mut others = Vec::new();
    for name in &names {
        others.push(login(&store, name).await);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    store.write(group(&alice, "climbers", &names)).await.unwrap();
    store.write(group_of(GroupType::Public, &alice, "tea", &names)).await.unwrap();
    let is_told = |page: &SyncPage| {
        let is_end = |message: &Message| message.body.get().contains(r#""operationType":5,"#);
        let notices =
            page.conversations.iter().filter(|state| state.conversation_id == ConversationId::System);
        let ends = notices.flat_map(|state| state.latest.iter()).filter(|message| is_end(message)).count();
        let gone = page
            .conversations
            .iter()
            .any(|state| state.gone && state.conversation_id.to_string() == "GROUPtea");
        assert!(ends <= 1 && (ends == 1) == gone, "one notice for each: {page:?}");
        gone
    };
    store.write(dismiss(&alice, "tea")).await.unwrap();
    let page = sync(&store, &others[149], Cursor::default()).await;
    assert!(is_told(&page), "the one who comes first does not wait");
    drop(store);
    store = open(folder, deaf());
    for other in &others {
        sync_until(&store, other, Cursor::default(), is_told).await;
        assert!(head(&sync(&store, other, Cursor::default()).await, "GROUPclimbers").is_some());
    }
    store.close().await;
}

/// Closing finishes what was accepted, and later calls are refused.
pub async fn closed<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    let accepted: Vec<_> = (1..=100).map(|number| store.write(message(&alice, "C2Cbob", number))).collect();
    store.close().await;
    for (answer, number) in accepted.into_iter().zip(1..) {
        assert_eq!(sent(ready(answer)).sequence, number, "answered before close ends");
    }
    assert_eq!(refused(store.write(message(&alice, "C2Cbob", 101)).await), Code::BUSY);
    assert_eq!(store.query(Query::App { app: APP }).await.unwrap_err().code, Code::BUSY);
    store.close().await;
    drop(store);
    let store = open(folder, deaf());
    assert_eq!(history_in_pages(&store, &bob, "C2Calice").await.messages.len(), 100);
    store.close().await;
}

/// The answer of a future that does not have to wait.
fn ready<T>(future: impl Future<Output = T> + Unpin) -> T {
    futures_util::FutureExt::now_or_never(future).expect("the answer is there")
}
