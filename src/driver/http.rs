//! Requests for files over HTTP: uploads, and asking for a file or the rest of one. `fetch` takes in what is asked for.

use std::io::SeekFrom;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http_body_util::{BodyExt as _, Empty, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use tim_protocol::media::Uploaded;
use tim_protocol::{Code, Fault, MessageId, json};
use tokio::fs::File;
use tokio::io::AsyncSeekExt as _;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::io::ReaderStream;
use tokio_util::task::AbortOnDropHandle;

use super::address::Address;
use super::dial::ms_since;
use super::progress::Progress;
use super::source::{MAX_REDIRECTS, Source};
use crate::log::{self, LogLevel};

/// Size of a chunk, and of a step of the progress.
pub(super) const CHUNK: usize = 64 * 1024;
/// Timeout of a transfer without progress.
pub(super) const IDLE_WITHIN: Duration = Duration::from_secs(60);
/// Timeout for the response after an upload, while the server examines the file.
const ANSWER_WITHIN: Duration = Duration::from_secs(300);
/// Maximum size of a response that is not a file, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// A response, and the task of its connection, which ends with it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response<Incoming>,
    pub(super) connection: AbortOnDropHandle<hyper::Result<()>>,
}

/// The rest of a file: what follows the first `offset` bytes of the content with this tag.
pub(super) struct Rest {
    pub(super) offset: u64,
    pub(super) tag: String,
}

/// How many bytes the server has of an upload that broke off; 0 if it does not say.
pub(super) async fn received(source: &Source) -> u64 {
    let request = Request::head(&source.path)
        .header(header::HOST, source.server.authority())
        .body(Empty::new().map_err(|never| match never {}).boxed_unsync());
    let Ok(request) = request else { return 0 };
    match timeout(IDLE_WITHIN, send(&source.server, request)).await {
        Ok(Ok(answer)) if answer.response.status() == StatusCode::OK => {
            let offset = answer.response.headers().get("upload-offset");
            offset.and_then(|offset| offset.to_str().ok()?.parse().ok()).unwrap_or(0)
        }
        _ => 0,
    }
}

/// Uploads a file with a ticket, or the rest of it after `offset` bytes.
pub(super) async fn upload(
    source: Source,
    file: &Path,
    offset: u64,
    size: u64,
    progress: &Progress,
) -> Result<Uploaded, Fault> {
    let (_, answer) = follow(source, &Transfer::Up { file, offset, size, progress }).await?;
    let status = answer.response.status();
    let body = http_body_util::Limited::new(answer.response.into_body(), ANSWER_BYTES).collect();
    let body =
        timeout(IDLE_WITHIN, body).await.map_err(|why| failed(&why))?.map_err(|why| failed(&why))?.to_bytes();
    if status == StatusCode::OK {
        return json::read_bytes(&body).map_err(|why| failed(&why));
    }
    Err(refusal(&body, Code::UPLOAD_FAILED))
}

async fn put(
    source: &Source,
    file: &Path,
    offset: u64,
    size: u64,
    progress: &Progress,
) -> Result<Answer, Fault> {
    let mut content = File::open(file).await.map_err(|_| Code::FILE_UNREADABLE)?;
    content.seek(SeekFrom::Start(offset)).await.map_err(|_| Code::FILE_UNREADABLE)?;
    progress.note(0);
    let (alive, mut signs) = watch::channel(());
    let mut request = Request::put(&source.path)
        .header(header::HOST, source.server.authority())
        .header(header::CONTENT_LENGTH, size.saturating_sub(offset));
    if offset > 0 {
        let range = format!("bytes {offset}-{}/{size}", size.saturating_sub(1));
        request = request.header(header::CONTENT_RANGE, range);
    }
    let request = request
        .body(body_of(content, (offset, size), progress.clone(), alive))
        .map_err(|why| failed(&why))?;
    tokio::select! {
        answer = send(&source.server, request) => answer,
        () = silence(&mut signs) => Err(failed(&"the server takes nothing")),
    }
}

/// The direction of a transfer.
enum Transfer<'a> {
    /// A file, or the rest of it.
    Down(Option<&'a Rest>),
    Up {
        file: &'a Path,
        offset: u64,
        size: u64,
        progress: &'a Progress,
    },
}

impl Transfer<'_> {
    fn method(&self) -> Method {
        if matches!(self, Self::Down(_)) { Method::GET } else { Method::PUT }
    }

    /// The code for a redirect that must not be followed.
    fn refused(&self) -> Code {
        if matches!(self, Self::Down(_)) { Code::MEDIA_NOT_FOUND } else { Code::UPLOAD_FAILED }
    }

    async fn ask(&self, source: &Source) -> Result<Answer, Fault> {
        match self {
            Self::Down(rest) => ask_for(source, *rest).await,
            Self::Up { file, offset, size, progress } => put(source, file, *offset, *size, progress).await,
        }
    }
}

