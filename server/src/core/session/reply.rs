//! Turns the store's results into replies to the client.

use std::sync::Arc;

use tim_protocol::call::{self, Done, Reply};
use tim_protocol::{Code, Fault};

use super::answer::{self, envelope, fault_to, pong};
use super::state::{Effect, Phase, Purpose, Session, StatusEffect, Token};
use crate::core::Now;
use crate::core::ops::{Committed, QueryResult, Refusal, WriteReply};
use crate::core::ticket;

impl Session {
    pub(super) fn wrote(
        &mut self,
        token: Token,
        result: Result<Committed, Refusal>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Some(asked) = self.asked.take(token) else { return };
        let answer = result.map(|written| written.answer);
        match (asked, answer) {
            (Purpose::Login, Ok(WriteReply::LoggedIn { key, topics, watermark })) => {
                self.logged_in(key, topics, watermark, effects)
            }
            (Purpose::Login, result) => self.refuse_greeting(fault_of(result), effects),
            (Purpose::AdvanceWatermark(number, what), Ok(WriteReply::Watermark(upto))) => {
                let (actor, sync) = *what;
                self.watermark_advanced(number, actor, sync, upto, effects);
            }
            (Purpose::Logout(number), Ok(_)) => {
                effects.push(answer::result(number, &Done {}));
                self.close(Code::LOGGED_OUT, effects);
            }
            (Purpose::Reply(number), Ok(WriteReply::Reply(reply))) => effects.push(replied(number, reply)),
            (Purpose::Reply(number), Ok(WriteReply::Room(reply, step))) => {
                self.step(number, (reply, *step), now, effects)
            }
            (asked, result) => {
                effects.extend(asked.number().map(|number| fault_to(number, fault_of(result))))
            }
        }
    }

    /// The bus has told who is online.
    pub(super) fn online(&mut self, token: Token, online: Vec<Option<Arc<str>>>, effects: &mut Vec<Effect>) {
        if let Some(Purpose::Online(number, found)) = self.asked.take(token) {
            self.online_found(number, found, online, effects);
        }
    }

    pub(super) fn found(
        &mut self,
        token: Token,
        result: Result<QueryResult, Refusal>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Some(asked) = self.asked.take(token) else { return };
        match (asked, result) {
            (Purpose::Greet, Ok(QueryResult::Greet(greet))) => self.greeted(greet, now, effects),
            (Purpose::SessionStart, Ok(QueryResult::SessionStart(start))) => {
                self.session_start(start, now, effects)
            }
            (Purpose::Greet | Purpose::SessionStart, result) => {
                self.refuse_greeting(fault_of(result), effects)
            }
            (Purpose::StillLoggedIn, Ok(QueryResult::Devices(devices))) => {
                self.still_logged_in(devices, effects)
            }
            // If the query fails, the connection is closed and a new one repeats the check.
            (Purpose::StillLoggedIn, result) => self.close(fault_of(result).code, effects),
            (Purpose::Pong(number), Ok(QueryResult::Version(cursor))) => {
                effects.push(pong(number, Some(cursor), now))
            }
            (Purpose::Pong(number), _) => effects.push(pong(number, None, now)),
            (Purpose::DownloadTicket(number, url), Ok(QueryResult::Media(media))) => {
                let Phase::Live(live) = &self.phase else { return };
                effects.push(match media {
                    Some(media) => {
                        let expires = now.wall + ticket::LIFE_MS;
                        let (key, holder) = (&self.settings.ticket_key, live.actor.key);
                        let path = format!(
                            "{url}?ticket={}",
                            ticket::sign_download(key, media.app, media.id, holder, expires)
                        );
                        answer::result(number, &call::Ticket { path, expires })
                    }
                    None => fault_to(number, Fault::new(Code::MEDIA_NOT_FOUND)),
                });
            }
            (Purpose::UploadTicket(number, asked), Ok(QueryResult::Stored(stored))) => {
                let Phase::Live(live) = &self.phase else { return };
                let actor = live.actor.clone();
                effects.push(self.upload_within_quota(number, &actor, asked, stored, now));
            }
            (Purpose::FindStatuses(number, users), Ok(QueryResult::Statuses(stored))) => {
                self.statuses_found(number, users, stored, effects);
            }
            (Purpose::Watch(number, users), Ok(QueryResult::Statuses(stored))) => {
                self.watch(number, users, stored, effects);
            }
            (Purpose::Reply(number), Ok(QueryResult::Reply(reply))) => effects.push(replied(number, reply)),
            (Purpose::Reply(number), Ok(QueryResult::Room(reply, step))) => {
                self.step(number, (reply, *step), now, effects)
            }
            (purpose @ Purpose::Reply(_), Ok(QueryResult::Topic(topic))) => {
                effects.push(StatusEffect::Count(self.token(purpose), topic).into());
            }
            (asked, result) => {
                effects.extend(asked.number().map(|number| fault_to(number, fault_of(result))))
            }
        }
    }

    pub(super) fn counted(&mut self, token: Token, users: u32, effects: &mut Vec<Effect>) {
        if let Some(Purpose::Reply(number)) = self.asked.take(token) {
            effects.push(answer::result(number, &call::OnlineCount { member_count: users }));
        }
    }
}

/// A reply as the client gets it.
pub(super) fn replied(number: u64, reply: Reply) -> Effect {
    envelope(number, reply.write().map_err(|_| Fault::new(Code::INTERNAL)))
}

/// A result of the wrong kind is an internal fault.
fn fault_of<T>(result: Result<T, Refusal>) -> Fault {
    result.err().unwrap_or_else(|| Fault::new(Code::INTERNAL))
}
