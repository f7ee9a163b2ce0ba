//! The options of an instance.

use std::path::PathBuf;
use std::time::Duration;

#[cfg(doc)]
use tim_protocol::Code;
use tim_protocol::call::Platform;
use tim_protocol::word::Word;

use crate::store::DatabaseKey;

/// How an instance is made. Only the application, the server and the folder are required.
#[derive(Debug, Clone)]
pub struct TimOptions {
    /// The application, as the server's operator made it.
    pub sdk_app_id: u32,
    /// The server: `wss://host[:port]`, or `ws://` for a server on this machine only: `localhost`, a loopback address, or
    /// `10.0.2.2`, which is the machine that Android's emulator runs on.
    pub server: String,
    /// A folder of the app's own, where databases are kept. Made if it does not exist.
    pub data_dir: PathBuf,
    /// Tells several instances of one application in one process apart. Empty by default, and best left so: then there
    /// is one, as TIM has it.
    pub instance: String,
    /// The kind of machine, for the login policy. The machine's own by default.
    pub platform: Platform,
    /// How many bytes the files may take that [`crate::Tim::get_attachment_file`] keeps for a user: those used last stay. 256 MiB
    /// by default.
    pub cache_bytes: u64,
    /// The key that the local databases are encrypted with, of which the host keeps the only copy. It needs the feature
    /// `encryption` ([`Code::ENCRYPTION_MISSING`] without). A database that was written without it is encrypted when its user next
    /// logs in; from then on nothing opens it without the key ([`Code::DATABASE_KEY_WRONG`]). Files of messages, in the outbox and
    /// the cache, are not encrypted. `None` by default.
    pub database_key: Option<DatabaseKey>,
    /// Certificates (PEM) to trust beside the public ones, for a server with a private certificate authority.
    pub extra_roots_pem: Option<String>,
    /// Pause between heartbeats. 30 seconds by default, which suits an app in the foreground.
    pub heartbeat: Duration,
    /// How long a login may take. 90 seconds by default.
    pub login_timeout: Duration,
    /// How long any other call may wait for the server. 15 seconds by default; sending is not bound by it.
    pub call_timeout: Duration,
}

impl TimOptions {
    /// Options with everything else by default.
    #[must_use]
    pub fn new(sdk_app_id: u32, server: impl Into<String>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            sdk_app_id,
            server: server.into(),
            data_dir: data_dir.into(),
            instance: String::new(),
            platform: this_platform(),
            cache_bytes: 256 * 1024 * 1024,
            database_key: None,
            extra_roots_pem: None,
            heartbeat: Duration::from_secs(30),
            login_timeout: Duration::from_secs(90),
            call_timeout: Duration::from_secs(15),
        }
    }
}

fn this_platform() -> Platform {
    match std::env::consts::OS {
        "android" => Platform::Android,
        "ios" => Platform::Ios,
        "macos" => Platform::Macos,
        "windows" => Platform::Windows,
        "linux" => Platform::Linux,
        _ => Platform::Other(Word::OTHER),
    }
}
