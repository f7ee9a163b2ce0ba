//! Pictures on the device that sends them: shown before the server has them, and put there again where it has lost them.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use futures_util::future::poll_immediate;
use tim::event::Event;
use tim::message::{Body, Message, Payload, Priority, RenditionType, SendStatus};
use tim::plugin::{Plugin, UploadFile, UploadPlugin, Uploaded};
use tim::{Code, ConversationType};

use crate::pictures::{Elsewhere, picture, png};
use crate::world::{Device, World};

/// The bytes of the file that a message shows.
fn shown(message: &Message) -> Vec<u8> {
    std::fs::read(message.local_path.as_ref().expect("a picture of this device's")).unwrap()
}

/// Width and height of a picture message.
fn extent(message: &Message) -> (u32, u32) {
    let Payload::Body(Body::Image(image)) = &message.payload else { panic!("not a picture: {message:?}") };
    (image.image_info_array[0].width, image.image_info_array[0].height)
}

/// The newest message that a device shows of its conversation with bob.
async fn newest(device: &Device) -> Message {
    let to = "C2Cbob".parse().unwrap();
    device.tim.get_message_list(&to, None, 15).await.unwrap().message_list.pop().unwrap()
}

/// Takes as long as it is let, and then says what it is told to.
struct Slow(Mutex<Receiver<Code>>);

impl UploadPlugin for Slow {
    fn upload(
        &self,
        _: &UploadFile,
        _: tim::plugin::UploadProgress,
    ) -> Result<Uploaded, tim::error::TimError> {
        Err(self.0.lock().unwrap().recv().unwrap().into())
    }
}

/// Registers an uploader that fails with what it is told.
fn slow(device: &Device) -> Sender<Code> {
    let (say, told) = channel();
    device.tim.register_plugin(Plugin::Upload(Arc::new(Slow(Mutex::new(told)))));
    say
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_shown_from_its_creation_on() {
    let world = World::new().await;
    let (alice, _bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let path = world.folder.path().join("holiday.png");
    std::fs::write(&path, png(30, 20)).unwrap();
    let of_file = alice
        .tim
        .create_image_message("bob", ConversationType::C2c, path.clone(), Priority::Normal, |_| {})
        .unwrap();
    let of_bytes = picture(&alice, "C2Cbob", png(30, 20));
    assert_eq!(of_file.local_path.as_ref(), Some(&path));
    for created in [&of_file, &of_bytes] {
        assert_eq!((extent(created), shown(created)), ((30, 20), png(30, 20)));
    }

    // It waits in an outbox that outlives the app.
    world.kill_server().await;
    let tim = alice.tim.clone();
    let mut sending = Box::pin(tim.send_message(of_file.clone()));
    assert!(poll_immediate(&mut sending).await.is_none());
    let alice = alice.restart().await;
    assert_eq!(sending.await.unwrap_err().code, Code::CANCELLED);
    std::fs::remove_file(&path).unwrap();
    world.start_server().await;
    let fails = slow(&alice);
    alice.login(&world).await;
    let waiting = newest(&alice).await;
    assert_eq!((waiting.id, waiting.status), (of_file.id, SendStatus::UnSend));
    assert_eq!((extent(&waiting), shown(&waiting)), ((30, 20), png(30, 20)));

    // It is refused.
    fails.send(Code::UPLOAD_REFUSED).unwrap();
    let refused = alice.expect("MESSAGE_STATUS_CHANGED", |event| match event {
        Event::MessageStatusChanged(messages) => messages.first().cloned(),
        _ => None,
    });
    let refused = refused.await;
    assert_eq!((refused.status, shown(&refused)), (SendStatus::Fail, png(30, 20)));
    assert_eq!(newest(&alice).await, refused);

    // It is sent, and revoked.
    alice.tim.register_plugin(Plugin::Upload(Arc::new(Elsewhere("https://pictures.example/1".into()))));
    let sent = alice.tim.resend_message(&refused).await.unwrap();
    assert_eq!((&sent.local_path, shown(&sent)), (&waiting.local_path, png(30, 20)));
    assert_eq!(newest(&alice).await, sent);
    alice.tim.revoke_message(&sent).await.unwrap();
    assert_eq!(newest(&alice).await.local_path, None);
    assert!(!sent.local_path.unwrap().exists(), "its content leaves every device");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_will_send_any_more_leaves_no_file() {
    let world = World::new().await;
    let (alice, _bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let unsent = picture(&alice, "C2Cbob", png(3, 3));
    let to_nobody = picture(&alice, "C2Cnobody", png(3, 3));
    assert_eq!(alice.tim.send_message(to_nobody.clone()).await.unwrap_err().code, Code::UNKNOWN_USER);
    assert_eq!(shown(&to_nobody), png(3, 3), "it was uploaded, and refused then");
    alice.tim.cancel_message(&to_nobody).await.unwrap();
    let fails = slow(&alice);
    fails.send(Code::IMAGE_TYPE_INVALID).unwrap();
    let unfit = picture(&alice, "C2Cbob", png(3, 3));
    let why = alice.tim.send_message(unfit.clone()).await.unwrap_err();
    assert_eq!(why.code, Code::IMAGE_TYPE_INVALID);
    assert_eq!(newest(&alice).await.local_path, None);
    alice.tim.logout().await.unwrap();
    for gone in [to_nobody, unsent, unfit] {
        assert!(!gone.local_path.unwrap().exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_a_restored_server_lacks_comes_back_with_its_sender() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let send = async |bytes| alice.tim.send_message(picture(&alice, "C2Cbob", bytes)).await.unwrap();
    let before = send(png(30, 20)).await;
    let copy = world.folder.path().join("backup");
    world.server_command(&["backup", "--to", copy.to_str().unwrap()]);
    let after = send(png(40, 20)).await;
    bob.messages(2).await;
    let alice = alice.restart().await;

    world.kill_server().await;
    std::fs::rename(world.data(), world.folder.path().join("lost")).unwrap();
    std::fs::rename(copy, world.data()).unwrap();
    world.start_server().await;
    let bobs_tablet = world.device("bob", "tablet").await;
    alice.login(&world).await;
    let again = bobs_tablet.messages(1).await.remove(0);
    assert_eq!(again.id, after.id, "what the server has is not sent again");
    let to_alice = "C2Calice".parse().unwrap();
    let page = bobs_tablet.tim.get_message_list(&to_alice, None, 15).await.unwrap().message_list;
    let ids: Vec<_> = page.iter().map(|message| message.id).collect();
    assert_eq!(ids, [before.id, after.id]);
    for (message, bytes) in page.iter().zip([png(30, 20), png(40, 20)]) {
        let target = world.folder.path().join("downloaded.png");
        bobs_tablet.tim.download_attachment(message, RenditionType::Original, &target, |_| {}).await.unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), bytes);
    }
}
