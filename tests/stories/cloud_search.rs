//! Alice's new tablet has fetched nothing yet and asks the server for what was said.

use std::time::Duration;

use tim::Code;
use tim::search::{MessageSearchParam, MessageSearchResult};

use crate::world::{Device, World, text_of};

/// Searches are on, and nobody's share bounds how often the index is asked whether it is as far.
const ON: &str =
    "[search]\nenabled = true\n[limits]\nrequests_per_second = 1000000\nrequests_burst = 1000000";

fn of(keyword: &str) -> MessageSearchParam {
    MessageSearchParam { keyword_list: vec![keyword.to_owned()], ..MessageSearchParam::default() }
}

/// Searches until the server's index is as far as to find so many messages: it is behind what was sent.
async fn search(device: &Device, param: MessageSearchParam, expected: u64) -> MessageSearchResult {
    let mut last = None;
    let finds = async {
        loop {
            let found = device.tim.search_cloud_messages(param.clone()).await.unwrap();
            if found.total_count == expected {
                return found;
            }
            last = Some(found);
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(60), finds).await;
    found.unwrap_or_else(|_| panic!("{expected} messages are never found, but {last:?}"))
}

fn texts(found: &MessageSearchResult) -> Vec<&str> {
    found.search_result_list.iter().flat_map(|it| &it.message_list).filter_map(text_of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_finds_what_it_never_fetched() {
    let world = World::with(ON).await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    bob.send("C2Calice", "我们明天去喝茶吧").await;
    for number in 0..40 {
        bob.send("C2Calice", &format!("number {number}")).await;
    }
    alice.messages(41).await;
    let tablet = world.device("alice", "tablet").await;
    assert_eq!(tablet.tim.search_local_messages(of("喝茶")).await.unwrap().total_count, 0);
    let found = search(&tablet, of("喝茶"), 1).await;
    assert_eq!(texts(&found), ["我们明天去喝茶吧"]);
    let item = &found.search_result_list[0];
    assert_eq!((item.conversation_id.to_string(), item.message_count), ("C2Cbob".to_owned(), 1));
    let parts: Vec<(&str, bool)> =
        item.highlight_list[0].iter().map(|it| (it.text.as_str(), it.is_match)).collect();
    assert_eq!(parts, [("我们明天去", false), ("喝茶", true), ("吧", false)]);

    let page =
        MessageSearchParam { conversation_id: Some("C2Cbob".parse().unwrap()), count: 30, ..of("number") };
    let first = search(&tablet, page.clone(), 40).await;
    let rest = search(&tablet, MessageSearchParam { cursor: first.cursor.clone(), ..page }, 40).await;
    let both: Vec<&str> = texts(&first).into_iter().chain(texts(&rest)).collect();
    let expected: Vec<String> = (0..40).rev().map(|number| format!("number {number}")).collect();
    assert_eq!((both, rest.cursor.clone()), (expected.iter().map(String::as_str).collect(), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_goes_on_after_a_crash_and_knows_what_was_revoked() {
    let world = World::with(ON).await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let secret = bob.send("C2Calice", "the key is under the mat").await;
    bob.send("C2Calice", "the mat is new").await;
    search(&alice, of("mat"), 2).await;
    world.kill_server().await;
    world.start_server().await;
    search(&alice, of("mat"), 2).await;
    bob.tim.revoke_message(&secret).await.unwrap();
    // At once: what is revoked is left out where messages are read.
    let found = search(&alice, of("mat"), 1).await;
    assert_eq!(texts(&found), ["the mat is new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_that_are_turned_on_later_find_what_was_said_before() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    bob.send("C2Calice", "tea at four").await;
    let why = alice.tim.search_cloud_messages(of("tea")).await.unwrap_err();
    assert_eq!(why.code, Code::SEARCH_OFF);
    let config = world.folder.path().join("tim.toml");
    for (lines, is_there) in [(ON, true), ("", false)] {
        world.kill_server().await;
        std::fs::write(&config, lines).unwrap();
        world.start_server().await;
        if is_there {
            assert_eq!(texts(&search(&alice, of("tea"), 1).await), ["tea at four"]);
        }
        assert_eq!(world.data().join("tim.search").exists(), is_there);
    }
}