/// Sends the request and follows redirects; returns the final source and response.
async fn follow(mut source: Source, transfer: &Transfer<'_>) -> Result<(Source, Answer), Fault> {
    for _ in 0..=MAX_REDIRECTS {
        let answer = transfer.ask(&source).await?;
        let response = &answer.response;
        match source.redirect(&transfer.method(), response.status(), response.headers()) {
            Ok(None) => return Ok((source, answer)),
            Ok(Some(next)) => source = next,
            Err(why) => return Err(Fault::with_text(transfer.refused(), why)),
        }
    }
    let why = format!("the file's address leads on more than {MAX_REDIRECTS} times");
    Err(Fault::with_text(transfer.refused(), why))
}

/// Completes when an upload has made no progress for too long. After all bytes were sent the timeout is longer, because
/// the server has to decode the image.
async fn silence(signs: &mut watch::Receiver<()>) {
    while let Ok(changed) = timeout(IDLE_WITHIN, signs.changed()).await {
        if changed.is_err() {
            return tokio::time::sleep(ANSWER_WITHIN).await;
        }
    }
}

/// A file as a body, from `offset` on. A chunk counts as progress when it is handed over.
fn body_of(file: File, (offset, size): (u64, u64), progress: Progress, alive: watch::Sender<()>) -> Body {
    let mut done = offset;
    let chunks = ReaderStream::with_capacity(file, CHUNK).map_ok(move |bytes| {
        done += bytes.len() as u64;
        // 100 is reported only after the server's response.
        progress.note(percent(done, size).min(99));
        let _ = alive.send(());
        Frame::data(bytes)
    });
    StreamBody::new(chunks).boxed_unsync()
}

/// Asks for a file or the rest of it; returns where it is in the end, and the response. That has the file (200), the rest
/// (206), or says that there is no such rest (416).
pub(super) async fn get(source: Source, rest: Option<&Rest>) -> Result<(Source, Answer), Fault> {
    let (source, answer) = follow(source, &Transfer::Down(rest)).await?;
    match answer.response.status() {
        StatusCode::OK => return Ok((source, answer)),
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if rest.is_some() => {
            return Ok((source, answer));
        }
        _ => {}
    }
    let gone = missing(answer.response.status());
    if !source.is_own {
        // Error bodies of other servers have no meaning here.
        return Err(Fault::new(gone));
    }
    let body = http_body_util::Limited::new(answer.response.into_body(), ANSWER_BYTES).collect();
    let body = timeout(IDLE_WITHIN, body).await.map_err(|why| failed(&why))?;
    Err(body.map_or_else(|why| failed(&why), |body| refusal(&body.to_bytes(), gone)))
}

/// Why a file is not here: the server, or a proxy before it, cannot give it now, or there is none.
fn missing(status: StatusCode) -> Code {
    let is_for_now = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        );
    if is_for_now { Code::NETWORK_ERROR } else { Code::MEDIA_NOT_FOUND }
}

async fn ask_for(source: &Source, rest: Option<&Rest>) -> Result<Answer, Fault> {
    let mut request = Request::get(&source.path).header(header::HOST, source.server.authority());
    if let Some(Rest { offset, tag }) = rest {
        request = request.header(header::RANGE, format!("bytes={offset}-")).header(header::IF_RANGE, tag);
    }
    let request = request
        .body(Empty::new().map_err(|never| match never {}).boxed_unsync())
        .map_err(|why| failed(&why))?;
    timeout(IDLE_WITHIN, send(&source.server, request)).await.map_err(|why| failed(&why))?
}

async fn send(server: &Address, request: Request<Body>) -> Result<Answer, Fault> {
    let socket = server.connect().await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.map_err(|why| failed(&why))?;
    let connection = AbortOnDropHandle::new(tokio::spawn(connection));
    let response = sender.send_request(request).await.map_err(|why| failed(&why))?;
    Ok(Answer { response, connection })
}

pub(super) fn percent(done: u64, of: u64) -> u8 {
    u8::try_from(done.saturating_mul(100) / of.max(1)).unwrap_or(100).min(100)
}

/// The fault in an error response of the user's own server; `otherwise` if the response came from a proxy.
fn refusal(body: &[u8], otherwise: Code) -> Fault {
    json::read_bytes(body).unwrap_or_else(|_| Fault::new(otherwise))
}

pub(super) fn failed(why: &dyn std::fmt::Display) -> Fault {
    Fault::with_text(Code::NETWORK_ERROR, format!("the transfer broke off: {why}"))
}

