//! Writes the JavaScript and the types around a WebAssembly file, as an ES module that is started with the file's bytes.
//!
//! Usage: `tim-glue FILE.wasm FOLDER`.

use std::env::args;

use anyhow::{Context as _, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = args().skip(1).collect();
    let [file, folder] = arguments.as_slice() else { bail!("usage: tim-glue FILE.wasm FOLDER") };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(file).out_name("tim").typescript(true).web(true)?;
    // Names of functions are a tenth of the file, and nobody reads them in a page.
    bindgen.remove_name_section(true).remove_producers_section(true).omit_default_module_path(true);
    bindgen.generate(folder).with_context(|| format!("no JavaScript could be written around {file}"))
}
