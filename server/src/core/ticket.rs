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

use super::media_path::MediaPath;
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
    Upload {
        app: u32,
        owner: i64,
        file_type: FileType,
        size: u64,
        sha256: String,
        nonce: Uuid,
    },
    Download {
        app: u32,
        id: Uuid,
        holder: i64,
    },
    /// A device signs tickets to download files itself.
    Grant {
        app: u32,
        holder: i64,
    },
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

/// A grant to a user, with which a device signs tickets to download files until `expires`, and the key for that. The key is not
/// kept: it follows from the grant.
#[must_use]
pub fn grant(key: &[u8; 32], app: u32, holder: UserKey, expires: UnixMillis) -> Option<(String, String)> {
    let grant = sign(key, &Signed { expires, claims: TicketClaims::Grant { app, holder: holder.0 } });
    let signing = signing_key(key, &grant)?;
    Some((grant, signing))
}

/// The key of a grant.
fn signing_key(key: &[u8; 32], grant: &str) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(mac(key, grant.as_bytes())?.finalize().into_bytes()))
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
        TicketClaims::Download { .. } | TicketClaims::Grant { .. } => Err(Fault::new(Code::TICKET_INVALID)),
    }
}

/// Verifies a ticket for downloading this file at the time `now`, which the server or a device signed, and returns its user.
///
/// # Errors
/// As [`read_upload`].
pub fn check_download(
    key: &[u8; 32],
    ticket: &str,
    place: MediaPath,
    now: UnixMillis,
) -> Result<UserKey, Fault> {
    if let Some((grant, signature)) = ticket.rsplit_once('.').filter(|(grant, _)| grant.contains('.')) {
        return check_signed_here(key, (grant, signature), place, now);
    }
    match verify(key, ticket, now)? {
        TicketClaims::Download { app, id, holder } if (app, id) == (place.app, place.id) => {
            Ok(UserKey(holder))
        }
        _ => Err(Fault::new(Code::TICKET_INVALID)),
    }
}

/// Verifies a ticket that a device signed with its grant.
fn check_signed_here(
    key: &[u8; 32],
    (grant, signature): (&str, &str),
    place: MediaPath,
    now: UnixMillis,
) -> Result<UserKey, Fault> {
    let holder = match verify(key, grant, now)? {
        TicketClaims::Grant { app, holder } if app == place.app => UserKey(holder),
        _ => return Err(Fault::new(Code::TICKET_INVALID)),
    };
    let signing = signing_key(key, grant).ok_or(Code::TICKET_INVALID)?;
    let mac = mac(signing.as_bytes(), place.to_string().as_bytes()).ok_or(Code::TICKET_INVALID)?;
    let signature = bytes_of(signature).ok_or(Code::TICKET_INVALID)?;
    mac.verify_slice(&signature).map_err(|_| Code::TICKET_INVALID)?;
    Ok(holder)
}

/// The bytes of a text in lower-case hexadecimal.
fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let is_whole = rest.is_empty() && hex.bytes().all(is_digit);
    is_whole.then(|| pairs.iter().map(|pair| byte(pair)).collect()).flatten()
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

fn mac(key: &[u8], claims: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(claims);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    use tim_protocol::media::RenditionType;

    const KEY: [u8; 32] = [7; 32];

    fn original(app: u32, id: Uuid) -> MediaPath {
        MediaPath { app, id, rendition: RenditionType::Original }
    }

    /// The ticket that a device makes for a path.
    fn signed((grant, key): &(String, String), path: &MediaPath) -> String {
        let mac = mac(key.as_bytes(), path.to_string().as_bytes()).unwrap().finalize().into_bytes();
        format!("{grant}.{}", crate::data::hex(&mac))
    }

    #[test]
    fn a_device_signs_for_one_path_at_a_time_until_its_grant_ends() {
        let place = original(1, Uuid::from_u128(5));
        let granted = grant(&KEY, 1, UserKey(2), 1_000).unwrap();
        let ticket = signed(&granted, &place);
        let check =
            |ticket: &str, place, now| check_download(&KEY, ticket, place, now).map_err(|fault| fault.code);
        assert_eq!(check(&ticket, place, 1_000), Ok(UserKey(2)));
        assert_eq!(check(&ticket, place, 1_001), Err(Code::TICKET_EXPIRED));
        let others = [
            MediaPath { rendition: RenditionType::Thumb, ..place },
            MediaPath { id: Uuid::from_u128(6), ..place },
            MediaPath { app: 2, ..place },
        ];
        for other in others {
            assert_eq!(check(&ticket, other, 0), Err(Code::TICKET_INVALID), "{other}");
        }
        // No application's grant signs for another, nor does a grant open anything by itself, or another's key.
        let of_another_app = MediaPath { app: 2, ..place };
        let elsewhere = grant(&KEY, 2, UserKey(2), 1_000).unwrap();
        let mixed = (granted.0.clone(), elsewhere.1.clone());
        let forged = [
            signed(&granted, &of_another_app),
            granted.0.clone(),
            format!("{}.", granted.0),
            format!("{}.zz", granted.0),
            signed(&mixed, &of_another_app),
            signed(&(sign_download(&KEY, 2, place.id, UserKey(2), 1_000), elsewhere.1), &of_another_app),
        ];
        for forged in forged {
            assert_eq!(check(&forged, of_another_app, 0), Err(Code::TICKET_INVALID), "{forged}");
        }
        assert_eq!(read_upload(&KEY, &granted.0, 0).unwrap_err().code, Code::TICKET_INVALID);
    }

    #[test]
    fn a_ticket_allows_what_it_says_until_its_time_and_no_other_key_makes_it() {
        let id = Uuid::from_u128(5);
        let ticket = sign_download(&KEY, 1, id, UserKey(2), 1_000);
        let check = |key, ticket: &str, app, now| {
            check_download(key, ticket, original(app, id), now).map_err(|fault| fault.code)
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
        assert!(check_download(&KEY, &ticket, original(1, Uuid::from_u128(4)), 0).is_err());
        let looking = sign_download(&KEY, 1, Uuid::from_u128(4), UserKey(2), 1_000);
        assert_eq!(read_upload(&KEY, &looking, 0).unwrap_err().code, Code::TICKET_INVALID);
    }
}
