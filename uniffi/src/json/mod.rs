//! The verbs and the events as JSON, for hosts that have no types of ours: any verb by its name. C's `tim_call` and pages go through here.
//!
//! * `verbs` is written by `cargo xtask faces` out of the UniFFI face, which is the one table of verbs.
//! * `parameters` takes a verb's parameters out of JSON; `events` writes events.

mod events;
mod parameters;
#[rustfmt::skip] // written by cargo xtask faces
pub(crate) mod verbs;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tim::Code;

use crate::error::TimError;
pub use events::EventJson;
pub use parameters::Given;
pub use verbs::call_by_name;

/// A call on its way to its result's JSON, `null` where there is nothing to tell. Boxed, because what carries it would else be
/// compiled once for every verb.
pub type Call = tim::Task<Result<String, TimError>>;

/// A call of a verb of the UniFFI face, with its arguments.
macro_rules! call {
    ($verb:expr) => {
        Box::pin(async move { $crate::json::write(&$verb.await?) })
    };
}
pub(crate) use call;

/// A noun as JSON.
///
/// # Errors
/// [`Code::PANICKED`]; every noun can be written.
pub fn write(value: &impl Serialize) -> Result<String, TimError> {
    serde_json::to_string(value).map_err(|_| TimError::of(Code::PANICKED))
}

/// A noun out of JSON.
///
/// # Errors
/// [`Code::JSON_INVALID`].
pub fn noun<T: DeserializeOwned>(json: &str) -> Result<T, TimError> {
    read(json).map_err(|why| unreadable(&why))
}

/// What JSON says, or why that is nothing.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    // serde_json refuses what nests deeper than 128 levels, so no text can exhaust the stack.
    tim::protocol::json::read(text).map_err(|why| why.to_string())
}

/// [`Code::JSON_INVALID`], with the reason.
pub(crate) fn unreadable(why: &str) -> TimError {
    TimError::new(Code::JSON_INVALID, format!("{}: {why}", Code::JSON_INVALID.describe()))
}
