//! The log of both sides at its most talkative: what happened can be read in it, and nothing that is not for a log.

use std::sync::{Arc, Mutex};

use tim::log::{LogLevel, LogSink};
use tim::message::{Body, Message, Payload, Priority, RenditionType};
use tim::protocol::group::{GroupType, NewGroup};
use tim::{Code, ConversationType, GroupId, UserId};

use crate::pictures::{Elsewhere, picture, png};
use crate::world::{Device, World, received, run_server};

/// Keeps every line of this process's engines: of other stories' too.
#[derive(Default)]
struct Paper(Mutex<String>);

impl LogSink for Paper {
    fn log(&self, level: LogLevel, line: &str) {
        self.0.lock().unwrap().push_str(&format!("{level:?} {line}\n"));
    }
}

/// All that people write in this story.
const WRITTEN: [&str; 6] = ["marmalade", "parsnip", "gooseberry", "rutabaga", "persimmon", "salsify"];

/// The lines that have all of this.
fn lines<'a>(log: &'a str, words: &[&str]) -> Vec<&'a str> {
    log.lines().filter(|line| words.iter().all(|word| line.contains(word))).collect()
}

fn has(log: &str, words: &[&str]) {
    assert!(!lines(log, words).is_empty(), "no line has {words:?}");
}

/// The number that stands before ` ms` in the one line that has all of this.
fn has_duration(log: &str, words: &[&str]) {
    let found = lines(log, words);
    let ms = |line: &str| line.split(" ms").next()?.rsplit(' ').next()?.parse::<u64>().ok();
    assert!(found.iter().any(|line| ms(line).is_some()), "no line has {words:?} and a duration: {found:?}");
}

