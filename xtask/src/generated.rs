//! Files that are generated and committed: writes them, or compares them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::repository::root;

/// A file that is generated and committed.
pub(crate) struct Generated {
    /// The path from the repository's root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Generated {
    /// Removes blanks at the ends of lines, which generators leave and editors remove.
    pub(crate) fn new(path: impl Into<PathBuf>, text: &str) -> Self {
        let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches([' ', '\t'])).collect();
        Self { path: path.into(), text: lines.join("\n") + "\n" }
    }
}

/// Writes the files; with `check`, prints the differences to the committed files instead, and fails if there are any.
/// `task` is the name of the task that writes them.
pub(crate) fn write_or_compare(files: &[Generated], check: bool, task: &str) -> Result<()> {
    let mut stale = Vec::new();
    for file in files {
        let committed = root().join(&file.path);
        if !check {
            fs::write(committed, &file.text)?;
        } else if fs::read_to_string(&committed).unwrap_or_default() != file.text {
            show_difference(file)?;
            stale.push(file.path.display().to_string());
        }
    }
    ensure!(stale.is_empty(), "stale: {}: run {task} and commit what it writes", stale.join(", "));
    Ok(())
}

/// Uses git, because everybody with a clone has it.
fn show_difference(file: &Generated) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let fresh = folder.path().join("fresh");
    fs::write(&fresh, &file.text)?;
    // git exits with 1 if there is a difference.
    Command::new("git").args(["--no-pager", "diff", "--no-index"]).arg(&file.path).arg(&fresh).status()?;
    Ok(())
}
