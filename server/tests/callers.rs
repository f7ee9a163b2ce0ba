//! Who may do what in a group: every verb, by everybody who may be around a group, in every type of group. What is expected follows from
//! the verb's declaration and the table of rules; what happens, from the running rules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use tim_protocol::call::{
    AddMembersRequest, AttributesRequest, Caller, ChangeOwnerRequest, CountOnlineRequest, CreateGroupRequest,
    DeleteMembersRequest, DismissGroupRequest, GetAttributesRequest, GetGroupMembersRequest, GetGroupRequest,
    GetPinnedRequest, GroupsRequest, HandleApplicationRequest, JoinGroupRequest, ListMembersRequest,
    MembersRequest, MuteMemberRequest, PinMessageRequest, QuitGroupRequest, Request, SearchMembersRequest,
    SetAttributesRequest, SetMemberRoleRequest, UpdateBlacklistRequest, UpdateGroupRequest,
    UpdateMemberRequest,
};
use tim_protocol::fields::Fields;
use tim_protocol::group::{GroupChanges, GroupType, InviteOption, JoinOption, NewGroup, Role};
use tim_protocol::group_rules::Rank;
use tim_protocol::{Code, GroupId, UserId};
use tim_server::core::ops::{Actor, Query, UserKey, Write};
use tim_server::store::conformance::{logged_in, logging_in};
use tim_server::store::sqlite::Database;

