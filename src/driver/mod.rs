//! Everything impure: one task per instance that owns its machine and its store, and carries out what the machine says.
//!
//! Decides nothing; see the contract in [`crate::machine`]. The map:
//!
//! * This file is the task: inputs in, outputs carried out in order. `commands` is the way to it, `shared` what handles
//!   may look at.
//! * `link` is a connection; `address` makes it, with `dial` and `tls`.
//! * `http` moves files from and to a `source`, `upload` and `download` one of them; `progress` tells how far, `copies` keeps those that are sent.
//! * `stored` opens the store and asks it. `dispatch` is the listener thread; `files` are the folders, `file_source` what apps send; `runtime` is
//!   the process's threads.

pub(crate) mod address;
mod commands;
mod copies;
mod dial;
pub(crate) mod dispatch;
pub(crate) mod download;
pub(crate) mod file_source;
pub(crate) mod files;
mod http;
mod link;
pub(crate) mod progress;
pub(crate) mod runtime;
mod shared;
mod source;
mod stored;
mod tls;
mod upload;

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tim_protocol::frame::Fault;
use tim_protocol::media::{Attachment, Uploaded};
use tim_protocol::{Code, ConversationId, MessageId, UserId};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, block_in_place};

use crate::error::TimError;
use crate::event::Event;
use crate::log::{self, LogLevel};
use crate::machine::Machine;
use crate::machine::io::{Call, CallId, Input, Now, Output, Return};
use crate::store::Store;
pub(crate) use commands::{Answer, Commands};
pub(crate) use download::Download;
pub(crate) use shared::{LocalFile, Shared};

use commands::{Caller, Command};
use copies::{Copied, Copies};
use link::{Link, LinkEvent};
use progress::Progress;
use upload::Upload;

/// Ends of uploads that wait for the task.
const UPLOADS: usize = 64;

/// Starts the task of an instance. It takes calls at once, and begins when `after` has ended.
pub(crate) fn start(
    runtime: &Handle,
    machine: Machine,
    shared: Arc<Shared>,
    after: impl Future<Output = ()> + Send + 'static,
) -> Commands {
    let (commands, queue) = Commands::channel(Arc::clone(&shared));
    let (upload_ended, uploads_ended) = mpsc::channel(UPLOADS);
    let driver = Driver {
        _fall: Fall(Arc::clone(&shared)),
        machine,
        store: None,
        copies: Copies::new(Arc::clone(&shared)),
        shared,
        commands: commands.clone(),
        queue,
        link: None,
        callers: HashMap::new(),
        next_call: 0,
        uploads: HashMap::new(),
        upload_ended,
        uploads_ended,
        began: Instant::now(),
    };
    runtime.spawn(async move {
        after.await;
        driver.run().await;
    });
    commands
}

/// The one owner of a machine and a store. What it holds goes in this order: first it is said why, then the files are
/// let go, then whoever waits for the end of the queue goes on.
struct Driver {
    _fall: Fall,
    machine: Machine,
    store: Option<(UserId, Store)>,
    shared: Arc<Shared>,
    commands: Commands,
    queue: mpsc::Receiver<Command>,
    link: Option<Link>,
    callers: HashMap<CallId, Caller>,
    next_call: u64,
    copies: Copies,
    uploads: HashMap<MessageId, Running>,
    upload_ended: mpsc::Sender<(MessageId, Result<Uploaded, Fault>)>,
    uploads_ended: mpsc::Receiver<(MessageId, Result<Uploaded, Fault>)>,
    began: Instant,
}

/// Says so if a fault of ours ends the task: everybody would wait for it, and nobody know.
struct Fall(Arc<Shared>);

impl Drop for Fall {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.publish(None, Some(Code::PANICKED));
            let message = Code::PANICKED.describe().to_owned();
            self.0.dispatch.tell(Event::Error { code: Code::PANICKED, message });
        }
    }
}

/// An upload that is under way.
struct Running {
    task: AbortHandle,
    progress: Progress,
}

/// What wakes the task.
enum Wake {
    Command(Option<Command>),
    Link(Option<LinkEvent>),
    Copied(Copied),
    UploadEnded(MessageId, Result<Uploaded, Fault>),
    Delivered(Vec<(ConversationId, u64)>),
    Deadline,
}

impl Driver {
    async fn run(mut self) {
        loop {
            match self.wake(true).await {
                Wake::Command(Some(Command::Call(call, caller))) => self.take(call, caller).await,
                Wake::Command(Some(Command::Network { up })) => self.turn(Input::Network { up }),
                Wake::Command(Some(Command::Destroy(done))) => {
                    self.keep_files().await;
                    let login = self.shared.end_login(Code::DESTROYED);
                    let mut waiting = vec![done];
                    self.log_out(&mut waiting).await;
                    login.left().await;
                    // Handles outlive their instance, and say so.
                    self.shared.publish(None, Some(Code::DESTROYED));
                    for done in waiting {
                        let _ = done.send(());
                    }
                    return;
                }
                // The task itself holds a sender, so this does not happen.
                Wake::Command(None) => return,
                wake => self.happened(wake),
            }
        }
    }

