//! A device's file with 5,000 messages, damaged in each one of its pages: the engine is ready again by itself, with
//! everything that the server has acknowledged, and with what waited unless it stood on that page.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tim::event::Event;
use tim::machine::Machine;
use tim::machine::io::{Call, CallId, Config, Input, Now, Output};
use tim::store::{Change, OutboxRow, OutboxState, Store};
use tim_core::search::Search;
use tim_protocol::Fault;
use tim_protocol::body::{Body, TextBody};
use tim_protocol::call::Platform;
use tim_protocol::message::Message;
use tim_protocol::search::Phrase;
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{Code, ConversationId, MessageId, codec};
use tim_server::core::Now as ServerNow;
use tim_server::core::ops::{Actor, Login, Write};
use tim_server::core::session::{self, Effect, Session};
use tim_server::core::shares::{Network, Shares};
use tim_server::store::conformance::{logged_in, logging_in, message};
use tim_server::store::sqlite::Database;
use uuid::Uuid;

use crate::server::{APP, KEY, settings};
use crate::world::{BEGIN, folder, user};

const MESSAGES: u64 = 5_000;
const PAGE: usize = 4_096;
/// Messages that were refused, and wait for the user to send them again.
const WAITING: usize = 40;
/// More steps than any device takes to come back.
const MAX_STEPS: u32 = 100_000;
const SENDERS: [&str; 3] = ["alice", "carol", "dave"];

/// Who wrote to bob, and what stands there.
struct Ground {
    database: Database,
}

impl Ground {
    fn new() -> Self {
        let mut database = Database::in_memory().unwrap();
        let mut writes = vec![Write::PutApp { app: APP, key: KEY.into() }];
        for name in ["bob"].into_iter().chain(SENDERS) {
            let Write::Login(login) = logging_in(name) else { unreachable!() };
            writes.push(Write::Login(Login { app: APP, ..login }));
        }
        let logins = database.commit(&writes);
        let mut actors = Vec::new();
        for (name, result) in SENDERS.into_iter().zip(logins.into_iter().skip(2)) {
            actors.push(Actor { app: APP, ..logged_in(name, result) });
        }
        let numbered = (0..MESSAGES).zip(actors.iter().cycle());
        let sends: Vec<Write> = numbered.map(|(number, actor)| message(actor, "C2Cbob", number)).collect();
        for batch in sends.chunks(500) {
            assert!(database.commit(batch).iter().all(Result::is_ok));
        }
        while database.mark().unwrap() {}
        Self { database }
    }
}

/// Messages of a page, why those that were refused were, and whether the page is the last.
type Page = (Vec<Message>, Vec<String>, bool);

/// Bob's phone, its connection and the server's session behind it, without any delay.
struct Phone<'a> {
    ground: &'a mut Ground,
    machine: Machine,
    path: PathBuf,
    store: Option<Store>,
    session: Option<Session>,
    shares: Arc<Shares>,
    inputs: VecDeque<Input>,
    now: i64,
    calls: u64,
    ready: bool,
    rebuilt: bool,
    page: Option<Result<Page, Fault>>,
    /// How many messages were found.
    found: Option<Result<u64, Fault>>,
}

impl<'a> Phone<'a> {
    fn new(ground: &'a mut Ground, path: &Path) -> Self {
        let machine = Machine::new(Config {
            sdk_app_id: APP,
            device: "bob's phone".into(),
            platform: Platform::Ios,
            client: "sim".into(),
            seed: 1,
            heartbeat: 30_000,
            login_timeout: 90_000,
            call_timeout: 15_000,
        });
        let mut phone = Self {
            ground,
            machine,
            path: path.into(),
            store: None,
            session: None,
            shares: Arc::new(Shares::new(tim_server::config::Config::default().shares())),
            inputs: VecDeque::new(),
            now: 1,
            calls: 0,
            ready: false,
            rebuilt: false,
            page: None,
            found: None,
        };
        let claims = Claims {
            sdk_app_id: APP,
            user: "bob".into(),
            issued_at_s: BEGIN / 1_000,
            expire_s: 86_400,
            userbuf: None,
        };
        phone.call(Call::Login { user: user("bob"), user_sig: sign(&Key::new(KEY), &claims) });
        phone.run(|phone| phone.ready);
        phone
    }

    fn now(&self) -> Now {
        Now { monotonic: self.now, wall: BEGIN + self.now }
    }

    fn call(&mut self, call: Call) {
        self.calls += 1;
        self.inputs.push_back(Input::Call(CallId(self.calls), call));
    }

    /// Lets everything happen until something is the case.
    fn run(&mut self, until: impl Fn(&Self) -> bool) {
        for _ in 0..MAX_STEPS {
            if until(self) {
                return;
            }
            match self.inputs.pop_front() {
                Some(input) => self.feed(input),
                None => {
                    let due = self.machine.deadline().expect("something is to come");
                    self.now = self.now.max(due);
                    self.feed(Input::Deadline);
                }
            }
        }
        panic!("it never comes");
    }

