//! The handle that apps use: TIM's verbs by their known names.
//!
//! * This file is an instance's life: create, listen, log in, log out, destroy.
//! * `create` creates messages, `mergers` those of several; `messages`, `online`, `history`, `search`, `conversations`, `attachments`, `reactions`, `receipts`, `groups`, `pins`
//!   and `relations` have the verbs of their domain.
//! * `registry` keeps the one instance per application. `page` is for pages that share a login.
//!
//! Every verb checks what can be checked without the machine, and passes the call on to it.

mod attachments;
mod changes;
mod conversations;
mod create;
mod friends;
mod group_attributes;
mod group_search;
mod groups;
mod history;
mod local;
mod member_search;
mod members;
mod mergers;
mod messages;
mod online;
#[cfg(target_family = "wasm")]
mod page;
mod pins;
mod reactions;
mod receipts;
mod registry;
mod relations;
mod search;
mod signaling;
mod statuses;

use std::sync::Arc;

use once_cell::sync::Lazy;
use tim_protocol::{Code, Fault, UnixMillis, UserId};
use tokio::sync::oneshot;

pub use create::VideoFile;
pub use history::{HistoryDirection, HistoryStart, MessageListHopping};
pub use mergers::MergerText;
pub use messages::MessageList;
pub use reactions::{MessageReactions, ReactionUserList};
pub use receipts::{GroupMessageReadMembers, ReadMemberFilter};
pub use statuses::UserStatusResult;

use crate::driver::address::Address;
use crate::driver::dispatch::{Dispatch, Hears, ListenerId};
use crate::driver::files::Files;
use crate::driver::{CallResult, Commands, InstanceState, Runtime, runtime};
use crate::error::TimError;
use crate::event::{Event, EventListener, EventName};
use crate::machine::Machine;
use crate::machine::io::{Call, Config, Return};
use crate::options::TimOptions;
use crate::plugin::Plugin;
use crate::store::CAN_ENCRYPT;
use registry::{Instance, Key, Registry};

static INSTANCES: Lazy<Registry<Tim>> = Lazy::new(Registry::new);

/// An instance of the engine: cheap to clone, safe to use from any thread and any async runtime.
///
/// A call's future may be dropped at any time: the call continues, only its result is lost.
#[derive(Clone)]
pub struct Tim {
    inner: Arc<Inner>,
}

struct Inner {
    key: Key,
    commands: Commands,
    shared: Arc<InstanceState>,
    runtime: Runtime,
    cache_bytes: u64,
}

/// The result of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginResult {
    /// The same user was logged in already: there was nothing to do.
    pub repeat_login: bool,
}

impl Tim {
    /// Makes an instance. For the same SDKAppID (and [`TimOptions::instance`]) this gives the same instance, with the
    /// options it was first made with, until it is destroyed.
    ///
    /// # Errors
    /// [`Code::SDK_APP_ID_MISSING`], [`Code::SERVER_ADDRESS_INVALID`], [`Code::DATA_DIR_UNUSABLE`], [`Code::STORAGE_FULL`],
    /// [`Code::RUNTIME_FAILED`], [`Code::ENCRYPTION_MISSING`] for a key in a build that cannot encrypt, or
    /// [`Code::DATABASE_KEY_WRONG`] for another key than that of the instance that there is.
    pub fn create(options: TimOptions) -> Result<Self, TimError> {
        if options.sdk_app_id == 0 {
            return Err(Code::SDK_APP_ID_MISSING.into());
        }
        if options.database_key.is_some() && !CAN_ENCRYPT {
            return Err(Code::ENCRYPTION_MISSING.into());
        }
        let key = Key { sdk_app_id: options.sdk_app_id, instance: options.instance.clone() };
        let destroy = |failed: Self| drop(failed.begin_destroy());
        let database_key = options.database_key.clone();
        let tim = INSTANCES.find_or_make(key, destroy, |key, former| Self::make(key, options, former))?;
        if tim.inner.shared.files.has_key(database_key.as_ref()) {
            Ok(tim)
        } else {
            Err(Code::DATABASE_KEY_WRONG.into())
        }
    }

