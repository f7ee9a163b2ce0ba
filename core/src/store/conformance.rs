//! One suite for every [`Store`]: each function holds a store to promises of [`super`], and panics where it breaks one.
//!
//! For tests only. Knows nothing about any implementation: a store is what [`Store::open`] makes of a place where there is
//! none yet, and dropping it is the end of its process.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::missing_panics_doc)]

mod model;
mod search;

use serde_json::value::RawValue;
use tim_protocol::conversation::{self, Cursor, Mention};
use tim_protocol::friend::{FriendChange, FriendGroupChange, FriendRecord};
use tim_protocol::group::Group;
use tim_protocol::message::{
    Message, MessageChange, MessageReceipts, Modification, Mutation, OwnReactions, Priority, Reaction,
    Reactions, ReceiptCounts, Revocation,
};
use tim_protocol::profile::Profile;
use tim_protocol::receive::{AllReceiveMessageOpt, ReceiveOpt};
use tim_protocol::settings::{ConversationSettings, SettingsChange};
use tim_protocol::{Code, ConversationId, GroupId, MessageId, UserId};

pub use self::model::restarts;
pub use self::search::{found, found_after_others_are_cleared, found_until_it_is_gone};
use super::{RECENT_SENT, Store};
use crate::signaling::{Invitation, SignalingAction, SignalingInfo};
use crate::stored::{
    Change, LocalChange, LocalData, OutboxRow, OutboxState, Peer, Query, Snapshot, StoredConversation,
    SyncState,
};

/// Promise 1: a commit with a change that cannot be stored stores nothing. `impossible` is one that this store cannot store.
pub async fn whole<S: Store>(at: &S::Location, impossible: Change) {
    let mut store = open::<S>(at).await;
    let both = [waits(1), Change::Messages(bob(), vec![message(1)]), impossible];
    assert_eq!(store.apply(&both, true).await.unwrap_err().code, Code::DATABASE_FAILED);
    assert!(read(&mut store).await.is_empty());
    assert!(store.snapshot().await.unwrap().outbox.is_empty());
    store.apply(&[Change::Messages(bob(), vec![message(1)])], true).await.unwrap();
    assert_eq!(read(&mut store).await.len(), 1);
}

