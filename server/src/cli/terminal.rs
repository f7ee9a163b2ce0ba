//! What all commands have in common: how they fail, and how they print.

use std::error::Error;
use std::io::Write as _;

pub(super) type AnyResult<T = ()> = Result<T, Box<dyn Error>>;

/// The answer could not be written to the standard output.
#[derive(Debug, thiserror::Error)]
#[error("the standard output: {0}: make room, or write elsewhere, and ask again")]
pub struct OutputError(pub(super) std::io::Error);

impl OutputError {
    /// Whether the reader closed the pipe, which is not worth an error message.
    #[must_use]
    pub fn nobody_reads(&self) -> bool {
        self.0.kind() == std::io::ErrorKind::BrokenPipe
    }
}

/// Prints an answer to the standard output.
pub(super) fn print_answer(answer: &str) -> Result<(), OutputError> {
    let mut out = std::io::stdout();
    out.write_all(answer.as_bytes()).and_then(|()| out.flush()).map_err(OutputError)
}

/// Prints a note to the standard error output, ignoring failures.
pub(super) fn print_note(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
