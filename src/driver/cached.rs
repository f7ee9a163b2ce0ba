//! Gives the file of a message on this device, and loads it into the cache if it is not there: once, whoever asks for it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim_protocol::Code;
use tokio::task::block_in_place;

use super::CallResult;
use super::cache::Cache;
use super::requested::{CachedFile, Download};
use crate::error::TimError;
use crate::machine::io::Call;

impl CachedFile {
    /// The path of the file.
    ///
    /// # Errors
    /// Those of [`Download::run`]; [`Code::MESSAGE_NOT_FOUND`] if the message was revoked, or removed meanwhile.
    pub(crate) async fn run(self) -> Result<PathBuf, TimError> {
        let (files, (id, _)) = (&self.shared.files, self.message.clone());
        let own = self.place.and_then(|place| block_in_place(|| files.kept(&self.user, id, place)));
        if let Some(own) = own {
            return Ok(own);
        }
        let cache = Cache::of(files, &self.user);
        let file = cache.path(&self.message, &self.url, &self.name);
        // A call that nobody answers any more would hold up the end of the instance.
        let guard = self.shared.download(file.clone());
        let _turn = guard.run_until_cancelled(self.shared.loading.alone(&file)).await?;
        if block_in_place(|| cache.use_now(&file)) {
            return Ok(file);
        }
        let before = guard.run_until_cancelled(self.standing()).await??;
        if before == Some(Standing::Revoked) {
            return Err(Code::MESSAGE_NOT_FOUND.into());
        }
        let mut loaded = self.load(&cache, &file).await;
        if loaded.as_ref().is_err_and(|why| why.code == Code::STORAGE_FULL) {
            block_in_place(|| cache.sweep(cache.bytes() / 2, &file));
            self.progress.begin();
            loaded = self.load(&cache, &file).await;
        }
        loaded?;
        let after = guard.run_until_cancelled(self.standing()).await??;
        if after == Some(Standing::Revoked) || before.is_some() && after.is_none() {
            block_in_place(|| cache.forget(&BTreeSet::from([self.message.clone()])));
            return Err(Code::MESSAGE_NOT_FOUND.into());
        }
        block_in_place(|| cache.sweep(self.max_bytes, &file));
        Ok(file)
    }

    async fn load(&self, cache: &Cache, file: &Path) -> Result<(), TimError> {
        block_in_place(|| cache.make())?;
        let download = Download {
            message: self.message.0,
            url: self.url.clone(),
            target: file.to_owned(),
            is_resumable: true,
            max_bytes: u64::MAX,
            progress: self.progress.clone(),
            guard: self.shared.download(file.to_owned()),
            shared: Arc::clone(&self.shared),
            commands: self.commands.clone(),
        };
        download.run().await
    }

    /// What has become of the message, which the app may not have heard yet; `None` if this device does not have it.
    async fn standing(&self) -> Result<Option<Standing>, TimError> {
        let (id, sender) = &self.message;
        if !self.is_placed {
            return Ok(None);
        }
        let CallResult::Page { messages, .. } = self.commands.call(Call::FindMessages(vec![*id])).await?
        else {
            return Ok(None);
        };
        let found = messages.iter().find(|it| it.from == *sender);
        Ok(found.map(|it| if it.is_revoked { Standing::Revoked } else { Standing::There }))
    }
}

/// What has become of a message.
#[derive(PartialEq, Eq)]
enum Standing {
    There,
    Revoked,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::address::Address;
    use super::super::dispatch::Dispatch;
    use super::super::files::Files;
    use super::super::progress::Progress;
    use super::super::{Commands, InstanceState};
    use super::*;
    use tim_protocol::UserId;

    #[tokio::test(flavor = "multi_thread")]
    async fn it_ends_with_the_login_though_nobody_answers() {
        let folder = tempfile::tempdir().unwrap();
        let server = Address::of_server("ws://127.0.0.1:1", None).unwrap();
        let files = Files::open(folder.path(), 1).unwrap().0;
        let shared = Arc::new(InstanceState::new(Dispatch::start().unwrap(), files, server));
        let (commands, mut queue) = Commands::channel(Arc::clone(&shared));
        let alice = UserId::new("alice").unwrap();
        let file = CachedFile {
            user: alice.clone(),
            message: (uuid::Uuid::now_v7().try_into().unwrap(), alice),
            is_placed: true,
            place: None,
            url: "/media/1".to_owned(),
            name: String::new(),
            progress: Progress::silent(),
            max_bytes: 1,
            shared: Arc::clone(&shared),
            commands,
        };
        let asked = tokio::spawn(file.run());
        let _unanswered = queue.recv().await.unwrap();
        shared.end_login(Code::DESTROYED);
        let ended = tokio::time::timeout(Duration::from_secs(60), asked).await.expect("it ends");
        assert_eq!(ended.unwrap().unwrap_err().code, Code::DESTROYED);
    }
}
