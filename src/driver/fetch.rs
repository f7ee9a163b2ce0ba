//! One attempt of a download: takes a file, or the rest of it, into its partial file.

use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap};
use tim_protocol::{Code, Fault};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use super::cancel::CancelGuard;
use super::http::{self, Answer, IDLE_WITHIN, Rest, failed, percent};
use super::partial::{Content, Partial, disk};
use super::progress::Progress;
use super::source::Source;

/// Asks for what the partial file lacks, and writes it there. Network waits end on cancellation; file operations finish, so
/// no bytes appear later.
///
/// Errors: [`tim_protocol::Code::NETWORK_ERROR`] if it broke off or is to be begun anew, [`tim_protocol::Code::MEDIA_NOT_FOUND`],
/// [`Code::FILE_TOO_LARGE`] above `max_bytes`, the codes of a full disk, or that of the cancellation.
pub(super) async fn fetch(
    source: Source,
    partial: &mut Partial,
    (progress, guard): (&Progress, &CancelGuard),
    max_bytes: u64,
) -> Result<(), Fault> {
    progress.note(0);
    let rest = partial.rest();
    let (source, answer) = guard.run_until_cancelled(http::get(source, rest.as_ref())).await??;
    let Answer { response, connection: _connection } = answer;
    let (head, mut body) = response.into_parts();
    let (offset, size) = match head.status {
        StatusCode::OK => (0, length(&head.headers)),
        _ => match begin_of(&head.headers, head.status, rest.as_ref()) {
            Some((offset, size)) => (offset, Some(size)),
            None => {
                partial.discard().await;
                return Err(failed(&"the file has changed"));
            }
        },
    };
    let too_large =
        || Fault::with_text(Code::FILE_TOO_LARGE, format!("the file has more than {max_bytes} bytes"));
    if size.is_some_and(|size| size > max_bytes) {
        return Err(too_large());
    }
    let content = Content::new(&head.headers, size, source.is_own);
    let mut file = partial.begin(offset, content).await.map_err(|why| disk(&why))?;
    let taken = async {
        loop {
            let frame = guard.run_until_cancelled(timeout(IDLE_WITHIN, body.frame())).await?;
            let Some(frame) = frame.map_err(|why| failed(&why))? else { return Ok(()) };
            let Ok(bytes) = frame.map_err(|why| failed(&why))?.into_data() else { continue };
            write(&mut file, &bytes).await?;
            partial.grow(bytes.len());
            if partial.length() > max_bytes {
                return Err(too_large());
            }
            // 100 is reported only when the file is in its place.
            progress.note(percent(partial.length(), size.unwrap_or(0)).min(99));
        }
    };
    let taken = taken.await;
    // What was written by then is there for the next attempt.
    let synced = file.sync_all().await.map_err(|why| disk(&why));
    taken.and(synced)?;
    if size.is_some_and(|size| size != partial.length()) {
        partial.discard().await;
        return Err(failed(&"the file has another size than was said"));
    }
    guard.run_until_cancelled(std::future::ready(())).await
}

async fn write(file: &mut File, bytes: &[u8]) -> Result<(), Fault> {
    let written = async {
        file.write_all(bytes).await?;
        file.flush().await
    };
    written.await.map_err(|why| disk(&why))
}

fn length(headers: &HeaderMap) -> Option<u64> {
    text(headers, header::CONTENT_LENGTH)?.parse().ok()
}

