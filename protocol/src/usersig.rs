//! UserSig, the token a user logs in with: signing and verifying, compatible with TIM's own libraries.
//!
//! A token is a JSON object, deflated with zlib, in base64 with `*-_` for `+/=`; tokens that use the standard alphabet
//! are accepted as well. Its signature is an HMAC-SHA256, keyed with the application's secret as text, over one line
//! per claim. Used by servers and app backends; the engine never holds a key. The current time is an argument.

use std::cell::RefCell;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::Code;

/// Maximum length of a token, in bytes.
const MAX_TOKEN: usize = 8 * 1024;
/// Longest JSON text a token may inflate to, in bytes.
const MAX_JSON: usize = 4 * 1024;
/// Tolerated clock skew: how far in the future a token may have been issued, in seconds.
const MAX_SKEW: i64 = 300;
/// Times in milliseconds stay below this on the wire: 2^53.
const MAX_MS: i64 = 1 << 53;

/// An application's secret key. Used as text, without decoding.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret, for storing it.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The claims of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The application.
    pub sdk_app_id: u32,
    /// The user. Any text; the login checks whether it is a valid userID.
    pub user: String,
    /// When it was issued, in seconds since 1970.
    pub issued_at_s: i64,
    /// How long it is valid, in seconds.
    pub expire_s: i64,
    /// Additional bytes of the issuer, signed and not interpreted.
    pub userbuf: Option<Vec<u8>>,
}

impl Claims {
    /// When the token ends, in seconds since 1970.
    #[must_use]
    pub fn expires_at_s(&self) -> i64 {
        self.issued_at_s.saturating_add(self.expire_s)
    }

    fn signature(&self, key: &Key) -> Option<Hmac<Sha256>> {
        self.signature_over(key.0.as_bytes(), &self.expire_s.to_string())
    }

    /// The signature computed with `expire` as the text of `TLS.expire`.
    fn signature_over(&self, key: &[u8], expire: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        let Self { sdk_app_id, user, issued_at_s, userbuf, .. } = self;
        let lines = format!(
            "TLS.identifier:{user}\nTLS.sdkappid:{sdk_app_id}\nTLS.time:{issued_at_s}\nTLS.expire:{expire}\n"
        );
        mac.update(lines.as_bytes());
        if let Some(userbuf) = userbuf {
            mac.update(format!("TLS.userbuf:{}\n", STANDARD.encode(userbuf)).as_bytes());
        }
        Some(mac)
    }
}

/// What a server expects of a token.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The application that is being logged in to.
    pub sdk_app_id: u32,
    /// The user that is logging in.
    pub user: &'a str,
    /// The application's keys; two while one is being replaced.
    pub keys: &'a [Key],
    /// The longest validity a token may have, in seconds.
    pub max_expire_s: Option<i64>,
    /// Tokens issued before this are revoked, in seconds since 1970.
    pub min_issued_at_s: Option<i64>,
}

/// Why a token was not accepted. Its text never contains the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserSigError {
    /// There is no token.
    #[error("the userSig is empty: ask your backend for one")]
    Empty,
    /// It cannot be parsed; the text says why.
    #[error("the userSig cannot be read: {0}")]
    Malformed(&'static str),
    /// It names another user.
    #[error("the userSig belongs to another user")]
    OtherUser,
    /// It names another application.
    #[error("the userSig belongs to another SDKAppID")]
    OtherApp,
    /// The application has no key.
    #[error("the application has no key: make one with tim-server app")]
    NoKey,
    /// None of the application's keys made its signature.
    #[error("the userSig was signed with another key: check the application's key on your backend")]
    WrongKey,
    /// The key used for signing was the application's key followed by a line feed.
    #[error(
        "the userSig was signed with the application's key and a line feed: cut the end of line off the key on your backend"
    )]
    KeyWithLineFeed,
    /// The signed text of `TLS.expire` differs from the number in the token.
    #[error(
        "the userSig was signed over another text than its TLS.expire: give the generator a whole number, 86400, not 86400.0 or '1e4'"
    )]
    ExpireAsOtherText,
    /// Its time is over.
    #[error("the userSig has expired: ask your backend for a new one")]
    Expired,
    /// It was issued in the future, according to the server's clock.
    #[error(
        "the userSig was issued {ahead_s} seconds in the future by the server's clock: set the clocks of the server \
         and of your backend"
    )]
    NotYet {
        /// How far, in seconds.
        ahead_s: i64,
    },
    /// It was issued before the earliest accepted time.
    #[error("the userSig was revoked: ask your backend for a new one")]
    Revoked,
}

