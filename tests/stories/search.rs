//! Alice looks for what was said, on a train without a network.

use std::time::Duration;

use tim::event::Event;
use tim::search::{KeywordMatch, MessageSearchParam, MessageSearchResult};
use tim::{Code, ConversationId, UserId};

use crate::world::{Device, World, text_of};

fn of(keywords: &[&str]) -> MessageSearchParam {
    let keyword_list = keywords.iter().map(ToString::to_string).collect();
    MessageSearchParam { keyword_list, count: 20, ..MessageSearchParam::default() }
}

fn with(conversation: &str, param: MessageSearchParam) -> MessageSearchParam {
    MessageSearchParam { conversation_id: Some(conversation.parse().unwrap()), ..param }
}

async fn search(device: &Device, param: MessageSearchParam) -> MessageSearchResult {
    device.tim.search_local_messages(param).await.unwrap()
}

/// The texts that a search finds, newest first.
fn texts(found: &MessageSearchResult) -> Vec<&str> {
    found.search_result_list.iter().flat_map(|it| &it.message_list).filter_map(text_of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_finds_what_was_said_without_a_network() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    for words in ["我们明天去喝茶吧", "Tea at four, or at 5?", "no steam today"] {
        bob.send("C2Calice", words).await;
    }
    carol.send("C2Calice", "TEATIME").await;
    alice.send("C2Cbob", "yes, tea at four").await;
    alice.messages(4).await;
    world.kill_server().await;

    let found = search(&alice, with("C2Cbob", of(&["喝茶"]))).await;
    assert_eq!(texts(&found), ["我们明天去喝茶吧"]);
    let parts: Vec<(&str, bool)> = found.search_result_list[0].highlight_list[0]
        .iter()
        .map(|it| (it.text.as_str(), it.is_match))
        .collect();
    assert_eq!(parts, [("我们明天去", false), ("喝茶", true), ("吧", false)]);

    let everywhere = search(&alice, of(&["tea"])).await;
    assert_eq!(everywhere.total_count, 3);
    let mut conversations: Vec<(String, u64)> = everywhere
        .search_result_list
        .iter()
        .map(|it| (it.conversation_id.to_string(), it.message_count))
        .collect();
    conversations.sort();
    assert_eq!(conversations, [("C2Cbob".to_owned(), 2), ("C2Ccarol".to_owned(), 1)]);

    let both = MessageSearchParam { keyword_list_match_type: KeywordMatch::And, ..of(&["tea", "5"]) };
    assert_eq!(texts(&search(&alice, both).await), ["Tea at four, or at 5?"]);
    let by_bob =
        MessageSearchParam { sender_user_id_list: vec![UserId::new("bob").unwrap()], ..of(&["tea", "茶"]) };
    assert_eq!(search(&alice, by_bob).await.total_count, 2);
    let old = MessageSearchParam { time_position: Some(1_000), ..of(&["tea"]) };
    assert_eq!(search(&alice, old).await.total_count, 0);
    let lately = MessageSearchParam { time_period: Some(Duration::from_secs(3_600)), ..of(&["tea"]) };
    assert_eq!(search(&alice, lately).await.total_count, 3);

    let first = search(&alice, with("C2Cbob", MessageSearchParam { count: 1, ..of(&["tea"]) })).await;
    assert_eq!((texts(&first), first.total_count), (vec!["yes, tea at four"], 2));
    let rest = with("C2Cbob", MessageSearchParam { cursor: first.cursor.clone(), ..of(&["tea"]) });
    let rest = search(&alice, rest).await;
    assert_eq!((texts(&rest), &rest.cursor), (vec!["Tea at four, or at 5?"], &None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_message_is_not_found_and_a_new_device_finds_what_it_fetched() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let secret = bob.send("C2Calice", "the key is under the mat").await;
    bob.send("C2Calice", "the mat is new").await;
    alice.messages(2).await;
    assert_eq!(search(&alice, of(&["mat"])).await.total_count, 2);
    bob.tim.revoke_message(&secret).await.unwrap();
    let revoked = |event: &Event| matches!(event, Event::MessageRevoked(_)).then_some(());
    alice.expect("that it was revoked", revoked).await;
    for device in [&alice, &bob] {
        assert_eq!(texts(&search(device, of(&["mat"])).await), ["the mat is new"]);
        assert_eq!(search(device, of(&["key"])).await.total_count, 0);
    }
    for number in 0..40 {
        bob.send("C2Calice", &format!("number {number}")).await;
    }
    let tablet = world.device("alice", "tablet").await;
    let bob_s: ConversationId = "C2Cbob".parse().unwrap();
    let mut page = tablet.tim.get_message_list(&bob_s, None, 100).await.unwrap();
    while let Some(next) = page.next_req_message_id {
        page = tablet.tim.get_message_list(&bob_s, Some(&next), 100).await.unwrap();
    }
    assert_eq!(texts(&search(&tablet, of(&["new"])).await), ["the mat is new"]);
    assert_eq!(search(&tablet, of(&["key"])).await.total_count, 0);
    assert_eq!(search(&tablet, of(&["number"])).await.total_count, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_keyword_is_a_command_to_the_database() {
    let world = World::new().await;
    let (alice, _bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    // 616c696365 is how the index has alice's name.
    alice.send("C2Cbob", "tea, kind or text").await;
    for (hostile, expected) in [
        ("tea\" OR \"zebra", 0),
        ("text : tea", 0),
        ("{text} : tea", 0),
        ("sender : 616c696365", 0),
        ("tea AND kind", 0),
        ("kind OR zebra", 0),
        ("zebra* OR tea", 0),
        ("NEAR(tea text, 9)", 0),
        ("tea NOT zebra", 0),
        ("zebra\u{0}tea", 0),
        ("tea'); DROP TABLE msg; --", 0),
        ("t%", 1),
        ("_ea", 0),
        ("^tea", 1),
        ("-tea", 1),
        ("tea*", 1),
        ("\"tea", 1),
        ("kind OR text", 1),
    ] {
        assert_eq!(search(&alice, of(&[hostile])).await.total_count, expected, "{hostile:?}");
    }
    let (many, long) = (vec!["tea"; 6], "茶".repeat(86));
    for bad in [
        of(&[&long]),
        of(&[]),
        of(&["?!"]),
        of(&[""]),
        of(&many),
        MessageSearchParam { cursor: Some("x".into()), ..of(&["tea"]) },
    ] {
        let why = alice.tim.search_local_messages(bad.clone()).await.unwrap_err();
        assert_eq!(why.code, Code::BAD_REQUEST, "{bad:?}");
    }
    let typed = MessageSearchParam { message_type_list: vec!["text OR".into()], ..of(&["tea"]) };
    assert_eq!(alice.tim.search_local_messages(typed).await.unwrap_err().code, Code::BAD_REQUEST);
    for cursor in ["c9007199254740992", "s1", "-1", "c"] {
        let beyond = MessageSearchParam { cursor: Some(cursor.to_owned()), ..of(&["tea"]) };
        assert_eq!(alice.tim.search_local_messages(beyond).await.unwrap_err().code, Code::BAD_REQUEST);
    }
    alice.tim.logout().await.unwrap();
    assert_eq!(alice.tim.search_local_messages(of(&["tea"])).await.unwrap_err().code, Code::LOGGED_OUT);
}
