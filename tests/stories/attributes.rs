//! What messages of any kind carry besides their body: custom data, mentions, and exclusion from unread counts and from the
//! last message, on two devices of a user, of which one is away meanwhile.

use std::sync::Arc;

use tim::conversation::{AtType, Conversation};
use tim::event::Event;
use tim::message::{AT_ALL, CreateOptions, Message, SendOptions};
use tim::protocol::group::GroupType;
use tim::{Code, ConversationId, ConversationType, UserId};

use crate::groups::new_group;
use crate::world::{Device, World, text_of};

fn options(custom_data: &str, mentions: &[&str]) -> CreateOptions {
    let at_user_list = mentions.iter().map(|name| UserId::new(name).unwrap()).collect();
    CreateOptions { cloud_custom_data: custom_data.into(), at_user_list, ..CreateOptions::default() }
}

/// Sends a text to the group.
async fn says(from: &Device, words: &str, options: CreateOptions, how: SendOptions) -> Message {
    let message = from.tim.create_text_message("tea", ConversationType::Group, words, options).unwrap();
    from.tim.send_message_with(message, how).await.unwrap()
}

/// Waits until a conversation is as the device shows it.
async fn shows(device: &Device, what: &str, is_so: impl Fn(&Conversation) -> bool) -> Arc<Conversation> {
    let id: ConversationId = "GROUPtea".parse().unwrap();
    let find = |list: &[Arc<Conversation>]| {
        list.iter().find(|it| it.conversation_id == id && is_so(it)).map(Arc::clone)
    };
    if let Some(found) = find(&device.tim.get_conversation_list().await.unwrap()) {
        return found;
    }
    let listed = |event: &Event| match event {
        Event::ConversationListUpdated(list) => find(list),
        _ => None,
    };
    device.expect(what, listed).await
}

fn last_words(conversation: &Conversation) -> Option<&str> {
    conversation.last_message.as_ref().and_then(text_of)
}

fn mentions(conversation: &Conversation) -> Vec<(u64, &str, AtType)> {
    let list = &conversation.group_at_info_list;
    list.iter().map(|info| (info.sequence, info.from.as_str(), info.at_type)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_mentions_bob_while_his_tablet_is_away() {
    let world = World::new().await;
    let (alice, phone) = (world.device("alice", "phone").await, world.device("bob", "phone").await);
    let (tablet, _carol) = (world.device("bob", "tablet").await, world.device("carol", "phone").await);
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob", "carol"])).await.unwrap();
    shows(&tablet, "the group", |_| true).await;
    let tablet = tablet.restart().await;

    let excluded = SendOptions {
        excluded_from_last_message: true,
        excluded_from_unread_count: true,
        ..SendOptions::default()
    };
    let plain = SendOptions::default();
    let to_bob = says(&alice, "bob?", options("gift 7", &["bob"]), plain).await;
    let to_both = says(&alice, "everybody, bob?", options("", &[AT_ALL, "bob"]), plain).await;
    says(&alice, "carol?", options("", &["carol"]), plain).await;
    let to_all = says(&alice, "all?", options("", &[AT_ALL]), plain).await;
    says(&alice, "the last words", CreateOptions::default(), plain).await;
    // More than a sync brings along.
    for number in 0..25 {
        says(&alice, &format!("progress {number}"), options("bot", &[]), excluded).await;
    }
    let got = phone.messages_of("tea", 30).await;
    assert_eq!((got[0].cloud_custom_data.as_str(), &got[0].at_user_list), ("gift 7", &to_bob.at_user_list));
    assert!(got[29].is_excluded_from_last_message && got[29].is_excluded_from_unread_count);

    tablet.login(&world).await;
    for device in [&phone, &tablet] {
        let seen = shows(device, "all mentions", |it| mentions(it).len() == 3 && it.unread_count == 5).await;
        assert_eq!(last_words(&seen), Some("the last words"), "on bob's {}", device.name);
        let expected = [(&to_bob, AtType::Me), (&to_both, AtType::AllAndMe), (&to_all, AtType::All)];
        assert_eq!(mentions(&seen), expected.map(|(message, kind)| (message.sequence, "alice", kind)));
    }
    let seen = shows(&alice, "her own", |it| last_words(it) == Some("the last words")).await;
    assert_eq!(mentions(&seen), [], "nobody mentions themselves");
    // The same is there when the tablet's app starts again.
    let tablet = tablet.restart().await;
    tablet.login(&world).await;
    let seen = shows(&tablet, "what is stored", |it| mentions(it).len() == 3).await;
    assert_eq!(last_words(&seen), Some("the last words"));

    let taken_back = alice.tim.revoke_message(&to_both).await.unwrap();
    assert!(taken_back.at_user_list.is_empty());
    for device in [&phone, &tablet] {
        let seen = shows(device, "one mention less", |it| mentions(it).len() == 2).await;
        assert_eq!(mentions(&seen).last().unwrap().0, to_all.sequence);
    }
    alice.tim.revoke_message(&to_bob).await.unwrap();
    shows(&phone, "one more", |it| mentions(it).len() == 1).await;
    let page = phone.tim.get_message_list(&"GROUPtea".parse().unwrap(), None, 40).await.unwrap();
    let shown = page.message_list.iter().find(|message| message.id == to_bob.id).unwrap();
    assert!(shown.is_revoked && shown.cloud_custom_data.is_empty(), "what it said is gone: {shown:?}");

    phone.tim.set_message_read(&"GROUPtea".parse().unwrap()).await.unwrap();
    for device in [&phone, &tablet] {
        shows(device, "nothing unread", |it| mentions(it).is_empty() && it.unread_count == 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_message_may_carry_is_refused_with_a_number() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let code = |to: &str, kind, options| {
        alice.tim.create_text_message(to, kind, "hi", options).map(drop).map_err(|why| why.code)
    };
    assert_eq!(
        code("bob", ConversationType::C2c, options("", &["bob"])),
        Err(Code::CONVERSATION_TYPE_INVALID)
    );
    assert_eq!(code("tea", ConversationType::Group, options("", &["bob"; 31])), Err(Code::BAD_REQUEST));
    assert_eq!(code("tea", ConversationType::Group, options("", &["bob"; 30])), Ok(()));
    let long = options(&"x".repeat(12_300), &[]);
    assert_eq!(code("bob", ConversationType::C2c, long), Err(Code::MESSAGE_TOO_LONG));
    // What was changed after it was created is checked as well.
    let mut changed = alice.text("C2Calice", "hi");
    changed.at_user_list = vec![UserId::new("bob").unwrap()];
    let refused = alice.tim.send_message(changed).await.unwrap_err();
    assert_eq!(refused.code, Code::CONVERSATION_TYPE_INVALID);
}
