//! The cache of a user: files of messages that the app had loaded without naming a target. The files used last stay, up to a
//! number of bytes.
//!
//! ```text
//! <user>/cache/<message ID>.<sender, in hexadecimal>.<digest of the address>[.<extension>]
//! ```
//!
//! Knows no network. Its folder has nothing but the cache, so that a system or an app may delete it at any time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use tim_protocol::{Fault, MessageId, UserId};
use tokio::sync::OwnedMutexGuard;

use super::files::{self, Files, hex, sha256};
use super::partial::PARTIAL;

/// Longest extension that a cached file keeps.
const MAX_EXTENSION: usize = 8;
/// How many digits of a digest tell addresses apart.
const DIGITS: usize = 32;
/// A partial file that did not grow for so long counts as any other.
const UNDER_WAY: Duration = Duration::from_secs(60 * 60);

/// A message, whose ID another sender may use, too.
pub(crate) type Cached = (MessageId, UserId);

/// The folder of a cache.
pub(crate) struct Cache {
    folder: PathBuf,
}

/// A file in it.
struct Entry {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

impl Cache {
    /// That of a user.
    pub(crate) fn of(files: &Files, user: &UserId) -> Self {
        Self { folder: files.cache(user) }
    }

    /// Where the file of a message with this address is, if it is there. Players look at the extension, which is that of `name`.
    pub(crate) fn path(&self, (id, sender): &Cached, url: &str, name: &str) -> PathBuf {
        let digest = sha256(url.as_bytes());
        let mut file =
            format!("{id}.{}.{}", hex(sender.as_str().as_bytes()), digest.get(..DIGITS).unwrap_or(&digest));
        let extension = Path::new(name).extension().and_then(|it| it.to_str()).filter(|it| *it != PARTIAL);
        let is_plain =
            |it: &&str| it.len() <= MAX_EXTENSION && it.bytes().all(|it| it.is_ascii_alphanumeric());
        if let Some(extension) = extension.filter(is_plain) {
            file.push('.');
            file.push_str(extension);
        }
        self.folder.join(file)
    }

    /// Notes that a file is used now. Gives whether it is there.
    pub(super) fn use_now(&self, file: &Path) -> bool {
        // Where times cannot be set, the files loaded last stay.
        let touched = File::open(file).map(|it| drop(it.set_modified(SystemTime::now())));
        touched.is_ok()
    }

    /// Makes the folder.
    ///
    /// # Errors
    /// [`tim_protocol::Code::STORAGE_FULL`] or [`tim_protocol::Code::DATA_DIR_UNUSABLE`].
    pub(super) fn make(&self) -> Result<(), Fault> {
        fs::create_dir_all(&self.folder).map_err(|why| {
            Fault::with_text(files::refusal(&why), format!("the cache cannot be written: {why}"))
        })
    }

    /// The messages that have files in it.
    pub(super) fn messages(&self) -> BTreeSet<Cached> {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        names.filter_map(|file| cached(file.file_name().to_str()?)).collect()
    }

    /// Removes the files of these messages.
    pub(super) fn forget(&self, gone: &BTreeSet<Cached>) {
        for file in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let of = file.file_name().to_str().and_then(cached);
            if of.is_some_and(|of| gone.contains(&of)) {
                // What is not removed now is removed when it was not used for long.
                let _ = fs::remove_file(file.path());
            }
        }
    }

    /// How many bytes it has.
    pub(super) fn bytes(&self) -> u64 {
        self.entries().iter().map(|it| it.size).sum()
    }