/// Promises 2 and 3: what a machine stores of each kind is in the next snapshot as it was.
pub async fn snapshot<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let empty = store.snapshot().await.unwrap();
    assert!(empty.conversations.is_empty() && empty.outbox.is_empty() && empty.profile.is_none());
    assert_eq!(empty.receive_opt, ReceiveOpt::default());
    let cursor = Cursor { epoch: 7, version: 9 };
    let sync = SyncState { cursor, unfinished: Some((1, 2)), initial_sync_at: 3 };
    let (profile, group) = (profile(), group());
    let opt =
        AllReceiveMessageOpt { start_timestamp: Some(17), duration: 60, ..AllReceiveMessageOpt::default() };
    let receive_opt = ReceiveOpt { version: 2, opt };
    let refused = OutboxRow { state: OutboxState::Refused(Code::SEND_FAILED), ..row(5) };
    let inserted = OutboxRow { state: OutboxState::Inserted, ..row(6) };
    let pictured = OutboxRow { upload: Some("outbox/picture".into()), ..row(4) };
    let changes = [
        Change::Sync(sync),
        Change::Messages(bob(), vec![message(1), message(2)]),
        Change::Complete(bob(), 1, 2),
        Change::Removed(bob(), 8, 9),
        Change::Outbox(refused),
        Change::Outbox(inserted),
        Change::Outbox(pictured),
        Change::Profile(profile.clone()),
        Change::ReceiveOpt(ReceiveOpt { version: 1, ..receive_opt }),
        Change::ReceiveOpt(receive_opt),
        Change::Relation(Box::new(friend(1, Some("Bobby")))),
        Change::Relation(Box::new(friend(2, Some("B.")))),
        Change::Relation(Box::new(group_of_friends(3, Some("Work")))),
        Change::Relation(Box::new(group_of_friends(3, None))),
        Change::Blacklist(user("mallory"), true),
        Change::Blacklist(user("trudy"), true),
        Change::Blacklist(user("trudy"), false),
        Change::Group(group.group_id.clone(), Some(Box::new(group.clone()))),
        Change::OutdatedGroup(group.group_id.clone(), Some(7)),
        Change::OutdatedGroup(GroupId::new("cake").unwrap(), Some(1)),
        Change::OutdatedGroup(GroupId::new("cake").unwrap(), None),
        Change::Person(user("bob"), Some(Box::new(profile_of("bob")))),
        Change::Person(user("carol"), Some(Box::new(profile_of("carol")))),
        Change::Person(user("carol"), None),
        Change::ProfilesAsOf(4),
        Change::ProfilesAsOf(5),
        Change::Invitation("7".to_owned(), Some(Box::new(invitation()))),
        Change::Invitation("8".to_owned(), Some(Box::new(invitation()))),
        Change::Invitation("8".to_owned(), None),
        Change::Draft(bob(), Some("Dear B".to_owned())),
        Change::Draft("C2Ccarol".parse().unwrap(), Some("no".to_owned())),
        Change::Draft("C2Ccarol".parse().unwrap(), None),
    ];
    store.apply(&changes, true).await.unwrap();
    let mut row = store.snapshot().await.unwrap().conversations.remove(0).row;
    row.group_type = Some(group.group_type);
    (row.head, row.read, row.emitted_seq, row.baseline_seq) = (2, 1, 2, Some(1));
    (row.undelivered, row.last_active, row.own) = (vec![(2, 2), (4, 6)], 17, 1);
    (row.revoked_above_read, row.revoked_up_to, row.first_visible_seq) = (1, 3, 2);
    (row.floor_pending, row.hidden_below, row.hidden_pending) = (2, 4, 3);
    (row.removal_seq, row.removal_head) = (5, 6);
    (row.unsent_removed, row.removed_unread) = (vec![(8, 9)], vec![(9, 9)]);
    row.mentions = vec![Mention { sequence: 2, from: user("bob"), me: true, all: false }];
    row.last_shown_seq = 1;
    row.peer = Some(Box::new(Peer { nick: "Bob".to_owned(), avatar: String::new(), sequence: 2 }));
    (row.settings, row.unsent_settings) = (Some(Box::new(settings())), Some(Box::new(settings_change())));
    store.apply(&[Change::Conversation(row.clone())], false).await.unwrap();
    drop(store);

    let opened = S::open(at).await.unwrap();
    let mut store = opened.store;
    let Snapshot {
        sync: stored,
        conversations,
        outbox,
        profile: own,
        receive_opt: opt,
        blacklist,
        groups,
        outdated_groups,
        drafts,
        relations,
        invitations,
        profiles,
        profiles_as_of,
    } = opened.snapshot;
    assert_eq!((profiles, profiles_as_of), (vec![profile_of("bob")], 5));
    assert_eq!(relations, [friend(2, Some("B."))]);
    assert_eq!(invitations, [invitation()]);
    assert_eq!(opt, receive_opt);
    assert_eq!((stored, own, groups), (sync, Some(profile), vec![group.clone()]));
    assert_eq!(blacklist, [user("mallory")]);
    assert_eq!(outdated_groups, [(group.group_id.clone(), 7)]);
    assert_eq!(drafts, [(bob(), "Dear B".to_owned())]);
    let [StoredConversation { row: conversation, ranges, removed, newest }] = conversations.as_slice() else {
        panic!("{conversations:?}")
    };
    assert_eq!((conversation, ranges.as_slice()), (&row, [(1, 2), (8, 9)].as_slice()));
    assert_eq!(removed.as_slice(), [(8, 9)]);
    assert_eq!(
        newest.as_ref().map(|newest| newest.sequence),
        Some(1),
        "the newest that is shown as the last"
    );
    let waiting: Vec<_> = outbox.iter().map(|row| (row.position, row.state, row.upload.is_some())).collect();
    let of = |position, state| (position, state, position == 4);
    let expected = [
        of(4, OutboxState::Waiting),
        of(5, OutboxState::Refused(Code::SEND_FAILED)),
        of(6, OutboxState::Inserted),
    ];
    assert_eq!(waiting, expected);
    let changes = [Change::Group(group.group_id, None), Change::OutboxDone(message(4).id)];
    store.apply(&changes, true).await.unwrap();
    let after = store.snapshot().await.unwrap();
    assert!(after.groups.is_empty());
    assert_eq!(positions(&after), [5, 6]);
}

