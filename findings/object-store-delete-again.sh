#!/usr/bin/env bash
# The files of a chat behind one trait in Rust: object_store's ObjectStore, which is a bucket in production, a folder on a small
# server, and memory in tests. A cleaner deletes files that no message names any more, and asks again after a crash, when it
# cannot know what was deleted already.
#
# Expected: one trait, one meaning. To delete what is not there succeeds, as S3's DeleteObject does; a folder in which nothing is
# left is not listed, because a bucket has no folders.
# What happens: with object_store 0.14.0 the store in memory behaves so. The store in a folder answers NotFound to the second
# delete, and lists the folder of the deleted file for ever. So a cleaner that passes its tests stops at the first file that it
# deleted before a crash, or tries again without end.
# So: take NotFound for success wherever something is deleted, test against a folder as well as against memory, and never
# conclude from a listed folder that something is in it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "files"
version = "0.0.0"
edition = "2021"

[dependencies]
object_store = { version = "=0.14.0", default-features = false, features = ["fs"] }
tokio = { version = "=1.54.1", features = ["rt"] }
tempfile = "=3.27.0"
TOML
cat >src/main.rs <<'RUST'
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

fn end(result: object_store::Result<()>) -> &'static str {
    match result {
        Ok(()) => "done",
        Err(object_store::Error::NotFound { .. }) => "not found",
        Err(_) => "another error",
    }
}

async fn cleans(name: &str, store: Arc<dyn ObjectStore>) {
    let file = Path::from("media/7/picture");
    store.put(&file, "a picture".into()).await.unwrap();
    let deleted = [end(store.delete(&file).await), end(store.delete(&file).await)];
    let listed = store.list_with_delimiter(None).await.unwrap();
    let folders: Vec<_> = listed.common_prefixes.iter().map(|it| it.to_string()).collect();
    println!("{name}: deleted {deleted:?}, folders {folders:?}");
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let local = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        cleans("memory", Arc::new(InMemory::new())).await;
        cleans("folder", Arc::new(local)).await;
    });
}
RUST
cargo run --quiet >seen
cat seen
diff seen - <<'EXPECTED'
memory: deleted ["done", "done"], folders []
folder: deleted ["done", "not found"], folders ["media"]
EXPECTED
