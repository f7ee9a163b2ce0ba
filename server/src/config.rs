//! The configuration: one TOML file, with a default for every setting.
//!
//! `default.toml` beside this file is the reference that `tim-server config` prints. An unknown setting is an error, so
//! that misspelt ones are noticed.

mod bucket;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Semaphore;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

use crate::core::guests::{self, Guests};
use crate::core::policy::LoginPolicy;
use crate::core::rate::Rate;
use crate::core::session::Settings;
use crate::core::shares;

pub use bucket::{BucketConfig, BucketKeys, Secret};

/// Every setting with its default and a comment.
pub const DEFAULT: &str = include_str!("default.toml");

/// The operator's settings.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The address for clients.
    pub listen: SocketAddr,
    /// Where the operator connects: health, metrics, kicks.
    pub admin_listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// What TLS needs; `None` for plain connections from this machine.
    pub tls: Option<Tls>,
    /// Rules of a session.
    pub session: SessionConfig,
    /// What one user, one address and all together may take.
    pub limits: Limits,
    /// Files of messages.
    pub media: MediaConfig,
    /// Searches of messages.
    pub search: SearchConfig,
    /// People without a UserSig.
    pub guests: GuestsConfig,
    /// What is logged.
    pub log: Log,
}

/// Searches of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SearchConfig {
    /// Whether the server keeps an index of messages.
    pub enabled: bool,
}

/// People without a UserSig, who enter live rooms and listen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuestsConfig {
    /// The applications that let them in.
    pub apps: Vec<u32>,
    /// Guests of one application at once.
    pub per_app: usize,
    /// Guests from one address at once.
    pub per_address: usize,
}

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

/// Rules of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionConfig {
    /// Which logins of a user stand side by side.
    pub login_policy: LoginPolicy,
    /// Shortest pause between heartbeats, in seconds.
    pub heartbeat_min_s: u32,
    /// Longest pause between heartbeats, in seconds.
    pub heartbeat_max_s: u32,
    /// How long a user whose connection broke stays online, in seconds.
    pub offline_after_s: u32,
    /// How long a sender may take a message back, in seconds.
    pub revoke_within_s: u32,
    /// Longest accepted life of a UserSig, in seconds; 0 for any.
    pub max_usersig_life_s: u32,
}

/// What one user, one address and all together may take.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests per second of one user in the long run.
    pub requests_per_second: u32,
    /// Requests of one user at once.
    pub requests_burst: u32,
    /// Connections per minute with which one user logs in or restores a login; also as many at once.
    pub logins_per_minute: u32,
    /// Logins per minute from one address whose token proves nothing; also as many at once.
    pub failed_logins_per_minute: u32,
    /// Connections at once.
    pub connections: usize,
    /// Connections of one user at once; beyond it the oldest are closed.
    pub connections_per_user: usize,
    /// Connections of one address at once that have not logged in; beyond it the oldest are closed.
    pub pending_per_address: usize,
    /// Uploads of one user at once.
    pub uploads_per_user: u32,
    /// Downloads of one user at once.
    pub downloads_per_user: u32,
    /// Megabytes of files that one user may store in a day; also as many at once.
    pub media_mb_per_day: u32,
    /// Seconds of decoding one user's pictures in an hour; also as many at once.
    pub decoding_s_per_hour: u32,
    /// The least pace of an upload or a download in the long run, in bytes per second.
    pub transfer_bytes_per_second: u32,
    /// How far an upload or a download may fall behind its least pace, in seconds.
    pub transfer_patience_s: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Files of messages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaConfig {
    /// The origins whose pages may read and upload files from a browser; `*` for all.
    pub origins: Vec<String>,
    /// The most megabytes of files that a user may have stored; 0 for any number.
    pub mb_per_user: u32,
    /// How long a file stays that no message names, in seconds; 0 for ever.
    pub unnamed_kept_s: u32,
    /// The bucket that files are in; `None` for the data folder.
    pub bucket: Option<BucketConfig>,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The least severity, or directives.
    pub level: String,
    /// How it looks.
    pub format: LogFormat,
}