/// A friend, or that there is none.
fn friend(version: u64, remark: Option<&str>) -> conversation::Change {
    let record = |remark: &str| FriendRecord { remark: remark.to_owned(), ..FriendRecord::default() };
    conversation::Change::Friend(FriendChange {
        user_id: user("bob"),
        version,
        friend: remark.map(record),
        profile: None,
    })
}

/// A friend group, or that there is none.
fn group_of_friends(version: u64, name: Option<&str>) -> conversation::Change {
    let name = name.map(ToOwned::to_owned);
    conversation::Change::FriendGroup(FriendGroupChange { number: 7, version, name })
}

fn profile_of(name: &str) -> Profile {
    Profile { user_id: user(name), ..profile() }
}

/// An invitation that bob may still accept.
fn invitation() -> Invitation {
    let info = SignalingInfo {
        invite_id: "7".to_owned(),
        group_id: None,
        inviter: user("alice"),
        invitee_list: vec![user("bob")],
        data: "a call".to_owned(),
        action: SignalingAction::Invite,
        timeout: 30,
    };
    Invitation { info, conversation_id: bob(), began: 17, open: vec![user("bob")], is_online_only: false }
}

/// Promise 3: messages come in their order, in the range that is asked for, and stay as they were stored first.
pub async fn messages<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let from_bob = Message { from: user("bob"), ..message(2) };
    let later = Message {
        priority: serde_json::from_str::<Priority>("\"urgent\"").unwrap(),
        body: RawValue::from_string(r#"{"type":"TIMHologramElem","payload":{"depth":1.50}}"#.into()).unwrap(),
        ..message(3)
    };
    let changed = Message { nick: "another".into(), ..message(1) };
    let changes = [
        Change::Messages(bob(), vec![later.clone(), message(1), from_bob]),
        Change::Messages(bob(), vec![changed]),
        Change::Messages("C2Ccarol".parse().unwrap(), vec![message(1)]),
    ];
    store.apply(&changes, false).await.unwrap();
    drop(store);
    let mut store = open::<S>(at).await;
    let query = |low, high, own_only| Query { conversation: bob(), low, high, own_only };
    let mut found = Vec::new();
    for query in [query(0, u64::MAX, false), query(2, 2, false), query(1, 3, true), query(4, 9, false)] {
        let messages = store.messages(&user("alice"), &query).await.unwrap();
        found.push(messages.iter().map(|message| message.sequence).collect::<Vec<_>>());
    }
    assert_eq!(found, [vec![1, 2, 3], vec![2], vec![1, 3], vec![]]);
    let ids = [message(3).id, message(7).id, message(1).id];
    let by_id = store.find(&ids).await.unwrap();
    let mut places: Vec<_> = by_id.iter().map(|it| (it.sequence, it.to.clone())).collect();
    places.sort();
    // The same ID stands in two conversations.
    assert_eq!(places.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>(), [1, 1, 3]);
    let all = read(&mut store).await;
    assert_eq!(all[0].nick, "");
    assert_eq!(serde_json::to_string(&all[2]).unwrap(), serde_json::to_string(&later).unwrap());
}

/// Promise 4: what a message said is gone once it is revoked, whichever of the two comes first.
pub async fn revoked<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    store.apply(&[Change::Messages(bob(), vec![message(1)]), waits(3)], false).await.unwrap();
    let changes = [
        revoke(1),
        revoke(2),
        Change::Messages(bob(), vec![message(2)]),
        revoke(3),
        Change::Acknowledged(message(3)),
        Change::Acknowledged(message(4)),
        revoke(4),
    ];
    store.apply(&changes, true).await.unwrap();
    drop(store);
    let mut store = open::<S>(at).await;
    let all = read(&mut store).await;
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|it| it.revoked.is_some() && !it.body.get().contains("number")), "{all:?}");
    store.apply(&[Change::Reset], true).await.unwrap();
    assert!(store.snapshot().await.unwrap().outbox.is_empty(), "it must not be sent again");
}

