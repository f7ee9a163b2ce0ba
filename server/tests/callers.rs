//! Who may call a verb about a group is declared with the verb: the running rules are held against every declaration.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use tim_protocol::call::{
    AddMembersRequest, AttributesRequest, Caller, ChangeOwnerRequest, CountOnlineRequest, CreateGroupRequest,
    DeleteMembersRequest, DismissGroupRequest, GetAttributesRequest, GetGroupMembersRequest, GetGroupRequest,
    GetPinnedRequest, GroupsRequest, HandleApplicationRequest, JoinGroupRequest, ListMembersRequest,
    MembersRequest, MuteMemberRequest, PinMessageRequest, QuitGroupRequest, Request, SetAttributesRequest,
    SetMemberRoleRequest, UpdateGroupRequest, UpdateMemberRequest,
};
use tim_protocol::fields::Fields;
use tim_protocol::group::{GroupChanges, GroupType, InviteOption, NewGroup, Role};
use tim_protocol::{Code, GroupId, UserId};
use tim_server::core::ops::{Actor, Query, Write};
use tim_server::store::conformance::{logged_in, logging_in};
use tim_server::store::sqlite::Database;

const GROUP: &str = "climbers";

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// One request of every verb that names an existing group.
fn requests() -> [Request; 19] {
    let group_id = GroupId::new(GROUP).unwrap();
    let changes = GroupChanges { name: Some("Mountaineers".to_owned()), ..GroupChanges::default() }.into();
    let (words, carol) = (String::new, UserId::new("carol").unwrap());
    [
        JoinGroupRequest { group_id: group_id.clone(), apply_message: words() }.into(),
        QuitGroupRequest { group_id: group_id.clone() }.into(),
        DismissGroupRequest { group_id: group_id.clone() }.into(),
        UpdateGroupRequest { group_id: group_id.clone(), changes }.into(),
        GetGroupRequest { group_id: group_id.clone() }.into(),
        GetGroupMembersRequest { group_id: group_id.clone(), user_id_list: vec![carol.clone()] }.into(),
        PinMessageRequest { group_id: group_id.clone(), sequence: 1, is_pinned: true }.into(),
        GetPinnedRequest { group_id: group_id.clone() }.into(),
        HandleApplicationRequest {
            group_id: group_id.clone(),
            user_id: carol,
            accept: true,
            handle_message: words(),
        }
        .into(),
        CountOnlineRequest { group_id: group_id.clone() }.into(),
        ListMembersRequest { group_id: group_id.clone(), role: None, after: None, limit: 10 }.into(),
        AddMembersRequest { group_id: group_id.clone(), user_id_list: vec![user("carol")] }.into(),
        DeleteMembersRequest {
            group_id: group_id.clone(),
            user_id_list: vec![user("carol")],
            reason: words(),
            duration: 0,
        }
        .into(),
        SetMemberRoleRequest { group_id: group_id.clone(), user_id: user("carol"), role: Role::Admin }.into(),
        ChangeOwnerRequest { group_id: group_id.clone(), new_owner_id: user("carol") }.into(),
        MuteMemberRequest { group_id: group_id.clone(), user_id: user("carol"), mute_time: 60 }.into(),
        UpdateMemberRequest {
            group_id: group_id.clone(),
            user_id: None,
            name_card: Some("Reinhold".to_owned()),
            member_custom_field: Fields::default(),
        }
        .into(),
        GetAttributesRequest { group_id: group_id.clone(), key_list: Vec::new() }.into(),
        SetAttributesRequest {
            group_id,
            group_attributes: Fields::default(),
            replaces_all: true,
            version: None,
        }
        .into(),
    ]
}

/// A public group: its owner may dismiss it, and strangers may apply.
fn climbers() -> NewGroup {
    NewGroup {
        name: GROUP.to_owned(),
        group_type: GroupType::Public,
        invite_option: Some(InviteOption::FreeAccess),
        group_id: Some(GroupId::new(GROUP).unwrap()),
        member_list: vec![UserId::new("bob").unwrap()],
        ..NewGroup::default()
    }
}

/// Whether a group of this type lets a member of this role do it.
fn is_permitted(request: &Request, role: Option<Role>) -> bool {
    let rules = climbers().group_type.rules();
    match request {
        Request::Members(MembersRequest::DeleteMembers(_)) => rules.removes_members.includes(role),
        Request::Groups(GroupsRequest::UpdateGroup(_)) => rules.edits_profile.includes(role),
        // Those who are in a live room are no members, so that the verbs let everybody call them.
        Request::Groups(GroupsRequest::QuitGroup(_) | GroupsRequest::CountOnline(_)) => role.is_some(),
        Request::Attributes(AttributesRequest::GetAttributes(_)) => role.is_some(),
        _ => true,
    }
}

/// Carries out a request on a new database where alice owns the group, bob is a member and carol a stranger.
fn carry_out(request: &Request, by: &str) -> Result<(), Code> {
    let mut database = Database::in_memory().unwrap();
    let actors =
        ["alice", "bob", "carol"].map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0)));
    database
        .commit(&[Write::request(&actors[0], CreateGroupRequest { group: climbers() }, 1)])
        .remove(0)
        .unwrap();
    let actor: &Actor = actors.iter().find(|actor| actor.user.as_str() == by).unwrap();
    let result = if request.kind() == tim_protocol::call::Kind::Query {
        database.query(&Query::request(actor, request.clone())).map(drop)
    } else {
        database.commit(&[Write::request(actor, request.clone(), 1)]).remove(0).map(drop)
    };
    result.map_err(|fault| fault.code)
}

#[test]
fn a_verb_is_refused_to_callers_that_it_does_not_include() {
    for request in requests() {
        for (name, role) in [("alice", Some(Role::Owner)), ("bob", Some(Role::Member)), ("carol", None)] {
            let result = carry_out(&request, name);
            let (method, caller) = (request.method(), request.caller());
            if caller.includes(role) && is_permitted(&request, role) {
                assert_ne!(result, Err(Code::GROUP_PERMISSION_DENIED), "{method} by {name}");
            } else {
                assert_eq!(result, Err(Code::GROUP_PERMISSION_DENIED), "{method} by {name}");
            }
        }
    }
}

#[test]
fn every_verb_about_an_existing_group_is_tested() {
    let asked: Vec<&str> = requests().iter().map(Request::method).collect();
    let of_groups = Request::methods().filter(|method| {
        method.starts_with("member.")
            || method.starts_with("groupAttributes.")
            || (method.starts_with("group.") && *method != "group.create")
    });
    assert!(of_groups.eq(asked.iter().copied()), "{asked:?}");
}

#[test]
fn a_caller_includes_all_higher_roles() {
    let ranks = [None, Some(Role::Member), Some(Role::Admin), Some(Role::Owner)];
    for (caller, least) in [(Caller::User, 0), (Caller::Member, 1), (Caller::Manager, 2), (Caller::Owner, 3)]
    {
        assert_eq!(
            ranks.map(|role| caller.includes(role)),
            std::array::from_fn(|rank| rank >= least),
            "{caller:?}"
        );
    }
}
