//! What it means for a login that a connection could not be made, or that the server refused its `hello`.
//!
//! Network, load and disks heal by themselves: the engine tries again. A first login fails at once with everything else. A
//! login that the server had accepted ends only with what no waiting can change (docs/adr/0018): a wrong clock, a
//! certificate or a server that was set up wrongly is told once, and tried again with long pauses.

use tim_protocol::Code;
use tim_protocol::frame::{Fault, KickReason};

use super::Machine;

/// Shortest pause while somebody has to mend the server, in milliseconds.
const LONG_PAUSE_MS: u32 = 30_000;

/// What can be done about a refusal.
enum Remedy {
    /// Trying again.
    Retry,
    /// Somebody mends the server's or the device's setup.
    Repair,
    /// A new login.
    Kicked(KickReason),
    /// A new token.
    NewToken,
}

impl Remedy {
    fn of(code: Code) -> Self {
        if let Some(reason) = KickReason::of_code(code) {
            return Self::Kicked(reason);
        }
        match code {
            Code::USERSIG_EXPIRED => Self::Kicked(KickReason::UserSigExpired),
            Code::USERSIG_EMPTY
            | Code::USERSIG_MALFORMED
            | Code::USERSIG_WRONG_KEY
            | Code::USERSIG_OTHER_USER
            | Code::USERSIG_OTHER_APP
            | Code::USERSIG_REVOKED => Self::NewToken,
            Code::CLOCKS_DIFFER
            | Code::CERTIFICATE_UNKNOWN_ISSUER
            | Code::CERTIFICATE_UNUSABLE
            | Code::CERTIFICATE_WRONG_NAME
            | Code::CERTIFICATE_NOT_VALID_NOW => Self::Repair,
            code if code.is_retryable() => Self::Retry,
            _ => Self::Repair,
        }
    }
}

impl Machine {
    /// The connection could not be made, or the server did not welcome it.
    pub(super) fn turned_away(&mut self, fault: Fault) {
        let Some(login) = &mut self.login else { return };
        match (Remedy::of(fault.code), login.welcomed) {
            (Remedy::Retry, _) => {
                let retry_after = fault.retry_after;
                login.last_failure = Some(fault);
                self.pause(retry_after);
            }
            (Remedy::Kicked(reason), true) => self.kicked(reason),
            (Remedy::Repair, true) => {
                if login.reported.replace(fault.code) != Some(fault.code) {
                    self.emit_fault(fault);
                }
                self.pause(Some(LONG_PAUSE_MS));
            }
            (Remedy::NewToken, true) | (_, false) => self.login_fails(fault),
        }
    }
}
