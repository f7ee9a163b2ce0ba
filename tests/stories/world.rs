//! The stage: a real server process in a temporary folder, and people with devices.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tim::event::{Event, EventListener};
use tim::message::{Body, Message, Payload, Priority, TextBody};
use tim::options::TimOptions;
use tim::protocol::call::Platform;
use tim::protocol::usersig::{Claims, Key, sign};
use tim::{ConversationType, Tim};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::sync::{Mutex, mpsc};

/// A story that waits longer than this for one thing is stuck.
const WATCHDOG: Duration = Duration::from_secs(60);

/// A server and everybody around it.
pub struct World {
    pub folder: tempfile::TempDir,
    pub app: u32,
    key: Key,
    process: Mutex<Option<Child>>,
    /// `127.0.0.1:port`, the same after every restart.
    pub address: String,
}

impl World {
    /// A server as it comes.
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// A server with these lines in its configuration.
    pub async fn with(config: &str) -> Self {
        Self::listening("127.0.0.1:0", config).await
    }

    /// A server at this address, with these lines in its configuration.
    pub async fn listening(at: &str, config: &str) -> Self {
        Self::in_folder(tempfile::Builder::new().prefix("tim-story-").tempdir().unwrap(), at, config).await
    }

    /// A server that speaks TLS with this certificate (PEM).
    pub async fn with_certificate(certificate: &str, key: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("tim-story-").tempdir().unwrap();
        let files = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        for (file, pem) in files.iter().zip([certificate, key]) {
            std::fs::write(file, pem).unwrap();
        }
        let [certificate, key] = files;
        let config = format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n");
        Self::in_folder(folder, "127.0.0.1:0", &config).await
    }

    /// The certificate that the server uses from its next start on.
    pub fn set_certificate(&self, certificate: &str, key: &str) {
        std::fs::write(self.folder.path().join("certificate.pem"), certificate).unwrap();
        std::fs::write(self.folder.path().join("key.pem"), key).unwrap();
    }

    async fn in_folder(folder: tempfile::TempDir, at: &str, config: &str) -> Self {
        std::fs::write(folder.path().join("tim.toml"), config).unwrap();
        let made = run_server(&["app", "--data", &text(&folder.path().join("data"))]);
        let words: Vec<&str> = made.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let key = Key::new(*words.iter().find(|word| word.len() == 64).expect(&made));
        let app = words.iter().find_map(|word| word.parse().ok()).expect(&made);
        let world = Self { folder, app, key, process: Mutex::new(None), address: String::new() };
        let (process, address) = world.spawn(at, "127.0.0.1:0").await;
        Self { process: Mutex::new(Some(process)), address, ..world }
    }

    /// Starts the server again with these lines in its configuration.
    pub async fn configure(&self, config: &str) {
        std::fs::write(self.folder.path().join("tim.toml"), config).unwrap();
        self.kill_server().await;
        self.start_server().await;
    }

    /// The server's data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Kills the server as a power cut would, as far as a process can tell.
    pub async fn kill_server(&self) {
        let mut process = self.process.lock().await.take().expect("the server runs");
        process.kill().await.unwrap();
    }

    /// Lets the server do nothing until it is thawed; its connections stay.
    pub async fn freeze_server(&self) {
        self.signal_server("-STOP").await;
    }

    /// Lets the server go on.
    pub async fn thaw_server(&self) {
        self.signal_server("-CONT").await;
    }

    async fn signal_server(&self, signal: &str) {
        let number = self.process.lock().await.as_ref().and_then(Child::id).expect("the server runs");
        assert!(Command::new("kill").args([signal, &number.to_string()]).status().unwrap().success());
    }

    /// Starts the server again at the same address.
    pub async fn start_server(&self) {
        let (process, address) = self.spawn(&self.address, "127.0.0.1:0").await;
        assert_eq!(address, self.address);
        *self.process.lock().await = Some(process);
    }

    /// Runs another command of the server's program on this world's data.
    pub fn server_command(&self, arguments: &[&str]) -> String {
        let data = text(&self.data());
        let mut all = vec![arguments[0], "--data", &data];
        all.extend_from_slice(&arguments[1..]);
        run_server(&all)
    }

