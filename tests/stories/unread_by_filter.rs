//! What is unread on each tab of an app: by filters of the list of conversations, on a device that is away from the server, too.

use tim::conversation::{ConversationFilter, MessageRemindType};
use tim::event::Event;
use tim::protocol::group::GroupType;
use tim::{Code, ConversationId, ConversationType};

use crate::groups::new_group;
use crate::world::{Device, World};

fn id(text: &str) -> ConversationId {
    text.parse().unwrap()
}

fn of_c2c() -> ConversationFilter {
    ConversationFilter { conversation_type: Some(ConversationType::C2c), ..ConversationFilter::default() }
}

fn starred() -> ConversationFilter {
    ConversationFilter { mark_type: Some(1), ..ConversationFilter::default() }
}

async fn count(device: &Device, filter: &ConversationFilter) -> u64 {
    device.tim.get_unread_message_count_by_filter(filter).await.unwrap()
}

async fn subscribe(device: &Device, filter: &ConversationFilter) -> u64 {
    device.tim.subscribe_unread_message_count_by_filter(filter).await.unwrap()
}

/// Waits until the device tells that so many are unread by this filter.
async fn told(device: &Device, wanted: &ConversationFilter, expected: u64) {
    let is_it = |event: &Event| match event {
        Event::UnreadMessageCountChangedByFilter { filter, count } if filter == wanted => {
            (*count == expected).then_some(())
        }
        _ => None,
    };
    device.expect(&format!("{expected} unread by {wanted:?}"), is_it).await;
    assert_eq!(count(device, wanted).await, expected);
}

/// How often the device told of this filter so far.
async fn times_told(device: &Device, wanted: &ConversationFilter) -> usize {
    let is_it = |event: &&Event| matches!(event, Event::UnreadMessageCountChangedByFilter { filter, .. } if filter == wanted);
    device.heard.lock().await.iter().filter(is_it).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_tab_of_alices_app_shows_what_is_unread_on_it() {
    let world = World::new().await;
    let (phone, tablet) = (world.device("alice", "phone").await, world.device("alice", "tablet").await);
    let (bob, carol) = (world.device("bob", "laptop").await, world.device("carol", "laptop").await);
    bob.tim.create_group(new_group("tea", GroupType::Work, &["alice", "carol"])).await.unwrap();
    bob.send("C2Calice", "one").await;
    phone.messages_of("alice", 1).await;
    assert_eq!((subscribe(&phone, &of_c2c()).await, subscribe(&phone, &starred()).await), (1, 0));
    carol.send("C2Calice", "two").await;
    told(&phone, &of_c2c(), 2).await;
    bob.send("GROUPtea", "three").await;
    phone.messages_of("tea", 1).await;
    assert_eq!(count(&phone, &ConversationFilter::default()).await, 3);
    // A conversation comes to a tab by what is set about it, also on another device.
    tablet.messages_of("tea", 1).await;
    tablet.tim.mark_conversation(&[id("GROUPtea")], 1, true).await.unwrap();
    told(&phone, &starred(), 1).await;
    // What is muted does not count, as in the total.
    phone.tim.set_message_remind_type(&[id("C2Cbob")], MessageRemindType::AcceptNotNotify).await.unwrap();
    told(&phone, &of_c2c(), 1).await;
    assert_eq!(phone.tim.get_total_unread_message_count(), 2);

    // Without the server it is right, too.
    world.kill_server().await;
    phone.tim.set_message_read(&id("GROUPtea")).await.unwrap();
    told(&phone, &starred(), 0).await;
    phone.tim.unsubscribe_unread_message_count_by_filter(&starred()).await.unwrap();
    phone.tim.delete_conversation(&[id("C2Ccarol")], true).await.unwrap();
    told(&phone, &of_c2c(), 0).await;
    let before = times_told(&phone, &starred()).await;
    phone.tim.mark_conversation(&[id("C2Cbob")], 1, true).await.unwrap();
    phone.tim.set_message_remind_type(&[id("C2Cbob")], MessageRemindType::AcceptAndNotify).await.unwrap();
    told(&phone, &of_c2c(), 1).await;
    assert_eq!(count(&phone, &starred()).await, 1);
    assert_eq!(times_told(&phone, &starred()).await, before, "nobody is subscribed to it any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_outlasts_a_pause_and_ends_with_the_login() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    assert_eq!(subscribe(&alice, &of_c2c()).await, 0);
    alice.tim.pause().await.unwrap();
    bob.send("C2Calice", "are you there?").await;
    alice.tim.resume().await.unwrap();
    told(&alice, &of_c2c(), 1).await;
    for mark in 1..50 {
        let filter = ConversationFilter { mark_type: Some(mark), ..ConversationFilter::default() };
        assert_eq!(subscribe(&alice, &filter).await, 0);
    }
    assert_eq!(subscribe(&alice, &of_c2c()).await, 1, "the same again is not one more");
    let one_more = ConversationFilter { has_unread_count: true, ..ConversationFilter::default() };
    let refused = alice.tim.subscribe_unread_message_count_by_filter(&one_more).await.unwrap_err();
    assert_eq!(refused.code, Code::TOO_MANY_SUBSCRIPTIONS);
    alice.tim.unsubscribe_unread_message_count_by_filter(&starred()).await.unwrap();
    assert_eq!(subscribe(&alice, &one_more).await, 1);
    alice.tim.logout().await.unwrap();
    let refused = alice.tim.subscribe_unread_message_count_by_filter(&one_more).await.unwrap_err();
    assert_eq!(refused.code, Code::LOGGED_OUT);
    let before = times_told(&alice, &of_c2c()).await;
    alice.login(&world).await;
    bob.send("C2Calice", "and now?").await;
    alice.messages(1).await;
    alice.tim.set_message_read(&id("C2Cbob")).await.unwrap();
    let read = |event: &Event| match event {
        Event::TotalUnreadMessageCountUpdated(total) => (*total == 0).then_some(()),
        _ => None,
    };
    alice.expect("nothing unread", read).await;
    assert_eq!(times_told(&alice, &of_c2c()).await, before, "the subscription has ended");
}
