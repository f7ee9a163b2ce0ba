//! A real `tim-server` process in a temporary folder, and what the kernel says about it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tim_protocol::usersig::{Claims, Key, sign};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use crate::outcome::AnyResult;

/// The application every run uses.
pub(crate) const APP: u32 = 1_400_000_001;

/// The load comes from few users at a rate no person has; what is measured is the server, not its limits.
pub(crate) const UNLIMITED: &str = "[limits]
requests_per_second = 1000000
requests_burst = 1000000
logins_per_minute = 1000000
connections_per_user = 100000
pending_per_address = 100000
";

/// A running server.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    process: Mutex<Child>,
    id: u32,
    key: Key,
    address: String,
}

impl Server {
    /// Makes an application and starts the server with this configuration.
    pub(crate) async fn start(program: &Path, cpu: Option<usize>, settings: &str) -> AnyResult<Self> {
        let folder = tempfile::Builder::new().prefix("tim-bench-").tempdir()?;
        let key = make_app(program, folder.path()).await?;
        let config = folder.path().join("bench.toml");
        std::fs::write(&config, known(program, settings).await?)?;
        let mut command = match cpu {
            Some(cpu) => {
                let mut pinned = Command::new("taskset");
                pinned.arg("-c").arg(cpu.to_string()).arg(program);
                pinned
            }
            None => Command::new(program),
        };
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        command.arg("--data").arg(folder.path().join("data")).arg("--config").arg(config);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn()?;
        let stdout = process.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(address) = line.strip_prefix("listening on ") {
                let (address, id) = (address.trim().to_owned(), process.id().ok_or("the server has ended")?);
                return Ok(Self { folder, process: Mutex::new(process), id, key, address });
            }
        }
        Err("the server ended before it listened: run it by hand to see why".into())
    }

    /// The address for clients.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The same without what comes before and after host and port.
    pub(crate) fn host(&self) -> &str {
        self.address.trim_start_matches("ws://").trim_end_matches("/v1")
    }

    /// A folder on the disk the server writes to.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A token for a user.
    pub(crate) fn token(&self, user: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let issued_at_s = i64::try_from(now).unwrap_or(i64::MAX);
        sign(
            &self.key,
            &Claims { sdk_app_id: APP, user: user.to_owned(), issued_at_s, expire_s: 86_400, userbuf: None },
        )
    }

    /// Processor time that the server's threads have used.
    pub(crate) fn cpu_time(&self) -> AnyResult<Duration> {
        cpu_time(self.id)
    }

    /// Memory the server holds, in KiB.
    pub(crate) fn resident_kib(&self) -> AnyResult<u64> {
        let status = std::fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse()?)
    }

    /// Bytes the server has written to disk.
    pub(crate) fn written_bytes(&self) -> AnyResult<u64> {
        let io = std::fs::read_to_string(self.proc("io"))?;
        Ok(io
            .lines()
            .find_map(|line| line.strip_prefix("write_bytes:"))
            .ok_or("no write_bytes")?
            .trim()
            .parse()?)
    }

    /// Ends the server, if it has not ended, and removes its folder.
    pub(crate) async fn stop(&self) -> AnyResult<()> {
        let mut process = self.process.lock().await;
        if process.try_wait()?.is_none() {
            process.kill().await?;
        }
        Ok(std::fs::remove_dir_all(self.folder())?)
    }

    /// Asks the server to end, as an operator does, and returns the size of its database.
    pub(crate) async fn stop_in_order(&self) -> AnyResult<u64> {
        Command::new("kill").arg(self.id.to_string()).status().await?;
        self.process.lock().await.wait().await?;
        Ok(std::fs::metadata(self.folder().join("data/tim.db"))?.len())
    }

    fn proc(&self, file: &str) -> PathBuf {
        format!("/proc/{}/{file}", self.id).into()
    }
}

/// Processor time that a process's threads have used, in nanoseconds as the scheduler counts them.
pub(crate) fn cpu_time(process: u32) -> AnyResult<Duration> {
    Ok(scheduled(process)?.0)
}

/// That time, and the time for which they were ready to run and had to wait for a processor.
pub(crate) fn scheduled(process: u32) -> AnyResult<(Duration, Duration)> {
    let (mut ran, mut waited) = (0, 0);
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end meanwhile.
        let Ok(times) = std::fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        let mut times = times.split_whitespace().map(str::parse::<u64>);
        ran += times.next().ok_or("no times in schedstat")??;
        waited += times.next().ok_or("no times in schedstat")??;
    }
    Ok((Duration::from_nanos(ran), Duration::from_nanos(waited)))
}

/// The settings that this build of the server knows: an older one lacks some limits, and has nothing to be relaxed there.
async fn known(program: &Path, settings: &str) -> AnyResult<String> {
    let defaults = Command::new(program).arg("config").output().await?.stdout;
    let defaults = String::from_utf8_lossy(&defaults).into_owned();
    let is_known = |line: &&str| {
        let name = line.split('=').next().unwrap_or_default().trim();
        name.starts_with('[') || defaults.contains(name)
    };
    Ok(settings.lines().filter(is_known).map(|line| format!("{line}\n")).collect())
}

async fn make_app(program: &Path, folder: &Path) -> AnyResult<Key> {
    let made = Command::new(program)
        .args(["app", "--id", &APP.to_string(), "--data"])
        .arg(folder.join("data"))
        .output()
        .await
        .map_err(|why| {
            format!("{} cannot be run ({why}): build it with cargo build --release", program.display())
        })?;
    let text = String::from_utf8_lossy(&made.stdout).into_owned();
    // The key is the only word of 64 hexadecimal digits.
    let key = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.len() == 64);
    Ok(Key::new(key.ok_or_else(|| format!("no key in the answer of tim-server app: {text}"))?))
}

/// What commits leave to be done, such as marks, is done.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}
