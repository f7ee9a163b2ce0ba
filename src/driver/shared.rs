//! What an instance's task shares with its handles: little, and each piece whole.
//!
//! What is a host's is never called or dropped under the lock.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::{Code, MessageId, UserId};

use super::address::Address;
use super::dispatch::Dispatch;
use super::files::{Files, ImageSource};
use super::http;
use super::progress::Progress;
use crate::error::TimError;
use crate::plugin::UploadPlugin;

/// Most pictures that may be created and not sent yet, and most bytes of them in memory.
const MOST_PICTURES: usize = 256;
const MOST_PICTURE_BYTES: usize = 100 * 1024 * 1024;

/// What the task shares with the handles: little, and each piece whole.
pub(crate) struct Shared {
    pub(crate) dispatch: Dispatch,
    pub(crate) files: Files,
    pub(crate) server: Address,
    pub(crate) extra_roots: Option<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    user: Option<UserId>,
    refusal: Option<Code>,
    plugin: Option<Arc<dyn UploadPlugin>>,
    /// By creation: a message's id begins with its time.
    pictures: BTreeMap<MessageId, Picture>,
}

/// A picture that was created here and is not uploaded yet.
pub(crate) struct Picture {
    pub(crate) source: ImageSource,
    pub(crate) progress: Progress,
}

impl Shared {
    pub(crate) fn new(
        dispatch: Dispatch,
        files: Files,
        server: Address,
        extra_roots: Option<String>,
    ) -> Self {
        let state = State { refusal: Some(Code::NOT_LOGGED_IN), ..State::default() };
        Self { dispatch, files, server, extra_roots, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets handles see who is logged in and why calls are refused, before listeners hear of it.
    pub(crate) fn publish(&self, user: Option<UserId>, refusal: Option<Code>) {
        let mut state = self.state();
        // What somebody created is not for the next one to send.
        let former = if user.is_none() { std::mem::take(&mut state.pictures) } else { BTreeMap::new() };
        let plugin = if refusal == Some(Code::DESTROYED) { state.plugin.take() } else { None };
        state.user = user;
        state.refusal = refusal;
        drop(state);
        drop((former, plugin));
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

    /// Notes a picture that was created. Of too many that were never sent the oldest is forgotten.
    pub(crate) fn add_picture(&self, id: MessageId, picture: Picture) {
        let forgotten = {
            let mut state = self.state();
            state.pictures.insert(id, picture);
            let bytes: usize = state.pictures.values().map(|picture| picture.source.bytes_in_memory()).sum();
            let is_too_much = state.pictures.len() > MOST_PICTURES || bytes > MOST_PICTURE_BYTES;
            // Never the one that was just created.
            if is_too_much && state.pictures.len() > 1 { state.pictures.pop_first() } else { None }
        };
        // What it held is the host's, and must not be dropped under the lock.
        drop(forgotten);
    }

    /// What a created picture is made of; nothing if it was uploaded already or is none.
    pub(crate) fn source(&self, id: MessageId) -> Option<ImageSource> {
        self.state().pictures.get(&id).map(|picture| picture.source.clone())
    }

    /// From now on a picture is made of the copy that was kept of it.
    pub(crate) fn kept(&self, id: MessageId, copy: PathBuf) {
        let mut state = self.state();
        let former =
            state.pictures.get_mut(&id).map(|picture| std::mem::replace(&mut picture.source, copy.into()));
        drop(state);
        drop(former);
    }

    /// A picture is uploaded.
    pub(super) fn forget_picture(&self, id: MessageId) {
        let picture = self.state().pictures.remove(&id);
        drop(picture);
    }

    /// Where an upload's progress goes, and who uploads.
    pub(super) fn upload_parts(&self, id: MessageId) -> (Progress, Option<Arc<dyn UploadPlugin>>) {
        let state = self.state();
        let progress = state.pictures.get(&id).map(|picture| picture.progress.clone());
        (progress.unwrap_or_else(Progress::silent), state.plugin.clone())
    }

    /// Downloads what is at a path of the server with a ticket, or at a full address.
    pub(crate) async fn download(
        &self,
        from: &str,
        target: &Path,
        progress: &Progress,
    ) -> Result<(), TimError> {
        if from.starts_with('/') {
            return Ok(http::download(&self.server, from, target, progress).await?);
        }
        let (address, path) = http::split(from, self.extra_roots.as_deref())?;
        Ok(http::download(&address, &path, target, progress).await?)
    }
}
