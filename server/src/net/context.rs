//! What all connections of a server share.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use metrics::Counter;
use tim_protocol::{Fault, limits};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::log::Refusals;
use super::parked::ParkedSessions;
use super::slots::Slots;
use super::web_origins::WebOrigins;
use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::Config;
use crate::core::Now;
use crate::core::ops::{Audience, MediaSum, Notification, NotificationContent, UserKey};
use crate::core::rooms::Rooms;
use crate::core::session::Settings;
use crate::core::shares::{Network, Shares};
use crate::media::Media;
use crate::media::pace::LeastPace;
use crate::profiles::tell_profiles;
use crate::statuses::tell_statuses;
use crate::store::Store;

/// The longest pause between two cleanings of files.
const CLEAN_EVERY: Duration = Duration::from_secs(600);

/// The state shared by all connections.
pub(crate) struct ServerContext {
    pub(crate) settings: Arc<Settings>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) media: Media,
    pub(crate) shares: Arc<Shares>,
    pub(crate) rooms: Arc<Rooms>,
    /// Cancelled when the server stops.
    pub(crate) stop: CancellationToken,
    /// The clients' connections, and what accepts connections: those that a stopping server waits for.
    pub(crate) tasks: TaskTracker,
    /// Connections that have not logged in, by where they come from.
    pub(super) pending: Arc<Slots<Network>>,
    /// Sessions, by user.
    pub(super) sessions: Arc<Slots<UserKey>>,
    pub(super) least_pace: LeastPace,
    pub(super) trusted_proxies: Vec<IpAddr>,
    pub(super) web_origins: WebOrigins,
    /// How long a file stays that no message names; `None` for ever.
    pub(super) unnamed_kept: Option<Duration>,
    pub(super) parked: ParkedSessions,
    pub(super) refusals: Refusals,
    pub(super) frames: Frames,
    pub(super) clock: Clock,
}

/// Counts the frames of all connections.
pub(super) struct Frames {
    pub(super) received: Counter,
    pub(super) sent: Counter,
}

impl Frames {
    fn registered() -> Self {
        Self {
            received: metrics::counter!("tim_frames_total", "direction" => "in"),
            sent: metrics::counter!("tim_frames_total", "direction" => "out"),
        }
    }
}

impl ServerContext {
    pub(crate) fn new(
        config: &Config,
        ticket_key: [u8; 32],
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        media: Media,
        shares: Arc<Shares>,
        clock: Clock,
    ) -> Self {
        let limits = &config.limits;
        Self {
            settings: Arc::new(config.settings(ticket_key)),
            store,
            bus,
            media,
            shares,
            rooms: Arc::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            pending: Slots::new(limits.pending_per_address),
            sessions: Slots::new(limits.connections_per_user),
            least_pace: LeastPace {
                bytes_per_second: limits.transfer_bytes_per_second,
                patience: Duration::from_secs(limits.transfer_patience_s.into()),
            },
            trusted_proxies: limits.trusted_proxies.clone(),
            unnamed_kept: (config.media.unnamed_kept_s > 0)
                .then(|| Duration::from_secs(config.media.unnamed_kept_s.into())),
            web_origins: WebOrigins::new(&config.media.origins),
            parked: ParkedSessions::default(),
            refusals: Refusals::default(),
            frames: Frames::registered(),
            clock,
        }
    }

    pub(super) fn now(&self) -> Now {
        self.clock.now()
    }

    /// Removes files that no message names, and were uploaded longer ago than `kept`.
    pub(crate) async fn clean_media(&self, kept: Duration) -> Result<MediaSum, Fault> {
        let until =
            i64::try_from(kept.as_millis()).map_or(i64::MIN, |kept| self.now().wall.saturating_sub(kept));
        let MediaSum { files, bytes } = self.media.clean(&*self.store, until).await?;
        if files > 0 {
            metrics::counter!("tim_media_removed_total").increment(files);
            tracing::info!(files, bytes, "removed files that no message names");
        }
        Ok(MediaSum { files, bytes })
    }

    /// Does so until the server stops. If the operator keeps all files for ever, only what broken uploads left behind is removed.
    pub(crate) async fn clean_media_now_and_then(self: Arc<Self>) {
        let kept = self.unnamed_kept.unwrap_or(Duration::MAX);
        while self.stop.run_until_cancelled(sleep(CLEAN_EVERY.min(kept))).await.is_some() {
            let cleaned = self.stop.run_until_cancelled(self.clean_media(kept)).await;
            if let Some(Err(why)) = cleaned {
                tracing::warn!(%why, "files that no message names could not be removed");
            }
        }
    }

    /// Tells who is online until the server stops.
    pub(crate) async fn tell_statuses(self: Arc<Self>) {
        let telling = tell_statuses(Arc::clone(&self.bus), Arc::clone(&self.store));
        self.stop.run_until_cancelled(telling).await;
    }

    /// Tells whose profile changed until the server stops.
    pub(crate) async fn tell_profiles(self: Arc<Self>) {
        let telling = tell_profiles(Arc::clone(&self.bus), Arc::clone(&self.store));
        self.stop.run_until_cancelled(telling).await;
    }

    /// Tells those in live rooms what is said there, until the server stops.
    pub(crate) async fn tell_rooms(self: Arc<Self>) {
        let mut ticks = interval(Duration::from_millis(limits::ROOM_EVERY_MS.unsigned_abs()));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut publishing = Vec::new();
        while self.stop.run_until_cancelled(ticks.tick()).await.is_some() {
            for room in self.rooms.active() {
                let viewers = u32::try_from(self.bus.count(room)).unwrap_or(u32::MAX);
                let told = self.rooms.told(room, viewers, self.now()).into_iter().map(|push| Notification {
                    to: Audience::Topic(room),
                    except: None,
                    content: NotificationContent::Ephemeral(push),
                });
                let told: Vec<_> = told.collect();
                if !told.is_empty() {
                    publishing.push(async { self.bus.publish(told).await });
                }
            }
            let published = join_all(std::mem::take(&mut publishing));
            if AssertUnwindSafe(published).catch_unwind().await.is_err() {
                tracing::error!("a fault in the bus was caught: please report it with the panic above");
            }
        }
    }

    /// Updates metrics that are counted elsewhere.
    pub(super) fn observe(&self) {
        for (share, refused) in self.shares.refused() {
            metrics::counter!("tim_shares_refused_total", "share" => share.name()).absolute(refused);
        }
        #[expect(clippy::cast_precision_loss)]
        for (name, count) in [
            ("tim_shares_remembered", self.shares.remembered()),
            ("tim_pending_connections", self.pending.held_by_all()),
            ("tim_guests", self.settings.guests.count()),
        ] {
            metrics::gauge!(name).set(count as f64);
        }
    }
}
