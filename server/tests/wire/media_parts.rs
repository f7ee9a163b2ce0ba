//! Uploads in parts over bare HTTP: what is there of one that broke off, and the rest of it.

use std::path::PathBuf;

use hyper::{Method, StatusCode};
use tim_protocol::Code;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::media::{photograph, ticket_for};
use crate::stage::{Server, code, exchange, http, soon};

/// How much is there of an upload.
async fn received(server: &Server, path: &str) -> usize {
    let answer = exchange(&server.address, Method::HEAD, path, &[], Vec::new()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// Begins an upload of so many bytes, or goes on with one, and breaks off after these; then waits until `there` are there.
async fn breaks_off(server: &Server, path: &str, (headers, size): (&str, usize), bytes: &[u8], there: usize) {
    let mut socket = TcpStream::connect(&server.address).await.unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nHost: chat\r\n{headers}Content-Length: {size}\r\n\r\n");
    socket.write_all(&[head.as_bytes(), bytes].concat()).await.unwrap();
    socket.shutdown().await.unwrap();
    let _ = soon(socket.read_to_end(&mut Vec::new())).await;
    soon(async { while received(server, path).await != there {} }).await;
}

async fn put_rest(server: &Server, path: &str, range: &str, bytes: &[u8]) -> (StatusCode, u64) {
    let headers = [("content-range", range)];
    let (status, body) = http(&server.address, Method::PUT, path, &headers, bytes.to_vec()).await;
    (status, if status == StatusCode::OK { 0 } else { code(&body) })
}

fn parts(server: &Server) -> Vec<PathBuf> {
    let folder = server.data().join("media").join("incoming");
    std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_with_another_ticket_also_after_a_restart() {
    for server in Server::start_each("").await {
        goes_on(server).await;
    }
}

async fn goes_on(mut server: Server) {
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    let (file, size) = (photograph(), photograph().len());
    let path = ticket_for(&mut alice, &file).await;
    assert_eq!(received(&server, &path).await, 0);
    breaks_off(&server, &path, ("", size), &file[..1_000], 1_000).await;
    let rest = format!("Content-Range: bytes 1000-{}/{size}\r\n", size - 1);
    breaks_off(&server, &path, (&rest, size - 1_000), &file[1_000..3_000], 3_000).await;
    let of_bob = ticket_for(&mut bob, &file).await;
    assert_eq!(received(&server, &of_bob).await, 0, "it is alice's");

    server.process.take().unwrap().kill().await.unwrap();
    server.serve().await;
    let mut alice = server.login("alice").await;
    let path = ticket_for(&mut alice, &file).await;
    assert_eq!(received(&server, &path).await, 3_000);
    let range = format!("bytes 3000-{}/{size}", size - 1);
    assert_eq!(put_rest(&server, &path, &range, &file[3_000..]).await, (StatusCode::OK, 0));
    assert_eq!((received(&server, &path).await, parts(&server).len()), (0, 0));
}

#[tokio::test]
async fn what_does_not_fit_what_is_there_is_refused() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let (file, size) = (photograph(), photograph().len());
    let path = ticket_for(&mut alice, &file).await;
    let range = |begin: usize| format!("bytes {begin}-{}/{size}", size - 1);
    let (busy, mismatch) = (u64::from(Code::BUSY.0), u64::from(Code::MEDIA_MISMATCH.0));
    let nothing = put_rest(&server, &path, &range(1_000), &file[1_000..]).await;
    assert_eq!(nothing, (StatusCode::SERVICE_UNAVAILABLE, busy));
    breaks_off(&server, &path, ("", size), &file[..1_000], 1_000).await;
    for (range, bytes, expected) in [
        (range(2_000), &file[2_000..], busy),
        (range(1_000), &file[1_001..], mismatch),
        (format!("bytes 1000-1999/{size}"), &file[1_000..2_000], mismatch),
        (format!("bytes 1000-{size}/{}", size + 1), &file[999..], mismatch),
    ] {
        assert_eq!(put_rest(&server, &path, &range, bytes).await.1, expected, "{range}");
        assert_eq!(received(&server, &path).await, 1_000, "{range}");
    }
    // Something else is there than the file begins with: it is begun again.
    std::fs::write(&parts(&server)[0], vec![7; 1_000]).unwrap();
    assert_eq!(put_rest(&server, &path, &range(1_000), &file[1_000..]).await.1, busy);
    assert_eq!(received(&server, &path).await, 0);
    let (status, _) = http(&server.address, Method::PUT, &path, &[], file).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn of_uploads_that_broke_off_a_user_has_few() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    for number in 0..6 {
        let file = vec![number; 2_000];
        let path = ticket_for(&mut alice, &file).await;
        breaks_off(&server, &path, ("", 2_000), &file[..1_000], 1_000).await;
        assert_eq!(parts(&server).len(), usize::from(number + 1).min(4));
    }
}