    /// Whatever happens by itself. A command that comes to this is not taken any more.
    fn happened(&mut self, wake: Wake) {
        match wake {
            Wake::Command(_) => {}
            Wake::Link(Some(LinkEvent::Up)) => self.turn(Input::Connected),
            Wake::Link(Some(LinkEvent::Frame(text))) => self.turn(Input::Frame(text)),
            Wake::Link(Some(LinkEvent::Failed(why))) => {
                self.link = None;
                self.turn(Input::ConnectFailed(why));
            }
            Wake::Link(None) => {
                self.link = None;
                self.turn(Input::Disconnected);
            }
            Wake::Copied(Copied { message, caller, copy: Ok(upload) }) => {
                self.call(Call::Send { message, upload }, caller);
            }
            Wake::Copied(Copied { caller, copy: Err(why), .. }) => {
                let _ = caller.send(Err(why));
            }
            Wake::UploadEnded(id, result) => self.upload_ended(id, result),
            Wake::Delivered(heard) => self.turn(Input::Delivered(heard)),
            Wake::Deadline => self.turn(Input::Deadline),
        }
    }

    /// `takes` commands, or leaves them in their queue.
    async fn wake(&mut self, takes: bool) -> Wake {
        let deadline = self.machine.deadline().unwrap_or(i64::MAX);
        let wait = deadline.saturating_sub(self.now().monotonic).clamp(0, 86_400_000);
        tokio::select! {
            command = self.queue.recv(), if takes => Wake::Command(command),
            event = next_of(&mut self.link) => Wake::Link(event),
            Some(copied) = self.copies.next() => Wake::Copied(copied),
            Some((id, result)) = self.uploads_ended.recv() => Wake::UploadEnded(id, result),
            heard = self.shared.dispatch.delivered() => Wake::Delivered(heard),
            () = tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())) => Wake::Deadline,
        }
    }

    fn now(&self) -> Now {
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Now {
            monotonic: ms(self.began.elapsed()),
            wall: ms(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
        }
    }

    /// Takes a call. A file's goes to the machine once there is a copy, and a logout once that is so for all before it;
    /// so does whoever takes such a message back.
    async fn take(&mut self, call: Call, caller: Caller) {
        match (call, self.machine.status()) {
            (Call::Send { message, .. }, (Some(user), None)) if self.shared.source(message.id).is_some() => {
                self.copies.add(user, message, caller);
            }
            (Call::Logout, _) => {
                self.keep_files().await;
                self.shared.end_login(Code::CANCELLED);
                self.call(Call::Logout, caller);
            }
            (Call::Cancel(id), _) => {
                if self.copies.has(id) {
                    self.keep_files().await;
                }
                self.call(Call::Cancel(id), caller);
            }
            (call, _) => self.call(call, caller),
        }
    }

    /// Waits until every file that was sent is in the outbox. Commands wait too.
    async fn keep_files(&mut self) {
        while !self.copies.is_empty() {
            let wake = self.wake(false).await;
            self.happened(wake);
        }
    }

    fn call(&mut self, call: Call, caller: Caller) {
        self.next_call += 1;
        let id = CallId(self.next_call);
        self.callers.insert(id, caller);
        self.turn(Input::Call(id, call));
    }

    /// Logs out, and waits until that is done; the machine bounds how long it takes. Calls that come meanwhile are not
    /// taken any more; whoever also wants the end waits for it.
    async fn log_out(&mut self, waiting: &mut Vec<oneshot::Sender<()>>) {
        let (caller, mut done) = oneshot::channel();
        self.call(Call::Logout, caller);
        while done.try_recv().is_err_and(|why| why == oneshot::error::TryRecvError::Empty) {
            match self.wake(true).await {
                Wake::Command(Some(Command::Destroy(done))) => waiting.push(done),
                wake => self.happened(wake),
            }
        }
    }

    /// Gives the machine an input and carries out everything that follows, before anything else happens.
    fn turn(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        self.machine.set_tracing(log::is_on(LogLevel::Debug));
        while let Some(input) = inputs.pop_front() {
            self.machine.handle(input, self.now());
            self.publish();
            while let Some(output) = self.machine.poll() {
                match self.carry_out(output) {
                    Ok(follows) => inputs.extend(follows),
                    Err(fault) => {
                        log::write(LogLevel::Error, format_args!("the local database failed: {fault}"));
                        if fault.code == Code::STORE_DAMAGED {
                            self.rebuild_store();
                        }
                        self.machine.handle(Input::StoreFailed(fault), self.now());
                        self.publish();
                    }
                }
            }
        }
    }

    fn publish(&self) {
        let (user, refusal) = self.machine.status();
        self.shared.publish(user, refusal);
    }

    /// Carries out one output. What comes of it at once is the next input; an error is a commit that failed, or damage that
    /// was met in reading.
    fn carry_out(&mut self, output: Output) -> Result<Option<Input>, Fault> {
        match output {
            Output::OpenStore { user } => return Ok(Some(Input::StoreOpened(self.open_store(user)))),
            Output::CloseStore => {
                let store = self.store.take();
                block_in_place(|| drop(store));
            }
            Output::Commit { changes, durable } => self.commit(&changes, durable)?,
            Output::Connect => self.link = Some(Link::open(self.shared.server.clone())),
            Output::Disconnect => self.link = None,
            Output::Transmit(frame) => {
                if self.link.as_ref().is_some_and(|link| !link.send(frame)) {
                    self.link = None;
                    return Ok(Some(Input::Disconnected));
                }
            }
            Output::Upload { message, file, attachment } => self.upload(message, file, attachment),
            Output::Uploaded(message) => self.uploaded(message),
            Output::CancelUpload(message) => {
                if let Some(upload) = self.uploads.remove(&message) {
                    upload.task.abort();
                    upload.progress.end();
                }
            }
            Output::RemoveCopy(message) => self.remove_copy(message),
            Output::RemoveCopiesOf(query) => self.remove_copies(&query)?,
            Output::LogUnreadable(what) => {
                log::write(
                    LogLevel::Warn,
                    format_args!("passed over what this version cannot read: {what:?}"),
                );
            }
            Output::Trace(trace) => log::write(LogLevel::Debug, format_args!("{trace}")),
            Output::Emit(Event::MessageStatusChanged(messages)) => {
                let messages = messages.into_iter().map(|message| self.with_copy(message)).collect();
                self.shared.dispatch.tell(Event::MessageStatusChanged(messages));
            }
            Output::Emit(event) => self.shared.dispatch.tell(event),
            Output::EmitMessages { query, kind } => self.emit_messages(&query, kind)?,
            Output::Return(call, Ok(Return::Message(message))) => {
                let message = Return::Message(Box::new(self.with_copy(*message)));
                self.answer(call, Ok(Answer::Return(message)));
            }
            Output::Return(call, result) => {
                self.answer(call, result.map(Answer::Return).map_err(TimError::from));
            }
            Output::Answer { call, query, completed, pending } => {
                let page = self.page(&query, pending);
                let damage = page.as_ref().err().filter(|fault| fault.code == Code::STORE_DAMAGED).cloned();
                let page = page.map(|messages| Answer::Page { messages, completed });
                self.answer(call, page.map_err(TimError::from));
                return damage.map_or(Ok(None), Err);
            }
        }
        Ok(None)
    }

    fn answer(&mut self, call: CallId, result: Result<Answer, TimError>) {
        if let Some(caller) = self.callers.remove(&call) {
            // Whoever does not wait any more does not want to know.
            let _ = caller.send(result);
        }
    }

    fn upload(&mut self, message: MessageId, file: PathBuf, attachment: Attachment) {
        let (progress, plugin) = self.shared.upload_parts(message);
        let (server, commands) = (self.shared.server.clone(), self.commands.clone());
        progress.begin();
        let upload =
            Upload { message, file, attachment, progress: progress.clone(), plugin, server, commands };
        let ended = self.upload_ended.clone();
        let task = tokio::spawn(async move {
            let result = upload.run().await;
            let _ = ended.send((message, result)).await;
        });
        self.uploads.insert(message, Running { task: task.abort_handle(), progress });
    }

    fn upload_ended(&mut self, id: MessageId, result: Result<Uploaded, Fault>) {
        let Some(upload) = self.uploads.remove(&id) else { return };
        upload.progress.end();
        self.turn(Input::UploadEnded(id, result));
    }
}

