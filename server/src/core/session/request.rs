//! Translates checked requests to writes and queries.

use tim_protocol::call::{
    self, Check as _, Done, Kind, MediaRequest, MembersRequest, MessagesRequest, Request, SessionRequest,
    StatusRequest, SyncPage,
};
use tim_protocol::conversation::Cursor;
use tim_protocol::{Code, Fault, limits};

use super::answer::{self, fault_to};
use super::state::{Effect, Phase, Purpose, Session};
use crate::core::Now;
use crate::core::guests::Guest;
use crate::core::media_path::MediaPath;
use crate::core::ops::{Actor, Query, UserRequest, Write};
use crate::core::sync_range::SyncRange;
use crate::core::ticket::{self, Upload};

/// A search counts as so many requests.
const SEARCH_WEIGHT: u64 = 10;
/// So many users whom a request changes count as another request.
const USERS_AT_ONCE: u64 = 10;
/// So many users who are asked after count as another request.
const USERS_ASKED_AT_ONCE: u64 = 100;

/// How many users a request changes something for, each by rows of their own.
fn users(request: &Request) -> u64 {
    let users = match request {
        Request::Members(MembersRequest::AddMembers(add)) => &add.user_id_list,
        Request::Members(MembersRequest::DeleteMembers(delete)) => &delete.user_id_list,
        _ => return 0,
    };
    users.len() as u64
}

/// How a request is carried out.
enum Plan {
    Write(Write, Purpose),
    Query(Query, Purpose),
    Reply(Effect),
    /// The end of a guest's session.
    Leave(u64),
}

impl Session {
    pub(super) fn request(&mut self, number: u64, request: Request, now: Now, effects: &mut Vec<Effect>) {
        match (&self.phase, request) {
            (Phase::Silent, Request::Session(SessionRequest::Hello(hello))) => {
                match hello.check(&hello.user_id) {
                    Ok(()) => self.hello(number, hello, effects),
                    Err(fault) => self.refuse(number, fault, effects),
                }
            }
            (Phase::Silent, _) => self.refuse(number, Fault::new(Code::HELLO_EXPECTED), effects),
            // The client must wait for its welcome.
            (Phase::Greeting(_), _) => self.refuse_greeting(Fault::new(Code::HELLO_EXPECTED), effects),
            (Phase::Live(live), request) => {
                let actor = live.actor.clone();
                let may = actor.may(&request).map_err(Fault::new);
                let checked = may
                    .and_then(|()| request.check(&actor.user))
                    .and_then(|()| self.weigh(&actor, &request, now));
                let plan = match (checked, request) {
                    (Ok(()), Request::Status(status)) => {
                        return self.statuses(number, actor, status, effects);
                    }
                    (checked, request) => checked.and_then(|()| self.plan(number, actor, request, now)),
                };
                match plan {
                    Ok(plan) => self.carry_out(plan, effects),
                    Err(fault) => effects.push(fault_to(number, fault)),
                }
            }
            (Phase::Over, _) => {}
        }
    }

    /// Counts what a request takes beyond others, all of which were counted as one.
    fn weigh(&self, actor: &Actor, request: &Request, now: Now) -> Result<(), Fault> {
        match request {
            Request::Messages(MessagesRequest::Search(_)) => {
                self.shares.requests(actor.key, SEARCH_WEIGHT - 1, now.monotonic)
            }
            // Each of the users is told of.
            Request::Status(StatusRequest::Subscribe(subscribe)) => {
                let more = subscribe.user_id_list.len() as u64 / USERS_AT_ONCE;
                self.shares.requests(actor.key, more, now.monotonic)
            }
            Request::Status(StatusRequest::Get(get)) => {
                let more = get.user_id_list.len() as u64 / USERS_ASKED_AT_ONCE;
                self.shares.requests(actor.key, more, now.monotonic)
            }
            request => match users(request) / USERS_AT_ONCE {
                0 => Ok(()),
                more => self.shares.requests(actor.key, more, now.monotonic),
            },
        }
    }

    fn plan(&mut self, number: u64, actor: Actor, request: Request, now: Now) -> Result<Plan, Fault> {
        match request.kind() {
            Kind::Session => self.plan_own(number, actor, request, now),
            Kind::Query | Kind::Relay => {
                let query = Query::Request(self.of_user(actor, request, now));
                Ok(Plan::Query(query, Purpose::Reply(number)))
            }
            Kind::Command | Kind::Once => {
                let write = Write::Request(self.of_user(actor, request, now));
                Ok(Plan::Write(write, Purpose::Reply(number)))
            }
        }
    }

    /// A request with the inputs that only the session has.
    fn of_user(&mut self, actor: Actor, request: Request, now: Now) -> Box<UserRequest> {
        let (revoke_within, random) = (self.settings.revoke_within, self.rng.u64(..));
        Box::new(UserRequest { actor, request, now: now.wall, revoke_within, random })
    }

    /// Requests that the session handles itself.
    fn plan_own(&mut self, number: u64, actor: Actor, request: Request, now: Now) -> Result<Plan, Fault> {
        match request {
            Request::Session(SessionRequest::Logout(_)) => {
                let Phase::Live(live) = &self.phase else { return Err(Fault::new(Code::HELLO_EXPECTED)) };
                if live.guest.is_some() {
                    return Ok(Plan::Leave(number));
                }
                let instance = live.instance.clone();
                Ok(Plan::Write(Write::Logout { actor, instance }, Purpose::Logout(number)))
            }
            Request::Session(SessionRequest::Sync(sync)) => Ok(self.plan_sync(number, actor, sync)),
            Request::Media(MediaRequest::UploadTicket(upload)) => {
                self.plan_upload(number, &actor, upload, now)
            }
            Request::Media(MediaRequest::DownloadTicket(download)) => {
                plan_download(number, &actor, &download.url)
            }
            Request::Media(MediaRequest::Grant(_)) => self.plan_grant(number, &actor, now),
            _ => Err(Fault::new(Code::HELLO_REPEATED)),
        }
    }

