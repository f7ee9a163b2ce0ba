//! Writes the Kotlin half of the bindings. `script/bindgen` calls it; what it writes is committed.

fn main() {
    uniffi::uniffi_bindgen_main();
}
