//! The engine's nouns as other languages see them: records of plain values, the same for both faces.
//!
//! Each is made by taking the engine's own apart completely, so that a field added there has to be thought of here. As
//! JSON (the C face) they have TIM's names. No unsigned numbers where a host has none: sequences, sizes and times are
//! `i64`, small numbers `i32`, ids are texts.
//!
//! **Times.** Every time that a host sees is in seconds since 1970-01-01 UTC, as TIM's are. The engine has milliseconds
//! ([`tim::protocol::UnixMillis`]); `seconds` and `millis` are the only places that convert.
//!
//! This file has what the others share: numbers, ids, and the macro for enums.

mod body;
mod conversation;
mod friend;
mod group;
mod group_attributes;
mod history;
mod media;
mod member;
mod message;
mod options;
mod profile;
mod reaction;
mod receipt;
mod receive;
mod search;
mod signaling;
mod status;

use tim::protocol::UnixMillis;
use tim::{Code, ConversationId, GroupId, MessageId, UserId};

pub use body::*;
pub use conversation::*;
pub use friend::*;
pub use group::*;
pub use group_attributes::*;
pub use history::*;
pub use media::*;
pub use member::*;
pub use message::*;
pub use options::*;
pub use profile::*;
pub use reaction::*;
pub use receipt::*;
pub use receive::*;
pub use search::*;
pub use signaling::*;
pub use status::*;

use crate::error::TimError;

/// A number of the engine's for hosts that have signed ones. The engine's stay far below the limit.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number of a host's. What is negative is none.
pub(crate) fn unsigned(number: i64) -> Result<u64, TimError> {
    u64::try_from(number).map_err(|_| invalid("a sequence or size is not negative"))
}

/// A small number of the engine's.
pub(crate) fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A small number of a host's. What is negative is none.
pub(crate) fn unsigned_small(number: i32) -> Result<u32, TimError> {
    u32::try_from(number)
        .map_err(|_| invalid("a width, height, format, time, duration or number of users is not negative"))
}

/// A time of the engine's, as hosts have it.
pub(crate) fn seconds(millis: UnixMillis) -> i64 {
    millis.div_euclid(1_000)
}

/// A time of a host's, as the engine has it.
pub(super) fn millis(seconds: i64) -> UnixMillis {
    seconds.saturating_mul(1_000)
}

pub(super) fn invalid(text: &str) -> TimError {
    TimError::new(Code::BAD_REQUEST, text)
}

pub(crate) fn user_id(text: &str) -> Result<UserId, TimError> {
    UserId::new(text).map_err(|_| TimError::of(Code::USER_ID_INVALID))
}

/// A user, or the server, which sends tips and notices.
pub(crate) fn sender_id(text: String) -> Result<UserId, TimError> {
    UserId::try_from(text).map_err(|_| TimError::of(Code::USER_ID_INVALID))
}

pub(crate) fn user_ids(texts: &[String]) -> Result<Vec<UserId>, TimError> {
    texts.iter().map(|text| user_id(text)).collect()
}

pub(crate) fn group_id(text: &str) -> Result<GroupId, TimError> {
    GroupId::new(text).map_err(|_| TimError::of(Code::GROUP_ID_INVALID))
}

pub(crate) fn message_id(text: &str) -> Result<MessageId, TimError> {
    text.parse().map_err(|_| TimError::of(Code::MESSAGE_INVALID))
}

pub(crate) fn conversation_id(text: &str) -> Result<ConversationId, TimError> {
    text.parse().map_err(|_| TimError::of(Code::CONVERSATION_ID_INVALID))
}

pub(crate) fn conversation_ids(texts: &[String]) -> Result<Vec<ConversationId>, TimError> {
    texts.iter().map(|text| conversation_id(text)).collect()
}

/// Declares a host's enum and its conversions from and to the engine's. The words are those of the JSON.
macro_rules! mirror {
    ($(#[$meta:meta])* $name:ident = $engine:path { $($(#[$vmeta:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant,)*
        }
        impl From<$engine> for $name {
            fn from(value: $engine) -> Self {
                match value { $(<$engine>::$variant => Self::$variant,)* }
            }
        }
        impl From<$name> for $engine {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => <$engine>::$variant,)* }
            }
        }
    };
}
use mirror;

/// The same for words that later versions may extend: a word that this version does not know is `Other`.
macro_rules! mirror_words {
    ($(#[$meta:meta])* $name:ident = $engine:path { $($(#[$vmeta:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant,)*
            /// One that this version does not know.
            #[serde(rename = "other")]
            Other,
        }
        impl From<$engine> for $name {
            fn from(value: $engine) -> Self {
                type Engine = $engine;
                match value { $(Engine::$variant => Self::$variant,)* Engine::Other(_) => Self::Other }
            }
        }
        impl From<$name> for $engine {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant => <$engine>::$variant,)*
                    $name::Other => <$engine>::Other(tim::protocol::word::Word::OTHER),
                }
            }
        }
    };
}
use mirror_words;
