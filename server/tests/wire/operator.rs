//! The operator's port and the ways in which a server does not start.

use std::process::Output;

use hyper::{Method, StatusCode};

use crate::stage::{Server, code, http, program};

/// What the program said when it did not start.
fn refusal(output: &Output) -> String {
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("tim-server: ") && said.lines().count() == 1, "one line for people: {said}");
    said
}

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
    assert!(metrics.contains(r#"tim_writes_total{write="send",outcome="done"} 1"#), "{metrics}");
    assert!(!metrics.contains("alice"), "nothing about users");
    assert_eq!(get("/").await.0, StatusCode::NOT_FOUND);
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
    std::fs::write(path("misspelt.toml"), "lisen = 1\n").unwrap();
    std::fs::write(path("a file"), "").unwrap();
    std::fs::create_dir(path("damaged")).unwrap();
    std::fs::write(path("damaged/tim.db"), "not a database".repeat(100)).unwrap();
    std::fs::write(path("no-certificate.toml"), "[tls]\ncertificate = \"nowhere\"\nkey = \"nowhere\"\n")
        .unwrap();
    for (arguments, reason) in [
        (["--config", &path("misspelt.toml"), "--data", &path("data")], "lisen"),
        (["--config", &path("no-certificate.toml"), "--data", &path("data")], "[tls]"),
        (["--listen", "127.0.0.1:0", "--data", &path("a file")], "check the path"),
        (["--listen", "127.0.0.1:0", "--data", &path("damaged")], "130124"),
    ] {
        let mut all = vec!["serve", "--admin-listen", "127.0.0.1:0"];
        all.extend(arguments);
        let said = String::from_utf8(program(&all).stderr).unwrap();
        assert!(said.contains(reason), "{said}");
    }
}