impl UserSigError {
    /// The number for it.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Empty => Code::USERSIG_EMPTY,
            Self::Malformed(_) => Code::USERSIG_MALFORMED,
            Self::OtherUser => Code::USERSIG_OTHER_USER,
            Self::OtherApp => Code::USERSIG_OTHER_APP,
            Self::NoKey => Code::APP_HAS_NO_KEY,
            Self::WrongKey | Self::KeyWithLineFeed | Self::ExpireAsOtherText => Code::USERSIG_WRONG_KEY,
            Self::Expired => Code::USERSIG_EXPIRED,
            Self::NotYet { .. } => Code::CLOCKS_DIFFER,
            Self::Revoked => Code::USERSIG_REVOKED,
        }
    }
}

/// TIM's Go library omits fields that are empty or 0.
#[derive(Serialize, Deserialize)]
struct Token {
    #[serde(rename = "TLS.ver")]
    version: String,
    #[serde(rename = "TLS.identifier", default)]
    identifier: String,
    #[serde(rename = "TLS.sdkappid", default)]
    sdk_app_id: u32,
    #[serde(rename = "TLS.time", default)]
    time: i64,
    #[serde(rename = "TLS.expire", default)]
    expire: i64,
    #[serde(rename = "TLS.userbuf", default, skip_serializing_if = "Option::is_none")]
    userbuf: Option<String>,
    #[serde(rename = "TLS.sig")]
    signature: String,
}

/// Issues a token.
#[must_use]
pub fn sign(key: &Key, claims: &Claims) -> String {
    let signature = claims.signature(key).map(|mac| STANDARD.encode(mac.finalize().into_bytes()));
    let token = Token {
        version: "2.0".to_owned(),
        identifier: claims.user.clone(),
        sdk_app_id: claims.sdk_app_id,
        time: claims.issued_at_s,
        expire: claims.expire_s,
        userbuf: claims.userbuf.as_ref().map(|bytes| STANDARD.encode(bytes)),
        signature: signature.unwrap_or_default(),
    };
    let json = serde_json::to_vec(&token).unwrap_or_default();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail; were it to, the token would not verify.
    let _ = encoder.write_all(&json);
    let to_variant = |character| match character {
        '+' => '*',
        '/' => '-',
        '=' => '_',
        other => other,
    };
    STANDARD.encode(encoder.finish().unwrap_or_default()).chars().map(to_variant).collect()
}

/// Checks a token at the time `now_s`, in seconds since 1970, and gives what it says.
///
/// # Errors
/// The first error found, in this order: empty, malformed, another application, another user, no key, wrong signature,
/// issued in the future, revoked, expired.
pub fn verify(token: &str, expected: &Expected<'_>, now_s: i64) -> Result<Claims, UserSigError> {
    let token = parse(token)?;
    if token.sdk_app_id != expected.sdk_app_id {
        return Err(UserSigError::OtherApp);
    }
    if token.identifier != expected.user {
        return Err(UserSigError::OtherUser);
    }
    if expected.keys.is_empty() {
        return Err(UserSigError::NoKey);
    }
    let userbuf = token.userbuf.map(|text| STANDARD.decode(text)).transpose();
    let claims = Claims {
        sdk_app_id: token.sdk_app_id,
        user: token.identifier,
        issued_at_s: token.time,
        expire_s: token.expire,
        userbuf: userbuf.map_err(|_| UserSigError::Malformed("its userbuf is not base64"))?,
    };
    let signature = STANDARD
        .decode(token.signature)
        .map_err(|_| UserSigError::Malformed("its signature is not base64"))?;
    let made_by = |key: &Key| claims.signature(key).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
    if !expected.keys.iter().any(made_by) {
        return Err(why_not_signed(&claims, &signature, expected.keys));
    }
    check_times(&claims, expected, now_s)?;
    Ok(claims)
}

/// Finds common mistakes of a backend that has the right key, to give a helpful error. Such tokens are refused all the
/// same.
fn why_not_signed(claims: &Claims, signature: &[u8], keys: &[Key]) -> UserSigError {
    let made = |key: &[u8], expire: &str| {
        claims.signature_over(key, expire).is_some_and(|mac| mac.verify_slice(signature).is_ok())
    };
    let expire = claims.expire_s.to_string();
    for Key(secret) in keys {
        if ["\n", "\r\n"].iter().any(|end| made(format!("{secret}{end}").as_bytes(), &expire)) {
            return UserSigError::KeyWithLineFeed;
        }
        if other_texts(claims.expire_s).iter().any(|text| made(secret.as_bytes(), text)) {
            return UserSigError::ExpireAsOtherText;
        }
    }
    UserSigError::WrongKey
}

