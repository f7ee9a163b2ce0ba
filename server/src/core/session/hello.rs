//! The `hello`: verifies the token and the login instance, and resumes a session.
//!
//! A refused `hello` is answered with a fault, and the connection is closed.

use std::sync::Arc;

use tim_protocol::call::{HelloRequest, Resume, Welcome};
use tim_protocol::conversation::Cursor;
use tim_protocol::frame::KickReason;
use tim_protocol::usersig::{self, Expected, Key};
use tim_protocol::{Code, Fault, feature};
use uuid::Uuid;

use super::answer::{self, fault_to};
use super::state::{ClientInfo, Effect, Greeting, Live, Parked, Phase, Purpose, Session, Step};
use crate::core::Now;
use crate::core::guests::Guest;
use crate::core::ops::{
    Actor, ConversationKey, Delivery, Device, Devices, Greet, Login, Query, SessionStart, Topic, UserKey,
    Write,
};
use crate::core::rate::Bucket;
use crate::core::receipts::Receipts;
use crate::core::watching::Watching;
use crate::core::window::Window;

impl Session {
    pub(super) fn hello(&mut self, number: u64, hello: HelloRequest, effects: &mut Vec<Effect>) {
        self.who = Some(ClientInfo::of(&hello));
        let query = Query::Greet { app: hello.sdk_app_id, user: hello.user_id.clone() };
        let step = Step::Greet;
        let (window, pushed) = (Window::default(), Vec::new());
        let greeting = Greeting {
            number,
            hello,
            expires: 0,
            user: None,
            step,
            watermark: None,
            is_in_doubt: false,
            window,
            pushed,
            guest: None,
        };
        self.phase = Phase::Greeting(Box::new(greeting));
        self.query(query, Purpose::Greet, effects);
    }

    /// Verifies the token with the application's keys, and logs in or restores a login.
    pub(super) fn greeted(&mut self, greet: Greet, now: Now, effects: &mut Vec<Effect>) {
        let max_sig_life = self.settings.max_sig_life;
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        if greeting.hello.user_id.is_guest() {
            return self.greet_guest(&greet, now, effects);
        }
        let HelloRequest { sdk_app_id: app, user_id, .. } = &greeting.hello;
        let proved = expiry(&greeting.hello, greet.keys, max_sig_life, now)
            .map_err(|why| self.shares.failed_login(self.network, why, now.monotonic))
            .and_then(|expires| self.shares.login(*app, user_id, now.monotonic).map(|()| expires));
        match proved {
            Ok(expires) => greeting.expires = expires,
            Err(fault) => return self.refuse_greeting(fault, effects),
        }
        greeting.user = greet.user.map(|key| (key, greet.epoch));
        match (greeting.user, &greeting.hello) {
            (None, _) => self.log_in(Step::LogIn, now, effects),
            (Some((key, _)), hello) => {
                let resume = hello.resume.as_ref().filter(|_| !hello.login);
                greeting.step = match (resume, hello.login) {
                    (Some(_), _) => Step::Unpark,
                    (None, true) => Step::AttachToLogIn,
                    (None, false) => Step::Attach,
                };
                effects.push(match resume {
                    Some(resume) => Effect::Unpark(resume.session),
                    None => Effect::Attach(key, self.id),
                });
            }
        }
    }

