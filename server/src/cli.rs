//! What the operator can ask for on the command line.
//!
//! Answers go to the standard output, progress and errors to the standard error output.

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Parser, Subcommand};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tim_protocol::UserId;
use tim_protocol::frame::Fault;
use tim_protocol::usersig::{Claims, Key, sign};
use tokio::runtime::{Builder, Runtime};

use crate::config::{Config, DEFAULT};
use crate::core::ops::{Find, Found, Write};
use crate::data::{Data, hex, random};
use crate::server::Server;
use crate::store::sqlite::Database;
use crate::telemetry;

type Outcome = Result<(), Box<dyn Error>>;

/// The chat server of tim: one program, an embedded database.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until told to stop (Ctrl-C or SIGTERM).
    Serve(Serve),
    /// Make an application: prints its SDKAppID and the key that its UserSigs are signed with.
    App(App),
    /// Issue a UserSig: what a user logs in with.
    Usersig(Usersig),
    /// Copy the data of a server, which may be running, into a new data folder.
    Backup(Backup),
    /// End all logins of a user.
    Kick(Kick),
    /// Print every setting with its default, as a configuration file to begin with.
    Config,
}

/// Where the data is; shared by all commands.
#[derive(Debug, Args)]
struct Place {
    /// The data folder [default: tim-data, or what the configuration says].
    #[arg(long)]
    data: Option<PathBuf>,
    /// A configuration file.
    #[arg(long)]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// Where clients connect [default: 127.0.0.1:7700].
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Where the operator connects [default: 127.0.0.1:7701].
    #[arg(long)]
    admin_listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
struct App {
    #[command(flatten)]
    place: Place,
    /// Its SDKAppID; chosen at random if not told. If it exists it gets a new key beside the old one.
    #[arg(long)]
    id: Option<u32>,
}

#[derive(Debug, Args)]
struct Usersig {
    #[command(flatten)]
    place: Place,
    /// The application's SDKAppID.
    #[arg(long)]
    app: u32,
    /// The user.
    #[arg(long)]
    user: String,
    /// How long it holds, in seconds.
    #[arg(long, default_value_t = 7 * 24 * 3600, value_parser = clap::value_parser!(i64).range(1..))]
    life: i64,
}

#[derive(Debug, Args)]
struct Backup {
    #[command(flatten)]
    place: Place,
    /// The new folder. To restore, give it to a server as --data.
    #[arg(long)]
    to: PathBuf,
}

#[derive(Debug, Args)]
struct Kick {
    #[command(flatten)]
    place: Place,
    /// The application's SDKAppID.
    #[arg(long)]
    app: u32,
    /// The user.
    #[arg(long)]
    user: String,
}

impl Cli {
    /// Does it.
    ///
    /// # Errors
    /// One line that says what went wrong and what to do.
    pub fn run(self) -> Outcome {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::App(app) => app.run(),
            Command::Usersig(usersig) => usersig.run(),
            Command::Backup(backup) => backup.run(),
            Command::Kick(kick) => kick.run(),
            Command::Config => {
                print!("{DEFAULT}");
                Ok(())
            }
        }
    }
}

impl Place {
    fn config(&self) -> Result<Config, Box<dyn Error>> {
        let mut config = match &self.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        Ok(config)
    }

    fn existing(&self) -> Result<Data, Box<dyn Error>> {
        Ok(Data::existing(&self.config()?.data)?)
    }
}

impl Serve {
    fn run(self) -> Outcome {
        let mut config = self.place.config()?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.admin_listen = self.admin_listen.unwrap_or(config.admin_listen);
        config.check()?;
        telemetry::log(&config.log);
        let metrics = telemetry::metrics()?;
        Builder::new_multi_thread().enable_all().build()?.block_on(async {
            let server = Server::open(&config).await?;
            let stop = told_to_stop()?;
            let said = format!("listening on {}\nadmin on {}\n", server.url()?, server.admin_url()?);
            // Whoever started it may have stopped listening; that is no reason not to serve.
            let mut out = std::io::stdout();
            let _ = out.write_all(said.as_bytes()).and_then(|()| out.flush());
            Ok(server.run(metrics, stop).await?)
        })
    }
}

