//! The UniFFI face: TIM's verbs for Swift and Kotlin, one short method each.
//!
//! Nothing here decides. No method blocks its caller for I/O but `create` and the two that make a picture message, which
//! look at files. Long, because a method's text is all that Swift and Kotlin hosts read of it.

use std::path::Path;
use std::sync::Arc;

use tim::Code;
use tim::plugin::Plugin;

use crate::apart::apart;
use crate::error::TimError;
use crate::event::{Ears, EventListener};
use crate::log::Sink;
use crate::types::{
    Conversation, Group, GroupMember, Joined, Message, MessageList, NewGroup, Priority, Profile,
    ProfileFields, RenditionType, TimOptions, UploadFile, Uploaded, before, conversation_id, group_id,
    message_id, user_id, user_ids,
};

/// An instance of the engine. Safe to use from any thread; dropping it is cheap and ends nothing: `shutdown` does.
///
/// Calls take effect in the order in which they are made. One that is cancelled goes on; its answer is not heard.
///
/// Errors are told with their numbers. Each call but `login`, `logout` and `shutdown` fails with `NotReady` while nobody is
/// logged in: 2024, 3000 to 3006 or 130160 say why; with `Storage` while this device's database cannot be used: 6005, 6022 or
/// 130168; and where the login ends meanwhile, with 130161 (`NotReady`) or with what ended it. Each that is waited for may fail
/// with 9507 (`Unreachable`): 10,000 calls wait for the engine. Where 2800 or 2801 is named, the server may also answer that it
/// cannot now: 130108, 130109 or 130120 to 130123. A message that was changed into none is refused with 2002, 2105, 2503 or 20001.
#[derive(uniffi::Object)]
pub struct Tim {
    tim: tim::Tim,
}

/// Names a listener, to take it off again. Dropping it leaves the listener on.
#[derive(uniffi::Object)]
pub struct Listener {
    tim: tim::Tim,
    id: tim::ListenerId,
}

#[uniffi::export]
impl Listener {
    /// Takes the listener off. A call of it that has begun may still be running when this returns; none begins after.
    pub fn remove(&self) {
        self.tim.remove_listener(self.id);
    }
}

/// Is told how far an upload or download has come, 0 to 100, growing, on a thread that it may block.
#[uniffi::export(foreign)]
pub trait ProgressListener: Send + Sync {
    /// So many percent are done.
    ///
    /// # Errors
    /// Whatever the host throws; it changes nothing.
    fn on_progress(&self, percent: u32) -> Result<(), TimError>;
}

fn progress(listener: Option<Arc<dyn ProgressListener>>) -> impl FnMut(u8) + Send + 'static {
    move |percent| {
        if let Some(listener) = &listener {
            // What a host throws here is no reason to stop a transfer.
            let _ = listener.on_progress(percent.into());
        }
    }
}

/// A host's own way of uploading files. Called on a thread that it may block.
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

/// Where an upload plugin reports how far it has come.
#[derive(uniffi::Object)]
pub struct UploadProgress(tim::plugin::UploadProgress);

#[uniffi::export]
impl UploadProgress {
    /// So many percent are done; more than 100 counts as 100. After the upload's end it does nothing.
    pub fn report(&self, percent: u32) {
        (self.0)(u8::try_from(percent.min(100)).unwrap_or(100));
    }
}

/// Passes uploads on to a host's plugin.
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
            TimError::Internal { reason, .. } => TimError::new(Code::UPLOAD_FAILED, reason),
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
pub fn set_log_level(level: u32) -> Result<(), TimError> {
    Ok(tim::set_log_level(level)?)
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
    Ok(apart(tim::shutdown()).await?)
}

#[uniffi::export]
impl Tim {
    /// Makes an instance. For the same SDKAppID (and `instance`) this gives the same one, until it is shut down. Looks at
    /// the data folder on the caller's thread; everything else that takes time happens on the engine's.
    ///
    /// # Errors
    /// `Refused`: 2000 without an SDKAppID, 130165 for a server's address that is none. `Storage`: 6022 or 130168 if the data
    /// folder cannot be written. `Internal`: 130169 if the system refuses new threads.
    #[uniffi::constructor]
    pub fn create(options: TimOptions) -> Result<Self, TimError> {
        Ok(Self { tim: tim::Tim::create(options.into())? })
    }

    /// Adds a listener. It hears everything that happens from now on.
    pub fn add_listener(&self, listener: Arc<dyn EventListener>) -> Listener {
        Listener { tim: self.tim.clone(), id: self.tim.add_listener(Arc::new(Ears(listener))) }
    }

