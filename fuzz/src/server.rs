//! A server's rules with a real database and a real bus behind them, and users who are connected to it.
//!
//! Panics if a session does, or if it sends what a client refuses: each frame is checked as a client checks it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tim_protocol::call::{HelloRequest, Platform};
use tim_protocol::frame::{Ask, FromClient, FromServer};
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{UserId, VERSIONS, codec, feature, limits};
use tim_server::bus::local::LocalBus;
use tim_server::bus::{Bus, Done, Subscription};
use tim_server::config::Config;
use tim_server::core::Now;
use tim_server::core::ops::Write;
use tim_server::core::policy::LoginPolicy;
use tim_server::core::session::{Effect, Input, Session, Settings, StatusEffect};
use tim_server::core::shares::{Network, Shares};
use tim_server::store::sqlite::Database;
use uuid::Uuid;

const APP: u32 = 1_400_000_001;
const KEY: &str = "a key of sixty-four characters, as the server would have made it";
const BEGAN_S: i64 = 1_767_225_600;

/// The server.
pub struct Server {
    database: Database,
    bus: LocalBus,
    settings: Arc<Settings>,
    shares: Arc<Shares>,
    now: Now,
    connections: Vec<Connection>,
}

/// One user's connection.
struct Connection {
    user: String,
    session: Session,
    number: u64,
    place: Option<Subscription>,
    is_over: bool,
    /// The frames that the client has received since the last check.
    heard: Vec<FromServer>,
}

impl Server {
    /// A server with this database and nobody connected.
    pub fn on(mut database: Database) -> Self {
        database.commit(&[Write::PutApp { app: APP, key: KEY.into() }]);
        let settings = Settings {
            policy: LoginPolicy::default(),
            revoke_within: limits::REVOKE_WITHIN_MS,
            heartbeat: [10_000, 300_000],
            max_sig_life: None,
            media_quota: 0,
            ticket_key: [7; 32],
            guests: Arc::default(),
        };
        Self {
            database,
            bus: LocalBus::default(),
            settings: Arc::new(settings),
            shares: Arc::new(Shares::new(Config::default().shares())),
            now: Now { monotonic: 0, wall: BEGAN_S * 1_000 },
            connections: Vec::new(),
        }
    }

    /// Connects a user and logs them in. The number of the connection.
    pub fn connect(&mut self, user: &str) -> usize {
        let place = self.connections.len();
        let id = Uuid::from_u128(place as u128 + 1);
        let network = Network::V4([127, 0, 0, 1]);
        let (settings, shares) = (Arc::clone(&self.settings), Arc::clone(&self.shares));
        self.connections.push(Connection {
            user: user.to_owned(),
            session: Session::new(settings, shares, Arc::default(), network, id, 7, self.now),
            number: 1,
            place: None,
            is_over: false,
            heard: Vec::new(),
        });
        self.says(place, &hello(user, place));
        self.connections[place].heard.clear();
        place
    }

    /// A client sends a frame, and what follows from it happens. A client that was disconnected connects again first.
    pub fn says(&mut self, mut place: usize, frame: &str) -> usize {
        // Slow enough for the limits of requests.
        self.now.monotonic += 1_000;
        self.now.wall += 1_000;
        if self.connections[place].is_over {
            place = self.connect(&self.connections[place].user.clone());
        }
        self.take(place, Input::Frame(frame));
        self.deliver();
        place
    }

    /// A client sends a request. What it has received since it last asked, the reply among it.
    pub fn asks(&mut self, place: usize, verb: &str, parameters: &serde_json::Value) -> Vec<FromServer> {
        self.connections[place].number += 1;
        let number = self.connections[place].number;
        self.says(place, &serde_json::json!({ "i": number, "m": verb, "p": parameters }).to_string());
        std::mem::take(&mut self.connections[place].heard)
    }

