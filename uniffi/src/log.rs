//! The log as other languages take it.

use std::sync::Arc;

use crate::error::TimError;

/// How much a log line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// Much, while an app is being made.
    Debug,
    /// Information for production.
    Info,
    /// A problem that resolves itself.
    Warn,
    /// A problem that does not resolve itself.
    Error,
}

impl From<tim::log::LogLevel> for LogLevel {
    fn from(level: tim::log::LogLevel) -> Self {
        match level {
            tim::log::LogLevel::Debug => Self::Debug,
            tim::log::LogLevel::Info => Self::Info,
            tim::log::LogLevel::Warn => Self::Warn,
            tim::log::LogLevel::Error => Self::Error,
        }
    }
}

/// Takes log lines. Called from any of the engine's threads; it must not block.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// A line.
    ///
    /// # Errors
    /// Errors of the host are ignored.
    fn log(&self, level: LogLevel, line: String) -> Result<(), TimError>;
}

/// Passes lines on to a host's sink.
pub(crate) struct Sink(pub(crate) Arc<dyn LogSink>);

impl tim::log::LogSink for Sink {
    fn log(&self, level: tim::log::LogLevel, line: &str) {
        // A failure to write the log cannot be reported anywhere.
        let _ = self.0.log(level.into(), line.to_owned());
    }
}
