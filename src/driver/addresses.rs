//! Addresses of files on the user's own server, signed on this device with what the server granted it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tim_protocol::call::{DownloadTicketRequest, Grant, GrantRequest};
use tim_protocol::{Code, UserId};

use super::files::hex;
use super::{CallResult, Commands, InstanceState};
use crate::error::TimError;
use crate::machine::io::{Call, Return};

/// How long each address holds at least, in milliseconds; half of a grant.
const HOLDS_MS: i64 = 5 * 60 * 1_000;

/// A path on the server with a ticket, for a user. Asks the server only if the grant is too old; if nobody answers, what is left of
/// it has to do.
///
/// # Errors
/// [`Code::MEDIA_NOT_FOUND`] for what is no path of a file, or those of [`Commands::ask`].
pub(crate) async fn signed(
    commands: &Commands,
    shared: &InstanceState,
    user: &UserId,
    path: &str,
) -> Result<String, TimError> {
    // A peer chose it.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-".contains(&byte);
    if !path.starts_with("/media/") || !path.bytes().all(is_plain) {
        return Err(Code::MEDIA_NOT_FOUND.into());
    }
    let CallResult::Return(Return::Time(now)) = commands.call(Call::ServerTime).await? else {
        return Err(Code::PANICKED.into());
    };
    let young = |grant: &Grant| grant.expires >= now + HOLDS_MS;
    if let Some(grant) = shared.grant(user).filter(young) {
        return sign(&grant, path);
    }
    // One asks; those who wait for it sign with what it was given.
    let _asking = shared.granting.lock().await;
    let kept = shared.grant(user);
    if let Some(grant) = kept.clone().filter(young) {
        return sign(&grant, path);
    }
    match (commands.ask(GrantRequest {}).await, kept) {
        (Ok(grant), _) => {
            let signed = sign(&grant, path);
            shared.keep_grant(user, grant);
            signed
        }
        // A server of an earlier version.
        (Err(why), _) if why.code == Code::UNSUPPORTED => ticket(commands, path).await,
        (Err(_), Some(grant)) if grant.expires > now => sign(&grant, path),
        (Err(why), _) => Err(why),
    }
}

/// The path of a file on the user's own server, with a ticket.
pub(super) async fn ticket(commands: &Commands, url: &str) -> Result<String, TimError> {
    Ok(commands.ask(DownloadTicketRequest { url: url.to_owned() }).await?.path)
}

fn sign(Grant { grant, key, .. }: &Grant, path: &str) -> Result<String, TimError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|_| Code::PANICKED)?;
    mac.update(path.as_bytes());
    Ok(format!("{path}?ticket={grant}.{}", hex(&mac.finalize().into_bytes())))
}
