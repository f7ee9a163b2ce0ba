//! What happens in a large group costs what it costs in a small one: SQLite counts the steps of the store's statements.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use tim_protocol::call::{self, Call, SyncPage, SyncRequest};
use tim_protocol::conversation::Cursor;
use tim_protocol::group::{GroupType, InviteOption, NewGroup, Role};
use tim_protocol::message::Message;
use tim_protocol::{Code, ConversationId, GroupId};

use super::database::Database;
use crate::core::ops::{Actor, Committed, Query, QueryResult, Write, WriteReply};
use crate::store::conformance::{logged_in, logging_in, message, modify, react, revoke};

const TOWN: &str = "@TGS#_town";
const IN_TOWN: &str = "GROUP@TGS#_town";
/// What is in the body of a notice that a group was dismissed.
const ENDED: &str = r#""TIMGroupSystemNoticeElem","payload":{"operatorID":"alice","operationType":5,"#;
const NOW: i64 = 1_767_225_600_000;

/// A database with alice's large group, in which bob and carol are, and as many others as are asked for. Dave is in none.
struct Town {
    database: Database,
    people: BTreeMap<&'static str, Actor>,
}

impl Town {
    fn of(others: u32) -> Self {
        Self::at(Database::in_memory().unwrap(), others)
    }

    fn at(mut database: Database, others: u32) -> Self {
        let names = ["alice", "bob", "carol", "dave"];
        let people: BTreeMap<_, _> =
            names.map(|name| (name, logged_in(name, database.commit(&[logging_in(name)]).remove(0)))).into();
        let mut town = Self { database, people };
        let group = NewGroup {
            name: "Town".into(),
            group_type: GroupType::Community,
            group_id: Some(GroupId::new(TOWN).unwrap()),
            invite_option: Some(InviteOption::FreeAccess),
            member_list: ["bob", "carol"].map(|name| town.people[name].user.clone()).into(),
            ..NewGroup::default()
        };
        town.asks("alice", call::CreateGroupRequest { group });
        town.settle(others);
        town
    }

