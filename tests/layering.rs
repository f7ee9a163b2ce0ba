//! The layers, held by reading the sources: what decides does no I/O and reads no clock, what other languages see is the
//! same everywhere, and every file says what it is for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is the failure report")]

use std::path::{Path, PathBuf};

/// Words that must not appear in pure code, because equal inputs could give unequal outputs.
const IMPURE: [&str; 14] = [
    "std::net",
    "tokio",
    "Instant",
    "SystemTime",
    "UNIX_EPOCH",
    "std::fs",
    "std::thread",
    "std::process",
    "std::env",
    "thread_rng",
    " rand::",
    "getrandom",
    "fastrand::Rng::new",
    "now_v7",
];

/// The folders that must be pure.
const PURE: [&str; 4] = ["core/src", "server/src/core", "server/src/domain", "protocol/src"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust source below a folder of the workspace.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if name.ends_with(".rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

/// The code of a line, without what is said about it.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

#[test]
fn decisions_are_pure() {
    for folder in PURE {
        let sources = sources(folder);
        assert!(!sources.is_empty(), "{folder} is gone");
        for (path, text) in sources {
            for (number, line) in text.lines().enumerate() {
                let impure = IMPURE.iter().find(|word| code(line).contains(**word));
                assert!(impure.is_none(), "{}:{}: {impure:?}", path.display(), number + 1);
            }
        }
    }
}

/// Words that belong to a database or to a store.
const OF_A_DATABASE: [&str; 6] = ["rusqlite", "crate::store", "SELECT ", "INSERT ", "UPDATE ", "DELETE "];

#[test]
fn the_domain_knows_no_database() {
    for (path, text) in sources("server/src/domain") {
        for (number, line) in text.lines().enumerate() {
            let found = OF_A_DATABASE.iter().find(|word| code(line).contains(**word));
            assert!(found.is_none(), "{}:{}: {found:?}", path.display(), number + 1);
        }
    }
}

#[test]
fn only_the_bindings_may_be_unsafe() {
    for (path, text) in sources(".") {
        if path.starts_with(root().join("uniffi")) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let words = code(line).split(|it: char| !it.is_alphanumeric() && it != '_');
            let is_unsafe = words.into_iter().any(|word| word == "unsafe") && !line.contains('"');
            assert!(!is_unsafe, "{}:{}", path.display(), number + 1);
        }
    }
}

/// JNA passes small numbers as signed ones, so that a large one of these arrives as another.
#[test]
fn no_small_number_crosses_a_language_border() {
    let all = sources("uniffi/src").into_iter().filter(|(path, _)| !path.ends_with("uniffi/src/lib.rs"));
    for (path, text) in all {
        if path.starts_with(root().join("uniffi/src/capi")) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = code(line).replace("Vec<u8>", "bytes");
            let small = ["u8", "u16", "i8", "i16"].iter().flat_map(|small| {
                [": ", "-> ", "<", "&"].map(|before| format!("{before}{small}")).into_iter()
            });
            let found: Vec<String> = small.filter(|small| code.contains(small)).collect();
            assert!(found.is_empty(), "{}:{}: {found:?}", path.display(), number + 1);
        }
    }
}

/// Bindings are generated on one system and used on all: what one had and another had not would be missed at run time. A page has no
/// bindings, and `lib.rs` leaves out there what is C's and UniFFI's.
#[test]
fn the_language_border_is_the_same_on_every_system() {
    let all = sources("uniffi/src").into_iter().filter(|(path, _)| !path.ends_with("uniffi/src/lib.rs"));
    for (path, text) in all {
        for (number, line) in text.lines().enumerate() {
            let code = code(line).replace("#[cfg(test)]", "");
            assert!(!code.contains("cfg(") && !code.contains("cfg!("), "{}:{}", path.display(), number + 1);
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources(".") {
        let text = text.strip_prefix("#![no_main]\n").unwrap_or(&text);
        assert!(text.starts_with("//! "), "{} does not begin with //!", path.display());
    }
}