/// Where a part begins, and the size of the whole; `None` if it is not the rest that was asked for.
fn begin_of(headers: &HeaderMap, status: StatusCode, rest: Option<&Rest>) -> Option<(u64, u64)> {
    let Rest { offset, tag } = rest.filter(|_| status == StatusCode::PARTIAL_CONTENT)?;
    let (range, size) = text(headers, header::CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, size): (u64, u64, u64) = (first.parse().ok()?, last.parse().ok()?, size.parse().ok()?);
    let is_same = text(headers, header::ETAG).is_none_or(|it| it == tag);
    (is_same && first == *offset && last.checked_add(1) == Some(size)).then_some((first, size))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::address::Address;
    use crate::driver::cancel::{Cancellation, Downloads};
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    /// A server elsewhere that gives these answers, one to each request, and then hangs up; and what it was asked.
    async fn serves(answers: &[String]) -> (Address, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Address::of_server(&format!("ws://{}", listener.local_addr().unwrap()), None).unwrap();
        let answers = answers.to_vec();
        let asked = tokio::spawn(async move {
            let mut heads = Vec::new();
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") && socket.read_buf(&mut head).await.unwrap() > 0 {}
                heads.push(String::from_utf8(head).unwrap());
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
            heads
        });
        (server, asked)
    }

    fn answer(status: &str, headers: &str, length: usize, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
    }

    /// Loads "hello world", of which "hello " comes before the connection breaks, with these answers to the requests after
    /// that. Gives what is there in the end, and what was asked for.
    async fn continued(first_tag: &str, then: &[String]) -> (Vec<Option<u32>>, String, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let (target, records) = (folder.path().join("file"), folder.path().join("records"));
        let broken = answer("200 OK", &format!("ETag: {first_tag}\r\n"), 11, "hello ");
        let (server, asked) = serves(&[&[broken], then].concat()).await;
        let guard = Downloads::default().begin(target.clone(), Cancellation::default());
        let mut partial = Partial::open(&target, "https://elsewhere/file", Some(records)).await;
        let mut ends = Vec::new();
        for _ in 0..=then.len() {
            let source = Source { server: server.clone(), path: "/file".to_owned(), is_own: false };
            let fetched = fetch(source, &mut partial, (&Progress::silent(), &guard), u64::MAX).await;
            ends.push(fetched.err().map(|why| why.code.0));
        }
        partial.complete(&target).await.unwrap();
        let content = std::fs::read_to_string(target).unwrap();
        (ends, content, asked.await.unwrap())
    }

    const BROKEN: Option<u32> = Some(Code::NETWORK_ERROR.0);

    #[tokio::test]
    async fn the_rest_is_asked_for_and_follows_what_is_there() {
        let rest =
            answer("206 Partial Content", "ETag: \"a\"\r\nContent-Range: bytes 6-10/11\r\n", 5, "world");
        let (ends, content, asked) = continued("\"a\"", &[rest]).await;
        assert_eq!((ends, content.as_str()), (vec![BROKEN, None], "hello world"));
        assert!(!asked[0].contains("range"), "{asked:?}");
        assert!(asked[1].contains("range: bytes=6-\r\nif-range: \"a\"\r\n"), "{asked:?}");
    }

    #[tokio::test]
    async fn a_server_without_ranges_and_a_changed_file_begin_anew() {
        for tag in ["\"a\"", "\"b\""] {
            let whole = answer("200 OK", &format!("ETag: {tag}\r\n"), 5, "hello");
            let (ends, content, _) = continued("\"a\"", &[whole]).await;
            assert_eq!((ends, content.as_str()), (vec![BROKEN, None], "hello"));
        }
    }

    #[tokio::test]
    async fn what_is_not_the_rest_is_not_appended() {
        for (status, headers) in [
            ("206 Partial Content", "ETag: \"b\"\r\nContent-Range: bytes 6-10/11\r\n"),
            ("206 Partial Content", "ETag: \"a\"\r\nContent-Range: bytes 5-9/11\r\n"),
            ("206 Partial Content", "ETag: \"a\"\r\n"),
            ("416 Range Not Satisfiable", "Content-Range: bytes */3\r\n"),
        ] {
            let other = answer(status, headers, 5, "wrong");
            let whole = answer("200 OK", "ETag: \"b\"\r\n", 5, "hello");
            let (ends, content, asked) = continued("\"a\"", &[other, whole]).await;
            assert_eq!((ends, content.as_str()), (vec![BROKEN, BROKEN, None], "hello"), "{headers}");
            assert!(!asked[2].contains("range"), "{asked:?}");
        }
    }

    #[tokio::test]
    async fn a_rest_that_is_shorter_than_it_says_is_no_file() {
        let short =
            answer("206 Partial Content", "ETag: \"a\"\r\nContent-Range: bytes 6-10/11\r\n", 3, "wor");
        let whole = answer("200 OK", "ETag: \"b\"\r\n", 5, "hello");
        let (ends, content, asked) = continued("\"a\"", &[short, whole]).await;
        assert_eq!((ends, content.as_str()), (vec![BROKEN, BROKEN, None], "hello"));
        assert!(!asked[2].contains("range"), "{asked:?}");
    }

    #[tokio::test]
    async fn without_a_strong_tag_it_begins_anew() {
        let whole = answer("200 OK", "", 5, "hello");
        let (ends, content, asked) = continued("W/\"a\"", &[whole]).await;
        assert_eq!((ends, content.as_str()), (vec![BROKEN, None], "hello"));
        assert!(!asked[1].contains("range"), "{asked:?}");
    }
}