/// Promise 4: what was cleared is gone, with what was to be revoked of it, whichever of the two comes first.
pub async fn cleared<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let all = Change::Messages(bob(), (1..=6).map(message).collect());
    let carols = Change::Messages("C2Ccarol".parse().unwrap(), vec![message(1)]);
    store
        .apply(&[all.clone(), Change::Complete(bob(), 1, 6), carols, revoke(9), waits(2)], false)
        .await
        .unwrap();
    let row = store.snapshot().await.unwrap().conversations.remove(0).row;
    store.apply(&[Change::Conversation(row), Change::Cleared(bob(), 5)], true).await.unwrap();
    let late = [all, Change::Complete(bob(), 2, 3), Change::Acknowledged(message(2)), revoke(3)];
    store.apply(&late, false).await.unwrap();
    drop(store);
    let mut store = open::<S>(at).await;
    let left: Vec<u64> = read(&mut store).await.iter().map(|message| message.sequence).collect();
    assert_eq!(left, [5, 6]);
    assert!(store.find(&[message(4).id]).await.unwrap().is_empty());
    assert_eq!(
        store.find(&[message(1).id]).await.unwrap().len(),
        1,
        "another conversation keeps its messages"
    );
    let snapshot = store.snapshot().await.unwrap();
    let StoredConversation { row, ranges, .. } = &snapshot.conversations[0];
    assert_eq!((row.first_visible_seq, ranges.as_slice()), (5, [(5, 6)].as_slice()));
    store
        .apply(&[Change::Cleared(bob(), 9), Change::Messages(bob(), vec![message(9)])], false)
        .await
        .unwrap();
    assert!(read(&mut store).await[0].revoked.is_some(), "what is to be revoked above it is still revoked");
    store.apply(&[revoke(2), Change::Reset], true).await.unwrap();
    assert!(
        store.snapshot().await.unwrap().outbox.is_empty(),
        "what was cleared and then revoked is not sent again"
    );
}

/// Promise 4: what the user removed is gone, whichever comes first, and is missing in no place.
pub async fn removed<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let all = Change::Messages(bob(), (1..=9).map(message).collect());
    let carols = Change::Messages("C2Ccarol".parse().unwrap(), vec![message(4)]);
    let changes = [all.clone(), Change::Complete(bob(), 1, 3), carols, revoke(12), waits(20)];
    store.apply(&changes, false).await.unwrap();
    let removed = |low, high| Change::Removed(bob(), low, high);
    store
        .apply(&[removed(4, 4), removed(6, 7), removed(5, 5), removed(20, 20), removed(12, 12)], true)
        .await
        .unwrap();
    let late =
        [all, Change::Acknowledged(message(20)), revoke(7), Change::Messages(bob(), vec![message(12)])];
    store.apply(&late, false).await.unwrap();
    drop(store);
    let mut store = open::<S>(at).await;
    let left: Vec<u64> = read(&mut store).await.iter().map(|message| message.sequence).collect();
    assert_eq!(left, [1, 2, 3, 8, 9]);
    assert!(store.find(&[message(5).id]).await.unwrap().is_empty());
    assert_eq!(store.find(&[message(4).id]).await.unwrap().len(), 1, "another conversation keeps it");
    let StoredConversation { ranges, removed, .. } = store.snapshot().await.unwrap().conversations.remove(0);
    assert_eq!(removed, [(4, 7), (12, 12), (20, 20)]);
    assert_eq!(ranges, [(1, 7), (12, 12), (20, 20)]);
    store.apply(&[Change::Cleared(bob(), 6)], false).await.unwrap();
    let after = store.snapshot().await.unwrap().conversations.remove(0);
    assert_eq!((after.removed[0], after.ranges[0]), ((6, 7), (6, 7)));
    store.apply(&[Change::Reset], true).await.unwrap();
    let sent_again = store.snapshot().await.unwrap().outbox;
    assert_eq!(sent_again.len(), 1, "the other side gets it back");
    store.apply(&[Change::Messages(bob(), vec![message(4)])], false).await.unwrap();
    assert_eq!(read(&mut store).await.len(), 1, "the places of another epoch are others");
}