/// How the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// An object per line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7700)),
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 7701)),
            data: "tim-data".into(),
            tls: None,
            session: SessionConfig::default(),
            limits: Limits::default(),
            media: MediaConfig::default(),
            search: SearchConfig::default(),
            guests: GuestsConfig::default(),
            log: Log::default(),
        }
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            login_policy: LoginPolicy::default(),
            heartbeat_min_s: 10,
            heartbeat_max_s: 300,
            offline_after_s: 30,
            revoke_within_s: 120,
            max_usersig_life_s: 0,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_second: 50,
            requests_burst: 200,
            logins_per_minute: 60,
            failed_logins_per_minute: 60,
            connections: 100_000,
            connections_per_user: 32,
            pending_per_address: 512,
            uploads_per_user: 4,
            downloads_per_user: 16,
            media_mb_per_day: 1_024,
            decoding_s_per_hour: 360,
            transfer_bytes_per_second: 8_192,
            transfer_patience_s: 30,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for GuestsConfig {
    fn default() -> Self {
        Self { apps: Vec::new(), per_app: 10_000, per_address: 500 }
    }
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self { origins: Vec::new(), mb_per_user: 0, unnamed_kept_s: 30 * 24 * 3_600, bucket: None }
    }
}

impl MediaConfig {
    /// The most bytes of files that a user may have stored; 0 for any number.
    #[must_use]
    pub fn quota(&self) -> u64 {
        u64::from(self.mb_per_user) * 1_000_000
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".into(), format: LogFormat::Text }
    }
}

/// Why a configuration cannot be used: one line that says what to change.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, is not TOML, or sets something that does not exist.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let path = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|why| ConfigError(format!("{path}: {why}: check --config")))?;
        toml::from_str(&text).map_err(|why| {
            let before = why.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let why = why.message();
            ConfigError(format!("{path}: line {line}: {why}: see what tim-server config prints"))
        })
    }

    /// Whether the settings fit each other.
    ///
    /// # Errors
    /// If clients elsewhere would have to speak in plain text, or a limit allows nothing.
    pub fn check(&self) -> Result<(), ConfigError> {
        let refuse = |why: &str| Err(ConfigError(why.to_owned()));
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            let listen = self.listen;
            return Err(ConfigError(format!(
                "listen = \"{listen}\" is open to other machines: set [tls], or listen on 127.0.0.1 behind a proxy that has it"
            )));
        }
        let SessionConfig { heartbeat_min_s, heartbeat_max_s, .. } = self.session;
        if heartbeat_min_s == 0 || heartbeat_min_s > heartbeat_max_s {
            return refuse("session: heartbeat_min_s must be at least 1 and at most heartbeat_max_s");
        }
        let (level, is_plain) = (&self.log.level, !self.log.level.contains(['=', ',']));
        if EnvFilter::try_new(level).is_err() || (is_plain && level.parse::<LevelFilter>().is_err()) {
            return refuse(
                "log: level is error, warn, info, debug, trace, or directives like info,tim_server=debug",
            );
        }
        if !(1..=Semaphore::MAX_PERMITS).contains(&self.limits.connections) {
            return refuse("limits: connections must be at least 1, and no more than the system has");
        }
        if let Some(origin) = self.media.origins.iter().find(|origin| !is_origin(origin)) {
            return Err(ConfigError(format!(
                "media: origins: \"{origin}\" is none: write scheme and host as \"https://app.example\", or \"*\""
            )));
        }
        if let Some(Err(why)) = self.media.bucket.as_ref().map(BucketConfig::check) {
            return Err(ConfigError(format!("media.bucket: {why}")));
        }
        self.limits.check().map_err(|name| ConfigError(format!("limits: {name} must be at least 1")))
    }

    /// The settings of sessions, with the server's own secret.
    #[must_use]
    pub fn settings(&self, ticket_key: [u8; 32]) -> Settings {
        let SessionConfig {
            login_policy,
            heartbeat_min_s,
            heartbeat_max_s,
            revoke_within_s,
            max_usersig_life_s,
            offline_after_s: _,
        } = self.session;
        let ms = |seconds: u32| i64::from(seconds) * 1_000;
        Settings {
            policy: login_policy,
            revoke_within: ms(revoke_within_s),
            heartbeat: [ms(heartbeat_min_s), ms(heartbeat_max_s)],
            media_quota: self.media.quota(),
            max_sig_life: (max_usersig_life_s > 0).then(|| i64::from(max_usersig_life_s)),
            ticket_key,
            guests: self.guests(),
        }
    }

    fn guests(&self) -> Arc<Guests> {
        let GuestsConfig { apps, per_app, per_address } = self.guests.clone();
        Arc::new(Guests::new(guests::Limits { apps, per_app, per_address }))
    }

    /// How long a user whose connection broke stays online.
    #[must_use]
    pub fn offline_after(&self) -> Duration {
        Duration::from_secs(self.session.offline_after_s.into())
    }

    /// How large everybody's share is.
    #[must_use]
    pub fn shares(&self) -> shares::Limits {
        const MINUTE_MS: i64 = 60_000;
        let limits = &self.limits;
        let per_minute = |amount: u32| Rate::new(amount.into(), amount.into(), MINUTE_MS);
        let media_bytes = u64::from(limits.media_mb_per_day) * 1_000_000;
        let decoding_ms = u64::from(limits.decoding_s_per_hour) * 1_000;
        shares::Limits {
            requests: Rate::new(limits.requests_burst.into(), limits.requests_per_second.into(), 1_000),
            logins: per_minute(limits.logins_per_minute),
            failed_logins: per_minute(limits.failed_logins_per_minute),
            media_bytes: Rate::new(media_bytes, media_bytes, 24 * 60 * MINUTE_MS),
            decoding: Rate::new(decoding_ms, decoding_ms, 60 * MINUTE_MS),
            uploads: limits.uploads_per_user,
            downloads: limits.downloads_per_user,
        }
    }
}

