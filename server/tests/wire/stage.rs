//! The stage: a server's process in a temporary folder, and a client without an engine.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tim_protocol::codec;
use tim_protocol::usersig::{Claims, Key, sign};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::bucket_server::BucketServer;

/// A story that waits longer than this for one thing is stuck.
const WATCHDOG: Duration = Duration::from_secs(60);

/// Waits for what has to come.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(WATCHDOG, what).await.expect("it never came")
}

/// Runs the server's program to its end.
pub(crate) fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tim-server")).args(arguments).output().unwrap()
}

/// The error output of a command that failed.
pub(crate) fn refusal(output: &Output) -> String {
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("tim-server: ") && said.lines().count() == 1, "one line for people: {said}");
    said
}

fn files_in(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

/// A data folder with an application, and perhaps a server that uses it.
pub(crate) struct Server {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) app: u32,
    key: Key,
    pub(crate) process: Option<Child>,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    pub(crate) admin: String,
    /// Where its files are, if not in the data folder.
    bucket: Option<BucketServer>,
}

impl Server {
    /// A server as it comes.
    pub(crate) async fn start() -> Self {
        Self::start_with("").await
    }

    /// A server with these lines in its configuration.
    pub(crate) async fn start_with(config: &str) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), config).await
    }

    /// Two servers with these lines in their configuration: one has its files in the data folder, the other in a bucket.
    pub(crate) async fn start_each(config: &str) -> [Self; 2] {
        let bucket = BucketServer::start().await;
        let mut with_bucket = Self::start_with(&format!("{config}\n{}", bucket.lines("media.bucket"))).await;
        with_bucket.bucket = Some(bucket);
        [Self::start_with(config).await, with_bucket]
    }

    /// How many files there are, wherever they are.
    pub(crate) fn stored(&self) -> usize {
        let bucket = self.bucket.as_ref().map_or(0, |bucket| files_in(&bucket.folder()));
        files_in(&self.data().join("media")) + bucket
    }

    /// A server in this folder.
    pub(crate) async fn start_in(folder: tempfile::TempDir, config: &str) -> Self {
        std::fs::write(folder.path().join("tim.toml"), config).unwrap();
        let data = folder.path().join("data");
        let made = program(&["app", "--data", data.to_str().unwrap()]);
        let made = String::from_utf8(made.stdout).unwrap();
        let words: Vec<&str> = made.split_whitespace().collect();
        let ["SDKAppID", app, "key", key] = words[..] else { panic!("{made}") };
        let (app, key) = (app.parse().unwrap(), Key::new(key));
        let mut server = Self {
            folder,
            app,
            key,
            process: None,
            address: String::new(),
            admin: String::new(),
            bucket: None,
        };
        server.serve().await;
        server
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What a second server is started with: the same data and configuration, other ports.
    pub(crate) fn arguments(&self) -> [String; 9] {
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let (data, config) = (text(self.data()), text(self.folder.path().join("tim.toml")));
        let any = "127.0.0.1:0";
        ["serve", "--listen", any, "--admin-listen", any, "--data", &data, "--config", &config]
            .map(Into::into)
    }

    /// Starts the process, and waits until it listens.
    pub(crate) async fn serve(&mut self) {
        let mut process =
            launcher().args(self.arguments()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        for field in [&mut self.address, &mut self.admin] {
            let line = soon(lines.next_line()).await.unwrap().expect("the server says where it listens");
            let (_, address) = line.split_once("://").unwrap();
            *field = address.trim_end_matches("/v1").to_owned();
        }
        self.process = Some(process);
    }

    /// Asks the process to end, as an init system does.
    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal to the process.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args(["-s", name, &self.pid()]).status().unwrap().success());
    }

    pub(crate) fn pid(&self) -> String {
        self.process.as_ref().and_then(Child::id).expect("it runs").to_string()
    }

    /// How many bytes a file of the server's may have from here on: what it meets beyond is an error, as on a full disk.
    #[cfg(target_os = "linux")]
    pub(crate) fn disk(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let limit = format!("--fsize={limit}:unlimited");
        assert!(Command::new("prlimit").args([&limit, "--pid", &self.pid()]).status().unwrap().success());
    }

    /// A token for a user.
    pub(crate) fn sig(&self, user: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let issued_at_s = i64::try_from(now).unwrap();
        let claims =
            Claims { sdk_app_id: self.app, user: user.into(), issued_at_s, expire_s: 86_400, userbuf: None };
        sign(&self.key, &claims)
    }

    /// A hello for a new login.
    pub(crate) fn hello(&self, user: &str, features: &[&str]) -> Value {
        json!({
            "versions": [1, 1], "features": features, "SDKAppID": self.app, "userID": user,
            "userSig": self.sig(user), "device": format!("{user}-phone"), "instance": format!("{user}-1"),
            "platform": "linux", "login": true,
        })
    }

    /// A connection on which nothing was said.
    pub(crate) async fn connect(&self) -> Client {
        Client::over(Box::new(TcpStream::connect(&self.address).await.unwrap()), "ws").await
    }

    /// The same through a proxy that says for whom it connects.
    pub(crate) async fn connect_for(&self, client: &str) -> Client {
        let socket = Box::new(TcpStream::connect(&self.address).await.unwrap());
        Client::over_with(socket, "ws", &[("x-forwarded-for", client)]).await
    }

    /// A user who is logged in.
    pub(crate) async fn login(&self, user: &str) -> Client {
        self.login_with(user, &["batch"]).await
    }

    pub(crate) async fn login_with(&self, user: &str, features: &[&str]) -> Client {
        let mut client = self.connect().await;
        let hello = self.hello(user, features);
        let welcome = client.ask("hello", &hello).await;
        assert!(welcome["r"]["session"].is_string(), "{welcome}");
        client
    }
}

