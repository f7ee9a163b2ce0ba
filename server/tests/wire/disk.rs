//! A disk that takes nothing, and files that go away under a server that runs.

use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use tim_protocol::Code;

use crate::stage::{Server, code, http, soon};

async fn health(server: &Server) -> (StatusCode, Bytes) {
    http(&server.admin, Method::GET, "/healthz", &[], Vec::new()).await
}

#[tokio::test]
async fn a_server_that_can_write_nothing_is_not_healthy_until_it_can() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    assert_eq!(alice.sends("C2Calice", "kept").await["r"]["sequence"], 1);
    assert_eq!(health(&server).await.0, StatusCode::OK);
    server.disk(Some(1));
    assert_eq!(alice.sends("C2Calice", "refused").await["e"]["c"], Code::READ_ONLY.0);
    let (status, body) = health(&server).await;
    assert_eq!((status, code(&body)), (StatusCode::SERVICE_UNAVAILABLE, u64::from(Code::READ_ONLY.0)));
    let history = serde_json::json!({ "conversationID": "C2Calice", "low": 1, "high": 9, "limit": 9 });
    assert_eq!(alice.ask("msg.history", &history).await["r"]["high"], 1, "reading goes on");
    server.disk(None);
    assert_eq!(health(&server).await.0, StatusCode::OK);
    assert_eq!(alice.sends("C2Calice", "kept again").await["r"]["sequence"], 2);
}

/// Files that are gone take every change with them when the process ends.
#[tokio::test]
async fn nothing_is_acknowledged_once_the_databases_files_are_gone() {
    for file in ["tim.db", "tim.db-wal"] {
        let mut server = Server::start().await;
        let mut alice = server.login("alice").await;
        assert_eq!(alice.sends("C2Calice", "kept").await["r"]["sequence"], 1);
        let away = server.folder.path().join("away");
        std::fs::rename(server.data().join(file), &away).unwrap();
        let refused = alice.sends("C2Calice", "into nothing").await;
        assert_eq!(refused["e"]["c"], Code::READ_ONLY.0, "{file}: {refused}");
        assert!(refused["e"]["t"].as_str().unwrap().contains("moved or deleted"), "{refused}");
        let (status, body) = health(&server).await;
        assert_eq!((status, code(&body)), (StatusCode::SERVICE_UNAVAILABLE, u64::from(Code::READ_ONLY.0)));

        std::fs::rename(&away, server.data().join(file)).unwrap();
        assert_eq!(health(&server).await.0, StatusCode::OK, "{file} is back");
        let sent = alice.sends("C2Calice", "kept as well").await;
        assert!(sent["r"]["sequence"].is_number(), "{file}: {sent}");
        server.terminate();
        assert!(soon(server.process.take().unwrap().wait()).await.unwrap().success());
    }
}