    /// Creates an instance that starts once the `former` ones of its key have closed their files.
    fn make(key: Key, options: TimOptions, former: Vec<Self>) -> Result<Self, TimError> {
        let server = Address::of_server(&options.server, options.extra_roots_pem.as_deref())?;
        let (files, device) = Files::open(&options.data_dir, options.sdk_app_id)?;
        let runtime = runtime::handle()?;
        let files = files.with_key(options.database_key);
        let shared = Arc::new(InstanceState::new(Dispatch::start()?, files, server));
        let ms = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let [_, _, _, _, _, _, _, _, a, b, c, d, e, f, g, h] = uuid::Uuid::now_v7().into_bytes();
        let machine = Machine::new(Config {
            sdk_app_id: options.sdk_app_id,
            device,
            platform: options.platform,
            client: concat!("tim/", env!("CARGO_PKG_VERSION")).to_owned(),
            // The random part of a fresh id.
            seed: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            heartbeat: ms(options.heartbeat),
            login_timeout: ms(options.login_timeout),
            call_timeout: ms(options.call_timeout),
        });
        let former_ended = async move {
            for tim in former {
                tim.inner.commands.ended().await;
            }
        };
        let commands = crate::driver::start(&runtime, machine, Arc::clone(&shared), former_ended);
        let cache_bytes = options.cache_bytes;
        Ok(Self { inner: Arc::new(Inner { key, commands, shared, runtime, cache_bytes }) })
    }

    /// Calls `handler` with each event of one kind from now on, as an [`EventListener`] is called. A handler that panics
    /// stops neither later events nor other handlers.
    pub fn on(&self, event: EventName, handler: impl Fn(&Event) + Send + Sync + 'static) -> ListenerId {
        self.inner.shared.dispatch.add(Hears::Each(event), Arc::new(Handler(handler)))
    }

    /// Calls `handler` with the next event of one kind, once.
    pub fn once(&self, event: EventName, handler: impl Fn(&Event) + Send + Sync + 'static) -> ListenerId {
        self.inner.shared.dispatch.add(Hears::Once(event), Arc::new(Handler(handler)))
    }

    /// Adds a listener. It receives all events from now on.
    pub fn add_listener(&self, listener: Arc<dyn EventListener>) -> ListenerId {
        self.inner.shared.dispatch.add(Hears::All, listener)
    }

    /// Removes a handler or a listener. A call of it that has begun may still be running when this returns; no further call
    /// begins.
    pub fn off(&self, listener: ListenerId) {
        self.inner.shared.dispatch.remove(listener);
    }

    /// Registers a plugin of the host.
    pub fn register_plugin(&self, plugin: Plugin) {
        match plugin {
            Plugin::Upload(uploader) => self.inner.shared.set_plugin(uploader),
        }
    }

    /// Logs a user in. Answers when the server has accepted the token; [`Event::SdkReady`] tells when everything works.
    ///
    /// # Errors
    /// [`Code::USER_ID_INVALID`], [`Code::USERSIG_MISSING`], the server's refusal of the token (70001 to 70052), 130130 if
    /// its clock and that of the token's signer differ, a certificate that cannot be trusted (130174 to 130177),
    /// [`Code::LOGIN_IN_PROGRESS`], [`Code::LOGGED_IN_AS_ANOTHER`], [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] after
    /// [`TimOptions::login_timeout`], and those of the local database ([`Code::STORE_NEWER`], [`Code::DATABASE_KEY_WRONG`],
    /// [`Code::DATA_DIR_UNUSABLE`], [`Code::STORAGE_FULL`]).
    pub async fn login(&self, user_id: &str, user_sig: &str) -> Result<LoginResult, TimError> {
        let user = UserId::new(user_id).map_err(|_| Code::USER_ID_INVALID)?;
        self.log_in(user, user_sig).await
    }