    /// Registers the host's own uploader in place of the built-in one, or of one that was registered before.
    pub fn register_upload_plugin(&self, plugin: Arc<dyn UploadPlugin>) {
        self.tim.register_plugin(Plugin::Upload(Arc::new(Uploader(plugin))));
    }

    /// Logs a user in; `SdkReady` tells when everything works. True if the user was logged in already.
    ///
    /// # Errors
    /// `Refused`: 2002 or 2003 for an id or token that is missing or cannot be one, 70001 to 70052 for a token that the
    /// server refuses, 130107 if server and engine have no version in common, 2025 while another login is running, 2026 while
    /// another user is logged in. `Unreachable`: 2800 or 2801 after `loginTimeoutMs`. `Storage`: 6005, 6022, 130167 or 130168 for this
    /// device's database. `NotReady`: 130161 if it is logged out meanwhile, 130160 after `shutdown`.
    pub async fn login(&self, user_id: String, user_sig: String) -> Result<bool, TimError> {
        Ok(apart(self.tim.login(&user_id, &user_sig)).await?.repeated)
    }

    /// Logs out, on the server too if it can be reached within three seconds. What waits to be sent stays, and is sent after
    /// the user's next login on this device.
    ///
    /// # Errors
    /// `NotReady`: 130160 after `shutdown`.
    pub async fn logout(&self) -> Result<(), TimError> {
        Ok(apart(self.tim.logout()).await?)
    }

    /// Logs out and ends the instance: its threads, its connection, its files. No listener is called after this has returned,
    /// unless it was called by one, or one has not returned for five seconds.
    ///
    /// # Errors
    /// None so far.
    pub async fn shutdown(&self) -> Result<(), TimError> {
        Ok(apart(self.tim.destroy()).await?)
    }

