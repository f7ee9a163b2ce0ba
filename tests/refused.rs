//! A system that has no more threads: an instance that is there goes on with those it has. In a process of its own, as a
//! user who may not have as many threads as they like, which root may.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tim::options::TimOptions;
use tim::{Code, Tim};

/// Names the folder of the process that has no more threads.
const FOLDER: &str = "TIM_REFUSED";

#[test]
fn an_instance_needs_no_more_threads_than_it_was_made_with() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return with_no_more_threads(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let program = folder.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0";
    let mut command = Command::new(if is_root { "setpriv".as_ref() } else { program.as_os_str() });
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    }
    assert!(command.env(FOLDER, folder.path()).status().unwrap().success());
}

fn with_no_more_threads(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // A name, which is looked up by what may block; so does the database.
    let mut options = TimOptions::new(8, "ws://localhost:1".to_owned(), folder.join("data"));
    options.login_timeout = Duration::from_secs(1);
    let alice = Tim::create(options).unwrap();
    let me = std::process::id().to_string();
    assert!(Command::new("prlimit").args(["--nproc=1:1", "--pid", &me]).status().unwrap().success());
    assert!(std::thread::Builder::new().spawn(|| ()).is_err(), "there are more");
    let why = runtime.block_on(alice.login("alice", "a token")).unwrap_err();
    assert!([Code::NETWORK_ERROR, Code::TIMEOUT].contains(&why.code), "{why}");
    runtime.block_on(alice.destroy()).unwrap();
}
