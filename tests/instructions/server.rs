//! The server's rules, bus and database without its sockets and threads.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tempfile::TempDir;
use tim_protocol::body::{Body, TextBody};
use tim_protocol::call::{self, HelloRequest, Platform, Request};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::{Ask, FromClient};
use tim_protocol::group::{GroupType, NewGroup};
use tim_protocol::message::Priority;
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{GroupId, MessageId, UserId, VERSIONS, codec, feature, limits};
use tim_server::bus::local::LocalBus;
use tim_server::bus::{Bus as _, Done, Subscription};
use tim_server::config::Config;
use tim_server::core::Now;
use tim_server::core::ops::Write;
use tim_server::core::policy::LoginPolicy;
use tim_server::core::rate::Rate;
use tim_server::core::session::{Effect, Input, Session, Settings};
use tim_server::core::shares::{self, Network, Shares};
use tim_server::store::sqlite::Database;
use uuid::Uuid;

const APP: u32 = 1_400_000_001;
const KEY: &str = "the application's secret";
/// When everything happens, on both clocks.
pub const NOW: i64 = 1_767_225_600_000;
const MOMENT: Now = Now { monotonic: NOW, wall: NOW };

pub struct Server {
    database: Database,
    bus: LocalBus,
    settings: Arc<Settings>,
    shares: Arc<Shares>,
    connections: u64,
    _folder: TempDir,
}

/// A connection, and the envelopes that were sent to it.
pub struct Device {
    session: Session,
    subscription: Option<Subscription>,
    sent: Vec<String>,
    asked: u64,
}

