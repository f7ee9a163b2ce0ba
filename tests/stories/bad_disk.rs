//! Databases that are damaged or from the future, on either side, and a device's disk that is full: a clear number, and
//! nothing stored is lost. Files that may not grow are in `tests/store.rs` and `server/tests/store.rs`, in processes of
//! their own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tim::event::Event;
use tim::{Code, ConversationId, Tim};

use crate::world::{Device, World, server_program, text_of};

/// The database files below a folder.
pub fn databases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(databases(&path));
        } else if path.extension().is_some_and(|extension| extension == "db") {
            found.push(path);
        }
    }
    found
}

fn spoil(path: &Path) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    std::fs::write(path, b"this is not a database, whatever its name says").unwrap();
}

fn set_version(path: &Path, version: i64) {
    rusqlite::Connection::open(path).unwrap().pragma_update(None, "user_version", version).unwrap();
}

/// Whose device it was whose app has ended, to be started again.
async fn ended(device: Device) -> (String, String) {
    device.tim.destroy().await.unwrap();
    (device.user, device.name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devices_damaged_database_is_set_aside_and_rebuilt() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "on the server").await;
    bob.messages(1).await;
    let folder = bob.options.data_dir.clone();
    let (user, name) = ended(bob).await;
    for database in databases(&folder) {
        spoil(&database);
    }
    let bob = world.device_offline(&user, &name);
    bob.login(&world).await;
    let list =
        bob.tim.get_message_list(&"C2Calice".parse::<ConversationId>().unwrap(), None, 15).await.unwrap();
    assert_eq!(text_of(&list.message_list[0]), Some("on the server"));
    let heard = bob.heard.lock().await;
    assert!(
        heard.iter().any(|event| matches!(event, Event::Error { code, .. } if *code == Code::STORE_REBUILT)),
        "{heard:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_database_is_damaged_while_it_runs_goes_on_by_itself() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    for number in 0..40 {
        alice.send("C2Cbob", &format!("number {number}")).await;
    }
    bob.messages(40).await;
    let to_alice: ConversationId = "C2Calice".parse().unwrap();
    for database in databases(&bob.options.data_dir) {
        let file = rusqlite::Connection::open(database).unwrap();
        file.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        let changed = "UPDATE msg SET message = replace(message, 'number 7', 'number 8') WHERE seq = 8";
        assert_eq!(file.execute(changed, []).unwrap(), 1);
    }
    let why = bob.tim.get_message_list(&to_alice, None, 40).await.unwrap_err();
    assert_eq!(why.code, Code::STORE_DAMAGED);
    bob.expect("STORE_REBUILT", |event| {
        matches!(event, Event::Error { code, .. } if *code == Code::STORE_REBUILT).then_some(())
    })
    .await;
    // The first conversation list that is emitted after it comes from the server.
    bob.expect("the conversation", |event| {
        matches!(event, Event::ConversationListUpdated(list) if !list.is_empty()).then_some(())
    })
    .await;
    let list = bob.tim.get_message_list(&to_alice, None, 40).await.unwrap().message_list;
    let texts: Vec<String> = list.iter().filter_map(text_of).map(str::to_owned).collect();
    let sent: Vec<String> = (0..40).map(|number| format!("number {number}")).collect();
    assert_eq!(texts, sent);
    alice.send("C2Cbob", "afterwards").await;
    assert_eq!(bob.next_text().await, "afterwards");
}

/// A database with its log, as a process that was killed leaves them.
struct Killed {
    database: PathBuf,
    file: Vec<u8>,
    log: Vec<u8>,
}

impl Killed {
    /// Of a device whose app runs.
    fn copy(device: &Device) -> Self {
        let database = databases(&device.options.data_dir).remove(0);
        let (file, log) =
            (std::fs::read(&database).unwrap(), std::fs::read(Self::log_of(&database)).unwrap());
        Self { database, file, log }
    }

    fn log_of(database: &Path) -> PathBuf {
        format!("{}-wal", database.display()).into()
    }