    async fn spawn(&self, listen: &str, admin_listen: &str) -> (Child, String) {
        let mut process = tokio::process::Command::new(server_program())
            .args(["serve", "--listen", listen, "--admin-listen", admin_listen, "--data"])
            .arg(self.data())
            .arg("--config")
            .arg(self.folder.path().join("tim.toml"))
            .stdout(Stdio::piped())
            .stderr(Stdio::from(std::fs::File::create(self.folder.path().join("server.log")).unwrap()))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut address = None;
        let mut is_ready = false;
        while !is_ready {
            let Some(line) = lines.next_line().await.unwrap() else {
                panic!("the server did not start: {}", self.server_log());
            };
            if let Some((_, url)) = line.strip_prefix("listening on ").and_then(|url| url.split_once("://")) {
                address = Some(url.trim_end_matches("/v1").to_owned());
            } else {
                is_ready = line.starts_with("admin on http://");
            }
        }
        (process, address.unwrap())
    }

    /// The key that tokens are signed with.
    pub fn key(&self) -> &str {
        self.key.secret()
    }

    /// The server's log since its start.
    pub fn server_log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap()
    }

    /// A token for a user that holds for `life` seconds.
    pub fn sig_for(&self, user: &str, life: i64) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let issued_at_s = i64::try_from(now).unwrap();
        let claims =
            Claims { sdk_app_id: self.app, user: user.into(), issued_at_s, expire_s: life, userbuf: None };
        sign(&self.key, &claims)
    }

    /// A token for a user.
    pub fn sig(&self, user: &str) -> String {
        self.sig_for(user, 86_400)
    }

    /// A user's device that is not logged in, connecting to `address`.
    pub fn device_at(&self, user: &str, name: &str, address: &str) -> Device {
        Device::create(user, name, self.options(user, name, format!("ws://{address}")))
    }

    /// A user's device that is not logged in, connecting by TLS to `host` and trusting `root` (PEM).
    pub fn device_over_tls(&self, user: &str, name: &str, host: &str, root: &str) -> Device {
        let (_, port) = self.address.rsplit_once(':').unwrap();
        let mut options = self.options(user, name, format!("wss://{host}:{port}"));
        options.extra_roots_pem = Some(root.to_owned());
        Device::create(user, name, options)
    }

    /// A user's device that is not logged in, with other options.
    pub fn device_with(&self, user: &str, name: &str, change: impl FnOnce(&mut TimOptions)) -> Device {
        let mut options = self.options(user, name, format!("ws://{}", self.address));
        change(&mut options);
        Device::create(user, name, options)
    }

    fn options(&self, user: &str, name: &str, server: String) -> TimOptions {
        let mut options =
            TimOptions::new(self.app, server, self.folder.path().join(format!("{user}-{name}")));
        options.platform = platform(name);
        options.instance = format!("{user}-{name}-{}", self.folder.path().display());
        options.heartbeat = Duration::from_secs(1);
        options
    }

    /// A user's device that is not logged in.
    pub fn device_offline(&self, user: &str, name: &str) -> Device {
        self.device_at(user, name, &self.address)
    }

    /// A user's device, logged in and ready. What its name says is the kind of machine it is.
    pub async fn device(&self, user: &str, name: &str) -> Device {
        let device = self.device_offline(user, name);
        device.login(self).await;
        device
    }
}

/// One person's one device.
pub struct Device {
    pub user: String,
    pub name: String,
    pub tim: Tim,
    pub options: TimOptions,
    events: Mutex<mpsc::UnboundedReceiver<Event>>,
    /// Everything it has heard and a story has looked at.
    pub heard: Mutex<Vec<Event>>,
}

struct ChannelListener(mpsc::UnboundedSender<Event>);

impl EventListener for ChannelListener {
    fn on_events(&self, events: &[Event]) {
        for event in events {
            let _ = self.0.send(event.clone());
        }
    }
}

impl Device {
    fn create(user: &str, name: &str, options: TimOptions) -> Self {
        let tim = Tim::create(options.clone()).unwrap();
        let (sender, events) = mpsc::unbounded_channel();
        tim.add_listener(Arc::new(ChannelListener(sender)));
        Self {
            user: user.into(),
            name: name.into(),
            tim,
            options,
            events: Mutex::new(events),
            heard: Mutex::default(),
        }
    }

    /// The app on this device is started again; it is not logged in.
    pub async fn restart(self) -> Self {
        self.tim.destroy().await.unwrap();
        Self::create(&self.user, &self.name, self.options)
    }