const GROUP: &str = "climbers";
const NOW: i64 = 1_000_000;

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// One request of every verb that names an existing group. What is done to somebody is done to dave.
fn requests(group_type: GroupType) -> [Request; 20] {
    let group_id = group_id(group_type);
    let changes = GroupChanges { name: Some("Mountaineers".to_owned()), ..GroupChanges::default() }.into();
    let (words, dave) = (String::new, user("dave"));
    [
        JoinGroupRequest { group_id: group_id.clone(), apply_message: words() }.into(),
        QuitGroupRequest { group_id: group_id.clone() }.into(),
        DismissGroupRequest { group_id: group_id.clone() }.into(),
        UpdateGroupRequest { group_id: group_id.clone(), changes }.into(),
        GetGroupRequest { group_id: group_id.clone() }.into(),
        GetGroupMembersRequest { group_id: group_id.clone(), user_id_list: vec![dave.clone()] }.into(),
        PinMessageRequest { group_id: group_id.clone(), sequence: 1, is_pinned: true }.into(),
        GetPinnedRequest { group_id: group_id.clone() }.into(),
        HandleApplicationRequest {
            group_id: group_id.clone(),
            user_id: dave,
            accept: true,
            handle_message: words(),
        }
        .into(),
        CountOnlineRequest { group_id: group_id.clone() }.into(),
        ListMembersRequest { group_id: group_id.clone(), role: None, after: None, limit: 10 }.into(),
        AddMembersRequest { group_id: group_id.clone(), user_id_list: vec![user("judy")] }.into(),
        DeleteMembersRequest {
            group_id: group_id.clone(),
            user_id_list: vec![user("dave")],
            reason: words(),
            duration: 0,
        }
        .into(),
        SetMemberRoleRequest { group_id: group_id.clone(), user_id: user("dave"), role: Role::Admin }.into(),
        ChangeOwnerRequest { group_id: group_id.clone(), new_owner_id: user("dave") }.into(),
        MuteMemberRequest { group_id: group_id.clone(), user_id: user("dave"), mute_time: 60 }.into(),
        UpdateMemberRequest {
            group_id: group_id.clone(),
            user_id: None,
            name_card: Some("Reinhold".to_owned()),
            member_custom_field: Fields::default(),
        }
        .into(),
        SearchMembersRequest {
            group_id: group_id.clone(),
            keyword_list: vec!["dave".to_owned()],
            all: false,
            fields: Vec::new(),
            remarks: Vec::new(),
            after: None,
            limit: 10,
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

/// Everybody who may be around a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Owner,
    Admin,
    Member,
    /// Was a member, and left.
    Former,
    /// Was removed, and may not come back yet.
    Banned,
    Stranger,
    /// On the owner's blacklist, which is no matter of the group's.
    Blacklisted,
    /// Of another application.
    Foreigner,
    /// Has no userSig, and is nobody.
    Guest,
}

const EVERYBODY: [(&str, Who); 9] = [
    ("alice", Who::Owner),
    ("erin", Who::Admin),
    ("bob", Who::Member),
    ("frank", Who::Former),
    ("grace", Who::Banned),
    ("carol", Who::Stranger),
    ("heidi", Who::Blacklisted),
    ("ivan", Who::Foreigner),
    ("@TIM#GUEST", Who::Guest),
];
const TYPES: [GroupType; 5] =
    [GroupType::Work, GroupType::Public, GroupType::Meeting, GroupType::Community, GroupType::AvChatRoom];

/// A group of alice's with everybody around it, and dave, a member to whom verbs are done. Where a group knows no admins or members, those
/// who would be are strangers.
struct World {
    database: Database,
    actors: Vec<Actor>,
    group_type: GroupType,
}

impl World {
    fn of(group_type: GroupType) -> Self {
        let mut database = Database::in_memory().unwrap();
        let users = EVERYBODY.iter().filter(|(_, who)| *who != Who::Guest);
        let names = users.map(|(name, _)| *name).chain(["dave"]);
        let mut actors: Vec<Actor> =
            names.map(|name| logged_in(name, database.commit(&[logging_in(name)]).remove(0))).collect();
        let foreigner = actors.iter_mut().find(|actor| actor.user.as_str() == "ivan").unwrap();
        foreigner.app += 1;
        let key = UserKey::of_guest(actors[0].app, "a guest's login");
        actors.push(Actor { user: UserId::guest(), key, ..actors[0].clone() });
        let mut world = Self { database, actors, group_type };
        world.fill();
        world
    }

    fn fill(&mut self) {
        let keeps = self.group_type.rules().keeps_members;
        let members = ["erin", "bob", "frank", "grace", "dave"];
        let group = NewGroup {
            name: GROUP.to_owned(),
            group_type: self.group_type,
            group_id: Some(group_id(self.group_type)),
            member_list: if keeps { members.map(user).to_vec() } else { Vec::new() },
            ..NewGroup::default()
        };
        self.does("alice", CreateGroupRequest { group }.into()).unwrap();
        let blacklist = UpdateBlacklistRequest { user_id_list: vec![user("heidi")], listed: true };
        self.does("alice", blacklist.into()).unwrap();
        let group_id = group_id(self.group_type);
        if self.has_admins() {
            let (group_id, user_id) = (group_id.clone(), user("erin"));
            self.does("alice", SetMemberRoleRequest { group_id, user_id, role: Role::Admin }.into()).unwrap();
        }
        if keeps {
            self.does("frank", QuitGroupRequest { group_id: group_id.clone() }.into()).unwrap();
        }
        let user_id_list = vec![user("grace")];
        let removal = DeleteMembersRequest { group_id, user_id_list, reason: String::new(), duration: 3_600 };
        self.does("alice", removal.into()).unwrap();
    }

    fn has_admins(&self) -> bool {
        self.group_type.rules().sets_roles != Rank::Nobody
    }

    /// What somebody is in the group.
    fn role(&self, who: Who) -> Option<Role> {
        match who {
            Who::Owner => Some(Role::Owner),
            Who::Admin if self.has_admins() => Some(Role::Admin),
            Who::Admin | Who::Member if self.group_type.rules().keeps_members => Some(Role::Member),
            _ => None,
        }
    }

    fn does(&mut self, name: &str, request: Request) -> Result<(), Code> {
        let actor = self.actors.iter().find(|actor| actor.user.as_str() == name).unwrap();
        let result = if request.kind() == tim_protocol::call::Kind::Query {
            self.database.query(&Query::request(actor, request)).map(drop)
        } else {
            self.database.commit(&[Write::request(actor, request, NOW)]).remove(0).map(drop)
        };
        result.map_err(|fault| fault.code)
    }
}

fn group_id(group_type: GroupType) -> GroupId {
    let begins = if group_type == GroupType::Community { "@TGS#_" } else { "" };
    GroupId::new(&format!("{begins}{GROUP}")).unwrap()
}

/// With which code a verb is refused to somebody, whoever and whatever else it names; `None` if it is theirs to call.
fn refusal(world: &World, request: &Request, who: Who) -> Option<Code> {
    let (rules, role) = (world.group_type.rules(), world.role(who));
    if who == Who::Foreigner {
        return Some(Code::GROUP_NOT_FOUND);
    }
    if who == Who::Guest && (request.caller() != Caller::Guest || rules.keeps_members) {
        return Some(Code::LOGIN_NEEDED);
    }
    if !request.caller().includes(role) {
        return Some(Code::GROUP_PERMISSION_DENIED);
    }
    // Those who are in a live room are no members.
    let is_there = role.is_some() || !rules.keeps_members;
    let outranks_dave = matches!(role, Some(Role::Owner | Role::Admin)) || !rules.keeps_members;
    let is_theirs = match request {
        Request::Groups(GroupsRequest::JoinGroup(_)) => match who {
            Who::Banned => return Some(Code::GROUP_BANNED),
            _ => role.is_some() || rules.join_option != JoinOption::DisableApply,
        },
        Request::Groups(GroupsRequest::QuitGroup(_)) => match role {
            Some(Role::Owner) if !rules.owner_may_quit => return Some(Code::GROUP_OWNER_CANNOT_QUIT),
            _ => is_there,
        },
        Request::Groups(GroupsRequest::DismissGroup(_)) => rules.dismisses.includes(role),
        Request::Groups(GroupsRequest::UpdateGroup(_)) => rules.edits_profile.includes(role),
        Request::Groups(GroupsRequest::CountOnline(_)) => is_there,
        Request::Members(MembersRequest::AddMembers(_)) => rules.invite_option == InviteOption::FreeAccess,
        Request::Members(MembersRequest::DeleteMembers(_)) => {
            rules.removes_members.includes(role) && outranks_dave
        }
        Request::Members(MembersRequest::SetMemberRole(_)) if rules.sets_roles == Rank::Nobody => {
            return Some(Code::GROUP_TYPE_WITHOUT_ROLES);
        }
        Request::Members(MembersRequest::SetMemberRole(_)) => rules.sets_roles.includes(role),
        Request::Members(MembersRequest::ChangeOwner(_)) => rules.transfers.includes(role),
        Request::Members(MembersRequest::MuteMember(_)) => rules.mutes.includes(role) && outranks_dave,
        Request::Attributes(AttributesRequest::GetAttributes(_)) => is_there,
        Request::Attributes(AttributesRequest::SetAttributes(_)) => rules.edits_attributes.includes(role),
        _ => true,
    };
    (!is_theirs).then_some(Code::GROUP_PERMISSION_DENIED)
}

#[test]
fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let refusals = [
        Code::LOGIN_NEEDED,
        Code::GROUP_PERMISSION_DENIED,
        Code::GROUP_NOT_FOUND,
        Code::GROUP_BANNED,
        Code::GROUP_OWNER_CANNOT_QUIT,
        Code::GROUP_TYPE_WITHOUT_ROLES,
        Code::INTERNAL,
    ];
    for group_type in TYPES {
        for request in requests(group_type) {
            for (name, who) in EVERYBODY {
                let mut world = World::of(group_type);
                let result = world.does(name, request.clone());
                let what = format!("{} by the {who:?} of a {group_type:?}", request.method());
                match refusal(&world, &request, who) {
                    Some(code) => assert_eq!(result, Err(code), "{what}"),
                    None => {
                        let is_refused = result.is_err_and(|code| refusals.contains(&code));
                        assert!(!is_refused, "{what}: {result:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_verb_about_an_existing_group_is_tested() {
    let asked: Vec<&str> = requests(GroupType::Public).iter().map(Request::method).collect();
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
    for (caller, least) in
        [(Caller::Guest, 0), (Caller::User, 0), (Caller::Member, 1), (Caller::Manager, 2), (Caller::Owner, 3)]
    {
        assert_eq!(
            ranks.map(|role| caller.includes(role)),
            std::array::from_fn(|rank| rank >= least),
            "{caller:?}"
        );
    }
}