impl Server {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut database = Database::open(&folder.path().join("tim.db")).unwrap();
        database.commit(&[Write::PutApp { app: APP, key: KEY.into() }]).remove(0).unwrap();
        let settings = Settings {
            policy: LoginPolicy::PerDevice,
            revoke_within: limits::REVOKE_WITHIN_MS,
            heartbeat: [5_000, 60_000],
            max_sig_life: None,
            media_quota: 0,
            ticket_key: [7; 32],
            guests: Arc::default(),
        };
        let unlimited = Rate::new(1_000_000, 1_000_000, 1_000);
        let shares = Shares::new(shares::Limits {
            requests: unlimited,
            logins: unlimited,
            ..Config::default().shares()
        });
        Self {
            database,
            bus: LocalBus::default(),
            settings: Arc::new(settings),
            shares: Arc::new(shares),
            connections: 0,
            _folder: folder,
        }
    }

    /// A user's new device, logged in.
    pub fn login(&mut self, name: &str) -> Device {
        let mut device = Device::new(self);
        let hello = self.hello(name);
        self.hear(&mut device, &hello);
        device.asked = 1;
        device.clear();
        device
    }

    /// The frame of a login.
    pub fn hello(&mut self, name: &str) -> String {
        self.connections += 1;
        frame(
            1,
            HelloRequest {
                versions: VERSIONS,
                features: feature::ALL.map(str::to_owned).into(),
                sdk_app_id: APP,
                user_id: UserId::new(name).unwrap(),
                user_sig: sig(name),
                device: format!("{name}-phone"),
                instance: format!("{name}-{}", self.connections),
                platform: Platform::Android,
                client: "tests".into(),
                login: true,
                resume: None,
            },
        )
    }

    /// A frame arrives.
    pub fn hear(&mut self, device: &mut Device, frame: &str) {
        self.serve(device, Input::Frame(frame));
    }

    /// What the bus has for a device is sent.
    pub fn deliver(&mut self, device: &mut Device) {
        while let Some(delivery) = device.subscription.as_mut().and_then(|it| it.inbox.try_recv()) {
            self.serve(device, Input::Delivery(delivery));
        }
    }

    /// Writes all marks.
    pub fn mark(&mut self) {
        while self.database.mark().unwrap() {}
    }

    fn serve(&mut self, device: &mut Device, input: Input<'_>) {
        for effect in device.session.handle(input, MOMENT) {
            match effect {
                Effect::Send(envelope) => device.sent.push(envelope),
                Effect::Write(token, write) => {
                    let result = self.database.commit(&[write]).remove(0);
                    if let Ok(committed) = &result {
                        finish(self.bus.publish(committed.notifications.clone()));
                    }
                    self.serve(device, Input::WriteResult(token, result));
                }
                Effect::Query(token, query) => {
                    let result = self.database.query(&query);
                    self.serve(device, Input::QueryResult(token, result));
                }
                Effect::Attach(user, session) => {
                    device.subscription = Some(finish(self.bus.attach(user, session)));
                    self.serve(device, Input::Attached);
                }
                Effect::Follow(topics) => {
                    let subscription = device.subscription.as_ref().unwrap();
                    finish(subscription.guard.follow(topics));
                    self.serve(device, Input::Attached);
                }
                Effect::Admit(..) | Effect::Status(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

impl Device {
    /// A new connection.
    pub fn new(server: &Server) -> Self {
        let number = server.connections;
        let session = Session::new(
            Arc::clone(&server.settings),
            Arc::clone(&server.shares),
            Arc::default(),
            Network::V4([127, 0, 0, 1]),
            Uuid::from_u64_pair(1, number),
            number,
            MOMENT,
        );
        Self { session, subscription: None, sent: Vec::new(), asked: 1 }
    }

    /// A frame with this request.
    pub fn ask(&mut self, request: impl Into<Request>) -> String {
        self.asked += 1;
        frame(self.asked, request)
    }

    /// As many frames with a text of 100 bytes for this conversation.
    pub fn texts(&mut self, to: &str, count: u32) -> Vec<String> {
        let body = Body::Text(TextBody { text: "x".repeat(100) }).write().unwrap();
        let text = |_| {
            let mut random = [0; 10];
            random[..8].copy_from_slice(&self.asked.to_be_bytes());
            let id = MessageId::from_parts(NOW, random);
            let (to, body) = (to.parse().unwrap(), body.clone());
            let (priority, excluded_from_unread_count) = (Priority::Normal, false);
            self.ask(call::SendRequest {
                id,
                to,
                client_time: NOW,
                priority,
                excluded_from_unread_count,
                attributes: None,
                body,
            })
        };
        (0..count).map(text).collect()
    }

    /// How many envelopes were sent to it.
    pub fn frames(&self) -> usize {
        self.sent.len()
    }

    /// The last of them.
    pub fn last(&self) -> &str {
        self.sent.last().unwrap()
    }

    pub fn clear(&mut self) {
        self.sent.clear();
    }

    /// All of them, in as few frames as possible.
    pub fn take(&mut self) -> Vec<String> {
        let sent = std::mem::take(&mut self.sent);
        codec::gather(&sent, true, limits::SERVER_FRAME_BYTES).into_iter().map(codec::join).collect()
    }
}

/// Polls a call of the bus to its end: it gives way now and then, and waits for nobody.
fn finish<T>(mut done: Done<T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = done.as_mut().poll(&mut context) {
            return result;
        }
    }
}

/// What a user logs in with.
pub fn sig(name: &str) -> String {
    let claims = Claims {
        sdk_app_id: APP,
        user: name.into(),
        issued_at_s: NOW / 1_000,
        expire_s: 86_400,
        userbuf: None,
    };
    sign(&Key::new(KEY), &claims)
}

/// The frame of a first sync.
pub fn sync() -> String {
    frame(2, call::SyncRequest { from: Cursor::default(), before: None, limit: 100, latest: 1 })
}

/// The frame that asks for the page that ends with `high`.
pub fn history(device: &mut Device, conversation: &str, high: u64) -> String {
    let conversation_id = conversation.parse().unwrap();
    device.ask(call::HistoryRequest { conversation_id, low: high - 49, high, limit: 50 })
}

/// The frame that makes a group which everybody may join.
pub fn group(owner: &mut Device, name: &str) -> String {
    let group = NewGroup {
        name: name.into(),
        group_type: GroupType::Meeting,
        group_id: Some(GroupId::new(name).unwrap()),
        ..NewGroup::default()
    };
    owner.ask(call::CreateGroupRequest { group })
}

/// The frame that joins it.
pub fn join(member: &mut Device, name: &str) -> String {
    member.ask(call::JoinGroupRequest { group_id: GroupId::new(name).unwrap(), apply_message: String::new() })
}

fn frame(number: u64, request: impl Into<Request>) -> String {
    FromClient { ack: None, ask: Some(Ask::Request(number, Ok(request.into()))) }.write().unwrap()
}
