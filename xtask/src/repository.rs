//! Paths in this repository, and how its programs are built and run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The version of everything here.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where the sources of Kotlin's package im.tim.sdk are, from the root.
pub(crate) const KOTLIN: &str = "bindings/kotlin/tim/src/main/kotlin/im/tim/sdk";
/// Where the modules of the Swift package are, from the root.
pub(crate) const SWIFT: &str = "bindings/swift/Sources";

pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    builder(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program that calls cargo, without what cargo told this program of its package: the build script of ring runs again, and all
/// that depends on it is built again, where that differs.
pub(crate) fn builder(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars().filter(|(name, _)| of_package(name)) {
        command.env_remove(name);
    }
    command
}

/// Runs a program to its end; a failure names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed, {status}");
    Ok(())
}

/// The output of a program.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed, {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// Builds the generators of bindings/bindgen, and returns the command that runs them.
pub(crate) fn generator() -> Result<Command> {
    run(cargo()
        .args(["build", "--locked", "--manifest-path", "bindings/bindgen/Cargo.toml", "--target-dir"])
        .arg(target()))?;
    Ok(Command::new(target().join("debug/tim-bindgen")))
}
