//! The one server: the real rules on the real database, with a driver that delays, reorders, loses and crashes
//! wherever a real one may.

mod bus;
mod operator;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use tim_protocol::call::{
    Call as _, HistoryRequest, MessagesReply, MessagesRequest, MutationsRequest, Reply, Request, SendRequest,
    SyncRequest,
};
use tim_protocol::frame::Push;
use tim_protocol::message::MessageChange;
use tim_protocol::{ConversationId, MessageId, UserId, codec, limits};
use tim_server::bus::Delivery;
use tim_server::config::Config;
use tim_server::core::Now;
use tim_server::core::ops::{
    Actor, Audience, Committed, Notification, NotificationContent, Query, QueryResult, Refusal, Topic,
    UserKey, Write, WriteReply,
};
use tim_server::core::policy::LoginPolicy;
use tim_server::core::rate::Rate;
use tim_server::core::session::{Effect, Input, Parked, Session, Settings, Token};
use tim_server::core::shares::{self, Shares};
use tim_server::store::sqlite::Database;
use uuid::Uuid;

use bus::{Memberships, Subscriber};

use crate::history::LogId;
use crate::hostile;
use crate::link::LinkId;
use crate::workload::Faults;
use crate::world::{Break, World, folder};

pub const APP: u32 = 1_400_000_001;
pub const KEY: &str = "the application's secret";

/// The server, as far as a crash leaves it, and what a crash takes.
pub struct Server {
    pub up: bool,
    /// Its clock minus the right time.
    pub skew: i64,
    /// Counts its starts: what was under way before a crash is no longer heard of.
    life: u64,
    database: Database,
    /// Where the database is if it is to be restored from a copy; otherwise it is in memory.
    folder: Option<TempDir>,
    /// Every batch that was committed, for the break that forgets one.
    batches: Vec<Vec<Write>>,
    settings: Arc<Settings>,
    shares: Arc<Shares>,
    keys: BTreeMap<UserKey, UserId>,
    connections: BTreeMap<LinkId, Connection>,
    parked: BTreeMap<Uuid, (i64, Parked, Subscriber)>,
    memberships: Memberships,
    /// Writes that wait for the next commit.
    waiting: Vec<(LinkId, Token, Write)>,
    is_committing: bool,
    /// When the notifications of the last commit reach the bus.
    published_at: i64,
    marks_due: bool,
}

struct Connection {
    session: Session,
    subscriber: Option<Subscriber>,
    /// The subscription of the session that may be resumed.
    kept: Option<Subscriber>,
    due: Option<i64>,
    /// When the last delivery of the bus arrives.
    inbox_at: i64,
}

/// An event on the server.
pub enum Event {
    Commit,
    Publish(Vec<Notification>),
    WriteResult(LinkId, Token, Result<Committed, Refusal>),
    Ask(LinkId, Token, Query),
    QueryResult(LinkId, Token, Result<QueryResult, Refusal>),
    Unpark(LinkId, Uuid),
    Attach(LinkId, Subscriber),
    Follow(LinkId, Vec<Topic>),
    Deliver(LinkId, Delivery),
    Overflow(LinkId),
    Due(LinkId),
    Mark,
    Stop,
    Start,
}

/// The operator's settings.
pub fn settings() -> Arc<Settings> {
    Arc::new(Settings {
        policy: LoginPolicy::PerPlatform,
        revoke_within: limits::REVOKE_WITHIN_MS,
        heartbeat: [5_000, 60_000],
        max_sig_life: None,
        media_quota: 0,
        ticket_key: [7; 32],
        guests: Arc::default(),
    })
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("data.db")
}

fn copy(folder: &TempDir) -> PathBuf {
    folder.path().join("copy.db")
}

impl Server {
    pub fn new(faults: &Faults) -> Self {
        let folder = faults.is_restored.then(folder);
        let database = folder.as_ref().map_or_else(Database::in_memory, |it| Database::open(&file(it)));
        Self {
            up: true,
            skew: faults.server_skew,
            life: 0,
            database: database.unwrap(),
            folder,
            batches: Vec::new(),
            settings: settings(),
            shares: Arc::new(Shares::new(shares::Limits {
                requests: Rate::new(faults.rate[1].into(), faults.rate[0].into(), 1_000),
                ..Config::default().shares()
            })),
            keys: BTreeMap::new(),
            connections: BTreeMap::new(),
            parked: BTreeMap::new(),
            memberships: BTreeMap::new(),
            waiting: Vec::new(),
            is_committing: false,
            published_at: 0,
            marks_due: false,
        }
    }