    fn feed(&mut self, input: Input) {
        self.machine.handle(input, self.now());
        while let Some(output) = self.machine.poll() {
            if let Err(fault) = self.carry_out(output) {
                assert_eq!(fault.code, Code::STORE_DAMAGED, "{fault}");
                self.store = None;
                Store::rebuild(&self.path).unwrap();
                self.rebuilt = true;
                self.machine.handle(Input::StoreFailed(fault), self.now());
            }
        }
    }

    fn carry_out(&mut self, output: Output) -> Result<(), Fault> {
        match output {
            Output::OpenStore { .. } => {
                self.store = None;
                let opened = Store::open(&self.path).unwrap();
                self.rebuilt |= opened.set_aside.is_some();
                self.store = Some(opened.store);
                self.inputs.push_back(Input::StoreOpened(Ok(Box::new(opened.snapshot))));
            }
            Output::CloseStore | Output::PauseStore => self.store = None,
            Output::Commit { changes, durable } => {
                self.store.as_mut().unwrap().apply(&changes, durable)?;
            }
            Output::Connect => {
                self.session = Some(Session::new(
                    settings(),
                    Arc::clone(&self.shares),
                    Arc::default(),
                    Network::V4([127, 0, 0, 1]),
                    Uuid::from_u128(7),
                    1,
                    self.server_now(),
                ));
                self.inputs.push_back(Input::Connected);
            }
            Output::Disconnect => self.session = None,
            Output::Transmit(text) => self.serve(session::Input::Frame(&text)),
            Output::Emit(Event::SdkReady) => self.ready = true,
            Output::EmitMessages { query, .. } => {
                drop(self.store.as_ref().unwrap().messages(&user("bob"), &query)?)
            }
            Output::ReadLast(query) => {
                let messages = self.store.as_ref().unwrap().messages(&user("bob"), &query)?;
                self.inputs.push_back(Input::LastRead(query.conversation, messages));
            }
            Output::ReturnPage { query, completed, pending, .. } => {
                let page = self.store.as_ref().unwrap().messages(&user("bob"), &query);
                let refused = pending.at_rest.iter().map(|message| message.id.to_string()).collect();
                self.page = Some(page.clone().map(|messages| (messages, refused, completed)));
                page?;
            }
            Output::ReturnMessages { ids, .. } => {
                let found = self.store.as_ref().unwrap().find(&ids).map(|found| found.len() as u64);
                self.found = Some(found.clone());
                found?;
            }
            Output::ReturnFound(_, search, _) => {
                let found = self.store.as_mut().unwrap().search(&search).map(|found| found.total);
                self.found = Some(found.clone());
                found?;
            }
            Output::Return(_, Err(fault)) => {
                assert!(fault.code.is_retryable(), "{fault}");
                self.page = Some(Err(fault));
            }
            _ => {}
        }
        Ok(())
    }

    fn server_now(&self) -> ServerNow {
        ServerNow { monotonic: self.now, wall: BEGIN + self.now }
    }

    fn serve(&mut self, input: session::Input<'_>) {
        let now = self.server_now();
        let Some(session) = &mut self.session else { return };
        let mut answers = Vec::new();
        for effect in session.handle(input, now) {
            match effect {
                Effect::Send(envelope) => {
                    self.inputs.push_back(Input::Frames(vec![codec::join(&[envelope])]))
                }
                Effect::Write(token, write) => {
                    let result = self.ground.database.commit(&[write]).remove(0);
                    answers.push(session::Input::WriteResult(token, result));
                }
                Effect::Query(token, find) => {
                    answers.push(session::Input::QueryResult(token, self.ground.database.query(&find)));
                }
                Effect::Unpark(_) => answers.push(session::Input::Unparked(None)),
                Effect::Attach(..) | Effect::Follow(_) => answers.push(session::Input::Attached),
                Effect::Admit(..) | Effect::Enter(_) | Effect::Leave(_) | Effect::Status(_) => {}
                Effect::Close(..) => self.inputs.push_back(Input::Disconnected),
            }
        }
        for answer in answers {
            self.serve(answer);
        }
    }

    /// Everything in a conversation, newest first, asked for page by page, and again where an answer says so; and how many
    /// messages wait there.
    fn read(&mut self, conversation: &ConversationId) -> (Vec<Message>, usize) {
        let (mut all, mut waiting, mut before) = (Vec::new(), BTreeSet::new(), None);
        loop {
            self.page = None;
            self.call(Call::MessageList { conversation: conversation.clone(), before, count: 100 });
            self.run(|phone| phone.page.is_some());
            let Some(Ok((messages, refused, completed))) = self.page.take() else { continue };
            waiting.extend(refused);
            before = messages.first().map(|message| message.sequence);
            let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
            self.finds(&Call::FindMessages(ids));
            all.extend(messages.into_iter().rev());
            if completed {
                return (all, waiting.len());
            }
        }
    }

