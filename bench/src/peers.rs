//! What a received message costs the client from its socket to its listener, beside another project's client: in turns.

use std::path::PathBuf;

use tokio::process::Command;

use crate::engine;
use crate::outcome::AnyResult;
use crate::report::spread;
use crate::server::{Server, UNLIMITED};

/// The options.
#[derive(clap::Args)]
pub(crate) struct Peers {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// bench/client.c with libtim.
    #[arg(long)]
    client: PathBuf,
    /// bench/peers/matrix.
    #[arg(long)]
    matrix: PathBuf,
    /// Alternating runs of each.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

impl Peers {
    /// Measures and prints both, and the median of the rounds' ratios.
    pub(crate) async fn run(self) -> AnyResult<()> {
        let (mut tim, mut matrix, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            let (this, other) = (self.tim().await?, self.matrix().await?);
            tim.push(this);
            matrix.push(other);
            ratios.push(this / other);
        }
        println!("client: received, bursts of 100, us CPU for each message: least, median, most");
        for (name, values) in [("tim", tim), ("matrix-rust-sdk", matrix)] {
            let (least, median, most) = spread(values);
            println!("  {name:<16} {least:>8.1} {median:>8.1} {most:>8.1}");
        }
        let (least, median, most) = spread(ratios);
        println!("  {:<16} {least:>8.3} {median:>8.3} {most:>8.3}", "ratio");
        Ok(())
    }

    async fn tim(&self) -> AnyResult<f64> {
        let server = Server::start(&self.server, self.server_cpu, UNLIMITED).await?;
        let spent = engine::receive(&self.client, &server).await?;
        server.stop().await?;
        Ok(spent.as_secs_f64() * 1e6)
    }

    /// The peer says its own figure.
    async fn matrix(&self) -> AnyResult<f64> {
        let output = Command::new(&self.matrix).output().await?;
        let said = String::from_utf8(output.stdout)?;
        said.trim().parse().map_err(|_| format!("{}: {}", self.matrix.display(), output.status).into())
    }
}
