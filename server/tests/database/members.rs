//! A search of the members of a large group: a part of them with each request, whether somebody is found or not.

use tim_protocol::call::{AddMembersRequest, CreateGroupRequest, MemberPage, Remark, SearchMembersRequest};
use tim_protocol::group::{GroupType, InviteOption, NewGroup};
use tim_protocol::profile::ProfileFields;
use tim_protocol::{GroupId, limits};
use tim_server::core::ops::{Actor, PutUser, Query, Write};
use tim_server::store::conformance::{logged_in, logging_in, user};
use tim_server::store::sqlite::Database;

const NOW: i64 = 1_767_225_600_000;
/// More than one request looks at.
const MEMBERS: u32 = limits::MEMBERS_SEARCHED + 100;

/// Alice's community, in which every hundredth member is called after the moon.
fn community() -> (Database, Actor, GroupId) {
    let mut database = Database::in_memory().unwrap();
    let alice = logged_in("alice", database.commit(&[logging_in("alice")]).remove(0));
    let people: Vec<Write> = (1..MEMBERS)
        .map(|number| {
            let nick = if number % 100 == 0 { "Luna" } else { "Sol" }.to_owned();
            let fields = ProfileFields { nick: Some(nick), ..ProfileFields::default() };
            let name = user(&format!("member{number}"));
            Write::PutUser(Box::new(PutUser::checked(1, name, fields, NOW).unwrap()))
        })
        .collect();
    database.commit(&[Write::PutApp { app: 1, key: "a key".into() }]).remove(0).unwrap();
    database.commit(&people).into_iter().for_each(|made| _ = made.unwrap());
    let group_id = GroupId::new("@TGS#_moon").unwrap();
    let group = NewGroup {
        name: "Moon".to_owned(),
        group_type: GroupType::Community,
        group_id: Some(group_id.clone()),
        invite_option: Some(InviteOption::FreeAccess),
        ..NewGroup::default()
    };
    let made = database.commit(&[Write::request(&alice, CreateGroupRequest { group }, NOW)]).remove(0);
    made.unwrap();
    let names: Vec<_> = (1..MEMBERS).map(|number| user(&format!("member{number}"))).collect();
    for some in names.chunks(100) {
        let add = AddMembersRequest { group_id: group_id.clone(), user_id_list: some.to_vec() };
        database.commit(&[Write::request(&alice, add, NOW)]).remove(0).unwrap();
    }
    (database, alice, group_id)
}

fn search(group_id: &GroupId, keyword: &str) -> SearchMembersRequest {
    SearchMembersRequest {
        group_id: group_id.clone(),
        keyword_list: vec![keyword.to_owned()],
        all: false,
        fields: Vec::new(),
        remarks: Vec::new(),
        after: None,
        limit: 100,
    }
}

fn page(database: &Database, alice: &Actor, asked: SearchMembersRequest) -> MemberPage {
    database.query(&Query::request(alice, asked)).unwrap().reply::<SearchMembersRequest>().unwrap()
}

#[test]
fn each_request_looks_at_a_thousand_and_says_where_it_stopped() {
    let (database, alice, group_id) = community();
    let first = page(&database, &alice, search(&group_id, "luna"));
    let next = first.next.clone().expect("there are more members");
    assert_eq!(first.member_list.len(), 9, "of the first thousand, of whom alice is one");
    let second = SearchMembersRequest { after: Some(next.clone()), ..search(&group_id, "luna") };
    let second = page(&database, &alice, second);
    assert_eq!((second.member_list.len(), second.next), (1, None));
    let nobody = page(&database, &alice, search(&group_id, "mars"));
    assert_eq!((nobody.member_list.len(), nobody.next), (0, Some(next)));

    // A page that is full goes on behind the last of it.
    let two = page(&database, &alice, SearchMembersRequest { limit: 2, ..search(&group_id, "luna") });
    assert_eq!((two.member_list.len(), two.next), (2, Some(user("member299"))));
    let remarks = vec![Remark { user_id: user("member7"), remark: "the neighbour".to_owned() }];
    let named = page(&database, &alice, SearchMembersRequest { remarks, ..search(&group_id, "neighbour") });
    assert_eq!(named.member_list[0].user_id, user("member7"));
}
