//! All I/O: one task per instance owns its machine and its store and carries out the machine's outputs.
//!
//! Decides nothing; see the contract in [`crate::machine`]. The map:
//!
//! * This file is the task: inputs in, outputs carried out in order; `commands` leads to it, `shared` is what handles see.
//! * `link` is a connection; `address` makes it, with `dial` and `tls`.
//! * `http` asks a `source` for a file, or gives it one. `upload` and `download` transfer one each, `requested` is what a download is told, `uploads` are those under
//!   way, `fetch` is one attempt of a download, `partial` what is there of a file. `cancel` ends them early, `progress`
//!   reports progress, `copies` copies the files that are sent.
//! * `stored` opens the store and asks it, `blocking` waits for it. `dispatch` is the listener thread; `files` are the folders, `file_source` what
//!   apps send, `local_files` what was created and is not uploaded, `cached` what is loaded without a target, into the `cache`; `runtime` is the process's threads,
//!   `clock` has the clocks.
//!
//! A page does some of this in another way: it has files of the same names in `web`, with its WebSocket, timers and promises.

#[cfg_attr(target_family = "wasm", path = "web/address.rs")]
pub(crate) mod address;
pub(crate) mod addresses;
#[cfg_attr(target_family = "wasm", path = "web/blocking.rs")]
mod blocking;
#[cfg_attr(target_family = "wasm", path = "web/cache.rs")]
mod cache;
#[cfg_attr(target_family = "wasm", path = "web/cached.rs")]
pub(crate) mod cached;
mod cancel;
#[cfg_attr(target_family = "wasm", path = "web/clock.rs")]
pub(crate) mod clock;
mod commands;
#[cfg_attr(target_family = "wasm", path = "web/copies.rs")]
mod copies;
#[cfg(not(target_family = "wasm"))]
mod dial;
#[cfg(target_family = "wasm")]
#[path = "web/digest.rs"]
mod digest;
pub(crate) mod dispatch;
#[cfg_attr(target_family = "wasm", path = "web/download.rs")]
pub(crate) mod download;
#[cfg(not(target_family = "wasm"))]
mod fetch;
pub(crate) mod file_source;
#[cfg_attr(target_family = "wasm", path = "web/files.rs")]
pub(crate) mod files;
#[cfg_attr(target_family = "wasm", path = "web/http.rs")]
pub(crate) mod http;
#[cfg_attr(target_family = "wasm", path = "web/link.rs")]
mod link;
pub(crate) mod local_files;
#[cfg(not(target_family = "wasm"))]
mod partial;
pub(crate) mod progress;
pub(crate) mod requested;
#[cfg_attr(target_family = "wasm", path = "web/runtime.rs")]
pub(crate) mod runtime;
mod shared;
#[cfg(not(target_family = "wasm"))]
mod source;
mod stored;
#[cfg(not(target_family = "wasm"))]
mod tls;
#[cfg(not(target_family = "wasm"))]
mod upload;
#[cfg_attr(target_family = "wasm", path = "web/uploads.rs")]
mod uploads;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tim_core::store::Store;
use tim_protocol::media::Uploaded;
use tim_protocol::{Code, ConversationId, Fault, MessageId, UserId};
use tokio::sync::{mpsc, oneshot};

use crate::error::TimError;
use crate::event::{DeletedMessages, Event};
use crate::log::{self, LogLevel};
use crate::machine::Machine;
use crate::machine::io::{Call, CallId, Input, Now, Output, Return};
use crate::store::DatabaseFile;
use crate::store::Store as Sqlite;
use blocking::may_block;
use clock::Clock;
pub(crate) use commands::{CallResult, Commands};
use commands::{Caller, Command};
use copies::{Copied, Copies};
use link::{Link, LinkEvent};
pub(crate) use runtime::Runtime;
pub(crate) use shared::InstanceState;
use uploads::Uploads;

/// Starts the task of an instance. It takes calls at once, and begins when `after` has ended.
pub(crate) fn start(
    runtime: &Runtime,
    machine: Machine,
    shared: Arc<InstanceState>,
    after: impl Future<Output = ()> + Send + 'static,
) -> Commands {
    let (commands, queue) = Commands::channel(Arc::clone(&shared));
    let driver: Driver<Sqlite> = Driver {
        _panic_reporter: PanicReporter(Arc::clone(&shared)),
        machine,
        store: None,
        paused: None,
        copies: Copies::new(Arc::clone(&shared)),
        uploads: Uploads::new(Arc::clone(&shared), commands.clone()),
        shared,
        queue,
        link: None,
        callers: HashMap::new(),
        next_call: 0,
        clock: Clock::start(),
        is_behind: false,
        deleted: Vec::new(),
    };
    runtime.spawn(async move {
        after.await;
        driver.run().await;
    });
    commands
}

