//! Files that are generated and committed: written anew, or compared with what is there.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::repository::root;

/// A file that is generated and committed.
pub(crate) struct Generated {
    /// Where it is, from the repository's root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Generated {
    /// Blanks at the ends of lines go: generators leave some, and every editor would take them away.
    pub(crate) fn new(path: impl Into<PathBuf>, text: &str) -> Self {
        let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches([' ', '\t'])).collect();
        Self { path: path.into(), text: lines.join("\n") + "\n" }
    }
}

/// Writes the files; or, to check, writes none and fails if what is committed differs, with the differences. `task` is what
/// writes them.
pub(crate) fn settle(files: &[Generated], check: bool, task: &str) -> Result<()> {
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

/// git's own, because whoever has a clone has git.
fn show_difference(file: &Generated) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let fresh = folder.path().join("fresh");
    fs::write(&fresh, &file.text)?;
    // It ends with 1 where there is a difference.
    Command::new("git").args(["--no-pager", "diff", "--no-index"]).arg(&file.path).arg(&fresh).status()?;
    Ok(())
}
