//! What every request asks of the store, after what it carries has been checked.
//!
//! Checks here need no data: sizes, forms, limits. Who may do what is decided by the store, with the data at hand.

use tim_protocol::call::{self, Request};
use tim_protocol::frame::Fault;
use tim_protocol::message::{Body, BodyProblem};
use tim_protocol::{Code, ConversationId, GroupId, UserId, bounds, limits};
use uuid::Uuid;

use super::reply::{self, Asked};
use super::{Effect, Phase, Session, fault_to};
use crate::core::Now;
use crate::core::ops::{Actor, Find, Write};
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
            (Phase::Silent, Request::Hello(hello)) => self.hello(number, hello, effects),
            (Phase::Silent, _) => self.refuse(number, Fault::new(Code::HELLO_EXPECTED), effects),
            // Nothing is known of the asker yet; the client waits for its welcome.
            (Phase::Greeting(_), _) => self.refuse_greeting(Fault::new(Code::HELLO_EXPECTED), effects),
            (Phase::Live(live), request) => {
                let actor = live.actor.clone();
                match self.plan(number, actor, request, now) {
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
        let wall = now.wall;
        let write = |write| Ok(Todo::Write(write, Asked::Reply(number)));
        let find = |find| Ok(Todo::Find(find, Asked::Reply(number)));
        match request {
            Request::Hello(_) => Err(Fault::new(Code::HELLO_REPEATED)),
            Request::Logout(_) => {
                let Phase::Live(live) = &self.phase else { return Err(Fault::new(Code::HELLO_EXPECTED)) };
                let instance = live.instance.clone();
                Ok(Todo::Write(Write::Logout { actor, instance }, Asked::Logout(number)))
            }
            Request::Sync(sync) => Ok(plan_sync(number, actor, sync)),
            Request::Send(send) => {
                check_send(&send)?;
                write(Write::Send { actor, send, now: wall })
            }
            Request::History(history) => {
                let history = check_history(history)?;
                find(Find::History { actor, history })
            }
            Request::Mutations(mutations) => find(Find::Mutations { actor, mutations }),
            Request::Revoke(revoke) => {
                let within = self.settings.revoke_within;
                write(Write::Revoke { actor, revoke, now: wall, within })
            }
            Request::Read(read) => write(Write::Read { actor, read }),
            Request::GetProfiles(get) => {
                check_users(&get.user_id_list)?;
                find(Find::Profiles { actor, users: get.user_id_list })
            }
            Request::UpdateProfile(update) => {
                update.fields.check()?;
                write(Write::UpdateProfile { actor, update, now: wall })
            }
            Request::UpdateBlacklist(update) => {
                check_users(&update.user_id_list)?;
                if update.user_id_list.contains(&actor.user) {
                    return Err(Fault::new(Code::BLACKLIST_SELF));
                }
                write(Write::UpdateBlacklist { actor, update })
            }
            Request::CreateGroup(create) => {
                create.group.check()?;
                let generated = GroupId::generated(self.choices.u64(..));
                write(Write::CreateGroup { actor, create, generated, now: wall })
            }
            Request::JoinGroup(join) => {
                check_words(&join.apply_message)?;
                write(Write::JoinGroup { actor, join, now: wall })
            }
            Request::QuitGroup(quit) => write(Write::QuitGroup { actor, group: quit.group_id, now: wall }),
            Request::DismissGroup(dismiss) => {
                write(Write::DismissGroup { actor, group: dismiss.group_id, now: wall })
            }
            Request::GetGroup(get) => find(Find::Group { actor, group: get.group_id }),
            Request::HandleApplication(handle) => {
                check_words(&handle.handle_message)?;
                write(Write::HandleApplication { actor, handle, now: wall })
            }
            Request::UploadTicket(upload) => self.upload_ticket(number, &actor, upload, now).map(Todo::Reply),
            Request::DownloadTicket(download) => plan_download(number, &actor, &download.url),
        }
    }

    fn upload_ticket(
        &mut self,
        number: u64,
        actor: &Actor,
        asked: call::UploadTicket,
        now: Now,
    ) -> Result<Effect, Fault> {
        if asked.size == 0 {
            return Err(Fault::new(Code::FILE_EMPTY));
        }
        if asked.size >= limits::IMAGE_BYTES {
            return Err(Fault::new(Code::IMAGE_TOO_LARGE));
        }
        let is_digest =
            asked.sha256.len() == 64 && asked.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_digest {
            return Err(Fault::with_text(Code::BAD_REQUEST, "sha256 is 64 lower-case hexadecimal digits"));
        }
        self.shares.may_store(actor.key, asked.size, now.monotonic)?;
        let nonce = uuid::Builder::from_random_bytes(self.choices.u128(..).to_be_bytes()).into_uuid();
        let upload =
            Upload { app: actor.app, owner: actor.key, size: asked.size, sha256: asked.sha256, nonce };
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
    sync.limit = sync.limit.clamp(1, limits::SYNC_PAGE);
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

fn check_send(send: &call::Send) -> Result<(), Fault> {
    if send.to == ConversationId::System {
        return Err(Fault::with_text(Code::BAD_REQUEST, "only the server writes to @TIM#SYSTEM"));
    }
    bounds::check_body(&send.body)?;
    match Body::read(&send.body) {
        Ok(body) => Ok(body.check_sendable()?),
        Err(BodyProblem::UnknownType) => Err(Fault::new(Code::BODY_TYPE_UNKNOWN)),
        Err(BodyProblem::Malformed) => Err(Fault::new(Code::MESSAGE_BODY_INVALID)),
    }
}

fn check_history(mut history: call::History) -> Result<call::History, Fault> {
    if history.low == 0 || history.low > history.high {
        return Err(Fault::with_text(Code::BAD_REQUEST, "a range of history is 1 <= low <= high"));
    }
    history.limit = history.limit.clamp(1, limits::HISTORY_PAGE);
    Ok(history)
}

fn check_users(users: &[UserId]) -> Result<(), Fault> {
    if (1..=limits::USERS_PER_CALL).contains(&users.len()) {
        Ok(())
    } else {
        let text = format!("name 1 to {} users in one request", limits::USERS_PER_CALL);
        Err(Fault::with_text(Code::BAD_REQUEST, text))
    }
}

fn check_words(words: &str) -> Result<(), Fault> {
    if words.len() > limits::APPLICATION_BYTES { Err(Fault::new(Code::GROUP_BAD_PARAMETER)) } else { Ok(()) }
}
