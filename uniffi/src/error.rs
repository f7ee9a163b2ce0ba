//! The error of both bindings, and its conversion from the engine's error.

use tim::Code;

/// Why a call failed: its variant says what kind of failure it is, `code` which one (stable for ever, TIM's own number
/// where TIM has one), `message` what to do, in one line for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TimError {
    /// Nobody is logged in, or nobody any more: log in first. Or the instance is paused (130179): resume it.
    #[error("{message} ({code})")]
    NotReady {
        /// The number.
        code: i32,
        /// The error's text: what the caller can do.
        message: String,
    },
    /// The server could not be reached, or has too much to do: the same call may succeed later.
    #[error("{message} ({code})")]
    Unreachable {
        /// The number.
        code: i32,
        /// The error's text: what the caller can do.
        message: String,
    },
    /// It may not be, or what was passed does not fit: the same call fails again.
    #[error("{message} ({code})")]
    Refused {
        /// The number.
        code: i32,
        /// The error's text: what the caller can do.
        message: String,
    },
    /// This device's storage failed, is full, or is from a newer version.
    #[error("{message} ({code})")]
    Storage {
        /// The number.
        code: i32,
        /// The error's text: what the caller can do.
        message: String,
    },
    /// A fault of the engine's or of a callback of the host's.
    #[error("{message} ({code})")]
    Internal {
        /// The number.
        code: i32,
        /// The error's text: what the caller can do.
        message: String,
    },
}

impl TimError {
    /// An error with a text for this case.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let (message, number) = (message.into(), code.0.cast_signed());
        match code {
            Code::NOT_LOGGED_IN
            | Code::LOGGING_IN
            | Code::LOGIN_FAILED
            | Code::LOGGED_OUT
            | Code::KICKED_MULTIPLE_ACCOUNT
            | Code::KICKED_MULTIPLE_DEVICE
            | Code::KICKED_BY_SERVER
            | Code::USERSIG_EXPIRED_OFFLINE
            | Code::DESTROYED
            | Code::PAUSED
            | Code::CANCELLED => Self::NotReady { code: number, message },
            Code::DATABASE_FAILED
            | Code::DATA_DIR_UNUSABLE
            | Code::STORE_NEWER
            | Code::DATABASE_KEY_WRONG
            | Code::STORE_REBUILT
            | Code::STORAGE_FULL => Self::Storage { code: number, message },
            Code::INTERNAL | Code::RUNTIME_FAILED | Code::LISTENER_PANICKED | Code::PANICKED => {
                Self::Internal { code: number, message }
            }
            code if code.is_retryable() => Self::Unreachable { code: number, message },
            _ => Self::Refused { code: number, message },
        }
    }

    /// An error with the code's standard text.
    pub(crate) fn of(code: Code) -> Self {
        Self::new(code, code.describe())
    }

    /// The number and the text.
    #[must_use]
    pub fn parts(&self) -> (i32, &str) {
        match self {
            Self::NotReady { code, message }
            | Self::Unreachable { code, message }
            | Self::Refused { code, message }
            | Self::Storage { code, message }
            | Self::Internal { code, message } => (*code, message),
        }
    }
}

impl From<tim::error::TimError> for TimError {
    fn from(error: tim::error::TimError) -> Self {
        Self::new(error.code, error.message)
    }
}

impl From<TimError> for tim::error::TimError {
    fn from(error: TimError) -> Self {
        let (code, message) = error.parts();
        Self { code: Code(code.cast_unsigned()), message: message.to_owned() }
    }
}