/// The server's log, once it has a line with all of this. What a connection ends with is logged after the last answer.
async fn server_log_with(world: &World, words: &[&str]) -> String {
    let written = async {
        loop {
            let log = world.server_log();
            if !lines(&log, words).is_empty() {
                return log;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), written).await.unwrap()
}

async fn revoked(device: &Device) {
    device
        .expect("MESSAGE_REVOKED", |event| {
            matches!(event, tim::event::Event::MessageRevoked(_)).then_some(())
        })
        .await;
}

/// A picture at somebody else's place, whose address is signed. Nobody answers there.
fn elsewhere(from: &Device) -> Message {
    let picture = Elsewhere("https://localhost:9/picture?signature=quince".into()).body();
    Message { payload: Payload::Body(Body::Image(picture)), ..from.text("C2Cbob", "look") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_day_is_in_the_log_and_nothing_that_is_not_for_it() {
    let paper = Arc::new(Paper::default());
    tim::set_log_sink(Some(paper.clone()));
    tim::set_log_level(0).unwrap();
    let [text, revoke, name, introduction, nick, nobody] = WRITTEN;

    let tls_folder = tempfile::tempdir().unwrap();
    let to = tls_folder.path().join("certificate").display().to_string();
    let tls = run_server(&["cert", "--host", "localhost", "--to", &to]);
    let root = std::fs::read_to_string(tls_folder.path().join("certificate/root.pem")).unwrap();
    let world = World::with(&format!("[log]\nlevel = \"trace\"\n{tls}")).await;
    let (_, port) = world.address.rsplit_once(':').unwrap();
    let alice = world.device_over_tls("alice", "phone", "localhost", &root);
    let bob = world.device_over_tls("bob", "laptop", "localhost", &root);

    let mut secrets: Vec<String> = WRITTEN.map(str::to_owned).to_vec();
    for device in [&alice, &bob] {
        let sig = world.sig(&device.user);
        device.tim.login(&device.user, &sig).await.unwrap();
        device.expect("SDK_READY", |event| matches!(event, tim::event::Event::SdkReady).then_some(())).await;
        secrets.push(sig);
    }
    let sent = alice.send("C2Cbob", text).await;
    bob.messages(1).await;
    let taken_back = alice.send("C2Cbob", revoke).await;
    bob.messages(1).await;
    alice.tim.revoke_message(&taken_back).await.unwrap();
    revoked(&bob).await;

    let shown = alice.tim.send_message(picture(&alice, "C2Cbob", png(400, 300))).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    let target = world.folder.path().join("picture.png");
    bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {}).await.unwrap();
    let address = bob.tim.get_attachment_url(&got, RenditionType::Thumb).await.unwrap();
    let (address, ticket) = address.split_once("?ticket=").unwrap();
    let head: String = ticket.chars().take(12).collect();
    secrets.extend([address.to_owned(), "ticket=".to_owned(), head]);
    let signed = elsewhere(&alice);
    alice.tim.send_message(signed.clone()).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    let loading = bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {});
    assert_eq!(loading.await.unwrap_err().code, Code::NETWORK_ERROR);
    secrets.push("quince".to_owned());

    let group = NewGroup {
        name: name.into(),
        group_type: GroupType::Public,
        group_id: Some(GroupId::new("tea").unwrap()),
        introduction: introduction.into(),
        member_list: vec![UserId::new("bob").unwrap()],
        ..NewGroup::default()
    };
    alice.tim.create_group(group).await.unwrap();
    bob.expect("the group's tip", |event| {
        received(event)?.iter().any(|it| matches!(it.payload, Payload::Body(Body::GroupTip(_)))).then_some(())
    })
    .await;
    let fields = tim::protocol::profile::ProfileFields { nick: Some(nick.into()), ..Default::default() };
    alice.tim.update_my_profile(fields).await.unwrap();
    let refused = alice.tim.create_text_message("nobody", ConversationType::C2c, nobody, Priority::Normal);
    assert!(alice.tim.send_message(refused.unwrap()).await.is_err());

    let carol = world.device_over_tls("carol", "tablet", "localhost", &root);
    let sig = world.sig("dave");
    assert!(carol.tim.login("carol", &sig).await.is_err());
    secrets.push(sig);
    for device in [&alice, &bob] {
        device.tim.logout().await.unwrap();
    }
    secrets.push(world.key().to_owned());

    let engine = paper.0.lock().unwrap().clone();
    let server = server_log_with(&world, &["connection ended", "user=bob"]).await;
    for secret in &secrets {
        for (side, log) in [("engine", &engine), ("server", &server)] {
            let found = lines(log, &[secret]);
            assert!(found.is_empty(), "the {side}'s log has {secret:?}: {found:?}");
        }
    }

    let (message, picture) = (sent.id.to_string(), shown.id.to_string());
    has_duration(&engine, &[&format!("dial localhost:{port}: ")]);
    has_duration(&engine, &["connected", "attempt 1"]);
    has_duration(&engine, &["TLS to localhost"]);
    has(&engine, &["login of alice begins, instance "]);
    has(&engine, &["welcome, session "]);
    has(&engine, &["synced ", "first page: true"]);
    for verb in ["hello", "sync", "msg.send", "msg.revoke", "media.upload", "media.download", "logout"] {
        has(&engine, &["request ", &format!(": {verb}")]);
        has(&server, &["answered", verb, "ms="]);
    }
    has_duration(&engine, &["request ", " answered after "]);
    has(&engine, &[&format!("message {message} to C2Cbob waits")]);
    has(&engine, &[&format!("message {message} to C2Cbob sent, sequence 1")]);
    has(&engine, &[&format!("message {message} in C2Calice received, sequence 1")]);
    has_duration(&engine, &[&format!("upload for message {picture} done")]);
    has_duration(&engine, &[&format!("download for message {picture} done")]);
    has(&engine, &[&format!("download for message {} failed", signed.id), "NETWORK_ERROR"]);
    has(&engine, &["login ended: "]);
    for words in [
        ["logged in", "user=alice", "session="],
        ["a file moved", "direction=\"upload\"", "file="],
        ["a file moved", "direction=\"download\"", "file="],
        ["login refused", "user=carol", "code="],
        ["connection ended", "user=bob", "code="],
    ] {
        has(&server, &words);
        assert!(
            lines(&server, &words).iter().all(|line| line.contains(" ms=")),
            "without a duration: {words:?}"
        );
    }
}
