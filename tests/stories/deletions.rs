//! Messages that a user deletes for themselves: on every device, also on one that was away, and on a new one; and for nobody else.

use std::sync::Arc;

use tim::conversation::Conversation;
use tim::event::{DeletedMessages, Event};
use tim::message::{CreateOptions, Message};
use tim::protocol::group::GroupType;
use tim::search::MessageSearchParam;
use tim::{Code, ConversationId, ConversationType, UserId};

use crate::groups::new_group;
use crate::world::{Device, World, text_of};

fn id(text: &str) -> ConversationId {
    text.parse().unwrap()
}

/// Waits until the first conversation of the list is as `is_it` wants it.
async fn shows(device: &Device, what: &str, is_it: impl Fn(&Conversation) -> bool) {
    let is_first = |list: &[Arc<Conversation>]| list.first().is_some_and(|it| is_it(it));
    if is_first(&device.tim.get_conversation_list().await.unwrap()) {
        return;
    }
    let listed = |event: &Event| match event {
        Event::ConversationListUpdated(list) => is_first(list).then_some(()),
        _ => None,
    };
    device.expect(what, listed).await;
}

/// Waits until the first conversation has this last message and so many unread ones.
async fn ends_with(device: &Device, text: Option<&str>, unread: u64) {
    let what = format!("{text:?} is the last, {unread} unread");
    shows(device, &what, |it| {
        it.last_message.as_ref().and_then(text_of) == text && it.unread_count == unread
    })
    .await;
}

async fn listed(device: &Device, conversation: &str) -> Vec<Message> {
    let page = device.tim.get_message_list(&id(conversation), None, 50).await.unwrap();
    assert!(page.is_completed);
    page.message_list
}

async fn texts(device: &Device, conversation: &str) -> Vec<String> {
    listed(device, conversation).await.iter().filter_map(text_of).map(str::to_owned).collect()
}

async fn found(device: &Device, word: &str) -> u64 {
    let param = MessageSearchParam { keyword_list: vec![word.to_owned()], ..MessageSearchParam::default() };
    device.tim.search_local_messages(param).await.unwrap().total_count
}

