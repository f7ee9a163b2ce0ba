//! A server that keeps the files of messages in a bucket: for its users nothing differs, also when the bucket is away for a while.

use std::process::Command;

use tim::ConversationType;
use tim::message::{Message, Priority, RenditionType};

use crate::bucket_server::BucketServer;
use crate::pictures::{picture, rough};
use crate::resumed_downloads::{archive, files, load};
use crate::world::{Device, World, server_program, text_of};

const HEADING: &str = "media.bucket";

/// A file from alice to bob, not sent.
fn file_message(alice: &Device) -> Message {
    let of = ConversationType::C2c;
    let message =
        alice.tim.create_file_message("bob", of, archive(), "archive.bin", Priority::Normal, |_| {});
    message.unwrap()
}

async fn start() -> (BucketServer, World, Device, Device) {
    let bucket = BucketServer::start().await;
    let world = World::with(&bucket.lines(HEADING)).await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    (bucket, world, alice, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_and_files_go_through_a_bucket() {
    let (bucket, world, alice, bob) = start().await;
    let original = rough(1000, 500);
    alice.tim.send_message(picture(&alice, "C2Cbob", original.clone())).await.unwrap();
    let shown = bob.messages(1).await.remove(0);
    let target = world.folder.path().join("shown");
    load(&bob, &shown, &target).await.unwrap();
    assert!(std::fs::read(&target).unwrap() == original);
    let thumb = world.folder.path().join("thumb");
    bob.tim.download_attachment(&shown, RenditionType::Thumb, &thumb, |_| {}).await.unwrap();
    assert!(std::fs::metadata(&thumb).unwrap().len() < original.len() as u64);

    alice.tim.send_message(file_message(&alice)).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    load(&bob, &got, &target).await.unwrap();
    assert!(std::fs::read(&target).unwrap() == archive());

    let in_folder: Vec<_> = files(&world.data().join("media"));
    assert!(in_folder.iter().all(|it| it.ends_with("incoming")), "{in_folder:?}");
    assert!(files(&world.data().join("media/incoming")).is_empty());
    assert_eq!(files(&bucket.folder().join("chat/media")).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bucket_is_away_people_write_and_what_waits_is_sent_when_it_is_back() {
    let (bucket, world, alice, bob) = start().await;
    bucket.go_away();
    let (tim, message) = (alice.tim.clone(), file_message(&alice));
    let sending = tokio::spawn(async move { tim.send_message(message).await });
    // The server has met it: the upload waits.
    while !world.server_log().contains("does not answer") {
        tokio::task::yield_now().await;
    }
    bob.send("C2Calice", "Where is the archive?").await;
    assert_eq!(alice.next_text().await, "Where is the archive?");
    bucket.come_back();
    sending.await.unwrap().unwrap();
    let got = bob.messages(1).await.remove(0);
    assert_eq!(text_of(&got), None);
    let target = world.folder.path().join("arrived.bin");
    load(&bob, &got, &target).await.unwrap();
    assert!(std::fs::read(target).unwrap() == archive());
    assert!(!world.server_log().contains("tim-secret") && !world.server_log().contains("tim-access"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_start_with_a_bucket_that_refuses_it_and_says_what_to_do() {
    let bucket = BucketServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("tim.toml");
    let lines = bucket.lines(HEADING);
    for (wrong, says) in [
        (lines.replace("tim-secret", "another"), "refuses the access key"),
        (lines.replace("\"tim-media\"", "\"elsewhere\""), "does not exist: make it"),
        (lines.replace("secret_key", "#"), "set secret_key or secret_key_file in [media.bucket]"),
    ] {
        std::fs::write(&config, wrong).unwrap();
        let mut command = Command::new(server_program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"]);
        command.arg(folder.path().join("data")).arg("--config").arg(&config);
        command.env_remove("AWS_SECRET_ACCESS_KEY");
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(says), "{said}");
    }
}
