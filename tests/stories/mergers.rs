//! Mergers that are too large or too deep for a message: stored once, sent from the outbox, and read by who receives them.

use std::sync::Arc;

use futures_util::future::poll_immediate;
use tim::conversation::Conversation;
use tim::event::Event;
use tim::message::{MergerBody, Message, Payload, Priority};
use tim::protocol::body::Body;
use tim::protocol::media::RenditionType;
use tim::{Code, ConversationType, MergerText};

use crate::world::{Device, World, text_of};

fn merger(message: &Message) -> &MergerBody {
    let Payload::Body(Body::Merger(merger)) = &message.payload else { panic!("no merger: {message:?}") };
    merger
}

fn merge(by: &Device, messages: &[Message]) -> Result<Message, Code> {
    let shown = MergerText {
        title: "Alice".into(),
        abstract_list: vec!["alice: tea?".into()],
        compatible_text: "[Merged messages]".into(),
    };
    let created =
        by.tim.create_merger_message("carol", ConversationType::C2c, messages, shown, Priority::Normal);
    created.map_err(|why| why.code)
}

/// So many long texts of alice's to bob.
async fn long_texts(alice: &Device, count: usize) -> Vec<Message> {
    let mut sent = Vec::new();
    for number in 0..count {
        sent.push(alice.send("C2Cbob", &format!("{number} {}", "tea ".repeat(500))).await);
    }
    sent
}

async fn unmerged(by: &Device, message: &Message) -> Result<Vec<Message>, Code> {
    by.tim.download_merger_message(message).await.map_err(|why| why.code)
}

fn said(messages: &[Message]) -> Vec<(&str, Option<&str>)> {
    messages.iter().map(|it| (it.from.as_str(), text_of(it))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_merger_is_stored_and_its_files_are_there_for_its_readers() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let mut all = long_texts(&alice, 12).await;
    let file = alice
        .tim
        .create_file_message(
            "bob",
            ConversationType::C2c,
            b"minutes".to_vec(),
            "a.txt",
            Priority::Normal,
            |_| (),
        )
        .unwrap();
    all.push(alice.tim.send_message(file).await.unwrap());
    bob.messages(13).await;
    let page = bob.tim.get_message_list(&"C2Calice".parse().unwrap(), None, 20).await.unwrap();

    let created = merge(&bob, &page.message_list).unwrap();
    assert!(merger(&created).message_list.is_empty() && merger(&created).download_size > 20_000);
    assert_eq!(said(&unmerged(&bob, &created).await.unwrap()), said(&all), "before it is sent");
    let sent = bob.tim.send_message(created).await.unwrap();
    let got = carol.messages(1).await.remove(0);
    assert_eq!(got.payload, sent.payload);
    assert_eq!(
        carol.tim.get_conversation_list().await.unwrap()[0].last_message.as_ref().unwrap().for_show(),
        got.for_show()
    );
    let read = unmerged(&carol, &got).await.unwrap();
    assert_eq!(said(&read), said(&all));
    assert!(read.iter().all(|it| it.conversation_id == got.conversation_id && it.sequence == 0));

    let target = world.folder.path().join("minutes");
    let of_file = &read[12];
    // Alice takes it back: the merger keeps it.
    alice.tim.revoke_message(&all[12]).await.unwrap();
    carol.tim.download_attachment(of_file, RenditionType::Original, &target, |_| ()).await.unwrap();
    assert_eq!(std::fs::read(target).unwrap(), b"minutes");
    assert!(
        carol.tim.get_attachment_url(of_file, RenditionType::Original).await.unwrap().contains("/media/")
    );

    let with_key = |key: &str| {
        let body = MergerBody { download_key: key.into(), ..merger(&got).clone() };
        Message { payload: Payload::Body(body.into()), ..got.clone() }
    };
    let Payload::Body(Body::File(minutes)) = &of_file.payload else { panic!("{of_file:?}") };
    let other_app = merger(&got).download_key.replacen("/media/", "/media/9", 1);
    let unknown = "/media/1400000001/00000000-0000-4000-8000-000000000000/0";
    for (key, code) in [
        ("https://elsewhere.example/merger", Code::MERGER_KEY_INVALID),
        (&other_app, Code::MERGER_KEY_INVALID),
        (unknown, Code::MERGER_KEY_INVALID),
        ("", Code::MERGER_KEY_INVALID),
        (&minutes.file_url, Code::MERGER_DOWNLOAD_FAILED),
    ] {
        assert_eq!(unmerged(&carol, &with_key(key)).await.unwrap_err(), code, "{key}");
    }
    assert_eq!(unmerged(&carol, of_file).await.unwrap_err(), Code::MERGER_INVALID);
}

#[tokio::test(flavor = "multi_thread")]
async fn mergers_nest_a_hundred_deep() {
    const DEEPEST: usize = 100;
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let mut newest = alice.send("C2Cbob", "tea?").await;
    for _ in 0..DEEPEST {
        newest = bob.tim.send_message(merge(&bob, &[newest]).unwrap()).await.unwrap();
    }
    assert_eq!(merge(&bob, std::slice::from_ref(&newest)).unwrap_err(), Code::MERGER_INVALID);
    let mut read = carol.messages(DEEPEST).await.pop().unwrap();
    assert_eq!(read.id, newest.id);
    let mut stored = 0;
    for _ in 0..DEEPEST {
        stored += usize::from(merger(&read).is_stored());
        read = unmerged(&carol, &read).await.unwrap().remove(0);
    }
    assert_eq!(text_of(&read), Some("tea?"));
    assert!((DEEPEST / 5..DEEPEST).contains(&stored), "{stored} were stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_merger_survives_the_end_of_the_app_before_it_is_uploaded() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let carol = world.device("carol", "tablet").await;
    let all = long_texts(&alice, 10).await;
    let created = merge(&alice, &all).unwrap();
    world.kill_server().await;
    let mut sending = Box::pin(alice.tim.send_message(created.clone()));
    assert!(poll_immediate(&mut sending).await.is_none());
    // It is in the outbox once the list has it.
    let is_last = |conversation: &Arc<Conversation>| {
        conversation.last_message.as_ref().is_some_and(|last| last.id == created.id)
    };
    let waits = |event: &Event| match event {
        Event::ConversationListUpdated(list) => list.iter().any(is_last).then_some(()),
        _ => None,
    };
    alice.expect("the conversation with carol", waits).await;
    drop(sending);
    let alice = alice.restart().await;
    world.start_server().await;
    alice.login(&world).await;
    let got = carol.messages(1).await.remove(0);
    assert_eq!(said(&unmerged(&carol, &got).await.unwrap()), said(&all));
    drop(bob);
}