    /// Puts it where the device's app finds it, with these bytes of the log overwritten.
    fn put_back(&self, damage: std::ops::Range<usize>) {
        let mut log = self.log.clone();
        log[damage].fill(0x5a);
        std::fs::write(&self.database, &self.file).unwrap();
        std::fs::write(Self::log_of(&self.database), log).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_databases_log_is_damaged_has_everything_back_from_the_server() {
    let world = World::new().await;
    let (mut alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let mut words = Vec::new();
    for number in 0..10 {
        words.extend([format!("question {number}"), format!("answer {number}")]);
        alice.send("C2Cbob", &format!("question {number}")).await;
        bob.send("C2Calice", &format!("answer {number}")).await;
        assert_eq!(alice.next_text().await, format!("answer {number}"));
    }
    let killed = Killed::copy(&alice);
    let end = killed.log.len();
    assert!(end > 100_000, "the log holds little: {end} bytes");
    // Its head, its first frame, one in the middle and the last.
    for damage in [0..32, 40..200, end / 2..end / 2 + 100, end - 100..end, 0..end] {
        let (user, name) = ended(alice).await;
        killed.put_back(damage.clone());
        alice = world.device_offline(&user, &name);
        alice.login(&world).await;
        let with_bob: ConversationId = "C2Cbob".parse().unwrap();
        let list = alice.tim.get_message_list(&with_bob, None, 40).await.unwrap().message_list;
        let texts: Vec<&str> = list.iter().filter_map(text_of).collect();
        assert_eq!(texts, words, "{damage:?}");
    }
    alice.send("C2Cbob", "and still").await;
    let told = bob.messages(11).await;
    let told: Vec<&str> = told.iter().filter_map(text_of).collect();
    assert_eq!((told[0], told[10]), ("question 0", "and still"), "none came twice: {told:?}");
}

/// A small disk of its own, which is taken away at the end.
struct Disk(PathBuf);

impl Disk {
    /// `None` where nobody may mount anything.
    fn mount(folder: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder);
        let mounted = mount.output().is_ok_and(|mounted| mounted.status.success());
        mounted.then(|| Self(folder.to_owned()))
    }

    fn others_file(&self) -> PathBuf {
        self.0.join("somebody else's")
    }

    /// Leaves no byte free.
    fn fill(&self) {
        let mut file = std::fs::File::options().create(true).append(true).open(self.others_file()).unwrap();
        for piece in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![1; piece]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.others_file()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_says_that_its_disk_is_full_and_goes_on_when_there_is_space() {
    let world = World::new().await;
    let offline = world.device_offline("alice", "phone");
    let options = offline.options.clone();
    ended(offline).await;
    let Some(disk) = Disk::mount(&options.data_dir) else {
        return eprintln!("skipped: only root may mount a file system");
    };
    let is_full = |code: Code| assert_eq!(code, Code::STORAGE_FULL);

    // A new device.
    disk.fill();
    is_full(Tim::create(options).err().unwrap().code);
    disk.free();
    let alice = world.device_offline("alice", "phone");
    disk.fill();
    is_full(alice.tim.login("alice", &world.sig("alice")).await.unwrap_err().code);
    disk.free();
    alice.login(&world).await;
    alice.send("C2Calice", "kept").await;

    // A device that is in use.
    disk.fill();
    let refused = loop {
        match alice.tim.send_message(alice.text("C2Calice", &"x".repeat(4_000))).await {
            Ok(_) => {}
            Err(why) => break why,
        }
    };
    is_full(refused.code);

    // A device that is started again.
    ended(alice).await;
    disk.fill();
    let alice = world.device_offline("alice", "phone");
    if let Err(why) = alice.tim.login("alice", &world.sig("alice")).await {
        is_full(why.code);
    } else {
        alice
            .expect("130168", |event| {
                matches!(event, Event::Error { code: Code::STORAGE_FULL, .. }).then_some(())
            })
            .await;
    }
    for event in alice.heard.lock().await.iter() {
        assert!(!matches!(event, Event::Error { code: Code::DATABASE_FAILED, .. }), "{event:?}");
    }
    disk.free();
    alice.login(&world).await;
    let with_herself: ConversationId = "C2Calice".parse().unwrap();
    let list = alice.tim.get_message_list(&with_herself, None, 15).await.unwrap().message_list;
    assert_eq!(text_of(&list[0]), Some("kept"));
    alice.send("C2Calice", "kept again").await;
    ended(alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devices_database_from_the_future_is_left_alone() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let folder = alice.options.data_dir.clone();
    let (user, name) = ended(alice).await;
    for database in databases(&folder) {
        set_version(&database, 9_999);
    }
    let alice = world.device_offline(&user, &name);
    let why = alice.tim.login("alice", &world.sig("alice")).await.unwrap_err();
    assert_eq!(why.code, Code::STORE_NEWER);
}

fn serve_refuses(world: &World) -> String {
    let output = Command::new(server_program())
        .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
        .arg(world.data())
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_start_on_a_damaged_or_newer_database() {
    let world = World::new().await;
    world.kill_server().await;
    let database = databases(&world.data()).remove(0);
    set_version(&database, 9_999);
    assert!(serve_refuses(&world).contains(&Code::DATABASE_NEWER.to_string()));
    spoil(&database);
    assert!(serve_refuses(&world).contains(&Code::DATABASE_CORRUPT.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_server_serves_in_its_place() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.send("C2Cbob", "before the backup").await;
    bob.messages(1).await;
    let copy = world.folder.path().join("backup");
    world.server_command(&["backup", "--to", copy.to_str().unwrap()]);
    alice.send("C2Cbob", "after the backup").await;
    bob.messages(1).await;

    world.kill_server().await;
    std::fs::rename(world.data(), world.folder.path().join("lost")).unwrap();
    std::fs::rename(copy, world.data()).unwrap();
    world.start_server().await;
    // The copy never had the second message. Alice's phone still has it, and sends it again under its identity.
    let bobs_tablet = world.device("bob", "tablet").await;
    let to_alice: ConversationId = "C2Calice".parse().unwrap();
    loop {
        let list = bobs_tablet.tim.get_message_list(&to_alice, None, 15).await.unwrap().message_list;
        let texts: Vec<&str> = list.iter().filter_map(text_of).collect();
        if texts == ["before the backup", "after the backup"] {
            break;
        }
        assert_eq!(texts, ["before the backup"]);
        bobs_tablet
            .expect("a message", |event| matches!(event, Event::MessageReceived(_)).then_some(()))
            .await;
    }
}
