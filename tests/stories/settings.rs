//! What a user sets about conversations: on every device, also on one that was away, and on a new one.

use std::sync::Arc;

use tim::conversation::{Conversation, MessageRemindType, ReadAllType};
use tim::event::Event;
use tim::{Code, ConversationId};

use crate::world::{Device, World};

fn id(text: &str) -> ConversationId {
    text.parse().unwrap()
}

/// Waits until the list shows a conversation so.
async fn shows(device: &Device, conversation: &str, what: &str, is_it: impl Fn(&Conversation) -> bool) {
    let find = |list: &[Arc<Conversation>]| {
        list.iter().any(|it| it.conversation_id == id(conversation) && is_it(it)).then_some(())
    };
    if find(&device.tim.get_conversation_list().await.unwrap()).is_some() {
        return;
    }
    let listed = |event: &Event| match event {
        Event::ConversationListUpdated(list) => find(list),
        _ => None,
    };
    device.expect(&format!("{conversation} {what}"), listed).await;
}

async fn order(device: &Device) -> Vec<String> {
    let list = device.tim.get_conversation_list().await.unwrap();
    list.iter()
        .filter(|it| it.conversation_id != ConversationId::System)
        .map(|it| it.conversation_id.to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_conversation_is_first_on_every_device() {
    let world = World::new().await;
    let (bob, carol) = (world.device("bob", "laptop").await, world.device("carol", "laptop").await);
    let (phone, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    bob.send("C2Calice", "first").await;
    carol.send("C2Calice", "second").await;
    phone.messages(2).await;
    tablet.messages(2).await;
    assert_eq!(order(&phone).await, ["C2Ccarol", "C2Cbob"]);

    // The tablet is away while all kinds of settings change.
    let tablet = tablet.restart().await;
    phone.tim.pin_conversation(&id("C2Cbob"), true).await.unwrap();
    assert_eq!(order(&phone).await, ["C2Cbob", "C2Ccarol"], "at once");
    let both = [id("C2Cbob"), id("C2Cdave"), id("C2Ccarol")];
    let results = phone.tim.mark_conversation(&both, 1 << 63, true).await.unwrap();
    assert_eq!(results.success_conversation_id_list, [id("C2Cbob"), id("C2Ccarol")]);
    let failed = &results.failure_conversation_id_list;
    assert_eq!((failed.len(), &failed[0].conversation_id), (1, &id("C2Cdave")));
    assert_eq!(failed[0].code, Code::CONVERSATION_NOT_FOUND);
    phone.tim.mark_conversation(&both[..1], 1, true).await.unwrap();
    phone.tim.set_conversation_custom_data(&both[..1], "red").await.unwrap();
    phone.tim.set_message_remind_type(&both[..1], MessageRemindType::AcceptNotNotify).await.unwrap();

    let is_set = |it: &Conversation| {
        it.is_pinned
            && it.mark_list == [1, 1 << 63]
            && it.custom_data == "red"
            && it.message_remind_type == MessageRemindType::AcceptNotNotify
    };
    let browser = world.device("alice", "browser").await;
    shows(&browser, "C2Cbob", "with its settings", is_set).await;
    assert_eq!(order(&browser).await, ["C2Cbob", "C2Ccarol"]);
    tablet.login(&world).await;
    shows(&tablet, "C2Cbob", "with its settings", is_set).await;
    shows(&tablet, "C2Ccarol", "with its mark", |it| it.mark_list == [1 << 63] && !it.is_pinned).await;

    // Another device undoes what the first one did, and the first one hears it.
    tablet.tim.pin_conversation(&id("C2Cbob"), false).await.unwrap();
    tablet.tim.mark_conversation(&both[..1], 1, false).await.unwrap();
    for device in [&phone, &browser] {
        let is_undone = |it: &Conversation| !it.is_pinned && it.mark_list == [1 << 63];
        shows(device, "C2Cbob", "no longer pinned", is_undone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_without_a_connection_is_set_everywhere_later() {
    let world = World::new().await;
    let (bob, tablet) = (world.device("bob", "laptop").await, world.device("alice", "tablet").await);
    let phone = world.device("alice", "phone").await;
    bob.send("C2Calice", "hello").await;
    phone.messages(1).await;
    tablet.messages(1).await;
    world.kill_server().await;
    phone.tim.pin_conversation(&id("C2Cbob"), true).await.unwrap();
    phone.tim.set_conversation_draft(&id("C2Cbob"), "Dear B").await.unwrap();
    shows(&phone, "C2Cbob", "pinned", |it| it.is_pinned && it.draft_text == "Dear B").await;
    // The app ends before the server can be told.
    let phone = phone.restart().await;
    world.start_server().await;
    phone.login(&world).await;
    shows(&tablet, "C2Cbob", "pinned", |it| it.is_pinned && it.draft_text.is_empty()).await;
    shows(&phone, "C2Cbob", "pinned, with its draft", |it| it.is_pinned && it.draft_text == "Dear B").await;
    phone.tim.set_conversation_draft(&id("C2Cbob"), "").await.unwrap();
    shows(&phone, "C2Cbob", "without a draft", |it| it.draft_text.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_discarded_is_there_and_no_event_reports_it() {
    let world = World::new().await;
    let (bob, carol) = (world.device("bob", "laptop").await, world.device("carol", "laptop").await);
    let (phone, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    bob.send("C2Calice", "heard").await;
    assert_eq!(phone.next_text().await, "heard");
    phone.tim.set_message_remind_type(&[id("C2Cbob")], MessageRemindType::Discard).await.unwrap();
    let discards = |it: &Conversation| it.message_remind_type == MessageRemindType::Discard;
    shows(&tablet, "C2Cbob", "discarded", discards).await;
    bob.send("C2Calice", "not reported").await;
    tablet.send("C2Cbob", "mine").await;
    carol.send("C2Calice", "reported").await;
    assert_eq!([phone.next_text().await, phone.next_text().await], ["mine", "reported"]);
    let page = phone.tim.get_message_list(&id("C2Cbob"), None, 15).await.unwrap();
    assert_eq!(page.message_list.len(), 3);
    shows(&phone, "C2Cbob", "with what is unread", |it| it.unread_count == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_are_refused_by_their_numbers() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    bob.send("C2Calice", "hello").await;
    alice.messages(1).await;
    let tim = &alice.tim;
    let bobs = [id("C2Cbob")];
    assert_eq!(
        tim.pin_conversation(&id("C2Cdave"), true).await.unwrap_err().code,
        Code::CONVERSATION_NOT_FOUND
    );
    for mark in [0, 3, 16, 1 << 31] {
        let refused = tim.mark_conversation(&bobs, mark, true).await.unwrap_err();
        assert_eq!(refused.code, Code::CONVERSATION_BAD_PARAMETER, "{mark}");
    }
    let refused = tim.set_conversation_custom_data(&bobs, &"x".repeat(257)).await.unwrap_err();
    assert_eq!(refused.code, Code::CONVERSATION_BAD_PARAMETER);
    let refused = tim.set_conversation_custom_data(&[], "x").await.unwrap_err();
    assert_eq!(refused.code, Code::CONVERSATION_BAD_PARAMETER);
    let many: Vec<ConversationId> = (0..101).map(|number| id(&format!("C2Cuser-{number}"))).collect();
    let refused = tim.mark_conversation(&many, 1, true).await.unwrap_err();
    assert_eq!(refused.code, Code::TOO_MANY_CONVERSATIONS);
    let refused = tim.set_conversation_draft(&id("C2Cdave"), "x").await.unwrap_err();
    assert_eq!(refused.code, Code::CONVERSATION_NOT_FOUND);
    let refused = tim.set_conversation_draft(&id("C2Cbob"), &"x".repeat(12 * 1024 + 1)).await.unwrap_err();
    assert_eq!(refused.code, Code::CONVERSATION_BAD_PARAMETER);
}

/// Waits until so many messages are unread in all.
async fn total(device: &Device, count: u64) {
    if device.tim.get_total_unread_message_count() == count {
        return;
    }
    let is_it = |event: &Event| match event {
        Event::TotalUnreadMessageCountUpdated(total) => (*total == count).then_some(()),
        _ => None,
    };
    device.expect(&format!("{count} unread in all"), is_it).await;
    assert_eq!(device.tim.get_total_unread_message_count(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_total_counts_what_is_not_muted_and_all_of_it_is_read_at_once() {
    let world = World::new().await;
    let (bob, carol) = (world.device("bob", "laptop").await, world.device("carol", "laptop").await);
    let (phone, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    for words in ["one", "two"] {
        bob.send("C2Calice", words).await;
    }
    carol.send("C2Calice", "three").await;
    total(&phone, 3).await;
    phone.tim.set_message_remind_type(&[id("C2Cbob")], MessageRemindType::AcceptNotNotify).await.unwrap();
    total(&phone, 1).await;
    total(&tablet, 1).await;
    bob.send("C2Calice", "muted").await;
    carol.send("C2Calice", "four").await;
    total(&phone, 2).await;
    // A new device counts the same, and one that starts again.
    let browser = world.device("alice", "browser").await;
    total(&browser, 2).await;
    let tablet = tablet.restart().await;
    assert_eq!(tablet.tim.get_total_unread_message_count(), 0, "nobody is logged in");
    tablet.login(&world).await;
    total(&tablet, 2).await;
    phone.tim.set_all_message_read(ReadAllType::Group).await.unwrap();
    assert_eq!(phone.tim.get_total_unread_message_count(), 2);
    phone.tim.set_all_message_read(ReadAllType::C2c).await.unwrap();
    for device in [&phone, &tablet, &browser] {
        total(device, 0).await;
        shows(device, "C2Cbob", "read, though muted", |it| it.unread_count == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_conversation_is_read_on_all_devices() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (bob, tablet) = (world.device("bob", "laptop").await, world.device("bob", "tablet").await);
    let mut sent = Vec::new();
    for words in ["one", "two", "three", "four"] {
        sent.push(alice.send("C2Cbob", words).await);
    }
    let heard = bob.messages(4).await;
    tablet.messages(4).await;
    alice.tim.revoke_message(&sent[2]).await.unwrap();
    let unread = |count: u64| {
        move |event: &Event| match event {
            Event::ConversationListUpdated(list) => (list[0].unread_count == count).then_some(()),
            _ => None,
        }
    };
    bob.expect("the revocation", unread(3)).await;
    bob.tim.set_message_read_up_to(&heard[1]).await.unwrap();
    bob.expect("one unread", unread(1)).await;
    tablet.expect("one unread", unread(1)).await;
    assert_eq!(bob.tim.get_total_unread_message_count(), 1);
    let read = |event: &Event| match event {
        Event::MessageReadByPeer(messages) => Some(messages.len()),
        _ => None,
    };
    assert_eq!(alice.expect("MESSAGE_READ_BY_PEER", read).await, 2);
    // One that is read already reads nothing more, and none back.
    bob.tim.set_message_read_up_to(&heard[0]).await.unwrap();
    assert_eq!(bob.tim.get_total_unread_message_count(), 1);
    let unsent = bob.text("C2Calice", "later");
    let refused = bob.tim.set_message_read_up_to(&unsent).await.unwrap_err();
    assert_eq!(refused.code, Code::MESSAGE_INVALID);
}