/// Promise 3: the newest mutation of a message holds, also if an earlier one or the message as it was comes after it.
pub async fn modified<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    store.apply(&[Change::Acknowledged(message(1)), modify(1, 2, "twice")], false).await.unwrap();
    let late = [modify(1, 1, "once"), Change::Messages(bob(), vec![message(1)]), modify(2, 3, "not here")];
    store.apply(&late, true).await.unwrap();
    drop(store);
    let mut store = open::<S>(at).await;
    let all = read(&mut store).await;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].mutation_seq, all[0].version), (2, 2));
    assert!(all[0].body.get().contains("twice"), "{all:?}");
    store.apply(&[Change::Reset], true).await.unwrap();
    let sent_again = store.snapshot().await.unwrap().outbox.remove(0).message;
    assert_eq!((sent_again.mutation_seq, sent_again.version), (0, 0));
    assert_eq!(sent_again.body.get(), message(1).body.get());
}

/// Promise 3: the newest reactions hold, and which of them are the user's stays as it is until it is told. They are not sent again.
pub async fn reacted<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    store.apply(&[Change::Acknowledged(message(1)), react(1, 2, Some(&["up"]))], false).await.unwrap();
    store.apply(&[react(1, 3, None), react(1, 1, Some(&[])), react(2, 4, None)], true).await.unwrap();
    drop(store);
    let mut store = open::<S>(at).await;
    let all = read(&mut store).await;
    assert_eq!((all.len(), all[0].mutation_seq), (1, 3));
    let shown: Vec<_> =
        all[0].reactions.iter().map(|it| (it.reaction_id.as_str(), it.total, it.mine)).collect();
    assert_eq!(shown, [("up", 3, true), ("heart", 1, false)]);
    store.apply(&[Change::Acknowledged(all[0].clone()), Change::Reset], true).await.unwrap();
    let sent_again = store.snapshot().await.unwrap().outbox.remove(0).message;
    assert!(sent_again.reactions.is_empty());
}

/// Promise 3: of the numbers of those who read a message the greatest holds, whatever comes late. They are not sent again.
pub async fn confirmed<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let read_by =
        |read| Change::Receipts(bob(), vec![MessageReceipts { sequence: 1, read, unread: 3 - read }]);
    store.apply(&[Change::Acknowledged(message(1)), read_by(0), read_by(2)], false).await.unwrap();
    let counts = |message: &Message| message.receipts.map(|counts| (counts.read, counts.unread));
    let late =
        Message { mutation_seq: 5, receipts: Some(ReceiptCounts { read: 0, unread: 3 }), ..message(1) };
    store.apply(&[read_by(1), Change::Messages(bob(), vec![late])], true).await.unwrap();
    drop(store);
    let mut store = open::<S>(at).await;
    let all = read(&mut store).await;
    assert_eq!((all[0].mutation_seq, counts(&all[0])), (5, Some((2, 1))));
    store.apply(&[revoke(1)], false).await.unwrap();
    store.apply(&[read_by(3)], false).await.unwrap();
    assert_eq!(read(&mut store).await[0].receipts, None);
    let sent = Message { receipts: Some(ReceiptCounts { read: 1, unread: 2 }), ..message(2) };
    store.apply(&[Change::Acknowledged(sent), Change::Reset], true).await.unwrap();
    assert_eq!(store.snapshot().await.unwrap().outbox.remove(0).message.receipts, None);
}

/// Promises 2, 3 and 4: what is kept beside messages is there with them, until they are gone.
pub async fn beside<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let messages = vec![message(1), message(2), message(3)];
    // Somebody else uses the ID of the first one.
    let alike = Message { from: user("mallory"), ..message(1) };
    let changes = [
        Change::Messages(bob(), messages),
        Change::Messages("GROUPgames".parse().unwrap(), vec![alike]),
        waits(4),
        waits(5),
    ];
    store.apply(&changes, true).await.unwrap();
    let (text, number) = (LocalChange::Data("played".to_owned()), LocalChange::Int(-7));
    assert!(!store.keep_local(message(9).id, &text).await.unwrap(), "no such message");
    for (of, change) in [(1, &text), (1, &number), (2, &text), (3, &number), (4, &text), (5, &number)] {
        assert!(store.keep_local(message(of).id, change).await.unwrap());
    }
    assert!(store.keep_local(message(3).id, &LocalChange::Int(0)).await.unwrap());
    drop(store);
    let mut store = open::<S>(at).await;
    let data = |text: &str, custom_int| LocalData { custom_data: text.to_owned(), custom_int };
    let (both, nothing) = (data("played", -7), LocalData::default());
    let played = data("played", 0);
    let kept = [both.clone(), played.clone(), nothing.clone(), played.clone(), data("", -7), both.clone()];
    assert_eq!(beside_all(&mut store).await, kept);
    // One is removed, one leaves the outbox for its conversation, one is discarded; mallory's goes alone.
    let sent = Message { sequence: 4, ..message(4) };
    let changes = [
        Change::Removed(bob(), 2, 2),
        Change::Removed("GROUPgames".parse().unwrap(), 1, 1),
        Change::Acknowledged(sent),
        Change::OutboxDone(message(5).id),
        Change::ForgetLocal(message(5).id, user("alice")),
    ];
    store.apply(&changes, true).await.unwrap();
    let kept = [both, nothing.clone(), nothing.clone(), played.clone(), nothing.clone(), nothing.clone()];
    assert_eq!(beside_all(&mut store).await, kept);
    store.apply(&[Change::Reset], true).await.unwrap();
    let kept = beside_all(&mut store).await;
    assert_eq!(
        kept.iter().filter(|it| **it != nothing).collect::<Vec<_>>(),
        [&played],
        "of what is sent again"
    );
}

