//! The UniFFI face: TIM's verbs for Swift and Kotlin, one short method each. This file is an instance's life; the others have
//! the verbs of their domain, as `src/tim` does.
//!
//! This is also the table of the C face: `cargo xtask faces` writes a C function, a method of `tim.hpp`, a name for `tim_call`
//! and calls of C's tests out of each method that is asynchronous or creates a message, with its text.
//!
//! Nothing here decides. No method blocks its caller for I/O but `create` and those that make a message of a file, which look at
//! the file.

mod create;

mod local;
mod members;
mod messages;

mod attachments;
mod conversations;

mod friends;
mod group_attributes;
mod group_search;
mod groups;

mod reactions;
mod receipts;
mod relations;
mod search;
mod signaling;
mod statuses;

use std::sync::Arc;

use tim::Code;
use tim::plugin::Plugin;

use crate::error::TimError;
use crate::event::EventName;
use crate::listener::{EventHandler, EventListener, HostListener, Listener, handle};
use crate::log::Sink;
use crate::offload::offload;
use crate::types::{LoginResult, TimOptions, UploadFile, Uploaded, seconds};

/// An instance of the engine. Safe to use from any thread; dropping it is cheap and ends nothing: `destroy` does.
///
/// Calls take effect in the order in which they are made. One that is cancelled goes on; its answer is not heard.
///
/// Errors have their codes. Each call but `login`, `logout` and `destroy` fails with `NotReady` while nobody is logged
/// in: 2024, 3000 to 3006 or 130160 say why; with `Storage` while this device's database cannot be used: 6005, 6022 or
/// 130168; and where the login ends meanwhile, with 130161 (`NotReady`) or with what ended it. Each that is waited for
/// may fail with 9507 (`Unreachable`): 10,000 calls wait for the engine. Where 2800 or 2801 is named, the server may
/// also answer that it cannot now: 130108, 130109 or 130120 to 130123. A message that was changed into none is refused
/// with 2002, 2105, 2503 or 20001.
#[derive(uniffi::Object)]
pub struct Tim {
    tim: tim::Tim,
}

impl Tim {
    /// What the face stands for.
    #[must_use]
    pub fn engine(&self) -> &tim::Tim {
        &self.tim
    }
}

/// Receives the progress of an upload or download, from 0 to 100, on a thread that it may block.
#[uniffi::export(foreign)]
pub trait ProgressListener: Send + Sync {
    /// Called with the percentage that is done.
    ///
    /// # Errors
    /// Errors of the host are ignored.
    fn on_progress(&self, percent: i32) -> Result<(), TimError>;
}

fn progress(listener: Option<Arc<dyn ProgressListener>>) -> impl FnMut(u8) + Send + 'static {
    move |percent| {
        if let Some(listener) = &listener {
            // What a host throws here is no reason to stop a transfer.
            let _ = listener.on_progress(percent.into());
        }
    }
}

/// The host's uploader for files. Called on a thread that it may block.
#[uniffi::export(foreign)]
pub trait UploadPlugin: Send + Sync {
    /// Uploads a file and describes what was uploaded: of a picture all three sizes, of another file the original, each with
    /// an address receivers can fetch.
    ///
    /// # Errors
    /// Whatever the host says. `Unreachable`, or anything that is no `TimError`, is tried again up to three times after growing
    /// pauses, and anew with every connection; then, and with any other error at once, the message fails with it.
    fn upload(&self, file: UploadFile, progress: Arc<UploadProgress>) -> Result<Uploaded, TimError>;
}

/// Receives the progress of an upload plugin.
#[derive(uniffi::Object)]
pub struct UploadProgress(tim::plugin::UploadProgress);

#[uniffi::export]
impl UploadProgress {
    /// So many percent are done, from 0 to 100; beyond counts as the end that is nearer. After the upload's end it does nothing.
    pub fn report(&self, percent: i32) {
        (self.0)(u8::try_from(percent.clamp(0, 100)).unwrap_or(100));
    }
}

/// Adapts a host's upload plugin.
struct Uploader(Arc<dyn UploadPlugin>);

