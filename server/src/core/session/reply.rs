//! From the store's answers to what the client gets.

use serde::Serialize;
use tim_protocol::Code;
use tim_protocol::call::{self, Done, Reply};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::{Fault, FromServer, Pong};

use super::{Effect, Phase, Session, Token, fault_to};
use crate::core::Now;
use crate::core::ops::{Actor, Answer, Find, Found, Refusal, Written};
use crate::core::ticket;

/// Why something was asked of the store.
#[derive(Debug)]
pub(super) enum Asked {
    /// A hello: the application's keys.
    Keys,
    /// A hello: the login.
    Login,
    /// A hello: whether the login still stands.
    Devices,
    /// A hello: the topics to hear.
    Topics,
    /// After an overflow: whether the login still stands.
    StillLoggedIn,
    /// The request of this number: its answer is the reply.
    Reply(u64),
    /// A heartbeat's cursor.
    Pong(u64),
    /// The first page of a sync, once its upper end is noted.
    Give(u64, Box<(Actor, call::Sync)>),
    /// The picture at this address.
    DownloadTicket(u64, String),
    /// The end of the login; the connection ends with it.
    Logout(u64),
}

impl Session {
    pub(super) fn wrote(
        &mut self,
        token: Token,
        result: Result<Written, Refusal>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(asked) = self.asked.remove(&token) else { return };
        let answer = result.map(|written| written.answer);
        match (asked, answer) {
            (Asked::Login, Ok(Answer::LoggedIn { key, epoch })) => self.admitted(key, epoch, effects),
            (Asked::Login, result) => self.refuse_greeting(fault_of(result), effects),
            (Asked::Give(number, what), Ok(Answer::Given(upto))) => {
                let (actor, sync) = *what;
                self.find(Find::Sync { actor, sync, upto }, Asked::Reply(number), effects);
            }
            (Asked::Logout(number), Ok(_)) => {
                effects.push(self::result(number, &Done {}));
                self.close(Code::LOGGED_OUT, effects);
            }
            (Asked::Reply(number), Ok(Answer::Reply(reply))) => effects.push(replied(number, &reply)),
            (asked, result) => {
                effects.extend(asked.number().map(|number| fault_to(number, fault_of(result))))
            }
        }
    }

    pub(super) fn found(
        &mut self,
        token: Token,
        result: Result<Found, Refusal>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Some(asked) = self.asked.remove(&token) else { return };
        match (asked, result) {
            (Asked::Keys, Ok(Found::App(keys))) => self.keys(keys, now, effects),
            (Asked::Devices, Ok(Found::Devices(devices))) => self.devices(devices, now, effects),
            (Asked::Topics, Ok(Found::Topics(topics))) => self.topics(topics, effects),
            (Asked::Keys | Asked::Devices | Asked::Topics, result) => {
                self.refuse_greeting(fault_of(result), effects)
            }
            (Asked::StillLoggedIn, Ok(Found::Devices(devices))) => self.still_logged_in(devices, effects),
            // A database that fails just now leaves the question open: a new connection has to answer it.
            (Asked::StillLoggedIn, result) => self.close(fault_of(result).code, effects),
            (Asked::Pong(number), Ok(Found::Version(cursor))) => {
                effects.push(pong(number, Some(cursor), now))
            }
            (Asked::Pong(number), _) => effects.push(pong(number, None, now)),
            (Asked::DownloadTicket(number, url), Ok(Found::Media(media))) => {
                let Phase::Live(live) = &self.phase else { return };
                effects.push(match media {
                    Some(media) => {
                        let expires = now.wall + ticket::LIFE_MS;
                        let (key, holder) = (&self.settings.ticket_key, live.actor.key);
                        let path = format!(
                            "{url}?ticket={}",
                            ticket::sign_download(key, media.app, media.id, holder, expires)
                        );
                        self::result(number, &call::Ticket { path, expires })
                    }
                    None => fault_to(number, Fault::new(Code::MEDIA_NOT_FOUND)),
                });
            }
            (Asked::Reply(number), Ok(Found::Reply(reply))) => effects.push(replied(number, &reply)),
            (asked, result) => {
                effects.extend(asked.number().map(|number| fault_to(number, fault_of(result))))
            }
        }
    }
}

impl Asked {
    /// The request that waits for it, if one does.
    fn number(&self) -> Option<u64> {
        match self {
            Self::Reply(number)
            | Self::Give(number, _)
            | Self::DownloadTicket(number, _)
            | Self::Logout(number) => Some(*number),
            Self::Keys | Self::Login | Self::Devices | Self::Topics | Self::StillLoggedIn | Self::Pong(_) => {
                None
            }
        }
    }
}

/// A reply as the client gets it.
fn replied(number: u64, reply: &Reply) -> Effect {
    envelope(number, reply.write().map_err(|_| Fault::new(Code::INTERNAL)))
}

/// A store that answers another question than was asked is a fault of ours.
fn fault_of<T>(result: Result<T, Refusal>) -> Fault {
    result.err().unwrap_or_else(|| Fault::new(Code::INTERNAL))
}

pub(super) fn result(number: u64, result: &impl Serialize) -> Effect {
    let raw = serde_json::value::to_raw_value(result).map_err(|_| Fault::new(Code::INTERNAL));
    envelope(number, raw)
}

pub(super) fn pong(number: u64, cursor: Option<Cursor>, now: Now) -> Effect {
    let pong = Pong { number, cursor, now: now.wall };
    Effect::Send(FromServer::Pong(pong).write().unwrap_or_default())
}

pub(super) fn envelope(number: u64, result: Result<Box<serde_json::value::RawValue>, Fault>) -> Effect {
    // Every part of a reply can be written; see `FromServer::write`.
    Effect::Send(FromServer::Reply(number, result).write().unwrap_or_default())
}
