//! Messages that say several things at once: a picture with words to it and a place. All of it goes wherever a message goes.

use std::time::Duration;

use tim::event::Event;
use tim::message::{
    Body, CreateOptions, CustomBody, FaceBody, LocationBody, Message, Payload, SendOptions, TextBody,
};
use tim::protocol::group::GroupType;
use tim::search::MessageSearchParam;
use tim::{Code, ConversationId, ConversationType, MergerText, UserId};

use crate::groups::new_group;
use crate::pictures::png;
use crate::world::{Device, World, text_of};

fn words(text: &str) -> Body {
    TextBody { text: text.into() }.into()
}

fn place() -> Body {
    LocationBody { description: "the tea house".into(), longitude: 91.1, latitude: 29.6 }.into()
}

fn with(elements: Vec<Body>) -> CreateOptions {
    CreateOptions { elements, ..CreateOptions::default() }
}

/// The same as they stand in a message.
fn appended(elements: Vec<Body>) -> Vec<Payload> {
    elements.into_iter().map(Payload::Body).collect()
}

fn our_elements() -> Vec<Body> {
    vec![words("our Longjing"), place()]
}

async fn sends_a_picture(from: &Device, to: &str) -> Message {
    let options = with(our_elements());
    let picture = from.tim.create_image_message(to, ConversationType::C2c, png(64, 32), options, |_| ());
    from.tim.send_message(picture.unwrap()).await.unwrap()
}

async fn listed(device: &Device, conversation: &str) -> Vec<Message> {
    let id: ConversationId = conversation.parse().unwrap();
    device.tim.get_message_list(&id, None, 50).await.unwrap().message_list
}

async fn modified(device: &Device) -> Message {
    let first = |event: &Event| match event {
        Event::MessageModified(messages) => messages.first().cloned(),
        _ => None,
    };
    device.expect("MESSAGE_MODIFIED", first).await
}

