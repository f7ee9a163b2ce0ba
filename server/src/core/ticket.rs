//! Tickets: signed permissions to upload or download one file until they expire. They are verified without a lookup.
//!
//! Pure: key, time and nonce are arguments. The store ensures by the nonce that an upload ticket is used only once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tim_protocol::media::FileType;
use tim_protocol::{Code, Fault, UnixMillis};
use uuid::Uuid;

use super::ops::UserKey;

/// The validity of a ticket, in milliseconds.
pub const LIFE_MS: i64 = 10 * 60 * 1000;

/// A permission to upload one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The application.
    pub app: u32,
    /// The uploading user.
    pub owner: UserKey,
    /// The type of the file.
    pub file_type: FileType,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Makes the ticket unique.
    pub nonce: Uuid,
}

/// The signed claims of a ticket.
#[derive(Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "lowercase")]
enum TicketClaims {
    Upload { app: u32, owner: i64, file_type: FileType, size: u64, sha256: String, nonce: Uuid },
    Download { app: u32, id: Uuid, holder: i64 },
}

#[derive(Serialize, Deserialize)]
struct Signed {
    expires: UnixMillis,
    #[serde(rename = "leave")]
    claims: TicketClaims,
}

/// An upload ticket that expires at `expires`. Needs no escaping in a query string.
#[must_use]
pub fn sign_upload(key: &[u8; 32], upload: &Upload, expires: UnixMillis) -> String {
    let Upload { app, owner, file_type, size, sha256, nonce } = upload.clone();
    let claims = TicketClaims::Upload { app, owner: owner.0, file_type, size, sha256, nonce };
    sign(key, &Signed { expires, claims })
}

/// A user's ticket to download a file in any of its renditions, which expires at `expires`.
#[must_use]
pub fn sign_download(key: &[u8; 32], app: u32, id: Uuid, holder: UserKey, expires: UnixMillis) -> String {
    sign(key, &Signed { expires, claims: TicketClaims::Download { app, id, holder: holder.0 } })
}

/// Verifies an upload ticket at the time `now`.
///
/// # Errors
/// [`Code::TICKET_INVALID`] if it was not made with this key for this purpose, [`Code::TICKET_EXPIRED`] if its time is
/// over.
pub fn read_upload(key: &[u8; 32], ticket: &str, now: UnixMillis) -> Result<Upload, Fault> {
    match verify(key, ticket, now)? {
        TicketClaims::Upload { app, owner, file_type, size, sha256, nonce } => {
            Ok(Upload { app, owner: UserKey(owner), file_type, size, sha256, nonce })
        }
        TicketClaims::Download { .. } => Err(Fault::new(Code::TICKET_INVALID)),
    }
}

/// Verifies a ticket for downloading this file at the time `now`, and returns its user.
///
/// # Errors
/// As [`read_upload`].
pub fn check_download(
    key: &[u8; 32],
    ticket: &str,
    app: u32,
    id: Uuid,
    now: UnixMillis,
) -> Result<UserKey, Fault> {
    match verify(key, ticket, now)? {
        TicketClaims::Download { app: its_app, id: its_id, holder } if (its_app, its_id) == (app, id) => {
            Ok(UserKey(holder))
        }
        _ => Err(Fault::new(Code::TICKET_INVALID)),
    }
}

fn sign(key: &[u8; 32], signed: &Signed) -> String {
    let claims = serde_json::to_vec(signed).unwrap_or_default();
    let signature = mac(key, &claims).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default();
    format!("{}.{}", URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode(signature))
}

fn verify(key: &[u8; 32], ticket: &str, now: UnixMillis) -> Result<TicketClaims, Code> {
    let (claims, signature) = ticket.split_once('.').ok_or(Code::TICKET_INVALID)?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Code::TICKET_INVALID);
    let (claims, signature) = (decode(claims)?, decode(signature)?);
    let mac = mac(key, &claims).ok_or(Code::TICKET_INVALID)?;
    mac.verify_slice(&signature).map_err(|_| Code::TICKET_INVALID)?;
    let signed: Signed = serde_json::from_slice(&claims).map_err(|_| Code::TICKET_INVALID)?;
    if signed.expires < now { Err(Code::TICKET_EXPIRED) } else { Ok(signed.claims) }
}

fn mac(key: &[u8; 32], claims: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(claims);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_ticket_allows_what_it_says_until_its_time_and_no_other_key_makes_it() {
        let id = Uuid::from_u128(5);
        let ticket = sign_download(&KEY, 1, id, UserKey(2), 1_000);
        let check = |key, ticket: &str, app, now| {
            check_download(key, ticket, app, id, now).map_err(|fault| fault.code)
        };
        assert_eq!(check(&KEY, &ticket, 1, 1_000), Ok(UserKey(2)));
        assert_eq!(check(&KEY, &ticket, 1, 1_001), Err(Code::TICKET_EXPIRED));
        assert_eq!(check(&KEY, &ticket, 2, 0), Err(Code::TICKET_INVALID));
        assert_eq!(check(&[8; 32], &ticket, 1, 0), Err(Code::TICKET_INVALID));
        for forged in ["", ".", "a.b", &ticket.replace('.', ""), &format!("x{ticket}")] {
            assert_eq!(check(&KEY, forged, 1, 0), Err(Code::TICKET_INVALID));
        }
    }

    #[test]
    fn a_ticket_to_look_is_not_one_to_upload() {
        let (sha256, nonce) = ("ab".repeat(32), Uuid::from_u128(4));
        let upload = Upload { app: 1, owner: UserKey(2), file_type: FileType::File, size: 3, sha256, nonce };
        let ticket = sign_upload(&KEY, &upload, 1_000);
        assert_eq!(read_upload(&KEY, &ticket, 0).unwrap(), upload);
        assert!(check_download(&KEY, &ticket, 1, Uuid::from_u128(4), 0).is_err());
        let looking = sign_download(&KEY, 1, Uuid::from_u128(4), UserKey(2), 1_000);
        assert_eq!(read_upload(&KEY, &looking, 0).unwrap_err().code, Code::TICKET_INVALID);
    }
}
