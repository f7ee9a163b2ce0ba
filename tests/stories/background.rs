//! An app that goes to the background closes its files, and goes on where it was.

use tim::Code;
use tim::event::{Event, NetState};
use tim::message::SendStatus;

use crate::breaks::wait_for;
use crate::proxy::Proxy;
use crate::world::{Device, World, text_of};

/// The files that this process has open in a device's folder; none where the system does not tell.
fn open_files(device: &Device) -> Vec<String> {
    let Ok(opened) = std::fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let paths = opened.filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok());
    let of_device = paths.filter(|path| path.starts_with(&device.options.data_dir));
    of_device.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_app_has_no_file_open_and_misses_nothing() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let alice = world.device_at("alice", "phone", &wire.address);
    alice.login(&world).await;
    let bob = world.device("bob", "laptop").await;
    alice.send("C2Cbob", "hello").await;
    assert_eq!(bob.next_text().await, "hello");
    bob.send("C2Calice", "hello you").await;
    assert_eq!(alice.next_text().await, "hello you");
    assert_eq!(open_files(&alice).is_empty(), cfg!(not(target_os = "linux")));
    // A message waits, because there is no network.
    wire.cut();
    wait_for(&alice, NetState::Disconnected).await;
    let (tim, message) = (alice.tim.clone(), alice.text("C2Cbob", "on my way"));
    let id = message.id;
    let sending = tokio::spawn(async move { tim.send_message(message).await });
    let waits = |event: &Event| match event {
        Event::ConversationListUpdated(list) => {
            list.iter().any(|it| it.message_for_show == "on my way").then_some(())
        }
        _ => None,
    };
    alice.expect("the waiting message", waits).await;

    alice.tim.pause().await.unwrap();
    assert_eq!(sending.await.unwrap().unwrap_err().code, Code::PAUSED);
    assert_eq!(open_files(&alice), Vec::<String>::new());
    assert_eq!(alice.tim.get_conversation_list().await.unwrap_err().code, Code::PAUSED);
    assert!(!alice.tim.is_ready());
    assert_eq!(alice.tim.get_total_unread_message_count(), 1, "for the number on the app's icon");
    alice.tim.pause().await.unwrap();
    bob.send("C2Calice", "are you there?").await;

    wire.mend();
    alice.tim.resume().await.unwrap();
    // At once: calls are admitted when it returns.
    alice.text("C2Cbob", "not sent");
    assert_eq!(bob.next_text().await, "on my way");
    let (mut is_asked, mut settled) = (false, None);
    let both = |event: &Event| {
        match event {
            Event::MessageStatusChanged(messages) => {
                settled = messages.iter().find(|it| it.id == id).cloned()
            }
            Event::MessageReceived(messages) => {
                is_asked |= messages.iter().any(|it| text_of(it) == Some("are you there?"));
            }
            _ => {}
        }
        settled.clone().filter(|_| is_asked)
    };
    let sent = alice.expect("MESSAGE_STATUS_CHANGED and the question", both).await;
    assert_eq!((sent.status, text_of(&sent)), (SendStatus::Success, Some("on my way")));
    alice.tim.resume().await.unwrap();
    alice.send("C2Cbob", "and here I am").await;
    assert_eq!(bob.next_text().await, "and here I am");
    // A login of the same user resumes it as well.
    alice.tim.pause().await.unwrap();
    let again = alice.tim.login("alice", &world.sig("alice")).await.unwrap();
    assert!(again.repeat_login);
    alice.send("C2Cbob", "still here").await;
    // Paused, it can end in every way.
    alice.tim.pause().await.unwrap();
    alice.tim.logout().await.unwrap();
    assert_eq!(alice.tim.get_login_user(), None);
    alice.login(&world).await;
    alice.tim.pause().await.unwrap();
    alice.tim.destroy().await.unwrap();
}
