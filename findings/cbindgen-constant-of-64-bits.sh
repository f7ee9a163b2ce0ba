#!/usr/bin/env bash
# A limit of 2 GiB for attachments, a `pub const` of type u64 in Rust, in the C header that cbindgen makes.
#
# Expected: the constant has in C the value that it has in Rust, and its 64 bits.
# What happens: cbindgen 0.29.2 copies the expression and drops the type: (1 << 31), which C computes as an int of 32 bits. Put
# into a uint64_t it is 18446744071562067968, a limit of 16 EiB, and GCC does not warn with -Wextra. 2 * 1024 * 1024 * 1024
# comes out the same with a warning. 2147483648, and 20 * 1024 * 1024, are right, so a header that is tried with small limits
# looks well.
# So: write the value of a large constant as one literal, and have C print or assert each of them once.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "header"
version = "0.0.0"
edition = "2021"
[dependencies]
cbindgen = { version = "=0.29.2", default-features = false }
TOML
cat >src/limits.rs <<'RUST'
pub const SHIFTED: u64 = 1 << 31;
pub const PRODUCT: u64 = 2 * 1024 * 1024 * 1024;
pub const LITERAL: u64 = 2147483648;
pub const SMALL: u64 = 20 * 1024 * 1024;
RUST
cat >src/main.rs <<'RUST'
mod limits;
fn main() {
    let limits = [limits::SHIFTED, limits::PRODUCT, limits::LITERAL, limits::SMALL];
    println!("Rust: {}", limits.map(|limit| limit.to_string()).join(" "));
    let header = cbindgen::Builder::new().with_src("src/limits.rs").with_language(cbindgen::Language::C).generate();
    header.unwrap().write_to_file("limits.h");
}
RUST
cat >limit.c <<'C'
#include <inttypes.h>
#include <stdio.h>
#include "limits.h"

int main(void) {
    const uint64_t limit = LIMIT;
    printf("%" PRIu64 "\n", limit);
}
C
{
    cargo run --quiet
    for limit in SHIFTED PRODUCT LITERAL SMALL; do
        grep "#define $limit" limits.h
        warning='no warning'
        gcc -Wall -Wextra -Werror "-DLIMIT=$limit" limit.c -o limit 2>/dev/null || warning=warning
        gcc -w "-DLIMIT=$limit" limit.c -o limit
        printf 'C: %s, %s\n' "$(./limit)" "$warning"
    done
} | tee seen
diff seen - <<'EXPECTED'
Rust: 2147483648 2147483648 2147483648 20971520
#define SHIFTED (1 << 31)
C: 18446744071562067968, no warning
#define PRODUCT (((2 * 1024) * 1024) * 1024)
C: 18446744071562067968, warning
#define LITERAL 2147483648
C: 2147483648, no warning
#define SMALL ((20 * 1024) * 1024)
C: 20971520, no warning
EXPECTED
