//! Waiting and refused messages are listed, sent again and cancelled after a restart of the app.

use futures_util::future::poll_immediate;
use tim::event::Event;
use tim::message::{Message, SendStatus};
use tim::{Code, ConversationId, UserId};

use crate::world::{Device, World, text_of};

fn bob() -> ConversationId {
    "C2Cbob".parse().unwrap()
}

/// The newest page: text, status and error of each message.
async fn page(device: &Device) -> Vec<(String, SendStatus, Option<Code>)> {
    let page = device.tim.get_message_list(&bob(), None, 20).await.unwrap();
    let seen = |message: &Message| (text_of(message).unwrap().to_owned(), message.status, message.error_code);
    page.message_list.iter().map(seen).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_run_could_not_send_is_there_and_its_end_is_told() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "hello").await;
    bob.tim.add_to_blacklist(&[UserId::new("alice").unwrap()]).await.unwrap();
    let refused = alice.text("C2Cbob", "are you there?");
    assert_eq!(alice.tim.send_message(refused.clone()).await.unwrap_err().code, Code::BLACKLISTED);
    world.freeze_server().await;
    let waiting = alice.text("C2Cbob", "call me");
    let mut sending = Box::pin(alice.tim.send_message(waiting.clone()));
    assert!(poll_immediate(&mut sending).await.is_none());
    let expected = [
        ("hello".to_owned(), SendStatus::Success, None),
        ("are you there?".to_owned(), SendStatus::Fail, Some(Code::BLACKLISTED)),
        ("call me".to_owned(), SendStatus::UnSend, None),
    ];
    assert_eq!(page(&alice).await, expected);
    drop(sending);
    world.kill_server().await;
    let alice = alice.restart().await;
    world.start_server().await;
    alice.tim.login("alice", &world.sig("alice")).await.unwrap();
    // In either order: what waits is sent as soon as there is a connection.
    let (mut ended, mut is_ready) = (Vec::new(), false);
    alice
        .expect("SDK_READY and MESSAGE_STATUS_CHANGED", |event| {
            match event {
                Event::MessageStatusChanged(messages) => ended.clone_from(messages),
                Event::SdkReady => is_ready = true,
                _ => {}
            }
            (is_ready && !ended.is_empty()).then_some(())
        })
        .await;
    assert_eq!(ended.iter().map(|message| message.id).collect::<Vec<_>>(), [waiting.id]);
    assert_eq!((ended[0].status, ended[0].error_code), (SendStatus::Fail, Some(Code::BLACKLISTED)));
    assert_eq!(
        page(&alice).await[1..].iter().map(|it| it.2).collect::<Vec<_>>(),
        [Some(Code::BLACKLISTED); 2]
    );

    bob.tim.remove_from_blacklist(&[UserId::new("alice").unwrap()]).await.unwrap();
    alice.tim.cancel_message(refused.id).await.unwrap();
    assert_eq!(alice.tim.resend_message(waiting.id).await.unwrap().status, SendStatus::Success);
    let words: Vec<_> = page(&alice).await.into_iter().map(|(words, status, _)| (words, status)).collect();
    assert_eq!(words, [("hello".into(), SendStatus::Success), ("call me".into(), SendStatus::Success)]);
}
