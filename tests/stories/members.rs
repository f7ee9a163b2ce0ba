//! The members of groups: who they are, who adds and removes them, and what they may do.

use tim::protocol::call::MemberPage;
use tim::protocol::group::{GroupType, Role};
use tim::{Code, GroupId, UserId};

use crate::groups::new_group;
use crate::world::{Device, World};

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn names(page: &MemberPage) -> Vec<&str> {
    page.member_list.iter().map(|member| member.user_id.as_str()).collect()
}

async fn page(device: &Device, group: &GroupId, role: Option<Role>, next: Option<UserId>) -> MemberPage {
    device.tim.get_group_member_list(group, role, next, 2).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_members_goes_on_where_it_was_whoever_leaves() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (carol, dave) = (world.device("carol", "tablet").await, world.device("dave", "phone").await);
    let club = new_group("club", GroupType::Public, &["bob", "carol", "dave"]);
    let club = alice.tim.create_group(club).await.unwrap().group_id;

    let first = page(&alice, &club, None, None).await;
    assert_eq!((names(&first), &first.next), (vec!["alice", "bob"], &Some(user("bob"))));
    assert_eq!(first.member_list.iter().next().unwrap().role, Role::Owner);
    bob.tim.quit_group(&club).await.unwrap();
    let second = page(&carol, &club, None, first.next).await;
    assert_eq!(names(&second), ["carol", "dave"], "neither twice nor left out");
    assert_eq!(page(&dave, &club, None, second.next).await.next, None);

    assert_eq!(names(&page(&alice, &club, Some(Role::Owner), None).await), ["alice"]);
    assert_eq!(names(&page(&alice, &club, Some(Role::Member), None).await), ["carol", "dave"]);
    let refused = bob.tim.get_group_member_list(&club, None, None, 2).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_PERMISSION_DENIED, "bob left");
    let refused = alice.tim.get_group_member_list(&club, None, None, 101).await.unwrap_err();
    assert_eq!(refused.code, Code::BAD_REQUEST);
}
