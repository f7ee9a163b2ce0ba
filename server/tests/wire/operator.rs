//! The operator's port, the ways in which a server does not start, and what its log says when it does.

use std::net::TcpListener;
use std::process::Stdio;

use hyper::{Method, StatusCode};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::bucket_server::BucketServer;
use crate::stage::{Server, code, http, program, refusal, soon};

#[tokio::test]
async fn the_operator_sees_that_it_works_and_what_it_counts() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    alice.sends("C2Calice", "to myself").await;
    let get = |path| http(&server.admin, Method::GET, path, &[], Vec::new());
    assert_eq!(get("/healthz").await, (StatusCode::OK, r#"{"status":"ok"}"#.into()));
    let (status, metrics) = get("/metrics").await;
    let metrics = String::from_utf8(metrics.to_vec()).unwrap();
    assert_eq!(status, StatusCode::OK);
    for name in ["tim_commit_seconds", "tim_commit_writes", "tim_connections", "tim_frames_total"] {
        assert!(metrics.contains(name), "{name} is missing: {metrics}");
    }
    assert!(metrics.contains(r#"tim_writes_total{write="msg.send",outcome="done"} 1"#), "{metrics}");
    assert!(!metrics.contains("alice"), "nothing about users");
    assert_eq!(get("/").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_away_is_told_beside_the_health_of_chat() {
    let bucket = BucketServer::start().await;
    let server = Server::start_with(&bucket.lines("media.bucket")).await;
    let health = async || {
        let (status, body) = http(&server.admin, Method::GET, "/healthz", &[], Vec::new()).await;
        assert_eq!(status, StatusCode::OK);
        serde_json::from_slice::<serde_json::Value>(&body).unwrap()
    };
    assert_eq!(health().await, serde_json::json!({ "status": "ok" }));
    bucket.go_away();
    let away = health().await;
    assert!(away["status"] == "ok" && away["media"].as_str().unwrap().contains("does not answer"), "{away}");
    bucket.come_back();
    assert_eq!(health().await, serde_json::json!({ "status": "ok" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bucket_is_looked_at_while_the_database_does_not_answer() {
    let bucket = BucketServer::start().await;
    let server = Server::start_with(&bucket.lines("media.bucket")).await;
    let database = rusqlite::Connection::open(server.data().join("tim.db")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = bucket.requests();
    let looked = async {
        while bucket.requests() == before {
            tokio::task::yield_now().await;
        }
        database.execute_batch("ROLLBACK").unwrap();
    };
    let health = http(&server.admin, Method::GET, "/healthz", &[], Vec::new());
    let ((status, _), ()) = tokio::join!(health, soon(looked));
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn only_who_can_read_the_data_folder_kicks() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let path = format!("/kick?app={}&user=alice", server.app);
    let post = async |path: &str, token: &str| {
        let authorization = [("authorization", token)];
        let headers = if token.is_empty() { &[][..] } else { &authorization[..] };
        http(&server.admin, Method::POST, path, headers, Vec::new()).await
    };
    for token in ["", "Bearer ", "Bearer 0000", "Basic YTpi"] {
        assert_eq!(post(&path, token).await.0, StatusCode::FORBIDDEN, "{token:?}");
    }
    assert_eq!(http(&server.admin, Method::GET, &path, &[], Vec::new()).await.0, StatusCode::NOT_FOUND);
    alice.sends("C2Calice", "still here").await;
    let announced = std::fs::read_to_string(server.data().join("admin")).unwrap();
    let token = format!("Bearer {}", announced.lines().nth(1).unwrap());
    let (status, body) = post(&format!("/kick?app={}&user=nobody", server.app), &token).await;
    assert_eq!((status, code(&body)), (StatusCode::BAD_REQUEST, 20_003));
    assert_eq!(post("/kick", &token).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(post(&path, &token).await.0, StatusCode::OK);
    let kick = alice.envelope(|envelope| envelope["ev"] == "kick").await;
    assert_eq!(kick["p"]["type"], "REST_API_Kick");
    assert_eq!(alice.closed().await, 3006);
}

#[tokio::test]
async fn a_second_server_on_the_same_data_does_not_start_and_the_first_goes_on() {
    let server = Server::start().await;
    let arguments = server.arguments();
    let said = refusal(&program(&arguments.each_ref().map(String::as_str)));
    assert!(said.contains("another tim-server uses this data folder"), "{said}");
    let mut alice = server.login("alice").await;
    assert_eq!(alice.sends("C2Calice", "all is well").await["r"]["sequence"], 1);
}

#[test]
fn a_server_does_not_listen_to_the_world_in_plain_text() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let said = refusal(&program(&["serve", "--listen", "0.0.0.0:0", "--data", data.to_str().unwrap()]));
    assert!(said.contains("[tls]"), "{said}");
    assert!(!data.exists(), "nothing was begun");
}

#[test]
fn a_server_says_in_one_line_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a file"), "").unwrap();
    std::fs::create_dir(path("damaged")).unwrap();
    std::fs::write(path("damaged/tim.db"), "not a database".repeat(100)).unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().to_string();
    for (name, config) in [
        ("misspelt", "# tim\nlisen = 1\n"),
        ("broken", "listen = \n"),
        ("half", "[tls]\ncertificate = \"nowhere\"\n"),
        ("untold", "[log]\nlevel = \"inof\"\n"),
    ] {
        std::fs::write(path(name), config).unwrap();
    }
    let (data, any) = (path("data"), "127.0.0.1:0");
    for (arguments, what, advice) in [
        (["--config", &path("misspelt")], "misspelt: line 2: unknown field `lisen`", "tim-server config"),
        (["--config", &path("broken")], "broken: line 1: ", "tim-server config"),
        (["--config", &path("half")], "half: line 1: missing field `key`", "tim-server config"),
        (["--config", &path("untold")], "log: level", "info"),
        (["--config", &path("nowhere")], "nowhere: No such file", "check --config"),
        (["--config", folder.path().to_str().unwrap()], "Is a directory", "check --config"),
        (["--listen", &taken], &format!(": listen = \"{taken}\": "), "a port that is free"),
        (["--admin-listen", &taken], &format!(": admin_listen = \"{taken}\": "), "a port that is free"),
        (["--data", &path("a file")], "a file: ", "check the path"),
        (["--data", &path("damaged")], "tim.db: the database is damaged", "restore a backup"),
    ] {
        let mut all = vec!["serve"];
        for (option, value) in [("--listen", any), ("--admin-listen", any), ("--data", &data)] {
            if arguments[0] != option {
                all.extend([option, value]);
            }
        }
        all.extend(arguments);
        let said = refusal(&program(&all));
        assert!(said.contains(what) && said.contains(advice), "{arguments:?}: {said}");
    }
}

#[test]
fn a_server_says_in_one_line_what_is_wrong_with_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let make = || rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (own, other) = (make(), make());
    std::fs::write(path("own.pem"), own.cert.pem()).unwrap();
    std::fs::write(path("own.key"), own.signing_key.serialize_pem()).unwrap();
    std::fs::write(path("other.key"), other.signing_key.serialize_pem()).unwrap();
    std::fs::write(path("cut.pem"), &own.cert.pem()[..100]).unwrap();
    std::fs::write(path("empty"), "").unwrap();
    for (certificate, key, what) in [
        ("nowhere", "own.key", "nowhere: No such file"),
        ("own.pem", "nowhere", "nowhere: No such file"),
        ("empty", "own.key", "empty: there is no certificate in it"),
        ("cut.pem", "own.key", "cut.pem: it is not whole"),
        ("own.pem", "own.pem", "own.pem: there is no private key in it"),
        ("own.pem", "other.key", "own.pem and "),
    ] {
        let (certificate, key) = (path(certificate), path(key));
        let config = format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n");
        std::fs::write(path("tim.toml"), config).unwrap();
        let said = refusal(&program(&["serve", "--config", &path("tim.toml"), "--data", &path("data")]));
        assert!(said.contains(what) && said.contains("[tls]"), "{said}");
        assert!(!said.contains("listen"), "{said}");
    }
}

/// Serves this folder until it listens.
async fn serve(data: &str, log: impl Into<Stdio>) -> Child {
    let any = "127.0.0.1:0";
    let mut server = Command::new(env!("CARGO_BIN_EXE_tim-server"))
        .args(["serve", "--data", data, "--listen", any, "--admin-listen", any])
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let first =
        soon(BufReader::new(server.stdout.take().unwrap()).lines().next_line()).await.unwrap().unwrap();
    assert!(first.starts_with("listening on ws://"), "{first}");
    server
}

/// The log of a server up to the moment it listens.
async fn log_of(data: &str) -> String {
    let mut server = serve(data, Stdio::piped()).await;
    server.start_kill().unwrap();
    String::from_utf8(soon(server.wait_with_output()).await.unwrap().stderr).unwrap()
}

#[tokio::test]
async fn a_server_says_what_it_serves_and_warns_when_that_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    let log = log_of(&data).await;
    for part in [env!("CARGO_PKG_VERSION"), &data, "ws://127.0.0.1:", "http://127.0.0.1:", "applications=0"] {
        assert!(log.lines().next().unwrap().contains(part), "{part} is missing: {log}");
    }
    let warning = log.lines().nth(1).unwrap();
    assert!(warning.contains("WARN") && warning.contains(&format!("tim-server app --data {data}")), "{log}");
    assert!(!log.contains('\x1b'), "colours are for terminals: {log:?}");

    assert!(program(&["app", "--data", &data]).status.success());
    let log = log_of(&data).await;
    assert!(log.contains("applications=1") && log.lines().count() == 1, "{log}");
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_log_that_finds_no_room_stops_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    serve(folder.path().to_str().unwrap(), full).await;
}