/// What is kept beside alice's first five messages, and beside mallory's.
async fn beside_all<S: Store>(store: &mut S) -> Vec<LocalData> {
    let mut all: Vec<_> = (1..=5).map(|number| (message(number).id, user("alice"))).collect();
    all.push((message(1).id, user("mallory")));
    store.local(&all).await.unwrap()
}

/// Promise 5: drafts stay, an acknowledged message moves to its conversation, and comes back to the outbox in another epoch, behind what
/// waits; everything else is fetched anew.
pub async fn another_epoch<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let many = u64::from(RECENT_SENT) + 3;
    for number in 1..=many {
        store.apply(&[waits(number)], true).await.unwrap();
        store.apply(&[Change::Acknowledged(message(number))], false).await.unwrap();
    }
    let cursor = Cursor { epoch: 1, version: 50 };
    let synced = Change::Sync(SyncState { cursor, unfinished: None, initial_sync_at: 7 });
    let draft = Change::Draft(bob(), Some("Dear B".to_owned()));
    store.apply(&[waits(many + 1), synced, Change::Profile(profile()), draft], true).await.unwrap();
    assert_eq!(positions(&store.snapshot().await.unwrap()), [many + 1]);
    assert_eq!(read(&mut store).await.len() as u64, many);
    drop(store);
    let mut store = open::<S>(at).await;
    store.apply(&[Change::Reset], true).await.unwrap();
    assert!(read(&mut store).await.is_empty());
    let after = store.snapshot().await.unwrap();
    assert!(after.conversations.is_empty() && after.profile.is_none());
    assert_eq!(after.sync, SyncState::default());
    assert_eq!(after.drafts, [(bob(), "Dear B".to_owned())]);
    let ids: Vec<MessageId> = after.outbox.iter().map(|row| row.message.id).collect();
    let expected: Vec<MessageId> = [many + 1].into_iter().chain(4..=many).map(|it| message(it).id).collect();
    assert_eq!(ids, expected);
    assert!(after.outbox.is_sorted_by_key(|row| row.position));
    assert!(after.outbox.iter().all(|row| row.message.sequence == 0 && row.message.unread_index == 0));
}

/// Promise 6: a rebuilt store has the outbox, the acknowledged messages and the epoch, and nothing else.
pub async fn rebuilt<S: Store>(at: &S::Location) {
    let mut store = open::<S>(at).await;
    let cursor = Cursor { epoch: 7, version: 9 };
    let changes = [
        Change::Sync(SyncState { cursor, unfinished: Some((1, 2)), initial_sync_at: 3 }),
        Change::Messages(bob(), vec![message(1)]),
        Change::Acknowledged(message(2)),
        waits(3),
    ];
    store.apply(&changes, true).await.unwrap();
    drop(store);
    assert!(!S::rebuild(at).await.unwrap().is_empty());
    let mut store = open::<S>(at).await;
    assert!(read(&mut store).await.is_empty());
    let rescued = store.snapshot().await.unwrap();
    assert!(rescued.conversations.is_empty());
    assert_eq!(rescued.sync.cursor, Cursor { epoch: 7, version: 0 });
    assert_eq!(positions(&rescued), [3]);
    store.apply(&[Change::Reset], true).await.unwrap();
    let ids: Vec<MessageId> =
        store.snapshot().await.unwrap().outbox.iter().map(|row| row.message.id).collect();
    assert_eq!(ids, [message(3).id, message(2).id]);
}

