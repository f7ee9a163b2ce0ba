//! How a login reacts to a failed connection or a refused `hello`.
//!
//! Failures of the network, load and disks are retried. Any other refusal fails a first login at once. A login that the
//! server had accepted ends only with refusals that cannot succeed later (docs/adr/0018). A wrong clock, a certificate
//! or a misconfigured server is reported once and retried with long delays.

use tim_protocol::frame::KickReason;
use tim_protocol::{Code, Fault};

use super::Machine;

/// Minimum delay while the server needs repair, in milliseconds.
const LONG_PAUSE_MS: u32 = 30_000;

/// What resolves a refusal.
enum Remedy {
    /// A retry.
    Retry,
    /// A repair of the server's or the device's configuration.
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
    /// Handles a failed connection or a refused `hello`.
    pub(super) fn connection_refused(&mut self, fault: Fault) {
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
