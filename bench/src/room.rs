//! A live room under more than it passes on: what a viewer costs, how long a message takes to be heard, what is dropped of which
//! priority, and whether memory stays as it is.
//!
//! The viewers have a thread of their own. Few of them read what they hear, so that the load is not what is measured.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use tim_protocol::body::{Body, TextBody};
use tim_protocol::call::{CreateGroupRequest, JoinGroupRequest, SendOnlineRequest, SendRequest};
use tim_protocol::frame::{FromServer, Push};
use tim_protocol::group::{GroupType, NewGroup};
use tim_protocol::message::Priority;
use tim_protocol::{Code, ConversationId, GroupId};
use tokio::runtime::Builder;
use tokio::task::{JoinSet, LocalSet, spawn_local};
use tokio::time::{Instant, sleep_until};

use crate::client::{Client, new_id, wall_ms};
use crate::outcome::AnyResult;
use crate::report::{self, Times};
use crate::server::{Server, UNLIMITED, scheduled, settle};

/// Of so many viewers one reads.
const READS: u32 = 50;
/// Pause between two messages of a speaker.
const EVERY: Duration = Duration::from_millis(100);
/// How many speakers each priority has.
const SPEAKERS: [(Priority, u32); 4] =
    [(Priority::High, 2), (Priority::Normal, 4), (Priority::Low, 6), (Priority::Lowest, 8)];

/// A live room in which 200 messages a second are offered.
#[derive(clap::Args)]
pub(crate) struct Room {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// How many view it.
    #[arg(long, default_value_t = 10_000)]
    viewers: u32,
    /// Seconds of talk.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// What the viewers' thread and the others share.
#[derive(Default)]
struct Shared {
    /// All viewers are there.
    ready: AtomicBool,
    over: AtomicBool,
    /// Frames that all viewers together got.
    frames: AtomicU64,
}

impl Room {
    pub(crate) async fn run(self) -> AnyResult<()> {
        let server = Arc::new(Server::start(&self.server, self.server_cpu, UNLIMITED).await?);
        let mut owner = Client::login(&server, "owner").await?;
        let group = NewGroup {
            name: "stage".to_owned(),
            group_type: GroupType::AvChatRoom,
            group_id: Some(GroupId::new("stage")?),
            ..NewGroup::default()
        };
        owner.call(CreateGroupRequest { group }).await?;
        let shared = Arc::new(Shared::default());
        let viewers = {
            let (server, shared, viewers) = (Arc::clone(&server), Arc::clone(&shared), self.viewers);
            thread::Builder::new()
                .name("viewers".into())
                .spawn(move || view(&server, viewers, &shared).map_err(|why| why.to_string()))?
        };
        while !shared.ready.load(Ordering::Relaxed) {
            if viewers.is_finished() {
                return Err(viewers
                    .join()
                    .map_err(|_| "the viewers' thread panicked")?
                    .err()
                    .unwrap_or_default()
                    .into());
            }
            settle().await;
        }
        let mut speakers = Vec::new();
        for (priority, number) in
            SPEAKERS.into_iter().flat_map(|(it, count)| (0..count).map(move |n| (it, n)))
        {
            let name = format!("{}-{number}", priority.as_str());
            speakers.push((priority, enter(&server, &name).await?));
        }
        settle().await;
        let own_time = || scheduled(std::process::id()).map(|(ran, waited)| ran + waited);
        let (memory, cpu, own) = (server.resident_kib()?, server.cpu_time()?, own_time()?);
        let frames = shared.frames.load(Ordering::Relaxed);
        let (begun, window) = (Instant::now(), Duration::from_secs(self.seconds));
        let mut talks = JoinSet::new();
        for (place, (priority, speaker)) in (0_u32..).zip(speakers) {
            let first = begun + EVERY * place / 20;
            talks.spawn_local(talk(speaker, priority, first, begun + window));
        }
        let mut passed = [(0, 0); 4];
        while let Some(talk) = talks.join_next().await {
            let (priority, told, refused) = talk??;
            let class = SPEAKERS.iter().position(|(it, _)| *it == priority).and_then(|it| passed.get_mut(it));
            let class = class.ok_or("a priority without speakers")?;
            *class = (class.0 + told, class.1 + refused);
        }
        settle().await;
        let cpu = server.cpu_time()?.saturating_sub(cpu);
        let own = own_time()?.saturating_sub(own).div_duration_f64(begun.elapsed());
        let grown = server.resident_kib()?.saturating_sub(memory);
        let frames = shared.frames.load(Ordering::Relaxed) - frames;
        shared.over.store(true, Ordering::Relaxed);
        let mut delays = viewers.join().map_err(|_| "the viewers' thread panicked")??;
        self.print(&passed, cpu, frames, &mut delays, grown, own);
        server.stop().await
    }