impl tim::plugin::UploadPlugin for Uploader {
    fn upload(
        &self,
        file: &tim::plugin::UploadFile,
        progress: tim::plugin::UploadProgress,
    ) -> Result<tim::plugin::Uploaded, tim::error::TimError> {
        let uploaded = self.0.upload(file.into(), Arc::new(UploadProgress(progress)));
        let uploaded = uploaded.map_err(|why| match why {
            // Something unexpected: an upload that failed, and may succeed.
            TimError::Internal { message, .. } => TimError::new(Code::UPLOAD_FAILED, message),
            why => why,
        })?;
        Ok(uploaded.try_into()?)
    }
}

/// The version of the engine.
#[uniffi::export]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// How much is logged: 0 everything, 1 what production needs (the default), 2 warnings and errors, 3 errors, 4 nothing.
///
/// # Errors
/// For any other number.
#[uniffi::export]
pub fn set_log_level(level: i32) -> Result<(), TimError> {
    Ok(tim::set_log_level(u32::try_from(level).unwrap_or(u32::MAX))?)
}

/// Where log lines go, for the whole process; without a sink, to the standard error output, each with its time (UTC) and level.
#[uniffi::export]
pub fn set_log_sink(sink: Option<Arc<dyn crate::log::LogSink>>) {
    tim::set_log_sink(sink.map(|sink| Arc::new(Sink(sink)) as Arc<dyn tim::log::LogSink>));
}

/// Destroys every instance of the process: what an app calls before it ends.
///
/// # Errors
/// None so far.
#[uniffi::export]
pub async fn shutdown() -> Result<(), TimError> {
    Ok(offload(tim::shutdown()).await?)
}

#[uniffi::export]
impl Tim {
    /// Makes an instance. For the same SDKAppID (and `instance`) this gives the same one, until it is destroyed. Looks at
    /// the data folder on the caller's thread; everything else that takes time happens on the engine's.
    ///
    /// # Errors
    /// `Refused`: 2000 without an SDKAppID, 130165 for a server's address that is none. `Storage`: 6022 or 130168 if the data
    /// folder cannot be written. `Internal`: 130169 if the system refuses new threads.
    #[uniffi::constructor]
    pub fn create(options: TimOptions) -> Result<Self, TimError> {
        Ok(Self { tim: tim::Tim::create(options.try_into()?)? })
    }

    /// Calls a handler with each event of one kind from now on. It may call the engine and may throw, which stops neither
    /// later events nor other handlers; it should not block for long. `off` removes it.
    pub fn on(&self, event: EventName, handler: Arc<dyn EventHandler>) -> Listener {
        Listener(self.tim.on(event.into(), handle(handler)))
    }

    /// Calls a handler with the next event of one kind, once.
    pub fn once(&self, event: EventName, handler: Arc<dyn EventHandler>) -> Listener {
        Listener(self.tim.once(event.into(), handle(handler)))
    }

    /// Removes a handler or a listener. A call of it that has begun may still be running when this returns; no further call
    /// begins.
    pub fn off(&self, listener: &Listener) {
        self.tim.off(listener.0);
    }

    /// Adds a listener. It receives all events from now on.
    pub fn add_listener(&self, listener: Arc<dyn EventListener>) -> Listener {
        Listener(self.tim.add_listener(Arc::new(HostListener(listener))))
    }

    /// Registers the host's own uploader in place of the built-in one, or of one that was registered before.
    pub fn register_plugin(&self, plugin: Arc<dyn UploadPlugin>) {
        self.tim.register_plugin(Plugin::Upload(Arc::new(Uploader(plugin))));
    }

