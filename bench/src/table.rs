//! What each kind of work costs the server, beside another build of it: medians of alternating runs, each on a new
//! database.

use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use crate::outcome::AnyResult;
use crate::server::{Server, UNLIMITED};
use crate::{durable, fanout, history, idle, login, probe};

/// The options of the table.
#[derive(clap::Args)]
pub(crate) struct Table {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// The program of the build that it is compared with.
    #[arg(long)]
    against: PathBuf,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// Alternating runs of each build.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
}

type Measured<'a> = Pin<Box<dyn Future<Output = AnyResult<f64>> + 'a>>;

/// A kind of work.
struct Row {
    name: &'static str,
    unit: &'static str,
    measure: for<'a> fn(&'a Server) -> Measured<'a>,
}

const ROWS: [Row; 12] = [
    Row { name: "durable 1:1, 100 x 8", unit: "us", measure: |server| Box::pin(durable(server, 100, 8)) },
    Row { name: "durable 1:1, 20 x 1", unit: "us", measure: |server| Box::pin(durable(server, 20, 1)) },
    Row { name: "fan-out to 1,000, per delivery", unit: "us", measure: |server| Box::pin(fan_out(server)) },
    Row {
        name: "acknowledged in a group of 10",
        unit: "us",
        measure: |server| Box::pin(acknowledged(server, 10)),
    },
    Row {
        name: "acknowledged in a group of 1,000",
        unit: "us",
        measure: |server| Box::pin(acknowledged(server, 1_000)),
    },
    Row {
        name: "login to ready, 200 at once",
        unit: "us",
        measure: |server| Box::pin(logins(server, 200, 25)),
    },
    Row { name: "login to ready, alone", unit: "us", measure: |server| Box::pin(logins(server, 1, 500)) },
    Row { name: "resume, 2,000 at once", unit: "us", measure: |server| Box::pin(resumes(server)) },
    Row { name: "longest wait of a resume", unit: "us", measure: |server| Box::pin(longest_resume(server)) },
    Row { name: "page of 50, compressed", unit: "us", measure: |server| Box::pin(pages(server)) },
    Row {
        name: "reconnect, 10 of 1,000 changed",
        unit: "us",
        measure: |server| Box::pin(reconnects(server)),
    },
    Row { name: "idle session", unit: "KiB", measure: |server| Box::pin(idle(server)) },
];

async fn durable(server: &Server, pairs: usize, depth: usize) -> AnyResult<f64> {
    let capacity = durable::capacity(server, pairs, depth, Duration::from_secs(5)).await?;
    Ok(micros(capacity.cpu_per_message()))
}

async fn fan_out(server: &Server) -> AnyResult<f64> {
    let meeting = fanout::Meeting::open(server, "meeting", 1_000).await?;
    Ok(micros(meeting.chat(server, 50).await?.cpu))
}

async fn acknowledged(server: &Server, members: u32) -> AnyResult<f64> {
    let meeting = fanout::Meeting::open(server, "meeting", members).await?;
    Ok(micros(meeting.chat(server, 50).await?.acknowledged.median()))
}

async fn logins(server: &Server, at_once: usize, rounds: usize) -> AnyResult<f64> {
    Ok(micros(login::logins(server, at_once, rounds).await?))
}

async fn resumes(server: &Server) -> AnyResult<f64> {
    Ok(micros(login::resumes(server, 2_000).await?.cpu))
}

async fn longest_resume(server: &Server) -> AnyResult<f64> {
    Ok(micros(login::resumes(server, 2_000).await?.longest))
}

async fn pages(server: &Server) -> AnyResult<f64> {
    Ok(micros(history::pages(server, 10_000, 1_000).await?))
}

async fn reconnects(server: &Server) -> AnyResult<f64> {
    Ok(micros(login::reconnects(server, 1_000, 10).await?))
}

async fn idle(server: &Server) -> AnyResult<f64> {
    Ok(idle::sessions(server, 5_000).await?.kib_per_session())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

impl Table {
    /// Measures and prints every row.
    pub(crate) async fn run(self) -> AnyResult<()> {
        println!("{:<36} {:>10} {:>10} {:>7} {:>8}  unit", "work", "this", "against", "ratio", "spread");
        for row in ROWS.iter().filter(|row| row.name.contains(&self.only)) {
            let (mut this, mut against) = (Vec::new(), Vec::new());
            for _ in 0..self.rounds {
                against.push(self.measure(&self.against, row).await?);
                this.push(self.measure(&self.server, row).await?);
            }
            let (low, this, high) = spread(this);
            let (_, against, _) = spread(against);
            let (ratio, spread) = (this / against, (high - low) / this * 100.0);
            println!(
                "{:<36} {this:>10.1} {against:>10.1} {ratio:>7.2} {spread:>6.0} %  {}",
                row.name, row.unit
            );
        }
        if !self.only.is_empty() {
            return Ok(());
        }
        for (name, program) in [("this", &self.server), ("against", &self.against)] {
            println!("bytes on disk per message of 100 B, {name}: {:.0}", self.disk(program).await?);
        }
        let folder = tempfile::tempdir()?;
        probe::fdatasync(folder.path(), Duration::from_secs(2))?.print();
        Ok(())
    }

    async fn measure(&self, program: &std::path::Path, row: &Row) -> AnyResult<f64> {
        let server = Server::start(program, self.server_cpu, UNLIMITED).await?;
        let measured = (row.measure)(&server).await?;
        server.stop().await?;
        Ok(measured)
    }

    /// The size of a database after many messages, for each.
    #[expect(clippy::cast_precision_loss)]
    async fn disk(&self, program: &std::path::Path) -> AnyResult<f64> {
        let server = Server::start(program, self.server_cpu, UNLIMITED).await?;
        let messages = durable::capacity(&server, 100, 8, Duration::from_secs(4)).await?.acknowledged();
        Ok(server.stop_in_order().await? as f64 / messages)
    }
}

/// The smallest, the median, and the largest.
fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
    (at(0), at(values.len() / 2), at(values.len().saturating_sub(1)))
}
