//! Taking back what is not done yet: messages that have not left, and downloads.

use futures_util::future::{join, join_all, poll_immediate};
use tim::message::{Message, Priority, RenditionType, SendStatus};
use tim::{Code, ConversationType, MessageId};
use tokio::sync::mpsc;

use crate::interrupted_transfers::on_a_held_wire;
use crate::pictures::{picture, png};
use crate::proxy::Proxy;
use crate::world::{Device, World, text_of};

/// The text of the last message in each conversation of the list.
async fn last_words(device: &Device) -> Vec<Option<String>> {
    let list = device.tim.get_conversation_list().await.unwrap();
    list.iter().map(|it| it.last_message.as_ref().and_then(text_of).map(str::to_owned)).collect()
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(text_of).collect()
}

/// The files that are kept for messages that wait.
pub fn kept_pictures(device: &Device) -> usize {
    let database = crate::bad_disk::databases(&device.options.data_dir).remove(0);
    std::fs::read_dir(database.with_file_name("outbox")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_is_taken_back_for_good() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "hello").await;
    world.kill_server().await;
    let (regretted, kept) = (alice.text("C2Cbob", "I quit"), alice.text("C2Cbob", "see you"));
    let mut sending = Box::pin(alice.tim.send_message(regretted.clone()));
    assert!(poll_immediate(&mut sending).await.is_none());
    let note = alice.text("C2Calice", "I do quit");
    let mut noting = Box::pin(alice.tim.send_message(note.clone()));
    assert!(poll_immediate(&mut noting).await.is_none());
    assert_eq!(last_words(&alice).await, [Some("I do quit".to_owned()), Some("I quit".to_owned())]);

    alice.tim.cancel_message(&regretted).await.unwrap();
    assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
    alice.tim.cancel_message(&note).await.unwrap();
    assert_eq!(noting.await.unwrap_err().code, Code::CANCELLED);
    // What was begun by nothing else is gone from the list.
    assert_eq!(last_words(&alice).await, [Some("hello".to_owned())]);
    let again = alice.tim.cancel_message(&regretted).await.unwrap_err();
    assert_eq!(again.code, Code::NOTHING_TO_CANCEL);
    assert_eq!(alice.tim.resend_message(&regretted).await.unwrap_err().code, Code::MESSAGE_INVALID);
    let tim = alice.tim.clone();
    let mut sending = Box::pin(tim.send_message(kept));
    assert!(poll_immediate(&mut sending).await.is_none());

    let alice = alice.restart().await;
    assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED, "the login ended");
    world.start_server().await;
    alice.login(&world).await;
    assert_eq!(texts(&bob.messages(2).await), ["hello", "see you"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_refused_is_discarded() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let message = alice.text("C2Cnobody", "hello?");
    assert_eq!(alice.tim.send_message(message.clone()).await.unwrap_err().code, Code::UNKNOWN_USER);
    let list = alice.tim.get_conversation_list().await.unwrap();
    assert_eq!(list[0].last_message.as_ref().unwrap().status, SendStatus::Fail);
    alice.tim.cancel_message(&message).await.unwrap();
    assert_eq!(last_words(&alice).await, []);
    let alice = alice.restart().await;
    alice.login(&world).await;
    assert_eq!(last_words(&alice).await, []);
    assert_eq!(alice.tim.cancel_message(&message).await.unwrap_err().code, Code::NOTHING_TO_CANCEL);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_on_its_way_is_not_taken_back() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    world.freeze_server().await;
    let (first, second) = (alice.text("C2Cbob", "one"), alice.text("C2Cbob", "two"));
    let mut firsts = Box::pin(alice.tim.send_message(first.clone()));
    let mut seconds = Box::pin(alice.tim.send_message(second.clone()));
    assert!(poll_immediate(&mut firsts).await.is_none() && poll_immediate(&mut seconds).await.is_none());
    assert_eq!(alice.tim.cancel_message(&first).await.unwrap_err().code, Code::MESSAGE_ON_ITS_WAY);
    alice.tim.cancel_message(&second).await.unwrap();
    world.thaw_server().await;
    let sent = firsts.await.unwrap();
    assert_eq!(seconds.await.unwrap_err().code, Code::CANCELLED);
    assert_eq!(alice.tim.cancel_message(&sent).await.unwrap_err().code, Code::NOTHING_TO_CANCEL);
    alice.send("C2Cbob", "three").await;
    assert_eq!(texts(&bob.messages(2).await), ["one", "three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cancels_while_answers_come_is_told_the_truth() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let messages: Vec<Message> = (0..100).map(|n| alice.text("C2Cbob", &n.to_string())).collect();
    let sendings = join_all(messages.iter().map(|message| alice.tim.send_message(message.clone())));
    let cancels = join_all(messages.iter().step_by(2).map(|message| alice.tim.cancel_message(message)));
    let (sent, cancelled) = join(sendings, cancels).await;
    for (sent, cancelled) in sent.iter().step_by(2).zip(cancelled) {
        match cancelled {
            Ok(()) => assert_eq!(sent.as_ref().unwrap_err().code, Code::CANCELLED),
            Err(why) => {
                assert!([Code::MESSAGE_ON_ITS_WAY, Code::NOTHING_TO_CANCEL].contains(&why.code), "{why}");
                assert!(sent.is_ok());
            }
        }
    }
    let arrived: Vec<MessageId> = sent.into_iter().filter_map(Result::ok).map(|message| message.id).collect();
    assert!((50..100).contains(&arrived.len()), "the first leaves at once, the last does not");
    let got: Vec<MessageId> = bob.messages(arrived.len()).await.iter().map(|message| message.id).collect();
    assert_eq!(got, arrived);
    alice.send("C2Cbob", "that is all").await;
    assert_eq!(bob.next_text().await, "that is all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_taken_back_while_it_is_copied_or_uploaded() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let alice = world.device_at("alice", "phone", &wire.address);
    alice.login(&world).await;
    let bob = world.device("bob", "laptop").await;
    wire.hold();
    for is_copied in [false, true] {
        let (say, mut told) = mpsc::unbounded_channel();
        let tell = move |percent| say.send(percent).unwrap();
        let message = alice
            .tim
            .create_image_message("bob", ConversationType::C2c, png(300, 200), Priority::Normal, tell)
            .unwrap();
        let mut sending = Box::pin(alice.tim.send_message(message.clone()));
        assert!(poll_immediate(&mut sending).await.is_none());
        if is_copied {
            assert_eq!(told.recv().await, Some(0), "the upload has begun");
        }
        alice.tim.cancel_message(&message).await.unwrap();
        assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
        assert_eq!(kept_pictures(&alice), 0);
        while let Some(percent) = told.recv().await {
            assert!(percent < 100, "it never ends well");
        }
        assert_eq!(alice.tim.send_message(message).await.unwrap_err().code, Code::MESSAGE_INVALID);
    }
    wire.release();
    alice.tim.send_message(picture(&alice, "C2Cbob", png(3, 3))).await.unwrap();
    bob.messages(1).await;
    assert_eq!(kept_pictures(&alice), 1, "that of the one that was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_cancelled_and_leaves_nothing() {
    let world = World::new().await;
    let (wire, bob, got, folder) = on_a_held_wire(&world).await;
    let (target, other) = (folder.join("picture.png"), folder.join("other.png"));
    std::fs::write(&target, "an older picture").unwrap();
    let nothing = bob.tim.cancel_download(&target).await.unwrap_err();
    assert_eq!(nothing.code, Code::NOTHING_TO_CANCEL);
    let load = |target| Box::pin(bob.tim.download_attachment(&got, RenditionType::Original, target, |_| {}));
    let (mut first, mut second, mut third) = (load(&target), load(&target), load(&other));
    for loading in [&mut first, &mut second, &mut third] {
        assert!(poll_immediate(loading).await.is_none());
    }
    bob.tim.cancel_download(&target).await.unwrap();
    assert_eq!(first.await.unwrap_err().code, Code::CANCELLED);
    assert_eq!(second.await.unwrap_err().code, Code::CANCELLED);
    wire.release();
    third.await.unwrap();
    assert_eq!(bob.tim.cancel_download(&other).await.unwrap_err().code, Code::NOTHING_TO_CANCEL);
    assert_eq!(std::fs::read(&target).unwrap(), b"an older picture");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cancels_while_a_download_ends_is_told_the_truth() {
    let world = World::new().await;
    let (wire, bob, got, folder) = on_a_held_wire(&world).await;
    wire.release();
    for percent in [0, 99, 100] {
        for n in 0..10 {
            let target = folder.join(format!("{percent}-{n}.png"));
            let (say, mut told) = mpsc::unbounded_channel();
            let tell = move |percent| say.send(percent).unwrap_or_default();
            let cancelling = async {
                while told.recv().await.is_some_and(|told| told < percent) {}
                bob.tim.cancel_download(&target).await
            };
            let loading = bob.tim.download_attachment(&got, RenditionType::Original, &target, tell);
            let (loaded, cancelled) = join(loading, cancelling).await;
            match cancelled {
                Ok(()) => assert_eq!(loaded.unwrap_err().code, Code::CANCELLED),
                Err(why) => {
                    assert_eq!(why.code, Code::NOTHING_TO_CANCEL);
                    loaded.unwrap();
                    std::fs::remove_file(&target).unwrap();
                }
            }
            assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        }
    }
}