    /// How many messages a call finds; `None` if it met damage.
    fn finds(&mut self, call: &Call) -> Option<u64> {
        self.found = None;
        self.call(call.clone());
        self.run(|phone| phone.found.is_some());
        self.found.take()?.ok()
    }

    /// Whether everything is right, and how many waiting messages there are.
    fn check(&mut self) -> usize {
        let mut waiting = 0;
        for (number, sender) in (0_u64..).zip(SENDERS) {
            let conversation = ConversationId::C2c(user(sender));
            let (all, refused) = self.read(&conversation);
            let mut expected = (0..MESSAGES).rev().filter(|it| it % 3 == number);
            for message in all {
                let text = format!("\"message {}\"", expected.next().expect("no more than was sent"));
                assert!(message.body.get().contains(&text), "{message:?} instead of {text}");
            }
            assert_eq!(expected.next(), None, "messages of {sender} are missing");
            let phrases = vec![Phrase::of("message").unwrap()];
            let search = Search { phrases, conversation: Some(conversation), count: 1, ..Search::default() };
            let expected = (0..MESSAGES).filter(|it| it % 3 == number).count() as u64;
            // After a rebuild the store has what was read since.
            let found = self.finds(&Call::Search(Box::new(search), None));
            if let Some(found) = found.filter(|_| !self.rebuilt) {
                assert_eq!(found, expected, "messages of {sender} are not found");
            }
            waiting += refused;
        }
        waiting
    }
}

/// A whole file, closed.
fn whole(ground: &mut Ground, path: &Path) -> Vec<u8> {
    let mut phone = Phone::new(ground, path);
    phone.check();
    let mut store = phone.store.take().unwrap();
    let rows = (1_u64..).take(WAITING).map(|position| {
        let message = refused(position);
        Change::Outbox(OutboxRow {
            position,
            message,
            state: OutboxState::Refused(Code::SEND_FAILED),
            upload: None,
        })
    });
    store.apply(&rows.collect::<Vec<_>>(), true).unwrap();
    drop(store);
    std::fs::read(path).unwrap()
}

fn refused(number: u64) -> Message {
    let mut random = [1; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let to = ConversationId::C2c(user("alice"));
    let body = Body::Text(TextBody { text: format!("refused {number}") }).write().unwrap();
    Message::bare(MessageId::from_parts(BEGIN, random), user("bob"), to, BEGIN, body)
}

/// The kind of damage to a page.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Zeroed,
    Randomised,
}

fn damaged(file: &[u8], page: usize, damage: Damage) -> Vec<u8> {
    let mut file = file.to_vec();
    let page_bytes = &mut file[page * PAGE..(page + 1) * PAGE];
    match damage {
        Damage::Zeroed => page_bytes.fill(0),
        Damage::Randomised => fastrand::Rng::with_seed(u64::try_from(page).unwrap()).fill(page_bytes),
    }
    file
}

/// The result of one damage: whether it was noticed, and how many waiting messages are left.
fn comes_back(ground: &mut Ground, folder: &Path, file: &[u8]) -> (bool, usize) {
    let path = folder.join("tim.db");
    for entry in std::fs::read_dir(folder).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    std::fs::write(&path, file).unwrap();
    let mut phone = Phone::new(ground, &path);
    let waiting = phone.check();
    (phone.rebuilt, waiting)
}

#[test]
fn a_device_comes_back_by_itself_whichever_page_of_its_file_is_damaged() {
    let template = folder();
    let file = whole(&mut Ground::new(), &template.path().join("tim.db"));
    let pages = file.len() / PAGE;
    assert!(pages > 300, "{pages} pages");
    // Without the time for all of them, some.
    let seeds: Option<u32> = std::env::var("TIM_SIM_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    let all = seeds.is_none_or(|seeds| seeds >= 1_000);
    let cases: Vec<(usize, Damage)> = (0..pages)
        .step_by(if all { 1 } else { 41 })
        .flat_map(|page| [(page, Damage::Zeroed), (page, Damage::Randomised)])
        .collect();
    let (next, met, poorer) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                let (mut ground, folder) = (Ground::new(), folder());
                while let Some((page, damage)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let file = damaged(&file, *page, *damage);
                    let came_back = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        comes_back(&mut ground, folder.path(), &file)
                    }));
                    let (rebuilt, waiting) = came_back.unwrap_or_else(|_| panic!("page {page} {damage:?}"));
                    met.fetch_add(usize::from(rebuilt), Ordering::Relaxed);
                    poorer.fetch_add(usize::from(waiting != WAITING), Ordering::Relaxed);
                }
            });
        }
    });
    let (cases, met, poorer) = (cases.len(), met.into_inner(), poorer.into_inner());
    // A third of the file is the index for searches, which is made anew without a rebuild.
    assert!(met * 10 >= cases * 7, "only {met} of {cases} damages were met");
    // The first page with the tables' places, and those that what waits stands on.
    assert!(poorer <= 16, "{poorer} of {cases} times something that waited was lost");
}
