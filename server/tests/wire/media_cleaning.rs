//! Files that no message names: removed, with their bytes, and no others; and how much one user may have.

use std::process::Output;

use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tim_protocol::Code;

use crate::media::put;
use crate::stage::{Client, Server, code, http, program, soon, text_to};

/// A path to upload a file to that has so many bytes of this value; or the number of the refusal.
async fn ticket(client: &mut Client, value: u8, size: usize) -> Result<String, u64> {
    let sha256: String = Sha256::digest(vec![value; size]).iter().map(|it| format!("{it:02x}")).collect();
    let asked = json!({ "fileType": 255, "size": size, "sha256": sha256 });
    let answer = client.ask("media.upload", &asked).await;
    answer["r"]["path"].as_str().map(str::to_owned).ok_or_else(|| answer["e"]["c"].as_u64().unwrap())
}

/// Uploads such a file, and gives what the server calls it.
async fn upload(server: &Server, client: &mut Client, value: u8, size: usize) -> Value {
    let path = ticket(client, value, size).await.unwrap();
    let (status, body) = put(server, &path, vec![value; size]).await;
    assert_eq!(status, StatusCode::OK, "{body:?}");
    serde_json::from_slice(&body).unwrap()
}

fn url(file: &Value) -> &str {
    file["renditions"][0]["url"].as_str().unwrap()
}

fn file_body(file: &Value) -> Value {
    let payload = json!({ "uuid": file["uuid"], "fileName": "a", "fileSize": 10, "fileUrl": url(file) });
    json!({ "type": "TIMFileElem", "payload": payload })
}