    /// Others come in, as if each had joined, without a tip for each.
    fn settle(&self, others: u32) {
        let fill = format!(
            "CREATE TEMP TABLE town AS SELECT id, shard FROM conv WHERE key = 'g:{TOWN}';
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {others})
             INSERT INTO user(ushard, app, name, uver) SELECT 1, 1, 'other-' || i, 1 FROM n;
             CREATE TEMP TABLE other AS SELECT id FROM user WHERE name LIKE 'other-%';
             INSERT INTO member(conv, user, shard, role, joined, joined_at)
                SELECT town.id, other.id, town.shard, 'Member', {NOW}, 0 FROM town, other;
             INSERT INTO user_conv(user, conv, ushard, mark, upto) SELECT other.id, town.id, 1, 1, 0 FROM town, other;
             INSERT INTO change(user, kind, key, ushard, version, gone)
                SELECT other.id, 3, '{TOWN}', 1, 1, 0 FROM other;
             UPDATE grp SET members = members + {others};"
        );
        self.database.connection.execute_batch(&fill).unwrap();
    }

    fn does(&mut self, write: Write) -> Committed {
        self.database
            .commit(std::slice::from_ref(&write))
            .remove(0)
            .unwrap_or_else(|why| panic!("{why}: {write:?}"))
    }

    fn asks(&mut self, name: &str, request: impl Call) -> Committed {
        let write = Write::request(&self.people[name], request, NOW);
        self.does(write)
    }

    /// The steps of all statements so far.
    fn steps(&self) -> i64 {
        let sum = "SELECT coalesce(sum(nstep), 0) FROM sqlite_stmt WHERE NOT busy";
        self.database.connection.query_row(sum, [], |row| row.get(0)).unwrap()
    }

    /// How many steps something takes, with the marks and the first chore that follow it.
    fn cost(&mut self, work: impl FnOnce(&mut Self)) -> i64 {
        let before = self.steps();
        work(self);
        while self.database.mark().unwrap() {}
        self.database.do_chore().unwrap();
        self.steps() - before
    }

    /// What a device of this user is told that has been away since a cursor.
    fn sync(&mut self, name: &str, from: Cursor) -> SyncPage {
        while self.database.mark().unwrap() {}
        let actor = self.people[name].clone();
        let given = self.does(Write::AdvanceWatermark { actor: actor.clone() });
        let WriteReply::Watermark(upto) = given.answer else { panic!("{given:?}") };
        let sync = SyncRequest { from, before: None, limit: 100, latest: 20 };
        self.database.query(&Query::Sync { actor, sync, upto }).unwrap().reply::<SyncRequest>().unwrap()
    }

    fn version(&self, name: &str) -> Cursor {
        match self.database.query(&Query::Version { key: self.people[name].key }).unwrap() {
            QueryResult::Version(cursor) => cursor,
            other => panic!("{other:?}"),
        }
    }

    /// What everything costs.
    fn costs(&mut self) -> Vec<(&'static str, i64)> {
        let group_id = || GroupId::new(TOWN).unwrap();
        let named = |town: &Self, name| town.people[name].user.clone();
        let conversation_id: ConversationId = IN_TOWN.parse().unwrap();
        let mut costs = Vec::new();
        let away = self.sync("bob", Cursor::default()).cursor;
        let mut count = |town: &mut Self, what, work: &mut dyn FnMut(&mut Self)| {
            let cost = town.cost(work);
            costs.push((what, cost));
        };
        let sends =
            |number| move |town: &mut Self| drop(town.does(message(&town.people["carol"], IN_TOWN, number)));
        for (what, number) in [("a message", 1), ("another message", 2), ("a third message", 3)] {
            count(self, what, &mut sends(number));
        }
        let head = self.head();
        count(self, "a reaction", &mut |town| {
            drop(town.does(react(&town.people["bob"], IN_TOWN, head, "up", true)))
        });
        count(self, "a modification", &mut |town| {
            drop(town.does(modify(&town.people["carol"], IN_TOWN, head, 0, "better")));
        });
        count(self, "a pin", &mut |town| {
            let pin = call::PinMessageRequest { group_id: group_id(), sequence: head, is_pinned: true };
            town.asks("alice", pin);
        });
        count(self, "a revocation", &mut |town| {
            drop(town.does(revoke(&town.people["carol"], IN_TOWN, head)))
        });
        count(self, "a member who is added", &mut |town| {
            town.asks(
                "alice",
                call::AddMembersRequest { group_id: group_id(), user_id_list: vec![named(town, "dave")] },
            );
        });
        count(self, "a name card", &mut |town| {
            let user_id = Some(named(town, "dave"));
            let name_card = Some("Dave of the mill".into());
            town.asks(
                "dave",
                call::UpdateMemberRequest {
                    group_id: group_id(),
                    user_id,
                    name_card,
                    member_custom_field: Default::default(),
                },
            );
        });
        for (what, role) in [("an admin", Role::Admin), ("no admin", Role::Member)] {
            count(self, what, &mut |town| {
                let user_id = named(town, "dave");
                town.asks("alice", call::SetMemberRoleRequest { group_id: group_id(), user_id, role });
            });
        }
        count(self, "a mute", &mut |town| {
            let user_id = named(town, "dave");
            town.asks("alice", call::MuteMemberRequest { group_id: group_id(), user_id, mute_time: 60 });
        });
        count(self, "a member who leaves", &mut |town| {
            drop(town.asks("dave", call::QuitGroupRequest { group_id: group_id() }))
        });
        count(self, "a member who joins", &mut |town| {
            town.asks("dave", call::JoinGroupRequest { group_id: group_id(), apply_message: String::new() });
        });
        count(self, "a member who is removed", &mut |town| {
            let user_id_list = vec![named(town, "dave")];
            town.asks(
                "alice",
                call::DeleteMembersRequest {
                    group_id: group_id(),
                    user_id_list,
                    reason: String::new(),
                    duration: 60,
                },
            );
        });
        count(self, "a page of members", &mut |town| {
            let list = call::ListMembersRequest { group_id: group_id(), role: None, after: None, limit: 90 };
            town.database.query(&Query::request(&town.people["bob"], list)).unwrap();
        });
        count(self, "a heartbeat", &mut |town| assert!(town.version("bob").version > away.version));
        count(self, "a device that comes back", &mut |town| {
            let page = town.sync("bob", away);
            let told: Vec<_> = page.conversations.iter().map(|state| &state.conversation_id).collect();
            assert_eq!(told, [&conversation_id]);
        });
        count(self, "a login", &mut |town| drop(town.does(logging_in("bob"))));
        count(self, "another owner", &mut |town| {
            town.asks(
                "alice",
                call::ChangeOwnerRequest { group_id: group_id(), new_owner_id: named(town, "bob") },
            );
        });
        count(self, "the end", &mut |town| {
            drop(town.asks("bob", call::DismissGroupRequest { group_id: group_id() }))
        });
        costs
    }

    fn head(&self) -> u64 {
        let head: i64 = self
            .database
            .connection
            .query_row("SELECT head FROM conv WHERE key = ?", [format!("g:{TOWN}")], |row| row.get(0))
            .unwrap();
        head.unsigned_abs()
    }

    fn count(&self, sql: &str) -> i64 {
        self.database.connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

#[test]
fn however_many_are_to_be_told_of_the_end_no_transaction_grows_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tim.db");
    let mut town = Town::at(Database::open(&path).unwrap(), 1_000);
    let away = town.sync("bob", Cursor::default()).cursor;
    let asks = call::ReadRequest { conversation_id: IN_TOWN.parse().unwrap(), sequence: 1 };
    town.asks("carol", asks);
    let most = 64 * 16;
    let mut rows = town.database.connection.total_changes();
    let mut few = |town: &Town| {
        let before = std::mem::replace(&mut rows, town.database.connection.total_changes());
        assert!(rows - before <= most, "{} rows in one transaction", rows - before);
    };
    town.asks("alice", call::DismissGroupRequest { group_id: GroupId::new(TOWN).unwrap() });
    few(&town);
    let refused = town.database.commit(&[message(&town.people["carol"], IN_TOWN, 9)]).remove(0);
    assert_eq!(refused.unwrap_err().code, Code::GROUP_NOT_FOUND, "though carol's row is there still");
    for _ in 0..3 {
        assert!(town.database.do_chore().unwrap().is_some());
        few(&town);
    }
    drop(town.database);
    // A restart in the midst.
    town.database = Database::open(&path).unwrap();
    let mut rows = town.database.connection.total_changes();
    let page = town.sync("bob", away);
    let gone = page.conversations.iter().find(|state| state.conversation_id.to_string() == IN_TOWN);
    assert!(gone.is_some_and(|state| state.gone), "{page:?}");
    assert_eq!(notices(&page), 1, "{page:?}");
    while town.database.do_chore().unwrap().is_some() {
        let before = std::mem::replace(&mut rows, town.database.connection.total_changes());
        assert!(rows - before <= most, "{} rows in one transaction", rows - before);
    }
    assert_eq!(town.count("SELECT (SELECT count(*) FROM member) + (SELECT count(*) FROM chore)"), 0);
    let ended = format!("SELECT count(*) FROM msg WHERE instr(body, '{ENDED}') > 0");
    assert_eq!(town.count(&ended), 1_003, "each is told once");
    let page = town.sync("bob", page.cursor);
    assert!(page.conversations.is_empty(), "bob knows: {page:?}");
}

