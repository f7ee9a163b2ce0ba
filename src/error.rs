//! The error of the public API: a code for programs and a text for people.

use tim_protocol::Code;
use tim_protocol::Fault;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct TimError {
    /// The number; stable for ever. TIM's own number where TIM has one.
    pub code: Code,
    /// One line that says what to do.
    pub message: String,
}

impl TimError {
    /// An error with the code's standard text.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, message: code.describe().to_owned() }
    }
}

impl From<Fault> for TimError {
    fn from(fault: Fault) -> Self {
        Self { code: fault.code, message: fault.text }
    }
}

impl From<Code> for TimError {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
