//! Voice messages and videos: sent, played, kept on the device that sends them, and forwarded.

use std::path::PathBuf;
use std::sync::mpsc;

use tim::event::Event;
use tim::message::{AudioBody, Body, Message, Payload, Priority, RenditionType, VideoBody};
use tim::{Code, ConversationType, FileSource, VideoFile};

use crate::cancel::kept_pictures;
use crate::picture_addresses::ask;
use crate::pictures::png;
use crate::world::{Device, World};

fn audio_of(message: &Message) -> &AudioBody {
    let Payload::Body(Body::Audio(audio)) = &message.payload else { panic!("no recording: {message:?}") };
    audio
}

fn video_of(message: &Message) -> &VideoBody {
    let Payload::Body(Body::Video(video)) = &message.payload else { panic!("no video: {message:?}") };
    video
}

/// The beginning of a video as phones record it, and something after it.
fn film() -> Vec<u8> {
    [&b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"[..], &[7; 300_000]].concat()
}

fn video_message(device: &Device, tell: impl FnMut(u8) + Send + 'static) -> Message {
    let (video, snapshot) = (film().into(), png(30, 20).into());
    let video = VideoFile { video, format: "mp4".to_owned(), second: 12, snapshot };
    device.tim.create_video_message("bob", ConversationType::C2c, video, Priority::Normal, tell).unwrap()
}

/// A file that a message has on its own device.
fn local(path: Option<&PathBuf>) -> Vec<u8> {
    std::fs::read(path.expect("a file of this device's")).unwrap()
}

/// What a player gets from the address of a file, and its media type.
async fn played(device: &Device, message: &Message, rendition: RenditionType) -> (String, Vec<u8>) {
    let address = device.tim.get_attachment_url(message, rendition).await.unwrap();
    let (head, bytes) = ask("GET", &address, "").await;
    let media_type = head.iter().find_map(|line| line.strip_prefix("content-type: ")).unwrap();
    (media_type.to_owned(), bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_says_it_instead_of_writing_it() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let spoken = [&b"#!AMR\n"[..], &[60; 5_000]].concat();
    let path = world.folder.path().join("voice.amr");
    std::fs::write(&path, &spoken).unwrap();
    let create = |source: FileSource| {
        let audio = (source, 3);
        alice.tim.create_audio_message("bob", ConversationType::C2c, audio, Priority::Normal, |_| {})
    };
    let message = create(path.clone().into()).unwrap();
    assert_eq!(message.local_path, Some(path));
    assert_eq!((audio_of(&message).second, audio_of(&message).size), (3, spoken.len() as u64));
    let sent = alice.tim.send_message(message).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    assert_eq!((&got.payload, local(sent.local_path.as_ref())), (&sent.payload, spoken.clone()));
    assert_eq!(played(&bob, &got, RenditionType::Original).await, ("audio/amr".to_owned(), spoken));
    let none = bob.tim.get_attachment_url(&got, RenditionType::Snapshot).await.unwrap_err();
    assert_eq!(none.code, Code::MESSAGE_INVALID);

    assert_eq!(create(Vec::new().into()).unwrap_err().code, Code::FILE_EMPTY);
    let long = world.folder.path().join("long.amr");
    let file = std::fs::File::create(&long).unwrap();
    file.set_len(tim_protocol::limits::AUDIO_BYTES).unwrap();
    create(long.as_path().into()).unwrap();
    file.set_len(tim_protocol::limits::AUDIO_BYTES + 1).unwrap();
    assert_eq!(create(long.as_path().into()).unwrap_err().code, Code::AUDIO_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_is_shown_by_its_snapshot_and_played_from_where_it_is() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let (say, told) = mpsc::channel();
    let message = video_message(&alice, move |percent| say.send(percent).unwrap());
    let files =
        |message: &Message| (local(message.local_path.as_ref()), local(message.local_snapshot_path.as_ref()));
    assert_eq!(files(&message), (film(), png(30, 20)), "it can be shown and played before it is sent");
    let video = video_of(&message);
    assert_eq!((video.snapshot_width, video.snapshot_height, video.video_second), (30, 20, 12));

    let sent = alice.tim.send_message(message).await.unwrap();
    let percentages: Vec<u8> = told.try_iter().collect();
    assert!(percentages.is_sorted() && percentages.last() == Some(&100), "{percentages:?}");
    assert_eq!(files(&sent), (film(), png(30, 20)));
    let got = bob.messages(1).await.remove(0);
    assert_eq!(got.payload, sent.payload);
    assert_ne!(video_of(&got).video_uuid, video_of(&got).snapshot_uuid);
    assert_eq!(played(&bob, &got, RenditionType::Original).await, ("video/mp4".to_owned(), film()));
    assert_eq!(played(&bob, &got, RenditionType::Snapshot).await, ("image/png".to_owned(), png(30, 20)));
    let thumb = bob.tim.get_attachment_url(&got, RenditionType::Thumb).await.unwrap_err();
    assert_eq!(thumb.code, Code::MESSAGE_INVALID, "the snapshot is what stands for it");

    let forwarded =
        bob.tim.create_forward_message("alice", ConversationType::C2c, &got, Priority::Normal).unwrap();
    bob.tim.send_message(forwarded).await.unwrap();
    assert_eq!(alice.messages(1).await.remove(0).payload, sent.payload, "nothing is uploaded again");

    let alice = alice.restart().await;
    alice.login(&world).await;
    let list = alice.tim.get_message_list(&"C2Cbob".parse().unwrap(), None, 15).await.unwrap().message_list;
    let kept = list.iter().find(|it| it.id == sent.id).unwrap();
    assert_eq!(files(kept), (film(), png(30, 20)));
    alice.tim.revoke_message(kept).await.unwrap();
    for path in [&kept.local_path, &kept.local_snapshot_path] {
        assert!(!path.as_ref().unwrap().exists(), "its content leaves every device");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_without_a_network_is_sent_whole_by_the_next_run_of_the_app() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    world.kill_server().await;
    let message = video_message(&alice, |_| {});
    assert!(futures_util::future::poll_immediate(alice.tim.send_message(message.clone())).await.is_none());
    let waits = |event: &Event| match event {
        Event::ConversationListUpdated(list) => {
            list.iter().any(|it| it.last_message.as_ref().is_some_and(|it| it.id == message.id)).then_some(())
        }
        _ => None,
    };
    alice.expect("the video in the list", waits).await;
    let alice = alice.restart().await;
    world.start_server().await;
    alice.login(&world).await;
    let got = bob.messages(1).await.remove(0);
    assert_eq!(got.id, message.id);
    assert_eq!(played(&bob, &got, RenditionType::Original).await.1, film());
    assert_eq!(played(&bob, &got, RenditionType::Snapshot).await.1, png(30, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_video_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let create = |video: FileSource, format: &str, snapshot: FileSource| {
        let video = VideoFile { video, format: format.to_owned(), second: 1, snapshot };
        alice.tim.create_video_message("bob", ConversationType::C2c, video, Priority::Normal, |_| {})
    };
    let refused = |video: FileSource, format: &str, snapshot: FileSource| {
        create(video, format, snapshot).unwrap_err().code
    };
    let picture = || FileSource::from(png(3, 3));
    assert_eq!(refused(film().into(), "", picture()), Code::MESSAGE_BODY_INVALID, "bytes have no extension");
    for format in ["x".repeat(17), "../mp4".to_owned(), "mp4\n".to_owned()] {
        assert_eq!(refused(film().into(), &format, picture()), Code::MESSAGE_BODY_INVALID, "{format:?}");
    }
    assert_eq!(refused(Vec::new().into(), "mp4", picture()), Code::FILE_EMPTY);
    assert_eq!(refused(film().into(), "mp4", film().into()), Code::IMAGE_TYPE_INVALID);
    assert_eq!(refused(film().into(), "mp4", PathBuf::new().into()), Code::IMAGE_MISSING);
    assert_eq!(refused(PathBuf::from("/none").into(), "mp4", picture()), Code::FILE_UNREADABLE);
    let path = world.folder.path().join("Holiday.MOV");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(tim_protocol::limits::FILE_BYTES).unwrap();
    let made = create(path.as_path().into(), "", picture()).unwrap();
    assert_eq!(video_of(&made).video_format, "mov");
    file.set_len(tim_protocol::limits::FILE_BYTES + 1).unwrap();
    assert_eq!(refused(path.as_path().into(), "", picture()), Code::VIDEO_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_goes_before_the_video_is_sent_leaves_no_copy_of_it_and_can_be_put_back() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let path = |name: &str, bytes: &[u8]| {
        let path = world.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (film_path, snapshot) = (path("film.mp4", &film()), path("film.png", &png(30, 20)));
    let video = VideoFile {
        video: film_path.into(),
        format: String::new(),
        second: 12,
        snapshot: snapshot.clone().into(),
    };
    let made = alice.tim.create_video_message("bob", ConversationType::C2c, video, Priority::Normal, |_| {});
    let made = made.unwrap();
    std::fs::remove_file(&snapshot).unwrap();
    let why = alice.tim.send_message(made.clone()).await.unwrap_err();
    assert_eq!(why.code, Code::FILE_UNREADABLE);
    assert_eq!(kept_pictures(&alice), 0, "nothing was kept");

    // Another picture than the one it was created with.
    std::fs::write(&snapshot, png(50, 40)).unwrap();
    let sent = alice.tim.send_message(made).await.unwrap();
    assert_eq!((video_of(&sent).snapshot_width, video_of(&sent).snapshot_height), (50, 40));
    let got = bob.messages(1).await.remove(0);
    assert_eq!(played(&bob, &got, RenditionType::Snapshot).await.1, png(50, 40));
}
