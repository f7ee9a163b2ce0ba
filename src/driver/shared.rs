//! The state that an instance's task shares with its handles.
//!
//! Host objects are never called or dropped under the lock.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_core::sorted::SortedMap;
use tim_protocol::call::Grant;
use tim_protocol::{Code, MessageId, UserId};
use tokio_util::task::TaskTracker;

use super::address::Address;
use super::cache::Loading;
use super::cancel::{CancelGuard, Cancellation, Downloads};
use super::dispatch::Dispatch;
use super::files::Files;
use super::local_files::{LocalFile, LocalFiles};
use super::progress::Progress;
use crate::error::TimError;
use crate::plugin::UploadPlugin;

/// Maximum number of files that are created but not sent, and maximum total size of the copies of them.
const MAX_CREATED: usize = 256;
const MAX_CREATED_BYTES: u64 = 100 * 1024 * 1024;

/// The state shared by the task and the handles.
pub(crate) struct InstanceState {
    pub(crate) dispatch: Dispatch,
    pub(crate) files: Files,
    pub(crate) server: Address,
    /// The connections and the downloads of the instance, which its end waits for.
    pub(crate) tasks: TaskTracker,
    downloads: Downloads,
    pub(super) loading: Loading,
    /// Held while the server is asked for a grant.
    pub(super) granting: tokio::sync::Mutex<()>,
    total_unread: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    user: Option<UserId>,
    refusal: Option<Code>,
    login: Cancellation,
    plugin: Option<Arc<dyn UploadPlugin>>,
    /// What addresses of files are signed with.
    grant: Option<Grant>,
    /// In order of creation, because a message ID begins with its time.
    created: SortedMap<MessageId, LocalFiles>,
}

impl State {
    /// The oldest unsent file if there are too many, but never the one just created.
    fn one_too_many(&self) -> Option<MessageId> {
        let unsent = || self.created.iter().filter(|(_, file)| !file.is_sent);
        let bytes: u64 = unsent().flat_map(|(_, it)| &it.files).map(|file| file.copied).sum();
        let count = unsent().count();
        let is_too_much = count > MAX_CREATED || bytes > MAX_CREATED_BYTES;
        unsent().next().map(|(id, _)| *id).filter(|_| is_too_much && count > 1)
    }

    /// Takes out the oldest unsent files until there are not too many.
    fn take_too_many(&mut self) -> Vec<LocalFiles> {
        let mut taken = Vec::new();
        while let Some(file) = self.one_too_many().and_then(|id| self.created.remove(&id)) {
            taken.push(file);
        }
        taken
    }
}