/// Ends when the system asks the program to end, from the call on: whoever knows that the server runs may stop it.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

impl App {
    fn run(self) -> Outcome {
        let data = Data::open(&self.place.config()?.data)?;
        let mut database = Database::open(&data.database())?;
        let app = match self.id {
            Some(0) => return Err("--id: an SDKAppID is 1 to 4294967295".into()),
            Some(id) => id,
            // As many digits as TIM's have.
            None => fastrand::u32(1_400_000_000..1_500_000_000),
        };
        let key = hex(&random()?);
        for result in database.commit(&[Write::PutApp { app, key: key.clone() }]) {
            result?;
        }
        println!("SDKAppID {app}");
        println!("key      {key}");
        Ok(())
    }
}

impl Usersig {
    fn run(self) -> Outcome {
        let data = self.place.existing()?;
        UserId::new(&self.user)?;
        let found = Database::open(&data.database())?.find(&Find::App { app: self.app })?;
        let Found::App(keys) = found else { return Err("the database answered something else".into()) };
        let Some(key) = keys.into_iter().next() else {
            return Err(format!("there is no application {}: make it with tim-server app", self.app).into());
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = Claims {
            sdk_app_id: self.app,
            user: self.user,
            issued_at_s: i64::try_from(now)?,
            expire_s: self.life,
            userbuf: None,
        };
        println!("{}", sign(&Key::new(key), &claims));
        Ok(())
    }
}

impl Backup {
    fn run(self) -> Outcome {
        let data = self.place.existing()?;
        let copy = Data::open(&self.to)?;
        if copy.database().exists() {
            return Err(format!("{}: there is data already: choose a new folder", self.to.display()).into());
        }
        let partial = copy.database().with_extension("copy");
        // What an earlier try left.
        let _ = std::fs::remove_file(&partial);
        let mut shown = None;
        // The database first: pictures that it names are there before it names them. Under its own name last: what has
        // one is whole.
        Database::backup(&data.database(), &partial, |done, all| {
            show_progress("database", done * 100 / all.max(1), &mut shown);
        })?;
        let mut files = 0;
        data.copy_files(&copy, |_| files += 1)?;
        copy.adopt(&partial)?;
        eprintln!("backup: the database and {files} files are in {}", self.to.display());
        Ok(())
    }
}

/// Shows how far something has come, on one line of a terminal.
fn show_progress(what: &str, percent: u64, shown: &mut Option<u64>) {
    if *shown != Some(percent) && std::io::stderr().is_terminal() {
        let end = if percent == 100 { "\n" } else { "" };
        eprint!("\r{what}: {percent} %{end}");
        *shown = Some(percent);
    }
}

impl Kick {
    fn run(self) -> Outcome {
        let data = self.place.existing()?;
        let user = UserId::new(&self.user)?;
        // Nobody serves: whoever was logged in learns it on return.
        if let Ok(_lock) = data.lock() {
            let mut database = Database::open(&data.database())?;
            for result in database.commit(&[Write::Kick { app: self.app, user }]) {
                result?;
            }
            return Ok(());
        }
        single_threaded()?.block_on(ask_server(&data, self.app, &user))
    }
}

fn single_threaded() -> std::io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Asks the server that uses this data to end a user's logins.
async fn ask_server(data: &Data, app: u32, user: &UserId) -> Outcome {
    let admin = data.announced().ok_or("a server uses this data but is not ready yet: try again")?;
    let socket = tokio::net::TcpStream::connect(&admin.address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("app", &app.to_string())
        .append_pair("user", user.as_str())
        .finish();
    let request = Request::post(format!("/kick?{query}"))
        .header(header::HOST, &admin.address)
        .header(header::AUTHORIZATION, format!("Bearer {}", admin.token))
        .body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    if answer.status() == StatusCode::OK {
        return Ok(());
    }
    let body = answer.into_body().collect().await?.to_bytes();
    Err(serde_json::from_slice::<Fault>(&body)?.into())
}
