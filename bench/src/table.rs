//! What each kind of work costs, beside another build of it: medians of alternating runs, each on a new database.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tim_protocol::group::GroupType;

use crate::outcome::AnyResult;
use crate::report::spread;
use crate::server::{Server, UNLIMITED};
use crate::{durable, engine, fanout, history, idle, login, probe};

/// The options of the table.
#[derive(clap::Args)]
pub(crate) struct Table {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// The program of the build that it is compared with.
    #[arg(long)]
    against: PathBuf,
    /// bench/client.c with libtim, for the rows about the client; they are left out without it.
    #[arg(long, requires = "against_client")]
    client: Option<PathBuf>,
    /// The same of the other build.
    #[arg(long, requires = "client")]
    against_client: Option<PathBuf>,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// Alternating runs of each build.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Only rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Print the table as Markdown.
    #[arg(long)]
    markdown: bool,
}

/// The programs of one build.
#[derive(Clone, Copy)]
struct Build<'a> {
    server: &'a Path,
    client: Option<&'a Path>,
}

type Measured<'a> = Pin<Box<dyn Future<Output = AnyResult<f64>> + 'a>>;

/// A kind of work.
struct Row {
    name: &'static str,
    unit: &'static str,
    measure: Measure,
}

/// How it is measured: on a running server, or with the client's program as well.
enum Measure {
    Server(for<'a> fn(&'a Arc<Server>) -> Measured<'a>),
    Client(for<'a> fn(&'a Path, &'a Server) -> Measured<'a>),
}

const fn server(
    name: &'static str,
    unit: &'static str,
    measure: for<'a> fn(&'a Arc<Server>) -> Measured<'a>,
) -> Row {
    Row { name, unit, measure: Measure::Server(measure) }
}

const fn client(
    name: &'static str,
    unit: &'static str,
    measure: for<'a> fn(&'a Path, &'a Server) -> Measured<'a>,
) -> Row {
    Row { name, unit, measure: Measure::Client(measure) }
}

const ROWS: [Row; 17] = [
    server("durable 1:1, 100 x 8", "us", |server| Box::pin(durable(server, 100, 8))),
    server("durable 1:1, 20 x 1", "us", |server| Box::pin(durable(server, 20, 1))),
    server("fan-out to 1,000, per delivery", "us", |server| Box::pin(fan_out(server, 50, 1))),
    server("fan-out to 1,000, 16 messages at once", "us", |server| Box::pin(fan_out(server, 6, 16))),
    server("wait for an acknowledgement, group of 10", "us", |server| Box::pin(acknowledged(server, 10))),
    server("wait for an acknowledgement, group of 1,000", "us", |server| {
        Box::pin(acknowledged(server, 1_000))
    }),
    server("login to ready, 200 at once", "us", |server| Box::pin(logins(server, 200, 25))),
    server("login to ready, alone", "us", |server| Box::pin(logins(server, 1, 500))),
    server("reconnect without a session", "us", |server| Box::pin(returns(server))),
    server("resume, 2,000 at once", "us", |server| Box::pin(resumes(server))),
    server("longest wait of a resume", "us", |server| Box::pin(longest_resume(server))),
    server("page of 50, compressed", "us", |server| Box::pin(pages(server))),
    server("reconnect, 10 of 1,000 changed", "us", |server| Box::pin(reconnects(server))),
    server("idle session", "KiB", |server| Box::pin(idle(server))),
    server("disk for a message of 100 B", "B", |server| Box::pin(disk(server))),
    client("client: received, bursts of 100", "us", |program, server| Box::pin(receive(program, server))),
    client("client: create to ready, 10,000", "ms", |program, server| Box::pin(ready(program, server))),
];

async fn durable(server: &Server, pairs: usize, depth: usize) -> AnyResult<f64> {
    let capacity = durable::capacity(server, pairs, depth, Duration::from_secs(5)).await?;
    Ok(micros(capacity.cpu_per_message()))
}

async fn fan_out(server: &Arc<Server>, times: u32, at_once: u32) -> AnyResult<f64> {
    let meeting = fanout::Meeting::open(server, "meeting", GroupType::Meeting, 1_000).await?;
    Ok(micros(meeting.chat(server, times, at_once).await?))
}

