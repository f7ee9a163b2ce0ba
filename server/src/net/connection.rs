//! The task of one connection: passes frames to the session and carries out its effects.
//!
//! Makes no decisions. While writes to the socket block, nothing is read and the session's inbox fills up; when it
//! overflows, the client must sync. So a slow client costs a bounded amount of memory.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tim_protocol::frame::KickReason;
use tim_protocol::{Code, codec, limits};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use uuid::Uuid;

use super::context::ServerContext;
use super::log::ConnectionLog;
use super::parked::Dropped;
use super::permit::{ConnectionPermit, evicted};
use super::slots::Slot;
use crate::bus::{Delivery, Subscription};
use crate::core::Now;
use crate::core::ops::{Committed, QueryResult, Refusal, UserKey};
use crate::core::session::{Effect, Input, Session, StatusEffect, Token};

/// Timeout for writes to a client.
const WRITE_WITHIN: Duration = Duration::from_secs(30);
/// How long the other side may take to close its half.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Maximum number of envelopes that are gathered before a write.
const GATHER: usize = 4 * limits::BATCH;

/// How the WebSocket is set; see ADR 11.
pub(super) fn websocket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * limits::SERVER_FRAME_BYTES)
        .max_message_size(Some(limits::FRAME_BYTES))
        .max_frame_size(Some(limits::FRAME_BYTES))
}

/// A result of the store or of the bus.
enum StoreAnswer {
    WriteResult(Token, Result<Committed, Refusal>),
    QueryResult(Token, Result<QueryResult, Refusal>),
    Online(Token, Vec<Option<Arc<str>>>),
    Counted(Token, u32),
    Attached(Subscription),
    Followed,
}

/// An event of a connection.
enum Event {
    StoreAnswer(StoreAnswer),
    Delivery(Option<Delivery>),
    Frame(Option<Result<Message, Error>>),
    /// The session's deadline may have come.
    Timer,
    Shutdown,
    /// Evicted by a newer connection of the same user or network.
    Evicted,
}

