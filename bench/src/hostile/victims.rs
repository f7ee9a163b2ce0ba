//! Alice and bob, who do what people do while mallory rages: each logs in on a new device, and a picture goes from one to
//! the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tim::event::{Event, EventListener};
use tim::message::{Body, Payload, Priority};
use tim::options::TimOptions;
use tim::{ConversationType, Tim};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::png;
use crate::outcome::AnyResult;
use crate::server::{APP, Server};

/// A request that takes longer than this counts as never answered.
const NEVER: Duration = Duration::from_secs(60);

/// The duration of one round.
pub(super) struct Round {
    pub(super) ready: [Duration; 2],
    pub(super) picture: Duration,
}

/// Both get a new device, and alice sends bob a picture.
pub(super) async fn round(server: &Server) -> AnyResult<Round> {
    let (alice, alice_ready) = Device::new(server, "alice").await?;
    let (mut bob, bob_ready) = Device::new(server, "bob").await?;
    let begun = Instant::now();
    let bytes = png::plain(250)?;
    let picture =
        alice.tim.create_image_message("bob", ConversationType::C2c, bytes, Priority::Normal, |_| {})?;
    let id = picture.id;
    timeout(NEVER, alice.tim.send_message(picture)).await.map_err(|_| "alice's picture was never sent")??;
    let heard = timeout(NEVER, async {
        while let Some(event) = bob.events.recv().await {
            if matches!(&event, Event::MessageReceived(messages)
                if messages.iter().any(|it| it.id == id && matches!(it.payload, Payload::Body(Body::Image(_)))))
            {
                return;
            }
        }
    });
    heard.await.map_err(|_| "bob never got alice's picture")?;
    let picture = begun.elapsed();
    alice.tim.destroy().await?;
    bob.tim.destroy().await?;
    Ok(Round { ready: [alice_ready, bob_ready], picture })
}

/// A new device with the real engine.
struct Device {
    tim: Tim,
    events: mpsc::UnboundedReceiver<Event>,
    _folder: tempfile::TempDir,
}

struct ChannelListener(mpsc::UnboundedSender<Event>);

impl EventListener for ChannelListener {
    fn on_events(&self, events: &[Event]) {
        for event in events {
            let _ = self.0.send(event.clone());
        }
    }
}

impl Device {
    /// Logs in, and tells how long that took until ready.
    async fn new(server: &Server, user: &str) -> AnyResult<(Self, Duration)> {
        let folder = tempfile::tempdir_in(server.folder())?;
        let address = server.address().trim_end_matches("/v1");
        let mut options = TimOptions::new(APP, address, folder.path());
        user.clone_into(&mut options.instance);
        let tim = Tim::create(options)?;
        let (sender, events) = mpsc::unbounded_channel();
        tim.add_listener(Arc::new(ChannelListener(sender)));
        let mut device = Self { tim, events, _folder: folder };
        let begun = Instant::now();
        timeout(NEVER, device.tim.login(user, &server.token(user)))
            .await
            .map_err(|_| format!("{user} could not log in"))??;
        let ready = async {
            while let Some(event) = device.events.recv().await {
                if matches!(event, Event::SdkReady) {
                    return;
                }
            }
        };
        timeout(NEVER, ready).await.map_err(|_| format!("{user} was never ready"))?;
        Ok((device, begun.elapsed()))
    }
}
