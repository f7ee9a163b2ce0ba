//! Read receipts on the server: who is counted, who is told, who may ask, and that numbers only grow.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tim_protocol::call::{self, MessagesReply, Reply, Sent};
use tim_protocol::group::NewGroup;
use tim_protocol::message::ReceiptCounts;
use tim_protocol::{Code, GroupId, UserId};
use tim_server::core::ops::{Actor, Audience, Committed, NotificationContent, Query, Write, WriteReply};
use tim_server::store::conformance::{
    blacklist, group, logged_in, logging_in, message, message_with, read_receipt, remove_messages, revoke,
    sent,
};
use tim_server::store::sqlite::Database;

const ASKS: &str = r#"{"needReadReceipt":true}"#;

fn does(database: &mut Database, write: Write) -> Result<Committed, Code> {
    database.commit(&[write]).remove(0).map_err(|refused| refused.code)
}

fn people<const N: usize>(database: &mut Database, names: [&str; N]) -> [Actor; N] {
    names.map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)))
}

fn asks(database: &mut Database, by: &Actor, to: &str, number: u64) -> Sent {
    sent(database.commit(&[message_with(by, to, number, ASKS)]).remove(0))
}

/// Which messages are confirmed, and what the senders are told: whom, the message, and how many read it of how many.
type Told = Vec<(Actor, String, Vec<(u64, u32, u32)>)>;

fn confirms(
    database: &mut Database,
    people: &[Actor],
    by: &Actor,
    to: &str,
    sequences: &[u64],
) -> Result<(Vec<u64>, Told), Code> {
    let Committed { answer, notifications } = does(database, read_receipt(by, to, sequences))?;
    let WriteReply::Reply(Reply::Messages(MessagesReply::Receipt(confirmed))) = answer else {
        panic!("a receipt answered {answer:?}")
    };
    let told = notifications.iter().map(|notification| {
        let NotificationContent::Receipts(updates) = &notification.content else {
            panic!("{notification:?}")
        };
        let Audience::Users(users) = &notification.to else { panic!("{notification:?}") };
        let sender = people.iter().find(|it| **users == [it.key]).unwrap();
        let receipts = updates.receipts.iter().map(|it| (it.sequence, it.read, it.unread)).collect();
        (sender.clone(), updates.conversation_id.to_string(), receipts)
    });
    Ok((confirmed.sequences, told.collect()))
}

fn counts(database: &Database, reader: &Actor, to: &str, sequences: &[u64]) -> BTreeMap<u64, (u32, u32)> {
    let asked = call::ReceiptsRequest { conversation_id: to.parse().unwrap(), sequences: sequences.to_vec() };
    let found = database.query(&Query::request(reader, asked)).unwrap();
    let page = found.reply::<call::ReceiptsRequest>().unwrap();
    page.receipts.into_iter().map(|it| (it.sequence, (it.read, it.unread))).collect()
}

fn readers(
    database: &Database,
    asker: &Actor,
    (to, sequence): (&str, u64),
    is_read: bool,
    (after, limit): (Option<&str>, u32),
) -> Result<(Vec<String>, bool), Code> {
    let after = after.map(|name| UserId::new(name).unwrap());
    let asked =
        call::ReadersRequest { conversation_id: to.parse().unwrap(), sequence, is_read, after, limit };
    let found = database.query(&Query::request(asker, asked)).map_err(|refused| refused.code)?;
    let page = found.reply::<call::ReadersRequest>().unwrap();
    Ok((page.user_id_list.iter().map(ToString::to_string).collect(), page.more))
}

/// What history shows of each message: the numbers of those who read it.
fn history(database: &Database, reader: &Actor, to: &str) -> Vec<Option<(u32, u32)>> {
    let asked = call::HistoryRequest { conversation_id: to.parse().unwrap(), low: 1, high: 100, limit: 100 };
    let found = database.query(&Query::request(reader, asked)).unwrap();
    let page = found.reply::<call::HistoryRequest>().unwrap();
    page.messages.iter().map(|it| it.receipts.map(|counts| (counts.read, counts.unread))).collect()
}

