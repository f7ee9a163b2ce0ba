//! What UniFFI needs of the crate beside its attributes. A page has no UniFFI.

use tim::Code;

use crate::error::TimError;

/// An unexpected exception of a host's callback.
impl From<uniffi::UnexpectedUniFFICallbackError> for TimError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::new(Code::LISTENER_PANICKED, format!("the host's callback failed: {}", error.reason))
    }
}
