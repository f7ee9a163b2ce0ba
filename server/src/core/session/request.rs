//! What every request asks of the store, once it was found to be within its bounds.

use tim_protocol::call::{self, Check as _, Kind, MediaRequest, Request, SessionRequest};
use tim_protocol::frame::Fault;
use tim_protocol::{Code, limits};
use uuid::Uuid;

use super::reply::{self, Asked};
use super::{Effect, Phase, Session, fault_to};
use crate::core::Now;
use crate::core::ops::{Actor, Find, UserRequest, Write};
use crate::core::ticket::{self, Upload};

/// What a request comes to.
enum Todo {
    Write(Write, Asked),
    Find(Find, Asked),
    Reply(Effect),
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
            // Nothing is known of the asker yet; the client waits for its welcome.
            (Phase::Greeting(_), _) => self.refuse_greeting(Fault::new(Code::HELLO_EXPECTED), effects),
            (Phase::Live(live), request) => {
                let actor = live.actor.clone();
                let checked = request.check(&actor.user);
                match checked.and_then(|()| self.plan(number, actor, request, now)) {
                    Ok(Todo::Write(write, asked)) => self.write(write, asked, effects),
                    Ok(Todo::Find(find, asked)) => self.find(find, asked, effects),
                    Ok(Todo::Reply(reply)) => effects.push(reply),
                    Err(fault) => effects.push(fault_to(number, fault)),
                }
            }
            (Phase::Over, _) => {}
        }
    }

    fn plan(&mut self, number: u64, actor: Actor, request: Request, now: Now) -> Result<Todo, Fault> {
        match request.kind() {
            Kind::Session => self.plan_own(number, actor, request, now),
            Kind::Query => {
                let find = Find::Request(self.of_user(actor, request, now));
                Ok(Todo::Find(find, Asked::Reply(number)))
            }
            Kind::Command | Kind::Once => {
                let write = Write::Request(self.of_user(actor, request, now));
                Ok(Todo::Write(write, Asked::Reply(number)))
            }
        }
    }

    /// A request with what only the session knows.
    fn of_user(&mut self, actor: Actor, request: Request, now: Now) -> Box<UserRequest> {
        let (revoke_within, random) = (self.settings.revoke_within, self.choices.u64(..));
        Box::new(UserRequest { actor, request, now: now.wall, revoke_within, random })
    }

    /// What concerns the session itself.
    fn plan_own(&mut self, number: u64, actor: Actor, request: Request, now: Now) -> Result<Todo, Fault> {
        match request {
            Request::Session(SessionRequest::Logout(_)) => {
                let Phase::Live(live) = &self.phase else { return Err(Fault::new(Code::HELLO_EXPECTED)) };
                let instance = live.instance.clone();
                Ok(Todo::Write(Write::Logout { actor, instance }, Asked::Logout(number)))
            }
            Request::Session(SessionRequest::Sync(sync)) => Ok(plan_sync(number, actor, sync)),
            Request::Media(MediaRequest::UploadTicket(upload)) => {
                self.upload_ticket(number, &actor, upload, now).map(Todo::Reply)
            }
            Request::Media(MediaRequest::DownloadTicket(download)) => {
                plan_download(number, &actor, &download.url)
            }
            _ => Err(Fault::new(Code::HELLO_REPEATED)),
        }
    }

    fn upload_ticket(
        &mut self,
        number: u64,
        actor: &Actor,
        asked: call::UploadTicket,
        now: Now,
    ) -> Result<Effect, Fault> {
        self.shares.may_store(actor.key, asked.size, now.monotonic)?;
        let nonce = uuid::Builder::from_random_bytes(self.choices.u128(..).to_be_bytes()).into_uuid();
        let call::UploadTicket { file_type, size, sha256 } = asked;
        let upload = Upload { app: actor.app, owner: actor.key, file_type, size, sha256, nonce };
        let expires = now.wall + ticket::LIFE_MS;
        let path = format!(
            "/media/upload?ticket={}",
            ticket::sign_upload(&self.settings.ticket_key, &upload, expires)
        );
        Ok(reply::result(number, &call::Ticket { path, expires }))
    }
}

/// A first page is given up to the newest version, which has to be noted before it is read; a further page stays
/// below what was noted then.
fn plan_sync(number: u64, actor: Actor, mut sync: call::Sync) -> Todo {
    sync.limit = sync.limit.min(limits::SYNC_PAGE);
    sync.latest = sync.latest.min(limits::SYNC_LATEST);
    match sync.before {
        None => {
            Todo::Write(Write::Give { actor: actor.clone() }, Asked::Give(number, Box::new((actor, sync))))
        }
        Some(before) => {
            let upto = tim_protocol::conversation::Cursor { version: before.saturating_sub(1), ..sync.from };
            Todo::Find(Find::Sync { actor, sync, upto }, Asked::Reply(number))
        }
    }
}

fn plan_download(number: u64, actor: &Actor, url: &str) -> Result<Todo, Fault> {
    let (app, id) = parse_media(url).ok_or_else(|| Fault::new(Code::MEDIA_NOT_FOUND))?;
    if app != actor.app {
        return Err(Fault::new(Code::MEDIA_NOT_FOUND));
    }
    Ok(Todo::Find(Find::Media { app, id }, Asked::DownloadTicket(number, url.to_owned())))
}

/// Reads `/media/<app>/<id>/<size>`.
fn parse_media(url: &str) -> Option<(u32, Uuid)> {
    let mut parts = url.strip_prefix("/media/")?.split('/');
    let (app, id, size) = (parts.next()?.parse().ok()?, Uuid::parse_str(parts.next()?).ok()?, parts.next()?);
    (matches!(size, "0" | "1" | "2") && parts.next().is_none()).then_some((app, id))
}
