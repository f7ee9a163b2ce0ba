//! Generates the Kotlin and Swift bindings from the built library. They are committed, so that building an app needs no
//! generator.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::codes;
use crate::generated::Generated;
use crate::repository::{KOTLIN, SWIFT, cargo, generator, run, target};

pub(crate) fn files() -> Result<Vec<Generated>> {
    // Builds the library in a command of its own: together with other packages it would get their features, and differ
    // from the shipped one.
    run(cargo().args(["build", "--locked", "--package", "tim-ffi"]))?;
    let library = target().join(format!("debug/{DLL_PREFIX}tim_ffi{DLL_SUFFIX}"));
    let folder = tempfile::tempdir()?;
    let to = folder.path();
    run(generator()?.arg("kotlin").args([&library, to]))?;
    run(generator()?.arg("swift").args([&library, to, to]))?;

    let read =
        |name: &str| fs::read_to_string(to.join(name)).with_context(|| format!("no {name} was generated"));
    let kotlin = read("im/tim/sdk/tim.kt")?;
    check_host_names(&kotlin)?;
    let mut files = vec![
        Generated::new(format!("{KOTLIN}/tim.kt"), &patch_kotlin(&kotlin)?),
        Generated::new(format!("{SWIFT}/TimSDK/TimSDK.swift"), &read("TimSDK.swift")?),
        Generated::new(format!("{SWIFT}/TimFFI/TimFFI.h"), &read("TimFFI.h")?),
        Generated::new(format!("{SWIFT}/TimFFI/module.modulemap"), &read("module.modulemap")?),
    ];
    files.extend(codes::files());
    Ok(files)
}

/// Patches the Kotlin binding: it configures the engine's threads in the JVM before it registers the first callback
/// (see Threads.kt), and only the copy of its classes that owns the library calls the library or registers callbacks
/// (see LibraryOwner.kt).
fn patch_kotlin(kotlin: &str) -> Result<String> {
    const REGISTERS: &str = "uniffiCallbackInterfaceEventListener.register(this)";
    let kotlin = replace_one_line(
        kotlin,
        |line| line.trim() == REGISTERS,
        |line| {
            let indent = line.replace(REGISTERS, "");
            format!("{indent}LibraryOwner.check()\n{indent}adoptThreadsOfTheEngine()\n{line}")
        },
    )?;
    let kotlin = replace_one_line(
        &kotlin,
        |line| line.starts_with("private fun findLibraryName("),
        |line| line.replacen("private", "internal", 1),
    )?;
    replace_one_line(
        &kotlin,
        |line| line.starts_with("private inline fun ") && line.contains(" uniffiRustCallWithError("),
        |line| format!("{line}\n    LibraryOwner.check()"),
    )
}

/// Replaces the only line that matches; an error if none or several do.
fn replace_one_line(
    text: &str,
    fits: impl Fn(&str) -> bool,
    other: impl Fn(&str) -> String,
) -> Result<String> {
    let found = text.lines().filter(|line| fits(line)).count();
    ensure!(
        found == 1,
        "the generated Kotlin registers its callbacks, finds or calls the library elsewhere now"
    );
    Ok(text.lines().map(|line| if fits(line) { other(line) } else { line.to_owned() } + "\n").collect())
}

/// Checks that the documentation uses the names of Kotlin and Swift: sendMessage, not `send_message` or a Rust path.
fn check_host_names(kotlin: &str) -> Result<()> {
    let foreign: Vec<&str> =
        kotlin.lines().filter(|line| is_documentation(line) && has_rust_names(line)).collect();
    ensure!(
        foreign.is_empty(),
        "the documentation of uniffi/src has names that only Rust knows:\n{}",
        foreign.join("\n")
    );
    Ok(())
}

fn is_documentation(line: &str) -> bool {
    let line = line.trim_start();
    line.strip_prefix("/*").unwrap_or(line).starts_with('*')
}

fn has_rust_names(line: &str) -> bool {
    let snake = |window: &[u8]| matches!(window, [before, b'_', after] if before.is_ascii_lowercase() && after.is_ascii_lowercase());
    line.contains("::") || line.contains("[`") || line.as_bytes().windows(3).any(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rusts_names_are_found_in_documentation_alone() {
        for (line, found) in [
            ("    /** Sends it with send_message. */", true),
            ("     * See [`Tim`].", true),
            ("     * See Tim::create.", true),
            ("     * See [Tim.sendMessage].", false),
            ("    val a = uniffi_tim_fn()", false),
        ] {
            assert_eq!(check_host_names(line).is_err(), found, "{line}");
        }
    }

    #[test]
    fn a_line_that_moved_is_an_error() {
        assert_eq!(replace_one_line("a\nb\n", |line| line == "b", |_| "c".into()).unwrap(), "a\nc\n");
        assert!(replace_one_line("a\n", |line| line == "b", |_| "c".into()).is_err());
        assert!(replace_one_line("b\nb\n", |line| line == "b", |_| "c".into()).is_err());
    }
}