/// The server's program. On Linux without the signal that goes with a bound of a file's size: it would end the process; and
/// with a soft limit of open files, which the program raises.
fn launcher() -> tokio::process::Command {
    let program = env!("CARGO_BIN_EXE_tim-server");
    if cfg!(target_os = "linux") {
        let mut shell = tokio::process::Command::new("bash");
        shell.args(["-c", r#"trap "" XFSZ; ulimit -S -n 256; exec "$0" "$@""#, program]);
        shell
    } else {
        tokio::process::Command::new(program)
    }
}

/// Anything that carries bytes.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Socket for T {}

/// A client without an engine.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<Box<dyn Socket>>,
    number: u64,
    /// Envelopes that came and were not asked for yet.
    waiting: VecDeque<Value>,
}

impl Client {
    /// Opens a WebSocket over something that is connected already.
    pub(crate) async fn over(socket: Box<dyn Socket>, scheme: &str) -> Self {
        Self::over_with(socket, scheme, &[]).await
    }

    async fn over_with(socket: Box<dyn Socket>, scheme: &str, headers: &[(&'static str, &str)]) -> Self {
        let mut request = format!("{scheme}://localhost/v1").into_client_request().unwrap();
        let protocol = HeaderValue::from_static(tim_protocol::SUBPROTOCOL);
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let (socket, _) = soon(tokio_tungstenite::client_async(request, socket)).await.unwrap();
        Self { socket, number: 0, waiting: VecDeque::new() }
    }

    /// Opens a WebSocket with these bytes, whose request is answered with `101`.
    pub(crate) async fn begins_with(server: &Server, bytes: &[u8]) -> Self {
        let mut socket: Box<dyn Socket> = Box::new(TcpStream::connect(&server.address).await.unwrap());
        socket.write_all(bytes).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(socket.read_u8()).await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
        let socket = WebSocketStream::from_raw_socket(socket, Role::Client, None).await;
        Self { socket, number: 0, waiting: VecDeque::new() }
    }

    pub(crate) async fn says(&mut self, message: Message) {
        soon(self.socket.send(message)).await.unwrap();
    }

    pub(crate) async fn says_text(&mut self, text: impl Into<String>) {
        self.says(Message::text(text.into())).await;
    }

    /// A request with the next number, as an envelope.
    pub(crate) fn request(&mut self, verb: &str, parameters: &Value) -> Value {
        self.number += 1;
        json!({ "i": self.number, "m": verb, "p": parameters })
    }

    /// Asks, and waits for the answer. What else comes stays for later.
    pub(crate) async fn ask(&mut self, verb: &str, parameters: &Value) -> Value {
        let request = self.request(verb, parameters);
        self.says_text(request.to_string()).await;
        self.reply(request["i"].as_u64().unwrap()).await
    }

    /// The answer to a request.
    pub(crate) async fn reply(&mut self, number: u64) -> Value {
        self.envelope(|envelope| envelope["i"] == number).await
    }

    /// The first envelope of this kind.
    pub(crate) async fn envelope(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Some(place) = self.waiting.iter().position(&wanted) {
                return self.waiting.remove(place).unwrap();
            }
            let frame = self.frame().await.unwrap_or_else(|why| panic!("closed ({why}): {:?}", self.waiting));
            let text = match frame {
                Message::Text(text) => text.to_string(),
                Message::Binary(bytes) => codec::inflate(&bytes).unwrap(),
                _ => continue,
            };
            match serde_json::from_str(&text).unwrap() {
                Value::Array(envelopes) => self.waiting.extend(envelopes),
                envelope => self.waiting.push_back(envelope),
            }
        }
    }

    /// The next frame, or what the server said when it closed.
    pub(crate) async fn frame(&mut self) -> Result<Message, String> {
        match soon(self.socket.next()).await {
            Some(Ok(Message::Close(frame))) => Err(frame.expect("the server says why").reason.to_string()),
            Some(Ok(frame)) => Ok(frame),
            Some(Err(Error::ConnectionClosed)) | None => Err("without a word".to_owned()),
            Some(Err(why)) => Err(why.to_string()),
        }
    }

    /// The number in the close frame, after whatever comes before it.
    pub(crate) async fn closed(&mut self) -> u32 {
        loop {
            if let Err(why) = self.frame().await {
                let number = why.split(':').next().and_then(|number| number.parse().ok());
                return number.unwrap_or_else(|| panic!("closed: {why}"));
            }
        }
    }

    /// Sends a text message and gives the answer.
    pub(crate) async fn sends(&mut self, to: &str, text: &str) -> Value {
        self.ask("msg.send", &text_to(to, text)).await
    }

    /// The text of the next message that is pushed.
    pub(crate) async fn hears(&mut self) -> String {
        let push = self.envelope(|envelope| envelope["ev"] == "msg").await;
        push["p"]["body"]["payload"]["text"].as_str().unwrap().to_owned()
    }
}

/// A new text message.
pub(crate) fn text_to(to: &str, text: &str) -> Value {
    let id = uuid::Builder::from_unix_timestamp_millis(
        1,
        &uuid::Uuid::new_v4().as_bytes()[..10].try_into().unwrap(),
    );
    json!({
        "ID": id.into_uuid(), "to": to, "clientTime": 1,
        "body": { "type": "TIMTextElem", "payload": { "text": text } },
    })
}

/// One HTTP request: status and body.
pub(crate) async fn http(
    address: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> (StatusCode, Bytes) {
    let (head, bytes) = exchange(address, method, path, headers, body).await.into_parts();
    (head.status, bytes)
}

/// Sends a request; gives the whole response.
pub(crate) async fn exchange(
    address: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Response<Bytes> {
    let socket = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(socket).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path).header("host", address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer =
        soon(sender.send_request(request.body(Full::new(Bytes::from(body))).unwrap())).await.unwrap();
    let (head, body) = answer.into_parts();
    Response::from_parts(head, soon(body.collect()).await.unwrap().to_bytes())
}

/// The number of a refusal.
pub(crate) fn code(body: &[u8]) -> u64 {
    let fault: Value = serde_json::from_slice(body).unwrap();
    fault["c"].as_u64().unwrap()
}