/// Owns a machine and a store. Fields are dropped in order: first the panic is reported, then the files are closed,
/// then waiters for the end of the queue continue.
struct Driver<S> {
    _panic_reporter: PanicReporter,
    machine: Machine,
    store: Option<(UserId, S)>,
    /// Whose store is closed for a while.
    paused: Option<UserId>,
    shared: Arc<InstanceState>,
    queue: mpsc::Receiver<Command>,
    link: Option<Link>,
    callers: HashMap<CallId, Caller>,
    next_call: u64,
    copies: Copies,
    uploads: Uploads,
    clock: Clock,
    /// The store may have work that commits left for later.
    is_behind: bool,
    /// The messages that the next commit deletes, to be emitted.
    deleted: Vec<DeletedMessages>,
}

/// Reports a panic of the task, so that callers do not wait for ever.
struct PanicReporter(Arc<InstanceState>);

impl Drop for PanicReporter {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.publish(None, Some(Code::PANICKED));
            let message = Code::PANICKED.describe().to_owned();
            self.0.dispatch.emit(Event::Error { code: Code::PANICKED, message });
        }
    }
}

/// An event that wakes the task.
enum Wake {
    Command(Option<Command>),
    Link(Option<LinkEvent>),
    Copied(Copied),
    UploadEnded(MessageId, Result<Uploaded, Fault>),
    Delivered(Vec<(ConversationId, u64)>),
    Deadline,
    CatchUp,
}

impl<S: Store<Location = DatabaseFile>> Driver<S> {
    async fn run(mut self) {
        loop {
            match self.wake(true).await {
                Wake::Command(Some(Command::Call(call, caller))) => self.take(call, caller).await,
                Wake::Command(Some(Command::Network { up })) => self.process(Input::Network { up }).await,
                Wake::Command(Some(Command::Destroy(done))) => {
                    self.keep_files().await;
                    self.keep_delivered().await;
                    self.shared.end_login(Code::DESTROYED);
                    let mut waiting = vec![done];
                    self.log_out(&mut waiting).await;
                    self.end_tasks().await;
                    // Handles outlive their instance and report that it was destroyed.
                    self.shared.publish(None, Some(Code::DESTROYED));
                    for done in waiting {
                        let _ = done.send(());
                    }
                    return;
                }
                // The task itself holds a sender, so this does not happen.
                Wake::Command(None) => return,
                wake => self.handle_wake(wake).await,
            }
        }
    }

    /// Handles an event. Commands are ignored here, because the instance is ending.
    async fn handle_wake(&mut self, wake: Wake) {
        match wake {
            Wake::Command(_) => {}
            Wake::Link(Some(LinkEvent::Up)) => self.process(Input::Connected).await,
            Wake::Link(Some(LinkEvent::Frames(frames))) => self.process(Input::Frames(frames)).await,
            Wake::Link(Some(LinkEvent::Failed(why))) => {
                self.link = None;
                self.process(Input::ConnectFailed(why)).await;
            }
            Wake::Link(None) => {
                self.link = None;
                self.process(Input::Disconnected).await;
            }
            Wake::Copied(Copied { message, caller, copy: Ok(upload) }) => {
                self.call(Call::Send { message, upload }, caller).await;
            }
            Wake::Copied(Copied { caller, copy: Err(why), .. }) => {
                let _ = caller.send(Err(why));
            }
            Wake::UploadEnded(id, result) => self.process(Input::UploadEnded(id, result)).await,
            Wake::Delivered(heard) => self.process(Input::Delivered(heard)).await,
            Wake::Deadline => self.process(Input::Deadline).await,
            Wake::CatchUp => self.catch_up().await,
        }
    }

