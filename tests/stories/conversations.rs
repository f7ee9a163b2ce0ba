//! Reading, taking back, unread counts and history: what a conversation list shows, on every device.

use tim::conversation::ConversationFilter;
use tim::event::Event;
use tim::message::{Flow, Message};
use tim::{Code, ConversationId, ConversationType};

use crate::world::{Device, World, text_of};

fn id(text: &str) -> ConversationId {
    text.parse().unwrap()
}

/// Waits until the list shows this many unread messages in a conversation.
async fn unread(device: &Device, conversation: &str, count: u64) {
    device
        .expect(&format!("{count} unread in {conversation}"), |event| match event {
            Event::ConversationListUpdated(list) => list
                .iter()
                .any(|c| c.conversation_id == id(conversation) && c.unread_count == count)
                .then_some(()),
            _ => None,
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_clears_the_count_everywhere_and_tells_the_sender() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (laptop, tablet) = (world.device("bob", "laptop").await, world.device("bob", "tablet").await);
    for n in 0..3 {
        alice.send("C2Cbob", &n.to_string()).await;
    }
    unread(&laptop, "C2Calice", 3).await;
    unread(&tablet, "C2Calice", 3).await;
    laptop.tim.set_message_read(&id("C2Calice")).await.unwrap();
    unread(&laptop, "C2Calice", 0).await;
    unread(&tablet, "C2Calice", 0).await;
    let mut read: Vec<Message> = Vec::new();
    while read.len() < 3 {
        read.extend(
            alice
                .expect("MESSAGE_READ_BY_PEER", |event| match event {
                    Event::MessageReadByPeer(messages) => Some(messages.clone()),
                    _ => None,
                })
                .await,
        );
    }
    assert!(read.iter().all(|message| message.is_peer_read));
    let list = alice.tim.get_message_list(&id("C2Cbob"), None, 15).await.unwrap();
    assert!(list.message_list.iter().all(|message| message.is_peer_read));
}

/// What a device shows of a conversation now: how much is unread, and which messages of others are read.
async fn shown(device: &Device, conversation: &str) -> (u64, Vec<bool>) {
    let list = device.tim.get_conversation_list().await.unwrap();
    let unread = list.iter().find(|it| it.conversation_id == id(conversation)).unwrap().unread_count;
    let page = device.tim.get_message_list(&id(conversation), None, 15).await.unwrap().message_list;
    (unread, page.iter().filter(|it| it.flow == Flow::In).map(|it| it.is_read).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_without_opening_has_read_nothing_until_they_do() {
    let world = World::new().await;
    let (alice, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    let bob = world.device("bob", "laptop").await;
    bob.send("C2Calice", "is the book good?").await;
    bob.send("C2Calice", "and long?").await;
    alice.messages(2).await;
    alice.send("C2Cbob", "later").await;
    assert_eq!(bob.next_text().await, "later");
    tablet.messages(3).await;
    for device in [&alice, &tablet] {
        assert_eq!(shown(device, "C2Cbob").await, (2, vec![false, false]), "on the {}", device.name);
    }
    // A device that has only the server's data shows the same.
    let browser = world.device("alice", "browser").await;
    assert_eq!(shown(&browser, "C2Cbob").await, (2, vec![false, false]));

    tablet.tim.set_message_read(&id("C2Cbob")).await.unwrap();
    for device in [&alice, &tablet, &browser] {
        unread(device, "C2Cbob", 0).await;
        assert_eq!(shown(device, "C2Cbob").await, (0, vec![true, true]), "on the {}", device.name);
    }
    bob.expect("MESSAGE_READ_BY_PEER", |event| match event {
        Event::MessageReadByPeer(messages) => Some(messages.len()),
        _ => None,
    })
    .await;
    let receipts = |event: &&Event| matches!(event, Event::MessageReadByPeer(_));
    assert_eq!(bob.heard.lock().await.iter().filter(receipts).count(), 1, "the answer told bob of none");
    // What comes after the answer and the mark counts from there.
    alice.send("C2Cbob", "it is both").await;
    bob.send("C2Calice", "then lend it to me").await;
    unread(&alice, "C2Cbob", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_taken_back_is_gone_for_everybody() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let bobs_tablet = world.device("bob", "tablet").await;
    bobs_tablet.tim.logout().await.unwrap();
    alice.send("C2Cbob", "kept").await;
    let regretted = alice.send("C2Cbob", "regretted").await;
    unread(&bob, "C2Calice", 2).await;
    let revoked = alice.tim.revoke_message(&regretted).await.unwrap();
    assert!(revoked.is_revoked);
    let told = bob
        .expect("MESSAGE_REVOKED", |event| match event {
            Event::MessageRevoked(messages) => Some(messages.clone()),
            _ => None,
        })
        .await;
    assert_eq!(
        (told[0].id, told[0].is_revoked, told[0].revoker.as_ref().unwrap().as_str()),
        (regretted.id, true, "alice")
    );
    unread(&bob, "C2Calice", 1).await;
    // A device that never had it does not get its text.
    bobs_tablet.login(&world).await;
    let list = bobs_tablet.tim.get_message_list(&id("C2Calice"), None, 15).await.unwrap().message_list;
    assert_eq!(list.iter().map(text_of).collect::<Vec<_>>(), [Some("kept"), None]);
    assert!(list[1].is_revoked);
    // Bob may not revoke alice's message.
    let kept = list[0].clone();
    assert_eq!(bob.tim.revoke_message(&kept).await.unwrap_err().code, Code::REVOKE_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_paged_from_the_newest_and_complete_on_a_new_device() {
    let world = World::new().await;
    let (alice, _bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    for n in 0..60 {
        alice.send("C2Cbob", &n.to_string()).await;
    }
    let tablet = world.device("bob", "tablet").await;
    let (mut next, mut all) = (None::<String>, Vec::new());
    loop {
        let page = tablet.tim.get_message_list(&id("C2Calice"), next.as_deref(), 15).await.unwrap();
        assert!(page.message_list.is_sorted_by_key(|message| message.sequence));
        all.splice(0..0, page.message_list.iter().map(|message| text_of(message).unwrap().to_owned()));
        next = page.next_req_message_id;
        if page.is_completed {
            break;
        }
    }
    assert_eq!(all, (0..60).map(|n| n.to_string()).collect::<Vec<_>>());
    // Messages in the history of a fresh device are not new.
    assert!(!tablet.heard.lock().await.iter().any(|event| matches!(event, Event::MessageReceived(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_ordered_by_what_happened_last() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (_bob, _carol) = (world.device("bob", "laptop").await, world.device("carol", "laptop").await);
    alice.send("C2Cbob", "first").await;
    alice.send("C2Ccarol", "second").await;
    let order = |list: &[std::sync::Arc<tim::conversation::Conversation>]| -> Vec<String> {
        list.iter().map(|c| c.conversation_id.to_string()).collect()
    };
    assert_eq!(order(&alice.tim.get_conversation_list().await.unwrap()), ["C2Ccarol", "C2Cbob"]);
    alice.send("C2Cbob", "third").await;
    let list = alice.tim.get_conversation_list().await.unwrap();
    assert_eq!(order(&list), ["C2Cbob", "C2Ccarol"]);
    assert_eq!(text_of(list[0].last_message.as_ref().unwrap()), Some("third"));
    assert_eq!(list[0].unread_count, 0, "own messages are not unread");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_gives_some_conversations_in_the_order_of_the_list() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "laptop").await;
    bob.send("C2Calice", "first").await;
    carol.send("C2Calice", "second").await;
    alice.messages(2).await;
    alice.tim.set_message_read(&id("C2Cbob")).await.unwrap();
    alice.tim.mark_conversation(&[id("C2Cbob")], 1, true).await.unwrap();
    let wanted = |filter: ConversationFilter| {
        let tim = alice.tim.clone();
        async move {
            let list = tim.get_conversation_list_with(&filter).await.unwrap();
            list.iter().map(|it| it.conversation_id.to_string()).collect::<Vec<_>>()
        }
    };
    let all = ConversationFilter::default;
    assert_eq!(wanted(all()).await, ["C2Ccarol", "C2Cbob"]);
    let of_c2c = ConversationFilter { conversation_type: Some(ConversationType::C2c), ..all() };
    assert_eq!(wanted(of_c2c).await, ["C2Ccarol", "C2Cbob"]);
    let named = vec![id("C2Cbob"), id("C2Cdave"), id("C2Ccarol")];
    assert_eq!(
        wanted(ConversationFilter { conversation_id_list: named, ..all() }).await,
        ["C2Ccarol", "C2Cbob"]
    );
    let of_groups = ConversationFilter { conversation_type: Some(ConversationType::Group), ..all() };
    assert_eq!(wanted(of_groups).await, [""; 0]);
    assert_eq!(wanted(ConversationFilter { mark_type: Some(1), ..all() }).await, ["C2Cbob"]);
    assert_eq!(wanted(ConversationFilter { mark_type: Some(2), ..all() }).await, [""; 0]);
    assert_eq!(wanted(ConversationFilter { has_unread_count: true, ..all() }).await, ["C2Ccarol"]);
    assert_eq!(wanted(ConversationFilter { has_group_at_info: true, ..all() }).await, [""; 0]);
    let of_bob = alice.tim.get_conversation_profile(&id("C2Cbob")).await.unwrap();
    assert_eq!((of_bob.unread_count, of_bob.mark_list.as_slice()), (0, [1].as_slice()));
    alice.tim.delete_conversation(&[id("C2Cbob")], true).await.unwrap();
    for unknown in ["C2Cbob", "C2Cdave"] {
        let refused = alice.tim.get_conversation_profile(&id(unknown)).await.unwrap_err();
        assert_eq!(refused.code, Code::CONVERSATION_NOT_FOUND);
    }
}
