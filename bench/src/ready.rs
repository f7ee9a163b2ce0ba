//! Login to SDK_READY, for a user with few conversations and one with many: what an app's user waits for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tim::Tim;
use tim::event::{Event, EventListener};
use tim::options::TimOptions;
use tim_protocol::{ConversationId, UserId};
use tokio::sync::mpsc;

use crate::client::Client;
use crate::outcome::AnyResult;
use crate::report;
use crate::server::{APP, Server};

/// How long logins took.
pub(crate) struct Ready {
    conversations: usize,
    fresh: Duration,
    again: Duration,
}

impl Ready {
    /// Shows it.
    pub(crate) fn print(&self) {
        let name = |what| format!("{} conversations, {what}", self.conversations);
        report::line(&name("new device"), self.fresh.as_secs_f64() * 1e3, "ms");
        report::line(&name("same device again"), self.again.as_secs_f64() * 1e3, "ms");
    }
}

/// Makes a user with that many conversations, and logs in with the engine twice: as a new device, and again.
pub(crate) async fn login(server: &Server, conversations: usize) -> AnyResult<Ready> {
    let user = format!("ready-{conversations}");
    fill(server, &user, conversations).await?;
    let folder = tempfile::tempdir_in(server.folder())?;
    let fresh = time(server, &user, folder.path()).await?;
    let again = time(server, &user, folder.path()).await?;
    Ok(Ready { conversations, fresh, again })
}

/// One message to each of so many others.
pub(crate) async fn fill(server: &Server, user: &str, conversations: usize) -> AnyResult<()> {
    let mut sender = Client::login(server, user).await?;
    for place in 0..conversations {
        let other = format!("{user}-{place}");
        drop(Client::login(server, &other).await?);
        let number = sender.send_text(&ConversationId::C2c(UserId::new(&other)?)).await?;
        sender.answer(number).await?;
    }
    Ok(())
}

struct ChannelListener(mpsc::UnboundedSender<()>);

impl EventListener for ChannelListener {
    fn on_events(&self, events: &[Event]) {
        if events.contains(&Event::SdkReady) {
            let _ = self.0.send(());
        }
    }
}

async fn time(server: &Server, user: &str, folder: &std::path::Path) -> AnyResult<Duration> {
    let address = server.address().trim_end_matches("/v1");
    let tim = Tim::create(TimOptions::new(APP, address, folder))?;
    let (sender, mut ready) = mpsc::unbounded_channel();
    tim.add_listener(Arc::new(ChannelListener(sender)));
    let begun = Instant::now();
    tim.login(user, &server.token(user)).await?;
    ready.recv().await.ok_or("the engine ended before it was ready")?;
    let took = begun.elapsed();
    tim.destroy().await?;
    Ok(took)
}
