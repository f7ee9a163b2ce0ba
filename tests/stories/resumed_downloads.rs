//! Downloads that go on where they ended: when a connection breaks, when the app ends, and when it is killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tim::event::{Event, EventListener};
use tim::message::{Message, Priority, RenditionType};
use tim::options::TimOptions;
use tim::{Code, ConversationType, MessageId, Tim};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::proxy::Proxy;
use crate::world::{Device, World};

pub const BYTES: usize = 3_000_000;
/// What a connection brings that breaks.
pub const A_PART: u64 = 1_000_000;
/// Enough for the rest, and too little for the whole.
pub const THE_REST: u64 = 2_300_000;

/// A file that is different everywhere.
pub fn archive() -> Vec<u8> {
    (0..BYTES / 4).flat_map(|n: usize| (n as u32).wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

/// Bob on a wire, a file of alice's that he was told of, and the folder that he loads it into.
async fn sent_a_file(world: &World) -> (Proxy, Device, Message, PathBuf) {
    let alice = world.device("alice", "phone").await;
    let wire = Proxy::new(&world.address).await;
    let bob = world.device_at("bob", "laptop", &wire.address);
    bob.login(world).await;
    let message = alice.tim.create_file_message(
        "bob",
        ConversationType::C2c,
        archive(),
        "archive.bin",
        Priority::Normal,
        |_| {},
    );
    alice.tim.send_message(message.unwrap()).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    let folder = world.folder.path().join("downloads");
    std::fs::create_dir(&folder).unwrap();
    (wire, bob, got, folder)
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path()).collect()
}

/// How many records there are of partial files.
fn records(device: &Device) -> usize {
    let database = crate::bad_disk::databases(&device.options.data_dir).remove(0);
    files(&database.with_file_name("downloads")).len()
}

/// Bob's app ends when a third of the file has come. Gives what is on the disk then.
async fn ended_in_the_middle(wire: &Proxy, bob: Device, got: &Message, target: &Path) -> (Device, PathBuf) {
    wire.break_after(A_PART);
    let (say, mut told) = mpsc::unbounded_channel();
    let (tim, message, into) = (bob.tim.clone(), got.clone(), target.to_owned());
    let tell = move |percent| say.send(percent).unwrap();
    let loading =
        tokio::spawn(
            async move { tim.download_attachment(&message, RenditionType::Original, &into, tell).await },
        );
    while told.recv().await.unwrap() < 1 {}
    // It does not go on meanwhile.
    wire.hold();
    while told.recv().await.unwrap() < 30 {}
    wire.cut();
    let bob = bob.restart().await;
    assert_eq!(loading.await.unwrap().unwrap_err().code, Code::DESTROYED);
    let there = files(target.parent().unwrap());
    assert!(there.len() == 1 && std::fs::metadata(&there[0]).unwrap().len() > BYTES as u64 / 4, "{there:?}");
    assert_eq!(records(&bob), 1);
    wire.break_after(THE_REST);
    wire.release();
    wire.mend();
    (bob, there[0].clone())
}

pub async fn load(bob: &Device, got: &Message, target: &Path) -> Result<(), Code> {
    let loading = bob.tim.download_attachment(got, RenditionType::Original, target, |_| {});
    loading.await.map_err(|why| why.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_when_its_connection_breaks() {
    let world = World::new().await;
    let (wire, bob, got, folder) = sent_a_file(&world).await;
    wire.break_after(A_PART);
    let before = wire.connections();
    let progress = Arc::new(Mutex::new(Vec::new()));
    let seen = progress.clone();
    let see = move |percent| seen.lock().unwrap().push(percent);
    let target = folder.join("archive.bin");
    bob.tim.download_attachment(&got, RenditionType::Original, &target, see).await.unwrap();
    assert!(std::fs::read(&target).unwrap() == archive());
    assert_eq!(wire.connections() - before, 4, "each brings a part");
    let progress = progress.lock().unwrap().clone();
    assert!(progress.is_sorted() && progress.last() == Some(&100), "{progress:?}");
    assert_eq!((files(&folder), records(&bob)), (vec![target], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_after_a_restart_of_the_app() {
    let world = World::new().await;
    let (wire, bob, got, folder) = sent_a_file(&world).await;
    let target = folder.join("archive.bin");
    let (bob, _) = ended_in_the_middle(&wire, bob, &got, &target).await;
    bob.login(&world).await;
    let before = wire.connections();
    load(&bob, &got, &target).await.unwrap();
    assert!(std::fs::read(&target).unwrap() == archive());
    assert_eq!(wire.connections() - before, 1, "it brought only the rest");
    assert_eq!((files(&folder), records(&bob)), (vec![target], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_of_a_download_is_not_trusted() {
    let world = World::new().await;
    let (wire, bob, got, folder) = sent_a_file(&world).await;
    let target = folder.join("archive.bin");
    let (bob, partial) = ended_in_the_middle(&wire, bob, &got, &target).await;
    let mut damaged = std::fs::read(&partial).unwrap();
    damaged[10] ^= 1;
    std::fs::write(&partial, damaged).unwrap();
    bob.login(&world).await;
    wire.break_after(u64::MAX);
    load(&bob, &got, &target).await.unwrap();
    assert!(std::fs::read(&target).unwrap() == archive());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_download_and_one_of_a_removed_file_leave_nothing() {
    let world = World::new().await;
    let (wire, bob, got, folder) = sent_a_file(&world).await;
    let target = folder.join("archive.bin");
    let (bob, _) = ended_in_the_middle(&wire, bob, &got, &target).await;
    bob.login(&world).await;
    wire.hold();
    let tim = bob.tim.clone();
    let mut loading = Box::pin(tim.download_attachment(&got, RenditionType::Original, &target, |_| {}));
    assert!(futures_util::future::poll_immediate(&mut loading).await.is_none());
    bob.tim.cancel_download(&target).await.unwrap();
    assert_eq!(loading.await.unwrap_err().code, Code::CANCELLED);
    assert_eq!((files(&folder).len(), records(&bob)), (0, 0));
    wire.release();

    let (bob, _) = ended_in_the_middle(&wire, bob, &got, &target).await;
    bob.login(&world).await;
    let stored = files(&world.data().join("media")).into_iter().flat_map(|folder| files(&folder));
    stored.for_each(|file| std::fs::remove_file(file).unwrap());
    assert_eq!(load(&bob, &got, &target).await, Err(Code::MEDIA_NOT_FOUND));
    assert_eq!((files(&folder).len(), records(&bob)), (0, 0));
}

/// Set for the process that is bob's app: the message whose file it loads.
const LOADS: &str = "TIM_TEST_APP_LOADS";

/// Says when everything works.
struct Ready(mpsc::UnboundedSender<()>);

impl EventListener for Ready {
    fn on_events(&self, events: &[Event]) {
        if events.iter().any(|event| matches!(event, Event::SdkReady)) {
            self.0.send(()).unwrap();
        }
    }
}

/// Bob's app: loads the file, and says how far it is.
async fn run_app(message: &str) {
    let given = |name: &str| std::env::var(name).unwrap();
    let options = TimOptions::new(given("APP").parse().unwrap(), given("SERVER"), given("FOLDER"));
    let tim = Tim::create(options).unwrap();
    let (say, mut ready) = mpsc::unbounded_channel();
    tim.add_listener(Arc::new(Ready(say)));
    tim.login("bob", &given("SIG")).await.unwrap();
    ready.recv().await.unwrap();
    let page = tim.get_message_list(&"C2Calice".parse().unwrap(), None, 15).await.unwrap();
    let id: MessageId = message.parse().unwrap();
    let message = page.message_list.iter().find(|it| it.id == id).unwrap();
    let target = PathBuf::from(given("TARGET"));
    let tell = |percent| eprintln!("{percent}");
    tim.download_attachment(message, RenditionType::Original, &target, tell).await.unwrap();
    tokio::io::stdin().read_to_end(&mut Vec::new()).await.unwrap();
    tim::shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_after_the_app_was_killed() {
    if let Ok(message) = std::env::var(LOADS) {
        return run_app(&message).await;
    }
    let world = World::new().await;
    let (wire, bob, got, folder) = sent_a_file(&world).await;
    bob.tim.destroy().await.unwrap();
    let target = folder.join("archive.bin");
    let app = || {
        let name = "resumed_downloads::a_download_goes_on_after_the_app_was_killed";
        let mut app = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(LOADS, got.id.to_string())
            .env("APP", world.app.to_string())
            .env("SERVER", format!("ws://{}", wire.address))
            .env("FOLDER", world.folder.path().join("bob"))
            .env("SIG", world.sig("bob"))
            .env("TARGET", &target)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(app.stderr.take().unwrap()).lines();
        (app, lines)
    };
    wire.break_after(A_PART);
    let (mut running, mut says) = app();
    let mut percent = async || says.next_line().await.unwrap().unwrap().parse::<u8>().unwrap();
    while percent().await < 1 {}
    wire.hold();
    while percent().await < 30 {}
    wire.cut();
    running.kill().await.unwrap();
    wire.break_after(THE_REST);
    wire.release();
    wire.mend();
    let before = wire.connections();
    let (_running, mut says) = app();
    while says.next_line().await.unwrap().unwrap() != "100" {}
    assert!(std::fs::read(&target).unwrap() == archive());
    assert_eq!(wire.connections() - before, 2, "its login, and the rest");
    assert_eq!(files(&folder), [target]);
}
