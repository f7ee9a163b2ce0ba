//! The login: who is logged in, which calls pass the gate, and what ends a login.
//!
//! A login ends by a logout, a kick, or a refusal that cannot succeed later. A broken connection does not end it.

use tim_protocol::call::{HelloRequest, Welcome};
use tim_protocol::{Code, Fault, UnixMillis, UserId, VERSIONS, feature};

use super::context::Context;
use super::io::{CallId, Return};
use super::refusal::{Remedy, remedy};
use super::trace::Trace;

/// How long a logout waits for the server, in milliseconds.
const LOGOUT_WITHIN_MS: i64 = 3_000;
/// Minimum delay while the server needs repair, in milliseconds.
const LONG_PAUSE_MS: u32 = 30_000;

/// The login and its gate.
#[derive(Default)]
pub(super) struct Login {
    gate: Gate,
    current: Option<Current>,
}

/// Whether calls are admitted.
enum Gate {
    /// Refused, with this code.
    Closed(Code),
    /// A login is under way.
    LoggingIn,
    /// Admitted.
    Ready,
    /// A logout is under way.
    LoggingOut { call: CallId, until: i64 },
}

impl Default for Gate {
    fn default() -> Self {
        Self::Closed(Code::NOT_LOGGED_IN)
    }
}

/// The login that exists or is under way.
struct Current {
    user: UserId,
    user_sig: String,
    /// This login, as the server knows it.
    instance: String,
    /// The server has accepted the login; later connections restore it.
    welcomed: bool,
    /// When the server last accepted it, by the server's clock.
    welcomed_at: UnixMillis,
    /// The failure of the last attempt, which is being retried.
    last_failure: Option<Fault>,
    /// The code that was last reported for a refusing server, until it accepts the login again.
    reported: Option<Code>,
    /// The call that waits for the welcome, and its deadline.
    call: Option<(CallId, i64)>,
}

/// What a failed connection or a refused `hello` means.
pub(super) enum Refused {
    /// Another attempt follows, after this delay at least.
    Pause(Option<u32>),
    /// The login ended on the server.
    Kicked(tim_protocol::frame::KickReason),
    /// The login failed, or can no longer be restored.
    Fails(Fault),
}

/// A deadline of the login that has passed.
pub(super) enum Expired {
    /// The logout was not answered.
    Logout,
    /// The login took too long.
    Login(Fault),
}

/// How a login ended.
pub(super) struct Ended {
    /// Calls were admitted before.
    pub(super) was_ready: bool,
}

impl Login {
    /// The code with which calls are refused now; `None` if they are admitted. `lacks_store` says why the store is not open.
    pub(super) fn refusal(&self, lacks_store: Option<Code>) -> Option<Code> {
        match self.gate {
            Gate::Ready => lacks_store,
            Gate::LoggingIn => Some(Code::LOGGING_IN),
            Gate::LoggingOut { .. } => Some(Code::LOGGED_OUT),
            Gate::Closed(code) => Some(code),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.gate, Gate::Ready)
    }

    pub(super) fn is_logging_in(&self) -> bool {
        matches!(self.gate, Gate::LoggingIn)
    }

    pub(super) fn is_logging_out(&self) -> bool {
        matches!(self.gate, Gate::LoggingOut { .. })
    }

    /// Whether a login exists or is under way.
    pub(super) fn exists(&self) -> bool {
        self.current.is_some()
    }

    /// Whether a call waits for the server to accept the login.
    pub(super) fn has_call(&self) -> bool {
        self.current.as_ref().is_some_and(|login| login.call.is_some())
    }

    /// The user whom the server has accepted.
    pub(super) fn user(&self) -> Option<UserId> {
        self.current.as_ref().filter(|login| login.welcomed).map(|login| login.user.clone())
    }

    /// When the server last accepted the login, by the server's clock.
    pub(super) fn welcomed_at(&self) -> UnixMillis {
        self.current.as_ref().map_or(0, |login| login.welcomed_at)
    }

    /// Begins a login; false if the call was completed instead.
    pub(super) fn begin(&mut self, cx: &mut Context, id: CallId, user: UserId, user_sig: String) -> bool {
        if let Some(login) = &self.current {
            let result = match &login.call {
                Some(_) => Err(Fault::new(Code::LOGIN_IN_PROGRESS)),
                None if login.user != user => Err(Fault::new(Code::LOGGED_IN_AS_ANOTHER)),
                None => Ok(Return::LoggedIn { repeated: true }),
            };
            cx.complete(id, result);
            return false;
        }
        if user_sig.is_empty() && !user.is_guest() {
            self.gate = Gate::Closed(Code::LOGIN_FAILED);
            cx.complete(id, Err(Fault::new(Code::USERSIG_MISSING)));
            return false;
        }
        let until = cx.now() + cx.config().login_timeout;
        let instance = cx.instance_name();
        cx.trace(|| Trace::LoginBegan { user: user.clone(), instance: instance.clone() });
        cx.begin_login(user.clone());
        self.gate = Gate::LoggingIn;
        self.current = Some(Current {
            user,
            user_sig,
            instance,
            welcomed: false,
            welcomed_at: 0,
            last_failure: None,
            reported: None,
            call: Some((id, until)),
        });
        true
    }