async fn next_of(link: &mut Option<Link>) -> Option<LinkEvent> {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::address::Address;
    use super::dispatch::Dispatch;
    use super::files::Files;
    use super::*;
    use crate::machine::io::Config;

    #[tokio::test]
    async fn an_instance_begins_when_the_former_one_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let (files, device) = Files::open(folder.path(), 1).unwrap();
        let server = Address::of_server("ws://127.0.0.1:1", None).unwrap();
        let shared = Arc::new(Shared::new(Dispatch::start().unwrap(), files, server));
        let machine = Machine::new(Config {
            sdk_app_id: 1,
            device,
            platform: tim_protocol::call::Platform::Linux,
            client: "test".into(),
            seed: 1,
            heartbeat: 30_000,
            login_timeout: 1_000,
            call_timeout: 1_000,
        });
        let (former, former_ended) = oneshot::channel::<()>();
        let after = async move { drop(former_ended.await) };
        let commands = start(&Handle::current(), machine, shared, after);
        let mut call = Box::pin(commands.call(Call::ServerTime));
        for _ in 0..100 {
            assert!(
                tokio::time::timeout(Duration::ZERO, &mut call).await.is_err(),
                "the former one still runs"
            );
        }
        drop(former);
        assert_eq!(call.await.err().unwrap().code, Code::NOT_LOGGED_IN);
    }
}
