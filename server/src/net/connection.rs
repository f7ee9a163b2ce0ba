//! One connection, one task: frames in, the session's effects out.
//!
//! Decides nothing. While the socket does not take what was written, nothing more is read and the session's inbox fills
//! up; what does not fit there the client finds by syncing. So a slow client costs a bounded amount of memory.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tim_protocol::{Code, codec, limits};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use uuid::Uuid;

use super::log::ConnectionLog;
use super::parked::Dropped;
use super::places::Place;
use super::{Guest, Shared, lost, told};
use crate::bus::{Delivery, Subscription};
use crate::core::ops::{Found, Refusal, UserKey, Written};
use crate::core::session::{Effect, Input, Session, Token};

/// A client that takes nothing for this long is gone.
const WRITE_WITHIN: Duration = Duration::from_secs(30);
/// How long the other side may take to close its half.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Most envelopes that are gathered before they are written, even if more is ready.
const GATHER: usize = 4 * limits::BATCH;

/// How the WebSocket is set; see ADR 11.
pub(super) fn websocket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * limits::SERVER_FRAME_BYTES)
        .max_message_size(Some(limits::FRAME_BYTES))
        .max_frame_size(Some(limits::FRAME_BYTES))
}

/// An answer of the store's or of the bus's.
enum Answer {
    Wrote(Token, Result<Written, Refusal>),
    Found(Token, Result<Found, Refusal>),
    Attached(Subscription),
    Followed,
}

/// What wakes a connection.
#[expect(clippy::large_enum_variant, reason = "one lives at a time, on the stack")]
enum Event {
    Answer(Answer),
    Delivery(Option<Delivery>),
    Frame(Option<Result<Message, Error>>),
    Deadline,
    Shutdown,
    /// Newer connections of the same user or network took its place.
    Evicted,
}