    pub fn actor(&self, name: &UserId) -> Actor {
        let key = self.keys.iter().find(|(_, known)| *known == name).map(|(key, _)| *key).unwrap();
        Actor { app: APP, user: name.clone(), key, session: None }
    }

    /// Whether a connection's user is known by now; `None` if there is no such connection.
    pub fn is_greeted(&self, link: LinkId) -> Option<bool> {
        self.connections.get(&link).map(|connection| connection.subscriber.is_some())
    }

    pub fn query(&self, query: &Query) -> QueryResult {
        self.database.query(query).unwrap()
    }
}

impl World {
    fn server_after(&mut self, delay: i64, event: Event) {
        let life = self.server.life;
        self.after(delay, crate::world::Event::Server(life, event));
    }

    pub fn server_now(&self) -> Now {
        Now { monotonic: self.now, wall: self.wall() + self.server.skew }
    }

    /// Commits, records what was committed, and returns the notifications.
    pub fn commit(&mut self, writes: &[Write]) -> Vec<Result<Committed, Refusal>> {
        let results = self.server.database.commit(writes);
        if self.is_broken(Break::ServerForgets) {
            self.server.batches.push(writes.to_vec());
        }
        for (write, result) in writes.iter().zip(&results) {
            let Ok(written) = result else { continue };
            match (write, &written.answer) {
                (Write::Login(login), WriteReply::LoggedIn { key, .. }) => {
                    self.server.keys.insert(*key, login.user.clone());
                }
                (Write::Request(asked), WriteReply::Reply(Reply::Messages(MessagesReply::Read(upto)))) => {
                    let Request::Messages(MessagesRequest::Read(read)) = &asked.request else { continue };
                    let log = LogId::of(&asked.actor.user, &read.conversation_id);
                    self.history.reads.push((log, asked.actor.user.clone(), upto.sequence));
                }
                _ => {}
            }
            for tell in &written.notifications {
                self.note_committed(tell);
            }
        }
        results
    }

    fn note_committed(&mut self, tell: &Notification) {
        let NotificationContent::Push(Push::Message(message)) = &tell.content else { return };
        let reader = match message.to {
            ConversationId::System => {
                let Audience::Users(users) = &tell.to else { panic!("a notice is told to {:?}", tell.to) };
                self.server.keys[&users[0]].clone()
            }
            _ => message.from.clone(),
        };
        let moment = self.history.tick();
        self.history.committed.insert((LogId::of(&reader, &message.to), message.sequence), moment);
    }

    pub fn accept(&mut self, link: LinkId) {
        if !self.server.up {
            return;
        }
        let id = uuid::Builder::from_random_bytes(self.rng.u128(..).to_be_bytes()).into_uuid();
        let seed = self.rng.u64(..);
        let session = Session::new(
            Arc::clone(&self.server.settings),
            Arc::clone(&self.server.shares),
            Arc::default(),
            hostile::network(link),
            id,
            seed,
            self.server_now(),
        );
        let connection = Connection { session, subscriber: None, kept: None, due: None, inbox_at: 0 };
        self.server.connections.insert(link, connection);
        self.session_due(link);
    }

    pub fn server_hears(&mut self, link: LinkId, text: &str) {
        self.serve(link, Input::Frame(text));
    }

    /// A connection is gone: what can be resumed is kept for a while.
    pub fn server_loses(&mut self, link: LinkId) {
        if let Some(mut connection) = self.server.connections.remove(&link) {
            let now = self.server_now();
            if let (Some(subscriber), Some(parked)) = (connection.subscriber, connection.session.park()) {
                let until = now.monotonic + limits::RESUME_WITHIN_MS;
                self.server.parked.insert(subscriber.id, (until, parked, subscriber));
            }
        }
    }

