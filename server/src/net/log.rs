//! Logging of connections: logins, refusals, ends, and at level debug each request and transfer with its duration.
//! Never a token, a ticket or message content.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::Deserialize;
use tim_protocol::call::Request;
use tim_protocol::{Code, codec, limits};
use tracing::Level;
use uuid::Uuid;

use crate::core::ops::UserKey;
use crate::core::session::ClientInfo;

/// How many refused logins per minute are logged individually; the others are counted.
const MAX_LOGGED: u32 = 20;
/// This many userSigs from the future within a minute mean that a clock is wrong.
const MANY_FROM_FUTURE: u32 = 3;
const MINUTE_MS: i64 = 60_000;

/// One connection in the log.
pub(super) struct ConnectionLog {
    began: Instant,
    is_logged_in: bool,
    /// Requests that wait for their answer; only at level debug.
    requests: HashMap<u64, (&'static str, Instant)>,
}

impl ConnectionLog {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), is_logged_in: false, requests: HashMap::new() }
    }

    pub(super) fn logged_in(&mut self, who: Option<&ClientInfo>, session: Uuid, resumed: bool) {
        self.is_logged_in = true;
        let Some(ClientInfo { app, user, device, instance, platform, client, login }) = who else { return };
        let ms = ms_since(self.began);
        tracing::info!(app, %user, ?device, ?instance, ?platform, ?client, login, %session, resumed, ms, "logged in");
    }

    /// The connection ends: by the server with a number, or it broke.
    pub(super) fn ended(&self, who: Option<&ClientInfo>, code: Option<Code>, refusals: &Refusals, now: i64) {
        let ms = ms_since(self.began);
        let number = code.map(|code| code.0);
        match (who, code) {
            (Some(ClientInfo { app, user, device, instance, .. }), _) if self.is_logged_in => {
                tracing::info!(app, %user, ?device, ?instance, code = number, ms, "connection ended");
            }
            (Some(ClientInfo { app, user, device, platform, .. }), Some(code)) => {
                let minute = refusals.note(code, now);
                if minute.logged <= MAX_LOGGED {
                    tracing::info!(app, %user, ?device, ?platform, code = code.0, name = code.name(), ms, "login refused");
                }
                if code == Code::CLOCKS_DIFFER && minute.from_future == MANY_FROM_FUTURE {
                    tracing::warn!(
                        "userSigs are from the future: check this server's clock, then the backend's"
                    );
                }
            }
            _ => tracing::debug!(code = number, ms, "connection ended without a login"),
        }
    }

    /// A frame came in.
    pub(super) fn asked(&mut self, frame: &str) {
        #[derive(Deserialize)]
        struct Asked<'a> {
            i: Option<u64>,
            m: Option<&'a str>,
        }
        if !tracing::enabled!(Level::DEBUG) {
            return;
        }
        for envelope in codec::split(frame, limits::FRAME_BYTES).unwrap_or_default() {
            let Ok(Asked { i: Some(number), m: Some(verb) }) = serde_json::from_str(envelope) else {
                continue;
            };
            let known = Request::methods().find(|known| *known == verb);
            if self.requests.len() < limits::IN_FLIGHT {
                self.requests.insert(number, (known.unwrap_or("unknown"), Instant::now()));
            }
        }
    }

    /// An envelope goes out.
    pub(super) fn answered(&mut self, who: Option<&ClientInfo>, envelope: &str) {
        if self.requests.is_empty() {
            return;
        }
        let number =
            envelope.strip_prefix(r#"{"i":"#).and_then(|rest| rest.split([',', '}']).next()?.parse().ok());
        let Some((verb, began)) = number.and_then(|number| self.requests.remove(&number)) else { return };
        let user = who.map(|who| who.user.as_str());
        tracing::debug!(user, number, verb, ms = ms_since(began), bytes = envelope.len(), "answered");
    }
}

/// Logging of one transfer.
pub(super) struct TransferLog {
    pub(super) direction: &'static str,
    pub(super) app: u32,
    /// The user's key in the database: a ticket names nobody else.
    pub(super) user: UserKey,
    pub(super) began: Instant,
}

impl TransferLog {
    pub(super) fn moved(&self, file: Uuid, bytes: u64) {
        let (Self { direction, app, user, .. }, ms) = (self, ms_since(self.began));
        tracing::debug!(direction, app, user_key = user.0, %file, bytes, ms, "a file moved");
    }

    /// It was refused, or ended too early.
    pub(super) fn failed(&self, file: Option<Uuid>, code: Option<Code>) {
        let (Self { direction, app, user, .. }, ms) = (self, ms_since(self.began));
        let (file, code) = (file.map(tracing::field::display), code.map(|code| code.0));
        tracing::debug!(direction, app, user_key = user.0, file, code, ms, "a file did not move");
    }
}

fn ms_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The refused logins of the current minute, of all connections.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<Minute>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Minute {
    ends: i64,
    logged: u32,
    from_future: u32,
}

impl Refusals {
    fn note(&self, code: Code, now: i64) -> Minute {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minute.logged = minute.logged.saturating_add(1);
        minute.from_future = minute.from_future.saturating_add(u32::from(code == Code::CLOCKS_DIFFER));
        if minute.ends == 0 {
            minute.ends = now + MINUTE_MS;
        }
        *minute
    }

    /// Ends a minute that is over, and logs how many refusals were not logged individually.
    pub(super) fn sweep(&self, now: i64) {
        if let Some(unlogged) = self.unlogged(now).filter(|unlogged| *unlogged > 0) {
            tracing::info!(unlogged, "more logins were refused than are told one by one");
        }
    }

    fn unlogged(&self, now: i64) -> Option<u32> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.ends == 0 || now < minute.ends {
            return None;
        }
        Some(std::mem::take(&mut *minute).logged.saturating_sub(MAX_LOGGED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_refusals_in_a_minute_the_first_are_told_and_the_others_counted() {
        let refusals = Refusals::default();
        for number in 1..=MAX_LOGGED + 5 {
            assert_eq!(refusals.note(Code::USERSIG_EXPIRED, 1_000).logged, number);
        }
        assert_eq!(refusals.unlogged(1_000 + MINUTE_MS - 1), None);
        assert_eq!(refusals.unlogged(1_000 + MINUTE_MS), Some(5));
        assert_eq!(
            refusals.note(Code::CLOCKS_DIFFER, 100_000),
            Minute { ends: 160_000, logged: 1, from_future: 1 }
        );
        assert_eq!(refusals.unlogged(160_000), Some(0));
    }
}
