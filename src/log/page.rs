//! Lines that nobody takes go to the page's console, which has the time.

use std::fmt::Arguments;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn debug(line: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn info(line: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn warn(line: &str);
    #[wasm_bindgen(js_namespace = console)]
    fn error(line: &str);
}

/// Writes a line of the level of this number.
pub(super) fn write(level: usize, line: Arguments<'_>) {
    let write = [debug, info, warn, error].get(level).copied().unwrap_or(error);
    write(&format!("tim: {line}"));
}
