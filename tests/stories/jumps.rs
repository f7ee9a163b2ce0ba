//! Alice jumps to a message that was quoted, reads on from there in both directions, and finds messages again by their IDs.

use tim::event::{Event, NetState};
use tim::message::{Message, SendStatus};
use tim::{
    Code, ConversationId, HistoryDirection as Direction, HistoryStart as Start, MessageListHopping as Page,
};

use crate::world::{Device, World, text_of};

fn with_bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

async fn page(device: &Device, start: Start, direction: Direction, count: u32) -> Page {
    device.tim.get_message_list_hopping(&with_bob(), start, direction, count).await.unwrap()
}

fn sequences(page: &Page) -> Vec<u64> {
    page.message_list.iter().map(|message| message.sequence).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_jumps_into_a_long_conversation_and_reads_on_both_ways() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let mut said = Vec::new();
    for number in 1..=150 {
        said.push(bob.send("C2Calice", &format!("number {number}")).await);
    }
    alice.messages(150).await;
    // A new device has none of it but the newest.
    let tablet = world.device("alice", "tablet").await;
    let around = page(&tablet, Start::Sequence(40), Direction::Older, 3).await;
    assert_eq!((sequences(&around), around.next_message_seq), (vec![38, 39, 40], Some(37)));
    assert_eq!(text_of(&around.message_list[2]), Some("number 40"));
    let after = page(&tablet, Start::Sequence(41), Direction::Newer, 3).await;
    assert_eq!((sequences(&after), after.next_message_seq), (vec![41, 42, 43], Some(44)));

    let mut at = Some(1);
    let mut walked = Vec::new();
    while let Some(sequence) = at {
        let next = page(&tablet, Start::Sequence(sequence), Direction::Newer, 40).await;
        walked.extend(sequences(&next));
        assert_eq!(next.is_completed, next.next_message_seq.is_none());
        at = next.next_message_seq;
    }
    assert_eq!(walked, (1..=150).collect::<Vec<_>>());
    for (start, direction) in [(0, Direction::Older), (151, Direction::Newer), (u64::MAX, Direction::Newer)] {
        let beyond = page(&tablet, Start::Sequence(start), direction, 10).await;
        assert_eq!((sequences(&beyond), beyond.is_completed, beyond.next_message_seq), (vec![], true, None));
    }
    let newest = page(&tablet, Start::Sequence(u64::MAX), Direction::Older, 2).await;
    assert_eq!(sequences(&newest), [149, 150]);
    let all = page(&tablet, Start::Sequence(0), Direction::Newer, 1_000).await;
    assert_eq!(all.message_list.len(), 100, "a page has at most 100");

    // What was said at a time, and since then.
    let time = said[69].time;
    let since = page(&tablet, Start::Time(time), Direction::Newer, 1).await.message_list.remove(0);
    let until = page(&tablet, Start::Time(time), Direction::Older, 1).await.message_list.remove(0);
    assert!(since.time == time && until.time == time);
    assert!(since.sequence <= 70 && until.sequence >= 70);
    let before_all = page(&tablet, Start::Time(said[0].time - 1), Direction::Older, 5).await;
    assert!(before_all.is_completed && before_all.message_list.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_a_page_ends_where_the_stored_messages_end() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    for number in 1..=60 {
        bob.send("C2Calice", &format!("number {number}")).await;
    }
    alice.messages(60).await;
    let tablet = world.device("alice", "tablet").await;
    page(&tablet, Start::Sequence(10), Direction::Newer, 5).await;
    world.kill_server().await;
    let is_gone = |event: &Event| {
        matches!(event, Event::NetStateChange(NetState::Connecting | NetState::Disconnected)).then_some(())
    };
    tablet.expect("that the server is gone", is_gone).await;
    let offline = page(&tablet, Start::Sequence(10), Direction::Newer, 20).await;
    assert_eq!(sequences(&offline).first(), Some(&10));
    assert!(offline.message_list.len() >= 5 && !offline.is_completed, "{offline:?}");
    assert_eq!(offline.next_message_seq, offline.message_list.last().map(|message| message.sequence + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_found_by_their_ids_wherever_they_are() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let received = bob.send("C2Calice", "quoted").await;
    alice.messages(1).await;
    let sent = alice.send("C2Cbob", "answer").await;
    let refused = alice.text("C2Cnobody", "to nobody");
    assert_eq!(alice.tim.send_message(refused.clone()).await.unwrap_err().code, Code::UNKNOWN_USER);
    let never = alice.text("C2Cbob", "never sent");
    let ids = [refused.id, never.id, sent.id, received.id];
    let found: Vec<Message> = alice.tim.find_messages(&ids).await.unwrap();
    let texts: Vec<_> = found.iter().map(|message| text_of(message).unwrap()).collect();
    assert_eq!(texts, ["to nobody", "answer", "quoted"]);
    assert_eq!(found[0].status, SendStatus::Fail);
    assert_eq!(found[2], as_alice_has(&received));
    assert!(bob.tim.find_messages(&[refused.id]).await.unwrap().is_empty(), "it never left alice's device");
    let many = vec![sent.id; 101];
    assert_eq!(alice.tim.find_messages(&many).await.unwrap_err().code, Code::BAD_REQUEST);
    let alice = alice.restart().await;
    alice.login(&world).await;
    assert_eq!(alice.tim.find_messages(&ids).await.unwrap().len(), 3);
}

/// Bob's message as alice has it.
fn as_alice_has(sent: &Message) -> Message {
    Message { conversation_id: with_bob(), flow: tim::message::Flow::In, is_read: false, ..sent.clone() }
}
