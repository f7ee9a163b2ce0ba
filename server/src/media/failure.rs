//! What it means that a file could not be used.

use std::io;
use std::path::Path;

use tim_protocol::{Code, Fault};

/// Logs the error, and gives the fault for it.
pub(super) fn disk(path: &Path, why: &io::Error) -> Fault {
    tracing::error!(path = %path.display(), %why, "a file of a message could not be used");
    let code = if why.kind() == io::ErrorKind::NotFound { Code::MEDIA_NOT_FOUND } else { Code::READ_ONLY };
    Fault::new(code)
}
