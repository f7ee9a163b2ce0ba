//! The app is killed between the engine's commit and its listener's return: at its next start it hears what it did not live
//! to hear, and after an orderly end it hears nothing again.

use std::process::Stdio;
use std::sync::Arc;

use tim::event::{Event, EventListener};
use tim::options::TimOptions;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use crate::world::{World, received, text_of};

/// Set for the process that is alice's app: whether its listener returns.
const LISTENS: &str = "TIM_TEST_APP_LISTENS";

/// Says what it is told, and returns from that or never.
struct SlowListener {
    returns: bool,
}

impl EventListener for SlowListener {
    fn on_events(&self, events: &[Event]) {
        for event in events {
            if matches!(event, Event::SdkReady) {
                eprintln!("is ready");
            }
            for message in received(event).into_iter().flatten() {
                eprintln!("hears {}", text_of(&message).unwrap());
                if !self.returns {
                    loop {
                        std::thread::park();
                    }
                }
            }
        }
    }
}

/// Alice's app: runs until its input ends.
async fn run_app(returns: bool) {
    let given = |name: &str| std::env::var(name).unwrap();
    let options = TimOptions::new(given("APP").parse().unwrap(), given("SERVER"), given("FOLDER"));
    let tim = tim::Tim::create(options).unwrap();
    tim.add_listener(Arc::new(SlowListener { returns }));
    tim.login("alice", &given("SIG")).await.unwrap();
    tokio::io::stdin().read_to_end(&mut Vec::new()).await.unwrap();
    tim::shutdown().await.unwrap();
}

struct App {
    process: Child,
    lines: Lines<BufReader<ChildStderr>>,
}

impl App {
    fn start(world: &World, returns: bool) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::a_killed_app_hears_what_it_did_not_live_to_hear", "--nocapture"])
            .env(LISTENS, returns.to_string())
            .env("APP", world.app.to_string())
            .env("SERVER", format!("ws://{}", world.address))
            .env("FOLDER", world.folder.path().join("alice"))
            .env("SIG", world.sig("alice"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        Self { process, lines }
    }

    /// The next thing the app says.
    async fn says(&mut self) -> String {
        self.lines.next_line().await.unwrap().expect("the app runs")
    }

    /// Waits until the app is ready, and gives what it heard before.
    async fn heard_before_it_is_ready(&mut self) -> Vec<String> {
        let mut heard = Vec::new();
        loop {
            match self.says().await {
                line if line == "is ready" => return heard,
                line => heard.push(line),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_app_hears_what_it_did_not_live_to_hear() {
    if let Ok(returns) = std::env::var(LISTENS) {
        return run_app(returns == "true").await;
    }
    let world = World::new().await;
    let bob = world.device("bob", "laptop").await;
    let mut app = App::start(&world, false);
    assert_eq!(app.heard_before_it_is_ready().await, [""; 0]);
    bob.send("C2Calice", "one").await;
    assert_eq!(app.says().await, "hears one");
    app.process.kill().await.unwrap();

    let mut app = App::start(&world, true);
    assert_eq!(app.heard_before_it_is_ready().await, ["hears one"]);
    drop(app.process.stdin.take());
    assert!(app.process.wait().await.unwrap().success());

    let mut app = App::start(&world, true);
    assert_eq!(app.heard_before_it_is_ready().await, [""; 0]);
    bob.send("C2Calice", "two").await;
    assert_eq!(app.says().await, "hears two");
}