/// A profile, and a group, with words of a later version.
fn profile() -> Profile {
    serde_json::from_str(r#"{"userID":"alice","nick":"Al","gender":"later","lastUpdatedTime":3}"#).unwrap()
}

fn group() -> Group {
    let group = serde_json::json!({
        "groupID": "tea", "type": "Later", "name": "Tea", "createTime": 5, "memberCount": 2, "maxMemberCount": 9,
        "joinOption": "later", "selfInfo": {"role": "Later", "joinTime": 4},
    });
    serde_json::from_value(group).unwrap()
}

/// Settings with one of a later version, and a change of them.
fn settings() -> ConversationSettings {
    serde_json::from_str(r#"{"version":4,"isPinned":true,"marks":[0,63],"color":"red"}"#).unwrap()
}

fn settings_change() -> SettingsChange {
    serde_json::from_str(r#"{"isPinned":false,"unmark":[63],"customData":"x"}"#).unwrap()
}

async fn open<S: Store>(at: &S::Location) -> S {
    let opened = S::open(at).await.unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store
}

async fn read<S: Store>(store: &mut S) -> Vec<Message> {
    let all = Query { conversation: bob(), low: 0, high: u64::MAX, own_only: false };
    store.messages(&user("alice"), &all).await.unwrap()
}

fn positions(snapshot: &Snapshot) -> Vec<u64> {
    snapshot.outbox.iter().map(|row| row.position).collect()
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

/// Alice's message of this place, which says its number.
pub(super) fn message(sequence: u64) -> Message {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&sequence.to_be_bytes());
    let body = serde_json::value::to_raw_value(
        &serde_json::json!({"type": "TIMTextElem", "payload": {"text": format!("number {sequence}")}}),
    );
    let bare = Message::bare(MessageId::from_parts(1, random), user("alice"), bob(), 1_000, body.unwrap());
    Message { sequence, unread_index: sequence, ..bare }
}

/// Its row in the outbox.
fn row(position: u64) -> OutboxRow {
    let message = Message { sequence: 0, unread_index: 0, ..message(position) };
    OutboxRow { position, message, state: OutboxState::Waiting, upload: None }
}

fn waits(position: u64) -> Change {
    Change::Outbox(row(position))
}

/// A message of bob's conversation is revoked.
#[must_use]
pub fn revoke(sequence: u64) -> Change {
    changes(sequence, 0, MessageChange::Revoked(revocation()))
}

fn revocation() -> Revocation {
    Revocation { by: user("alice"), time: 5, reason: String::new() }
}

/// A message of bob's conversation is modified by the mutation with this number.
fn modify(sequence: u64, number: u64, text: &str) -> Change {
    let body = serde_json::json!({"type": "TIMTextElem", "payload": {"text": text}});
    let body = serde_json::value::to_raw_value(&body).unwrap();
    let modification = Modification { by: user("alice"), time: 5, version: number, attributes: None, body };
    changes(sequence, number, MessageChange::Modified(modification))
}

/// A message of bob's conversation has two reactions by the mutation with this number, which may tell which are the user's.
fn react(sequence: u64, number: u64, own: Option<&[&str]>) -> Change {
    let id_list = |own: &[&str]| own.iter().map(|id| (*id).to_owned()).collect();
    let own = own.map(|own| OwnReactions { user_id: user("alice"), reaction_id_list: id_list(own) });
    let [mut first, second] = ["up", "heart"].map(Reaction::first);
    first.total = u32::try_from(number).unwrap();
    let reactions = [first, second].map(|it| Reaction { mine: false, ..it }).to_vec().into();
    changes(sequence, number, MessageChange::Reactions(Reactions { reactions, own }))
}

fn changes(sequence: u64, mutation_seq: u64, change: MessageChange) -> Change {
    let Message { from, to, .. } = message(sequence);
    let mutation = Mutation { from, to, mutation_seq, sequence, unread_index: 0, change };
    Change::Mutated(bob(), Box::new(mutation))
}