async fn send(client: &mut Client, to: &str, body: Value) -> u64 {
    let mut message = text_to(to, "");
    message["body"] = body;
    let answer = client.ask("msg.send", &message).await;
    answer["r"]["sequence"].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

async fn revoke(client: &mut Client, conversation: &str, sequence: u64) {
    let asked = json!({ "conversationID": conversation, "sequence": sequence });
    let answer = client.ask("msg.revoke", &asked).await;
    assert!(answer["r"].is_object(), "{answer}");
}

/// Whether a user can load a file.
async fn is_there(server: &Server, client: &mut Client, file: &Value) -> bool {
    let answer = client.ask("media.download", &json!({ "url": url(file) })).await;
    let Some(path) = answer["r"]["path"].as_str() else {
        assert_eq!(answer["e"]["c"], Code::MEDIA_NOT_FOUND.0);
        return false;
    };
    let (status, _) = http(&server.address, Method::GET, path, &[], Vec::new()).await;
    assert_eq!(status, StatusCode::OK);
    true
}

fn clean_with(server: &Server, more: &[&str]) -> Output {
    let (data, config) = (server.data(), server.folder.path().join("tim.toml"));
    let where_it_is = ["--data", data.to_str().unwrap(), "--config", config.to_str().unwrap()];
    program(&[&["media", "clean"], &where_it_is[..], more].concat())
}

/// What the command says about all that no message names, however young.
fn clean(server: &Server, more: &[&str]) -> String {
    let output = clean_with(server, &[&["--kept-s", "0"], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_message_names_stays_and_what_none_names_is_removed() {
    for server in Server::start_each("").await {
        removes_what_none_names(server).await;
    }
}

async fn removes_what_none_names(mut server: Server) {
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    server.login("carol").await;
    let mut files = Vec::new();
    for value in 0..6 {
        files.push(upload(&server, &mut alice, value, 10).await);
    }
    let [sent, forwarded, merged, custom, never_sent, revoked] = &files[..] else { unreachable!() };

    send(&mut alice, "C2Cbob", file_body(sent)).await;
    let original = send(&mut alice, "C2Cbob", file_body(forwarded)).await;
    send(&mut bob, "C2Ccarol", file_body(forwarded)).await;
    revoke(&mut alice, "C2Cbob", original).await;
    let part =
        json!({ "ID": text_to("C2Ccarol", "")["ID"], "from": "alice", "time": 1, "body": file_body(merged) });
    let payload = json!({ "title": "Tea", "compatibleText": "a merger", "messageList": [part] });
    let original = send(&mut alice, "C2Cbob", file_body(merged)).await;
    send(&mut bob, "C2Ccarol", json!({ "type": "TIMRelayElem", "payload": payload })).await;
    revoke(&mut alice, "C2Cbob", original).await;
    let data = json!({ "show": format!("https://chat.example{}?ticket=1", url(custom)) }).to_string();
    let payload = json!({ "data": data, "description": "", "extension": "" });
    send(&mut alice, "C2Cbob", json!({ "type": "TIMCustomElem", "payload": payload })).await;
    let taken_back = send(&mut alice, "C2Cbob", file_body(revoked)).await;
    assert_eq!(clean(&server, &["--dry-run"]), "would be removed: 1 files, 10 bytes\n");
    revoke(&mut alice, "C2Cbob", taken_back).await;

    assert_eq!(clean(&server, &["--dry-run"]), "would be removed: 2 files, 20 bytes\n");
    assert!(is_there(&server, &mut bob, never_sent).await, "nothing was removed yet");
    assert_eq!(clean(&server, &[]), "removed: 2 files, 20 bytes\n");
    for file in [never_sent, revoked] {
        assert!(!is_there(&server, &mut bob, file).await);
    }
    for file in [sent, forwarded, merged, custom] {
        assert!(is_there(&server, &mut bob, file).await, "{file}");
    }
    assert_eq!(server.stored(), 4);
    assert_eq!(clean(&server, &[]), "removed: 0 files, 0 bytes\n");

    // Without a server, and by the configuration's time.
    revoke(&mut alice, "C2Cbob", 1).await;
    server.process.take().unwrap().kill().await.unwrap();
    let output = clean_with(&server, &[]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "removed: 0 files, 0 bytes\n", "it is too young");
    assert_eq!(clean(&server, &[]), "removed: 1 files, 10 bytes\n");
    assert_eq!(server.stored(), 3);
}

/// Uploads a merger of messages with these files, and gives what the server calls it; or the number of the refusal.
async fn upload_merger(server: &Server, client: &mut Client, content: &Value) -> Result<Value, u64> {
    let bytes = content.to_string().into_bytes();
    let sha256: String = Sha256::digest(&bytes).iter().map(|it| format!("{it:02x}")).collect();
    let asked = json!({ "fileType": 4, "size": bytes.len(), "sha256": sha256 });
    let answer = client.ask("media.upload", &asked).await;
    let path = answer["r"]["path"].as_str().ok_or_else(|| answer["e"]["c"].as_u64().unwrap())?;
    let (status, body) = put(server, path, bytes).await;
    let body: Value = serde_json::from_slice(&body).unwrap();
    if status == StatusCode::OK {
        Ok(body)
    } else {
        Err(body["c"].as_u64().unwrap_or_else(|| panic!("{body}")))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_a_stored_merger_stay_as_long_as_a_message_names_the_merger() {
    for server in Server::start_each("").await {
        keeps_what_a_merger_names(server).await;
    }
}

async fn keeps_what_a_merger_names(server: Server) {
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    let (merged, nested) =
        (upload(&server, &mut alice, 1, 10).await, upload(&server, &mut alice, 2, 10).await);
    let part =
        |body: Value| json!({ "ID": text_to("C2Cbob", "")["ID"], "from": "alice", "time": 1, "body": body });
    let inner = json!({ "messageList": [part(file_body(&nested))] });
    let inner = upload_merger(&server, &mut alice, &inner).await.unwrap();
    let body = |file: &Value| {
        let size = file["renditions"][0]["size"].clone();
        let payload = json!({ "compatibleText": "merged", "downloadKey": url(file), "downloadSize": size, "layers": 1 });
        json!({ "type": "TIMRelayElem", "payload": payload })
    };
    let outer = json!({ "messageList": [part(file_body(&merged)), part(body(&inner))] });
    let outer = upload_merger(&server, &mut alice, &outer).await.unwrap();
    let mut keyless = text_to("C2Cbob", "");
    keyless["body"] = body(&outer);
    keyless["body"]["payload"]["downloadKey"] = json!("");
    assert_eq!(alice.ask("msg.send", &keyless).await["e"]["c"], Code::MESSAGE_BODY_INVALID.0);
    let place = send(&mut alice, "C2Cbob", body(&outer)).await;
    assert_eq!(clean(&server, &["--dry-run"]), "would be removed: 0 files, 0 bytes\n");
    for file in [&outer, &merged, &inner, &nested] {
        assert!(is_there(&server, &mut bob, file).await);
    }
    revoke(&mut alice, "C2Cbob", place).await;
    assert!(clean(&server, &[]).starts_with("removed: 4 files,"), "one after another");
    assert_eq!(server.stored(), 0);

    let long = "x".repeat(5_242_881);
    let deep = json!({ "messageList": [part(json!({ "type": "TIMRelayElem", "payload": {
        "compatibleText": "merged", "downloadKey": "/media/1/x/0", "downloadSize": 1, "layers": 100 } }))] });
    for (content, code) in [
        (json!({ "messageList": [] }), Code::MERGER_INVALID),
        (json!("no merger"), Code::MERGER_INVALID),
        (deep, Code::MERGER_INVALID),
        (json!(long), Code::FILE_TOO_LARGE),
    ] {
        let refused = upload_merger(&server, &mut alice, &content).await.unwrap_err();
        assert_eq!(
            refused,
            u64::from(code.0),
            "{}",
            &content.to_string()[..content.to_string().len().min(80)]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_removes_by_itself_what_no_message_names() {
    for server in Server::start_each("[media]\nunnamed_kept_s = 3").await {
        removes_by_itself(server).await;
    }
}

async fn removes_by_itself(server: Server) {
    let mut alice = server.login("alice").await;
    let sent = upload(&server, &mut alice, 1, 10).await;
    send(&mut alice, "C2Calice", file_body(&sent)).await;
    let unsent = upload(&server, &mut alice, 2, 10).await;
    let is_cleaned = async {
        while server.stored() > 1 {
            tokio::task::yield_now().await;
        }
    };
    soon(is_cleaned).await;
    assert!(is_there(&server, &mut alice, &sent).await);
    assert!(!is_there(&server, &mut alice, &unsent).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_placed_and_not_recorded_is_erased() {
    for server in Server::start_each("").await {
        erases_what_was_not_recorded(server).await;
    }
}

async fn erases_what_was_not_recorded(server: Server) {
    let mut alice = server.login("alice").await;
    let path = ticket(&mut alice, 7, 10).await.unwrap();
    // As if the power failed in between: the record is refused.
    let database = rusqlite::Connection::open(server.data().join("tim.db")).unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON media BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(refuse).unwrap();
    let (status, _) = put(&server, &path, vec![7; 10]).await;
    assert_ne!(status, StatusCode::OK);
    assert_eq!(server.stored(), 1);
    assert_eq!(clean(&server, &[]), "removed: 0 files, 0 bytes\n");
    assert_eq!(server.stored(), 0);
    database.execute_batch("DROP TRIGGER refuse").unwrap();
    let file = upload(&server, &mut alice, 7, 10).await;
    assert!(is_there(&server, &mut alice, &file).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_files_share_their_bytes_until_the_last_goes() {
    for server in Server::start_each("").await {
        shares_bytes(server).await;
    }
}

async fn shares_bytes(server: Server) {
    let mut alice = server.login("alice").await;
    let first = upload(&server, &mut alice, 7, 10).await;
    send(&mut alice, "C2Calice", file_body(&first)).await;
    upload(&server, &mut alice, 7, 10).await;
    assert_eq!(clean(&server, &[]), "removed: 1 files, 10 bytes\n");
    assert!(is_there(&server, &mut alice, &first).await);
    revoke(&mut alice, "C2Calice", 1).await;
    assert_eq!(clean(&server, &[]), "removed: 1 files, 10 bytes\n");
    assert_eq!(server.stored(), 0);
    let again = upload(&server, &mut alice, 7, 10).await;
    assert!(is_there(&server, &mut alice, &again).await);
}

#[tokio::test]
async fn a_modified_message_names_what_it_says_now() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let (first, second) =
        (upload(&server, &mut alice, 1, 10).await, upload(&server, &mut alice, 2, 10).await);
    let body = |file: &Value| {
        let payload = json!({ "data": url(file), "description": "", "extension": "" });
        json!({ "type": "TIMCustomElem", "payload": payload })
    };
    let sequence = send(&mut alice, "C2Calice", body(&first)).await;
    let asked =
        json!({ "conversationID": "C2Calice", "sequence": sequence, "version": 0, "body": body(&second) });
    let answer = alice.ask("msg.modify", &asked).await;
    assert!(answer["r"].is_object(), "{answer}");
    assert_eq!(clean(&server, &[]), "removed: 1 files, 10 bytes\n");
    assert!(!is_there(&server, &mut alice, &first).await);
    assert!(is_there(&server, &mut alice, &second).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_so_much_room_and_gets_it_back() {
    for server in Server::start_each("[media]\nmb_per_user = 1").await {
        gives_room_back(server).await;
    }
}

async fn gives_room_back(server: Server) {
    const FULL: u64 = Code::MEDIA_FULL.0 as u64;
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    upload(&server, &mut alice, 1, 600_000).await;
    assert_eq!(ticket(&mut alice, 2, 400_001).await, Err(FULL));
    upload(&server, &mut bob, 2, 1_000_000).await;

    // Both have room when they ask.
    let first = ticket(&mut alice, 3, 300_000).await.unwrap();
    let second = ticket(&mut alice, 4, 300_000).await.unwrap();
    let (first, second) =
        tokio::join!(put(&server, &first, vec![3; 300_000]), put(&server, &second, vec![4; 300_000]));
    let (refused, taken): (Vec<(StatusCode, Bytes)>, Vec<_>) =
        [first, second].into_iter().partition(|(status, _)| *status != StatusCode::OK);
    assert_eq!((refused.len(), taken.len()), (1, 1));
    assert_eq!((refused[0].0, code(&refused[0].1)), (StatusCode::INSUFFICIENT_STORAGE, FULL));
    assert_eq!(ticket(&mut alice, 5, 100_001).await, Err(FULL));

    assert_eq!(clean(&server, &[]), "removed: 3 files, 1900000 bytes\n");
    assert_eq!(server.stored(), 0, "nor what was refused when it was there");
    upload(&server, &mut alice, 6, 1_000_000).await;
    assert_eq!(ticket(&mut alice, 7, 1).await, Err(FULL));
}
