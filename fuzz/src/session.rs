//! What a client may do to a server once it is logged in: any text, line by line, as frames to a session with a real
//! database behind it.
//!
//! Returns on whatever may be refused. Panics if the session does, or if it sends what a client cannot read.

use std::sync::Arc;

use tim_protocol::call::{Hello, Platform};
use tim_protocol::frame::{Ask, FromClient, FromServer};
use tim_protocol::usersig::{Claims, Key, sign};
use tim_protocol::{UserId, VERSIONS, feature, limits};
use tim_server::config::Config;
use tim_server::core::Now;
use tim_server::core::ops::Write;
use tim_server::core::policy::LoginPolicy;
use tim_server::core::session::{Effect, Input, Session, Settings};
use tim_server::core::shares::{Network, Shares};
use tim_server::store::sqlite::Database;
use uuid::Uuid;

const APP: u32 = 1_400_000_001;
const KEY: &str = "a key of sixty-four characters, as the server would have made it";
const BEGAN_S: i64 = 1_767_225_600;

/// Any text as a client's frames.
pub fn session(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut server = Server::with_alice();
    for line in text.lines().take(64) {
        // Slow enough for the limit of requests.
        server.now.monotonic += 1_000;
        server.take(Input::Frame(line));
    }
}

struct Server {
    session: Session,
    database: Database,
    now: Now,
}

impl Server {
    /// A server that alice is logged in to.
    fn with_alice() -> Self {
        let mut database = Database::in_memory().expect("memory takes a database");
        database.commit(&[Write::PutApp { app: APP, key: KEY.into() }]);
        let now = Now { monotonic: 0, wall: BEGAN_S * 1_000 };
        let settings = Settings {
            policy: LoginPolicy::default(),
            revoke_within: limits::REVOKE_WITHIN_MS,
            heartbeat: [10_000, 300_000],
            max_sig_life: None,
            ticket_key: [7; 32],
        };
        let shares = Arc::new(Shares::new(Config::default().shares()));
        let network = Network::V4([127, 0, 0, 1]);
        let session = Session::new(Arc::new(settings), shares, network, Uuid::from_u128(1), 7, now);
        let mut server = Self { session, database, now };
        server.take(Input::Frame(&hello()));
        server
    }

    /// Gives an input and carries out whatever follows from it.
    fn take(&mut self, input: Input<'_>) {
        let mut effects = self.session.handle(input, self.now);
        while !effects.is_empty() {
            let mut next = Vec::new();
            for effect in effects {
                let follows = match effect {
                    Effect::Send(envelope) => {
                        FromServer::read(&envelope).expect("a client can read what the server sends");
                        assert!(envelope.len() <= limits::SERVER_FRAME_BYTES);
                        continue;
                    }
                    Effect::Write(token, write) => {
                        let result = self.database.commit(&[write]).remove(0);
                        while self.database.mark().expect("memory takes marks") {}
                        Input::Wrote(token, result)
                    }
                    Effect::Find(token, find) => Input::Found(token, self.database.find(&find)),
                    Effect::Unpark(_) => Input::Unparked(None),
                    Effect::Attach(..) | Effect::Close(..) => continue,
                };
                next.extend(self.session.handle(follows, self.now));
            }
            effects = next;
        }
    }
}

fn hello() -> String {
    let claims = Claims {
        sdk_app_id: APP,
        user: "alice".into(),
        issued_at_s: BEGAN_S,
        expire_s: 86_400,
        userbuf: None,
    };
    let hello = Hello {
        versions: VERSIONS,
        features: feature::ALL.map(str::to_owned).into(),
        sdk_app_id: APP,
        user_id: UserId::new("alice").expect("a name"),
        user_sig: sign(&Key::new(KEY), &claims),
        device: "phone".into(),
        instance: "login".into(),
        platform: Platform::Android,
        client: String::new(),
        login: true,
        resume: None,
    };
    let ask = Some(Ask::Request(1, Ok(hello.into())));
    FromClient { ack: None, ask }.write().expect("a hello can be written")
}
