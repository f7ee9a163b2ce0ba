//! The operator's command line.
//!
//! Answers go to the standard output, progress and errors to the standard error output.

mod cert;
mod data_args;
mod database;
mod media;
mod operator;
mod terminal;
mod user;

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Parser, Subcommand};
use tim_protocol::UserId;
use tim_protocol::usersig::{Claims, Key, sign};
use tokio::runtime::Builder;

use crate::config::DEFAULT;
use crate::core::ops::Write;
use crate::data::{Data, DataError, hex, random};
use crate::descriptors;
use crate::server::Server;
use crate::store::sqlite::Database;
use crate::telemetry;
use cert::Cert;
use data_args::DataArgs;
use database::{commit, keys_of, no_application};
use media::Media;
use operator::ask_server;
pub use terminal::OutputError;
use terminal::{AnyResult, print_answer, print_note};
use user::User;

/// The chat server of tim: one program, an embedded database.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped (Ctrl-C or SIGTERM). SIGHUP reads a renewed certificate.
    Serve(Serve),
    /// Make an application, or show one: prints its SDKAppID and the key that its UserSigs are signed with.
    App(App),
    /// Issue a UserSig: what a user logs in with.
    Usersig(Usersig),
    /// Copy the data of a server, which may be running, into a new data folder.
    Backup(Backup),
    /// Let the data begin a new life at the next start: every device asks for everything anew, and sends again what it sent
    /// last. Needed after a snapshot of a whole disk or virtual machine was put back; copies of files are noticed.
    NewEpoch(DataArgs),
    /// Make users before their first login, and list them.
    #[command(subcommand)]
    User(User),
    /// End all logins of a user.
    Kick(Kick),
    /// Look after the files of messages.
    #[command(subcommand)]
    Media(Media),
    /// Make a certificate for TLS where no public authority helps: prints the lines for the configuration.
    Cert(Cert),
    /// Print every setting with its default, as a configuration file to begin with.
    Config,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    data_args: DataArgs,
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
    data_args: DataArgs,
    /// Its SDKAppID; without one a new application is made, with a number drawn at random.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    id: Option<u32>,
    /// Give one that exists another key. The key it has holds until the next time.
    #[arg(long, requires = "id")]
    new_key: bool,
}

#[derive(Debug, Args)]
struct Usersig {
    #[command(flatten)]
    data_args: DataArgs,
    /// The application's SDKAppID.
    #[arg(long)]
    app: u32,
    /// The user.
    #[arg(long)]
    user: String,
    /// How long it is valid, in seconds.
    #[arg(long, default_value_t = 7 * 24 * 3600, value_parser = clap::value_parser!(i64).range(1..))]
    life: i64,
}

#[derive(Debug, Args)]
struct Backup {
    #[command(flatten)]
    data_args: DataArgs,
    /// The new folder. To restore, give it to a server as --data.
    #[arg(long)]
    to: PathBuf,
}

#[derive(Debug, Args)]
struct Kick {
    #[command(flatten)]
    data_args: DataArgs,
    /// The application's SDKAppID.
    #[arg(long)]
    app: u32,
    /// The user.
    #[arg(long)]
    user: String,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// One line that says what went wrong and what to do.
    pub fn run(self) -> AnyResult {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::App(app) => app.run(),
            Command::Usersig(usersig) => usersig.run(),
            Command::Backup(backup) => backup.run(),
            Command::NewEpoch(data_args) => new_epoch(&data_args),
            Command::User(user) => user.run(),
            Command::Kick(kick) => kick.run(),
            Command::Media(media) => media.run(),
            Command::Cert(cert) => cert.run(),
            Command::Config => Ok(print_answer(DEFAULT)?),
        }
    }
}

impl Serve {
    fn run(self) -> AnyResult {
        let mut config = self.data_args.config()?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.admin_listen = self.admin_listen.unwrap_or(config.admin_listen);
        config.check()?;
        telemetry::log(&config.log);
        let descriptors = descriptors::raise_limit();
        let metrics = telemetry::metrics()?;
        Builder::new_multi_thread().enable_all().build()?.block_on(async {
            let server = Server::open(&config).await?;
            let stop = stop_signal()?;
            log_startup(&server, &config.data, descriptors).await?;
            // The server runs even if its output cannot be written.
            let _ =
                print_answer(&format!("listening on {}\nadmin on {}\n", server.url(), server.admin_url()));
            reload_when_told(server.reload())?;
            Ok(server.run(metrics, stop).await?)
        })
    }
}

/// Logs what is served and where, so that a misspelt data folder is noticed.
async fn log_startup(server: &Server, data: &Path, descriptors: Option<u64>) -> AnyResult {
    let data = std::path::absolute(data)?;
    let (data, applications) = (data.display(), server.applications().await?);
    let (listen, admin) = (server.url(), server.admin_url());
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(version, %data, %listen, %admin, applications, descriptors, "serving");
    if applications == 0 {
        tracing::warn!(
            "nobody can log in: check --data, or make an application: tim-server app --data {data}"
        );
    }
    Ok(())
}

