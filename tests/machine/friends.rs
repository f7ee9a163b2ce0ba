//! Friends: records that other devices of the user changed come in any order.

use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::io::{Call, Return};

use crate::phone::Phone;

/// Bob as a friend with this remark, or as none.
fn bob(version: u64, remark: Option<&str>) -> Value {
    let profile = remark.map(|_| json!({"userID": "bob", "nick": remark, "lastUpdatedTime": version}));
    let friend = remark.map(|remark| json!({"remark": remark, "groups": [3]}));
    json!({"kind": "friend", "userID": "bob", "version": version, "friend": friend, "profile": profile})
}

fn page(changes: &[Value]) -> Value {
    json!({"reset": false, "cursor": [1, 9], "conversations": [], "changes": changes})
}

fn remarks(phone: &mut Phone) -> Vec<String> {
    let call = phone.call(Call::FriendList);
    let Some(Ok(Return::Friends(friends))) = phone.returned(call) else { panic!("{:?}", phone.returns) };
    friends.iter().map(|friend| friend.remark.clone()).collect()
}

#[test]
fn a_friend_who_was_deleted_does_not_come_back_with_a_page_that_was_read_before() {
    let mut phone = Phone::ready(json!([]));
    phone.hear(&json!({"n": 1, "ev": "change", "p": bob(4, Some("B."))}));
    phone.hear(&json!({"n": 2, "ev": "change", "p": bob(6, None)}));
    phone.comes_back(false);
    phone.reply("sync", &page(&[bob(4, Some("B.")), bob(5, Some("Bobby"))]));
    assert_eq!(remarks(&mut phone), Vec::<String>::new());
    phone.hear(&json!({"n": 1, "ev": "change", "p": bob(7, Some("Robert"))}));
    assert_eq!(remarks(&mut phone), ["Robert"]);
}

#[test]
fn friends_applications_and_groups_are_known_without_a_connection() {
    let mut phone = Phone::ready(json!([]));
    let application = json!({
        "kind": "friendApplication", "userID": "carol", "type": "Pendency_Type_ComeIn", "version": 5,
        "application": {"source": "AddSource_Type_Web", "time": 1}, "nick": "Carol",
    });
    let group = json!({"kind": "friendGroup", "number": 3, "version": 3, "name": "Work"});
    for (number, change) in [bob(4, Some("B.")), application, group].iter().enumerate() {
        phone.hear(&json!({"n": number + 1, "ev": "change", "p": change}));
    }
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([]));
    assert_eq!(remarks(&mut phone), ["B."]);
    let call = phone.call(Call::FriendGroups);
    let Some(Ok(Return::FriendGroups(groups))) = phone.returned(call) else { panic!() };
    assert_eq!((groups[0].name.as_str(), groups[0].user_id_list.len()), ("Work", 1));
    let call = phone.call(Call::FriendApplications);
    let Some(Ok(Return::FriendApplications(it))) = phone.returned(call) else { panic!() };
    assert_eq!((it.friend_application_list.len(), it.unread_count), (1, 1));
    let read = json!({"kind": "friendApplicationsRead", "version": 8});
    phone.hear(&json!({"n": 1, "ev": "change", "p": read}));
    let mut counts = phone.events.iter().filter_map(|event| match event {
        Event::FriendApplicationListUpdated(it) => Some(it.unread_count),
        _ => None,
    });
    assert_eq!(counts.next_back(), Some(0));
}

#[test]
fn a_new_profile_of_a_friend_is_told() {
    let mut phone = Phone::ready(json!([]));
    phone.hear(&json!({"n": 1, "ev": "change", "p": bob(4, Some("B."))}));
    phone.hear(&json!({"n": 2, "ev": "change", "p": bob(5, Some("Bobby"))}));
    let mut nicks = phone.events.iter().filter_map(|event| match event {
        Event::ProfileUpdated(profiles) if profiles[0].user_id.as_str() == "bob" => {
            profiles[0].fields.nick.clone()
        }
        _ => None,
    });
    assert_eq!(nicks.next_back().as_deref(), Some("Bobby"));
}