fn is_picture(message: &Message) -> bool {
    matches!(&message.payload, Payload::Body(Body::Image(image)) if !image.image_info_array[0].url.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_comes_with_the_words_and_the_place_that_belong_to_it() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (tablet, carol) = (world.device("bob", "tablet").await, world.device("carol", "phone").await);
    let tablet = tablet.restart().await;
    let sent = sends_a_picture(&alice, "bob").await;
    assert!(is_picture(&sent), "the upload keeps them: {sent:?}");
    assert_eq!(sent.elements, appended(our_elements()));
    let got = bob.messages(1).await.remove(0);
    tablet.login(&world).await;
    for (device, conversation) in [(&alice, "C2Cbob"), (&bob, "C2Calice"), (&tablet, "C2Calice")] {
        let here = listed(device, conversation).await.remove(0);
        assert!(is_picture(&here) && here.elements == sent.elements, "on {}: {here:?}", device.name);
        let list = device.tim.get_conversation_list().await.unwrap();
        assert_eq!(list[0].message_for_show, "[Image] our Longjing [Location] the tea house");
    }

    // Bob passes it on, alone with a word of his own and in a merger.
    let options = with(vec![words("from alice")]);
    let forwarded = bob.tim.create_forward_message("carol", ConversationType::C2c, &got, options).unwrap();
    bob.tim.send_message(forwarded).await.unwrap();
    let shown = MergerText { title: "Tea".into(), compatible_text: "[Tea]".into(), ..MergerText::default() };
    let to = ("carol", ConversationType::C2c);
    let merged = bob.tim.create_merger_message(to.0, to.1, &[got], shown, with(vec![words("all of it")]));
    bob.tim.send_message(merged.unwrap()).await.unwrap();
    let came = carol.messages(2).await;
    let all = [our_elements(), vec![words("from alice")]].concat();
    assert!(is_picture(&came[0]) && came[0].elements == appended(all), "{:?}", came[0]);
    assert_eq!(came[1].elements, appended(vec![words("all of it")]));
    let inside = carol.tim.download_merger_message(&came[1]).await.unwrap();
    assert!(is_picture(&inside[0]) && inside[0].elements == sent.elements, "{inside:?}");

    let revoked = alice.tim.revoke_message(&sent).await.unwrap();
    assert!(revoked.elements.is_empty());
    let told = |event: &Event| matches!(event, Event::MessageRevoked(_)).then_some(());
    bob.expect("MESSAGE_REVOKED", told).await;
    assert!(listed(&bob, "C2Calice").await[0].elements.is_empty(), "nothing of it is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_changes_the_words_below_her_picture_and_bob_those_above_his_place() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let laptop = world.device("alice", "laptop").await;
    let sent = sends_a_picture(&alice, "bob").await;
    laptop.messages(1).await;
    let face: Body = FaceBody { index: 3, data: "cup".into() }.into();
    let others = vec![place(), words("our Oolong"), face];
    let wanted = Message { elements: appended(others.clone()), ..sent.clone() };
    let now = alice.tim.modify_message(&wanted).await.unwrap();
    assert!(is_picture(&now) && now.version == 1 && now.elements == appended(others));
    let told = modified(&bob).await;
    assert!(is_picture(&told) && told.elements == now.elements, "{told:?}");
    let late = Message { elements: Vec::new(), ..sent };
    assert_eq!(laptop.tim.modify_message(&late).await.unwrap_err().code, Code::MODIFY_CONFLICT);
    let none = Message { elements: Vec::new(), ..now };
    let now = alice.tim.modify_message(&none).await.unwrap();
    assert!(is_picture(&now) && now.version == 2 && now.elements.is_empty());
    assert!(modified(&bob).await.elements.is_empty());
    let too_many = Message { elements: appended(vec![words("x"); 20]), ..now.clone() };
    assert_eq!(alice.tim.modify_message(&too_many).await.unwrap_err().code, Code::TOO_MANY_ELEMENTS);

    let options = with(vec![place()]);
    let text = bob.tim.create_text_message("alice", ConversationType::C2c, "at four:", options).unwrap();
    let sent = bob.tim.send_message(text).await.unwrap();
    let wanted = Message { payload: Payload::Body(words("at five:")), ..sent };
    bob.tim.modify_message(&wanted).await.unwrap();
    let told = modified(&alice).await;
    assert_eq!((text_of(&told), &told.elements), (Some("at five:"), &appended(vec![place()])));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_appended_goes_with_messages_to_some_to_the_connected_and_to_nobody() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "phone").await;
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob", "carol"])).await.unwrap();
    let receiver_list = Some(vec![UserId::new("bob").unwrap()]);
    let options = CreateOptions { receiver_list, ..with(our_elements()) };
    let hint = alice.tim.create_text_message("tea", ConversationType::Group, "psst", options).unwrap();
    alice.tim.send_message(hint).await.unwrap();
    let heard = bob.messages_of("tea", 1).await.remove(0);
    assert_eq!(heard.elements, appended(our_elements()));

    let custom = CustomBody { data: "typing".into(), ..CustomBody::default() };
    let to = ("carol", ConversationType::C2c);
    let typing = alice.tim.create_custom_message(to.0, to.1, custom, with(vec![words("a poem")])).unwrap();
    let online = SendOptions { online_user_only: true, ..SendOptions::default() };
    alice.tim.send_message_with(typing, online).await.unwrap();
    let heard = carol
        .expect("the poem", |event| match event {
            Event::MessageReceived(messages) => messages.iter().find(|it| it.is_online_only).cloned(),
            _ => None,
        })
        .await;
    assert_eq!(heard.elements, appended(vec![words("a poem")]));

    let note = alice.tim.create_text_message(to.0, to.1, "remember", with(our_elements())).unwrap();
    let note =
        alice.tim.insert_message_to_local_storage(note, UserId::new(&alice.user).unwrap()).await.unwrap();
    assert_eq!(note.elements, appended(our_elements()));
    assert_eq!(listed(&alice, "C2Ccarol").await[0].elements, note.elements);
}

/// What a search for a word finds.
fn of(keyword: &str) -> MessageSearchParam {
    MessageSearchParam { keyword_list: vec![keyword.to_owned()], ..MessageSearchParam::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_a_message_by_what_is_appended_to_it() {
    let world = World::with(
        "[search]\nenabled = true\n[limits]\nrequests_per_second = 1000000\nrequests_burst = 1000000",
    )
    .await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let sent = sends_a_picture(&alice, "bob").await;
    bob.messages(1).await;
    let tablet = world.device("bob", "tablet").await;
    let places = MessageSearchParam {
        message_type_list: vec!["TIMLocationElem".into()],
        ..MessageSearchParam::default()
    };
    for (param, marked) in [(of("longjing"), Some("Longjing")), (of("house"), Some("house")), (places, None)]
    {
        let here = bob.tim.search_local_messages(param.clone()).await.unwrap();
        let there = async {
            loop {
                let found = tablet.tim.search_cloud_messages(param.clone()).await.unwrap();
                if found.total_count > 0 {
                    return found;
                }
            }
        };
        let there = tokio::time::timeout(Duration::from_secs(60), there).await.expect("the server finds it");
        for found in [here, there] {
            let item = &found.search_result_list[0];
            assert_eq!((found.total_count, item.message_list[0].id), (1, sent.id));
            let marks = item.highlight_list.iter().flatten().filter(|part| part.is_match);
            assert_eq!(marks.map(|part| part.text.as_str()).next(), marked);
        }
    }
    let phrase = bob.tim.search_local_messages(of("longjing the")).await.unwrap();
    assert_eq!(phrase.total_count, 0, "no phrase reaches from one element into the next");
    let now = alice.tim.modify_message(&Message { elements: Vec::new(), ..sent }).await.unwrap();
    assert_eq!(modified(&bob).await.elements, now.elements);
    assert_eq!(bob.tim.search_local_messages(of("longjing")).await.unwrap().total_count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_appended_is_refused_with_a_number() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let code = |elements: Vec<Body>| {
        let created = alice.tim.create_text_message("bob", ConversationType::C2c, "hi", with(elements));
        created.map(drop).map_err(|why| why.code)
    };
    let sent = sends_a_picture(&alice, "bob").await;
    let Payload::Body(picture) = sent.payload.clone() else { panic!("no picture: {sent:?}") };
    assert_eq!(code(vec![words("fine"), picture.clone()]), Err(Code::ELEMENT_NOT_APPENDABLE));
    assert_eq!(code(vec![words("x"); 19]), Ok(()));
    assert_eq!(code(vec![words("x"); 20]), Err(Code::TOO_MANY_ELEMENTS));
    assert_eq!(code(vec![words("")]), Err(Code::MESSAGE_BODY_INVALID));
    assert_eq!(
        code(vec![words(&"x".repeat(7_000)); 2]),
        Err(Code::MESSAGE_TOO_LONG),
        "each fits, the sum does not"
    );
    // What was changed after it was created is checked as well.
    let changed = Message { elements: vec![Payload::Body(picture)], ..alice.text("C2Cbob", "hi") };
    assert_eq!(alice.tim.send_message(changed).await.unwrap_err().code, Code::ELEMENT_NOT_APPENDABLE);
    // An element of a later version is not passed on in part.
    let got = bob.messages(1).await.remove(0);
    let later = Payload::Unknown(r#"{"type":"TIMHologramElem"}"#.into());
    let later = Message { elements: vec![later], ..got };
    let refused =
        bob.tim.create_forward_message("alice", ConversationType::C2c, &later, CreateOptions::default());
    assert_eq!(refused.unwrap_err().code, Code::FORWARD_INVALID);
}