    /// The first request of a connection, without the session to resume.
    pub(super) fn hello(&self, cx: &Context) -> Option<HelloRequest> {
        let (login, config) = (self.current.as_ref()?, cx.config());
        Some(HelloRequest {
            versions: VERSIONS,
            features: feature::ALL.map(str::to_owned).into(),
            sdk_app_id: config.sdk_app_id,
            user_id: login.user.clone(),
            user_sig: login.user_sig.clone(),
            device: config.device.clone(),
            instance: login.instance.clone(),
            platform: config.platform,
            client: config.client.clone(),
            login: !login.welcomed,
            resume: None,
        })
    }

    /// The server has accepted the login.
    pub(super) fn welcomed(&mut self, cx: &mut Context, welcome: &Welcome) {
        let Some(login) = &mut self.current else { return };
        login.welcomed = true;
        login.welcomed_at = welcome.now;
        login.last_failure = None;
        login.reported = None;
        if let Some((call, _)) = login.call.take() {
            cx.complete(call, Ok(Return::LoggedIn { repeated: false }));
        }
    }

    /// The first page was applied: admits calls. False if they were admitted already.
    pub(super) fn become_ready(&mut self) -> bool {
        let is_first = self.is_logging_in();
        if is_first {
            self.gate = Gate::Ready;
        }
        is_first
    }

    /// SDK_READY was not emitted: it is emitted with the next first page.
    pub(super) fn is_not_ready_yet(&mut self) {
        self.gate = Gate::LoggingIn;
    }

    /// Handles a failed connection or a refused `hello`. `None` if there is no login.
    pub(super) fn refused(&mut self, cx: &mut Context, fault: Fault) -> Option<Refused> {
        let login = self.current.as_mut()?;
        Some(match (remedy(fault.code), login.welcomed) {
            (Remedy::Retry, _) => {
                let retry_after = fault.retry_after;
                login.last_failure = Some(fault);
                Refused::Pause(retry_after)
            }
            (Remedy::Kicked(reason), true) => Refused::Kicked(reason),
            (Remedy::Repair, true) => {
                if login.reported.replace(fault.code) != Some(fault.code) {
                    cx.emit_fault(fault);
                }
                Refused::Pause(Some(LONG_PAUSE_MS))
            }
            (Remedy::NewToken, true) | (_, false) => Refused::Fails(fault),
        })
    }

    /// A logout is under way, until the server answers or the deadline passes.
    pub(super) fn begin_logout(&mut self, cx: &Context, call: CallId) {
        self.gate = Gate::LoggingOut { call, until: cx.now() + LOGOUT_WITHIN_MS };
    }

    /// The login failed: completes the call that waits for it, or emits the failure.
    pub(super) fn fail(&mut self, cx: &mut Context, fault: Fault) {
        match self.current.as_mut().and_then(|login| login.call.take()) {
            Some((call, _)) => cx.complete(call, Err(fault)),
            None => cx.emit_fault(fault),
        }
    }

    /// Closes the gate, and completes the calls that wait for the login or the logout.
    pub(super) fn close(&mut self, cx: &mut Context, code: Code, fault: &Fault) -> Ended {
        if let Some((call, _)) = self.current.as_mut().and_then(|login| login.call.take()) {
            cx.complete(call, Err(fault.clone()));
        }
        let was_ready = matches!(self.gate, Gate::Ready | Gate::LoggingOut { .. });
        if let Gate::LoggingOut { call, .. } = std::mem::replace(&mut self.gate, Gate::Closed(code)) {
            cx.complete(call, Ok(Return::Done));
        }
        Ended { was_ready }
    }

    /// Nobody is logged in any more.
    pub(super) fn end(&mut self, cx: &mut Context) {
        self.current = None;
        cx.end_login();
    }

    /// A deadline that has passed; `is_live` and `is_disconnected` describe the connection.
    pub(super) fn expired(&mut self, now: i64, is_live: bool, is_disconnected: bool) -> Option<Expired> {
        if let Gate::LoggingOut { until, .. } = self.gate
            && (until <= now || !is_live)
        {
            return Some(Expired::Logout);
        }
        let login = self.current.as_mut().filter(|it| it.call.is_some_and(|(_, until)| until <= now))?;
        let code = if is_disconnected { Code::NETWORK_ERROR } else { Code::TIMEOUT };
        Some(Expired::Login(login.last_failure.take().unwrap_or_else(|| Fault::new(code))))
    }

    pub(super) fn due(&self) -> Option<i64> {
        let logout = match self.gate {
            Gate::LoggingOut { until, .. } => Some(until),
            _ => None,
        };
        logout.or(self.current.as_ref().and_then(|login| login.call).map(|(_, until)| until))
    }
}
