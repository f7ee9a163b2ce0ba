//! Durable one-to-one messages: how many a core-second carries, and how long an acknowledgement takes at half load.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tim_protocol::frame::FromServer;
use tim_protocol::{ConversationId, UserId};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::outcome::AnyResult;
use crate::report::{self, Times};
use crate::server::{Server, scheduled, settle};

/// The results of a run at full speed.
pub(crate) struct Capacity {
    acked: usize,
    wall: Duration,
    server_cpu: Duration,
    written: u64,
    times: Times,
}

impl Capacity {
    /// Messages acknowledged per second.
    pub(crate) fn rate(&self) -> f64 {
        count(self.acked) / self.wall.as_secs_f64()
    }

    /// Messages acknowledged.
    pub(crate) fn acknowledged(&self) -> f64 {
        count(self.acked)
    }

    /// Processor time of the server for each message.
    pub(crate) fn cpu_per_message(&self) -> Duration {
        self.server_cpu.div_f64(self.acknowledged())
    }

    /// Shows it.
    pub(crate) fn print(&self) {
        let (acked, cpu) = (count(self.acked), self.server_cpu.as_secs_f64());
        report::line("messages acknowledged per second", self.rate(), "1/s");
        report::line("messages per server core-second", acked / cpu, "1/core-s");
        report::line("server CPU per message", cpu / acked * 1e6, "us");
        #[expect(clippy::cast_precision_loss)]
        report::line("bytes written per message", self.written as f64 / acked, "B");
        report::line("share of one core the server used", cpu / self.wall.as_secs_f64(), "");
        report::line("acknowledgements timed", count(self.times.count()), "");
    }
}

/// Every sender keeps `depth` messages under way.
pub(crate) async fn capacity(
    server: &Server,
    pairs: usize,
    depth: usize,
    window: Duration,
) -> AnyResult<Capacity> {
    let pairs = connect(server, "full", pairs).await?;
    let (cpu, written, begun) = (server.cpu_time()?, server.written_bytes()?, Instant::now());
    let mut runs = JoinSet::new();
    for pair in pairs {
        runs.spawn_local(closed_loop(pair, depth, begun + window));
    }
    let times = gather(runs).await?;
    let wall = begun.elapsed();
    settle().await;
    Ok(Capacity {
        acked: times.count(),
        wall,
        server_cpu: server.cpu_time()?.saturating_sub(cpu),
        written: server.written_bytes()? - written,
        times,
    })
}

/// The results of a run at a fixed rate.
pub(crate) struct AtRate {
    rate: f64,
    /// From the intended time of each send to its acknowledgement.
    pub(crate) times: Times,
    /// The share of the time in which this process ran, or waited for its processor.
    pub(crate) own_share: f64,
}

impl AtRate {
    /// Shows it.
    pub(crate) fn print(self) {
        report::line("offered at half load", self.rate, "1/s");
        self.times.print("send to acknowledgement");
    }
}

/// Messages leave at fixed times whatever the answers do; an acknowledgement counts from its intended time.
pub(crate) async fn at_rate(server: &Server, pairs: usize, rate: f64, window: Duration) -> AnyResult<AtRate> {
    let own_time = || scheduled(std::process::id()).map(|(ran, waited)| ran + waited);
    let between = Duration::from_secs_f64(count(pairs) / rate);
    let connected = connect(server, "half", pairs).await?;
    let (begun, busy) = (Instant::now(), own_time()?);
    let mut runs = JoinSet::new();
    for (place, pair) in connected.into_iter().enumerate() {
        let first = begun + between.mul_f64(count(place) / count(pairs));
        runs.spawn_local(open_loop(pair, first, between, begun + window));
    }
    let times = gather(runs).await?;
    let own_share = own_time()?.saturating_sub(busy).div_duration_f64(begun.elapsed());
    Ok(AtRate { rate, times, own_share })
}

struct Pair {
    sender: Client,
    receiver: Client,
    to: ConversationId,
}

async fn connect(server: &Server, label: &str, pairs: usize) -> AnyResult<Vec<Pair>> {
    let mut connected = Vec::with_capacity(pairs);
    for place in 0..pairs {
        let (from, to) = (format!("{label}-a{place}"), format!("{label}-b{place}"));
        let receiver = Client::login(server, &to).await?;
        let sender = Client::login(server, &from).await?;
        connected.push(Pair { sender, receiver, to: ConversationId::C2c(UserId::new(&to)?) });
    }
    Ok(connected)
}

async fn gather(mut runs: JoinSet<Result<Times, String>>) -> AnyResult<Times> {
    let mut all = Times::default();
    while let Some(times) = runs.join_next().await {
        all.merge(times??);
    }
    Ok(all)
}

async fn closed_loop(pair: Pair, depth: usize, until: Instant) -> Result<Times, String> {
    let Pair { mut sender, receiver, to } = pair;
    let listening = tokio::task::spawn_local(listen(receiver));
    let run = async {
        let (mut under_way, mut times) = (HashMap::new(), Times::default());
        loop {
            while under_way.len() < depth && Instant::now() < until {
                under_way.insert(sender.send_text(&to).await?, Instant::now());
            }
            if under_way.is_empty() {
                return Ok(times);
            }
            if let FromServer::Reply(number, result) = sender.next().await? {
                result?;
                times.add(under_way.remove(&number).ok_or("an answer nobody asked for")?.elapsed());
            }
        }
    };
    let times: AnyResult<Times> = run.await;
    listening.abort();
    times.map_err(|why| why.to_string())
}

async fn open_loop(pair: Pair, first: Instant, between: Duration, until: Instant) -> Result<Times, String> {
    let Pair { mut sender, receiver, to } = pair;
    let listening = tokio::task::spawn_local(listen(receiver));
    let run = async {
        let (mut under_way, mut times, mut due) = (HashMap::new(), Times::default(), first);
        loop {
            tokio::select! {
                biased;
                envelope = sender.next(), if !under_way.is_empty() => {
                    if let FromServer::Reply(number, result) = envelope? {
                        result?;
                        let intended: Instant = under_way.remove(&number).ok_or("an answer nobody asked for")?;
                        times.add(intended.elapsed());
                    }
                }
                () = tokio::time::sleep_until(due.into()), if due < until => {
                    under_way.insert(sender.send_text(&to).await?, due);
                    due += between;
                }
                else => return Ok(times),
            }
        }
    };
    let times: AnyResult<Times> = run.await;
    listening.abort();
    times.map_err(|why| why.to_string())
}

async fn listen(mut receiver: Client) {
    while receiver.next().await.is_ok() {}
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}
