//! Messages to some members of a group: who sees one, who does not, and what those know who were away.

use tim::event::Event;
use tim::message::{CreateOptions, Message};
use tim::protocol::group::GroupType;
use tim::{Code, ConversationId, ConversationType, GroupId, UserId};

use crate::groups::new_group;
use crate::world::{Device, World, received, text_of};

fn receivers(names: &[&str]) -> CreateOptions {
    let receiver_list = names.iter().map(|name| UserId::new(name).unwrap()).collect();
    CreateOptions { receiver_list: Some(receiver_list), ..CreateOptions::default() }
}

fn create(from: &Device, words: &str, options: CreateOptions) -> Result<Message, Code> {
    let created = from.tim.create_text_message("tea", ConversationType::Group, words, options);
    created.map_err(|why| why.code)
}

async fn tells(from: &Device, names: &[&str], words: &str) -> Message {
    from.tim.send_message(create(from, words, receivers(names)).unwrap()).await.unwrap()
}

fn tea() -> ConversationId {
    "GROUPtea".parse().unwrap()
}

/// The texts of the group that a device lists.
async fn texts(device: &Device) -> Vec<String> {
    let page = device.tim.get_message_list(&tea(), None, 50).await.unwrap();
    assert!(page.is_completed);
    page.message_list.iter().filter_map(text_of).map(str::to_owned).collect()
}

/// The next texts that a device hears in the group.
async fn heard(device: &Device, count: usize) -> Vec<String> {
    device.messages_of("tea", count).await.iter().filter_map(text_of).map(str::to_owned).collect()
}

/// How many texts are unread in the group, and which is the last, on a device.
async fn shown(device: &Device) -> (u64, Option<String>) {
    let list = device.tim.get_conversation_list().await.unwrap();
    let of_tea = list.iter().find(|it| it.conversation_id == tea()).unwrap();
    (of_tea.unread_count, of_tea.last_message.as_ref().and_then(text_of).map(str::to_owned))
}

async fn joined(device: &Device) {
    let tip = |event: &Event| received(event)?.into_iter().find(|it| it.conversation_id == tea());
    device.expect("the group", tip).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_is_told_something_that_carol_and_dave_are_not() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    let (bob, carol) = (world.device("bob", "phone").await, world.device("carol", "phone").await);
    let dave = world.device("dave", "phone").await;
    phone.tim.create_group(new_group("tea", GroupType::Work, &["bob", "carol", "dave"])).await.unwrap();
    for device in [&laptop, &bob, &carol, &dave] {
        joined(device).await;
    }
    let dave = dave.restart().await;

    let sent = tells(&phone, &["bob"], "a present for carol?").await;
    assert!(
        sent.is_excluded_from_unread_count
            && sent.receiver_list == receivers(&["bob"]).receiver_list.unwrap()
    );
    for device in [&laptop, &bob] {
        assert_eq!(device.next_text().await, "a present for carol?");
    }
    phone.send("GROUPtea", "hello all").await;
    tells(&phone, &["bob"], "a book").await;
    phone.send("GROUPtea", "good night").await;
    assert_eq!(heard(&bob, 3).await, ["hello all", "a book", "good night"]);
    // Carol hears the next message to all at once: she does not wait for what is not hers.
    let all = ["a present for carol?", "hello all", "a book", "good night"];
    let to_all = ["hello all", "good night"];
    assert_eq!(heard(&carol, 2).await, to_all);
    assert_eq!(heard(&laptop, 3).await, all[1..]);
    for device in [&bob, &laptop] {
        assert_eq!(texts(device).await, all);
    }
    assert_eq!(texts(&carol).await, to_all);
    // Neither counts as unread.
    assert_eq!((shown(&bob).await.0, shown(&carol).await.0), (2, 2));

    tells(&phone, &["bob"], "tomorrow").await;
    assert_eq!(bob.next_text().await, "tomorrow");
    dave.login(&world).await;
    assert_eq!(heard(&dave, 2).await, to_all);
    // One that was away, and one that is made anew.
    for device in [&dave, &world.device("carol", "tablet").await] {
        assert_eq!(texts(device).await, to_all);
        assert_eq!(shown(device).await, (2, Some("good night".into())));
        assert!(device.tim.find_messages(&[sent.id]).await.unwrap().is_empty());
    }
    assert_eq!(shown(&bob).await, (2, Some("tomorrow".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn carol_guesses_the_number_of_what_is_not_hers() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "phone").await);
    let carol = world.device("carol", "phone").await;
    carol.tim.create_group(new_group("tea", GroupType::Work, &["alice", "bob"])).await.unwrap();
    for device in [&alice, &bob] {
        joined(device).await;
    }
    let sent = tells(&alice, &["bob"], "not for carol").await;
    assert_eq!(bob.next_text().await, "not for carol");
    // Carol owns the group, and may revoke what she sees.
    assert_eq!(carol.tim.revoke_message(&sent).await.unwrap_err().code, Code::REVOKE_NOT_FOUND);
    assert_eq!(carol.tim.add_message_reaction(&sent, "ok").await.unwrap_err().code, Code::MESSAGE_NOT_FOUND);
    assert_eq!(
        carol.tim.pin_group_message(&GroupId::new("tea").unwrap(), &sent, true).await.unwrap_err().code,
        Code::MESSAGE_NOT_FOUND
    );

    bob.tim.add_message_reaction(&sent, "ok").await.unwrap();
    let reacted = |event: &Event| matches!(event, Event::MessageReactionsUpdated(_)).then_some(());
    alice.expect("the reaction", reacted).await;
    alice.tim.revoke_message(&sent).await.unwrap();
    let revoked = |event: &Event| matches!(event, Event::MessageRevoked(_)).then_some(());
    bob.expect("the revocation", revoked).await;
    alice.send("GROUPtea", "hello all").await;
    let mut heard = Vec::new();
    carol
        .expect("a text", |event| {
            heard.extend((reacted(event).is_some() || revoked(event).is_some()).then_some(()));
            received(event)?.into_iter().find(|message| text_of(message) == Some("hello all"))
        })
        .await;
    assert!(heard.is_empty(), "carol hears nothing of it");
    assert_eq!(texts(&carol).await, ["hello all"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_that_do_not_fit_are_refused_with_what_to_do() {
    let world = World::new().await;
    let (alice, _bob) = (world.device("alice", "phone").await, world.device("bob", "phone").await);
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob"])).await.unwrap();
    let many: Vec<String> = (0..51).map(|number| format!("user{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for names in [&[][..], &["bob", "bob"], &many] {
        assert_eq!(create(&alice, "hi", receivers(names)).unwrap_err(), Code::BAD_REQUEST, "{names:?}");
    }
    let bob = UserId::new("bob").unwrap();
    for options in [
        CreateOptions { at_user_list: vec![bob], ..receivers(&["bob"]) },
        CreateOptions { need_read_receipt: true, ..receivers(&["bob"]) },
    ] {
        assert_eq!(create(&alice, "hi", options).unwrap_err(), Code::BAD_REQUEST);
    }
    let to_one = alice.tim.create_text_message("bob", ConversationType::C2c, "hi", receivers(&["bob"]));
    assert_eq!(to_one.unwrap_err().code, Code::CONVERSATION_TYPE_INVALID);
    let message = create(&alice, "hi", receivers(&["stranger"])).unwrap();
    let refused = alice.tim.send_message(message).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_BAD_PARAMETER);
    assert!(refused.message.contains("stranger is not a member"), "{refused}");
}