    /// Logs in and waits until everything works.
    pub async fn login(&self, world: &World) {
        self.tim.login(&self.user, &world.sig(&self.user)).await.unwrap();
        self.expect("SDK_READY", |event| matches!(event, Event::SdkReady).then_some(())).await;
    }

    /// Waits for the event that `pick` picks. Events before it are passed over, and remembered.
    pub async fn expect<T>(&self, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let mut events = self.events.lock().await;
        loop {
            let Ok(event) = tokio::time::timeout(WATCHDOG, events.recv()).await else {
                panic!(
                    "{} on the {}: {what} never came; heard {:#?}",
                    self.user,
                    self.name,
                    self.heard.lock().await
                );
            };
            let event = event.expect("the listener lives as long as the device");
            let picked = pick(&event);
            self.heard.lock().await.push(event);
            if let Some(picked) = picked {
                return picked;
            }
        }
    }

    /// Waits until this many messages have come, and gives them in the order they came.
    pub async fn messages(&self, count: usize) -> Vec<Message> {
        let mut all = Vec::new();
        while all.len() < count {
            all.extend(self.expect("MESSAGE_RECEIVED", received).await);
        }
        assert_eq!(all.len(), count, "more came than was sent: {all:#?}");
        all
    }

    /// The same for the texts to a group.
    pub async fn messages_of(&self, group: &str, count: usize) -> Vec<Message> {
        let mut all = Vec::new();
        while all.len() < count {
            let received = self.expect("MESSAGE_RECEIVED", received).await;
            all.extend(received.into_iter().filter(|it| it.to == group && text_of(it).is_some()));
        }
        assert_eq!(all.len(), count, "more came than was sent: {all:#?}");
        all
    }

    /// Waits for the next message that is a text.
    pub async fn next_text(&self) -> String {
        self.expect("a text", |event| {
            received(event)?.iter().find_map(|message| text_of(message).map(str::to_owned))
        })
        .await
    }

    /// Sends a text and waits until the server has it.
    pub async fn send(&self, to: &str, words: &str) -> Message {
        let message = self.text(to, words);
        self.tim.send_message(message).await.unwrap_or_else(|why| panic!("{} -> {to}: {why}", self.user))
    }

    /// A text message, not sent.
    pub fn text(&self, to: &str, words: &str) -> Message {
        let (to, conversation_type) = addressed(to);
        self.tim.create_text_message(to, conversation_type, words, Priority::Normal).unwrap()
    }
}

/// Whom a conversation is with, as creators of messages take it.
pub fn addressed(conversation: &str) -> (&str, ConversationType) {
    match conversation.strip_prefix("GROUP") {
        Some(group) => (group, ConversationType::Group),
        None => (conversation.strip_prefix("C2C").unwrap(), ConversationType::C2c),
    }
}

/// The messages of a MESSAGE_RECEIVED.
pub fn received(event: &Event) -> Option<Vec<Message>> {
    match event {
        Event::MessageReceived(messages) => Some(messages.clone()),
        _ => None,
    }
}

/// The text of a message, if it is a text message.
pub fn text_of(message: &Message) -> Option<&str> {
    match &message.payload {
        Payload::Body(Body::Text(TextBody { text: words })) => Some(words),
        _ => None,
    }
}

fn platform(device: &str) -> Platform {
    match device {
        "phone" | "second phone" => Platform::Android,
        "tablet" => Platform::Ios,
        "browser" => Platform::Web,
        _ => Platform::Linux,
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Runs a command of the server's program, and gives what it answers.
pub fn run_server(arguments: &[&str]) -> String {
    let output = Command::new(server_program()).args(arguments).output().unwrap();
    assert!(output.status.success(), "tim-server {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The server's program, built if it is not there: it belongs to another package, so cargo does not promise it.
pub fn server_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let profile_folder = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
        let mut build = Command::new(env!("CARGO"));
        // The build script of ring runs again, and all that depends on it is built again, where these differ.
        let of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        for (name, _) in std::env::vars().filter(|(name, _)| of_package(name)) {
            build.env_remove(name);
        }
        let built = build
            .args(["build", "--locked", "--package", "tim-server", "--bin", "tim-server", "--target-dir"])
            .arg(profile_folder.parent().unwrap())
            .status()
            .unwrap();
        assert!(built.success(), "tim-server does not build");
        profile_folder.parent().unwrap().join("debug/tim-server")
    })
}