    /// Removes the files that were not used for longest, until there are at most so many bytes. `newest` stays in any case.
    pub(super) fn sweep(&self, max_bytes: u64, newest: &Path) {
        let mut entries = self.entries();
        entries.sort_by_key(|it| (it.path != newest, Reverse(it.used)));
        let mut bytes = 0_u64;
        for Entry { path, size, .. } in entries {
            bytes = bytes.saturating_add(size);
            if bytes > max_bytes && path != newest {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// All files but those that are loaded now.
    fn entries(&self) -> Vec<Entry> {
        let entry = |file: fs::DirEntry| {
            let metadata = file.metadata().ok().filter(fs::Metadata::is_file)?;
            let (path, used, size) = (file.path(), metadata.modified().ok()?, metadata.len());
            let is_partial = path.extension().is_some_and(|it| it == PARTIAL);
            let is_under_way = is_partial && !used.elapsed().is_ok_and(|age| age > UNDER_WAY);
            (!is_under_way).then_some(Entry { path, size, used })
        };
        fs::read_dir(&self.folder).into_iter().flatten().flatten().filter_map(entry).collect()
    }
}

/// The message of a file with this name.
fn cached(name: &str) -> Option<Cached> {
    let mut parts = name.split('.');
    let (id, sender) = (parts.next()?.parse().ok()?, parts.next()?.as_bytes());
    let pairs = sender.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let sender = String::from_utf8(pairs.collect::<Option<_>>()?).ok()?;
    Some((id, UserId::new(&sender).ok()?))
}

/// The files that are being loaded: one call loads a file, and others wait for that.
#[derive(Default)]
pub(super) struct Loading(Mutex<BTreeMap<PathBuf, Weak<tokio::sync::Mutex<()>>>>);

impl Loading {
    /// Waits until nobody else loads this file.
    pub(super) async fn alone(&self, file: &Path) -> OwnedMutexGuard<()> {
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
    use super::*;

    fn by(sender: &str) -> Cached {
        (uuid::Uuid::now_v7().try_into().unwrap(), UserId::new(sender).unwrap())
    }

    fn in_a_folder() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: folder.path().join("cache") };
        cache.make().unwrap();
        (folder, cache)
    }

    /// Ten bytes that were used so many seconds ago.
    fn write(file: &Path, age: u64) {
        fs::write(file, [0; 10]).unwrap();
        File::open(file).unwrap().set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    }

    fn are_there(files: &[PathBuf]) -> Vec<bool> {
        files.iter().map(|file| file.is_file()).collect()
    }

    #[test]
    fn the_files_used_last_stay() {
        let (_folder, cache) = in_a_folder();
        let files: Vec<_> = (0..4).map(|_| cache.path(&by("bob"), "/media/1", "a.mp4")).collect();
        files.iter().zip([90, 80, 70, 60]).for_each(|(file, age)| write(file, age));
        assert!(cache.use_now(&files[0]));
        assert_eq!(cache.bytes(), 40);
        cache.sweep(20, &files[3]);
        assert_eq!(are_there(&files), [true, false, false, true]);
        assert!(!cache.use_now(&files[1]));
        cache.sweep(0, &files[3]);
        assert_eq!(are_there(&files), [false, false, false, true], "however large the newest is");
    }

    #[test]
    fn a_partial_file_counts_once_it_does_not_grow_any_more() {
        let (_folder, cache) = in_a_folder();
        let grows = cache.path(&by("bob"), "/media/1", "").with_extension(PARTIAL);
        let left = cache.path(&by("bob"), "/media/2", "").with_extension(PARTIAL);
        write(&grows, 60);
        write(&left, 60 * 60 + 1);
        cache.sweep(0, Path::new("another"));
        assert_eq!(are_there(&[grows, left]), [true, false]);
    }

    #[test]
    fn the_files_of_a_message_go_together_and_nothing_else_goes() {
        let (_folder, cache) = in_a_folder();
        let (first, second) = (by("bob"), by("carol"));
        let alike = (first.0, UserId::new("mallory").unwrap());
        let files = [
            cache.path(&first, "/media/1", "a.pdf"),
            cache.path(&first, "/media/2", ""),
            cache.path(&alike, "/media/1", "a.pdf"),
            cache.path(&second, "/media/1", ""),
        ];
        files.iter().for_each(|file| write(file, 60));
        assert_eq!(cache.messages(), BTreeSet::from([first.clone(), alike, second]));
        cache.forget(&BTreeSet::from([first]));
        assert_eq!(are_there(&files), [false, false, true, true]);
    }

    #[test]
    fn a_name_gives_an_extension_and_nothing_else() {
        let cache = Cache { folder: "cache".into() };
        let of = by("bob");
        let extension = |name: &str| {
            let path = cache.path(&of, "/media/1", name);
            assert_eq!(path.parent(), Some(Path::new("cache")), "{path:?}");
            assert_eq!(cached(path.file_name().unwrap().to_str().unwrap()).unwrap(), of);
            path.extension().map(|it| it.to_str().unwrap().to_owned()).filter(|it| it.len() < DIGITS)
        };
        assert_eq!(extension("minutes.pdf").as_deref(), Some("pdf"));
        for plain in
            ["", "minutes", "a.b/../../c", "x.two words", "x.averylongone", "../..", "x.é", "x.partial"]
        {
            assert_eq!(extension(plain), None, "{plain}");
        }
        assert_ne!(cache.path(&of, "/a", ""), cache.path(&by("bob"), "/a", ""));
    }
}
