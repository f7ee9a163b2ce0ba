//! The cache of a user: files of messages that the app had loaded without naming a target. The files used last stay, up to a
//! number of bytes.
//!
//! ```text
//! <user>/cache/<message ID>/<digest of the address>[.<extension>]
//! ```
//!
//! Knows no network. Its folder has nothing but the cache, so that a system or an app may delete it at any time.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use tim_protocol::{MessageId, UserId};
use tokio::sync::OwnedMutexGuard;

use super::files::{Files, sha256};
use super::partial::PARTIAL;

/// Longest extension that a cached file keeps.
const MAX_EXTENSION: usize = 8;

/// The folder of a cache.
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// That of a user.
    pub(crate) fn of(files: &Files, user: &UserId) -> Self {
        Self { folder: files.cache(user) }
    }

    /// Where the file of a message with this address is, if it is there. Players look at the extension, which is that of `name`.
    pub(crate) fn path(&self, message: MessageId, url: &str, name: &str) -> PathBuf {
        let file = self.folder.join(message.to_string()).join(sha256(url.as_bytes()));
        let extension = Path::new(name).extension().and_then(|it| it.to_str());
        let is_plain =
            |it: &&str| it.len() <= MAX_EXTENSION && it.bytes().all(|it| it.is_ascii_alphanumeric());
        extension.filter(is_plain).map_or(file.clone(), |it| file.with_extension(it))
    }

    /// Notes that a file is used now. Gives whether it is there.
    pub(crate) fn use_now(&self, file: &Path) -> bool {
        // Where times cannot be set, the files loaded last stay.
        let touched = File::open(file).map(|it| drop(it.set_modified(SystemTime::now())));
        touched.is_ok()
    }

    /// Makes the folder of a file.
    pub(crate) fn make_room(&self, file: &Path) -> io::Result<()> {
        fs::create_dir_all(file.parent().unwrap_or(&self.folder))
    }

    /// Whether it has nothing.
    pub(super) fn is_empty(&self) -> bool {
        fs::read_dir(&self.folder).map_or(true, |mut entries| entries.next().is_none())
    }

    /// Removes the files of a message.
    pub(super) fn forget(&self, message: MessageId) {
        // What is not removed now is removed when it was not used for long.
        let _ = fs::remove_dir_all(self.folder.join(message.to_string()));
    }

    /// Removes the files that were not used for longest, until there are at most so many bytes. `newest` stays in any case.
    pub(crate) fn sweep(&self, max_bytes: u64, newest: &Path) {
        let mut files = self.files();
        files.sort_by_key(|(used, path, _)| (path != newest, Reverse(*used)));
        let mut bytes = 0_u64;
        for (_, path, size) in files {
            bytes = bytes.saturating_add(size);
            if bytes > max_bytes && path != newest {
                let _ = fs::remove_file(&path);
                // Only where it was the last of its message.
                let _ = path.parent().map(fs::remove_dir);
            }
        }
    }

    /// All whole files: when they were used last, where they are, and their sizes.
    fn files(&self) -> Vec<(SystemTime, PathBuf, u64)> {
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        let of_messages = entries(&self.folder).flat_map(|message| entries(&message.path()));
        let found = of_messages.filter_map(|file| {
            let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
            if file.path().extension().is_some_and(|it| it == PARTIAL) {
                return None;
            }
            Some((metadata.modified().ok()?, file.path(), metadata.len()))
        });
        found.collect()
    }
}

/// The files that are being loaded: one call loads a file, and others wait for that.
#[derive(Default)]
pub(crate) struct Loading(Mutex<BTreeMap<PathBuf, Weak<tokio::sync::Mutex<()>>>>);

impl Loading {
    /// Waits until nobody else loads this file.
    pub(crate) async fn alone(&self, file: &Path) -> OwnedMutexGuard<()> {
        let turn = {
            // Nothing that can panic runs under the lock.
            let mut loading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            loading.retain(|_, turn| turn.strong_count() > 0);
            let turn = loading.get(file).and_then(Weak::upgrade).unwrap_or_default();
            loading.insert(file.to_owned(), Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn new_id() -> MessageId {
        uuid::Uuid::now_v7().try_into().unwrap()
    }

    /// A cache with files of ten bytes, each used a second after the one before.
    fn with_files(names: &[&str]) -> (tempfile::TempDir, Cache, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: folder.path().join("cache") };
        assert!(cache.is_empty());
        let files: Vec<_> = names.iter().map(|url| cache.path(new_id(), url, "a.mp4")).collect();
        for (file, age) in files.iter().zip((0..10).rev()) {
            cache.make_room(file).unwrap();
            fs::write(file, [0; 10]).unwrap();
            let used = SystemTime::now() - Duration::from_secs(60 + age);
            File::open(file).unwrap().set_modified(used).unwrap();
        }
        (folder, cache, files)
    }

    fn are_there(files: &[PathBuf]) -> Vec<bool> {
        files.iter().map(|file| file.is_file()).collect()
    }

    #[test]
    fn the_files_used_last_stay() {
        let (_folder, cache, files) = with_files(&["a", "b", "c", "d"]);
        assert!(cache.use_now(&files[0]));
        cache.sweep(20, &files[3]);
        assert_eq!(are_there(&files), [true, false, false, true]);
        assert!(!cache.use_now(&files[1]));
        assert!(!files[1].parent().unwrap().exists(), "nor is its folder left");
        cache.sweep(0, &files[3]);
        assert_eq!(are_there(&files), [false, false, false, true], "however large the newest is");
    }

    #[test]
    fn the_files_of_a_message_go_together_and_nothing_else_goes() {
        let (_folder, cache, files) = with_files(&["a", "b"]);
        let first = files[0].parent().unwrap().file_name().unwrap().to_str().unwrap().parse().unwrap();
        let second_rendition = cache.path(first, "another", "");
        fs::write(&second_rendition, [0; 10]).unwrap();
        cache.forget(first);
        assert_eq!(are_there(&[files[0].clone(), second_rendition, files[1].clone()]), [false, false, true]);
        assert!(!cache.is_empty());
    }

    #[test]
    fn a_name_gives_an_extension_and_nothing_else() {
        let cache = Cache { folder: "cache".into() };
        let extension = |name: &str| {
            let path = cache.path(new_id(), "/media/1", name);
            assert_eq!(path.components().count(), 3, "{path:?}");
            path.extension().map(|it| it.to_str().unwrap().to_owned())
        };
        assert_eq!(extension("minutes.pdf").as_deref(), Some("pdf"));
        for plain in ["", "minutes", "a.b/../../c", "x.two words", "x.averylongone", "../..", "x.é"] {
            assert_eq!(extension(plain), None, "{plain}");
        }
        let (one, other) = (cache.path(new_id(), "/a", ""), cache.path(new_id(), "/a", ""));
        assert_ne!(one, other, "what one message names is no other message's");
    }
}