impl InstanceState {
    pub(crate) fn new(dispatch: Dispatch, files: Files, server: Address) -> Self {
        let state = State { refusal: Some(Code::NOT_LOGGED_IN), ..State::default() };
        let (tasks, downloads) = (TaskTracker::new(), Downloads::default());
        Self {
            dispatch,
            files,
            server,
            tasks,
            downloads,
            loading: Loading::default(),
            granting: tokio::sync::Mutex::default(),
            total_unread: AtomicU64::new(0),
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes the login and the refusal code to the handles, before listeners are notified.
    pub(crate) fn publish(&self, user: Option<UserId>, refusal: Option<Code>) {
        let mut state = self.state();
        // Images created by one user must not be sent by the next.
        let former = if user.is_none() { std::mem::take(&mut state.created) } else { SortedMap::new() };
        let plugin = if refusal == Some(Code::DESTROYED) { state.plugin.take() } else { None };
        match (&user, refusal) {
            (None, Some(code)) => state.login.cancel(code),
            (Some(_), _) if state.user.is_none() => state.login = Cancellation::default(),
            _ => {}
        }
        if user.is_none() {
            state.grant = None;
        }
        state.user = user;
        state.refusal = refusal;
        drop(state);
        former.into_values().for_each(|files| files.forget(|file| self.files.forget(file)));
        drop(plugin);
    }

    /// Publishes the total of unread messages to the handles.
    pub(super) fn publish_total_unread(&self, total: u64) {
        self.total_unread.store(total, Ordering::Relaxed);
    }

    /// The total of unread messages.
    pub(crate) fn total_unread(&self) -> u64 {
        self.total_unread.load(Ordering::Relaxed)
    }

    /// Who is logged in.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.state().user.clone()
    }

    /// What this user signs addresses of files with, however old.
    pub(super) fn grant(&self, user: &UserId) -> Option<Grant> {
        let state = self.state();
        state.grant.clone().filter(|_| state.user.as_ref() == Some(user))
    }

    /// Keeps what this user signs addresses of files with, if they are still logged in.
    pub(super) fn keep_grant(&self, user: &UserId, grant: Grant) {
        let mut state = self.state();
        if state.user.as_ref() == Some(user) {
            state.grant = Some(grant);
        }
    }

    /// Why calls are refused now; `None` if they are not.
    pub(crate) fn refusal(&self) -> Option<Code> {
        self.state().refusal
    }

    /// Takes a host's uploader, and lets the former one go; the new one too, where the instance is destroyed.
    pub(crate) fn set_plugin(&self, plugin: Arc<dyn UploadPlugin>) {
        let mut state = self.state();
        let gone =
            if state.refusal == Some(Code::DESTROYED) { Some(plugin) } else { state.plugin.replace(plugin) };
        drop(state);
        drop(gone);
    }

    /// Records the files of a created message. While too many were never sent, forgets the oldest.
    pub(crate) fn add_files(&self, id: MessageId, files: LocalFiles) {
        let forgotten = {
            let mut state = self.state();
            state.created.insert(id, files);
            state.take_too_many()
        };
        // The progress callback belongs to the host and must not be dropped under the lock.
        forgotten.into_iter().for_each(|files| files.forget(|file| self.files.forget(file)));
    }

    /// Marks a message's files as sent, so that they do not count as unsent.
    pub(crate) fn sending(&self, id: MessageId) {
        if let Some(files) = self.state().created.get_mut(&id) {
            files.is_sent = true;
        }
    }

    /// The files of a created message; `None` if they were uploaded already, or it was not created here.
    pub(super) fn sources(&self, id: MessageId) -> Option<Vec<LocalFile>> {
        self.state().created.get(&id).map(|files| files.files.clone())
    }

    /// Whether a message was created here and its files are not uploaded.
    pub(super) fn has_sources(&self, id: MessageId) -> bool {
        self.state().created.contains_key(&id)
    }

    /// The created messages whose files are not uploaded.
    pub(super) fn created(&self) -> Vec<MessageId> {
        self.state().created.keys().copied().collect()
    }

    /// Sets the sources of a message's files to their copies; without copies they count as unsent again.
    pub(super) fn kept(&self, id: MessageId, copies: Option<&[PathBuf]>) {
        if let Some(files) = self.state().created.get_mut(&id) {
            files.is_sent = copies.is_some();
            for (file, copy) in files.files.iter_mut().zip(copies.unwrap_or_default()) {
                file.source.clone_from(copy);
            }
        }
    }

    /// Forgets a message's files, because they were uploaded or are not needed any more.
    pub(super) fn forget_files(&self, id: MessageId) {
        let files = self.state().created.remove(&id);
        drop(files);
    }

    /// Gives the files of a created message to one with another ID.
    #[cfg(target_family = "wasm")]
    pub(crate) fn give_files(&self, from: MessageId, to: MessageId) {
        let mut state = self.state();
        if let Some(files) = state.created.remove(&from) {
            state.created.insert(to, files);
        }
    }

    /// The progress and the plugin of an upload.
    pub(super) fn upload_parts(&self, id: MessageId) -> (Progress, Option<Arc<dyn UploadPlugin>>) {
        let state = self.state();
        let progress = state.created.get(&id).map(|file| file.progress.clone());
        (progress.unwrap_or_else(Progress::silent), state.plugin.clone())
    }

    /// A download into this file begins, and belongs to the login.
    pub(crate) fn download(&self, target: PathBuf) -> CancelGuard {
        let login = self.state().login.clone();
        self.downloads.begin(target, login)
    }

    /// Ends the downloads into this file, and waits until they have ended.
    ///
    /// # Errors
    /// [`Code::NOTHING_TO_CANCEL`].
    pub(crate) async fn cancel_download(&self, target: &Path) -> Result<(), TimError> {
        let under_way = self.downloads.take(target);
        if under_way.is_empty() {
            return Err(Code::NOTHING_TO_CANCEL.into());
        }
        for download in &under_way {
            download.cancellation.cancel(Code::CANCELLED);
        }
        for download in under_way {
            download.task.wait().await;
        }
        Ok(())
    }

    /// Ends what belongs to the login.
    pub(super) fn end_login(&self, code: Code) {
        self.state().login.cancel(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tim_protocol::media::FileType;

    #[test]
    fn of_too_many_files_the_oldest_that_was_never_sent_is_forgotten() {
        let id =
            |number: usize| format!("01990000-0000-7000-8000-{number:012}").parse::<MessageId>().unwrap();
        let of = |copied, is_sent| LocalFiles {
            files: vec![LocalFile { source: "file".into(), file_type: FileType::File, copied }],
            progress: Progress::silent(),
            is_sent,
        };
        let file = |is_sent| of(1, is_sent);
        let mut state = State::default();
        state.created.extend((0..9).map(|number| (id(number), file(true))));
        state.created.extend((9..9 + MAX_CREATED).map(|number| (id(number), file(false))));
        assert_eq!(state.one_too_many(), None);
        state.created.insert(id(MAX_CREATED + 9), file(false));
        assert_eq!(state.one_too_many(), Some(id(9)));
        // Of a large one many small ones make way, as many as it takes.
        state.created.insert(id(MAX_CREATED + 10), of(MAX_CREATED_BYTES - 9, false));
        assert_eq!(state.take_too_many().len(), MAX_CREATED + 1 - 9);
        assert_eq!(state.one_too_many(), None);
    }
}
