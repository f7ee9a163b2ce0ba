//! Groups the user is in: there as soon as the user is.

use serde_json::{Value, json};
use tim::Code;
use tim::event::Event;
use tim::machine::io::{Call, Return};
use tim::protocol::call::CreateGroupRequest;
use tim::protocol::group::{Group, GroupType, NewGroup};

use crate::phone::{BEGIN, Phone, with_bob};

#[test]
fn a_group_one_made_is_in_the_list_when_it_is_made() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    let group =
        NewGroup { name: "tea".into(), group_type: GroupType::Work, group_id: None, ..NewGroup::default() };
    phone.call(Call::ask(CreateGroupRequest { group }));
    let group = json!({
        "groupID": "tea", "type": "Private", "name": "tea", "ownerID": "alice", "createTime": BEGIN + 1, "memberCount": 1,
        "maxMemberCount": 200, "joinOption": "DisableApply", "selfInfo": {"role": "Owner", "joinTime": BEGIN + 1},
    });
    phone.reply("group.create", &json!({ "group": group }));
    let listed = |phone: &mut Phone| {
        phone.call(Call::ConversationList);
        match phone.returns.pop() {
            Some((_, Ok(Return::Conversations(list)))) => {
                list.iter().map(|it| (it.conversation_id.to_string(), it.sub_type)).collect::<Vec<_>>()
            }
            other => panic!("no list: {other:?}"),
        }
    };
    let both = [("GROUPtea".to_owned(), Some(GroupType::Work)), ("C2Cbob".to_owned(), None)];
    assert_eq!(listed(&mut phone), both);
    // It is there after a restart too, before the server is asked.
    let stored = phone.store.snapshot().unwrap().conversations;
    assert!(stored.iter().any(|it| it.row.id.to_string() == "GROUPtea"));
}

/// The tea club as alice sees it.
fn tea(members: u32, joined: i64) -> Value {
    json!({
        "groupID": "tea", "type": "Public", "name": "tea", "ownerID": "carol", "createTime": 1, "memberCount": members,
        "maxMemberCount": 2000, "joinOption": "FreeAccess", "selfInfo": {"role": "Member", "joinTime": joined},
    })
}

/// A push that tells the tea club who came (1) or left (2).
fn tip(number: u64, place: u64, kind: u32, who: &str, members: u32) -> Value {
    let body = json!({"operatorID": who, "operationType": kind, "userIDList": [who], "memberCount": members});
    push(number, place, "@TIM#SYSTEM", &json!({"type": "TIMGroupTipElem", "payload": body}))
}

/// What bob says in the tea club.
fn says(number: u64, place: u64) -> Value {
    push(number, place, "bob", &json!({"type": "TIMTextElem", "payload": {"text": place.to_string()}}))
}

/// A message of the tea club, where the tip at 51 is the first that does not count.
fn push(number: u64, place: u64, from: &str, body: &Value) -> Value {
    let message = json!({
        "ID": format!("01990000-0000-7000-8000-{place:012}"), "from": from, "to": "GROUPtea", "sequence": place,
        "countable": if place > 50 { place - 1 } else { place }, "time": BEGIN, "clientTime": BEGIN, "body": body,
    });
    json!({"n": number, "ev": "msg", "p": message})
}

fn unread(phone: &mut Phone) -> u64 {
    phone.call(Call::ConversationList);
    match phone.returns.pop() {
        Some((_, Ok(Return::Conversations(list)))) => list[0].unread_count,
        other => panic!("no list: {other:?}"),
    }
}

fn last_groups(phone: &Phone) -> Vec<Group> {
    let groups = phone.events.iter().rev().find_map(|event| match event {
        Event::GroupListUpdated(groups) => Some(groups.clone()),
        _ => None,
    });
    groups.unwrap()
}

#[test]
fn nothing_is_unread_in_a_group_one_joins_and_what_follows_is() {
    let mut phone = Phone::ready(json!([]));
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 1, "ev": "change", "p": joined}));
    assert_eq!(unread(&mut phone), 0);
    phone.hear(&tip(2, 51, 1, "alice", 3));
    assert_eq!(unread(&mut phone), 0, "fifty were said before");
    phone.hear(&says(3, 52));
    assert_eq!(unread(&mut phone), 1);
}

#[test]
fn nothing_is_unread_in_a_group_one_comes_back_to() {
    let mut phone = Phone::ready(json!([{
        "conversationID": "GROUPtea", "groupType": "Public", "head": 30, "mutationHead": 0, "countable": 30, "read": 10,
        "base": 10, "peerRead": 0, "floor": 1, "gone": false,
    }]));
    assert_eq!(unread(&mut phone), 20);
    phone.hear(&json!({"n": 1, "ev": "change", "p": {"kind": "group", "groupID": "tea"}}));
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 2, "ev": "change", "p": joined}));
    assert_eq!(unread(&mut phone), 0, "before the tip as after it");
    phone.hear(&tip(3, 51, 1, "alice", 3));
    assert_eq!(unread(&mut phone), 0);
}

