//! What an instance's task shares with its handles: little, and each piece whole.
//!
//! What is a host's is never called or dropped under the lock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::media::FileType;
use tim_protocol::{Code, MessageId, UserId};

use super::address::Address;
use super::dispatch::Dispatch;
use super::download::{Downloads, Leave, Scope};
use super::files::Files;
use super::progress::Progress;
use crate::error::TimError;
use crate::plugin::UploadPlugin;

/// Most files that may be created and not sent yet, and most bytes of the copies that were made of them.
const MOST_CREATED: usize = 256;
const MOST_CREATED_BYTES: u64 = 100 * 1024 * 1024;

/// What the task shares with the handles: little, and each piece whole.
pub(crate) struct Shared {
    pub(crate) dispatch: Dispatch,
    pub(crate) files: Files,
    pub(crate) server: Address,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    user: Option<UserId>,
    refusal: Option<Code>,
    login: Scope,
    downloads: Downloads,
    plugin: Option<Arc<dyn UploadPlugin>>,
    /// By creation: a message's id begins with its time.
    created: BTreeMap<MessageId, LocalFile>,
}

/// A file that was created here and is not uploaded yet.
pub(crate) struct LocalFile {
    /// Its file: the host's, or the copy.
    pub(crate) source: PathBuf,
    pub(crate) file_type: FileType,
    /// How many bytes the copy has that was made when it was created; 0 if it is the host's file.
    pub(crate) copied: u64,
    pub(crate) progress: Progress,
    pub(crate) is_sent: bool,
}

impl LocalFile {
    /// Nobody can send it any more.
    fn forget(self) {
        if self.copied > 0 && !self.is_sent {
            // What cannot be removed goes as the oldest of those that were sent.
            let _ = std::fs::remove_file(self.source);
        }
    }
}

impl State {
    /// The oldest file that was never sent, if there are too many; never the one that was just created.
    fn one_too_many(&self) -> Option<MessageId> {
        let unsent = || self.created.iter().filter(|(_, file)| !file.is_sent);
        let bytes: u64 = unsent().map(|(_, file)| file.copied).sum();
        let count = unsent().count();
        let is_too_much = count > MOST_CREATED || bytes > MOST_CREATED_BYTES;
        unsent().next().map(|(id, _)| *id).filter(|_| is_too_much && count > 1)
    }
}

impl Shared {
    pub(crate) fn new(dispatch: Dispatch, files: Files, server: Address) -> Self {
        let state = State { refusal: Some(Code::NOT_LOGGED_IN), ..State::default() };
        Self { dispatch, files, server, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets handles see who is logged in and why calls are refused, before listeners hear of it.
    pub(crate) fn publish(&self, user: Option<UserId>, refusal: Option<Code>) {
        let mut state = self.state();
        // What somebody created is not for the next one to send.
        let former = if user.is_none() { std::mem::take(&mut state.created) } else { BTreeMap::new() };
        let plugin = if refusal == Some(Code::DESTROYED) { state.plugin.take() } else { None };
        match (&user, refusal) {
            (None, Some(code)) => state.login.end(code),
            (Some(_), _) if state.user.is_none() => state.login = Scope::default(),
            _ => {}
        }
        state.user = user;
        state.refusal = refusal;
        drop(state);
        former.into_values().for_each(LocalFile::forget);
        drop(plugin);
    }

    /// Who is logged in.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.state().user.clone()
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

    /// Notes a file that was created. Of too many that were never sent the oldest is forgotten.
    pub(crate) fn add_file(&self, id: MessageId, file: LocalFile) {
        let forgotten = {
            let mut state = self.state();
            state.created.insert(id, file);
            state.one_too_many().and_then(|id| state.created.remove(&id))
        };
        // Whom it tells is the host's, and must not be dropped under the lock.
        if let Some(file) = forgotten {
            file.forget();
        }
    }

    /// A file is being sent: from now on it is none of too many that never were.
    pub(crate) fn sending(&self, id: MessageId) {
        if let Some(file) = self.state().created.get_mut(&id) {
            file.is_sent = true;
        }
    }

    /// A created file's file; nothing if it was uploaded already or is none.
    pub(super) fn source(&self, id: MessageId) -> Option<(PathBuf, FileType)> {
        self.state().created.get(&id).map(|file| (file.source.clone(), file.file_type))
    }

    /// The files that were created and are not uploaded.
    pub(super) fn created(&self) -> Vec<MessageId> {
        self.state().created.keys().copied().collect()
    }

    /// From now on a file is made of the copy that was kept of it; if there is none, it was not sent.
    pub(super) fn kept(&self, id: MessageId, copy: Option<&Path>) {
        if let Some(file) = self.state().created.get_mut(&id) {
            file.is_sent = copy.is_some();
            file.source = copy.map_or_else(|| file.source.clone(), Path::to_owned);
        }
    }

    /// A file is uploaded.
    pub(super) fn forget_file(&self, id: MessageId) {
        let file = self.state().created.remove(&id);
        drop(file);
    }

    /// Where an upload's progress goes, and who uploads.
    pub(super) fn upload_parts(&self, id: MessageId) -> (Progress, Option<Arc<dyn UploadPlugin>>) {
        let state = self.state();
        let progress = state.created.get(&id).map(|file| file.progress.clone());
        (progress.unwrap_or_else(Progress::silent), state.plugin.clone())
    }

    /// A download into this file begins, and belongs to the login.
    pub(crate) fn download(self: &Arc<Self>, target: PathBuf) -> Leave {
        let (login, own) = {
            let mut state = self.state();
            (state.login.share(), state.downloads.add(target))
        };
        Leave::new(Arc::clone(self), login, own)
    }

    pub(super) fn close_download(&self, number: u64) -> bool {
        self.state().downloads.close(number)
    }

    /// Ends the downloads into this file, and waits until they have ended.
    ///
    /// # Errors
    /// [`Code::NOTHING_TO_CANCEL`].
    pub(crate) async fn cancel_download(&self, target: &Path) -> Result<(), TimError> {
        let under_way = self.state().downloads.take(target);
        if under_way.is_empty() {
            return Err(Code::NOTHING_TO_CANCEL.into());
        }
        for download in &under_way {
            download.end(Code::CANCELLED);
        }
        for download in under_way {
            download.left().await;
        }
        Ok(())
    }

    /// Ends what belongs to the login.
    pub(super) fn end_login(&self, code: Code) -> Scope {
        let login = self.state().login.clone();
        login.end(code);
        login
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_files_the_oldest_that_was_never_sent_is_forgotten() {
        let id =
            |number: usize| format!("01990000-0000-7000-8000-{number:012}").parse::<MessageId>().unwrap();
        let file = |is_sent| LocalFile {
            source: "file".into(),
            file_type: FileType::File,
            copied: 1,
            progress: Progress::silent(),
            is_sent,
        };
        let mut state = State::default();
        state.created.extend((0..9).map(|number| (id(number), file(true))));
        state.created.extend((9..9 + MOST_CREATED).map(|number| (id(number), file(false))));
        assert_eq!(state.one_too_many(), None);
        state.created.insert(id(MOST_CREATED + 9), file(false));
        assert_eq!(state.one_too_many(), Some(id(9)));
    }
}