    /// Logs a user in; `SdkReady` tells when everything works.
    ///
    /// # Errors
    /// `Refused`: 2002 or 2003 for an id or token that is missing or cannot be one, 70001 to 70052 for a token that the
    /// server refuses, 130107 if server and engine have no version in common, 2025 while another login is running, 2026 while
    /// another user is logged in. `Unreachable`: 2800 or 2801 after `loginTimeoutMs`. `Storage`: 6005, 6022, 130167 or 130168 for this
    /// device's database. `NotReady`: 130161 if it is logged out meanwhile, 130160 after `destroy`.
    pub async fn login(&self, user_id: String, user_sig: String) -> Result<LoginResult, TimError> {
        let tim::LoginResult { repeat_login } = offload(self.tim.login(&user_id, &user_sig)).await?;
        Ok(LoginResult { repeat_login })
    }

    /// Lets somebody in who has no userSig, if the server lets guests in. A guest enters and leaves live rooms, hears what
    /// is said there, and may ask for their profile, their attributes and how many are there. Everything else is refused with 2662.
    /// Nothing of a guest is stored, here or on the server. A guest who logs in with a userSig logs out before, and is in no room then.
    ///
    /// # Errors
    /// Those of `login`: 70002 if the server lets no guests in. `Unreachable`: 130156 if as many are there as it lets in.
    pub async fn login_as_guest(&self) -> Result<LoginResult, TimError> {
        let tim::LoginResult { repeat_login } = offload(self.tim.login_as_guest()).await?;
        Ok(LoginResult { repeat_login })
    }

    /// Logs out, on the server too if it can be reached within three seconds. What waits to be sent stays, and is sent after
    /// the user's next login on this device.
    ///
    /// # Errors
    /// `NotReady`: 130160 after `destroy`.
    pub async fn logout(&self) -> Result<(), TimError> {
        Ok(offload(self.tim.logout()).await?)
    }

    /// Closes the connection and the files of the local database, and keeps the login: for an app that goes to the background, where
    /// the system ends apps that hold a lock on a file (iOS), or stops them. When it returns, no file of the database is open.
    /// Until `resume` calls are refused with 130179, and those that wait fail with it. Messages that wait stay in the outbox and
    /// are sent afterwards; `MESSAGE_STATUS_CHANGED` reports them. A login that is under way goes on then, within its time. It waits
    /// until the files of messages being sent are copied; downloads go on. Without a login nothing happens. A login of the same user
    /// resumes the instance, too.
    ///
    /// # Errors
    /// `NotReady`: 130160 after `destroy`.
    pub async fn pause(&self) -> Result<(), TimError> {
        Ok(offload(self.tim.pause()).await?)
    }

    /// Opens the local database of a paused instance again and connects, at once. The list of conversations is reported
    /// anew, and what was missed is received. Nothing happens if the instance is not paused.
    ///
    /// # Errors
    /// `Storage`: the local database cannot be opened; it is tried again by itself. `NotReady`: 130160 after `destroy`.
    pub async fn resume(&self) -> Result<(), TimError> {
        Ok(offload(self.tim.resume()).await?)
    }

    /// Logs out and ends the instance: its threads, its connection, its files. No listener is called after this has returned,
    /// unless it was called by one, or one has not returned for five seconds.
    ///
    /// # Errors
    /// None so far.
    pub async fn destroy(&self) -> Result<(), TimError> {
        Ok(offload(self.tim.destroy()).await?)
    }

    /// Whether everything works.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.tim.is_ready()
    }

    /// Whether this instance was destroyed: nothing it is asked for happens any more, and no listener hears anything.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.tim.is_destroyed()
    }

    /// Who is logged in.
    #[must_use]
    pub fn get_login_user(&self) -> Option<String> {
        self.tim.get_login_user().map(|user| user.to_string())
    }

    /// The server's clock: a time, like those of messages.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_server_time(&self) -> Result<i64, TimError> {
        Ok(seconds(offload(self.tim.get_server_time()).await?))
    }

    /// Tells the engine that the device's network came or went, or changed to another (tell it then that it came), as
    /// far as the host knows. A hint. When a network is available, the engine connects at once instead of after the
    /// backoff, and an existing connection is probed and has three seconds to answer. When it is unavailable, nothing
    /// changes: the connection is used until it breaks.
    pub fn network_changed(&self, up: bool) {
        self.tim.network_changed(up);
    }
}
