//! Groups the user is in: there as soon as the user is.

use serde_json::json;
use tim::machine::io::{Call, Return};
use tim::protocol::group::{GroupType, NewGroup};

use crate::phone::{BEGIN, Phone, with_bob};

#[test]
fn a_group_one_made_is_in_the_list_when_it_is_made() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.call(Call::CreateGroup(NewGroup {
        name: "tea".into(),
        group_type: GroupType::Work,
        group_id: None,
        introduction: String::new(),
        notification: String::new(),
        avatar: String::new(),
        join_option: None,
        member_list: Vec::new(),
    }));
    let group = json!({
        "groupID": "tea", "type": "Private", "name": "tea", "ownerID": "alice", "createTime": BEGIN + 1, "memberCount": 1,
        "maxMemberCount": 200, "joinOption": "DisableApply", "selfInfo": {"role": "Owner", "joinTime": BEGIN + 1},
    });
    phone.reply("group.create", &json!({ "group": group }));
    let listed = |phone: &mut Phone| {
        phone.call(Call::ConversationList);
        match phone.returns.pop() {
            Some((_, Ok(Return::Conversations(list)))) => {
                list.iter().map(|it| (it.conversation_id.to_string(), it.group_type)).collect::<Vec<_>>()
            }
            other => panic!("no list: {other:?}"),
        }
    };
    let both = [("GROUPtea".to_owned(), Some(GroupType::Work)), ("C2Cbob".to_owned(), None)];
    assert_eq!(listed(&mut phone), both);
    // It is there after a restart too, before the server is asked.
    let stored = phone.store.snapshot().unwrap().conversations;
    assert!(stored.iter().any(|(row, ..)| row.id.to_string() == "GROUPtea"));
}
