//! The `hello`: verifies the token and the login instance, and resumes a session.
//!
//! A refused `hello` is answered with a fault, and the connection is closed.

use std::sync::Arc;

use tim_protocol::call::{HelloRequest, Platform, Resume, Welcome};
use tim_protocol::frame::KickReason;
use tim_protocol::usersig::{self, Expected, Key};
use tim_protocol::{Code, Fault, UnixMillis, UserId, feature};
use uuid::Uuid;

use super::reply::{self, Purpose};
use super::{Effect, Live, Parked, Phase, Session, fault_to};
use crate::core::Now;
use crate::core::ops::{Actor, ConversationKey, Device, Devices, Login, Query, UserKey, Write};
use crate::core::window::Window;

/// The client as identified by its `hello`, for logs, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// The application.
    pub app: u32,
    /// The user, not yet verified.
    pub user: UserId,
    /// The installation.
    pub device: String,
    /// The login.
    pub instance: String,
    /// The kind of machine.
    pub platform: Platform,
    /// Name and version of the client program.
    pub client: String,
    /// A new login, rather than a restored one.
    pub login: bool,
}

impl ClientInfo {
    fn of(hello: &HelloRequest) -> Self {
        Self {
            app: hello.sdk_app_id,
            user: hello.user_id.clone(),
            device: hello.device.clone(),
            instance: hello.instance.clone(),
            platform: hello.platform,
            client: hello.client.clone(),
            login: hello.login,
        }
    }
}

/// A `hello` that is being processed.
pub(super) struct Greeting {
    number: u64,
    hello: HelloRequest,
    /// When the token ends.
    expires: UnixMillis,
    /// The user and the epoch, once the login instance is verified.
    admitted: Option<(UserKey, u32)>,
    attachment: Attachment,
}

/// The progress of a session's attachment to the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attachment {
    /// Not attached.
    None,
    /// It receives the notifications of its user; its topics are being read.
    User,
    /// It is subscribed to its topics.
    Topics,
}

impl Session {
    pub(super) fn hello(&mut self, number: u64, hello: HelloRequest, effects: &mut Vec<Effect>) {
        self.who = Some(ClientInfo::of(&hello));
        let query = Query::App { app: hello.sdk_app_id };
        self.phase = Phase::Greeting(Box::new(Greeting {
            number,
            hello,
            expires: 0,
            admitted: None,
            attachment: Attachment::None,
        }));
        self.query(query, Purpose::Keys, effects);
    }

    /// Verifies the token with the application's keys.
    pub(super) fn keys(&mut self, keys: Vec<String>, now: Now, effects: &mut Vec<Effect>) {
        let max_sig_life = self.settings.max_sig_life;
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        let HelloRequest { sdk_app_id: app, user_id, .. } = &greeting.hello;
        let proved = expiry(&greeting.hello, keys, max_sig_life, now)
            .map_err(|why| self.shares.failed_login(self.network, why, now.monotonic))
            .and_then(|expires| self.shares.login(*app, user_id, now.monotonic).map(|()| expires));
        match proved {
            Ok(expires) => greeting.expires = expires,
            Err(fault) => {
                let number = greeting.number;
                return self.refuse(number, fault, effects);
            }
        }
        if greeting.hello.login {
            self.log_in(now, effects);
        } else {
            let query =
                Query::Devices { app: greeting.hello.sdk_app_id, user: greeting.hello.user_id.clone() };
            self.query(query, Purpose::Devices, effects);
        }
    }

    fn log_in(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &self.phase else { return };
        let HelloRequest { sdk_app_id: app, user_id, device, instance, platform, .. } = &greeting.hello;
        let login = Login {
            app: *app,
            user: user_id.clone(),
            device: device.clone(),
            instance: instance.clone(),
            platform: *platform,
            policy: self.settings.policy,
            now: now.wall,
        };
        self.write(Write::Login(login), Purpose::Login, effects);
    }

    /// Checks whether the login instance is still active. An unknown instance is logged in again, because the database
    /// may have been restored from an older copy; but not if that would replace another device. It may be an instance
    /// that ended long ago, and a reconnect must never replace a login.
    pub(super) fn devices(&mut self, devices: Option<Devices>, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &self.phase else { return };
        let number = greeting.number;
        match devices.map(|devices| (ended(&devices, &greeting.hello.instance), devices)) {
            Some((LoginState::Live, devices)) => self.admitted(devices.key, devices.epoch, effects),
            Some((LoginState::Ended(code), _)) => self.refuse(number, Fault::new(code), effects),
            Some((LoginState::Unknown, devices)) => match self.would_replace(&devices) {
                Some(reason) => self.refuse(number, Fault::new(reason.code()), effects),
                None => self.log_in(now, effects),
            },
            None => self.log_in(now, effects),
        }
    }

    /// The reason with which another device would be replaced if this login instance were logged in again.
    fn would_replace(&self, devices: &Devices) -> Option<KickReason> {
        let Phase::Greeting(greeting) = &self.phase else { return None };
        let HelloRequest { device, instance, platform, .. } = &greeting.hello;
        let new = Device { device: device.clone(), instance: instance.clone(), platform: *platform };
        let mut others = devices.live.iter().filter(|old| old.device != new.device);
        others.find_map(|old| self.settings.policy.replaces(&new, old))
    }

    /// The login instance is verified: resumes a session or welcomes the client.
    pub(super) fn admitted(&mut self, key: UserKey, epoch: u32, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        greeting.admitted = Some((key, epoch));
        match &greeting.hello.resume {
            Some(resume) if !greeting.hello.login => effects.push(Effect::Unpark(resume.session)),
            _ => effects.push(Effect::Attach(key, self.id)),
        }
    }

