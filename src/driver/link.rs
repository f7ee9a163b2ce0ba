//! The task of one connection, which carries frames in both directions.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tim_protocol::{Code, Fault, SUBPROTOCOL, codec, limits};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tokio_util::task::TaskTracker;

use super::address::{Address, Stream};
use crate::log::{self, LogLevel};

/// Frames that wait for the socket, and for the driver.
const QUEUE: usize = 64;
/// From this many bytes on no more frames are handed on together.
const TOGETHER_BYTES: usize = 1024 * 1024;
/// Timeout for writes to the server.
const WRITE_WITHIN: Duration = Duration::from_secs(30);
/// How long a dropped connection may take to end.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// An event of a connection.
pub(super) enum LinkEvent {
    /// Connected.
    Up,
    /// It could not be made.
    Failed(Fault),
    /// Text frames, inflated if they were compressed.
    Frames(Vec<String>),
}

/// A connection, or an attempt to connect. Dropping it closes the connection after sending the queued frames, within
/// [`CLOSE_WITHIN`].
pub(super) struct Link {
    out: mpsc::Sender<String>,
    events: mpsc::Receiver<LinkEvent>,
}

impl Link {
    /// Begins to connect, in a task of its own. Must be called inside the runtime.
    pub(super) fn open(address: Address, tasks: &TaskTracker) -> Self {
        let (out, to_send) = mpsc::channel(QUEUE);
        let (event_sender, events) = mpsc::channel(QUEUE);
        let dropped = event_sender.clone();
        let overdue = async move {
            dropped.closed().await;
            sleep(CLOSE_WITHIN).await;
            Err("it could not be closed in time".into())
        };
        tasks.spawn(async move {
            let ended = tokio::select! {
                ended = carry(&address, to_send, event_sender) => ended,
                ended = overdue => ended,
            };
            if let Err(why) = ended {
                log::write(LogLevel::Info, format_args!("the connection ended: {why}"));
            }
        });
        Self { out, events }
    }

    /// The next event; `None` when the connection has ended. Frames that arrived together are one event.
    pub(super) async fn next(&mut self) -> Option<LinkEvent> {
        let mut event = self.events.recv().await?;
        if let LinkEvent::Frames(frames) = &mut event {
            // Nothing else follows frames.
            while frames.len() < QUEUE
                && frames.iter().map(String::len).sum::<usize>() < TOGETHER_BYTES
                && let Ok(LinkEvent::Frames(more)) = self.events.try_recv()
            {
                frames.extend(more);
            }
        }
        Some(event)
    }

    /// Queues a frame; false if the connection does not take it.
    pub(super) fn send(&self, frame: String) -> bool {
        self.out.try_send(frame).is_ok()
    }
}

type LinkResult<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

async fn carry(
    address: &Address,
    mut to_send: mpsc::Receiver<String>,
    event_sender: mpsc::Sender<LinkEvent>,
) -> LinkResult<()> {
    let connected = tokio::select! {
        connected = connect(address) => connected,
        // The attempt was dropped.
        () = event_sender.closed() => return Ok(()),
    };
    let mut socket = match connected {
        Ok(socket) => socket,
        Err(why) => {
            event_sender.send(LinkEvent::Failed(why.clone())).await?;
            return Err(why.text.into());
        }
    };
    event_sender.send(LinkEvent::Up).await?;
    loop {
        tokio::select! {
            frame = to_send.recv() => match frame {
                Some(frame) => timeout(WRITE_WITHIN, write(&mut socket, frame, &mut to_send)).await??,
                None => {
                    let _ = socket.close(None).await;
                    return Ok(());
                }
            },
            frame = socket.next() => {
                let text = match frame.ok_or("the server closed it")?? {
                    Message::Text(text) => text.as_str().to_owned(),
                    Message::Binary(bytes) => codec::inflate(&bytes)?,
                    Message::Close(close) => {
                        let why = close.map(|close| close.reason.to_string()).unwrap_or_default();
                        return Err(format!("the server closed it: {why}").into());
                    }
                    _ => continue,
                };
                if event_sender.send(LinkEvent::Frames(vec![text])).await.is_err() {
                    // Dropped: sends the queued frames first.
                    while let Some(frame) = to_send.recv().await {
                        timeout(WRITE_WITHIN, write(&mut socket, frame, &mut to_send)).await??;
                    }
                    let _ = socket.close(None).await;
                    return Ok(());
                }
            }
        }
    }
}

async fn connect(address: &Address) -> Result<WebSocketStream<Stream>, Fault> {
    let stream = address.connect().await?;
    upgrade(address, stream).await.map_err(|why| {
        Fault::with_text(Code::NETWORK_ERROR, format!("the server does not speak tim's protocol: {why}"))
    })
}

async fn upgrade(address: &Address, stream: Stream) -> Result<WebSocketStream<Stream>, WebSocketError> {
    let mut request = address.websocket().into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(4 * 1024)
        .max_message_size(Some(limits::SERVER_FRAME_BYTES))
        .max_frame_size(Some(limits::SERVER_FRAME_BYTES));
    Ok(client_async_with_config(request, stream, Some(config)).await?.0)
}

/// Writes a frame and whatever else waits, and pushes all of it out together.
async fn write(
    socket: &mut WebSocketStream<Stream>,
    frame: String,
    more: &mut mpsc::Receiver<String>,
) -> LinkResult<()> {
    socket.feed(Message::text(frame)).await?;
    while let Ok(frame) = more.try_recv() {
        socket.feed(Message::text(frame)).await?;
    }
    Ok(socket.flush().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;
    use tokio::time::Instant;
    use tokio_tungstenite::accept_hdr_async;
    use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

    fn agree<E>(_: &Request, mut response: Response) -> Result<Response, E> {
        response.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(SUBPROTOCOL));
        Ok(response)
    }

    #[tokio::test]
    async fn a_connection_whose_server_takes_nothing_ends_soon_after_it_was_dropped() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = format!("ws://{}", listener.local_addr().unwrap());
        let tasks = TaskTracker::new();
        let mut link = Link::open(Address::of_server(&server, None).unwrap(), &tasks);
        let (socket, _) = listener.accept().await.unwrap();
        let (_deaf, up) = tokio::join!(accept_hdr_async(socket, agree), link.next());
        assert!(matches!(up, Some(LinkEvent::Up)));
        while link.send("a frame".repeat(100_000)) {}
        tokio::time::pause();
        let dropped = Instant::now();
        drop(link);
        tasks.close();
        tasks.wait().await;
        assert_eq!(dropped.elapsed().as_secs(), CLOSE_WITHIN.as_secs());
    }
}
