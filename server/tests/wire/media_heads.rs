//! Parts of files, and what scripts of a page may see, by the heads of requests and answers.

use hyper::body::Bytes;
use hyper::{Method, Response};
use serde_json::{Value, json};

use crate::media::{photograph, png, put, ticket_for, upload};
use crate::stage::{Server, exchange};

/// Asks for a file, and gives the answer with its head.
async fn ask(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    exchange(&server.address, method, path, headers, Vec::new()).await
}

fn head<'a>(answer: &'a Response<Bytes>, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_gets_the_part_it_asks_for_of_a_file_and_of_its_renditions() {
    for server in Server::start_each("").await {
        gives_parts(server).await;
    }
}

async fn gives_parts(server: Server) {
    let mut alice = server.login("alice").await;
    let path = ticket_for(&mut alice, &photograph()).await;
    let (_, uploaded) = put(&server, &path, photograph()).await;
    let uploaded: Value = serde_json::from_slice(&uploaded).unwrap();
    for rendition in uploaded["renditions"].as_array().unwrap() {
        let answer = alice.ask("media.download", &json!({ "url": rendition["url"] })).await;
        let path = answer["r"]["path"].as_str().unwrap();
        let whole = ask(&server, Method::GET, path, &[]).await;
        let (tag, file) = (head(&whole, "etag"), whole.body());
        let size = file.len();
        assert!((whole.status() == 200, head(&whole, "accept-ranges")) == (true, "bytes"));
        assert!(tag.starts_with('"') && head(&whole, "content-length") == size.to_string());

        for (range, part) in [
            ("bytes=10-19", 10..20),
            ("bytes=10-", 10..size),
            ("bytes=-10", size - 10..size),
            ("bytes=10-99999999", 10..size),
        ] {
            let answer = ask(&server, Method::GET, path, &[("range", range), ("if-range", tag)]).await;
            assert_eq!((answer.status().as_u16(), &answer.body()[..]), (206, &file[part.clone()]), "{range}");
            let said = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            assert_eq!(head(&answer, "content-range"), said);
            assert_eq!(head(&answer, "content-length"), part.len().to_string());
            for name in ["etag", "content-type", "accept-ranges", "x-content-type-options", "cache-control"] {
                assert_eq!(head(&answer, name), head(&whole, name), "{name}");
            }
        }
        for range in ["bytes=0-1,5-6", "bytes=19-10", "bytes=ten-", "lines=1-2", "10-19"] {
            let answer = ask(&server, Method::GET, path, &[("range", range)]).await;
            assert_eq!((answer.status().as_u16(), answer.body()), (200, file), "{range}");
        }
        for range in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
            let answer = ask(&server, Method::GET, path, &[("range", &range)]).await;
            assert_eq!(answer.status(), 416);
            assert_eq!(head(&answer, "content-range"), format!("bytes */{size}"));
        }
        for changed in ["\"another\"", &format!("W/{tag}")] {
            let of_another = [("range", "bytes=10-19"), ("if-range", changed)];
            let answer = ask(&server, Method::GET, path, &of_another).await;
            assert_eq!((answer.status().as_u16(), answer.body()), (200, file), "{changed}");
        }
        for headers in [&[][..], &[("range", "bytes=10-19")]] {
            let answer = ask(&server, Method::HEAD, path, headers).await;
            assert_eq!((answer.status().as_u16(), answer.body().len()), (200, 0));
            for name in ["etag", "content-length", "content-type", "accept-ranges"] {
                assert_eq!(head(&answer, name), head(&whole, name), "{name}");
            }
        }
    }
}

const ALLOWED: &str = "access-control-allow-origin";

#[tokio::test]
async fn pages_of_an_admitted_origin_see_files_and_no_others_do() {
    let config = "[media]\norigins = [\"https://app.example\", \"http://localhost:5173\"]";
    let server = Server::start_with(config).await;
    let mut alice = server.login("alice").await;
    let url = upload(&server, &mut alice, png(10)).await;
    let answer = alice.ask("media.download", &json!({ "url": url })).await;
    let path = answer["r"]["path"].as_str().unwrap();
    let preflight = |origin| [("origin", origin), ("access-control-request-method", "GET")];
    for origin in ["https://app.example", "http://localhost:5173"] {
        for path in [path, &url] {
            let answer = ask(&server, Method::GET, path, &[("origin", origin)]).await;
            assert_eq!((head(&answer, ALLOWED), head(&answer, "vary")), (origin, "Origin"), "{answer:?}");
            let exposed = head(&answer, "access-control-expose-headers");
            assert!(["ETag", "Content-Range", "Content-Length"].iter().all(|it| exposed.contains(it)));
        }
        for (path, methods) in [(path, "GET, HEAD"), ("/media/upload", "HEAD, PUT")] {
            let answer = ask(&server, Method::OPTIONS, path, &preflight(origin)).await;
            assert_eq!((answer.status().as_u16(), head(&answer, ALLOWED)), (204, origin));
            assert_eq!(head(&answer, "access-control-allow-methods"), methods);
            assert!(head(&answer, "access-control-allow-headers").contains("If-Range, Range"));
        }
    }
    for origin in ["https://evil.example", "https://app.example.evil.example", "null"] {
        let answer = ask(&server, Method::GET, path, &[("origin", origin)]).await;
        assert_eq!(
            (answer.status().as_u16(), head(&answer, ALLOWED), head(&answer, "vary")),
            (200, "", "Origin")
        );
        let answer = ask(&server, Method::OPTIONS, path, &preflight(origin)).await;
        assert_eq!((answer.status().as_u16(), head(&answer, ALLOWED)), (405, ""));
    }
}

#[tokio::test]
async fn a_server_as_it_comes_admits_no_pages_and_one_told_so_admits_all() {
    for (config, expected) in [("", ""), ("[media]\norigins = [\"*\"]", "*")] {
        let server = Server::start_with(config).await;
        let mut alice = server.login("alice").await;
        let url = upload(&server, &mut alice, png(10)).await;
        let answer = ask(&server, Method::GET, &url, &[("origin", "https://app.example")]).await;
        assert_eq!((head(&answer, ALLOWED), head(&answer, "vary")), (expected, ""));
    }
}