    /// Gives an input to a session and carries out whatever follows from it.
    fn take(&mut self, place: usize, input: Input<'_>) {
        let connection = &mut self.connections[place];
        let mut effects: VecDeque<Effect> = connection.session.handle(input, self.now).into();
        let mut envelopes = Vec::new();
        while let Some(effect) = effects.pop_front() {
            let follows = match effect {
                Effect::Send(envelope) => {
                    envelopes.push(envelope);
                    continue;
                }
                Effect::Write(token, write) => {
                    while write.raises_watermark() && self.database.mark().expect("memory takes marks") {}
                    let result = self.database.commit(&[write]).remove(0);
                    while self.database.mark().expect("memory takes marks") {}
                    if let Ok(written) = &result {
                        at_once(self.bus.publish(written.notifications.clone()));
                    }
                    while let Some(notifications) = self.database.do_chore().expect("memory takes chores") {
                        at_once(self.bus.publish(notifications));
                    }
                    Input::WriteResult(token, result)
                }
                Effect::Query(token, find) => Input::QueryResult(token, self.database.query(&find)),
                Effect::Unpark(_) => Input::Unparked(None),
                Effect::Attach(user, id) => {
                    connection.place = Some(at_once(self.bus.attach(user, id)));
                    Input::Attached
                }
                Effect::Follow(topics) => {
                    let subscription = connection.place.as_ref().expect("it is attached");
                    at_once(subscription.guard.follow(topics));
                    Input::Attached
                }
                Effect::Enter(room) => {
                    connection.place.as_ref().expect("it is attached").guard.enter(room);
                    continue;
                }
                Effect::Leave(room) => {
                    connection.place.as_ref().expect("it is attached").guard.leave(room);
                    continue;
                }
                Effect::Admit(..) => {
                    let who = connection.session.who().expect("it said hello").user.clone();
                    connection.place.as_ref().expect("it is attached").guard.connected(who);
                    continue;
                }
                Effect::Status(effect) => {
                    let guard = &connection.place.as_ref().expect("it is attached").guard;
                    match effect {
                        StatusEffect::Ask(token, users) => {
                            Input::Online(token, at_once(self.bus.online(users)))
                        }
                        StatusEffect::Count(token, topic) => {
                            Input::Counted(token, at_once(self.bus.count_users(topic)))
                        }
                        StatusEffect::Say(text) => {
                            guard.set_custom_status(text);
                            continue;
                        }
                        StatusEffect::Watch(users) => {
                            guard.watch(users);
                            continue;
                        }
                        StatusEffect::Unwatch(users) => {
                            guard.unwatch(users);
                            continue;
                        }
                    }
                }
                Effect::Close(..) => {
                    connection.is_over = true;
                    connection.place = None;
                    continue;
                }
            };
            effects.extend(connection.session.handle(follows, self.now));
        }
        for frame in codec::gather(&envelopes, true, limits::SERVER_FRAME_BYTES) {
            let text = codec::join(frame);
            let read = codec::split(&text, limits::SERVER_FRAME_BYTES).expect("a client takes the frame");
            let read = read.into_iter().map(|it| FromServer::read(it).expect("a client can read it"));
            connection.heard.extend(read);
        }
    }

    /// Hands on what the bus carries until nothing is left.
    fn deliver(&mut self) {
        for place in 0..self.connections.len() {
            while let Some(waiting) = &mut self.connections[place].place {
                let input = match waiting.inbox.try_recv() {
                    Some(delivery) => Input::Delivery(delivery),
                    None if waiting.inbox.take_dropped() => Input::Overflow,
                    None => break,
                };
                self.take(place, input);
            }
        }
    }
}

/// What the local bus answers; it never waits.
fn at_once<T>(mut answer: Done<T>) -> T {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the local bus waits"),
    }
}

fn hello(user: &str, place: usize) -> String {
    let claims =
        Claims { sdk_app_id: APP, user: user.into(), issued_at_s: BEGAN_S, expire_s: 86_400, userbuf: None };
    let hello = HelloRequest {
        versions: VERSIONS,
        features: feature::ALL.map(str::to_owned).into(),
        sdk_app_id: APP,
        user_id: UserId::new(user).expect("a name"),
        user_sig: sign(&Key::new(KEY), &claims),
        device: format!("device {place}"),
        instance: format!("login {place}"),
        platform: Platform::Web,
        client: String::new(),
        login: true,
        resume: None,
    };
    let ask = Some(Ask::Request(1, Ok(hello.into())));
    FromClient { ack: None, ask }.write().expect("a hello can be written")
}