async fn acknowledged(server: &Arc<Server>, members: u32) -> AnyResult<f64> {
    let meeting = fanout::Meeting::open(server, "meeting", GroupType::Meeting, members).await?;
    Ok(micros(meeting.acknowledgements(50).await?.quantile(0.5)))
}

async fn logins(server: &Server, at_once: usize, rounds: usize) -> AnyResult<f64> {
    Ok(micros(login::logins(server, at_once, rounds).await?))
}

async fn returns(server: &Server) -> AnyResult<f64> {
    Ok(micros(login::returns(server, 200, 25).await?))
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

/// The size of a database after many messages, for each.
#[expect(clippy::cast_precision_loss)]
async fn disk(server: &Server) -> AnyResult<f64> {
    let messages = durable::capacity(server, 100, 8, Duration::from_secs(4)).await?.acknowledged();
    Ok(server.stop_in_order().await? as f64 / messages)
}

async fn receive(program: &Path, server: &Server) -> AnyResult<f64> {
    Ok(micros(engine::receive(program, server).await?))
}

async fn ready(program: &Path, server: &Server) -> AnyResult<f64> {
    Ok(engine::ready(program, server, 10_000).await?.as_secs_f64() * 1e3)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

impl Table {
    /// Measures and prints every row.
    pub(crate) async fn run(self) -> AnyResult<()> {
        let this = Build { server: &self.server, client: self.client.as_deref() };
        let other = Build { server: &self.against, client: self.against_client.as_deref() };
        let rows: Vec<&Row> = ROWS.iter().filter(|row| self.is_wanted(row)).collect();
        if rows.is_empty() {
            return Err("no row has this name that can be measured: leave out --only to see all".into());
        }
        self.probe_disk("before")?;
        println!();
        if self.markdown {
            println!("| work | this | against | ratio | spread | unit |\n|---|--:|--:|--:|--:|---|");
        } else {
            println!("{:<36} {:>10} {:>10} {:>7} {:>8}  unit", "work", "this", "against", "ratio", "spread");
        }
        for row in rows {
            let (mut these, mut others) = (Vec::new(), Vec::new());
            for _ in 0..self.rounds {
                others.push(self.measure(other, row).await?);
                these.push(self.measure(this, row).await?);
            }
            self.print(row, these, others);
        }
        println!();
        self.probe_disk("after")
    }

    /// The rows about the client need its program.
    fn is_wanted(&self, row: &Row) -> bool {
        row.name.contains(&self.only) && (self.client.is_some() || matches!(row.measure, Measure::Server(_)))
    }

    fn print(&self, row: &Row, these: Vec<f64>, others: Vec<f64>) {
        let (low, this, high) = spread(these);
        let (_, other, _) = spread(others);
        let (name, unit, ratio, spread) = (row.name, row.unit, this / other, (high - low) / this * 100.0);
        if self.markdown {
            println!("| {name} | {this:.1} | {other:.1} | {ratio:.2} | {spread:.0} % | {unit} |");
        } else {
            println!("{name:<36} {this:>10.1} {other:>10.1} {ratio:>7.2} {spread:>6.0} %  {unit}");
        }
    }

    /// The disk alone: what is durable can be no faster.
    fn probe_disk(&self, when: &str) -> AnyResult<()> {
        let folder = tempfile::tempdir()?;
        let [(_, p50), (_, p99), _] = probe::fdatasync(folder.path(), Duration::from_secs(2))?.quantiles();
        println!("append 4 KiB + fdatasync, {when}: p50 {p50:.2} ms, p99 {p99:.2} ms");
        Ok(())
    }

    async fn measure(&self, build: Build<'_>, row: &Row) -> AnyResult<f64> {
        let server = Arc::new(Server::start(build.server, self.server_cpu, UNLIMITED).await?);
        let measured = match (&row.measure, build.client) {
            (Measure::Server(measure), _) => measure(&server).await?,
            (Measure::Client(measure), Some(client)) => measure(client, &server).await?,
            (Measure::Client(_), None) => return Err("there is no program of the client".into()),
        };
        server.stop().await?;
        Ok(measured)
    }
}
