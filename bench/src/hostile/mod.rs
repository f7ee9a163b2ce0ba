//! One hostile user at default limits, and two users who must not notice: the time to ready and the time of a picture.
//!
//! `mallory` is what the hostile user does, `victims` is what is measured. A time over its bound fails the run.

mod mallory;
mod png;
mod victims;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::outcome::AnyResult;
use crate::report::{self, Times};
use crate::server::Server;

/// Longest time from the login of a new device to ready.
const READY_WITHIN: Duration = Duration::from_secs(5);
/// Longest time from sending a picture of 1 KB to its arrival.
const PICTURE_WITHIN: Duration = Duration::from_secs(2);
/// Logins that one user may make in a minute at default limits leave so much time for a round.
const ROUND: Duration = Duration::from_millis(1_500);
/// So long mallory is alone before anything is measured: what they may do at once is used up by then.
const HEAD_START: Duration = Duration::from_secs(5);

/// The options of a hostile run.
#[derive(clap::Args)]
pub(crate) struct Hostile {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// How long.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
}

impl Hostile {
    /// Runs and prints.
    ///
    /// # Errors
    /// If alice or bob noticed.
    pub(crate) async fn run(self) -> AnyResult<()> {
        let server = Arc::new(Server::start(&self.server, self.server_cpu, "").await?);
        let measured = self.measure(&server).await;
        server.stop().await?;
        measured
    }

    async fn measure(&self, server: &Arc<Server>) -> AnyResult<()> {
        let counts = mallory::begin(Arc::clone(server))?;
        tokio::time::sleep(HEAD_START.min(Duration::from_secs_f64(self.minutes * 6.0))).await;
        let (mut ready, mut pictures) = (Times::default(), Times::default());
        let ends = Instant::now() + Duration::from_secs_f64(self.minutes * 60.0);
        while Instant::now() < ends {
            let begun = Instant::now();
            let round = victims::round(server).await?;
            round.ready.into_iter().for_each(|time| ready.add(time));
            pictures.add(round.picture);
            tokio::time::sleep(ROUND.saturating_sub(begun.elapsed())).await;
        }
        report::heading("what mallory did");
        counts.print();
        report::heading("what alice and bob saw");
        report::line("rounds", f64::from(u32::try_from(pictures.count())?), "");
        let (slowest_ready, slowest_picture) = (ready.quantile(1.0), pictures.quantile(1.0));
        ready.print("new device to ready");
        pictures.print("picture of 1 KB, sent to received");
        #[expect(clippy::cast_precision_loss)]
        report::line("server's memory at the end", server.resident_kib()? as f64 / 1024.0, "MiB");
        report::line("server's processor time", server.cpu_time()?.as_secs_f64(), "s");
        within("ready", slowest_ready, READY_WITHIN)?;
        within("a picture", slowest_picture, PICTURE_WITHIN)
    }
}

fn within(what: &str, slowest: Duration, bound: Duration) -> AnyResult<()> {
    if slowest <= bound {
        return Ok(());
    }
    Err(format!("{what} took {:.1} s, and may take {} s", slowest.as_secs_f64(), bound.as_secs()).into())
}