/// Waits for a MESSAGE_DELETED.
async fn deleted(device: &Device) -> DeletedMessages {
    let of_deleted = |event: &Event| match event {
        Event::MessageDeleted(deleted) => Some(deleted.clone()),
        _ => None,
    };
    device.expect("MESSAGE_DELETED", of_deleted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_messages_are_gone_on_every_device_and_the_peer_keeps_them() {
    let world = World::new().await;
    let (bob, tablet) = (world.device("bob", "laptop").await, world.device("alice", "tablet").await);
    let phone = world.device("alice", "phone").await;
    for text in ["one", "two", "the secret", "four", "the end"] {
        bob.send("C2Calice", text).await;
    }
    phone.messages(5).await;
    tablet.messages(5).await;
    ends_with(&tablet, Some("the end"), 5).await;
    assert_eq!(found(&tablet, "secret").await, 1);
    let laptop = world.device("alice", "laptop").await;
    ends_with(&laptop, Some("the end"), 5).await;
    // The tablet is away while the phone deletes three, of which the newest is one.
    let tablet = tablet.restart().await;
    let all = listed(&phone, "C2Cbob").await;
    phone.tim.delete_message(&[all[4].clone(), all[2].clone(), all[1].clone()]).await.unwrap();
    ends_with(&phone, Some("four"), 2).await;
    assert_eq!(phone.tim.get_total_unread_message_count(), 2);
    assert_eq!(texts(&phone, "C2Cbob").await, ["one", "four"]);
    assert_eq!(found(&phone, "secret").await, 0);
    assert!(phone.tim.find_messages(&[all[2].id]).await.unwrap().is_empty());

    let told = [deleted(&laptop).await, deleted(&laptop).await];
    let ids: Vec<_> = told.iter().flat_map(|it| it.message_id_list.clone()).collect();
    assert_eq!(ids, [all[1].id, all[2].id, all[4].id]);
    assert!(told.iter().all(|it| it.conversation_id == id("C2Cbob")));
    let browser = world.device("alice", "browser").await;
    tablet.login(&world).await;
    for device in [&laptop, &tablet, &browser] {
        ends_with(device, Some("four"), 2).await;
        assert_eq!(texts(device, "C2Cbob").await, ["one", "four"]);
        assert_eq!(found(device, "secret").await, 0);
    }
    assert_eq!(texts(&bob, "C2Calice").await, ["one", "two", "the secret", "four", "the end"]);
    // One that is deleted and taken back is not unread once, and the other side does not notice.
    bob.tim.revoke_message(&listed(&bob, "C2Calice").await[2]).await.unwrap();
    bob.tim.revoke_message(&listed(&bob, "C2Calice").await[3]).await.unwrap();
    for device in [&phone, &laptop, &tablet, &browser] {
        shows(device, "one unread", |it| it.unread_count == 1).await;
    }
    for device in [&phone, &laptop, &tablet, &browser] {
        device.tim.set_message_read(&id("C2Cbob")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_without_a_connection_is_deleted_everywhere_later() {
    let world = World::new().await;
    let (bob, tablet) = (world.device("bob", "laptop").await, world.device("alice", "tablet").await);
    let phone = world.device("alice", "phone").await;
    for text in ["old", "secret", "new"] {
        bob.send("C2Calice", text).await;
    }
    phone.messages(3).await;
    tablet.messages(3).await;
    world.kill_server().await;
    let all = listed(&phone, "C2Cbob").await;
    phone.tim.delete_message(&all[1..]).await.unwrap();
    ends_with(&phone, Some("old"), 1).await;
    assert_eq!(texts(&phone, "C2Cbob").await, ["old"]);
    // The app ends before the server can be told, and knows it still.
    let phone = phone.restart().await;
    world.start_server().await;
    phone.login(&world).await;
    ends_with(&phone, Some("old"), 1).await;
    assert_eq!(deleted(&tablet).await.message_id_list, [all[1].id, all[2].id]);
    ends_with(&tablet, Some("old"), 1).await;
    bob.send("C2Calice", "again").await;
    for device in [&phone, &tablet] {
        ends_with(device, Some("again"), 2).await;
        assert_eq!(texts(device, "C2Cbob").await, ["old", "again"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_pass_over_what_is_deleted_and_a_mention_goes_with_its_message() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob"])).await.unwrap();
    for number in 1..=40 {
        bob.send("GROUPtea", &format!("number {number}")).await;
    }
    let at_user_list = vec![UserId::new("alice").unwrap()];
    let options = CreateOptions { at_user_list, ..CreateOptions::default() };
    let named = bob.tim.create_text_message("tea", ConversationType::Group, "Alice!", options).unwrap();
    bob.tim.send_message(named).await.unwrap();
    ends_with(&alice, Some("Alice!"), 41).await;
    shows(&alice, "the mention", |it| it.group_at_info_list.len() == 1).await;
    let all = listed(&alice, "GROUPtea").await;
    alice.tim.delete_message(&all[5..42]).await.unwrap();
    shows(&alice, "no mention", |it| it.group_at_info_list.is_empty() && it.unread_count == 4).await;
    let browser = world.device("alice", "browser").await;
    shows(&browser, "no mention", |it| it.group_at_info_list.is_empty() && it.unread_count == 4).await;
    for device in [&alice, &browser] {
        let first = device.tim.get_message_list(&id("GROUPtea"), None, 3).await.unwrap();
        assert_eq!(
            first.message_list.iter().filter_map(text_of).collect::<Vec<_>>(),
            ["number 2", "number 3", "number 4"]
        );
        let next = first.next_req_message_id;
        let second = device.tim.get_message_list(&id("GROUPtea"), next.as_deref(), 3).await.unwrap();
        assert!(second.is_completed);
        assert_eq!(second.message_list.iter().filter_map(text_of).collect::<Vec<_>>(), ["number 1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_or_was_refused_leaves_the_outbox_and_what_cannot_be_deleted_is_refused_by_number() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    bob.send("C2Calice", "hello").await;
    alice.messages(1).await;
    let nobody = alice.text("C2Cnobody", "who are you");
    assert_eq!(alice.tim.send_message(nobody.clone()).await.unwrap_err().code, Code::UNKNOWN_USER);
    alice.tim.delete_message(std::slice::from_ref(&nobody)).await.unwrap();
    shows(&alice, "bob alone", |it| it.conversation_id == id("C2Cbob")).await;
    let hello = listed(&alice, "C2Cbob").await.remove(0);
    let refused = |messages: Vec<Message>| {
        let tim = alice.tim.clone();
        async move { tim.delete_message(&messages).await.unwrap_err().code }
    };
    assert_eq!(refused(vec![nobody.clone()]).await, Code::MESSAGE_INVALID, "it is gone");
    assert_eq!(refused(Vec::new()).await, Code::BAD_REQUEST);
    assert_eq!(refused(vec![hello.clone(); 51]).await, Code::BAD_REQUEST);
    let elsewhere = Message { conversation_id: id("C2Ccarol"), ..hello.clone() };
    assert_eq!(refused(vec![hello.clone(), elsewhere.clone()]).await, Code::BAD_REQUEST);
    assert_eq!(refused(vec![elsewhere]).await, Code::CONVERSATION_NOT_FOUND);
    assert_eq!(refused(vec![Message { sequence: 2, ..hello.clone() }]).await, Code::MESSAGE_INVALID);
    let notice = Message { conversation_id: ConversationId::System, ..hello.clone() };
    assert_eq!(refused(vec![notice]).await, Code::NOTICE_NOT_REMOVABLE);

    world.kill_server().await;
    let (tim, waits) = (alice.tim.clone(), alice.text("C2Cbob", "I wait"));
    let waiting = waits.clone();
    let sent = tokio::spawn(async move { tim.send_message(waiting).await });
    ends_with(&alice, Some("I wait"), 1).await;
    alice.tim.delete_message(&[hello, waits]).await.unwrap();
    assert_eq!(sent.await.unwrap().unwrap_err().code, Code::CANCELLED);
    ends_with(&alice, None, 0).await;
    world.start_server().await;
    bob.send("C2Calice", "still there?").await;
    ends_with(&alice, Some("still there?"), 1).await;
    assert_eq!(texts(&alice, "C2Cbob").await, ["still there?"]);
}
