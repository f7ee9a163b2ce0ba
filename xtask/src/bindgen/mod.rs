//! Generates the Kotlin and Swift bindings from the built library. They are committed, so that building an app needs no
//! generator. `kotlin` and `swift` finish what UniFFI writes, `words` is what both need.

mod kotlin;
mod swift;
mod words;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;

use anyhow::{Context as _, Result};

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
    let mut files = vec![
        Generated::new(format!("{KOTLIN}/tim.kt"), &kotlin::finished(&read("im/tim/sdk/tim.kt")?)?),
        Generated::new(format!("{SWIFT}/TimSDK/TimSDK.swift"), &swift::finished(&read("TimSDK.swift")?)?),
        Generated::new(format!("{SWIFT}/TimFFI/TimFFI.h"), &read("TimFFI.h")?),
        Generated::new(format!("{SWIFT}/TimFFI/module.modulemap"), &read("module.modulemap")?),
    ];
    files.extend(codes::files());
    Ok(files)
}
