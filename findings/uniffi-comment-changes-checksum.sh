#!/usr/bin/env bash
# A Rust library for Kotlin and Swift of which only a comment was corrected, behind bindings that were generated before.
#
# Expected: generated bindings check at start that the library has the interface they were made for, by a checksum of each
# function: its name, arguments, result and errors. A comment is none of these, so a library whose documentation was
# corrected works behind older bindings.
# What happens: uniffi 0.32.2 takes the checksum over all it knows of a function, its documentation among it. One word more in
# a comment gives another number, and the bindings refuse the library before its first call ("API checksum mismatch").
# So: library and bindings are built and shipped together, always; a check in continuous integration compares what is
# committed with what is generated, and a hotfix of the library alone leaves the comments of what is exported as they are.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "greeting"
version = "0.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
uniffi = "=0.32.2"
TOML

# checksum COMMENT RESULT: that of a function with this comment and this result's type.
checksum() {
    cat >src/lib.rs <<RUST
uniffi::setup_scaffolding!();
/// $1
#[uniffi::export]
pub fn hello() -> $2 {
    7
}
RUST
    cargo build --quiet
    python3 -c '
import ctypes, sys
function = ctypes.CDLL(sys.argv[1]).uniffi_greeting_checksum_func_hello
function.restype = ctypes.c_uint16
print(function())' target/debug/libgreeting.so
}

first=$(checksum 'Greets.' u32)
again=$(checksum 'Greets.' u32)
comment=$(checksum 'Greets people.' u32)
result=$(checksum 'Greets.' u64)
same() { if [[ $1 == "$2" ]]; then echo same; else echo other; fi; }
{
    echo "built again: $(same "$first" "$again")"
    echo "another comment: $(same "$first" "$comment")"
    echo "another result: $(same "$first" "$result")"
} | tee seen
diff seen - <<'EXPECTED'
built again: same
another comment: other
another result: other
EXPECTED