fn public(database: &mut Database, owner: &Actor, members: &str) {
    let new: NewGroup = serde_json::from_str(&format!(
        r#"{{"name":"tea","type":"Public","groupID":"tea","joinOption":"FreeAccess","memberList":{members}}}"#,
    ))
    .unwrap();
    does(database, Write::request(owner, call::CreateGroupRequest { group: new }, 1)).unwrap();
}

fn joins(database: &mut Database, user: &Actor) {
    let group_id = GroupId::new("tea").unwrap();
    let join = call::JoinGroupRequest { group_id, apply_message: String::new() };
    does(database, Write::request(user, join, 1)).unwrap();
}

fn leaves(database: &mut Database, user: &Actor) {
    let quit = call::QuitGroupRequest { group_id: GroupId::new("tea").unwrap() };
    does(database, Write::request(user, quit, 1)).unwrap();
}

#[test]
fn the_other_side_confirms_once_and_the_sender_alone_is_told() {
    let mut database = Database::in_memory().unwrap();
    let all = people(&mut database, ["alice", "bob", "carol"]);
    let [alice, bob, carol] = &all;
    let first = asks(&mut database, alice, "C2Cbob", 1);
    assert_eq!((first.sequence, first.receipts), (1, Some(ReceiptCounts { read: 0, unread: 1 })));
    assert_eq!(sent(database.commit(&[message(alice, "C2Cbob", 2)]).remove(0)).receipts, None);
    asks(&mut database, bob, "C2Calice", 3);
    // One that asks for nothing, an own one, and one that does not exist are left out.
    let (confirmed, told) = confirms(&mut database, &all, bob, "C2Calice", &[3, 2, 1, 9, 1]).unwrap();
    assert_eq!((confirmed, told), (vec![1], vec![(alice.clone(), "C2Cbob".into(), vec![(1, 1, 0)])]));
    let (confirmed, told) = confirms(&mut database, &all, bob, "C2Calice", &[1]).unwrap();
    assert_eq!((confirmed, told), (vec![1], vec![]), "again");
    assert_eq!(history(&database, alice, "C2Cbob"), [Some((1, 0)), None, None]);
    assert_eq!(history(&database, bob, "C2Calice"), [None, None, Some((0, 1))]);
    assert_eq!(counts(&database, alice, "C2Cbob", &[1, 2, 3]), BTreeMap::from([(1, (1, 0))]));
    assert_eq!(confirms(&mut database, &all, carol, "C2Calice", &[1]).unwrap().0, [0; 0]);
    // To oneself: nobody is asked.
    let own = asks(&mut database, alice, "C2Calice", 4);
    assert_eq!(own.receipts, Some(ReceiptCounts { read: 0, unread: 0 }));
}

