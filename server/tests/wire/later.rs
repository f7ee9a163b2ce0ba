//! What a client of a later version says: answered as docs/protocol.md promises, and the connection goes on.
//!
//! The frames are those of `protocol/tests/golden/later`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use tim_protocol::Code;

use crate::stage::{Client, Server};

/// The frames of clients of later versions.
fn frames() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol/tests/golden/later");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path));
    let clients = named.filter(|(name, _)| name.starts_with("client."));
    let read = |path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    clients.map(|(name, path)| (name, read(path))).collect()
}

/// Says a frame as it stands there, with the connection's next number, and gives the answer.
async fn says(client: &mut Client, mut frame: Value) -> Value {
    let number = client.request("", &json!({}))["i"].clone();
    frame["i"] = number.clone();
    client.says_text(frame.to_string()).await;
    client.reply(number.as_u64().unwrap()).await
}

/// The newest message between alice and bob, as alice gets it from the history.
async fn newest(alice: &mut Client, sequence: &Value) -> Value {
    let asked = json!({ "conversationID": "C2Cbob", "low": sequence, "high": sequence, "limit": 1 });
    alice.ask("msg.history", &asked).await["r"]["messages"][0].clone()
}

#[tokio::test]
async fn every_frame_of_a_later_client_has_its_documented_answer() {
    let server = Server::start().await;
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    for number in 1..=3 {
        bob.sends("C2Calice", &number.to_string()).await;
    }
    for (name, mut frame) in frames() {
        if name == "client.platform" {
            for (field, value) in server.hello("alice", &[]).as_object().unwrap() {
                if ["SDKAppID", "userSig"].contains(&field.as_str()) {
                    frame["p"][field] = value.clone();
                }
            }
            let mut watch = server.connect().await;
            assert!(says(&mut watch, frame).await["r"]["session"].is_string(), "{name}");
            continue;
        }
        let said = frame["p"].clone();
        let answer = says(&mut alice, frame).await;
        let refused = |code: Code| assert_eq!(answer["e"]["c"], code.0, "{name}: {answer}");
        match name.as_str() {
            "client.group-type" | "client.image-type" | "client.file-type" | "client.friend-type" => {
                refused(Code::VALUE_UNKNOWN);
            }
            "client.unknown-method" => refused(Code::UNSUPPORTED),
            "client.more-fields" => assert_eq!(answer["r"], json!({ "sequence": 3, "base": 3 }), "{name}"),
            "client.priority" | "client.image-format" | "client.attributes" => {
                let stored = newest(&mut alice, &answer["r"]["sequence"]).await;
                let pushed = bob.envelope(|it| it["p"]["ID"] == said["ID"]).await;
                for given in [&stored, &pushed["p"]] {
                    assert_eq!(given["priority"], said["priority"], "{name}: given back as it came");
                    assert_eq!(given["body"], said["body"], "{name}: given back as it came");
                    assert_eq!(given["attributes"], said["attributes"], "{name}: given back as it came");
                }
            }
            _ => panic!("say here what {name} is answered with"),
        }
        assert_eq!(
            alice.ask("msg.translate", &json!({})).await["e"]["c"],
            Code::UNSUPPORTED.0,
            "{name}: goes on"
        );
    }
}

#[tokio::test]
async fn kinds_of_machines_of_later_versions_count_as_one() {
    let server = Server::start().await;
    let mut phone = server.login("alice").await;
    let hello = |platform: &str| {
        let mut hello = server.hello("alice", &[]);
        hello["platform"] = platform.into();
        hello["device"] = platform.into();
        hello["instance"] = platform.into();
        hello
    };
    let mut watch = server.connect().await;
    assert!(watch.ask("hello", &hello("watch")).await["r"]["session"].is_string());
    let mut glasses = server.connect().await;
    assert!(glasses.ask("hello", &hello("glasses")).await["r"]["session"].is_string());
    assert_eq!(watch.envelope(|it| it["ev"] == "kick").await["p"]["type"], "multipleDevice");
    assert_eq!(phone.sends("C2Calice", "still here").await["r"]["sequence"], 1);
}
