//! Nobody takes more than their share: mallory does what they can, and alice notices nothing.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use tim_protocol::Code;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::media::{png, put, ticket_for, upload};
use crate::stage::{Client, Server, code, http, soon};

/// A connection of mallory's one login.
async fn again(server: &Server, hello: &Value) -> Client {
    let mut client = server.connect().await;
    assert!(client.ask("hello", hello).await["r"]["session"].is_string());
    client
}

async fn metric(server: &Server, name: &str) -> u64 {
    let (_, metrics) = http(&server.admin, Method::GET, "/metrics", &[], Vec::new()).await;
    let metrics = String::from_utf8(metrics.to_vec()).unwrap();
    let line = metrics.lines().find(|line| line.starts_with(name));
    line.unwrap_or_else(|| panic!("no {name} in {metrics}")).rsplit(' ').next().unwrap().parse().unwrap()
}

/// What a refusal over HTTP says: the status, its number, and when to come again in milliseconds.
fn refusal((status, body): (StatusCode, hyper::body::Bytes)) -> (StatusCode, u64, Option<u64>) {
    let fault: Value = serde_json::from_slice(&body).unwrap();
    (status, code(&body), fault["ra"].as_u64())
}

#[tokio::test]
async fn forty_connections_of_one_login_have_one_share() {
    // What is used up comes back so slowly that it does not during the story.
    let limits = "[limits]\nrequests_per_second = 1\nrequests_burst = 80\nconnections_per_user = 40";
    let server = Server::start_with(limits).await;
    let (mut alice, _bob) = (server.login("alice").await, server.login("bob").await);
    let mut hello = server.hello("mallory", &["batch"]);
    let mut connections = vec![again(&server, &hello).await];
    hello["login"] = false.into();
    while connections.len() < 40 {
        connections.push(again(&server, &hello).await);
    }
    let (mut sent, mut waits) = (0, Vec::new());
    for connection in &mut connections {
        for _ in 0..5 {
            let answer = connection.sends("C2Cbob", "buy this").await;
            if answer["r"].is_object() {
                sent += 1;
                continue;
            }
            assert_eq!(answer["e"]["c"], Code::TOO_FAST.0);
            waits.push(answer["e"]["ra"].as_u64().unwrap());
        }
    }
    assert!((80..190).contains(&sent), "{sent} of 200 are one share, not forty");
    assert!(waits.iter().all(|wait| (1..=1_000).contains(wait)), "{waits:?}");
    assert!(alice.sends("C2Cbob", "hello").await["r"].is_object(), "alice has hers");
    assert_eq!(metric(&server, r#"tim_shares_refused_total{share="requests"}"#).await, waits.len() as u64);
}

#[tokio::test]
async fn alice_logs_in_from_where_mallory_fails() {
    let server = Server::start_with("[limits]\nfailed_logins_per_minute = 3").await;
    let mut forged = server.hello("alice", &[]);
    forged["userSig"] = server.sig("mallory").into();
    let mut told = Vec::new();
    for _ in 0..5 {
        let mut mallory = server.connect().await;
        let answer = mallory.ask("hello", &forged).await;
        told.push(answer["e"]["c"].as_u64().unwrap());
        if told.last() == Some(&u64::from(Code::TOO_MANY_LOGINS.0)) {
            assert!((1..=20_000).contains(&answer["e"]["ra"].as_u64().unwrap()), "{answer}");
        }
    }
    let (wrong, many) = (u64::from(Code::USERSIG_OTHER_USER.0), u64::from(Code::TOO_MANY_LOGINS.0));
    assert_eq!(told, [wrong, wrong, wrong, many, many]);
    server.login("alice").await;
    assert_eq!(metric(&server, r#"tim_shares_refused_total{share="failed_logins"}"#).await, 2);
}

#[tokio::test]
async fn whoever_logs_in_without_end_has_to_wait() {
    let server = Server::start_with("[limits]\nlogins_per_minute = 3").await;
    for _ in 0..3 {
        server.login("mallory").await;
    }
    let mut mallory = server.connect().await;
    let answer = mallory.ask("hello", &server.hello("mallory", &[])).await;
    assert_eq!(answer["e"]["c"], Code::TOO_FAST.0);
    assert!((1..=20_000).contains(&answer["e"]["ra"].as_u64().unwrap()));
    server.login("alice").await;
}

#[tokio::test]
async fn of_too_many_sessions_of_one_user_the_oldest_ends() {
    let server = Server::start_with("[limits]\nconnections_per_user = 2").await;
    let mut alice = server.login("alice").await;
    let mut hello = server.hello("mallory", &[]);
    let mut first = again(&server, &hello).await;
    hello["login"] = false.into();
    let mut second = again(&server, &hello).await;
    let mut third = again(&server, &hello).await;
    assert_eq!(first.closed().await, Code::TOO_MANY_CONNECTIONS.0);
    for client in [&mut second, &mut third, &mut alice] {
        assert!(client.ask("profile.get", &json!({ "userIDList": ["mallory"] })).await["r"].is_object());
    }
    assert_eq!(metric(&server, r#"tim_evicted_total{place="sessions"}"#).await, 1);
}

#[tokio::test]
async fn connections_that_never_log_in_give_way_to_those_that_do() {
    let server = Server::start_with("[limits]\npending_per_address = 3").await;
    let mut silent = TcpStream::connect(&server.address).await.unwrap();
    let mut half = TcpStream::connect(&server.address).await.unwrap();
    half.write_all(b"GET /v1 HTTP/1.1\r\nhost: ").await.unwrap();
    let mut wordless = server.connect().await;
    for name in ["alice", "bob", "carol"] {
        let mut client = server.login(name).await;
        assert!(client.sends("C2Calice", "here I am").await["r"].is_object());
    }
    let mut mallory = Vec::new();
    while mallory.len() < 3 {
        mallory.push(server.connect().await);
    }
    for socket in [&mut silent, &mut half] {
        let ended = soon(socket.read(&mut [0; 1])).await;
        assert!(matches!(ended, Ok(0) | Err(_)), "it was closed");
    }
    assert_eq!(wordless.closed().await, Code::TOO_MANY_CONNECTIONS.0);
    server.login("alice").await;
    assert!(metric(&server, r#"tim_evicted_total{place="pending"}"#).await >= 3);
    assert!(metric(&server, "tim_pending_connections").await <= 3);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_places_and_failures() {
    let limits = "[limits]\nfailed_logins_per_minute = 1\ntrusted_proxies = [\"127.0.0.1\"]";
    let server = Server::start_with(limits).await;
    let mut forged = server.hello("alice", &[]);
    forged["userSig"] = server.sig("mallory").into();
    for (client, expected) in [
        ("198.51.100.9", Code::USERSIG_OTHER_USER),
        ("198.51.100.9", Code::TOO_MANY_LOGINS),
        ("203.0.113.5, 198.51.100.9", Code::TOO_MANY_LOGINS),
        ("203.0.113.5", Code::USERSIG_OTHER_USER),
    ] {
        let mut mallory = server.connect_for(client).await;
        assert_eq!(mallory.ask("hello", &forged).await["e"]["c"], expected.0, "{client}");
    }
}

#[tokio::test]
async fn a_days_bytes_of_pictures_are_bounded() {
    let server = Server::start_with("[limits]\nmedia_mb_per_day = 1").await;
    let (mut alice, mut mallory) = (server.login("alice").await, server.login("mallory").await);
    // Noise does not get smaller: these are 0.7 MB.
    let noise = |seed: u32| {
        let mut bytes = Vec::new();
        let picture = image::RgbImage::from_fn(483, 483, |x, y| {
            let mixed = (x * 483 + y + seed).wrapping_mul(2_654_435_761).rotate_left(13) ^ (x * y);
            let [a, b, c, _] = mixed.wrapping_mul(0x9e37_79b9).to_le_bytes();
            image::Rgb([a, b, c])
        });
        picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        bytes
    };
    assert!((600_000..900_000).contains(&noise(0).len()), "{}", noise(0).len());
    // Two tickets while there is room for each of them.
    let second = ticket_for(&mut mallory, &noise(1)).await;
    upload(&server, &mut mallory, noise(0)).await;
    let (status, number, wait) = refusal(put(&server, &second, noise(1)).await);
    assert_eq!((status, number), (StatusCode::TOO_MANY_REQUESTS, u64::from(Code::MEDIA_QUOTA.0)));
    assert!(wait.unwrap() > 60_000, "it comes back over the day: {wait:?}");
    let asked = json!({ "fileType": 1, "size": noise(1).len(), "sha256": "ab".repeat(32) });
    let refused = mallory.ask("media.upload", &asked).await;
    assert_eq!(refused["e"]["c"], Code::MEDIA_QUOTA.0, "before anything is uploaded");
    upload(&server, &mut mallory, png(10)).await;
    upload(&server, &mut alice, noise(0)).await;
    assert_eq!(metric(&server, r#"tim_shares_refused_total{share="media_bytes"}"#).await, 2);
}

/// Begins to upload, and sends nothing of the bytes. The server asks for them once the upload has its place.
async fn begin_upload(server: &Server, path: &str, size: usize) -> TcpStream {
    let mut socket = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: {size}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    soon(socket.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket
}

/// The last frames of the server before it closes the connection.
async fn rest(socket: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let _ = soon(socket.read_to_end(&mut said)).await;
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn an_upload_that_drips_ends_with_its_number_and_frees_its_place() {
    let server = Server::start_with("[limits]\nuploads_per_user = 1\ntransfer_patience_s = 3").await;
    let (mut alice, mut mallory) = (server.login("alice").await, server.login("mallory").await);
    let path = ticket_for(&mut mallory, &png(10)).await;
    let waiting = ticket_for(&mut mallory, &png(20)).await;
    let mut dripping = begin_upload(&server, &path, png(10).len()).await;
    dripping.write_all(&[0x89]).await.unwrap();
    let refused = refusal(put(&server, &waiting, png(20)).await);
    assert_eq!(refused.0, StatusCode::TOO_MANY_REQUESTS, "a second one while the first is under way");
    upload(&server, &mut alice, png(10)).await;
    let said = rest(&mut dripping).await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains(&format!("\"c\":{}", Code::TRANSFER_TOO_SLOW.0)), "{said}");
    let (status, body) = put(&server, &waiting, png(20)).await;
    assert_eq!(status, StatusCode::OK, "{body:?}");
    assert_eq!(metric(&server, r#"tim_slow_transfers_total{direction="upload"}"#).await, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_stops_ends_an_upload_that_stalls_with_a_number() {
    let mut server = Server::start_with("[limits]\ntransfer_patience_s = 3600").await;
    let mut mallory = server.login("mallory").await;
    let path = ticket_for(&mut mallory, &png(10)).await;
    let mut stalled = begin_upload(&server, &path, png(10).len()).await;
    server.terminate();
    let said = rest(&mut stalled).await;
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    assert!(said.contains(&format!("\"c\":{}", Code::SHUTTING_DOWN.0)), "{said}");
    assert!(soon(server.process.take().unwrap().wait()).await.unwrap().success());
}

#[tokio::test]
async fn a_flood_of_questions_leaves_nobody_elses_unanswered() {
    let server = Server::start().await;
    let (mut alice, mut mallory) = (server.login("alice").await, server.login("mallory").await);
    for _ in 0..150 {
        let sync = json!({ "from": [0, 0], "limit": 200, "latest": 20 });
        let request = mallory.request("sync", &sync);
        mallory.says_text(request.to_string()).await;
    }
    let history = json!({ "conversationID": "C2Cmallory", "low": 1, "high": 9, "limit": 9 });
    assert!(alice.ask("msg.history", &history).await["r"].is_object());
}

/// A picture of which far more bytes come than any socket holds: what follows its last chunk shows nothing.
fn heavy() -> Vec<u8> {
    let mut bytes = png(10);
    bytes.resize(16 * 1024 * 1024, 0);
    bytes
}

/// Asks for a picture and reads nothing of it but the answer's head.
async fn stalled_download(server: &Server, path: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut socket = soon(socket.connect(server.address.parse().unwrap())).await.unwrap();
    socket.write_all(format!("GET {path} HTTP/1.1\r\nhost: tim\r\n\r\n").as_bytes()).await.unwrap();
    let mut head = [0; 15];
    soon(socket.read_exact(&mut head)).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    socket
}

#[tokio::test]
async fn a_download_that_nobody_reads_ends_and_gives_its_place_back() {
    let limits =
        "[limits]\ndownloads_per_user = 1\ntransfer_patience_s = 4\ntransfer_bytes_per_second = 10000000";
    let server = Server::start_with(limits).await;
    let mut mallory = server.login("mallory").await;
    let url = upload(&server, &mut mallory, heavy()).await;
    let answer = mallory.ask("media.download", &json!({ "url": url })).await;
    let path = answer["r"]["path"].as_str().unwrap();
    let mut stalled = stalled_download(&server, path).await;
    let refused = http(&server.address, Method::GET, path, &[], Vec::new()).await;
    assert_eq!(refusal(refused).1, u64::from(Code::TOO_FAST.0), "the one place is taken");

    let again = async {
        loop {
            let (status, body) = http(&server.address, Method::GET, path, &[], Vec::new()).await;
            if status == StatusCode::OK {
                return body;
            }
            assert_eq!(code(&body), u64::from(Code::TOO_FAST.0));
        }
    };
    assert_eq!(soon(again).await.len(), heavy().len(), "the place is given back");
    assert_eq!(metric(&server, r#"tim_slow_transfers_total{direction="download"}"#).await, 1);
    // What the server had handed to the system still comes, and then nothing more.
    let mut rest = Vec::new();
    let read = soon(stalled.read_to_end(&mut rest)).await;
    assert!(read.is_err() || rest.len() < heavy().len(), "it came whole");
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_a_download_that_nobody_reads() {
    let mut server = Server::start_with("[limits]\ntransfer_patience_s = 3600").await;
    let mut mallory = server.login("mallory").await;
    let url = upload(&server, &mut mallory, heavy()).await;
    let answer = mallory.ask("media.download", &json!({ "url": url })).await;
    let _stalled = stalled_download(&server, answer["r"]["path"].as_str().unwrap()).await;
    server.terminate();
    assert!(soon(server.process.take().unwrap().wait()).await.unwrap().success());
}