    /// The first page goes up to the newest user version, after advancing the watermark to it; further pages stay below
    /// the first. The first sync of a session goes up to the watermark that its login left behind, if it can.
    fn plan_sync(&mut self, number: u64, actor: Actor, mut sync: call::SyncRequest) -> Plan {
        sync.limit = sync.limit.min(limits::SYNC_PAGE);
        sync.latest = sync.latest.min(limits::SYNC_LATEST);
        let (watermark, guests) = match &mut self.phase {
            Phase::Live(live) => (live.watermark.take(), live.guest.as_ref().map(Guest::cursor)),
            _ => (None, None),
        };
        if let Some(upto) = guests {
            let page: SyncPage = SyncRange::of(&sync, upto).page(upto);
            return Plan::Reply(answer::result(number, &page));
        }
        let upto = match sync.before {
            Some(before) => Some(Cursor { version: before.saturating_sub(1), ..sync.from }),
            None => watermark,
        };
        match upto {
            Some(upto) => sync_up_to(number, actor, sync, upto),
            None => Plan::Write(
                Write::AdvanceWatermark { actor: actor.clone() },
                Purpose::AdvanceWatermark(number, Box::new((actor, sync))),
            ),
        }
    }

    /// The watermark is advanced: the sync goes up to it.
    pub(super) fn watermark_advanced(
        &mut self,
        number: u64,
        actor: Actor,
        sync: call::SyncRequest,
        upto: Cursor,
        effects: &mut Vec<Effect>,
    ) {
        let plan = sync_up_to(number, actor, sync, upto);
        self.carry_out(plan, effects);
    }

    fn carry_out(&mut self, plan: Plan, effects: &mut Vec<Effect>) {
        match plan {
            Plan::Write(write, asked) => self.write(write, asked, effects),
            Plan::Query(query, asked) => self.query(query, asked, effects),
            Plan::Reply(reply) => effects.push(reply),
            Plan::Leave(number) => {
                effects.push(answer::result(number, &Done {}));
                self.close(Code::LOGGED_OUT, effects);
            }
        }
    }

    fn plan_upload(
        &mut self,
        number: u64,
        actor: &Actor,
        asked: call::UploadTicketRequest,
        now: Now,
    ) -> Result<Plan, Fault> {
        self.shares.may_store(actor.key, asked.size, now.monotonic)?;
        if self.settings.media_quota > 0 {
            return Ok(Plan::Query(Query::Stored { key: actor.key }, Purpose::UploadTicket(number, asked)));
        }
        Ok(Plan::Reply(self.upload_ticket(number, actor, asked, now)))
    }

    /// The ticket, if the user has room beside what is `stored`. What several uploads bring at once is checked when they are
    /// recorded.
    pub(super) fn upload_within_quota(
        &mut self,
        number: u64,
        actor: &Actor,
        asked: call::UploadTicketRequest,
        stored: u64,
        now: Now,
    ) -> Effect {
        if stored.saturating_add(asked.size) > self.settings.media_quota {
            return fault_to(number, Fault::new(Code::MEDIA_FULL));
        }
        self.upload_ticket(number, actor, asked, now)
    }

    fn plan_grant(&self, number: u64, actor: &Actor, now: Now) -> Result<Plan, Fault> {
        let expires = now.wall + ticket::LIFE_MS;
        let granted = ticket::grant(&self.settings.ticket_key, actor.app, actor.key, expires);
        let (grant, key) = granted.ok_or(Code::INTERNAL)?;
        Ok(Plan::Reply(answer::result(number, &call::Grant { grant, key, expires })))
    }

    fn upload_ticket(
        &mut self,
        number: u64,
        actor: &Actor,
        asked: call::UploadTicketRequest,
        now: Now,
    ) -> Effect {
        let nonce = uuid::Builder::from_random_bytes(self.rng.u128(..).to_be_bytes()).into_uuid();
        let call::UploadTicketRequest { file_type, size, sha256 } = asked;
        let upload = Upload { app: actor.app, owner: actor.key, file_type, size, sha256, nonce };
        let expires = now.wall + ticket::LIFE_MS;
        let path = format!(
            "/media/upload?ticket={}",
            ticket::sign_upload(&self.settings.ticket_key, &upload, expires)
        );
        answer::result(number, &call::Ticket { path, expires })
    }
}

/// One page of a sync. A device that has missed nothing is answered at once.
fn sync_up_to(number: u64, actor: Actor, sync: call::SyncRequest, upto: Cursor) -> Plan {
    match SyncRange::of(&sync, upto).empty_page(upto) {
        Some(page) => Plan::Reply(answer::result(number, &page)),
        None => Plan::Query(Query::Sync { actor, sync, upto }, Purpose::Reply(number)),
    }
}

fn plan_download(number: u64, actor: &Actor, url: &str) -> Result<Plan, Fault> {
    let MediaPath { app, id, .. } = MediaPath::parse(url).ok_or(Code::MEDIA_NOT_FOUND)?;
    if app != actor.app {
        return Err(Fault::new(Code::MEDIA_NOT_FOUND));
    }
    Ok(Plan::Query(Query::Media { app, id }, Purpose::DownloadTicket(number, url.to_owned())))
}
