//! Media tickets: leave to upload or download one thing for a while, signed so that nobody has to look it up.
//!
//! Pure: the key, the time and the nonce are given. That an upload ticket works once is the store's promise, by the
//! ticket's nonce.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tim_protocol::Code;
use uuid::Uuid;

use super::ops::UserKey;

/// How long a ticket holds, in milliseconds.
pub const LIFE_MS: i64 = 10 * 60 * 1000;

/// What a ticket allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "lowercase")]
pub enum Leave {
    /// Uploading one picture.
    Upload {
        /// The application.
        app: u32,
        /// Who uploads, as the store numbers users.
        owner: i64,
        /// Bytes.
        size: u64,
        /// SHA-256 of the bytes, in lower-case hexadecimal.
        sha256: String,
        /// Makes the ticket one of a kind.
        nonce: Uuid,
    },
    /// Downloading what lies at a path.
    Download {
        /// The path, as messages name it.
        path: String,
    },
}

impl Leave {
    /// Leave to upload.
    #[must_use]
    pub fn upload(app: u32, owner: UserKey, size: u64, sha256: String, nonce: Uuid) -> Self {
        Self::Upload { app, owner: owner.0, size, sha256, nonce }
    }
}

#[derive(Serialize, Deserialize)]
struct Signed {
    expires: i64,
    leave: Leave,
}

/// Makes a ticket that ends at `expires`, in milliseconds since 1970. Fit for a query string as it is.
#[must_use]
pub fn sign(key: &[u8; 32], leave: Leave, expires: i64) -> String {
    let claims = serde_json::to_vec(&Signed { expires, leave }).unwrap_or_default();
    let signature = mac(key, &claims).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default();
    format!("{}.{}", URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode(signature))
}

/// Checks a ticket at the time `now`, in milliseconds since 1970, and gives what it allows.
///
/// # Errors
/// [`Code::TICKET_INVALID`] if it was not made with this key, [`Code::TICKET_EXPIRED`] if its time is over.
pub fn verify(key: &[u8; 32], ticket: &str, now: i64) -> Result<Leave, Code> {
    let (claims, signature) = ticket.split_once('.').ok_or(Code::TICKET_INVALID)?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Code::TICKET_INVALID);
    let (claims, signature) = (decode(claims)?, decode(signature)?);
    let mac = mac(key, &claims).ok_or(Code::TICKET_INVALID)?;
    mac.verify_slice(&signature).map_err(|_| Code::TICKET_INVALID)?;
    let signed: Signed = serde_json::from_slice(&claims).map_err(|_| Code::TICKET_INVALID)?;
    if signed.expires < now { Err(Code::TICKET_EXPIRED) } else { Ok(signed.leave) }
}

fn mac(key: &[u8; 32], claims: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(claims);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_allows_what_it_says_until_its_time_and_no_other_key_makes_it() {
        let leave = Leave::Download { path: "/media/1/x/0".into() };
        let ticket = sign(&[7; 32], leave.clone(), 1_000);
        assert_eq!(verify(&[7; 32], &ticket, 1_000), Ok(leave));
        assert_eq!(verify(&[7; 32], &ticket, 1_001), Err(Code::TICKET_EXPIRED));
        assert_eq!(verify(&[8; 32], &ticket, 0), Err(Code::TICKET_INVALID));
        for forged in ["", ".", "a.b", &ticket.replace('.', ""), &format!("x{ticket}")] {
            assert_eq!(verify(&[7; 32], forged, 0), Err(Code::TICKET_INVALID));
        }
    }
}
