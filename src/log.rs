//! Logging: TIM's levels, and one sink for the process.
//!
//! Never a message's body, a token or a key.

#[cfg_attr(target_family = "wasm", path = "log/page.rs")]
mod console;

use std::fmt::Arguments;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use tim_protocol::Code;
use tracing::dispatcher::get_default;
use tracing::subscriber::NoSubscriber;

use crate::error::TimError;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Details for development.
    Debug,
    /// Information for production.
    Info,
    /// A problem that resolves itself.
    Warn,
    /// A problem that does not resolve itself.
    Error,
}

/// Takes log lines. Called from any of the engine's threads, several at once; it must not block.
pub trait LogSink: Send + Sync + 'static {
    /// A line, without a time and without a line feed.
    fn log(&self, level: LogLevel, line: &str);
}

static LEAST: AtomicU8 = AtomicU8::new(LogLevel::Info as u8);
static SINK: RwLock<Option<Arc<dyn LogSink>>> = RwLock::new(None);

/// How much is logged, by TIM's numbers: 0 everything, 1 what production needs (the default), 2 warnings and errors,
/// 3 errors, 4 nothing. For the whole process, at once.
///
/// # Errors
/// [`Code::BAD_REQUEST`] for any other number.
pub fn set_log_level(level: u32) -> Result<(), TimError> {
    match u8::try_from(level) {
        Ok(level @ 0..=4) => {
            LEAST.store(level, Ordering::Relaxed);
            Ok(())
        }
        _ => Err(TimError { code: Code::BAD_REQUEST, message: "a log level is 0, 1, 2, 3 or 4".into() }),
    }
}

/// Where lines go. Without a sink (`None`) they go to the `tracing` library's subscriber if the host has one, otherwise to
/// the standard error output, each with its time (UTC) and level. Android shows that nowhere: set a sink there.
pub fn set_log_sink(sink: Option<Arc<dyn LogSink>>) {
    let former = std::mem::replace(&mut *SINK.write().unwrap_or_else(PoisonError::into_inner), sink);
    // The host's own drop code may log, and must not run under the lock.
    drop(former);
}

/// Whether lines of this level go anywhere: for those that cost something to make.
pub(crate) fn is_on(level: LogLevel) -> bool {
    (level as u8) >= LEAST.load(Ordering::Relaxed)
}

/// Logs a line.
pub(crate) fn write(level: LogLevel, line: Arguments<'_>) {
    if !is_on(level) {
        return;
    }
    let sink = SINK.read().unwrap_or_else(PoisonError::into_inner).clone();
    match (sink, level) {
        // A sink that panics is the host's to mend; the engine goes on.
        (Some(sink), _) => drop(catch_unwind(AssertUnwindSafe(|| sink.log(level, &line.to_string())))),
        (None, _) if get_default(|subscriber| subscriber.is::<NoSubscriber>()) => {
            console::write(level as usize, line)
        }
        (None, LogLevel::Debug) => tracing::debug!("{line}"),
        (None, LogLevel::Info) => tracing::info!("{line}"),
        (None, LogLevel::Warn) => tracing::warn!("{line}"),
        (None, LogLevel::Error) => tracing::error!("{line}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Paper(Mutex<Vec<String>>);

    impl LogSink for Paper {
        fn log(&self, level: LogLevel, line: &str) {
            // Other tests of this process log too.
            if line.starts_with("paper ") {
                self.0.lock().unwrap().push(format!("{level:?} {line}"));
            }
        }
    }

    /// A sink that has something to tell when it goes.
    struct Parting;

    impl LogSink for Parting {
        fn log(&self, _: LogLevel, _: &str) {}
    }

    impl Drop for Parting {
        fn drop(&mut self) {
            write(LogLevel::Error, format_args!("goodbye"));
            set_log_sink(None);
        }
    }

    // One test, because there is one sink in a process, and tests run side by side.
    #[test]
    fn a_sink_hears_what_the_level_lets_through_and_may_log_as_it_goes() {
        let paper = Arc::new(Paper::default());
        set_log_sink(Some(paper.clone()));
        set_log_level(2).unwrap();
        write(LogLevel::Info, format_args!("paper one"));
        write(LogLevel::Warn, format_args!("paper two"));
        set_log_level(4).unwrap();
        write(LogLevel::Error, format_args!("paper three"));
        set_log_level(1).unwrap();
        set_log_sink(None);
        assert_eq!(*paper.0.lock().unwrap(), ["Warn paper two"]);
        assert_eq!(set_log_level(5).unwrap_err().code, Code::BAD_REQUEST);

        set_log_sink(Some(Arc::new(Parting)));
        set_log_sink(None);
    }
}
