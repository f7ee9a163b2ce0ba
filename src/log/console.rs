//! Lines that nobody takes go to the standard error output.

use std::fmt::Arguments;
use std::io::{Write as _, stderr};
use std::time::{SystemTime, UNIX_EPOCH};

/// The levels, by their numbers.
const LEVELS: [&str; 4] = ["DEBUG", "INFO", "WARN", "ERROR"];

/// Writes a line with its time (UTC) and the level of this number.
pub(super) fn write(level: usize, line: Arguments<'_>) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, ms) = (now.as_secs() % 86_400, now.subsec_millis());
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let level = LEVELS.get(level).unwrap_or(&"");
    // A console that does not take it is no reason to fail.
    let _ = writeln!(stderr(), "{hour:02}:{minute:02}:{second:02}.{ms:03} {level:5} tim: {line}");
}
