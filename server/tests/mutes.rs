//! Muted members: a mute ends by the server's clock, and says nothing to whoever owns the group.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use tim_protocol::call::{ChangeOwnerRequest, MuteMemberRequest, Request, SetMemberRoleRequest};
use tim_protocol::group::Role;
use tim_protocol::{Code, GroupId};
use tim_server::core::ops::{Actor, Write};
use tim_server::store::conformance::{logged_in, logging_in, message, open_group, user};
use tim_server::store::sqlite::Database;

const NOW: i64 = 1_767_225_600_000;

fn does(database: &mut Database, by: &Actor, request: impl Into<Request>, now: i64) -> Result<(), Code> {
    database.commit(&[Write::request(by, request, now)]).remove(0).map(drop).map_err(|refused| refused.code)
}

/// A message to the club, told from others by its time.
fn says(database: &mut Database, by: &Actor, now: i64) -> Result<(), String> {
    let Write::Request(mut asked) = message(by, "GROUPclub", now.unsigned_abs()) else {
        panic!("no request")
    };
    asked.now = now;
    database.commit(&[Write::Request(asked)]).remove(0).map(drop).map_err(|refused| refused.text)
}

#[test]
fn a_mute_ends_by_the_clock_of_the_server() {
    let mut database = Database::in_memory().unwrap();
    let [alice, bob] =
        ["alice", "bob"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    database.commit(&[open_group(&alice, "club", &["bob"])]).remove(0).unwrap();
    let group_id = GroupId::new("club").unwrap();
    let mute = |mute_time| MuteMemberRequest { group_id: group_id.clone(), user_id: user("bob"), mute_time };
    does(&mut database, &alice, mute(60), NOW).unwrap();
    let refused = says(&mut database, &bob, NOW + 1).unwrap_err();
    assert!(refused.contains("for another 60 s"), "{refused}");
    let refused = says(&mut database, &bob, NOW + 59_999).unwrap_err();
    assert!(refused.contains("for another 1 s"), "{refused}");
    says(&mut database, &bob, NOW + 60_000).unwrap();

    // An admin may be muted, the owner not any more.
    does(&mut database, &alice, mute(u32::MAX), NOW).unwrap();
    let promoted =
        SetMemberRoleRequest { group_id: group_id.clone(), user_id: user("bob"), role: Role::Admin };
    does(&mut database, &alice, promoted, NOW).unwrap();
    says(&mut database, &bob, NOW + 60_001).unwrap_err();
    let owner = ChangeOwnerRequest { group_id, new_owner_id: user("bob") };
    does(&mut database, &alice, owner, NOW).unwrap();
    says(&mut database, &bob, NOW + 60_002).unwrap();
}