/// Why a connection ends.
enum End {
    /// Closed by the server, with this reason.
    Closed(Code, &'static str),
    /// The connection was lost.
    Broken,
}

struct Connection<S> {
    socket: WebSocketStream<S>,
    shared: Arc<ServerContext>,
    /// When the events that are being handled were taken.
    now: Now,
    session: Session,
    permit: ConnectionPermit,
    /// The slot among the user's sessions.
    session_slot: Option<Slot<UserKey>>,
    subscription: Option<Subscription>,
    /// The subscription of the session that may be resumed.
    kept: Option<(Uuid, Subscription)>,
    /// The session was resumed.
    is_resumed: bool,
    /// How many of the next deliveries were queued while no client was connected.
    stale: usize,
    asked: FuturesUnordered<Pin<Box<dyn Future<Output = StoreAnswer> + Send>>>,
    log: ConnectionLog,
    /// Envelopes that wait to be written.
    out: Vec<String>,
    /// The session was told that the server stops.
    stopping: bool,
}

/// Serves a connection until it ends. The connection is made here and never moved, so that the task holds it once.
pub(super) fn serve<S>(
    socket: WebSocketStream<S>,
    shared: Arc<ServerContext>,
    permit: ConnectionPermit,
) -> impl Future<Output = ()> + Send
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let (settings, shares) = (Arc::clone(&shared.settings), Arc::clone(&shared.shares));
    let rooms = Arc::clone(&shared.rooms);
    let (id, seed, stop) = (Uuid::new_v4(), fastrand::u64(..), shared.stop.clone());
    let now = shared.now();
    let session = Session::new(settings, shares, rooms, permit.network, id, seed, now);
    let mut connection = Connection {
        socket,
        shared,
        now,
        session,
        permit,
        session_slot: None,
        subscription: None,
        kept: None,
        is_resumed: false,
        stale: 0,
        asked: FuturesUnordered::new(),
        log: ConnectionLog::new(),
        out: Vec::new(),
        stopping: false,
    };
    async move {
        metrics::gauge!("tim_connections").increment(1.0);
        let end = connection.run(pin!(stop.cancelled())).await;
        connection.finish(end).await;
        metrics::gauge!("tim_connections").decrement(1.0);
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Connection<S> {
    async fn run(&mut self, mut stopped: Pin<&mut impl Future<Output = ()>>) -> End {
        let mut timer = pin!(sleep(Duration::ZERO));
        let mut due = None;
        loop {
            // A deadline moves away with every frame: the timer is set again when it has fired, or would fire too late.
            let deadline = self.session.deadline();
            if due.is_none_or(|due| deadline.is_some_and(|deadline| deadline < due)) {
                timer.as_mut().reset(Instant::now() + self.until(deadline));
                due = deadline;
            }
            let event = self.next(stopped.as_mut(), timer.as_mut()).await;
            if matches!(event, Event::Timer) {
                due = None;
            }
            self.now = self.shared.now();
            let mut end = self.take(event);
            // Other events that are ready share the same frames.
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

    async fn next(&mut self, stopped: Pin<&mut impl Future<Output = ()>>, timer: Pin<&mut Sleep>) -> Event {
        let may_read = self.session.in_flight() < limits::IN_FLIGHT;
        let place = self.slot_evicted();
        tokio::select! {
            biased;
            Some(answer) = self.asked.next(), if !self.asked.is_empty() => Event::StoreAnswer(answer),
            delivery = deliveries(&mut self.subscription) => Event::Delivery(delivery),
            // Before frames, so that a busy client cannot delay the shutdown.
            () = stopped, if !self.stopping => Event::Shutdown,
            () = evicted(place) => Event::Evicted,
            frame = self.socket.next(), if may_read => Event::Frame(frame),
            () = timer => Event::Timer,
        }
    }

    /// Notified when the connection is evicted: from its network's slots before the login, from its user's after it.
    fn slot_evicted(&self) -> Option<Arc<Notify>> {
        self.session_slot.as_ref().map(Slot::evicted).or_else(|| self.permit.evicted())
    }

    fn until(&self, deadline: Option<i64>) -> Duration {
        let ms =
            deadline.unwrap_or(i64::MAX).saturating_sub(self.shared.now().monotonic).clamp(0, 86_400_000);
        Duration::from_millis(ms.unsigned_abs())
    }

    /// An event that is ready without waiting.
    fn ready(&mut self) -> Option<Event> {
        if !self.asked.is_empty()
            && let Some(Some(answer)) = self.asked.next().now_or_never()
        {
            return Some(Event::StoreAnswer(answer));
        }
        let delivery = self.subscription.as_mut()?.inbox.try_recv()?;
        Some(Event::Delivery(Some(delivery)))
    }

    fn take(&mut self, event: Event) -> Option<End> {
        match event {
            Event::StoreAnswer(StoreAnswer::WriteResult(token, result)) => {
                self.handle(Input::WriteResult(token, result))
            }
            Event::StoreAnswer(StoreAnswer::QueryResult(token, result)) => {
                self.handle(Input::QueryResult(token, result))
            }
            Event::StoreAnswer(StoreAnswer::Online(token, online)) => {
                self.handle(Input::Online(token, online))
            }
            Event::StoreAnswer(StoreAnswer::Counted(token, users)) => {
                self.handle(Input::Counted(token, users))
            }
            Event::StoreAnswer(StoreAnswer::Attached(subscription)) => {
                self.subscription = Some(subscription);
                self.handle(Input::Attached)
            }
            Event::StoreAnswer(StoreAnswer::Followed) => self.handle(Input::Attached),
            // The bus has ended the attachment: the session may have missed something, and is not kept.
            Event::Delivery(None) => {
                self.subscription = None;
                Some(End::Broken)
            }
            Event::Delivery(delivery) => self.delivered(delivery),
            Event::Frame(frame) => self.frame(frame),
            Event::Timer => {
                let is_due = self.session.deadline().is_some_and(|deadline| deadline <= self.now.monotonic);
                if is_due { self.handle(Input::Deadline) } else { None }
            }
            Event::Shutdown => {
                self.stopping = true;
                self.handle(Input::Shutdown)
            }
            Event::Evicted => {
                let place = if self.session_slot.is_some() { "sessions" } else { "pending" };
                metrics::counter!("tim_evicted_total", "place" => place).increment(1);
                Some(End::Closed(Code::TOO_MANY_CONNECTIONS, Code::TOO_MANY_CONNECTIONS.describe()))
            }
        }
    }

    fn frame(&mut self, frame: Option<Result<Message, Error>>) -> Option<End> {
        self.shared.frames.received.increment(1);
        match frame {
            Some(Ok(Message::Text(text))) => {
                self.log.asked(&text);
                self.handle(Input::Frame(&text))
            }
            // Clients must send text; an empty text is rejected by the session.
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
                // It was ephemeral, and is outdated.
                Delivery::Ephemeral(_) if is_stale => None,
                delivery => self.handle(Input::Delivery(delivery)),
            }
        });
        let has_dropped = self.subscription.as_mut().is_some_and(|it| it.inbox.take_dropped());
        if end.is_none() && has_dropped { self.handle(Input::Overflow) } else { end }
    }

    /// Gives the session an input and carries out what follows.
    fn handle(&mut self, input: Input<'_>) -> Option<End> {
        let effects = self.session.handle(input, self.now);
        let mut end = None;
        for effect in effects {
            match effect {
                Effect::Send(envelope) => {
                    self.log.answered(self.session.who(), &envelope);
                    self.out.push(envelope);
                }
                Effect::Write(token, write) => {
                    let pending = self.shared.store.write(write);
                    self.asked
                        .push(Box::pin(pending.map(move |result| StoreAnswer::WriteResult(token, result))));
                }
                Effect::Query(token, query) => {
                    let pending = self.shared.store.query(query);
                    self.asked
                        .push(Box::pin(pending.map(move |result| StoreAnswer::QueryResult(token, result))));
                }
                Effect::Attach(user, session) => self.attach(user, session),
                Effect::Follow(topics) => {
                    if let Some(subscription) = &self.subscription {
                        let followed = subscription.guard.follow(topics);
                        self.asked.push(Box::pin(followed.map(|()| StoreAnswer::Followed)));
                    }
                }
                Effect::Status(effect) => self.status(effect),
                Effect::Enter(room) => {
                    if let Some(subscription) = &self.subscription {
                        subscription.guard.enter(room);
                    }
                }
                Effect::Leave(room) => {
                    if let Some(subscription) = &self.subscription {
                        subscription.guard.leave(room);
                    }
                }
                Effect::Admit(user, session) => self.admit(user, session),
                Effect::Unpark(session) => end = self.unpark(session),
                Effect::Close(code, why) => end = Some(End::Closed(code, why)),
            }
        }
        end
    }

    /// A resumed session keeps its subscription; any other subscribes anew.
    fn attach(&mut self, user: UserKey, session: Uuid) {
        match self.kept.take().filter(|(id, _)| *id == session) {
            Some((_, subscription)) => {
                self.stale = subscription.inbox.waiting();
                self.subscription = Some(subscription);
                self.is_resumed = true;
            }
            None => {
                let attached = self.shared.bus.attach(user, session);
                self.asked.push(Box::pin(attached.map(StoreAnswer::Attached)));
            }
        }
    }

    fn status(&mut self, effect: StatusEffect) {
        let Some(subscription) = &self.subscription else { return };
        match effect {
            StatusEffect::Say(text) => subscription.guard.set_custom_status(text),
            StatusEffect::Ask(token, users) => {
                let online = self.shared.bus.online(users);
                self.asked.push(Box::pin(online.map(move |online| StoreAnswer::Online(token, online))));
            }
            StatusEffect::Count(token, topic) => {
                let counted = self.shared.bus.count_users(topic);
                self.asked.push(Box::pin(counted.map(move |users| StoreAnswer::Counted(token, users))));
            }
            StatusEffect::Watch(users) => subscription.guard.watch(users),
            StatusEffect::Unwatch(users) => subscription.guard.unwatch(users),
        }
    }

    /// Moves the connection from its network's slots to those of its user.
    fn admit(&mut self, user: UserKey, session: Uuid) {
        self.permit.admit();
        self.session_slot = Some(self.shared.sessions.take(user));
        if let (Some(subscription), Some(who)) = (&self.subscription, self.session.who()) {
            subscription.guard.connected(who.user.clone());
        }
        self.log.logged_in(self.session.who(), session, self.is_resumed);
    }

    fn unpark(&mut self, session: Uuid) -> Option<End> {
        let dropped = self.shared.parked.take(session);
        let (parked, place) = dropped.map(|it| (it.parked, it.subscription)).unzip();
        self.kept = place.map(|place| (session, place));
        let end = self.handle(Input::Unparked(parked));
        // Handles an overflow that happened while the session was parked.
        end.or_else(|| self.delivered(None))
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.out.is_empty() {
            return Ok(());
        }
        let (batches, deflates) = (self.session.batches(), self.session.deflates());
        let frames = frames(std::mem::take(&mut self.out), batches, deflates);
        self.shared.frames.sent.increment(frames.len() as u64);
        let mut write = pin!(async {
            for frame in frames {
                self.socket.feed(frame).await?;
            }
            self.socket.flush().await
        });
        // Most clients take it at once, and need no timer.
        match (&mut write).now_or_never() {
            Some(written) => written,
            None => timeout(WRITE_WITHIN, write).await.unwrap_or(Err(Error::ConnectionClosed)),
        }
    }

    /// The user stays online for a while, unless the login has ended, or the client is silent.
    fn leave(&mut self, code: Option<Code>) {
        let is_final = code.is_some_and(|code| {
            matches!(code, Code::LOGGED_OUT | Code::IDLE_TOO_LONG) || KickReason::of_code(code).is_some()
        });
        match &self.subscription {
            Some(_) if is_final => self.subscription = None,
            Some(subscription) => subscription.guard.broken(),
            None => {}
        }
    }

    async fn finish(&mut self, end: End) {
        let now = self.shared.now();
        let code = match end {
            End::Closed(code, _) => Some(code),
            End::Broken => None,
        };
        self.log.ended(self.session.who(), code, &self.shared.refusals, now.monotonic);
        self.leave(code);
        match end {
            End::Broken => {
                if let (Some(parked), Some(subscription)) = (self.session.park(), self.subscription.take()) {
                    self.shared.parked.park(Dropped { parked: Box::new(parked), subscription });
                }
            }
            End::Closed(code, why) => {
                metrics::counter!("tim_closed_total", "code" => code.to_string()).increment(1);
                let reason = format!("{code}: {why}");
                let frame = CloseFrame { code: CloseCode::Policy, reason: reason.into() };
                let closing = async {
                    self.socket.close(Some(frame)).await?;
                    // Waits for the client's close frame; other frames are ignored.
                    while let Some(Ok(_)) = self.socket.next().await {}
                    Ok::<(), Error>(())
                };
                let _ = timeout(CLOSE_WITHIN, closing).await;
            }
        }
    }
}

/// The next delivery; pending for ever without a subscription.
async fn deliveries(subscription: &mut Option<Subscription>) -> Option<Delivery> {
    match subscription {
        Some(subscription) => subscription.inbox.recv().await,
        None => std::future::pending().await,
    }
}

/// Puts envelopes into as few frames as their number and size allow.
fn frames(mut envelopes: Vec<String>, batches: bool, deflates: bool) -> Vec<Message> {
    let is_large_reply =
        |envelope: &String| envelope.starts_with(r#"{"i""#) && envelope.len() >= limits::DEFLATE_FROM_BYTES;
    let frame = |is_large: bool, text: String| {
        if is_large && deflates { Message::binary(codec::deflate(&text)) } else { Message::text(text) }
    };
    if envelopes.len() == 1 {
        return envelopes.drain(..).map(|one| frame(is_large_reply(&one), one)).collect();
    }
    let together = codec::gather(&envelopes, batches, limits::SERVER_FRAME_BYTES).into_iter();
    together.map(|together| frame(together.iter().any(is_large_reply), codec::join(together))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ready_together_shares_frames_and_only_large_replies_are_deflated() {
        let pushes: Vec<String> = (0..65).map(|n| format!(r#"{{"n":{n},"ev":"lag"}}"#)).collect();
        assert_eq!(frames(pushes.clone(), true, true).len(), 2);
        assert_eq!(frames(pushes.clone(), false, true).len(), 65);
        let reply = format!(r#"{{"i":1,"r":"{}"}}"#, "x".repeat(limits::DEFLATE_FROM_BYTES));
        let together = [reply, pushes[0].clone()];
        let deflated = frames(together.to_vec(), true, true).remove(0);
        assert_eq!(codec::inflate(&deflated.into_data()).unwrap(), codec::join(&together));
        assert!(frames(together.to_vec(), true, false)[0].is_text());
        assert!(frames(vec![together[0].clone()], false, true)[0].is_binary());
    }
}
