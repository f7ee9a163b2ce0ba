//! A numbered error: how calls, requests and connections fail.

use serde::{Deserialize, Serialize};

use crate::Code;

/// A numbered error, as sent on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{text} ({code})")]
pub struct Fault {
    /// The number; stable for ever.
    #[serde(rename = "c")]
    pub code: Code,
    /// One line that says what to do. Not for matching.
    #[serde(rename = "t")]
    pub text: String,
    /// The delay before a retry, in milliseconds.
    #[serde(rename = "ra", default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Fault {
    /// A fault with the code's standard text.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, text: code.describe().to_owned(), retry_after: None }
    }

    /// A fault with a text for this case.
    #[must_use]
    pub fn with_text(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), retry_after: None }
    }

    /// The same fault with a retry delay, in milliseconds.
    #[must_use]
    pub fn retry_after(mut self, ms: u32) -> Self {
        self.retry_after = Some(ms);
        self
    }

    pub(crate) fn bad_request(method: &str, why: &serde_json::Error) -> Self {
        // serde names the field and the place, never the value of a text field.
        Self::with_text(Code::BAD_REQUEST, format!("{method}: the parameters do not fit, {}", describe(why)))
    }
}

fn describe(why: &serde_json::Error) -> String {
    match why.classify() {
        serde_json::error::Category::Data => {
            let text = why.to_string();
            // serde quotes offending texts in "invalid value" and "invalid type": keep what is before them.
            text.split(['"', '`']).next().unwrap_or_default().trim_end_matches(' ').to_owned()
                + &format!(" at column {}", why.column())
        }
        _ => format!("not JSON at column {}", why.column()),
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
