//! The options of an instance and the result of its login, for both APIs.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tim::protocol::call::Platform as EnginePlatform;

use super::{mirror_words, unsigned, unsigned_small};
use crate::error::TimError;

mirror_words! {
    /// The kind of machine, for the server's login policy.
    Platform = EnginePlatform {
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "ios",
        /// macOS.
        Macos = "macos",
        /// Windows.
        Windows = "windows",
        /// Linux.
        Linux = "linux",
        /// A browser.
        Web = "web",
    }
}

/// How an instance is made. Only the application, the server and the folder are required.
// No Debug: the key is for nobody's log.
#[derive(Clone, PartialEq, Eq, uniffi::Record, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimOptions {
    /// The application, as the server's operator made it.
    #[serde(rename = "SDKAppID")]
    pub sdk_app_id: i64,
    /// The server: `wss://host[:port]`, or `ws://` for a server on this machine only.
    pub server: String,
    /// A folder of the app's own, where databases are kept. Made if it does not exist.
    pub data_dir: String,
    /// Tells several instances of one application in one process apart. Best left empty.
    #[serde(default)]
    #[uniffi(default = "")]
    pub instance: String,
    /// The kind of machine; this machine's own if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub platform: Option<Platform>,
    /// Certificates (PEM) to trust beside the public ones.
    #[serde(default)]
    #[uniffi(default = None)]
    pub extra_roots_pem: Option<String>,
    /// Pause between heartbeats, in milliseconds; 30,000 if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub heartbeat_ms: Option<i32>,
    /// How long a login may take, in milliseconds; 90,000 if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub login_timeout_ms: Option<i32>,
    /// How long any other call may wait for the server, in milliseconds; 15,000 if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub call_timeout_ms: Option<i32>,
    /// How many bytes the files may take that `getAttachmentFile` keeps for a user; 268,435,456 (256 MiB) if absent.
    #[serde(default)]
    #[uniffi(default = None)]
    pub cache_bytes: Option<i64>,
    /// The key that the local databases are encrypted with, as 64 hexadecimal digits: 32 random bytes that the host keeps where only
    /// it reads, such as Keychain or Keystore, and never prints. It needs a library that was built with the feature `encryption`
    /// (130173 without). A database that was opened with a key opens with no other (130172). Files of messages are not encrypted.
    #[serde(default)]
    #[uniffi(default = None)]
    pub database_key: Option<String>,
}

impl TryFrom<TimOptions> for tim::options::TimOptions {
    type Error = TimError;

    /// A number that is no SDKAppID is none: `create` refuses it.
    fn try_from(options: TimOptions) -> Result<Self, TimError> {
        let TimOptions {
            sdk_app_id,
            server,
            data_dir,
            instance,
            platform,
            extra_roots_pem,
            heartbeat_ms,
            login_timeout_ms,
            call_timeout_ms,
            cache_bytes,
            database_key,
        } = options;
        let mut made = Self::new(u32::try_from(sdk_app_id).unwrap_or(0), server, data_dir);
        let or = |given: Option<i32>, default| -> Result<Duration, TimError> {
            given.map_or(Ok(default), |ms| Ok(Duration::from_millis(unsigned_small(ms)?.into())))
        };
        made.instance = instance;
        made.platform = platform.map_or(made.platform, Into::into);
        made.extra_roots_pem = extra_roots_pem;
        made.heartbeat = or(heartbeat_ms, made.heartbeat)?;
        made.login_timeout = or(login_timeout_ms, made.login_timeout)?;
        made.call_timeout = or(call_timeout_ms, made.call_timeout)?;
        made.cache_bytes = cache_bytes.map_or(Ok(made.cache_bytes), unsigned)?;
        made.database_key =
            database_key.map(|digits| digits.parse()).transpose().map_err(tim::error::TimError::from)?;
        Ok(made)
    }
}

/// The result of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoginResult {
    /// The same user was logged in already: there was nothing to do.
    pub repeat_login: bool,
}
