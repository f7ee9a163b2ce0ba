//! What a failed connection or a refused `hello` calls for.
//!
//! Failures of the network, load and disks are retried. Any other refusal fails a first login at once. A login that the
//! server had accepted ends only with refusals that cannot succeed later (docs/adr/0018). A wrong clock, a certificate
//! or a misconfigured server is reported once and retried with long delays.

use tim_protocol::Code;
use tim_protocol::frame::KickReason;

/// What resolves a refusal.
pub(super) enum Remedy {
    /// A retry.
    Retry,
    /// A repair of the server's or the device's configuration.
    Repair,
    /// A new login.
    Kicked(KickReason),
    /// A new token.
    NewToken,
}

pub(super) fn remedy(code: Code) -> Remedy {
    if let Some(reason) = KickReason::of_code(code) {
        return Remedy::Kicked(reason);
    }
    match code {
        Code::USERSIG_EXPIRED => Remedy::Kicked(KickReason::UserSigExpired),
        Code::USERSIG_EMPTY
        | Code::USERSIG_MALFORMED
        | Code::USERSIG_WRONG_KEY
        | Code::USERSIG_OTHER_USER
        | Code::USERSIG_OTHER_APP
        | Code::USERSIG_REVOKED => Remedy::NewToken,
        Code::CLOCKS_DIFFER
        | Code::CERTIFICATE_UNKNOWN_ISSUER
        | Code::CERTIFICATE_UNUSABLE
        | Code::CERTIFICATE_WRONG_NAME
        | Code::CERTIFICATE_NOT_VALID_NOW => Remedy::Repair,
        code if code.is_retryable() => Remedy::Retry,
        _ => Remedy::Repair,
    }
}
