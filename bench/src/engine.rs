//! The engine in a process of its own, bench/client.c: what a message costs it, and how soon it is ready.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tim_protocol::{ConversationId, UserId};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::client::Client;
use crate::outcome::AnyResult;
use crate::ready;
use crate::server::{APP, Server, cpu_time};

/// A client that is ready, and listens.
struct Engine {
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// From `tim_create` to ready.
    took: Duration,
}

impl Engine {
    async fn start(program: &Path, server: &Server, user: &str) -> AnyResult<Self> {
        let mut command = Command::new(program);
        command.arg(server.address().trim_end_matches("/v1")).arg(APP.to_string()).arg(user);
        command.arg(server.token(user)).arg(server.folder().join("client"));
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let input = process.stdin.take().ok_or("the client has no input")?;
        let output = process.stdout.take().ok_or("the client has no output")?;
        let mut output = BufReader::new(output).lines();
        let took = Duration::from_micros(number(&mut output, "ready ").await?);
        Ok(Self { process, input, output, took })
    }

    /// Processor time until now.
    fn cpu(&self) -> AnyResult<Duration> {
        cpu_time(self.process.id().ok_or("the client has ended")?)
    }

    /// The same, once it has nothing to do any more.
    async fn cpu_at_rest(&self) -> AnyResult<Duration> {
        loop {
            let before = self.cpu()?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            if self.cpu()?.saturating_sub(before) < Duration::from_micros(500) {
                return self.cpu();
            }
        }
    }

    /// Ends it, and returns how many messages it was told.
    async fn end(self) -> AnyResult<u64> {
        let Self { mut process, input, mut output, .. } = self;
        drop(input);
        let heard = number(&mut output, "heard ").await?;
        process.wait().await?;
        Ok(heard)
    }
}

async fn number(output: &mut Lines<BufReader<ChildStdout>>, before: &str) -> AnyResult<u64> {
    let line = output.next_line().await?.ok_or("the client ended: run it by hand to see why")?;
    Ok(line.strip_prefix(before).ok_or("the client says something else")?.parse()?)
}

/// CPU of the client from its socket to the end of its listener, for each of the messages, which come in bursts of 100.
pub(crate) async fn receive(program: &Path, server: &Server) -> AnyResult<Duration> {
    const BURSTS: u32 = 100;
    // As many as a sender may have under way, and less.
    const EACH: u32 = 25;
    let engine = Engine::start(program, server, "alice").await?;
    let mut friends = Vec::new();
    for name in ["bob", "carol", "dave", "erin"] {
        friends.push(Client::login(server, name).await?);
    }
    let sent = BURSTS * EACH * u32::try_from(friends.len())?;
    let alice = ConversationId::C2c(UserId::new("alice")?);
    let cpu = engine.cpu_at_rest().await?;
    for _ in 0..BURSTS {
        let bursts = friends.iter_mut().map(|friend| burst(friend, &alice, EACH));
        futures_util::future::try_join_all(bursts).await?;
        // The next burst is not to be in the same frame.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let cpu = engine.cpu_at_rest().await?.saturating_sub(cpu);
    let heard = engine.end().await?;
    if heard != u64::from(sent) {
        return Err(format!("the client was told {heard} of {sent} messages").into());
    }
    Ok(cpu / sent)
}

async fn burst(friend: &mut Client, to: &ConversationId, messages: u32) -> AnyResult<()> {
    let mut last = 0;
    for _ in 0..messages {
        last = friend.send_text(to).await?;
    }
    friend.answer(last).await.map(drop)
}

/// From `tim_create` to ready on a device that has all of its conversations.
pub(crate) async fn ready(program: &Path, server: &Server, conversations: usize) -> AnyResult<Duration> {
    ready::fill(server, "alice", conversations).await?;
    let fresh = Engine::start(program, server, "alice").await?;
    // It is ready with the first page of its sync.
    fresh.cpu_at_rest().await?;
    fresh.end().await?;
    let engine = Engine::start(program, server, "alice").await?;
    let took = engine.took;
    engine.end().await?;
    Ok(took)
}
