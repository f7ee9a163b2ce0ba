//! The `hello` of a guest, who has no token and no login: what is needed of one is made up, and nothing is stored.

use tim_protocol::{Code, Fault, limits};

use super::state::{Effect, Phase, Session, Step};
use crate::core::Now;
use crate::core::ops::{Greet, UserKey};

impl Session {
    /// Lets a guest in, or goes on with the session that they had.
    pub(super) fn greet_guest(&mut self, greet: &Greet, now: Now, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        let app = greeting.hello.sdk_app_id;
        if greet.keys.is_empty() || !self.settings.guests.may_come(app) {
            let code = if greet.keys.is_empty() { Code::APP_UNKNOWN } else { Code::USERSIG_EMPTY };
            let fault = self.shares.failed_login(self.network, Fault::new(code), now.monotonic);
            return self.refuse_greeting(fault, effects);
        }
        greeting.expires = limits::NUMBER.cast_signed();
        greeting.user = Some((UserKey::of_guest(app, &greeting.hello.instance), greet.epoch));
        match &greeting.hello.resume {
            Some(resume) => {
                greeting.step = Step::Unpark;
                effects.push(Effect::Unpark(resume.session));
            }
            None => self.begin_guest(effects),
        }
    }

    /// Begins a new session of a guest.
    pub(super) fn begin_guest(&mut self, effects: &mut Vec<Effect>) {
        let Phase::Greeting(greeting) = &mut self.phase else { return };
        let Some((key, epoch)) = greeting.user else { return };
        match self.settings.guests.enter(greeting.hello.sdk_app_id, self.network, epoch) {
            Ok(guest) => {
                greeting.guest = Some(guest);
                greeting.step = Step::Attach;
                effects.push(Effect::Attach(key, self.id));
            }
            Err(fault) => self.refuse_greeting(fault, effects),
        }
    }
}