    #[expect(clippy::cast_precision_loss)]
    fn print(
        &self,
        passed: &[(u64, u64); 4],
        cpu: Duration,
        frames: u64,
        delays: &mut Times,
        grown: u64,
        own: f64,
    ) {
        report::heading(&format!("a live room with {} viewers", self.viewers));
        let seconds = self.seconds as f64;
        for ((priority, _), (told, refused)) in SPEAKERS.iter().zip(passed) {
            let name = format!("{}, offered {} a second", priority.as_str(), (told + refused) / self.seconds);
            report::line(&name, *told as f64 / seconds, "1/s passed");
        }
        let told: u64 = passed.iter().map(|(told, _)| told).sum();
        let deliveries = told as f64 * f64::from(self.viewers);
        report::line("server CPU per delivered message", cpu.as_secs_f64() / deliveries * 1e6, "us");
        report::line("server CPU per frame", cpu.as_secs_f64() / frames as f64 * 1e6, "us");
        report::line("frames per viewer", frames as f64 / f64::from(self.viewers) / seconds, "1/s");
        for (label, ms) in delays.quantiles() {
            report::line(&format!("send to viewer {label}"), ms, "ms");
        }
        report::line("memory grown meanwhile", grown as f64, "KiB");
        report::line("share of the time in which the load ran", own * 100.0, "%");
    }
}

/// The thread of the viewers: how long messages took to those who read.
fn view(server: &Arc<Server>, viewers: u32, shared: &Arc<Shared>) -> AnyResult<Times> {
    let work = async {
        let mut views = JoinSet::new();
        for number in 0..viewers {
            let viewer = enter(server, &format!("viewer-{number}")).await?;
            if number.is_multiple_of(READS) {
                views.spawn_local(read(viewer, Arc::clone(shared)));
            } else {
                spawn_local(count(viewer, Arc::clone(shared)));
            }
        }
        shared.ready.store(true, Ordering::Relaxed);
        let mut delays = Times::default();
        while let Some(read) = views.join_next().await {
            delays.merge(read?);
        }
        Ok(delays)
    };
    LocalSet::new().block_on(&Builder::new_current_thread().enable_all().build()?, work)
}

async fn enter(server: &Server, name: &str) -> AnyResult<Client> {
    let mut client = Client::login(server, name).await?;
    let join = JoinGroupRequest { group_id: GroupId::new("stage")?, apply_message: String::new() };
    client.call(join).await?;
    Ok(client)
}

/// Reads what is said, until the room is over: how long each message took.
async fn read(mut viewer: Client, shared: Arc<Shared>) -> Times {
    let mut delays = Times::default();
    while !shared.over.load(Ordering::Relaxed) {
        let envelope = tokio::time::timeout(Duration::from_secs(1), viewer.next()).await;
        let Ok(Ok(FromServer::Push(_, Push::Room(told)))) = envelope else { continue };
        shared.frames.fetch_add(1, Ordering::Relaxed);
        for message in
            told.messages.iter().filter(|it| it.client_time > 0 && it.body.get().contains("TIMTextElem"))
        {
            let ms = wall_ms().saturating_sub(message.client_time).unsigned_abs();
            delays.add(Duration::from_millis(ms));
        }
    }
    delays
}

/// Takes what is said, and counts frames.
async fn count(mut viewer: Client, shared: Arc<Shared>) {
    while viewer.skip().await.is_ok() {
        shared.frames.fetch_add(1, Ordering::Relaxed);
    }
}

/// Says something at fixed times. How much was passed on, and how much refused.
async fn talk(
    mut speaker: Client,
    priority: Priority,
    first: Instant,
    until: Instant,
) -> Result<(Priority, u64, u64), String> {
    let (mut due, mut told, mut refused) = (first, 0, 0);
    while due < until {
        sleep_until(due).await;
        due += EVERY;
        let asked = say(priority).map_err(|why| why.to_string())?;
        let number = speaker.ask(asked.into()).await.map_err(|why| why.to_string())?;
        match speaker.result(number).await.map_err(|why| why.to_string())? {
            Ok(_) => told += 1,
            Err(fault) if fault.code == Code::ROOM_BUSY => refused += 1,
            Err(fault) => return Err(fault.to_string()),
        }
    }
    Ok((priority, told, refused))
}

fn say(priority: Priority) -> AnyResult<SendOnlineRequest> {
    let body = Body::Text(TextBody { text: "x".repeat(100) }).write().map_err(|code| code.describe())?;
    Ok(SendOnlineRequest(SendRequest {
        id: new_id(),
        to: ConversationId::Group(GroupId::new("stage")?),
        client_time: wall_ms(),
        priority,
        excluded_from_unread_count: false,
        attributes: None,
        body,
    }))
}
