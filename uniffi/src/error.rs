//! The error of both bindings, and its conversion from the engine's error.

use tim::Code;

/// Why a call failed: its variant says what kind of failure it is, `code` which one (stable for ever, TIM's own number
/// where TIM has one), `reason` what to do, in one line for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TimError {
    /// Nobody is logged in, or nobody any more: log in first.
    #[error("{reason} ({code})")]
    NotReady {
        /// The number.
        code: u32,
        /// The error's text: what the caller can do.
        reason: String,
    },
    /// The server could not be reached, or has too much to do: the same call may succeed later.
    #[error("{reason} ({code})")]
    Unreachable {
        /// The number.
        code: u32,
        /// The error's text: what the caller can do.
        reason: String,
    },
    /// It may not be, or what was passed does not fit: the same call fails again.
    #[error("{reason} ({code})")]
    Refused {
        /// The number.
        code: u32,
        /// The error's text: what the caller can do.
        reason: String,
    },
    /// This device's storage failed, is full, or is from a newer version.
    #[error("{reason} ({code})")]
    Storage {
        /// The number.
        code: u32,
        /// The error's text: what the caller can do.
        reason: String,
    },
    /// A fault of the engine's or of a callback of the host's.
    #[error("{reason} ({code})")]
    Internal {
        /// The number.
        code: u32,
        /// The error's text: what the caller can do.
        reason: String,
    },
}

impl TimError {
    /// An error with a text for this case.
    pub(crate) fn new(code: Code, reason: impl Into<String>) -> Self {
        let (reason, number) = (reason.into(), code.0);
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
            | Code::CANCELLED => Self::NotReady { code: number, reason },
            Code::DATABASE_FAILED
            | Code::DATA_DIR_UNUSABLE
            | Code::STORE_NEWER
            | Code::STORE_REBUILT
            | Code::STORAGE_FULL => Self::Storage { code: number, reason },
            Code::INTERNAL | Code::RUNTIME_FAILED | Code::LISTENER_PANICKED | Code::PANICKED => {
                Self::Internal { code: number, reason }
            }
            code if code.is_retryable() => Self::Unreachable { code: number, reason },
            _ => Self::Refused { code: number, reason },
        }
    }

    /// An error with the code's standard text.
    pub(crate) fn of(code: Code) -> Self {
        Self::new(code, code.describe())
    }

    /// The number and the reason.
    pub(crate) fn parts(&self) -> (u32, &str) {
        match self {
            Self::NotReady { code, reason }
            | Self::Unreachable { code, reason }
            | Self::Refused { code, reason }
            | Self::Storage { code, reason }
            | Self::Internal { code, reason } => (*code, reason),
        }
    }
}

impl From<tim::error::TimError> for TimError {
    fn from(error: tim::error::TimError) -> Self {
        Self::new(error.code, error.reason)
    }
}

impl From<TimError> for tim::error::TimError {
    fn from(error: TimError) -> Self {
        let (code, reason) = error.parts();
        Self { code: Code(code), reason: reason.to_owned() }
    }
}

/// An unexpected exception of a host's callback.
impl From<uniffi::UnexpectedUniFFICallbackError> for TimError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::new(Code::LISTENER_PANICKED, format!("the host's callback failed: {}", error.reason))
    }
}
