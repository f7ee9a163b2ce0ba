//! Generates the C header from the C API. Its texts come from cbindgen.toml and the doc comments.

use std::fs;

use anyhow::{Context as _, Result};

use crate::generated::Generated;
use crate::repository::{VERSION, generator, run};

pub(crate) fn files() -> Result<Vec<Generated>> {
    let folder = tempfile::tempdir()?;
    let written = folder.path().join("tim.h");
    run(generator()?.arg("header").arg(&written))?;
    let header = with_version(&fs::read_to_string(written)?)?;
    Ok(vec![Generated::new("bindings/c/include/tim.h", &header)])
}

/// Fills in the version where cbindgen.toml has a placeholder.
fn with_version(header: &str) -> Result<String> {
    let numbers = VERSION.split_once('-').map_or(VERSION, |(numbers, _)| numbers);
    let [major, minor, patch] = numbers.split('.').collect::<Vec<_>>()[..] else {
        anyhow::bail!("the version {VERSION} has not three numbers");
    };
    let mut header = header.to_owned();
    for (place, value) in [("MAJOR", major), ("MINOR", minor), ("PATCH", patch), ("VERSION", VERSION)] {
        let place = format!("@{place}@");
        header
            .find(&place)
            .with_context(|| format!("cbindgen.toml has no place for the version: {place}"))?;
        header = header.replace(&place, value);
    }
    Ok(header)
}