#[test]
fn a_short_chore_does_not_wait_for_the_end_of_a_long_one() {
    let mut town = Town::of(1_000);
    let group_id = || GroupId::new("tea").unwrap();
    let group = NewGroup {
        name: "Tea".into(),
        group_type: GroupType::Public,
        group_id: Some(group_id()),
        ..NewGroup::default()
    };
    town.asks("dave", call::CreateGroupRequest { group });
    town.asks("alice", call::DismissGroupRequest { group_id: GroupId::new(TOWN).unwrap() });
    town.asks("dave", call::DismissGroupRequest { group_id: group_id() });
    let left = |town: &Town| town.count("SELECT count(*) FROM chore");
    assert_eq!(left(&town), 2);
    for _ in 0..2 {
        town.database.do_chore().unwrap();
    }
    assert_eq!(left(&town), 1, "that of the town alone");
    assert!(town.count("SELECT count(*) FROM member") > 800);
}

#[test]
fn a_login_is_told_of_so_many_ended_groups_and_of_the_others_by_their_chores() {
    let mut town = Town::of(0);
    for number in 0..70 {
        let group_id = || GroupId::new(&format!("tea-{number}")).unwrap();
        let member_list = vec![town.people["bob"].user.clone()];
        let group = NewGroup {
            name: "Tea".into(),
            group_type: GroupType::Public,
            group_id: Some(group_id()),
            member_list,
            ..NewGroup::default()
        };
        town.asks("dave", call::CreateGroupRequest { group });
        town.asks("dave", call::DismissGroupRequest { group_id: group_id() });
    }
    let ended =
        format!("SELECT count(*) FROM msg WHERE instr(body, '{}') > 0", ENDED.replace("alice", "dave"));
    let before = town.count(&ended);
    town.does(logging_in("bob"));
    assert_eq!(town.count(&ended) - before, 64);
    while town.database.do_chore().unwrap().is_some() {}
    assert_eq!(town.count(&ended) - before, 70, "each is told once");
}

/// The notices that a page ends with.
fn notices(page: &SyncPage) -> usize {
    let system = page.conversations.iter().find(|state| state.conversation_id == ConversationId::System);
    let latest = system.map(|state| &state.latest);
    let is_end = |message: &&Message| message.body.get().contains(ENDED);
    latest.map_or(0, |latest| latest.iter().filter(is_end).count())
}

#[test]
fn what_happens_in_a_town_costs_what_it_costs_in_a_village() {
    let (village, town) = (Town::of(97).costs(), Town::of(99_900).costs());
    for ((what, small), (_, large)) in village.into_iter().zip(town) {
        println!("{what}: {small} and {large} steps");
        assert!(small > 0 && large <= 2 * small, "{what}: {small} steps in a village, {large} in a town");
    }
}