/// Why a connection ends.
enum End {
    /// The server ends it, for this reason.
    Closed(Code, &'static str),
    /// It is gone.
    Broken,
}

struct Connection<S> {
    socket: WebSocketStream<S>,
    shared: Arc<Shared>,
    session: Session,
    guest: Guest,
    /// The place among the user's sessions.
    seat: Option<Place<UserKey>>,
    subscription: Option<Subscription>,
    /// The place of the session that may be resumed.
    kept: Option<(Uuid, Subscription)>,
    /// How many of the next deliveries waited while nobody was there.
    stale: usize,
    asked: FuturesUnordered<Pin<Box<dyn Future<Output = Answer> + Send>>>,
    log: ConnectionLog,
    /// Envelopes that wait to be written.
    out: Vec<String>,
    /// The session knows that the server stops.
    stopping: bool,
}

/// Serves a connection until it ends.
pub(super) async fn serve<S>(
    socket: WebSocketStream<S>,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
    guest: Guest,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    metrics::gauge!("tim_connections").increment(1.0);
    let (settings, shares) = (Arc::clone(&shared.settings), Arc::clone(&shared.shares));
    let (id, seed) = (Uuid::new_v4(), fastrand::u64(..));
    let session = Session::new(settings, shares, guest.network, id, seed, shared.now());
    let mut connection = Connection {
        socket,
        shared,
        session,
        guest,
        seat: None,
        subscription: None,
        kept: None,
        stale: 0,
        asked: FuturesUnordered::new(),
        log: ConnectionLog::new(),
        out: Vec::new(),
        stopping: false,
    };
    let end = connection.run(&mut stop).await;
    connection.finish(end).await;
    metrics::gauge!("tim_connections").decrement(1.0);
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    async fn run(&mut self, stop: &mut watch::Receiver<bool>) -> End {
        loop {
            let event = self.next(stop).await;
            let mut end = self.take(event);
            // Whatever else is ready goes into the same frames.
            while end.is_none() && self.out.len() < GATHER {
                let Some(event) = self.ready() else { break };
                end = self.take(event);
            }
            if self.flush().await.is_err() {
                return End::Broken;
            }
            if let Some(end) = end {
                return end;
            }
        }
    }

    async fn next(&mut self, stop: &mut watch::Receiver<bool>) -> Event {
        let mut deadline = pin!(sleep(self.until_deadline()));
        let may_read = self.session.in_flight() < limits::IN_FLIGHT;
        let place = self.place();
        tokio::select! {
            biased;
            Some(answer) = self.asked.next(), if !self.asked.is_empty() => Event::Answer(answer),
            delivery = deliveries(&mut self.subscription) => Event::Delivery(delivery),
            // Before frames: whoever keeps talking does not hold off the end of the server.
            () = told(stop), if !self.stopping => Event::Shutdown,
            () = lost(place) => Event::Evicted,
            frame = self.socket.next(), if may_read => Event::Frame(frame),
            () = &mut deadline => Event::Deadline,
        }
    }

    /// What is notified when the place is lost: among those of its network, then among its user's.
    fn place(&self) -> Option<Arc<Notify>> {
        self.seat.as_ref().map(Place::lost).or_else(|| self.guest.lost())
    }

    fn until_deadline(&self) -> Duration {
        let deadline = self.session.deadline().unwrap_or(i64::MAX);
        let ms = deadline.saturating_sub(self.shared.now().monotonic).clamp(0, 86_400_000);
        Duration::from_millis(ms.unsigned_abs())
    }

    /// What is there without waiting.
    fn ready(&mut self) -> Option<Event> {
        if let Some(Some(answer)) = self.asked.next().now_or_never() {
            return Some(Event::Answer(answer));
        }
        let delivery = self.subscription.as_mut()?.inbox.try_recv().ok()?;
        Some(Event::Delivery(Some(delivery)))
    }

    fn take(&mut self, event: Event) -> Option<End> {
        match event {
            Event::Answer(Answer::Wrote(token, result)) => self.handle(Input::Wrote(token, result)),
            Event::Answer(Answer::Found(token, result)) => self.handle(Input::Found(token, result)),
            Event::Answer(Answer::Attached(subscription)) => {
                self.subscription = Some(subscription);
                self.handle(Input::Attached)
            }
            Event::Answer(Answer::Followed) => self.handle(Input::Attached),
            Event::Delivery(delivery) => self.delivered(delivery),
            Event::Frame(frame) => self.frame(frame),
            Event::Deadline => self.handle(Input::Deadline),
            Event::Shutdown => {
                self.stopping = true;
                self.handle(Input::Shutdown)
            }
            Event::Evicted => {
                let place = if self.seat.is_some() { "sessions" } else { "pending" };
                metrics::counter!("tim_evicted_total", "place" => place).increment(1);
                Some(End::Closed(Code::TOO_MANY_CONNECTIONS, Code::TOO_MANY_CONNECTIONS.describe()))
            }
        }
    }

    fn frame(&mut self, frame: Option<Result<Message, Error>>) -> Option<End> {
        metrics::counter!("tim_frames_total", "direction" => "in").increment(1);
        match frame {
            Some(Ok(Message::Text(text))) => {
                self.log.asked(&text);
                self.handle(Input::Frame(&text))
            }
            // Clients send text only; nothing is never an envelope.
            Some(Ok(Message::Binary(_))) => self.handle(Input::Frame("")),
            Some(Ok(_)) => None,
            Some(Err(Error::Capacity(_))) => {
                Some(End::Closed(Code::FRAME_TOO_LARGE, Code::FRAME_TOO_LARGE.describe()))
            }
            Some(Err(Error::Utf8(_))) => Some(End::Closed(Code::MALFORMED_FRAME, "the frame is not UTF-8")),
            Some(Err(Error::Protocol(why))) if why != ProtocolError::ResetWithoutClosingHandshake => Some(
                End::Closed(Code::MALFORMED_FRAME, "the frame breaks the rules of WebSockets (RFC 6455)"),
            ),
            Some(Err(_)) | None => Some(End::Broken),
        }
    }

    fn delivered(&mut self, delivery: Option<Delivery>) -> Option<End> {
        let end = delivery.and_then(|delivery| {
            let is_stale = self.stale > 0;
            self.stale = self.stale.saturating_sub(1);
            match delivery {
                // It was about a moment that is over.
                Delivery::Ephemeral(_) if is_stale => None,
                delivery => self.handle(Input::Delivery(delivery)),
            }
        });
        let lost = self.subscription.as_ref().is_some_and(|it| it.overflow.swap(false, Ordering::AcqRel));
        if end.is_none() && lost { self.handle(Input::Overflow) } else { end }
    }

    /// Gives the session an input and carries out what follows.
    fn handle(&mut self, input: Input<'_>) -> Option<End> {
        let effects = self.session.handle(input, self.shared.now());
        let mut end = None;
        for effect in effects {
            match effect {
                Effect::Send(envelope) => {
                    self.log.answered(self.session.who(), &envelope);
                    self.out.push(envelope);
                }
                Effect::Write(token, write) => {
                    let pending = self.shared.store.write(write);
                    self.asked.push(Box::pin(pending.map(move |result| Answer::Wrote(token, result))));
                }
                Effect::Find(token, find) => {
                    let pending = self.shared.store.find(find);
                    self.asked.push(Box::pin(pending.map(move |result| Answer::Found(token, result))));
                }
                Effect::Attach(user, session) => self.attach(user, session),
                Effect::Follow(topics) => {
                    if let Some(subscription) = &self.subscription {
                        let followed = subscription.guard.follow(topics);
                        self.asked.push(Box::pin(followed.map(|()| Answer::Followed)));
                    }
                }
                Effect::Unpark(session) => end = self.unpark(session),
                Effect::Close(code, why) => end = Some(End::Closed(code, why)),
            }
        }
        end
    }

    /// A resumed session has kept its place on the bus; any other gets one of its own.
    fn attach(&mut self, user: UserKey, session: Uuid) {
        self.guest.admit();
        self.seat = Some(self.shared.sessions.take(user));
        let kept = self.kept.take().filter(|(id, _)| *id == session);
        self.log.logged_in(self.session.who(), session, kept.is_some());
        match kept {
            Some((_, subscription)) => {
                self.stale = subscription.inbox.len();
                self.subscription = Some(subscription);
            }
            None => {
                let attached = self.shared.bus.attach(user, session);
                self.asked.push(Box::pin(attached.map(Answer::Attached)));
            }
        }
    }

    fn unpark(&mut self, session: Uuid) -> Option<End> {
        let dropped = self.shared.parked.take(session);
        let (parked, place) = dropped.map(|it| (it.parked, it.subscription)).unzip();
        self.kept = place.map(|place| (session, place));
        let end = self.handle(Input::Unparked(parked));
        // What was left out while nobody listened.
        end.or_else(|| self.delivered(None))
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.out.is_empty() {
            return Ok(());
        }
        let (batches, deflates) = (self.session.batches(), self.session.deflates());
        let out = std::mem::take(&mut self.out);
        let write = async {
            for frame in frames(&out, batches, deflates) {
                metrics::counter!("tim_frames_total", "direction" => "out").increment(1);
                self.socket.feed(frame).await?;
            }
            self.socket.flush().await
        };
        timeout(WRITE_WITHIN, write).await.unwrap_or(Err(Error::ConnectionClosed))
    }

    async fn finish(mut self, end: End) {
        let now = self.shared.now();
        let code = match end {
            End::Closed(code, _) => Some(code),
            End::Broken => None,
        };
        self.log.ended(self.session.who(), code, &self.shared.refusals, now.monotonic);
        match end {
            End::Broken => {
                if let (Some(parked), Some(subscription)) = (self.session.park(now), self.subscription) {
                    self.shared.parked.park(Dropped { parked: Box::new(parked), subscription });
                }
            }
            End::Closed(code, why) => {
                metrics::counter!("tim_closed_total", "code" => code.to_string()).increment(1);
                let reason = format!("{code}: {why}");
                let frame = CloseFrame { code: CloseCode::Policy, reason: reason.into() };
                let closing = async {
                    self.socket.close(Some(frame)).await?;
                    // The other side's half; whatever else it still says is not heard.
                    while let Some(Ok(_)) = self.socket.next().await {}
                    Ok::<(), Error>(())
                };
                let _ = timeout(CLOSE_WITHIN, closing).await;
            }
        }
    }
}

/// The next delivery; never, without a place on the bus.
async fn deliveries(subscription: &mut Option<Subscription>) -> Option<Delivery> {
    match subscription {
        Some(subscription) => subscription.inbox.recv().await,
        None => std::future::pending().await,
    }
}

/// Puts envelopes into as few frames as their number and size allow.
fn frames(envelopes: &[String], batches: bool, deflates: bool) -> Vec<Message> {
    let is_large_reply =
        |envelope: &String| envelope.starts_with(r#"{"i""#) && envelope.len() >= limits::DEFLATE_FROM_BYTES;
    let frame = |together: &[String]| {
        let text = codec::join(together);
        if deflates && together.iter().any(is_large_reply) {
            Message::binary(codec::deflate(&text))
        } else {
            Message::text(text)
        }
    };
    codec::gather(envelopes, batches, limits::SERVER_FRAME_BYTES).into_iter().map(frame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ready_together_shares_frames_and_only_large_replies_are_deflated() {
        let pushes: Vec<String> = (0..65).map(|n| format!(r#"{{"n":{n},"ev":"lag"}}"#)).collect();
        assert_eq!(frames(&pushes, true, true).len(), 2);
        assert_eq!(frames(&pushes, false, true).len(), 65);
        let reply = format!(r#"{{"i":1,"r":"{}"}}"#, "x".repeat(limits::DEFLATE_FROM_BYTES));
        let together = [reply, pushes[0].clone()];
        let deflated = frames(&together, true, true).remove(0);
        assert_eq!(codec::inflate(&deflated.into_data()).unwrap(), codec::join(&together));
        assert!(frames(&together, true, false)[0].is_text());
    }
}
