//! What a user removes for themselves: on every device, also on one that was away, and on a new one; and for nobody else.

use std::sync::Arc;

use tim::conversation::Conversation;
use tim::event::Event;
use tim::search::MessageSearchParam;
use tim::{Code, ConversationId};

use crate::world::{Device, World, text_of};

fn id(text: &str) -> ConversationId {
    text.parse().unwrap()
}

/// Waits until the list is as `is_it` wants it.
async fn lists(device: &Device, what: &str, is_it: impl Fn(&[Arc<Conversation>]) -> bool) {
    if is_it(&device.tim.get_conversation_list().await.unwrap()) {
        return;
    }
    let listed = |event: &Event| match event {
        Event::ConversationListUpdated(list) => is_it(list).then_some(()),
        _ => None,
    };
    device.expect(what, listed).await;
}

/// Waits until the list has a conversation with nothing in it.
async fn shows_nothing(device: &Device, conversation: &str) {
    let is_empty = |it: &Arc<Conversation>| {
        it.conversation_id == id(conversation) && it.last_message.is_none() && it.unread_count == 0
    };
    lists(device, &format!("{conversation} is empty"), |list| list.iter().any(is_empty)).await;
    assert_eq!(texts(device, conversation).await, Vec::<String>::new());
}

/// Waits until the list does not have a conversation.
async fn hides(device: &Device, conversation: &str) {
    let is_it = |it: &Arc<Conversation>| it.conversation_id == id(conversation);
    lists(device, &format!("{conversation} is not listed"), |list| !list.iter().any(is_it)).await;
}

async fn texts(device: &Device, conversation: &str) -> Vec<String> {
    let page = device.tim.get_message_list(&id(conversation), None, 50).await.unwrap();
    assert!(page.is_completed);
    page.message_list.iter().filter_map(text_of).map(str::to_owned).collect()
}

async fn order(device: &Device) -> Vec<String> {
    let list = device.tim.get_conversation_list().await.unwrap();
    list.iter().map(|it| it.conversation_id.to_string()).collect()
}

