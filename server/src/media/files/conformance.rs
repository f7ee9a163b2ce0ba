//! What every store of files promises, tested with a folder and with a bucket of a server that speaks as S3 does.

use std::path::Path;

use futures_util::TryStreamExt as _;
use hyper::body::Bytes;
use tempfile::TempDir;
use tim_protocol::Code;
use tim_protocol::media::RenditionType;

use super::bucket_server::BucketServer;
use super::contract::HEAD_BYTES;
use super::*;

/// Larger than what a bucket takes at once, and than what it gives at once.
const LARGE: usize = 17 * 1024 * 1024 + 7;

struct Stores {
    work: TempDir,
    server: BucketServer,
}

impl Stores {
    async fn new() -> Self {
        Self { work: tempfile::tempdir().unwrap(), server: BucketServer::start().await }
    }

    fn config(&self) -> MediaConfig {
        toml::from_str(&self.server.lines("bucket")).unwrap()
    }

    /// Every store, empty.
    async fn all(&self) -> [(&'static str, Arc<dyn Files>); 2] {
        let folder = self.work.path().join("media");
        std::fs::create_dir_all(&folder).unwrap();
        [
            ("folder", open(&MediaConfig::default(), &folder).unwrap()),
            ("bucket", open_and_try(&self.config(), &folder).await.unwrap()),
        ]
    }

    /// An upload of these bytes.
    fn kept(&self, sha256: &str, bytes: &[u8], smaller: &[(RenditionType, &'static [u8])]) -> Kept {
        let original = self.work.path().join("part");
        std::fs::write(&original, bytes).unwrap();
        let smaller = smaller.iter().map(|(rendition, bytes)| (*rendition, Bytes::from_static(bytes)));
        Kept { sha256: sha256.to_owned(), original, smaller: smaller.collect() }
    }
}

fn name(sha256: &str, rendition: RenditionType) -> FileName {
    FileName { sha256: sha256.to_owned(), rendition }
}

async fn bytes(store: &dyn Files, name: &FileName, start: u64, count: u64) -> Vec<u8> {
    let pieces: Vec<Bytes> = store.read(name, start, count).await.unwrap().try_collect().await.unwrap();
    pieces.concat()
}

async fn code(store: &dyn Files, name: &FileName) -> Option<Code> {
    store.open(name).await.err().map(|why| why.code)
}

#[tokio::test]
async fn what_was_kept_is_there_until_it_is_erased() {
    let stores = Stores::new().await;
    for (kind, store) in stores.all().await {
        let (thumb, original) = (name("abc1", RenditionType::Thumb), name("abc1", RenditionType::Original));
        assert_eq!(code(&*store, &original).await, Some(Code::MEDIA_NOT_FOUND), "{kind}");
        store.keep(stores.kept("abc1", b"a picture", &[(RenditionType::Thumb, b"small")])).await.unwrap();
        let opened = store.open(&original).await.ok().unwrap();
        assert_eq!((opened.length, opened.head.as_ref()), (9, b"a picture".as_slice()), "{kind}");
        assert_eq!(bytes(&*store, &original, 2, 4).await, b"pict", "{kind}");
        assert_eq!(bytes(&*store, &thumb, 0, 5).await, b"small", "{kind}");
        assert_eq!(code(&*store, &name("abc1", RenditionType::Large)).await, Some(Code::MEDIA_NOT_FOUND));
        let both = ["abc1".to_owned(), "never-there".to_owned()].to_vec();
        assert_eq!(store.erase(both.clone()).await, both, "{kind}");
        assert_eq!(code(&*store, &original).await, Some(Code::MEDIA_NOT_FOUND), "{kind}");
        assert_eq!(code(&*store, &thumb).await, Some(Code::MEDIA_NOT_FOUND), "{kind}");
        assert_eq!(store.erase(both.clone()).await, both, "{kind}: as after a crash");
        store.check().await.unwrap();
    }
}

#[tokio::test]
async fn a_large_file_is_the_same_in_whole_and_in_parts() {
    let stores = Stores::new().await;
    let large: Vec<u8> = (0..LARGE).map(|it| u8::try_from(it * 31 % 251).unwrap()).collect();
    for (kind, store) in stores.all().await {
        store.keep(stores.kept("ff00", &large, &[])).await.unwrap();
        let name = name("ff00", RenditionType::Original);
        let opened = store.open(&name).await.ok().unwrap();
        assert_eq!((opened.length, opened.head.len()), (LARGE as u64, HEAD_BYTES), "{kind}");
        assert!(bytes(&*store, &name, 0, LARGE as u64).await == large, "{kind}");
        let (from, count) = (3 * 1024 * 1024 - 5, 2 * 1024 * 1024);
        assert!(
            bytes(&*store, &name, from as u64, count as u64).await == large[from..from + count],
            "{kind}"
        );
    }
}

#[tokio::test]
async fn equal_files_share_their_bytes_and_a_rendition_stays_what_it_was() {
    let stores = Stores::new().await;
    for (kind, store) in stores.all().await {
        for thumb in [b"first", b"later"] {
            store.keep(stores.kept("aa", b"same", &[(RenditionType::Thumb, thumb)])).await.unwrap();
        }
        assert_eq!(bytes(&*store, &name("aa", RenditionType::Thumb), 0, 5).await, b"first", "{kind}");
        assert_eq!(bytes(&*store, &name("aa", RenditionType::Original), 0, 4).await, b"same", "{kind}");
    }
}

#[tokio::test]
async fn a_bucket_has_the_names_of_the_folder() {
    let stores = Stores::new().await;
    for (_, store) in stores.all().await {
        store.keep(stores.kept("abcd", b"bytes", &[])).await.unwrap();
    }
    let in_bucket = stores.server.folder().join("chat/media/ab/abcd.0");
    for path in [stores.work.path().join("media/ab/abcd.0").as_path(), Path::new(&in_bucket)] {
        assert_eq!(std::fs::read(path).unwrap(), b"bytes", "{}", path.display());
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_at_the_start_without_the_keys() {
    let stores = Stores::new().await;
    let other = |what: &str, instead: &str| {
        toml::from_str::<MediaConfig>(&stores.server.lines("bucket").replace(what, instead)).unwrap()
    };
    for (config, says) in [
        (other("tim-secret", "wrong-secret"), "refuses the access key (SignatureDoesNotMatch)"),
        (other("tim-access", "wrong-access"), "refuses the access key"),
        (other("\"tim-media\"", "\"not-there\""), "does not exist: make it"),
    ] {
        let why = open_and_try(&config, stores.work.path()).await.err();
        let why = why.unwrap_or_else(|| panic!("nothing of: {says}")).to_string();
        assert!(why.contains(says), "{why}");
        for key in ["tim-secret", "tim-access", "wrong-secret", "wrong-access"] {
            assert!(!why.contains(key), "{why}");
        }
    }
}

#[tokio::test]
async fn keys_that_may_not_list_are_refused_at_the_start_and_are_told_what_they_need() {
    let stores = Stores::new().await;
    stores.server.hide_missing();
    let why = open_and_try(&stores.config(), stores.work.path()).await.err().unwrap().to_string();
    assert!(why.contains("AccessDenied") && why.contains("s3:ListBucket"), "{why}");
}

#[tokio::test]
async fn many_files_are_erased_with_one_request_or_one_by_one() {
    let stores = Stores::new().await;
    let digests: Vec<String> = (10..20).map(|it| format!("{it}ab")).collect();
    for (bulk_delete, requests) in [(true, 1), (false, 30)] {
        let lines = format!("{}bulk_delete = {bulk_delete}\n", stores.server.lines("bucket"));
        let store = open_and_try(&toml::from_str(&lines).unwrap(), stores.work.path()).await.unwrap();
        for digest in &digests {
            store.keep(stores.kept(digest, b"a picture", &[(RenditionType::Thumb, b"small")])).await.unwrap();
        }
        let before = stores.server.requests();
        assert_eq!(store.erase(digests.clone()).await, digests);
        assert_eq!(stores.server.requests() - before, requests);
        for digest in &digests {
            assert_eq!(
                code(&*store, &name(digest, RenditionType::Original)).await,
                Some(Code::MEDIA_NOT_FOUND)
            );
        }
    }
}

#[tokio::test]
async fn a_bucket_that_is_away_is_told_from_a_file_that_is_missing_and_comes_back() {
    let stores = Stores::new().await;
    let [_, (_, store)] = stores.all().await;
    store.keep(stores.kept("abc1", b"a picture", &[])).await.unwrap();
    stores.server.go_away();
    let original = name("abc1", RenditionType::Original);
    let why = store.open(&original).await.err().unwrap();
    assert_eq!(why.code, Code::BUSY);
    assert!(why.retry_after.is_some());
    assert_eq!(store.keep(stores.kept("abc2", b"another", &[])).await.unwrap_err().code, Code::BUSY);
    assert!(store.erase(["abc1".to_owned()].to_vec()).await.is_empty());
    assert!(store.check().await.unwrap_err().contains("does not answer"));
    // A server starts also then.
    open_and_try(&stores.config(), stores.work.path()).await.unwrap();
    stores.server.come_back();
    assert_eq!(bytes(&*store, &original, 0, 9).await, b"a picture");
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_bucket_that_was_removed_is_not_a_file_that_is_missing() {
    let stores = Stores::new().await;
    let [_, (_, store)] = stores.all().await;
    std::fs::remove_dir_all(stores.server.folder()).unwrap();
    assert_eq!(code(&*store, &name("abc1", RenditionType::Original)).await, Some(Code::BUSY));
    assert!(store.check().await.unwrap_err().contains("does not exist"));
}
