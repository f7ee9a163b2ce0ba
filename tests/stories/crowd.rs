//! A town: a Community of very many members, nearly all of whom are away.

use tim::message::{GroupTipType, NoticeType};
use tim::protocol::group::{GroupChanges, GroupType, NewGroup};
use tim::{Code, GroupId};

use crate::groups::{new_group, notice, tip};
use crate::world::{Device, World, text_of};

const TOWN: &str = "@TGS#_town";
const IN_TOWN: &str = "GROUP@TGS#_town";

/// Alice's town, with bob, whose app is closed, and so many others, who came in as if each had joined, without a tip for each.
async fn town(world: &World, others: u32) -> (Device, Device) {
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let group = NewGroup { name: "Town".into(), ..new_group(TOWN, GroupType::Community, &["bob"]) };
    alice.tim.create_group(group).await.unwrap();
    tip(&bob, GroupTipType::Join).await;
    let bob = bob.restart().await;
    let fill = format!(
        "CREATE TEMP TABLE town AS SELECT id, shard, app FROM conv WHERE key = 'g:{TOWN}';
         BEGIN IMMEDIATE;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {others})
         INSERT INTO user(ushard, app, name, uver) SELECT 1, app, 'other-' || i, 1 FROM town, n;
         CREATE TEMP TABLE other AS SELECT id FROM user WHERE name LIKE 'other-%';
         INSERT INTO member(conv, user, shard, role, joined, joined_at)
            SELECT town.id, other.id, town.shard, 'Member', 1, 0 FROM town, other;
         INSERT INTO user_conv(user, conv, ushard, mark, upto) SELECT other.id, town.id, 1, 1, 0 FROM town, other;
         INSERT INTO change(user, kind, key, ushard, version, gone) SELECT other.id, 3, '{TOWN}', 1, 1, 0 FROM other;
         UPDATE grp SET members = members + {others} WHERE conv = (SELECT id FROM town);
         COMMIT"
    );
    database(world).execute_batch(&fill).unwrap();
    (alice, bob)
}

fn database(world: &World) -> rusqlite::Connection {
    let database = rusqlite::Connection::open(world.data().join("tim.db")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    database
}

fn count(world: &World, sql: &str) -> i64 {
    database(world).query_row(sql, [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_away_finds_what_happened_in_a_town() {
    let world = World::new().await;
    let (alice, bob) = town(&world, 50_000).await;
    let id = GroupId::new(TOWN).unwrap();
    alice.send(IN_TOWN, "the market opens").await;
    let slip = alice.send(IN_TOWN, "the harbour closes").await;
    alice.tim.revoke_message(&slip).await.unwrap();
    let changes = GroupChanges { name: Some("Harbour town".into()), ..GroupChanges::default() };
    alice.tim.update_group_profile(&id, changes).await.unwrap();
    let page = alice.tim.get_group_member_list(&id, None, None, 100).await.unwrap();
    assert_eq!(page.member_list.len(), 100);
    bob.login(&world).await;
    let list = bob.tim.get_message_list(&IN_TOWN.parse().unwrap(), None, 15).await.unwrap().message_list;
    let texts: Vec<&str> = list.iter().filter_map(text_of).collect();
    assert_eq!(texts, ["the market opens"]);
    let conversations = bob.tim.get_conversation_list().await.unwrap();
    let of_town = conversations.iter().find(|it| it.conversation_id.to_string() == IN_TOWN).unwrap();
    assert_eq!(of_town.unread_count, 1, "what was taken back is none");
    let known = bob.tim.get_group_list().await.unwrap();
    assert_eq!((known[0].name.as_str(), known[0].member_count), ("Harbour town", 50_002));
    let told = "SELECT count(*) FROM user WHERE name LIKE 'other-%' AND uver > 1";
    assert_eq!(count(&world, told), 0, "nothing was written for anybody who stayed away");
    bob.send(IN_TOWN, "is there fish?").await;
    let heard = alice.messages_of(TOWN, 1).await;
    assert_eq!(text_of(&heard[0]), Some("is there fish?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_town_reaches_whoever_was_away_though_the_server_dies_meanwhile() {
    let world = World::new().await;
    let (alice, bob) = town(&world, 20_000).await;
    alice.tim.dismiss_group(&GroupId::new(TOWN).unwrap()).await.unwrap();
    notice(&alice, NoticeType::GroupDismissed).await;
    world.kill_server().await;
    let members = "SELECT count(*) FROM member";
    let left = count(&world, members);
    assert!(left > 0, "the server had not come to all");
    world.start_server().await;
    bob.login(&world).await;
    notice(&bob, NoticeType::GroupDismissed).await;
    assert_eq!(bob.tim.get_group_list().await.unwrap().len(), 0);
    let unheard = bob.tim.send_message(bob.text(IN_TOWN, "is anybody there?")).await.unwrap_err();
    assert_eq!(unheard.code, Code::GROUP_NOT_FOUND);
    while count(&world, members) > 0 {
        tokio::task::yield_now().await;
    }
    let notices = r#"SELECT count(*) FROM msg WHERE instr(body, '"operationType":5,') > 0"#;
    assert_eq!(count(&world, notices), 20_002, "each is told once");
}