async fn found(device: &Device, word: &str) -> u64 {
    let param = MessageSearchParam { keyword_list: vec![word.to_owned()], ..MessageSearchParam::default() };
    device.tim.search_local_messages(param).await.unwrap().total_count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cleared_history_is_gone_on_every_device_and_the_peer_keeps_it() {
    let world = World::new().await;
    let (bob, carol) = (world.device("bob", "laptop").await, world.device("carol", "laptop").await);
    let (phone, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    carol.send("C2Calice", "good morning").await;
    bob.send("C2Calice", "the secret").await;
    phone.send("C2Cbob", "is safe").await;
    for device in [&phone, &tablet] {
        lists(device, "both", |list| {
            list.len() == 2 && list[0].last_message.as_ref().is_some_and(|it| it.sequence == 2)
        })
        .await;
    }
    assert_eq!(found(&tablet, "secret").await, 1);
    // The tablet is away while the phone clears, and bob writes once more.
    let tablet = tablet.restart().await;
    phone.tim.clear_history_message(&id("C2Cbob")).await.unwrap();
    shows_nothing(&phone, "C2Cbob").await;
    assert_eq!(found(&phone, "secret").await, 0);
    assert_eq!(order(&phone).await, ["C2Cbob", "C2Ccarol"], "where it was");
    let browser = world.device("alice", "browser").await;
    shows_nothing(&browser, "C2Cbob").await;
    assert_eq!(order(&browser).await, ["C2Cbob", "C2Ccarol"], "on a new device too");
    bob.send("C2Calice", "anew").await;
    tablet.login(&world).await;
    for device in [&phone, &tablet, &browser] {
        lists(device, "what came since", |list| list[0].unread_count == 1).await;
        assert_eq!(texts(device, "C2Cbob").await, ["anew"]);
        assert_eq!(found(device, "secret").await, 0);
    }
    // Bob keeps everything, and is not told that it was read.
    assert_eq!(texts(&bob, "C2Calice").await, ["the secret", "is safe", "anew"]);
    assert_eq!(bob.tim.get_conversation_list().await.unwrap()[0].peer_read_sequence, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cleared_without_a_connection_is_cleared_everywhere_later_and_what_came_meanwhile_stays() {
    let world = World::new().await;
    let (bob, tablet) = (world.device("bob", "laptop").await, world.device("alice", "tablet").await);
    let phone = world.device("alice", "phone").await;
    bob.send("C2Calice", "old").await;
    phone.messages(1).await;
    tablet.messages(1).await;
    world.kill_server().await;
    phone.tim.clear_history_message(&id("C2Cbob")).await.unwrap();
    shows_nothing(&phone, "C2Cbob").await;
    // The app ends before the server can be told, and somebody else writes before it is back.
    let phone = phone.restart().await;
    world.start_server().await;
    bob.send("C2Calice", "new").await;
    phone.login(&world).await;
    for device in [&phone, &tablet] {
        let is_new = |it: &Conversation| it.last_message.as_ref().and_then(text_of) == Some("new");
        lists(device, "one unread", |list| list[0].unread_count == 1 && is_new(&list[0])).await;
        assert_eq!(texts(device, "C2Cbob").await, ["new"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_conversation_is_back_when_somebody_writes_there() {
    let world = World::new().await;
    let (bob, carol) = (world.device("bob", "laptop").await, world.device("carol", "laptop").await);
    let (phone, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    bob.send("C2Calice", "from bob").await;
    carol.send("C2Calice", "from carol").await;
    phone.messages(2).await;
    tablet.messages(2).await;
    phone.tim.set_conversation_draft(&id("C2Cbob"), "Dear B").await.unwrap();
    let tablet = tablet.restart().await;
    let results = phone.tim.delete_conversation(&[id("C2Cbob"), id("C2Cdave")], true).await.unwrap();
    assert_eq!(results.success_conversation_id_list, [id("C2Cbob")]);
    assert_eq!(results.failure_conversation_id_list[0].code, Code::CONVERSATION_NOT_FOUND);
    let results = phone.tim.delete_conversation(&[id("C2Ccarol")], false).await.unwrap();
    assert!(results.failure_conversation_id_list.is_empty());
    assert!(order(&phone).await.is_empty());
    assert_eq!(phone.tim.get_total_unread_message_count(), 0, "what is not listed does not count");
    tablet.login(&world).await;
    for device in [&tablet, &world.device("alice", "browser").await] {
        hides(device, "C2Cbob").await;
        hides(device, "C2Ccarol").await;
    }
    bob.send("C2Calice", "again").await;
    tablet.send("C2Ccarol", "hello").await;
    for device in [&phone, &tablet] {
        lists(device, "both", |list| list.len() == 2).await;
        assert_eq!(texts(device, "C2Cbob").await, ["again"]);
        assert_eq!(texts(device, "C2Ccarol").await, ["from carol", "hello"], "deleted without its history");
    }
    let list = phone.tim.get_conversation_list().await.unwrap();
    assert!(list.iter().all(|it| it.draft_text.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_and_what_was_refused_goes_with_the_conversation() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    bob.send("C2Calice", "hello").await;
    alice.messages(1).await;
    let nobody = alice.text("C2Cnobody", "who are you");
    assert_eq!(alice.tim.send_message(nobody).await.unwrap_err().code, Code::UNKNOWN_USER);
    assert_eq!(order(&alice).await, ["C2Cnobody", "C2Cbob"]);
    alice.tim.delete_conversation(&[id("C2Cnobody")], true).await.unwrap();
    assert_eq!(order(&alice).await, ["C2Cbob"]);
    world.kill_server().await;
    let (tim, waits) = (alice.tim.clone(), alice.text("C2Cbob", "I wait"));
    let sent = tokio::spawn(async move { tim.send_message(waits).await });
    lists(&alice, "the message that waits", |list| {
        list[0].last_message.as_ref().and_then(text_of) == Some("I wait")
    })
    .await;
    alice.tim.delete_conversation(&[id("C2Cbob")], true).await.unwrap();
    assert_eq!(texts_offline(&alice, "C2Cbob").await, ["I wait"]);
    assert_eq!(order(&alice).await, ["C2Cbob"], "as long as it waits");
    world.start_server().await;
    sent.await.unwrap().unwrap();
    assert_eq!(texts(&alice, "C2Cbob").await, ["I wait"]);
    assert_eq!(bob.next_text().await, "I wait");
}

async fn texts_offline(device: &Device, conversation: &str) -> Vec<String> {
    let page = device.tim.get_message_list(&id(conversation), None, 50).await.unwrap();
    page.message_list.iter().filter_map(text_of).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_removes_nothing_or_too_much_is_refused_by_number() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let refused = alice.tim.clear_history_message(&id("C2Cbob")).await.unwrap_err();
    assert_eq!(refused.code, Code::CONVERSATION_NOT_FOUND);
    let refused = alice.tim.delete_conversation(&[], true).await.unwrap_err();
    assert_eq!(refused.code, Code::CONVERSATION_BAD_PARAMETER);
    let many: Vec<ConversationId> = (0..101).map(|number| id(&format!("C2Cuser-{number}"))).collect();
    let refused = alice.tim.delete_conversation(&many, true).await.unwrap_err();
    assert_eq!(refused.code, Code::TOO_MANY_CONVERSATIONS);
}
