//! Groups that are found by words or by their IDs, and how many of their members are there.

use tim::protocol::call::AddFriendRequest;
use tim::protocol::friend::AddType;
use tim::protocol::group::{GroupType, NewGroup};
use tim::protocol::profile::ProfileFields;
use tim::search::GroupMemberSearchParam;
use tim::search::KeywordMatch::{And, Or};
use tim::{Code, GroupId, UserId};

use crate::groups::{groups, new_group};
use crate::world::{Device, World};

fn words(keywords: &[&str]) -> Vec<String> {
    keywords.iter().map(ToString::to_string).collect()
}

async fn found(device: &Device, keywords: &[&str], matching: tim::search::KeywordMatch) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for group in device.tim.search_groups(&words(keywords), matching).await.unwrap() {
        found.push(group.group_id.to_string());
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_finds_her_groups_by_words_on_a_train() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    for (id, name) in [("tea", "Thé & gâteaux"), ("books-2", "Book club"), ("reading", "读书会")] {
        let group = NewGroup { name: name.to_owned(), ..new_group(id, GroupType::Public, &[]) };
        alice.tim.create_group(group).await.unwrap();
    }
    groups(&alice, 3).await;
    world.kill_server().await;
    assert_eq!(found(&alice, &["gateaux"], Or).await, ["tea"], "accents make no difference");
    assert_eq!(found(&alice, &["BOO"], Or).await, ["books-2"], "by the beginning of a word");
    assert_eq!(found(&alice, &["读书"], Or).await, ["reading"]);
    assert_eq!(found(&alice, &["tea", "club"], Or).await, ["books-2", "tea"]);
    assert_eq!(found(&alice, &["club", "books"], And).await, ["books-2"], "one in the name, one in the ID");
    assert_eq!(found(&alice, &["tea", "club"], And).await, Vec::<String>::new());
    for wrong in [words(&[]), words(&["a"; 6]), words(&["?!"]), vec!["x".repeat(257)]] {
        let refused = alice.tim.search_groups(&wrong, Or).await.unwrap_err();
        assert_eq!(refused.code, Code::BAD_REQUEST);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_find_a_group_by_its_id_unless_it_is_for_its_members() {
    let world = World::new().await;
    let (alice, mallory) = (world.device("alice", "phone").await, world.device("mallory", "laptop").await);
    let club = alice.tim.create_group(new_group("club", GroupType::Public, &[])).await.unwrap().group_id;
    let work = alice.tim.create_group(new_group("work", GroupType::Work, &[])).await.unwrap().group_id;
    let seen = mallory.tim.search_group_by_id(&club).await.unwrap();
    assert_eq!((seen.group_id, seen.self_info), (club, None));
    let refused = mallory.tim.search_group_by_id(&work).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED);
    assert!(alice.tim.search_group_by_id(&work).await.unwrap().self_info.is_some());
    let refused = alice.tim.search_group_by_id(&GroupId::new("nowhere").unwrap()).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_tells_its_members_how_many_are_there() {
    let world = World::new().await;
    let (alice, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    let (bob, mallory) = (world.device("bob", "laptop").await, world.device("mallory", "phone").await);
    let carol = world.device("carol", "phone").await;
    let club = new_group("club", GroupType::Public, &["bob", "carol"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;
    for device in [&tablet, &bob, &carol] {
        groups(device, 1).await;
    }
    carol.tim.logout().await.unwrap();
    assert_eq!(
        bob.tim.get_group_online_member_count(&club).await.unwrap(),
        2,
        "alice with two devices, and bob"
    );
    let refused = mallory.tim.get_group_online_member_count(&club).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED);
    let nowhere = GroupId::new("nowhere").unwrap();
    let refused = bob.tim.get_group_online_member_count(&nowhere).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_NOT_FOUND);
    // Who comes is counted a minute later.
    carol.login(&world).await;
    assert_eq!(carol.tim.get_group_online_member_count(&club).await.unwrap(), 2);
}

/// Who is found in which group, by the rule of the parameters.
async fn members(device: &Device, param: GroupMemberSearchParam) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for item in device.tim.search_group_members(param).await.unwrap() {
        assert!(item.is_complete);
        let users = item.member_list.iter().map(|member| member.user_id.to_string()).collect();
        found.push((item.group_id.to_string(), users));
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_found_by_what_anybody_calls_them() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "phone").await;
    let named = ProfileFields { nick: Some("Robert the reader".to_owned()), ..ProfileFields::default() };
    bob.tim.update_my_profile(named).await.unwrap();
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob"])).await.unwrap();
    let club = alice.tim.create_group(new_group("club", GroupType::Public, &["bob", "carol"])).await.unwrap();
    groups(&bob, 2).await;
    groups(&alice, 2).await;
    bob.tim.set_group_member_name_card(&club.group_id, "The host", None).await.unwrap();
    let adds = AddFriendRequest {
        user_id: UserId::new("carol").unwrap(),
        source: "AddSource_Type_Web".into(),
        wording: String::new(),
        add_type: AddType::Both,
        remark: "my neighbour".into(),
        group_name: None,
    };
    alice.tim.add_friend(adds).await.unwrap();

    let of = |keywords: &[&str]| GroupMemberSearchParam {
        keyword_list: words(keywords),
        ..GroupMemberSearchParam::default()
    };
    let bob_in = |group: &str| (group.to_owned(), vec!["bob".to_owned()]);
    assert_eq!(members(&alice, of(&["reader"])).await, [bob_in("club"), bob_in("tea")]);
    assert_eq!(members(&alice, of(&["host"])).await, [bob_in("club")]);
    let carol_in_club = ("club".to_owned(), vec!["carol".to_owned()]);
    assert_eq!(members(&alice, of(&["neighbour"])).await, std::slice::from_ref(&carol_in_club));
    assert_eq!(members(&bob, of(&["neighbour"])).await, [], "that is what alice calls her");
    assert_eq!(members(&alice, of(&["CAROL"])).await, [carol_in_club]);
    let both = ("club".to_owned(), vec!["bob".to_owned(), "carol".to_owned()]);
    assert_eq!(members(&alice, of(&["host", "neighbour"])).await, [both]);
    let all = GroupMemberSearchParam { keyword_list_match_type: And, ..of(&["host", "robert"]) };
    assert_eq!(members(&alice, all).await, [bob_in("club")], "each stands in a field of his");
    let elsewhere = GroupMemberSearchParam { is_search_member_nick_name: false, ..of(&["reader"]) };
    assert_eq!(members(&alice, elsewhere).await, []);
    let in_tea = GroupMemberSearchParam { group_id_list: vec![GroupId::new("tea").unwrap()], ..of(&["bob"]) };
    assert_eq!(members(&alice, in_tea.clone()).await, [bob_in("tea")]);
    let refused = carol.tim.search_group_members(in_tea).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED);
    let nothing = GroupMemberSearchParam {
        is_search_member_user_id: false,
        is_search_member_nick_name: false,
        is_search_member_remark: false,
        is_search_member_name_card: false,
        ..of(&["bob"])
    };
    for wrong in [nothing, of(&[]), of(&["!"]), of(&["a", "b", "c", "d", "e", "f"])] {
        assert_eq!(alice.tim.search_group_members(wrong).await.unwrap_err().code, Code::BAD_REQUEST);
    }
}
