//! What a received message costs the client of matrix-rust-sdk, from its socket to who listens to the room's event cache, which keeps
//! the message in SQLite. Prints one number: microseconds of this process's processor for each message.
//!
//! Messages come in bursts, as many as `bench/src/engine.rs` has for tim, from a process of its own.

#![forbid(unsafe_code)]

mod homeserver;

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use eyeball_im::VectorDiff;
use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::deserialized_responses::TimelineEvent as Event;
use matrix_sdk::event_cache::{RoomEventCacheSubscriber, RoomEventCacheUpdate};
use matrix_sdk::ruma::api::MatrixVersion;
use matrix_sdk::{Client, SessionMeta, SessionTokens};

use homeserver::{ALICE, EACH, ROOM};

/// Bursts of [`EACH`] messages.
const BURSTS: usize = 100;
/// What the kernel counts processor time in, on every Linux.
const TICK: Duration = Duration::from_millis(10);

type AnyResult<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> AnyResult<()> {
    match std::env::args().nth(1).as_deref() {
        Some("serve") => Ok(homeserver::serve()?),
        Some(_) => Err("usage: tim-bench-matrix".into()),
        None => measure().await,
    }
}

async fn measure() -> AnyResult<()> {
    let (mut server, address) = start_server()?;
    let folder = tempfile::tempdir()?;
    let client = Client::builder()
        .homeserver_url(address)
        .server_versions([MatrixVersion::V1_11])
        .sqlite_store(folder.path(), None)
        .build()
        .await?;
    let meta = SessionMeta { user_id: ALICE.try_into()?, device_id: "PHONE".into() };
    let tokens = SessionTokens { access_token: "token".to_owned(), refresh_token: None };
    client.restore_session(MatrixSession { meta, tokens }).await?;
    client.event_cache().subscribe()?;
    let mut since = client.sync_once(SyncSettings::new()).await?.next_batch;
    let room = client.get_room(ROOM.try_into()?).ok_or("the first sync brings no room")?;
    let (cache, _keeps) = room.event_cache().await?;
    let (_, mut updates) = cache.subscribe().await?;

    let begun = cpu()?;
    for _ in 0..BURSTS {
        since = client.sync_once(SyncSettings::new().token(since)).await?.next_batch;
        hear(&mut updates, EACH).await?;
    }
    let spent = cpu()? - begun;
    println!("{:.1}", spent.as_secs_f64() * 1e6 / (BURSTS * EACH) as f64);
    server.kill()?;
    server.wait()?;
    Ok(())
}

/// Waits until so many messages were told.
async fn hear(updates: &mut RoomEventCacheSubscriber, messages: usize) -> AnyResult<()> {
    let mut heard = 0;
    while heard < messages {
        if let RoomEventCacheUpdate::UpdateTimelineEvents(told) = updates.recv().await? {
            heard += told.diffs.iter().map(added).sum::<usize>();
        }
    }
    if heard > messages {
        Err(format!("{heard} messages were told, and {messages} sent").into())
    } else {
        Ok(())
    }
}

/// How many messages a change adds.
fn added(change: &VectorDiff<Event>) -> usize {
    match change {
        VectorDiff::Append { values } => values.len(),
        VectorDiff::PushBack { .. } | VectorDiff::PushFront { .. } | VectorDiff::Insert { .. } => 1,
        _ => 0,
    }
}

/// The homeserver, and its address.
fn start_server() -> AnyResult<(Child, String)> {
    let mut server = Command::new(std::env::current_exe()?).arg("serve").stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut line)?;
    Ok((server, line.trim().to_owned()))
}

/// The processor time of this process, of threads that ended too.
fn cpu() -> AnyResult<Duration> {
    let line = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = line.rsplit(')').next().ok_or("no name")?;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    Ok(TICK * ticks.sum::<Result<u32, _>>()?)
}