#[test]
fn members_see_how_many_they_are_and_that_the_owner_left() {
    let mut phone = Phone::ready(json!([]));
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 1, "ev": "change", "p": joined}));
    phone.hear(&tip(2, 1, 1, "alice", 3));
    phone.hear(&tip(3, 2, 1, "dave", 4));
    let seen = |group: &Group| (group.member_count, group.owner_id.as_ref().map(ToString::to_string));
    assert_eq!(seen(&last_groups(&phone)[0]), (4, Some("carol".into())));
    phone.hear(&tip(4, 3, 2, "carol", 3));
    assert_eq!(seen(&last_groups(&phone)[0]), (3, None));
    assert_eq!(phone.store.snapshot().unwrap().groups, last_groups(&phone), "a restart knows it too");
}

/// The tea club as a sync tells it, with the place of its newest message.
fn club(head: u64, members: u32, owner: Option<&str>) -> Value {
    json!({
        "conversationID": "GROUPtea", "groupType": "Public", "memberCount": members, "ownerID": owner, "head": head,
        "mutationHead": 0, "countable": head, "read": 0, "base": 0, "peerRead": 0, "floor": 1, "gone": false,
    })
}

#[test]
fn a_sync_tells_how_many_members_there_are_though_no_tip_does() {
    let mut phone = Phone::ready(json!([]));
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 1, "ev": "change", "p": joined}));
    let seen = |phone: &Phone| {
        let group = last_groups(phone).remove(0);
        (group.member_count, group.owner_id.as_ref().map(ToString::to_string))
    };
    phone.comes_back(false);
    phone.page(2, json!([club(1_000, 40, Some("carol"))]));
    assert_eq!(seen(&phone), (40, Some("carol".into())));
    phone.comes_back(false);
    phone.page(3, json!([club(2_000, 39, None)]));
    assert_eq!(seen(&phone), (39, None));
    assert_eq!(phone.store.snapshot().unwrap().groups, last_groups(&phone), "a restart knows it too");
    let events = phone.events.len();
    phone.comes_back(false);
    phone.page(4, json!([club(1_500, 41, Some("carol"))]));
    assert_eq!(seen(&phone), (39, None), "a row that was read before tells nothing");
    let told = phone.events[events..].iter().any(|event| matches!(event, Event::GroupListUpdated(_)));
    assert!(!told, "and no event tells it");
}

#[test]
fn own_messages_between_those_of_others_are_not_unread() {
    let mut phone = Phone::ready(json!([]));
    let own = |number: u64, place: u64, by_sender: u64| {
        let mut push = says(number, place);
        push["p"]["from"] = json!("alice");
        push["p"]["bySender"] = json!(by_sender);
        push
    };
    phone.hear(
        &json!({"n": 1, "ev": "change", "p": {"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)}}),
    );
    for push in [says(2, 1), own(3, 2, 1), says(4, 3), own(5, 4, 2)] {
        phone.hear(&push);
    }
    assert_eq!(unread(&mut phone), 2);
    phone.call(Call::SetRead("GROUPtea".parse().unwrap()));
    assert_eq!(unread(&mut phone), 0);
    phone.hear(&own(6, 5, 3));
    phone.hear(&says(7, 6));
    assert_eq!(unread(&mut phone), 1);
    let revoked = json!({
        "from": "alice", "to": "GROUPtea", "mutation": 1, "sequence": 5, "countable": 5,
        "change": {"kind": "revoked", "by": "alice", "time": BEGIN},
    });
    phone.hear(&json!({"n": 8, "ev": "mut", "p": revoked}));
    assert_eq!(unread(&mut phone), 1, "what one takes back oneself was not unread");
}

#[test]
fn what_was_missing_when_one_read_is_made_good_by_the_answer() {
    let mut phone = Phone::ready(json!([club(6, 3, None)]));
    // Two of these six are alice's own, from another device; this row of an older server does not say so.
    phone.call(Call::SetRead("GROUPtea".parse().unwrap()));
    let (_, asked) = phone.last_asked("conv.read");
    assert_eq!(asked["sequence"], 6);
    phone.reply("conv.read", &json!({"sequence": 6, "base": 4}));
    let mut own = says(1, 7);
    own["p"]["from"] = json!("alice");
    own["p"]["bySender"] = json!(3);
    phone.hear(&own);
    phone.hear(&says(2, 8));
    assert_eq!(unread(&mut phone), 1);
}

/// A tip of the tea club's new name, which is its change of this number.
fn renamed(number: u64, place: u64, name: &str, info: u64) -> Value {
    let body = json!({
        "operatorID": "carol", "operationType": 6, "userIDList": ["carol"], "memberCount": 2, "infoSequence": info,
        "newGroupProfile": {"name": name},
    });
    push(number, place, "@TIM#SYSTEM", &json!({"type": "TIMGroupTipElem", "payload": body}))
}

#[test]
fn a_change_of_a_group_that_was_not_heard_is_asked_for_until_it_is_known() {
    let mut phone = Phone::ready(json!([]));
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 1, "ev": "change", "p": joined}));
    phone.hear(&tip(2, 1, 1, "alice", 3));
    phone.hear(&renamed(3, 2, "Green tea", 1));
    assert_eq!(last_groups(&phone)[0].name, "Green tea");
    assert!(phone.asked("group.get").is_empty(), "what the tip says is enough");
    phone.hear(&renamed(4, 3, "Mint tea", 3));
    assert_eq!(last_groups(&phone)[0].name, "Green tea", "a change is missing before this one");
    phone.refuse("group.get", Code::BUSY, 5_000);
    // The app ends before the answer: it is asked for again.
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([]));
    let mut group = tea(3, BEGIN);
    group["name"] = json!("Mint tea");
    group["infoSequence"] = json!(3);
    phone.reply("group.get", &json!({ "group": group }));
    assert_eq!(last_groups(&phone)[0].name, "Mint tea");
    assert!(phone.store.snapshot().unwrap().outdated_groups.is_empty());
    // What the server read before is no news of the profile.
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 1, "ev": "change", "p": joined}));
    assert_eq!(last_groups(&phone)[0].name, "Mint tea");
}