/// Logs how a message's `upload` or `download` ended, which began then. Never where the file is: its address may be signed.
pub(super) fn log_end(transfer: &str, message: MessageId, began: Instant, refusal: Option<Code>) {
    let ms = ms_since(began);
    match refusal {
        None => {
            log::write(LogLevel::Debug, format_args!("{transfer} for message {message} done after {ms} ms"))
        }
        Some(code) => log::write(
            LogLevel::Debug,
            format_args!("{transfer} for message {message} failed after {ms} ms: {code} {}", code.name()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// What a refusal with these words comes to.
    async fn refused(is_own: bool, words: &'static str) -> Code {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let answer = format!("HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\n\r\n{words}", words.len());
            socket.write_all(answer.as_bytes()).await.unwrap();
            socket
        });
        let server_address = Address::of_server(&address, None).unwrap();
        let source = Source { server: server_address, path: "/picture".into(), is_own };
        let why = get(source, None).await.err().unwrap();
        server.await.unwrap();
        why.code
    }

    #[tokio::test]
    async fn what_a_refusal_means_is_the_own_servers_to_say() {
        assert_eq!(refused(true, r#"{"c": 130142, "t": "used"}"#).await, Code::TICKET_USED);
        assert_eq!(refused(true, r#"{"c": 0, "t": "all is well"}"#).await, Code::INTERNAL);
        assert_eq!(refused(true, "<html>").await, Code::MEDIA_NOT_FOUND);
        for words in [r#"{"c": 0, "t": "all is well"}"#, r#"{"c": 70001, "t": "log in anew"}"#, "<html>"] {
            assert_eq!(refused(false, words).await, Code::MEDIA_NOT_FOUND);
        }
    }

    /// A server that gives these answers, one to each request, and the heads of the requests.
    async fn scripted(answers: &[&str]) -> (Source, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Address::of_server(&format!("ws://{}", listener.local_addr().unwrap()), None).unwrap();
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let requests = tokio::spawn(async move {
            let mut heads = Vec::new();
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    socket.read_buf(&mut head).await.unwrap();
                }
                heads.push(String::from_utf8(head).unwrap().lines().next().unwrap().to_owned());
                socket.write_all(answer.as_bytes()).await.unwrap();
                // Until the client hangs up.
                while socket.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
            }
            heads
        });
        (Source::own(server, "/picture?ticket=secret".into()), requests)
    }

    #[tokio::test]
    async fn what_a_proxy_cannot_give_now_is_not_gone() {
        for (status, why) in [
            ("502 Bad Gateway", Code::NETWORK_ERROR),
            ("429 Too Many Requests", Code::NETWORK_ERROR),
            ("410 Gone", Code::MEDIA_NOT_FOUND),
        ] {
            let (source, _) =
                scripted(&[&format!("HTTP/1.1 {status}\r\nContent-Length: 6\r\n\r\n<html>")]).await;
            assert_eq!(get(source, None).await.err().unwrap().code, why, "{status}");
        }
    }

    const TO_B: &str = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n";

    #[tokio::test]
    async fn a_download_follows_redirects_but_not_in_a_circle() {
        let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        let (source, requests) = scripted(&[TO_B, ok]).await;
        let (_, answer) = get(source, None).await.unwrap();
        assert_eq!(answer.response.into_body().collect().await.unwrap().to_bytes(), "hi");
        assert_eq!(requests.await.unwrap(), ["GET /picture?ticket=secret HTTP/1.1", "GET /b HTTP/1.1"]);

        let (source, requests) = scripted(&[TO_B; 6]).await;
        let why = get(source, None).await.err().unwrap();
        assert_eq!((why.code, requests.await.unwrap().len()), (Code::MEDIA_NOT_FOUND, 6));
        assert!(why.text.contains("5 times"), "{why}");
    }

    #[tokio::test]
    async fn an_upload_is_sent_again_where_a_redirect_leads() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "a picture").unwrap();
        let refused =
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 31\r\n\r\n{\"c\": 130142, \"t\": \"used before\"}";
        let refused = refused.replace("31", "33");
        let (source, requests) = scripted(&[TO_B, &refused]).await;
        let why = upload(source, file.path(), 0, 9, &Progress::silent()).await.unwrap_err();
        assert_eq!(why.code, Code::TICKET_USED);
        assert_eq!(requests.await.unwrap(), ["PUT /picture?ticket=secret HTTP/1.1", "PUT /b HTTP/1.1"]);

        let found = TO_B.replace("307", "302");
        let (source, requests) = scripted(&[&found]).await;
        let why = upload(source, file.path(), 0, 9, &Progress::silent()).await.unwrap_err();
        assert_eq!((why.code, requests.await.unwrap().len()), (Code::UPLOAD_FAILED, 1));
    }
}
