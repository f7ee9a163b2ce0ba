//! A bare client: one socket, no engine, as little work per frame as possible, so that the load generator is not
//! what is measured.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::value::RawValue;
use tim_protocol::body::{Body, TextBody};
use tim_protocol::call::{self, HelloRequest, Platform, Request, SyncRequest, Welcome};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::{Ask, FromClient, FromServer, Push};
use tim_protocol::{ConversationId, Fault, MessageId, SUBPROTOCOL, UserId, VERSIONS, codec, feature, limits};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::outcome::AnyResult;
use crate::server::{APP, Server};

/// A logged-in user's socket.
pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
    next: u64,
    last_push: u64,
    acked_push: u64,
    ready: VecDeque<FromServer>,
}

static IDS: AtomicU64 = AtomicU64::new(1);

/// Milliseconds since 1970.
pub(crate) fn wall_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis())
        .unwrap_or(i64::MAX)
}

impl Client {
    /// Connects and logs in.
    pub(crate) async fn login(server: &Server, user: &str) -> AnyResult<Self> {
        Self::with_token(server, user, server.token(user)).await
    }

    /// The same with any token.
    pub(crate) async fn with_token(server: &Server, user: &str, user_sig: String) -> AnyResult<Self> {
        let hello = HelloRequest { user_sig, ..hello(server, user)? };
        Ok(Self::greet(server, hello).await?.0)
    }

    /// Connects and says this `hello`.
    pub(crate) async fn greet(server: &Server, hello: HelloRequest) -> AnyResult<(Self, Welcome)> {
        let mut request = server.address().into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
        let stream = TcpStream::connect(server.host()).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
        let mut client = Self { socket, next: 1, last_push: 0, acked_push: 0, ready: VecDeque::new() };
        let welcome = client.call(hello).await?;
        Ok((client, welcome))
    }

    /// The first page of a sync.
    pub(crate) async fn sync(&mut self, from: Cursor) -> AnyResult<Cursor> {
        let sync = SyncRequest { from, before: None, limit: 100, latest: 1 };
        Ok(self.call(sync).await?.cursor)
    }

    /// Makes a call and waits for its answer; pushes that come before are dropped.
    pub(crate) async fn call<C: call::Call + Into<Request>>(&mut self, call: C) -> AnyResult<C::Reply> {
        let number = self.ask(call.into()).await?;
        Ok(serde_json::from_str(self.answer(number).await?.get())?)
    }

    /// Waits for the answer to a call; pushes and other answers that come before are dropped.
    pub(crate) async fn answer(&mut self, number: u64) -> AnyResult<Box<RawValue>> {
        Ok(self.result(number).await??)
    }

    /// The same, if it may be a refusal.
    pub(crate) async fn result(&mut self, number: u64) -> AnyResult<Result<Box<RawValue>, Fault>> {
        loop {
            if let FromServer::Reply(answered, result) = self.next().await?
                && answered == number
            {
                return Ok(result);
            }
        }
    }

    /// Makes a call without waiting.
    pub(crate) async fn ask(&mut self, request: Request) -> AnyResult<u64> {
        let number = self.next;
        self.next += 1;
        let frame =
            FromClient { ack: self.take_ack(), ask: Some(Ask::Request(number, Ok(request))) }.write()?;
        self.socket.send(Message::text(frame)).await?;
        Ok(number)
    }

    /// Sends a text of about 100 bytes without waiting for the answer.
    pub(crate) async fn send_text(&mut self, to: &ConversationId) -> AnyResult<u64> {
        let body = Body::Text(TextBody { text: "x".repeat(100) }).write().map_err(|code| code.describe())?;
        let send = call::SendRequest {
            id: new_id(),
            to: to.clone(),
            client_time: wall_ms(),
            priority: tim_protocol::message::Priority::Normal,
            excluded_from_unread_count: false,
            attributes: None,
            body,
        };
        self.ask(send.into()).await
    }

    /// The next envelope.
    pub(crate) async fn next(&mut self) -> AnyResult<FromServer> {
        loop {
            if let Some(envelope) = self.ready.pop_front() {
                if let FromServer::Push(Some(number), _) = &envelope {
                    self.last_push = *number;
                    if self.last_push - self.acked_push >= limits::ACK_EVERY {
                        let ack = FromClient { ack: self.take_ack(), ask: None }.write()?;
                        self.socket.send(Message::text(ack)).await?;
                    }
                }
                if let FromServer::Push(_, Push::Kicked(why)) = &envelope {
                    return Err(format!("kicked out: {why:?}").into());
                }
                return Ok(envelope);
            }
            match self.socket.next().await.ok_or("the server closed the connection")?? {
                Message::Text(text) => self.read(&text)?,
                Message::Binary(bytes) => self.read(&codec::inflate(&bytes)?)?,
                Message::Close(why) => {
                    return Err(format!("the server closed the connection: {why:?}").into());
                }
                _ => {}
            }
        }
    }

    /// Waits for a frame, and looks at nothing in it.
    pub(crate) async fn skip(&mut self) -> AnyResult<()> {
        match self.socket.next().await.ok_or("the server closed the connection")?? {
            Message::Close(why) => Err(format!("the server closed the connection: {why:?}").into()),
            _ => Ok(()),
        }
    }

    fn read(&mut self, frame: &str) -> AnyResult<()> {
        for envelope in codec::split(frame, limits::SERVER_FRAME_BYTES)? {
            self.ready.push_back(FromServer::read(envelope)?);
        }
        Ok(())
    }

    /// The session's last push, to resume it from.
    pub(crate) fn last_push(&self) -> u64 {
        self.last_push
    }

    fn take_ack(&mut self) -> Option<u64> {
        let due = (self.last_push > self.acked_push).then_some(self.last_push);
        self.acked_push = self.last_push;
        due
    }
}

/// The `hello` of a new login on a user's device, with a new token.
pub(crate) fn hello(server: &Server, user: &str) -> AnyResult<HelloRequest> {
    Ok(HelloRequest {
        versions: VERSIONS,
        features: vec![feature::BATCH.to_owned()],
        sdk_app_id: APP,
        user_id: UserId::new(user)?,
        user_sig: server.token(user),
        device: format!("bench-{user}"),
        instance: format!("bench-{}", IDS.fetch_add(1, Ordering::Relaxed)),
        platform: Platform::Linux,
        client: "tim-bench".to_owned(),
        login: true,
        resume: None,
    })
}

pub(crate) fn new_id() -> MessageId {
    let mut random = [0_u8; 10];
    let count = IDS.fetch_add(1, Ordering::Relaxed);
    for (place, byte) in random.iter_mut().zip(count.to_be_bytes().iter().chain(&[0x7f, 0x01])) {
        *place = *byte;
    }
    MessageId::from_parts(wall_ms(), random)
}
