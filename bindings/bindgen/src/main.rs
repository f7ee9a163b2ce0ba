//! Runs the generators of bindings: uniffi_bindgen on the built library, cbindgen on the C face. `cargo xtask` builds and calls
//! this, finishes what it writes, and decides where that goes.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use camino::Utf8PathBuf;
use uniffi_bindgen::bindings::{
    GenerateOptions, SwiftBindingsOptions, TargetLanguage, generate, generate_swift_bindings,
};

/// Where uniffi_bindgen finds the settings of a crate.
const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/uniffi.toml");
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["kotlin", library, to] => kotlin(library, to),
        ["swift", library, sources, ffi] => swift(library, sources, ffi),
        ["header", file] => header(file),
        _ => bail!("cargo xtask calls this: kotlin LIBRARY TO | swift LIBRARY SOURCES FFI | header FILE"),
    }
}

/// The generator reads the library's symbol table: a stripped one would not do.
fn kotlin(library: &str, to: &str) -> Result<()> {
    generate(GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.into(),
        out_dir: to.into(),
        config_override: Some(CRATES.into()),
        ..GenerateOptions::default()
    })
}

/// The Swift goes into one folder, the C that it calls into another.
fn swift(library: &str, sources: &str, ffi: &str) -> Result<()> {
    let options = |to: &str| SwiftBindingsOptions {
        source: library.into(),
        out_dir: Utf8PathBuf::from(to),
        config: Some(CRATES.into()),
        ..SwiftBindingsOptions::default()
    };
    generate_swift_bindings(SwiftBindingsOptions { generate_swift_sources: true, ..options(sources) })?;
    // A plain module map: a framework's would clash with another library's in the same app.
    generate_swift_bindings(SwiftBindingsOptions {
        generate_headers: true,
        generate_modulemap: true,
        module_name: Some("TimFFI".to_owned()),
        modulemap_filename: Some("module.modulemap".to_owned()),
        ..options(ffi)
    })
}

fn header(file: &str) -> Result<()> {
    let repository = Path::new(REPOSITORY);
    let config = cbindgen::Config::from_file(repository.join("cbindgen.toml")).map_err(anyhow::Error::msg)?;
    cbindgen::Builder::new()
        .with_crate(repository.join("uniffi"))
        .with_config(config)
        .generate()
        .context("cbindgen cannot read uniffi/src/capi")?
        .write_to_file(file);
    Ok(())
}