    fn log_in(&mut self, step: Step, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        greeting.step = step;
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

    pub(super) fn logged_in(
        &mut self,
        key: UserKey,
        topics: Vec<Topic>,
        watermark: Cursor,
        effects: &mut Vec<Effect>,
    ) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        greeting.user = Some((key, watermark.epoch));
        if greeting.step == Step::LogInAttached {
            self.follow(topics, Some(watermark), effects);
        } else {
            greeting.step = Step::Attach;
            effects.push(Effect::Attach(key, self.id));
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

    /// A parked session was told if its login had ended, so nothing is read.
    pub(super) fn unparked(&mut self, parked: Option<Box<Parked>>, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        let (Step::Unpark, Some((key, _))) = (greeting.step, greeting.user) else { return };
        let resume = greeting.hello.resume.as_ref();
        let resumed =
            parked.zip(resume).and_then(|(it, resume)| resumable(*it, key, &greeting.hello.instance, resume));
        match resumed {
            Some(resumed) => {
                effects.push(Effect::Attach(key, resumed.id));
                self.welcome(Some(resumed), now, effects);
            }
            None if key.is_guest() => self.begin_guest(effects),
            None => {
                greeting.step = Step::Attach;
                effects.push(Effect::Attach(key, self.id));
            }
        }
    }

    /// The bus has carried out an effect.
    pub(super) fn attached(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        match (greeting.step, greeting.user) {
            (Step::AttachToLogIn, _) => {
                self.log_in(Step::LogInAttached, now, effects);
            }
            (Step::Attach, Some((key, _))) if key.is_guest() => self.follow(Vec::new(), None, effects),
            (Step::Attach, Some((key, _))) => {
                greeting.step = Step::Start;
                self.query(Query::SessionStart { key }, Purpose::SessionStart, effects);
            }
            (Step::Follow, _) => self.welcome(None, now, effects),
            _ => {}
        }
    }

    /// Goes on if the login instance is active. An unknown instance is logged in again, because the database may have
    /// been restored from an older copy; but not if that would replace another device. It may be an instance that ended
    /// long ago, and a reconnect must never replace a login.
    pub(super) fn session_start(&mut self, start: SessionStart, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &self.phase else { return };
        match ended(&start.devices, &greeting.hello.instance) {
            LoginState::Live => self.follow(start.topics, start.watermark, effects),
            LoginState::Ended(code) => self.refuse_greeting(Fault::new(code), effects),
            LoginState::Unknown => match self.would_replace(&start.devices) {
                Some(reason) => self.refuse_greeting(Fault::new(reason.code()), effects),
                None => self.log_in(Step::LogInAttached, now, effects),
            },
        }
    }

    fn follow(&mut self, topics: Vec<Topic>, watermark: Option<Cursor>, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        greeting.step = Step::Follow;
        // What is said in a topic before the session follows it is above this watermark, and pushed to nobody.
        greeting.watermark = watermark.filter(|_| topics.is_empty());
        effects.push(Effect::Follow(topics));
    }

    /// A delivery before the welcome: a push follows the welcome. A kick may be older than the login, so that is
    /// looked at.
    pub(super) fn deliver_early(&mut self, delivery: Delivery) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        match delivery {
            Delivery::Push(encoded) => greeting.pushed.extend(greeting.window.push(&encoded)),
            // Whoever shows messages asks for their receipts after the welcome, and subscribes then.
            Delivery::Ephemeral(_) | Delivery::Left(_) | Delivery::Receipts(_) | Delivery::Statuses(_) => {}
            Delivery::Kick(kick) => greeting.is_in_doubt |= kick.ends(&greeting.hello.instance),
        }
    }

    /// A delivery before the welcome was dropped.
    pub(super) fn overflow_early(&mut self) {
        if let Phase::Greeting(greeting) = &mut self.phase {
            greeting.is_in_doubt = true;
            greeting.pushed.extend(greeting.window.lag());
        }
    }

    fn welcome(&mut self, resumed: Option<Resumed>, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = std::mem::replace(&mut self.phase, Phase::Over) else { return };
        let Greeting { user: Some((key, epoch)), number, hello, expires, window, pushed, guest, .. } =
            *greeting
        else {
            return;
        };
        // A dropped push is above the watermark.
        let watermark = greeting.watermark.filter(|_| !window.is_lagging());
        let version = hello.highest_common_version().unwrap_or_default();
        let named = |known: &&str| hello.features.iter().any(|named| named == known);
        let features: Vec<String> = feature::ALL.into_iter().filter(named).map(Into::into).collect();
        self.deflates = named(&feature::DEFLATE);
        self.batches = named(&feature::BATCH);
        let is_resumed = resumed.is_some();
        let new = Resumed { id: self.id, window, missed: pushed, rooms: Vec::new(), guest };
        let Resumed { id, window, missed, rooms, guest } = resumed.unwrap_or(new);
        self.id = id;
        let actor = Actor { app: hello.sdk_app_id, user: hello.user_id, key, session: Some(id) };
        // A token that expires beyond the range of the clock never expires.
        let expires_here = now.monotonic.saturating_add(expires.saturating_sub(now.wall));
        let instance = hello.instance;
        let receipts = Receipts::default();
        self.phase = Phase::Live(Box::new(Live {
            actor,
            instance,
            window,
            expires: expires_here,
            watermark,
            receipts,
            watching: Watching::default(),
            rooms,
            spoken: Bucket::default(),
            guest,
        }));
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
        effects.push(Effect::Admit(key, id));
        effects.push(answer::result(number, &welcome));
        effects.extend(missed.into_iter().map(Effect::Send));
        if greeting.is_in_doubt {
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

    /// The login may have ended: a kick names it, or was lost in an overflow.
    pub(super) fn still_logged_in(&mut self, devices: Option<Devices>, effects: &mut Vec<Effect>) {
        let Phase::Live(live) = &self.phase else { return };
        match devices.map(|devices| ended(&devices, &live.instance)) {
            Some(LoginState::Ended(code)) => self.end(code, effects),
            // It ended so long ago that the reason is forgotten: as many others have taken its place since.
            Some(LoginState::Unknown) => self.end(KickReason::MultipleDevice.code(), effects),
            Some(LoginState::Live) | None => {}
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
    rooms: Vec<ConversationKey>,
    guest: Option<Guest>,
}

fn resumable(parked: Parked, key: UserKey, instance: &str, resume: &Resume) -> Option<Resumed> {
    let Parked { id, user, instance: theirs, mut window, rooms, guest } = parked;
    if user != key || theirs != instance {
        return None;
    }
    window.replay(resume.push).map(|missed| Resumed { id, window, missed, rooms, guest })
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