    /// Waits for the next event; takes commands from the queue only if `takes`.
    async fn wake(&mut self, takes: bool) -> Wake {
        let deadline = self.machine.deadline().unwrap_or(i64::MAX);
        let wait = deadline.saturating_sub(self.now().monotonic).clamp(0, 86_400_000);
        tokio::select! {
            command = self.queue.recv(), if takes => Wake::Command(command),
            event = next_of(&mut self.link) => Wake::Link(event),
            Some(copied) = self.copies.next() => Wake::Copied(copied),
            Some((id, result)) = self.uploads.next() => Wake::UploadEnded(id, result),
            heard = self.shared.dispatch.delivered(), if self.paused.is_none() => Wake::Delivered(heard),
            () = clock::sleep(Duration::from_millis(wait.unsigned_abs())) => Wake::Deadline,
            () = std::future::ready(()), if self.is_behind => Wake::CatchUp,
        }
    }

    fn now(&self) -> Now {
        Now { monotonic: self.clock.elapsed(), wall: clock::wall() }
    }

    /// Handles a call. A message with a file goes to the machine after the file was copied. A logout, and a
    /// cancellation of such a message, wait for the pending copies.
    async fn take(&mut self, call: Call, caller: Caller) {
        match (call, self.machine.status()) {
            (Call::Send { message, .. }, (Some(user), None)) if self.shared.has_sources(message.id) => {
                self.copies.add(user, message, caller);
            }
            (Call::Logout, _) => {
                self.keep_files().await;
                self.shared.end_login(Code::CANCELLED);
                self.call(Call::Logout, caller).await;
            }
            // What is copied goes to the outbox, and what was heard to the store, before that is closed.
            (Call::Pause, _) => {
                self.keep_files().await;
                self.keep_delivered().await;
                self.call(Call::Pause, caller).await;
            }
            (call, _) if self.discards_a_copy(&call) => {
                self.keep_files().await;
                self.call(call, caller).await;
            }
            (call, _) => self.call(call, caller).await,
        }
    }

    /// Stores what listeners have returned from, so that it is not told again.
    async fn keep_delivered(&mut self) {
        let heard = self.shared.dispatch.take_delivered();
        self.process(Input::Delivered(heard)).await;
    }

    /// Whether a call discards a message whose file is being copied.
    fn discards_a_copy(&self, call: &Call) -> bool {
        match call {
            Call::Cancel(id) => self.copies.has(*id),
            Call::RemoveMessages(messages) => messages.iter().any(|message| self.copies.has(message.id)),
            _ => false,
        }
    }

    /// Waits until all pending copies are done. Commands wait meanwhile.
    async fn keep_files(&mut self) {
        while !self.copies.is_empty() {
            let wake = self.wake(false).await;
            self.handle_wake(wake).await;
        }
    }

    async fn call(&mut self, call: Call, caller: Caller) {
        self.next_call += 1;
        let id = CallId(self.next_call);
        self.callers.insert(id, caller);
        self.process(Input::Call(id, call)).await;
    }

    /// Logs out and waits for the result, which the machine bounds in time. Calls that arrive meanwhile are dropped;
    /// further requests to destroy the instance wait too.
    async fn log_out(&mut self, waiting: &mut Vec<oneshot::Sender<()>>) {
        let (caller, mut done) = oneshot::channel();
        self.call(Call::Logout, caller).await;
        while done.try_recv().is_err_and(|why| why == oneshot::error::TryRecvError::Empty) {
            match self.wake(true).await {
                Wake::Command(Some(Command::Destroy(done))) => waiting.push(done),
                wake => self.handle_wake(wake).await,
            }
        }
    }