    /// Lets somebody in who has no UserSig, if the server's operator lets guests in (`[guests]` in its configuration). A guest enters and
    /// leaves live rooms ([`Tim::join_group`]), hears what is said there, and may ask for their profile, their attributes and how many
    /// are there. Everything else is refused with [`Code::LOGIN_NEEDED`]. Nothing of a guest is stored, here or on the server. A guest who
    /// logs in with a UserSig logs out before, and is in no room then.
    ///
    /// # Errors
    /// Those of [`Tim::login`]: [`Code::USERSIG_EMPTY`] if the server lets no guests in. [`Code::GUESTS_FULL`] if as many are there as it
    /// lets in.
    pub async fn login_as_guest(&self) -> Result<LoginResult, TimError> {
        self.log_in(UserId::guest(), "").await
    }

    async fn log_in(&self, user: UserId, user_sig: &str) -> Result<LoginResult, TimError> {
        match self.call(Call::Login { user, user_sig: user_sig.to_owned() }).await? {
            Return::LoggedIn { repeated } => Ok(LoginResult { repeat_login: repeated }),
            _ => Err(unexpected()),
        }
    }

    /// Logs out: the login ends on the server too, if it can be reached within three seconds. What waits to be sent
    /// stays, and is sent after the user's next login on this device.
    ///
    /// # Errors
    /// [`Code::DESTROYED`].
    pub async fn logout(&self) -> Result<(), TimError> {
        self.call(Call::Logout).await.map(drop)
    }

    /// Closes the connection and the files of the local database, and keeps the login: for an app that goes to the background, where
    /// the system ends apps that hold a lock on a file (iOS), or stops them. When it returns, no file of the database is open.
    /// Until [`Tim::resume`] calls are refused with [`Code::PAUSED`], and those that wait fail with it. Messages that wait
    /// stay in the outbox, and are sent afterwards; [`Event::MessageStatusChanged`] reports them. A login that is under way goes on
    /// then, within its time. It waits until the files of messages being sent are copied; downloads go on. Without a login nothing
    /// happens. A login of the same user resumes the instance, too.
    ///
    /// # Errors
    /// [`Code::DESTROYED`].
    pub async fn pause(&self) -> Result<(), TimError> {
        self.call(Call::Pause).await.map(drop)
    }

    /// Opens the local database of a paused instance again and connects, at once. The list of conversations is emitted
    /// anew, and what was missed is received. Nothing happens if the instance is not paused.
    ///
    /// # Errors
    /// Those of the local database, as [`Tim::login`]: it is tried again by itself unless the login ended. [`Code::DESTROYED`].
    pub async fn resume(&self) -> Result<(), TimError> {
        self.call(Call::Resume).await.map(drop)
    }

    /// Logs out and ends the instance: its threads, its connection, its files. Every other call answers
    /// [`Code::DESTROYED`] from now on; `Tim::create` makes a new instance. The last event is [`Event::SdkDestroy`]. No
    /// listener is called after this has returned, unless it was called by one, or one has not returned for five
    /// seconds.
    ///
    /// # Errors
    /// None so far.
    pub async fn destroy(&self) -> Result<(), TimError> {
        let _ = self.begin_destroy().await;
        Ok(())
    }

    /// Starts [`Tim::destroy`] in a task of its own and returns a receiver for its end. If called by a listener, it
    /// does not wait for that listener.
    fn begin_destroy(&self) -> oneshot::Receiver<()> {
        INSTANCES.begin_end(self);
        let wait = !self.inner.shared.dispatch.is_this_thread();
        let (done, ended) = oneshot::channel();
        let mut done = Some(done);
        let mut signal = move || done.take().map(|done| done.send(()));
        let tim = self.clone();
        self.inner.runtime.spawn(async move {
            let Inner { key, commands, shared, .. } = &*tim.inner;
            commands.destroy().await;
            shared.publish(None, Some(Code::DESTROYED));
            shared.dispatch.end(Event::SdkDestroy { sdk_app_id: key.sdk_app_id });
            if !wait {
                signal();
            }
            shared.dispatch.ended().await;
            INSTANCES.end(&tim);
            signal();
        });
        ended
    }

