//! Sessions that are logged in and silent: the memory each costs the server.

use std::time::Duration;

use crate::client::Client;
use crate::outcome::AnyResult;
use crate::report;
use crate::server::Server;

/// The cost of idle sessions.
pub(crate) struct Idle {
    sessions: usize,
    kib: u64,
    cpu: Duration,
    login_cpu: Duration,
    watched: Duration,
}

impl Idle {
    /// Memory for each session.
    #[expect(clippy::cast_precision_loss)]
    pub(crate) fn kib_per_session(&self) -> f64 {
        self.kib as f64 / self.sessions as f64
    }

    /// Shows it.
    pub(crate) fn print(&self) {
        #[expect(clippy::cast_precision_loss)]
        let (sessions, kib) = (self.sessions as f64, self.kib as f64);
        report::line("sessions", sessions, "");
        report::line("resident memory per session", kib / sessions, "KiB");
        report::line("server CPU per login", self.login_cpu.as_secs_f64() / sessions * 1e6, "us");
        let per_second = self.cpu.as_secs_f64() / self.watched.as_secs_f64() / sessions;
        report::line("server CPU per session-second", per_second * 1e6, "us");
    }
}

/// Logs in `sessions` users and compares the server's memory with before.
pub(crate) async fn sessions(server: &Server, sessions: usize) -> AnyResult<Idle> {
    let (before, cpu_before) = (server.resident_kib()?, server.cpu_time()?);
    let mut clients = Vec::with_capacity(sessions);
    for place in 0..sessions {
        clients.push(Client::login(server, &format!("idle-{place}")).await?);
    }
    let login_cpu = server.cpu_time()?.saturating_sub(cpu_before);
    let (watched, cpu) = (Duration::from_secs(5), server.cpu_time()?);
    tokio::time::sleep(watched).await;
    let kib = server.resident_kib()?.saturating_sub(before);
    Ok(Idle { sessions, kib, cpu: server.cpu_time()?.saturating_sub(cpu), login_cpu, watched })
}