    fn serve(&mut self, link: LinkId, input: Input<'_>) {
        let now = self.server_now();
        let Some(connection) = self.server.connections.get_mut(&link) else { return };
        let effects = connection.session.handle(input, now);
        let batches = connection.session.batches();
        let mut envelopes = Vec::new();
        let mut is_over = false;
        for effect in effects {
            match effect {
                Effect::Send(envelope) => envelopes.push(envelope),
                Effect::Write(token, write) => self.write(link, token, write),
                Effect::Query(token, query) => {
                    let delay = self.rng.i64(0..5);
                    self.server_after(delay, Event::Ask(link, token, query));
                }
                Effect::Unpark(id) => self.server_after(0, Event::Unpark(link, id)),
                Effect::Attach(key, id) => self.attach(link, key, id),
                Effect::Follow(topics) => {
                    let delay = self.rng.i64(0..5);
                    self.server_after(delay, Event::Follow(link, topics));
                }
                // The simulation has no live rooms.
                Effect::Admit(..) | Effect::Enter(_) | Effect::Leave(_) | Effect::Status(_) => {}
                Effect::Close(..) => is_over = true,
            }
        }
        for frame in codec::gather(&envelopes, batches, limits::SERVER_FRAME_BYTES) {
            self.send_down(link, codec::join(frame));
        }
        if is_over {
            self.server.connections.remove(&link);
            self.close_down(link);
        }
        self.session_due(link);
    }

    fn session_due(&mut self, link: LinkId) {
        let Some(connection) = self.server.connections.get_mut(&link) else { return };
        let deadline = connection.session.deadline();
        if let Some(at) = deadline
            && connection.due.is_none_or(|due| at < due)
        {
            connection.due = Some(at);
            self.server_after(at - self.now, Event::Due(link));
        }
    }

    fn write(&mut self, link: LinkId, token: Token, write: Write) {
        self.server.waiting.push((link, token, write));
        if !self.server.is_committing {
            self.server.is_committing = true;
            let delay = self.rng.i64(0..10);
            self.server_after(delay, Event::Commit);
        }
    }

    pub fn server_event(&mut self, life: u64, event: Event) {
        if life != self.server.life {
            return;
        }
        match event {
            Event::Commit => self.group_commit(),
            Event::Publish(notifications) => self.publish(&notifications),
            Event::WriteResult(link, token, result) => self.serve(link, Input::WriteResult(token, result)),
            Event::Ask(link, token, query) => {
                let found = self.answer(query);
                let delay = self.rng.i64(0..5);
                self.server_after(delay, Event::QueryResult(link, token, found));
            }
            Event::QueryResult(link, token, result) => self.serve(link, Input::QueryResult(token, result)),
            Event::Unpark(link, id) => self.unpark(link, id),
            Event::Attach(link, subscriber) => self.attached(link, subscriber),
            Event::Follow(link, topics) => self.follow(link, topics),
            Event::Deliver(link, delivery) => self.serve(link, Input::Delivery(delivery)),
            Event::Overflow(link) => self.serve(link, Input::Overflow),
            Event::Due(link) => self.due(link),
            Event::Mark => {
                self.server.marks_due = false;
                self.mark();
                self.do_chores();
            }
            Event::Stop => self.crash(),
            Event::Start => self.start(),
        }
    }

    fn due(&mut self, link: LinkId) {
        let now = self.now;
        let Some(connection) = self.server.connections.get_mut(&link) else { return };
        connection.due = None;
        if connection.session.deadline().is_some_and(|at| at <= now) {
            self.serve(link, Input::Deadline);
        } else {
            self.session_due(link);
        }
    }

    fn answer(&mut self, mut query: Query) -> Result<QueryResult, Refusal> {
        if let Query::Sync { sync, .. } = &mut query
            && self.plan.broken == Some(Break::SyncsAll)
        {
            sync.from.version = 0;
        }
        let found = self.server.database.query(&query)?;
        Ok(match query {
            Query::Request(asked)
                if self.is_broken(Break::HoleInHistory)
                    && asked.request.method() == HistoryRequest::METHOD =>
            {
                let mut page = found.reply::<HistoryRequest>().unwrap();
                let middle = page.messages.len() / 2;
                if page.messages.len() > 2 {
                    page.messages.remove(middle);
                }
                QueryResult::Reply(HistoryRequest::answer(page))
            }
            Query::Request(asked)
                if self.is_broken(Break::ForgetsReactions)
                    && asked.request.method() == MutationsRequest::METHOD =>
            {
                let mut page = found.reply::<MutationsRequest>().unwrap();
                for mutation in page.mutations.iter_mut() {
                    if let MessageChange::Reactions(reactions) = &mut mutation.change {
                        reactions.own = None;
                    }
                }
                QueryResult::Reply(MutationsRequest::answer(page))
            }
            Query::Sync { .. } if self.is_broken(Break::ReadsTooFar) => {
                let mut page = found.reply::<SyncRequest>().unwrap();
                for state in page.conversations.iter_mut().filter(|state| state.head > 2) {
                    state.unread_base =
                        state.unread_base.max((state.unread_index - state.own).saturating_sub(1));
                }
                QueryResult::Reply(SyncRequest::answer(page))
            }
            Query::Sync { .. } if self.is_broken(Break::ForgetsRemovals) => {
                let mut page = found.reply::<SyncRequest>().unwrap();
                page.conversations.iter_mut().for_each(|state| state.hidden_below = 0);
                QueryResult::Reply(SyncRequest::answer(page))
            }
            Query::Sync { .. } if self.is_broken(Break::ForgetsSettings) => {
                let mut page = found.reply::<SyncRequest>().unwrap();
                page.conversations.iter_mut().for_each(|state| state.settings = None);
                QueryResult::Reply(SyncRequest::answer(page))
            }
            _ => found,
        })
    }

