//! Connections: logins alone and at once, resumed sessions, and what a device asks for when it comes back.

use std::time::{Duration, Instant};

use tim_protocol::call::{HelloRequest, Resume};
use tim_protocol::conversation::Cursor;
use tim_protocol::{ConversationId, UserId};

use crate::client::{Client, hello};
use crate::outcome::AnyResult;
use crate::server::{Server, settle};

/// Server CPU for a login with its first sync: `at_once` users at the same moment, in this many rounds. Each user has
/// logged in before.
pub(crate) async fn logins(server: &Server, at_once: usize, rounds: usize) -> AnyResult<Duration> {
    wave(server, at_once).await?;
    let cpu = server.cpu_time()?;
    for _ in 0..rounds {
        wave(server, at_once).await?;
    }
    settle().await;
    Ok(server.cpu_time()?.saturating_sub(cpu).div_f64((at_once * rounds) as f64))
}

async fn wave(server: &Server, at_once: usize) -> AnyResult<()> {
    let tokens = (0..at_once).map(|number| hello(server, &format!("login-{number}")));
    let tokens: Vec<HelloRequest> = tokens.collect::<AnyResult<_>>()?;
    let logins = tokens.into_iter().map(|hello| async move {
        let (mut client, _) = Client::greet(server, hello).await?;
        client.sync(Cursor::default()).await?;
        AnyResult::Ok(client)
    });
    futures_util::future::try_join_all(logins).await.map(drop)
}

/// Server CPU for a device that comes back without its session and finds nothing new: `at_once` at the same moment, in this
/// many rounds.
pub(crate) async fn returns(server: &Server, at_once: usize, rounds: usize) -> AnyResult<Duration> {
    let mut devices = Vec::with_capacity(at_once);
    for number in 0..at_once {
        let hello = hello(server, &format!("return-{number}"))?;
        let (mut client, _) = Client::greet(server, hello.clone()).await?;
        devices.push((HelloRequest { login: false, ..hello }, client.sync(Cursor::default()).await?));
    }
    settle().await;
    let cpu = server.cpu_time()?;
    for _ in 0..rounds {
        let back = devices.iter_mut().map(|(hello, cursor)| async move {
            let (mut client, _) = Client::greet(server, hello.clone()).await?;
            *cursor = client.sync(*cursor).await?;
            AnyResult::Ok(client)
        });
        drop(futures_util::future::try_join_all(back).await?);
    }
    settle().await;
    Ok(server.cpu_time()?.saturating_sub(cpu).div_f64((at_once * rounds) as f64))
}

/// Sessions that lost their connections, and come back all at once.
pub(crate) struct Resumes {
    /// Server CPU for each.
    pub(crate) cpu: Duration,
    /// The longest that one waited.
    pub(crate) longest: Duration,
}

/// Resumes this many sessions.
pub(crate) async fn resumes(server: &Server, sessions: usize) -> AnyResult<Resumes> {
    let mut hellos = Vec::with_capacity(sessions);
    let mut connected = Vec::with_capacity(sessions);
    for number in 0..sessions {
        let hello = hello(server, &format!("resume-{number}"))?;
        let (client, welcome) = Client::greet(server, hello.clone()).await?;
        let resume = Some(Resume { session: welcome.session, push: client.last_push() });
        connected.push(client);
        hellos.push(HelloRequest { login: false, resume, ..hello });
    }
    drop(connected);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let cpu = server.cpu_time()?;
    let back = hellos.into_iter().map(|hello| async move {
        let begun = Instant::now();
        let (client, welcome) = Client::greet(server, hello).await?;
        if !welcome.resumed {
            return Err("a session was not resumed".into());
        }
        AnyResult::Ok((client, begun.elapsed()))
    });
    let back = futures_util::future::try_join_all(back).await?;
    settle().await;
    let cpu = server.cpu_time()?.saturating_sub(cpu).div_f64(sessions as f64);
    Ok(Resumes { cpu, longest: back.iter().map(|(_, took)| *took).max().unwrap_or_default() })
}

/// Server CPU for a device that comes back, without its session, to `conversations` of which `changed` have changed. The
/// devices of several users come one after the other: a single one would show what it costs to wake a server that
/// sleeps.
pub(crate) async fn reconnects(server: &Server, conversations: usize, changed: usize) -> AnyResult<Duration> {
    const USERS: usize = 10;
    const ROUNDS: u32 = 5;
    let names = (0..USERS).map(|number| UserId::new(&format!("alice-{number}")));
    let names: Vec<UserId> = names.collect::<Result<_, _>>()?;
    let mut devices = Vec::with_capacity(USERS);
    for name in &names {
        let hello = hello(server, name.as_str())?;
        drop(Client::greet(server, hello.clone()).await?);
        devices.push((HelloRequest { login: false, ..hello }, Cursor::default()));
    }
    let mut friends = Vec::new();
    for number in 0..conversations {
        let mut friend = Client::login(server, &format!("friend-{number}")).await?;
        say(&mut friend, &names).await?;
        if number < changed {
            friends.push(friend);
        }
    }
    settle().await;
    come_back(server, &mut devices).await?;
    let mut total = Duration::ZERO;
    for _ in 0..ROUNDS {
        for friend in &mut friends {
            say(friend, &names).await?;
        }
        settle().await;
        let cpu = server.cpu_time()?;
        come_back(server, &mut devices).await?;
        settle().await;
        total += server.cpu_time()?.saturating_sub(cpu);
    }
    Ok(total / ROUNDS / u32::try_from(USERS)?)
}

/// Each device connects, syncs from where it was, and leaves.
async fn come_back(server: &Server, devices: &mut [(HelloRequest, Cursor)]) -> AnyResult<()> {
    for (hello, cursor) in devices {
        let (mut client, _) = Client::greet(server, hello.clone()).await?;
        *cursor = client.sync(*cursor).await?;
    }
    Ok(())
}

async fn say(client: &mut Client, to: &[UserId]) -> AnyResult<()> {
    let mut last = 0;
    for user in to {
        last = client.send_text(&ConversationId::C2c(user.clone())).await?;
    }
    client.answer(last).await.map(drop)
}