/// Completes when the system asks the program to stop. Signals are caught from the call on.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
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

/// Calls `reload` at every SIGHUP, by which service managers announce a renewed certificate.
fn reload_when_told(reload: impl Fn() + Send + 'static) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                reload();
            }
        });
    }
    #[cfg(not(unix))]
    drop(reload);
    Ok(())
}

impl App {
    fn run(self) -> AnyResult {
        let folder = self.data_args.config()?.data;
        // Who wants another key means something that is there.
        let data = if self.new_key { Data::existing(&folder)? } else { Data::open(&folder)? };
        let mut database = Database::open(&data.database())?;
        let app = self.id.map_or_else(|| unused(&database), Ok)?;
        let had = keys_of(&database, app)?.len();
        if self.new_key && had == 0 {
            return Err(no_application(app));
        }
        if self.new_key || had == 0 {
            commit(&mut database, Write::PutApp { app, key: hex(&random()?) })?;
        }
        print_note(match (self.new_key, had) {
            (false, 0) => "",
            (false, _) => "it is there already and nothing was changed: --new-key gives it another key\n",
            (true, 1) => "the key it had still holds beside the new one, until the next --new-key\n",
            (true, _) => "the older of the two keys it had no longer holds, nor do UserSigs signed with it\n",
        });
        let mut answer = format!("SDKAppID {app}\n");
        for (name, key) in ["key      ", "old key  "].iter().zip(keys_of(&database, app)?) {
            answer.extend([name, key.as_str(), "\n"]);
        }
        print_answer(&answer).map_err(|OutputError(why)| {
            format!(
                "the standard output: {why}: all is done, and tim-server app --id {app} prints the answer"
            )
            .into()
        })
    }
}

/// A number that no application has, with as many digits as TIM's have.
fn unused(database: &Database) -> AnyResult<u32> {
    loop {
        let app = fastrand::u32(1_400_000_000..1_500_000_000);
        if keys_of(database, app)?.is_empty() {
            return Ok(app);
        }
    }
}

impl Usersig {
    fn run(self) -> AnyResult {
        let data = self.data_args.existing()?;
        UserId::new(&self.user)?;
        let keys = keys_of(&Database::open(&data.database())?, self.app)?;
        let key = keys.into_iter().next().ok_or_else(|| no_application(self.app))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = Claims {
            sdk_app_id: self.app,
            user: self.user,
            issued_at_s: i64::try_from(now)?,
            expire_s: self.life,
            userbuf: None,
        };
        Ok(print_answer(&format!("{}\n", sign(&Key::new(key), &claims)))?)
    }
}

impl Backup {
    fn run(self) -> AnyResult {
        let data = self.data_args.existing()?;
        let made = Data::missing(&self.to);
        let copy = Data::open(&self.to)?;
        if copy.database().exists() {
            return Err(format!("{}: there is data already: choose a new folder", self.to.display()).into());
        }
        let partial = copy.database().with_extension("copy");
        // Left by an earlier attempt.
        let _ = std::fs::remove_file(&partial);
        let copied = copy_all(&data, &copy, &partial);
        if copied.is_err() {
            let _ = std::fs::remove_file(&partial);
            let _ = made.map(std::fs::remove_dir_all);
        }
        let files = copied?;
        print_note(&format!("backup: the database and {files} files are in {}\n", self.to.display()));
        Ok(())
    }
}

fn new_epoch(data_args: &DataArgs) -> AnyResult {
    let data = data_args.existing()?;
    // A running server has announced its epoch already.
    let _lock = data.lock()?;
    Ok(Database::forget_fingerprint(&data.database())?)
}

/// Copies everything, and gives the number of files beside the database.
fn copy_all(data: &Data, copy: &Data, partial: &Path) -> AnyResult<u64> {
    let mut shown = None;
    // The database first: pictures that it names are there before it names them. Under its own name last: what has one
    // is whole.
    Database::backup(&data.database(), partial, |done, all| {
        show_progress("database", done * 100 / all.max(1), &mut shown);
    })?;
    let mut files = 0;
    data.copy_files(copy, |_| files += 1)?;
    copy.adopt(partial)?;
    Ok(files)
}

/// Shows how far something has come, on one line of a terminal.
fn show_progress(what: &str, percent: u64, shown: &mut Option<u64>) {
    if *shown != Some(percent) && std::io::stderr().is_terminal() {
        let end = if percent == 100 { "\n" } else { "" };
        print_note(&format!("\r{what}: {percent} %{end}"));
        *shown = Some(percent);
    }
}

impl Kick {
    fn run(self) -> AnyResult {
        let data = self.data_args.existing()?;
        let user = UserId::new(&self.user)?;
        match data.lock() {
            // No server runs: the user's devices learn it when they reconnect.
            Ok(_lock) => commit(&mut Database::open(&data.database())?, Write::Kick { app: self.app, user }),
            Err(DataError::InUse(_)) => {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("app", &self.app.to_string())
                    .append_pair("user", user.as_str())
                    .finish();
                ask_server(&data, &format!("/kick?{query}")).map(drop)
            }
            Err(why) => Err(why.into()),
        }
    }
}