    /// A dropped session; a server may also find it behind a connection that it does not know to be dead yet.
    fn unpark(&mut self, link: LinkId, id: Uuid) {
        let is_other = |(other, connection): (&LinkId, &Connection)| {
            let is_it = connection.subscriber.as_ref().is_some_and(|subscriber| subscriber.id == id)
                && *other != link;
            is_it.then_some(*other)
        };
        let standing = self.server.connections.iter().find_map(is_other);
        if let Some(other) = standing
            && self.chance(50)
        {
            self.server_loses(other);
            self.close_down(other);
        }
        let parked = self.server.parked.remove(&id).filter(|(until, ..)| *until > self.now);
        let (parked, subscriber) =
            parked.map(|(_, parked, subscriber)| (Box::new(parked), subscriber)).unzip();
        if let Some(connection) = self.server.connections.get_mut(&link) {
            connection.kept = subscriber;
        }
        self.serve(link, Input::Unparked(parked));
    }

    fn group_commit(&mut self) {
        self.server.is_committing = false;
        let waiting = std::mem::take(&mut self.server.waiting);
        let mut writes: Vec<Write> = waiting.iter().map(|(_, _, write)| write.clone()).collect();
        if self.is_broken(Break::RevokesForAll) {
            self.revoke_for_all(&mut writes);
        }
        if self.is_broken(Break::SendsTwice) {
            self.send_twice(&writes);
        }
        if writes.iter().any(Write::raises_watermark) {
            self.mark();
        }
        let results = self.commit(&writes);
        for result in results.iter().flatten() {
            self.publish_later(result.notifications.clone());
        }
        for ((link, token, _), result) in waiting.into_iter().zip(results) {
            let delay = self.rng.i64(0..8);
            self.server_after(delay, Event::WriteResult(link, token, result));
        }
        if !self.server.marks_due {
            self.server.marks_due = true;
            let delay = self.rng.i64(0..250);
            self.server_after(delay, Event::Mark);
        }
    }

    /// Alice may revoke messages of others in her groups.
    fn revoke_for_all(&self, writes: &mut [Write]) {
        for write in writes {
            if let Write::Request(asked) = write
                && matches!(asked.request, Request::Messages(MessagesRequest::Revoke(_)))
            {
                asked.actor = self.server.actor(&crate::world::user("alice"));
            }
        }
    }

    fn send_twice(&mut self, writes: &[Write]) {
        for write in writes {
            let Write::Request(asked) = write else { continue };
            if let Request::Messages(MessagesRequest::Send(send)) = &asked.request
                && self.rng.u32(0..10) == 0
            {
                let id = MessageId::from_parts(
                    send.client_time,
                    self.rng.u128(..).to_be_bytes()[..10].try_into().unwrap(),
                );
                let again = SendRequest { id, ..send.clone() };
                self.commit(&[Write::request(&asked.actor, again, asked.now)]);
            }
        }
    }

    fn start(&mut self) {
        self.server.up = true;
        self.mark();
        self.do_chores();
    }

    fn do_chores(&mut self) {
        while let Some(notifications) = self.server.database.do_chore().unwrap() {
            notifications.iter().for_each(|tell| self.note_committed(tell));
            self.publish_later(notifications);
        }
    }

    pub fn mark(&mut self) {
        if !self.is_broken(Break::NeverMarks) {
            while self.server.database.mark().unwrap() {}
        }
    }
}