/// Whether browsers name a page's origin like this.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b'?' | b'#' | b'@' | b'*');
    text == "*" || host.is_some_and(|host| !host.is_empty() && host.bytes().all(is_plain))
}

impl Limits {
    /// Names a limit that would allow nothing.
    fn check(&self) -> Result<(), &'static str> {
        let at_least_one = [
            ("requests_per_second", self.requests_per_second),
            ("requests_burst", self.requests_burst),
            ("logins_per_minute", self.logins_per_minute),
            ("failed_logins_per_minute", self.failed_logins_per_minute),
            ("connections_per_user", u32::from(self.connections_per_user > 0)),
            ("pending_per_address", u32::from(self.pending_per_address > 0)),
            ("uploads_per_user", self.uploads_per_user),
            ("downloads_per_user", self.downloads_per_user),
            ("media_mb_per_day", self.media_mb_per_day),
            ("decoding_s_per_hour", self.decoding_s_per_hour),
            ("transfer_bytes_per_second", self.transfer_bytes_per_second),
            ("transfer_patience_s", self.transfer_patience_s),
        ];
        at_least_one.into_iter().find(|(_, value)| *value == 0).map_or(Ok(()), |(name, _)| Err(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_defaults_are_the_defaults() {
        assert_eq!(toml::from_str::<Config>(DEFAULT).unwrap(), Config::default());
        Config::default().check().unwrap();
        assert_eq!(Config::default().settings([0; 32]).revoke_within, tim_protocol::limits::REVOKE_WITHIN_MS);
    }

    #[test]
    fn a_misspelt_setting_and_plain_text_for_the_world_are_refused() {
        assert!(toml::from_str::<Config>("lisen = \"127.0.0.1:1\"").is_err());
        for bad in [
            "[log]\nlevel = \"inof\"",
            "[limits]\nconnections = 0",
            "[limits]\nconnections = 9223372036854775807",
            "[limits]\nuploads_per_user = 0",
            "[limits]\npending_per_address = 0",
            "[media]\norigins = [\"app.example\"]",
            "[media]\norigins = [\"https://app.example/\"]",
            "[media]\norigins = [\"https://*.example\"]",
        ] {
            assert!(toml::from_str::<Config>(bad).unwrap().check().is_err(), "{bad}");
        }
        let open: Config = toml::from_str("listen = \"0.0.0.0:7700\"").unwrap();
        assert!(open.check().unwrap_err().to_string().contains("[tls]"));
    }
}