    /// Whether everything works: from [`Event::SdkReady`] to [`Event::SdkNotReady`], but not while it is paused.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.inner.shared.refusal().is_none()
    }

    /// Whether this instance was destroyed: all calls are refused.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.inner.shared.refusal() == Some(Code::DESTROYED)
    }

    /// Who is logged in.
    #[must_use]
    pub fn get_login_user(&self) -> Option<UserId> {
        self.inner.shared.user()
    }

    /// The server's clock, as far as it is known.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_server_time(&self) -> Result<UnixMillis, TimError> {
        match self.call(Call::ServerTime).await? {
            Return::Time(time) => Ok(time),
            _ => Err(unexpected()),
        }
    }

    /// Tells the engine that the device's network came or went, or changed to another (tell it then that it came), as
    /// far as the host knows. A hint. When a network is available, the engine connects at once instead of after the
    /// backoff, and an existing connection is probed and has three seconds to answer. When it is unavailable, nothing
    /// changes: the connection is used until it breaks.
    pub fn network_changed(&self, up: bool) {
        self.inner.commands.network(up);
    }

    async fn call(&self, call: Call) -> Result<Return, TimError> {
        match self.inner.commands.call(call).await? {
            CallResult::Return(result) => Ok(result),
            CallResult::Page { .. } | CallResult::Found(_) => Err(unexpected()),
        }
    }

    /// Asks the server.
    async fn ask<C: tim_protocol::call::Call>(&self, request: C) -> Result<C::Reply, TimError> {
        self.inner.commands.ask(request).await
    }

    async fn done(&self, call: Call) -> Result<(), TimError> {
        self.call(call).await.map(drop)
    }

    /// The gate for verbs that do not go through the machine: returns the user, or refuses the call like the machine.
    fn admitted(&self) -> Result<UserId, TimError> {
        let shared = &self.inner.shared;
        if let (Some(user), None) = (shared.user(), shared.refusal()) {
            return Ok(user);
        }
        let fault = Fault::new(shared.refusal().unwrap_or(Code::NOT_LOGGED_IN));
        shared.dispatch.emit(Event::Error { code: fault.code, message: fault.text.clone() });
        Err(fault.into())
    }
}

impl Instance for Tim {
    fn key(&self) -> &Key {
        &self.inner.key
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// Whether the instance's task has panicked.
    fn has_failed(&self) -> bool {
        self.inner.shared.refusal() == Some(Code::PANICKED)
    }
}

/// Destroys every instance of the process, and waits for those that are being destroyed already: what an app calls
/// before it ends. See [`Tim::destroy`].
///
/// # Errors
/// None so far.
pub async fn shutdown() -> Result<(), TimError> {
    // All instances begin to end before the first is awaited, so a caller need not await the result.
    let ends: Vec<_> = INSTANCES.all().iter().map(Tim::begin_destroy).collect();
    for end in ends {
        let _ = end.await;
    }
    Ok(())
}

/// A function as a listener that is called with one event at a time.
struct Handler<F>(F);

impl<F: Fn(&Event) + Send + Sync + 'static> EventListener for Handler<F> {
    fn on_events(&self, events: &[Event]) {
        events.iter().for_each(&self.0);
    }
}

/// The engine's runtime, for bindings of languages without an async runtime. Must not be used for blocking work.
///
/// # Errors
/// [`Code::RUNTIME_FAILED`] if the system refuses new threads.
#[cfg(not(target_family = "wasm"))]
pub fn runtime() -> Result<Runtime, TimError> {
    runtime::handle()
}

/// The machine's result does not fit the call: an internal fault.
fn unexpected() -> TimError {
    Code::PANICKED.into()
}