#[test]
fn a_group_counts_those_who_were_there() {
    let mut database = Database::in_memory().unwrap();
    let all = people(&mut database, ["alice", "bob", "carol", "dave", "erin"]);
    let [alice, bob, carol, dave, erin] = &all;
    public(&mut database, alice, r#"["bob","carol","dave"]"#);
    let place = asks(&mut database, alice, "GROUPtea", 1);
    assert_eq!(place.receipts, Some(ReceiptCounts { read: 0, unread: 3 }));
    let at = ("GROUPtea", place.sequence);
    joins(&mut database, erin);
    assert_eq!(confirms(&mut database, &all, erin, at.0, &[at.1]).unwrap().0, [0; 0], "she came later");
    confirms(&mut database, &all, bob, at.0, &[at.1]).unwrap();
    let (_, told) = confirms(&mut database, &all, carol, at.0, &[at.1]).unwrap();
    assert_eq!(told, [(alice.clone(), at.0.into(), vec![(at.1, 2, 1)])]);
    let by = |limit| (None, limit);
    assert_eq!(readers(&database, alice, at, true, by(1)).unwrap(), (vec!["bob".into()], true));
    assert_eq!(readers(&database, alice, at, true, (Some("bob"), 1)).unwrap(), (vec!["carol".into()], false));
    assert_eq!(readers(&database, alice, at, false, by(100)).unwrap(), (vec!["dave".into()], false));
    // Who leaves stays counted as they were, also if they come back.
    leaves(&mut database, bob);
    leaves(&mut database, dave);
    joins(&mut database, dave);
    assert_eq!(confirms(&mut database, &all, dave, at.0, &[at.1]).unwrap().0, [0; 0]);
    assert_eq!(confirms(&mut database, &all, bob, at.0, &[at.1]), Err(Code::GROUP_PERMISSION_DENIED));
    assert_eq!(counts(&database, alice, at.0, &[at.1]), BTreeMap::from([(at.1, (2, 1))]));
    assert_eq!(readers(&database, alice, at, true, by(9)).unwrap().0, ["bob", "carol"]);
    assert_eq!(readers(&database, alice, at, false, by(9)).unwrap().0, [""; 0]);
    let second = asks(&mut database, alice, at.0, 2);
    assert_eq!(second.receipts.unwrap().unread, 3, "carol, dave and erin");
    assert_eq!(
        readers(&database, alice, (at.0, second.sequence), false, by(9)).unwrap().0,
        ["carol", "dave", "erin"]
    );
}

#[test]
fn a_sender_who_left_is_told_nothing_more() {
    let mut database = Database::in_memory().unwrap();
    let all = people(&mut database, ["alice", "bob", "carol"]);
    let [alice, bob, carol] = &all;
    public(&mut database, carol, r#"["alice", "bob"]"#);
    let sequence = asks(&mut database, alice, "GROUPtea", 1).sequence;
    let (confirmed, told) = confirms(&mut database, &all, carol, "GROUPtea", &[sequence]).unwrap();
    assert_eq!((confirmed, told.len()), (vec![sequence], 1));
    leaves(&mut database, alice);
    let (confirmed, told) = confirms(&mut database, &all, bob, "GROUPtea", &[sequence]).unwrap();
    assert_eq!((confirmed, told), (vec![sequence], vec![]));
}

#[test]
fn only_the_sender_asks_and_only_of_messages_with_receipts() {
    let mut database = Database::in_memory().unwrap();
    let all = people(&mut database, ["alice", "bob", "carol"]);
    let [alice, bob, carol] = &all;
    does(&mut database, group(alice, "tea", &["bob"])).unwrap();
    let place = asks(&mut database, alice, "GROUPtea", 1).sequence;
    let silent = sent(database.commit(&[message(alice, "GROUPtea", 2)]).remove(0)).sequence;
    let page = |asker, sequence, after| readers(&database, asker, ("GROUPtea", sequence), true, (after, 9));
    assert_eq!(page(bob, place, None), Err(Code::GROUP_PERMISSION_DENIED));
    assert_eq!(page(carol, place, None), Err(Code::GROUP_PERMISSION_DENIED));
    assert_eq!(page(alice, silent, None), Err(Code::NO_RECEIPT_NEEDED));
    assert_eq!(page(alice, 99, None), Err(Code::NO_RECEIPT_NEEDED));
    assert_eq!(page(alice, place, Some("nobody")), Err(Code::UNKNOWN_USER));
    assert_eq!(page(alice, place, Some("bob")).unwrap(), (vec![], false));
    let elsewhere = readers(&database, alice, ("GROUPcoffee", 1), true, (None, 9));
    assert_eq!(elsewhere, Err(Code::GROUP_NOT_FOUND));
    assert!(counts(&database, bob, "GROUPtea", &[place]).is_empty());
    assert_eq!(
        confirms(&mut database, &all, carol, "GROUPtea", &[place]),
        Err(Code::GROUP_PERMISSION_DENIED)
    );
}

#[test]
fn who_may_not_see_a_message_or_not_answer_it_confirms_nothing() {
    let mut database = Database::in_memory().unwrap();
    let all = people(&mut database, ["alice", "bob"]);
    let [alice, bob] = &all;
    (1..=3).for_each(|number| drop(asks(&mut database, alice, "C2Cbob", number)));
    does(&mut database, remove_messages(bob, "C2Calice", &[(1, 1)])).unwrap();
    does(&mut database, revoke(alice, "C2Cbob", 2)).unwrap();
    assert_eq!(confirms(&mut database, &all, bob, "C2Calice", &[1, 2, 3]).unwrap().0, [3]);
    does(&mut database, blacklist(alice, &["bob"], true)).unwrap();
    assert_eq!(confirms(&mut database, &all, bob, "C2Calice", &[3]), Err(Code::BLACKLISTED));
    // A revoked message loses what was confirmed before.
    does(&mut database, revoke(alice, "C2Cbob", 3)).unwrap();
    assert!(counts(&database, alice, "C2Cbob", &[1, 2, 3]).keys().eq([&1]));
    assert_eq!(history(&database, alice, "C2Cbob"), [Some((0, 1)), None, None]);
}

/// What happens in a group of five.
#[derive(Debug, Clone)]
enum Step {
    Asks(usize),
    Joins(usize),
    Leaves(usize),
    Confirms(usize, Vec<u64>),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 1..5_usize;
    prop_oneof![
        (0..5_usize).prop_map(Step::Asks),
        who.clone().prop_map(Step::Joins),
        who.clone().prop_map(Step::Leaves),
        (0..5_usize, proptest::collection::vec(1..25_u64, 1..6))
            .prop_map(|(by, which)| Step::Confirms(by, which)),
        (0..5_usize, proptest::collection::vec(1..25_u64, 1..6))
            .prop_map(|(by, which)| Step::Confirms(by, which)),
    ]
}

/// A message that asks, in the model: its sender, those it was sent to, and those of them who confirmed it.
struct Asked {
    sender: usize,
    to: BTreeSet<usize>,
    by: BTreeSet<usize>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn numbers_are_those_who_confirmed_and_never_go_down(steps in proptest::collection::vec(step(), 1..60)) {
        let mut database = Database::in_memory().unwrap();
        let all = people(&mut database, ["alice", "bob", "carol", "dave", "erin"]);
        public(&mut database, &all[0], r#"["bob"]"#);
        // Who is a member, and with which places still to be confirmed by them.
        let mut members: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::from([(0, BTreeSet::new()), (1, BTreeSet::new())]);
        let mut asked: BTreeMap<u64, Asked> = BTreeMap::new();
        for (number, step) in (1..).zip(steps) {
            match step {
                Step::Asks(by) if members.contains_key(&by) => {
                    let place = asks(&mut database, &all[by], "GROUPtea", number);
                    let to: BTreeSet<usize> = members.keys().copied().filter(|it| *it != by).collect();
                    prop_assert_eq!(place.receipts.unwrap().unread as usize, to.len());
                    to.iter().for_each(|it| assert!(members.get_mut(it).unwrap().insert(place.sequence)));
                    asked.insert(place.sequence, Asked { sender: by, to, by: BTreeSet::new() });
                }
                Step::Joins(who) if !members.contains_key(&who) => {
                    joins(&mut database, &all[who]);
                    members.insert(who, BTreeSet::new());
                }
                Step::Leaves(who) if members.contains_key(&who) => {
                    leaves(&mut database, &all[who]);
                    members.remove(&who);
                }
                Step::Confirms(by, which) => {
                    let confirmed = confirms(&mut database, &all, &all[by], "GROUPtea", &which);
                    let Some(open) = members.get(&by) else {
                        prop_assert_eq!(confirmed, Err(Code::GROUP_PERMISSION_DENIED));
                        continue;
                    };
                    let expected: BTreeSet<u64> = which.into_iter().filter(|it| open.contains(it)).collect();
                    prop_assert!(confirmed.unwrap().0.into_iter().eq(expected.iter().copied()));
                    asked.iter_mut().filter(|it| expected.contains(it.0)).for_each(|it| it.1.by.extend([by]));
                }
                _ => {}
            }
            for (place, Asked { sender, to, by }) in &asked {
                if members.contains_key(sender) {
                    let now = counts(&database, &all[*sender], "GROUPtea", &[*place])[place];
                    prop_assert_eq!((now.0 as usize, now.1 as usize), (by.len(), to.len() - by.len()));
                    let names = readers(&database, &all[*sender], ("GROUPtea", *place), true, (None, 100)).unwrap().0;
                    prop_assert!(names.iter().map(String::as_str).eq(by.iter().map(|it| all[*it].user.as_str())));
                }
            }
        }
    }
}
