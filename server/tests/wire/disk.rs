//! A disk that takes nothing, and files that go away under a server that runs.

use std::io::Write as _;
use std::process::{Command, Stdio};

use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use tim_protocol::Code;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::ChildStderr;

use crate::stage::{Server, code, http, soon};

async fn health(server: &Server) -> (StatusCode, Bytes) {
    http(&server.admin, Method::GET, "/healthz", &[], Vec::new()).await
}

#[tokio::test]
async fn a_server_that_can_write_nothing_is_not_healthy_until_it_can() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    assert_eq!(alice.sends("C2Calice", "kept").await["r"]["sequence"], 1);
    assert_eq!(health(&server).await.0, StatusCode::OK);
    server.disk(Some(1));
    assert_eq!(alice.sends("C2Calice", "refused").await["e"]["c"], Code::READ_ONLY.0);
    let (status, body) = health(&server).await;
    assert_eq!((status, code(&body)), (StatusCode::SERVICE_UNAVAILABLE, u64::from(Code::READ_ONLY.0)));
    let history = serde_json::json!({ "conversationID": "C2Calice", "low": 1, "high": 9, "limit": 9 });
    assert_eq!(alice.ask("msg.history", &history).await["r"]["high"], 1, "reading goes on");
    server.disk(None);
    assert_eq!(health(&server).await.0, StatusCode::OK);
    assert_eq!(alice.sends("C2Calice", "kept again").await["r"]["sequence"], 2);
}

/// The tracer of the kernel's calls that a server makes to sync its files.
#[cfg(target_os = "linux")]
struct Syncs {
    log: std::path::PathBuf,
    _tracer: tokio::process::Child,
    _says: Lines<BufReader<ChildStderr>>,
}

#[cfg(target_os = "linux")]
impl Syncs {
    async fn of(server: &Server) -> Self {
        let log = server.folder.path().join("syncs");
        let mut tracer = tokio::process::Command::new("strace")
            .args(["-f", "-e", "trace=fsync,fdatasync", "-p", &server.pid(), "-o"])
            .arg(&log)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("script/test installs strace");
        let mut says = BufReader::new(tracer.stderr.take().unwrap()).lines();
        let attached = soon(says.next_line()).await.unwrap().unwrap();
        assert!(attached.contains("attached with"), "{attached}");
        Self { log, _tracer: tracer, _says: says }
    }

    /// How many have ended: a thread goes on when the tracer has written down the end of its call.
    fn ended(&self) -> usize {
        std::fs::read_to_string(&self.log).unwrap().lines().filter(|line| line.ends_with("= 0")).count()
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn every_message_is_synced_before_it_is_acknowledged() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let syncs = Syncs::of(&server).await;
    for number in 1..=10 {
        let sent = alice.sends("C2Calice", "is this safe?").await;
        assert!(sent["r"]["sequence"].is_number(), "{sent}");
        assert!(syncs.ended() >= number, "{number} acknowledged, {} synced", syncs.ended());
    }
}

/// Files that are gone take every change with them when the process ends.
#[tokio::test]
async fn nothing_is_acknowledged_once_the_databases_files_are_gone() {
    for file in ["tim.db", "tim.db-wal"] {
        let mut server = Server::start().await;
        let mut alice = server.login("alice").await;
        assert_eq!(alice.sends("C2Calice", "kept").await["r"]["sequence"], 1);
        let away = server.folder.path().join("away");
        std::fs::rename(server.data().join(file), &away).unwrap();
        let refused = alice.sends("C2Calice", "into nothing").await;
        assert_eq!(refused["e"]["c"], Code::READ_ONLY.0, "{file}: {refused}");
        assert!(refused["e"]["t"].as_str().unwrap().contains("moved or deleted"), "{refused}");
        let (status, body) = health(&server).await;
        assert_eq!((status, code(&body)), (StatusCode::SERVICE_UNAVAILABLE, u64::from(Code::READ_ONLY.0)));

        std::fs::rename(&away, server.data().join(file)).unwrap();
        assert_eq!(health(&server).await.0, StatusCode::OK, "{file} is back");
        let sent = alice.sends("C2Calice", "kept as well").await;
        assert!(sent["r"]["sequence"].is_number(), "{file}: {sent}");
        server.terminate();
        assert!(soon(server.process.take().unwrap().wait()).await.unwrap().success());
    }
}

/// A disk of its own, which is taken away at the end.
struct Disk(std::path::PathBuf);

impl Disk {
    /// `None` where nobody may mount anything.
    fn mount(folder: &std::path::Path, mib: u32) -> Option<Self> {
        let options = format!("size={mib}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then(|| Self(folder.to_owned()))
    }

    /// Leaves no byte free.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("somebody else's")).unwrap();
        for piece in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![1; piece]).is_ok() {}
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Needs the right to mount a file system, which root has.
#[tokio::test]
async fn a_server_starts_on_a_full_disk_and_what_it_keeps_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(folder.path(), 16) else {
        return println!("left out: no file system can be mounted here, which root may");
    };
    let mut server = Server::start_in(folder, "").await;
    let mut alice = server.login("alice").await;
    assert_eq!(alice.sends("C2Calice", "kept").await["r"]["sequence"], 1);
    server.terminate();
    assert!(soon(server.process.take().unwrap().wait()).await.unwrap().success());
    disk.fill();

    server.serve().await;
    let mut alice = server.login("alice").await;
    let history = serde_json::json!({ "conversationID": "C2Calice", "low": 1, "high": 9, "limit": 9 });
    assert_eq!(alice.ask("msg.history", &history).await["r"]["high"], 1);
    disk.fill();
    // What still fits into the log is kept, and what does not is refused with the disk's own number.
    let refused = loop {
        let answer = alice.sends("C2Calice", &"x".repeat(4_000)).await;
        if answer["r"].is_null() {
            break answer;
        }
    };
    assert_eq!(refused["e"]["c"], Code::READ_ONLY.0, "{refused}");
    assert!(alice.ask("msg.history", &history).await["r"]["high"].as_u64() >= Some(1));
    drop(disk);
}
