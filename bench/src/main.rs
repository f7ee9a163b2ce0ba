//! Measures a real `tim-server` over real sockets: the map of the benchmark.
//!
//! Prints figures, asserts nothing: absolute times belong to the machine they were taken on. That is why every run
//! probes the disk in the same minute, and why CPU time per operation and ratios are what to quote.

#![forbid(unsafe_code)]

mod client;
mod crowd;
mod device;
mod durable;
mod engine;
mod fanout;
mod history;
mod hostile;
mod idle;
mod list;
mod login;
mod outcome;
mod peers;
mod plot;
mod probe;
mod ready;
mod report;
mod room;
mod server;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use outcome::AnyResult;

/// Measures a tim-server that it starts itself, in a temporary folder.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    what: Benchmark,
}

#[derive(Subcommand)]
enum Benchmark {
    /// Every figure, in about two minutes.
    Quick(Quick),
    /// What each kind of work costs the server, beside another build of it.
    Table(table::Table),
    /// Latency against offered load, beside another build, as an SVG picture.
    Plot(plot::Plot),
    /// What a long conversation costs a device to store, to page through and to search, and a list of many; without a server.
    Device(device::Device),
    /// What a received message costs the client, beside other clients.
    Peers(peers::Peers),
    /// A live room under more than it passes on.
    Room(room::Room),
    /// What happens in a Community of 100,000, beside one of 100.
    Crowd(crowd::Crowd),
    /// One hostile user at default limits against two others; fails if those wait longer than 5 s to be ready or 2 s for
    /// a picture.
    Hostile(hostile::Hostile),
}

/// The options of a quick run.
#[derive(clap::Args)]
struct Quick {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// Pairs of users that chat.
    #[arg(long, default_value_t = 100)]
    pairs: usize,
    /// Messages each sender keeps under way.
    #[arg(long, default_value_t = 8)]
    depth: usize,
    /// Seconds per measurement.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Sessions that are logged in and silent.
    #[arg(long, default_value_t = 5_000)]
    idle: usize,
    /// Conversations of the user whose login is timed, the larger case.
    #[arg(long, default_value_t = 10_000)]
    conversations: usize,
}

fn main() -> std::process::ExitCode {
    let Arguments { what } = Arguments::parse();
    let measure = async {
        match what {
            Benchmark::Quick(quick) => quick.run().await,
            Benchmark::Table(table) => table.run().await,
            Benchmark::Plot(plot) => plot.run().await,
            Benchmark::Device(device) => device.run(),
            Benchmark::Peers(peers) => peers.run().await,
            Benchmark::Room(room) => room.run().await,
            Benchmark::Crowd(crowd) => crowd.run().await,
            Benchmark::Hostile(hostile) => hostile.run().await,
        }
    };
    let run = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Into::into);
    match run.and_then(|runtime| tokio::task::LocalSet::new().block_on(&runtime, measure)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("tim-bench: {why}");
            std::process::ExitCode::FAILURE
        }
    }
}

impl Quick {
    async fn run(self) -> AnyResult<()> {
        let window = Duration::from_secs(self.seconds);
        let server = server::Server::start(&self.server, self.server_cpu, server::UNLIMITED).await?;
        report::heading("disk, raw");
        probe::fdatasync(server.folder(), Duration::from_secs(2))?.print();
        report::heading("durable one-to-one messages");
        let capacity = durable::capacity(&server, self.pairs, self.depth, window).await?;
        capacity.print();
        durable::at_rate(&server, self.pairs, capacity.rate() / 2.0, window).await?.print();
        probe::fdatasync(server.folder(), Duration::from_secs(2))?.print();
        report::heading("idle sessions");
        idle::sessions(&server, self.idle).await?.print();
        report::heading("login to ready");
        for conversations in [10, self.conversations] {
            ready::login(&server, conversations).await?.print();
        }
        server.stop().await
    }
}