    pub(super) fn unparked(&mut self, parked: Option<Box<Parked>>, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &self.phase else { return };
        let resumed = parked.and_then(|parked| {
            let (key, _) = greeting.admitted?;
            let resume = greeting.hello.resume.as_ref()?;
            resumable(*parked, key, &greeting.hello.instance, resume)
        });
        match (resumed, greeting.admitted) {
            (Some(resumed), Some((key, _))) => {
                effects.push(Effect::Attach(key, resumed.id));
                self.welcome(Some(resumed), now, effects);
            }
            (_, Some((key, _))) => effects.push(Effect::Attach(key, self.id)),
            (_, None) => {}
        }
    }

    /// Attaches a new session to the bus: first to its user, so that it receives all further changes, then to the
    /// topics that were read after that.
    pub(super) fn attached(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        match (greeting.attachment, greeting.admitted) {
            (Attachment::None, Some((key, _))) => {
                greeting.attachment = Attachment::User;
                self.query(Query::Topics { key }, Purpose::Topics, effects);
            }
            (Attachment::Topics, _) => self.welcome(None, now, effects),
            (Attachment::None | Attachment::User, _) => {}
        }
    }

    pub(super) fn topics(&mut self, topics: Vec<ConversationKey>, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        greeting.attachment = Attachment::Topics;
        effects.push(Effect::Follow(topics));
    }

    fn welcome(&mut self, resumed: Option<Resumed>, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = std::mem::replace(&mut self.phase, Phase::Over) else { return };
        let Greeting { number, hello, expires, admitted: Some((key, epoch)), .. } = *greeting else { return };
        let version = hello.highest_common_version().unwrap_or_default();
        let named = |known: &&str| hello.features.iter().any(|named| named == known);
        let features: Vec<String> = feature::ALL.into_iter().filter(named).map(Into::into).collect();
        self.deflates = named(&feature::DEFLATE);
        self.batches = named(&feature::BATCH);
        let is_resumed = resumed.is_some();
        let (id, window, missed) = resumed
            .map_or_else(|| (self.id, Window::default(), Vec::new()), |it| (it.id, it.window, it.missed));
        self.id = id;
        let actor = Actor { app: hello.sdk_app_id, user: hello.user_id, key, session: Some(id) };
        // A token that expires beyond the range of the clock never expires.
        let expires_here = now.monotonic.saturating_add(expires.saturating_sub(now.wall));
        self.phase =
            Phase::Live(Box::new(Live { actor, instance: hello.instance, window, expires: expires_here }));
        let welcome = Welcome {
            version,
            features,
            session: id,
            resumed: is_resumed,
            now: now.wall,
            heartbeat: self.settings.heartbeat,
            expires,
            epoch,
        };
        effects.push(reply::result(number, &welcome));
        effects.extend(missed.into_iter().map(Effect::Send));
        if !is_resumed {
            // A kick committed between the login and the attachment to the bus has not reached this session.
            self.ask_still_logged_in(effects);
        }
    }

    /// Refuses a `hello`.
    pub(super) fn refuse(&mut self, number: u64, fault: Fault, effects: &mut Vec<Effect>) {
        let code = fault.code;
        effects.push(fault_to(number, fault));
        self.close(code, effects);
    }

    /// Refuses the `hello` that is being processed, if any.
    pub(super) fn refuse_greeting(&mut self, fault: Fault, effects: &mut Vec<Effect>) {
        if let Phase::Greeting(greeting) = &self.phase {
            self.refuse(greeting.number, fault, effects);
        }
    }

    /// The notification that ended this login may have been lost in an overflow.
    pub(super) fn still_logged_in(&mut self, devices: Option<Devices>, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &self.phase else { return };
        if let Some(LoginState::Ended(code)) = devices.map(|devices| ended(&devices, &live.instance)) {
            match KickReason::of_code(code) {
                Some(reason) => self.kick(reason, effects),
                None => self.close(code, effects),
            }
        }
    }
}

/// The state of a login instance.
enum LoginState {
    Live,
    /// Ended, with this code.
    Ended(Code),
    Unknown,
}

fn ended(devices: &Devices, instance: &str) -> LoginState {
    if devices.live.iter().any(|device| device.instance == instance) {
        return LoginState::Live;
    }
    let code = devices.ended.iter().find(|(ended, _)| ended == instance).map(|(_, code)| *code);
    code.map_or(LoginState::Unknown, LoginState::Ended)
}

/// The resumed part of a session.
struct Resumed {
    id: Uuid,
    window: Window,
    missed: Vec<String>,
}

fn resumable(parked: Parked, key: UserKey, instance: &str, resume: &Resume) -> Option<Resumed> {
    let Parked { id, user, instance: theirs, mut window } = parked;
    if user != key || theirs != instance {
        return None;
    }
    window.replay(resume.push).map(|missed| Resumed { id, window, missed })
}

/// Verifies the token and returns its expiry, in milliseconds since 1970.
fn expiry(
    hello: &HelloRequest,
    keys: Vec<String>,
    max_expire_s: Option<i64>,
    now: Now,
) -> Result<i64, Fault> {
    if keys.is_empty() {
        return Err(Fault::new(Code::APP_UNKNOWN));
    }
    let keys: Arc<[Key]> = keys.into_iter().map(Key::new).collect();
    let expected = Expected {
        sdk_app_id: hello.sdk_app_id,
        user: hello.user_id.as_str(),
        keys: &keys,
        max_expire_s,
        min_issued_at_s: None,
    };
    match usersig::verify(&hello.user_sig, &expected, now.wall.div_euclid(1_000)) {
        Ok(claims) => Ok(claims.expires_at_s().saturating_mul(1_000)),
        Err(why) => Err(Fault::with_text(why.code(), why.to_string())),
    }
}