    /// Whether everything works.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.tim.is_ready()
    }

    /// Whether this instance was shut down: nothing it is asked for happens any more, and no listener hears anything.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.tim.is_destroyed()
    }

    /// Who is logged in.
    #[must_use]
    pub fn get_login_user(&self) -> Option<String> {
        self.tim.get_login_user().map(|user| user.to_string())
    }

    /// The server's clock, in milliseconds since 1970.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_server_time(&self) -> Result<i64, TimError> {
        Ok(apart(self.tim.get_server_time()).await?)
    }

    /// Tells the engine that the device's network came or went, or changed to another (tell it then that it came), as far as the
    /// host knows. A hint. When it came, a connection is tried at once instead of after the pause, and one that stands has three
    /// seconds to prove that it still works. When it went, nothing changes by that alone: the connection is used until it
    /// breaks, and calls wait as they do then.
    pub fn network_changed(&self, up: bool) {
        self.tim.network_changed(up);
    }

    /// Makes a text message; `sendMessage` sends it.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages, 130110 for no text, 8001 for one over
    /// 12 KB.
    pub fn create_text_message(
        &self,
        to: String,
        text: String,
        priority: Priority,
    ) -> Result<Message, TimError> {
        Ok(self.tim.create_text_message(&conversation_id(&to)?, &text, priority.into())?.into())
    }

    /// Makes a location message: a place on Earth, in degrees, and what it is called (may be empty); `sendMessage` sends it.
    ///
    /// # Errors
    /// As of `createTextMessage`; 130110 for a longitude that is not -180 to 180, or a latitude that is not -90 to 90.
    pub fn create_location_message(
        &self,
        to: String,
        description: String,
        longitude: f64,
        latitude: f64,
        priority: Priority,
    ) -> Result<Message, TimError> {
        let (to, place) = (conversation_id(&to)?, (longitude, latitude));
        Ok(self.tim.create_location_message(&to, &description, place, priority.into())?.into())
    }

    /// Makes a picture message of a file: JPEG, PNG, GIF, BMP or WebP, under 20 MB. It can be shown at once: it has the
    /// picture's width and height, and `localPath`. Looks at the file on the caller's thread; `sendMessage` uploads and sends
    /// it. Until then the file has to stay where it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages; 2251 for no path, 2401 for a file that
    /// cannot be read, 7006 if it is empty, 2252 if it is no picture, 2253 if it has 20 MB or more.
    pub fn create_image_message(
        &self,
        to: String,
        file: String,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (to, file) = (conversation_id(&to)?, std::path::PathBuf::from(file));
        Ok(self.tim.create_image_message(&to, file, priority.into(), progress(on_progress))?.into())
    }

    /// Makes a picture message of a file's bytes, as `createImageMessage` does of a file. They are written into a file of the
    /// engine's, which `localPath` names. Of more than 256 pictures, or more than 100 MB, that were never sent, the oldest cannot be
    /// sent any more.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages; 7006 for no bytes, 2252 if they are
    /// no picture, 2253 if there are 20 MB or more. `Storage`: 130168 or 6022 if they cannot be written.
    pub fn create_image_message_from_bytes(
        &self,
        to: String,
        bytes: Vec<u8>,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let to = conversation_id(&to)?;
        Ok(self.tim.create_image_message(&to, bytes, priority.into(), progress(on_progress))?.into())
    }

    /// Makes a file message of any file, up to 100 MB; `name` is what receivers see, empty for the file's own. `localPath` names
    /// it. Looks at the file on the caller's thread; `sendMessage` uploads and sends it. Until then the file has to stay where
    /// it is.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 2106 for one that takes no messages; 2401 for a file that
    /// cannot be read, 7006 if it is empty, 2402 if it has more than 100 MB, 130110 for a name longer than 256 bytes.
    pub fn create_file_message(
        &self,
        to: String,
        file: String,
        name: String,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (to, file, told) = (conversation_id(&to)?, std::path::PathBuf::from(file), progress(on_progress));
        Ok(self.tim.create_file_message(&to, file, &name, priority.into(), told)?.into())
    }

    /// Makes a file message of a file's bytes, as `createFileMessage` does of a file; it needs a name.
    ///
    /// # Errors
    /// As of `createFileMessage`. `Storage`: 130168 or 6022 if they cannot be written.
    pub fn create_file_message_from_bytes(
        &self,
        to: String,
        bytes: Vec<u8>,
        name: String,
        priority: Priority,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<Message, TimError> {
        let (to, told) = (conversation_id(&to)?, progress(on_progress));
        Ok(self.tim.create_file_message(&to, bytes, &name, priority.into(), told)?.into())
    }

    /// Sends a message that was created here. It is on this device's stable storage before the first attempt, and attempts go
    /// on across breaks and restarts. Answers it with its place, once it is on the server's stable storage.
    ///
    /// # Errors
    /// `NotReady`; 130161 if `cancelMessage` took it back, or if the login ended first: then the message stays, and is sent after
    /// the next one. `Refused`: 2105 for a message that is not this user's or was sent already, 130164 while 10,000 wait; by the
    /// server: 20003 for no such user, 20007 for a receiver who does not want it, 10007 or 10010 for a group; for a picture also
    /// 2252, 2253, 2400, 2401, 7006 or 130140 to 130145, 130147, 130148, or what an upload plugin threw; 8001 or 130110 for a text that was made too
    /// long or empty. A message that was refused is sent again with `resendMessage`. `Storage`: 6005, 6022 or 130168 if it could
    /// not be kept. `Unreachable`, for a picture: 2800 or 2801 once it was tried four times.
    pub async fn send_message(&self, message: Message) -> Result<Message, TimError> {
        Ok(apart(self.tim.send_message(message.try_into()?)).await?.into())
    }

    /// Sends a message that was refused again, under the same identity; of one that waits, its end is awaited. Its ID is
    /// enough, also after a restart: `getMessageList` shows what waits and what was refused.
    ///
    /// # Errors
    /// Those of `sendMessage`; `Refused`: 2105 for a message that is not in the outbox, or whose end is awaited already. A
    /// picture that was refused for what it is (2252, 2253, 7006, 130145, 130147, 130148) is refused again with the same number, at once.
    pub async fn resend_message(&self, message: String) -> Result<Message, TimError> {
        Ok(apart(self.tim.resend_message(message_id(&message)?)).await?.into())
    }

    /// Takes a message back that has not left, for good: one that waits, or was refused; an upload for it ends. Whoever sends it
    /// gets 130161. A picture cannot be sent again then: create it anew. If an attempt broke off, the server may have the message
    /// nevertheless: then it comes with the next sync. Its ID is enough, also after a restart.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 130170 while it is on its way (`revokeMessage` takes it back once it has arrived), 130171 if it has
    /// arrived, was taken back already, or was never sent.
    pub async fn cancel_message(&self, message: String) -> Result<(), TimError> {
        Ok(apart(self.tim.cancel_message(message_id(&message)?)).await?)
    }

    /// Takes a message back that has arrived: an own one within two minutes (unless the server is set otherwise), in a group also another's
    /// if this user is its owner or an admin. Its content leaves every device. Answers the message as it is now.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that was not sent, 10030 if it does not exist, 10007 or 10032 if it may not be
    /// taken back, 10031 or 20016 if it is too late. `Unreachable`: 2800 or 2801.
    pub async fn revoke_message(&self, message: Message) -> Result<Message, TimError> {
        Ok(apart(self.tim.revoke_message(&message.try_into()?)).await?.into())
    }

    /// Marks everything in a conversation as read: here at once, elsewhere as soon as it can be told. Nothing else reads: a
    /// message that is sent changes no mark and no count.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none.
    pub async fn set_message_read(&self, conversation: String) -> Result<(), TimError> {
        Ok(apart(self.tim.set_message_read(&conversation_id(&conversation)?)).await?)
    }

    /// A page of a conversation's messages, oldest first: those older than `next`, which is the page before's
    /// `nextReqMessageId`; none begins at the newest. `count` is cut to 1 to 100. What this device lacks is asked of the
    /// server.
    ///
    /// Besides so many that have a place it shows the outbox: what waits (`UnSend`) behind all others on the newest page, what was
    /// refused (`Fail`, with `errorCode`) by the time it was sent, on one page each. A message that gets its place between two
    /// pages may be in both, under the same ID.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2503 for a conversation that is none, 20001 for a negative `next`, 10007 for messages of a group
    /// that are not this user's to read. `Unreachable`: 2800 or 2801 if older messages cannot be asked for.
    #[uniffi::method(default(next = None, count = 15))]
    pub async fn get_message_list(
        &self,
        conversation: String,
        next: Option<i64>,
        count: u32,
    ) -> Result<MessageList, TimError> {
        let conversation = conversation_id(&conversation)?;
        Ok(apart(self.tim.get_message_list(&conversation, before(next)?, count)).await?.into())
    }

    /// All conversations, the most recently active first.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_conversation_list(&self) -> Result<Vec<Conversation>, TimError> {
        Ok(apart(self.tim.get_conversation_list()).await?.iter().map(|it| (&**it).into()).collect())
    }

    /// Saves the file of a message, in one of its renditions: it is there whole or not at all.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that has no such file or is not sent yet; 130140, 130141 or 130143 if the server
    /// has it no more or does not give it, 130143 for a file elsewhere that has no https address or is refused there. `Unreachable`:
    /// 2800 or 2801. `Storage`: 130168 or 6022 if the file cannot be written. `NotReady`: 130161 if `cancelDownload` ended it.
    pub async fn download_attachment(
        &self,
        message: Message,
        rendition: RenditionType,
        target: String,
        on_progress: Option<Arc<dyn ProgressListener>>,
    ) -> Result<(), TimError> {
        let message = message.try_into()?;
        let target = Path::new(&target);
        Ok(apart(self.tim.download_attachment(&message, rendition.into(), target, progress(on_progress)))
            .await?)
    }

    /// The full address of the file of a message, in one of its renditions, as an image view takes it: a plain `GET` gives the bytes,
    /// as often as wanted, until ten minutes later; then it is refused with 403 and 130141. Call this again for a fresh one. The
    /// address differs each time: let caches remember the message's ID and the rendition.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2105 for a message that has no such file or is not sent yet (its `localPath` shows it), 130143 if
    /// the server has the file no more. `Unreachable`: 2800 or 2801.
    pub async fn get_attachment_url(
        &self,
        message: Message,
        rendition: RenditionType,
    ) -> Result<String, TimError> {
        let message = message.try_into()?;
        Ok(apart(self.tim.get_attachment_url(&message, rendition.into())).await?)
    }

    /// Ends every download into this file, named exactly as for `downloadAttachment`, which fails with 130161; nothing is left of it,
    /// and a file that was there before stays. Returns when they have ended.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 130171 if no download into this file is under way.
    pub async fn cancel_download(&self, target: String) -> Result<(), TimError> {
        Ok(apart(self.tim.cancel_download(Path::new(&target))).await?)
    }

    /// The groups this user is in.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_group_list(&self) -> Result<Vec<Group>, TimError> {
        Ok(apart(self.tim.get_group_list()).await?.into_iter().map(Into::into).collect())
    }

    /// A group's profile, also of one this user is not in.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10010 for no such group. `Unreachable`: 2800 or 2801.
    pub async fn get_group_profile(&self, group: String) -> Result<Group, TimError> {
        Ok(apart(self.tim.get_group_profile(&group_id(&group)?)).await?.into())
    }

    /// Those of 1 to 100 users who are members of a group, with their roles. This user has to be a member.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10007 for
    /// who is not in it, 10010 for no such group. `Unreachable`: 2800 or 2801.
    pub async fn get_group_member_profile(
        &self,
        group: String,
        users: Vec<String>,
    ) -> Result<Vec<GroupMember>, TimError> {
        let (group, users) = (group_id(&group)?, user_ids(&users)?);
        let members = apart(self.tim.get_group_member_profile(&group, &users)).await?;
        Ok(members.into_iter().map(Into::into).collect())
    }

    /// Makes a group with this user as its owner.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 10004 or 10005 for values that do not fit, 2602, 10015, 10021 or 10025 for the id, 2002 for a member's id
    /// that is none, 10019 for a member who does not exist. `Unreachable`: 2800 or 2801; if the connection broke before the
    /// answer, the group list shows whether it was made.
    pub async fn create_group(&self, group: NewGroup) -> Result<Group, TimError> {
        Ok(apart(self.tim.create_group(group.try_into()?)).await?.into())
    }

    /// Joins a group, or applies to, with words for whoever decides.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10004 for words that are too long, 10007, 10010 or 10014 if it may not
    /// be joined, does not exist, or is full. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(apply_message = ""))]
    pub async fn join_group(&self, group: String, apply_message: String) -> Result<Joined, TimError> {
        let (status, group) = apart(self.tim.join_group(&group_id(&group)?, &apply_message)).await?;
        Ok(Joined { status: status.into(), group: group.map(Into::into) })
    }

    /// Leaves a group.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10007 for who is not in it, 10009 for its owner, 10010 for no such
    /// group. `Unreachable`: 2800 or 2801.
    pub async fn quit_group(&self, group: String) -> Result<(), TimError> {
        Ok(apart(self.tim.quit_group(&group_id(&group)?)).await?)
    }

    /// Ends a group for all its members.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10007 for who may not, 10010 for no such group. `Unreachable`: 2800 or
    /// 2801.
    pub async fn dismiss_group(&self, group: String) -> Result<(), TimError> {
        Ok(apart(self.tim.dismiss_group(&group_id(&group)?)).await?)
    }

    /// Accepts or refuses a user's application to join, with words for them.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 or 2602 for ids that are none, 10004 for words that are too long, 10007 for who may not decide,
    /// 10010 for no such group, 10014 if it is full, 10019 for no such user, 10024 if it was decided already. `Unreachable`: 2800
    /// or 2801.
    #[uniffi::method(default(handle_message = ""))]
    pub async fn handle_group_application(
        &self,
        group: String,
        user: String,
        accept: bool,
        handle_message: String,
    ) -> Result<(), TimError> {
        let (group, user) = (group_id(&group)?, user_id(&user)?);
        Ok(apart(self.tim.handle_group_application(&group, &user, accept, &handle_message)).await?)
    }

    /// This user's profile.
    ///
    /// # Errors
    /// `NotReady`. `Unreachable`: 2800 or 2801.
    pub async fn get_my_profile(&self) -> Result<Profile, TimError> {
        Ok(apart(self.tim.get_my_profile()).await?.into())
    }

    /// The profiles of 1 to 100 users; whoever does not exist is left out.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 20001 for none or more than 100, 2002 for an id that is none. `Unreachable`: 2800 or 2801.
    pub async fn get_user_profile(&self, users: Vec<String>) -> Result<Vec<Profile>, TimError> {
        let profiles = apart(self.tim.get_user_profile(&user_ids(&users)?)).await?;
        Ok(profiles.into_iter().map(Into::into).collect())
    }

    /// Changes this user's profile; what is absent stays.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2722 for nothing to change, 40601 for a value that is too long. `Unreachable`: 2800 or 2801.
    pub async fn update_my_profile(&self, fields: ProfileFields) -> Result<Profile, TimError> {
        Ok(apart(self.tim.update_my_profile(fields.into())).await?.into())
    }

    /// Whom this user does not want to hear from.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_blacklist(&self) -> Result<Vec<String>, TimError> {
        Ok(apart(self.tim.get_blacklist()).await?.iter().map(ToString::to_string).collect())
    }

    /// Puts users on the blacklist.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user who
    /// does not exist, 30013 if it is full. `Unreachable`: 2800 or 2801.
    pub async fn add_to_blacklist(&self, users: Vec<String>) -> Result<(), TimError> {
        Ok(apart(self.tim.add_to_blacklist(&user_ids(&users)?)).await?)
    }

    /// Takes users off the blacklist.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user who
    /// does not exist. `Unreachable`: 2800 or 2801.
    pub async fn remove_from_blacklist(&self, users: Vec<String>) -> Result<(), TimError> {
        Ok(apart(self.tim.remove_from_blacklist(&user_ids(&users)?)).await?)
    }
}