#[test]
fn a_sync_tells_that_a_group_changed_and_the_group_is_asked_for() {
    let mut phone = Phone::ready(json!([]));
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 1, "ev": "change", "p": joined}));
    phone.comes_back(false);
    let mut state = club(1_000, 3, Some("carol"));
    state["infoSequence"] = json!(7);
    phone.page(2, json!([state]));
    let (_, asked) = phone.last_asked("group.get");
    assert_eq!(asked["groupID"], "tea");
    // Meanwhile alice leaves on another device.
    phone.hear(&json!({"n": 1, "ev": "change", "p": {"kind": "group", "groupID": "tea"}}));
    let mut group = tea(2, BEGIN);
    group["infoSequence"] = json!(7);
    phone.reply("group.get", &json!({ "group": group }));
    assert!(last_groups(&phone).is_empty());
    assert!(phone.store.snapshot().unwrap().outdated_groups.is_empty());
}

#[test]
fn a_change_that_comes_before_an_older_answer_is_asked_for_again() {
    let mut phone = Phone::ready(json!([]));
    let joined = json!({"kind": "group", "groupID": "tea", "group": tea(3, BEGIN)});
    phone.hear(&json!({"n": 1, "ev": "change", "p": joined}));
    phone.hear(&renamed(2, 1, "Green tea", 2));
    assert_eq!(phone.asked("group.get").len(), 1);
    // The server read the group before the third change, whose tip overtakes the answer; and dave has come meanwhile.
    phone.hear(&renamed(3, 2, "Mint tea", 3));
    phone.hear(&tip(4, 3, 1, "dave", 4));
    let of = |name: &str, info: u64| {
        let mut group = tea(3, BEGIN);
        (group["name"], group["infoSequence"]) = (json!(name), json!(info));
        json!({ "group": group })
    };
    phone.reply("group.get", &of("Green tea", 2));
    let group = last_groups(&phone).remove(0);
    assert_eq!((group.name.as_str(), group.member_count), ("Green tea", 4), "the tip counted the members");
    phone.wait(5_000);
    assert_eq!(phone.asked("group.get").len(), 2);
    phone.reply("group.get", &of("Mint tea", 3));
    assert_eq!(last_groups(&phone)[0].name, "Mint tea");
    assert!(phone.store.snapshot().unwrap().outdated_groups.is_empty());
}

#[test]
fn a_group_that_the_server_cannot_tell_holds_up_no_other() {
    let mut phone = Phone::ready(json!([]));
    for (number, name) in [(1, "chess"), (2, "tea")] {
        let mut group = tea(3, BEGIN);
        group["groupID"] = json!(name);
        phone.hear(
            &json!({"n": number, "ev": "change", "p": {"kind": "group", "groupID": name, "group": group}}),
        );
    }
    phone.comes_back(false);
    let state = |name: &str| {
        let mut state = club(9, 3, Some("carol"));
        (state["conversationID"], state["infoSequence"]) = (json!(format!("GROUP{name}")), json!(1));
        state
    };
    phone.page(2, json!([state("chess"), state("tea")]));
    assert_eq!(phone.last_asked("group.get").1["groupID"], "chess");
    phone.refuse("group.get", Code::INTERNAL, 1_000);
    assert_eq!(phone.last_asked("group.get").1["groupID"], "tea");
}
