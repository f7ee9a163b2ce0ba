//! A connection to the server: one task carries frames both ways over the page's WebSocket.

use js_sys::{Function, Uint8Array};
use tim_protocol::{Code, Fault, SUBPROTOCOL, codec};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::address::Address;
use crate::log::{self, LogLevel};

/// How many frames may wait in each direction.
const QUEUE: usize = 64;

#[wasm_bindgen]
extern "C" {
    type WebSocket;
    #[wasm_bindgen(constructor, catch)]
    fn new(url: &str, protocol: &str) -> Result<WebSocket, JsValue>;
    #[wasm_bindgen(method, setter, js_name = binaryType)]
    fn set_binary_type(this: &WebSocket, kind: &str);
    #[wasm_bindgen(method, setter)]
    fn set_onopen(this: &WebSocket, call: Option<&Function>);
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &WebSocket, call: Option<&Function>);
    #[wasm_bindgen(method, setter)]
    fn set_onclose(this: &WebSocket, call: Option<&Function>);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &WebSocket, call: Option<&Function>);
    #[wasm_bindgen(method, catch)]
    fn send(this: &WebSocket, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &WebSocket);

    /// A message, or the end.
    type SocketEvent;
    #[wasm_bindgen(method, getter)]
    fn data(this: &SocketEvent) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn code(this: &SocketEvent) -> u16;
    #[wasm_bindgen(method, getter)]
    fn reason(this: &SocketEvent) -> String;
}

/// What a connection tells.
pub(crate) enum LinkEvent {
    /// It is established.
    Up,
    /// It could not be established.
    Failed(Fault),
    /// Text frames that arrived.
    Frames(Vec<String>),
}

/// A connection. Dropping it sends the queued frames and closes it.
pub(crate) struct Link {
    out: mpsc::Sender<String>,
    events: mpsc::UnboundedReceiver<LinkEvent>,
}

impl Link {
    /// Begins to connect.
    pub(crate) fn open(address: Address, tasks: &TaskTracker) -> Self {
        let ((out, to_send), (event_sender, events)) = (mpsc::channel(QUEUE), mpsc::unbounded_channel());
        spawn_local(tasks.track_future(carry(address, to_send, event_sender)));
        Self { out, events }
    }

    /// The next event; `None` when the connection has ended. Frames that arrived together are one event.
    pub(crate) async fn next(&mut self) -> Option<LinkEvent> {
        let mut event = self.events.recv().await?;
        if let LinkEvent::Frames(frames) = &mut event {
            // Nothing else follows frames.
            while let Ok(LinkEvent::Frames(more)) = self.events.try_recv() {
                frames.extend(more);
            }
        }
        Some(event)
    }

    /// Queues a frame; false if the connection does not take it.
    pub(crate) fn send(&self, frame: String) -> bool {
        self.out.try_send(frame).is_ok()
    }
}

/// What a WebSocket tells.
enum Told {
    Open,
    /// Why, a page is not told. The end follows; but Node 22 tells no end of what was not established.
    Error,
    Frame(String),
    Closed(String),
}

/// A WebSocket, and what the page calls about it.
struct Socket {
    socket: WebSocket,
    told: mpsc::UnboundedReceiver<Told>,
    _calls: [Closure<dyn FnMut(SocketEvent)>; 4],
}

impl Socket {
    fn open(url: &str) -> Result<Self, JsValue> {
        let socket = WebSocket::new(url, SUBPROTOCOL)?;
        socket.set_binary_type("arraybuffer");
        let (tell, told) = mpsc::unbounded_channel();
        let call = |read: fn(SocketEvent) -> Told| {
            let tell = tell.clone();
            Closure::<dyn FnMut(SocketEvent)>::new(move |event| drop(tell.send(read(event))))
        };
        let calls = [call(|_| Told::Open), call(frame), call(closed), call(|_| Told::Error)];
        let [open, message, close, error] = &calls;
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        socket.set_onerror(Some(error.as_ref().unchecked_ref()));
        Ok(Self { socket, told, _calls: calls })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.socket.set_onerror(None);
        self.socket.close();
    }
}

fn frame(event: SocketEvent) -> Told {
    let data = event.data();
    match data.as_string() {
        Some(text) => Told::Frame(text),
        None => match codec::inflate(&Uint8Array::new(&data).to_vec()) {
            Ok(text) => Told::Frame(text),
            Err(why) => Told::Closed(why.to_string()),
        },
    }
}

fn closed(event: SocketEvent) -> Told {
    let (code, reason) = (event.code(), event.reason());
    Told::Closed(if reason.is_empty() { format!("WebSocket code {code}") } else { reason })
}

async fn carry(
    address: Address,
    mut to_send: mpsc::Receiver<String>,
    events: mpsc::UnboundedSender<LinkEvent>,
) {
    let mut socket = match Socket::open(&address.websocket()) {
        Ok(socket) => socket,
        Err(why) => return fail(&events, &format!("{why:?}")),
    };
    let mut is_up = false;
    let why = loop {
        tokio::select! {
            frame = to_send.recv(), if is_up => match frame {
                Some(frame) => if socket.socket.send(&frame).is_err() { break "it takes no frames".to_owned() },
                None => return,
            },
            told = socket.told.recv() => match told {
                Some(Told::Open) => {
                    is_up = true;
                    let _ = events.send(LinkEvent::Up);
                }
                Some(Told::Frame(text)) => _ = events.send(LinkEvent::Frames(vec![text])),
                Some(Told::Error) if is_up => {}
                Some(Told::Error) => break "no connection".to_owned(),
                Some(Told::Closed(why)) => break why,
                None => return,
            },
            // The attempt was dropped.
            () = events.closed(), if !is_up => return,
        }
    };
    log::write(LogLevel::Info, format_args!("the connection ended: {why}"));
    if !is_up {
        fail(&events, &why);
    }
}

fn fail(events: &mpsc::UnboundedSender<LinkEvent>, why: &str) {
    // A page is not told why.
    let text = format!("the server cannot be reached: {why}");
    let _ = events.send(LinkEvent::Failed(Fault::with_text(Code::NETWORK_ERROR, text)));
}