/// Other texts for a number of seconds: as a floating-point number (`86400.0`) or in scientific notation (`1e4`).
fn other_texts(seconds: i64) -> Vec<String> {
    let mut texts = vec![format!("{seconds}.0")];
    let (mut digits, mut power) = (seconds, 0);
    while digits != 0 && digits % 10 == 0 {
        (digits, power) = (digits / 10, power + 1);
        texts.push(format!("{digits}e{power}"));
    }
    texts
}

fn check_times(claims: &Claims, expected: &Expected<'_>, now_s: i64) -> Result<(), UserSigError> {
    if claims.expire_s < 0 || expected.max_expire_s.is_some_and(|max| claims.expire_s > max) {
        return Err(UserSigError::Malformed("its life is negative or longer than this server accepts"));
    }
    let ends_ms = claims.issued_at_s.checked_add(claims.expire_s).and_then(|ends| ends.checked_mul(1_000));
    if claims.issued_at_s < 0 || ends_ms.is_none_or(|ends| ends >= MAX_MS) {
        return Err(UserSigError::Malformed("its TLS.time or TLS.expire is out of range: both are seconds"));
    }
    let ahead_s = claims.issued_at_s.saturating_sub(now_s);
    if ahead_s > MAX_SKEW {
        return Err(UserSigError::NotYet { ahead_s });
    }
    if expected.min_issued_at_s.is_some_and(|least| claims.issued_at_s < least) {
        return Err(UserSigError::Revoked);
    }
    if claims.expires_at_s() <= now_s { Err(UserSigError::Expired) } else { Ok(()) }
}

fn parse(token: &str) -> Result<Token, UserSigError> {
    if token.trim().is_empty() {
        return Err(UserSigError::Empty);
    }
    if token.len() > MAX_TOKEN {
        return Err(UserSigError::Malformed("it is longer than 8 KiB"));
    }
    let standard: Option<Vec<u8>> = token.trim().bytes().map(to_standard).collect();
    let standard =
        standard.ok_or(UserSigError::Malformed("it has characters other than letters, digits, * - _"))?;
    let deflated = STANDARD.decode(standard).map_err(|_| UserSigError::Malformed("it is not base64"))?;
    let json = inflate(&deflated)?;
    let token: Token = serde_json::from_slice(&json).map_err(|_| {
        UserSigError::Malformed(if is_version_1(&json) {
            "it is of version 1 (ECDSA): issue tokens of version 2"
        } else {
            "its JSON lacks a field or has a wrong one"
        })
    })?;
    if token.version == "2.0" { Ok(token) } else { Err(UserSigError::Malformed("its version is not 2.0")) }
}

/// A token's character in the ordinary alphabet. Some generators use that alphabet; a `+` may arrive as a space, as it
/// does in a URL's query.
fn to_standard(character: u8) -> Option<u8> {
    match character {
        b'*' | b'+' | b' ' => Some(b'+'),
        b'-' | b'/' => Some(b'/'),
        b'_' | b'=' => Some(b'='),
        character if character.is_ascii_alphanumeric() => Some(character),
        _ => None,
    }
}

/// Each thread keeps one decompressor, because its 43 KB cost more to make than a token costs to inflate.
fn inflate(deflated: &[u8]) -> Result<Vec<u8>, UserSigError> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Decompress> = RefCell::new(Decompress::new(true));
    }
    DECOMPRESSOR.with_borrow_mut(|decompressor| {
        decompressor.reset(true);
        let mut json = Vec::with_capacity(MAX_JSON + 1);
        let status = decompressor.decompress_vec(deflated, &mut json, FlushDecompress::Finish);
        let is_all_read = usize::try_from(decompressor.total_in()) == Ok(deflated.len());
        match status {
            _ if json.len() > MAX_JSON => Err(UserSigError::Malformed("it inflates to more than 4 KiB")),
            Ok(Status::StreamEnd) if is_all_read => Ok(json),
            Ok(Status::StreamEnd) => Err(UserSigError::Malformed("bytes follow its end")),
            Ok(_) | Err(_) => Err(UserSigError::Malformed("it is not zlib data")),
        }
    })
}

fn is_version_1(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Version1 {
        #[serde(rename = "TLS.sdk_appid")]
        _sdk_app_id: serde::de::IgnoredAny,
    }
    serde_json::from_slice::<Version1>(json).is_ok()
}