    /// Waits for all tasks of the instance: waits for the network end, and file operations finish.
    async fn end_tasks(&mut self) {
        self.link = None;
        self.uploads.end().await;
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// Passes an input to the machine and carries out all outputs.
    async fn process(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        self.machine.set_tracing(log::is_on(LogLevel::Debug));
        while let Some(input) = inputs.pop_front() {
            self.machine.handle(input, self.now());
            self.publish();
            while let Some(output) = self.machine.poll() {
                match self.carry_out(output).await {
                    Ok(follows) => inputs.extend(follows),
                    Err(fault) => {
                        log::write(LogLevel::Error, format_args!("the local database failed: {fault}"));
                        if fault.code == Code::STORE_DAMAGED {
                            self.rebuild_store().await;
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
        // While the store is closed the machine does not know.
        if !matches!(refusal, Some(Code::PAUSED | Code::DATABASE_FAILED)) {
            self.shared.publish_total_unread(self.machine.total_unread_message_count());
        }
    }

    /// Carries out one output. Returns the input that results from it, if any. An error is a failed commit or a damaged
    /// store.
    async fn carry_out(&mut self, output: Output) -> Result<Option<Input>, Fault> {
        match output {
            Output::OpenStore { user } => return Ok(Some(Input::StoreOpened(self.open_store(user).await))),
            Output::CloseStore => drop(self.close_store()),
            Output::PauseStore => self.paused = self.close_store(),
            Output::Commit { changes, durable } => {
                let deleted = std::mem::take(&mut self.deleted);
                let Some((_, store)) = &mut self.store else { return Err(Code::DATABASE_FAILED.into()) };
                may_block(store.apply(&changes, durable)).await?;
                self.is_behind = true;
                for messages in deleted {
                    self.shared.dispatch.emit(Event::MessageDeleted(messages));
                }
            }
            Output::Connect => {
                self.link = Some(Link::open(self.shared.server.clone(), &self.shared.tasks));
            }
            Output::Disconnect => self.link = None,
            Output::Transmit(frame) => {
                if self.link.as_ref().is_some_and(|link| !link.send(frame)) {
                    self.link = None;
                    return Ok(Some(Input::Disconnected));
                }
            }
            Output::Upload { message, file, attachments, place } => {
                self.uploads.start(message, &file, attachments, place);
            }
            Output::Uploaded(message) => self.uploaded(message),
            Output::CancelUpload(message) => self.uploads.cancel(message),
            Output::RemoveCopy(message) => self.remove_copy(message),
            Output::RemoveCopiesOf(query) => self.remove_copies(&query).await?,
            Output::EmitDeleted(query) => self.note_deleted(query).await?,
            Output::ReadLast(query) => {
                let messages = self.wire_messages(&query).await?;
                return Ok(Some(Input::LastRead(query.conversation, messages)));
            }
            Output::LogUnreadable(what) => {
                log::write(
                    LogLevel::Warn,
                    format_args!("passed over what this version cannot read: {what:?}"),
                );
            }
            Output::Trace(trace) => log::write(LogLevel::Debug, format_args!("{trace}")),
            Output::Emit(Event::MessageStatusChanged(messages)) => {
                let mut shown = Vec::with_capacity(messages.len());
                for message in messages {
                    shown.push(self.shown(message).await);
                }
                self.shared.dispatch.emit(Event::MessageStatusChanged(shown));
            }
            Output::Emit(event) => self.shared.dispatch.emit(event),
            Output::EmitMessages { query, kind } => self.emit_messages(&query, kind).await?,
            Output::EmitReceipts(id, sequences) => self.emit_receipts(id, &sequences).await?,
            Output::Return(call, Ok(Return::Message(message))) => {
                let message = Return::Message(Box::new(self.shown(*message).await));
                self.answer(call, Ok(CallResult::Return(message)));
            }
            Output::Return(call, result) => {
                self.answer(call, result.map(CallResult::Return).map_err(TimError::from));
            }
            Output::ReturnPage { call, query, completed, pending } => {
                let page = self.page(&query, pending).await;
                let shown = page.as_ref().ok().and_then(|page| Input::shown(query.conversation, page));
                self.answer_read(call, page.map(|messages| CallResult::Page { messages, completed }))?;
                return Ok(shown);
            }
            Output::ReturnMessages { call, ids, waiting } => {
                let found = self.find(&ids, waiting).await;
                self.answer_read(call, found.map(|messages| CallResult::Page { messages, completed: true }))?;
            }
            Output::KeepLocal(call, message, change) => {
                let kept = self.keep_local(message, &change).await;
                self.answer_read(call, kept.map(|()| CallResult::Return(Return::Done)))?;
            }
            Output::ReturnFound(call, search, found) => {
                let found = self.found(&search, found).await;
                self.answer_read(call, found.map(CallResult::Found))?;
            }
        }
        Ok(None)
    }

    /// Answers a call with something read from the store, and gives back the damage that was found in it.
    fn answer_read(&mut self, call: CallId, result: Result<CallResult, Fault>) -> Result<(), Fault> {
        let damage = result.as_ref().err().filter(|fault| fault.code == Code::STORE_DAMAGED).cloned();
        self.answer(call, result.map_err(TimError::from));
        damage.map_or(Ok(()), Err)
    }

    fn answer(&mut self, call: CallId, result: Result<CallResult, TimError>) {
        if let Some(caller) = self.callers.remove(&call) {
            // The caller may have dropped its future.
            let _ = caller.send(result);
        }
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
        let shared = Arc::new(InstanceState::new(Dispatch::start().unwrap(), files, server));
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
        let commands = start(&tokio::runtime::Handle::current(), machine, shared, after);
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
