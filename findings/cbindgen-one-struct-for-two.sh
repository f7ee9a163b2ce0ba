#!/usr/bin/env bash
# Two modules of a Rust library, chat and push, each with a struct Message of its own, in the C header that cbindgen makes.
#
# Expected: C has no modules, so cbindgen gives the two structs different names, or refuses.
# What happens: cbindgen 0.29.2 writes the first one and leaves the second out. The functions of both modules take "struct
# Message": C code for push compiles without a warning, has the fields of chat before it, and passes 16 bytes where Rust reads
# 8: the badge is half of an id. generate() returns Ok, and nothing is logged.
# So: names that are unique in the whole library for all that is #[repr(C)], or `rename`; and compare sizes once in a test.
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
[lib]
path = "src/messages.rs"
crate-type = ["staticlib", "rlib"]
[[bin]]
name = "header"
path = "src/main.rs"
[dependencies]
cbindgen = { version = "=0.29.2", default-features = false }
log = { version = "0.4", features = ["std"] }
TOML
cat >src/messages.rs <<'RUST'
pub mod chat {
    #[repr(C)]
    pub struct Message { pub id: u64, pub seq: u64 }
    #[no_mangle]
    pub extern "C" fn chat_seq(message: &Message) -> u64 { message.seq }
}
pub mod push {
    #[repr(C)]
    pub struct Message { pub badge: u32, pub silent: u32 }
    #[no_mangle]
    pub extern "C" fn push_badge(message: &Message) -> u32 { message.badge }
}
RUST
cat >src/main.rs <<'RUST'
struct Loud;
impl log::Log for Loud {
    fn enabled(&self, _: &log::Metadata) -> bool { true }
    fn log(&self, record: &log::Record) { println!("{}: {}", record.level(), record.args()) }
    fn flush(&self) {}
}
fn main() {
    log::set_logger(&Loud).unwrap();
    log::set_max_level(log::LevelFilter::Warn);
    let made = cbindgen::Builder::new().with_src("src/messages.rs").with_language(cbindgen::Language::C).generate();
    println!("generate() is {}", if made.is_ok() { "Ok" } else { "an error" });
    made.unwrap().write_to_file("messages.h");
    println!("Rust: {} and {} bytes", size_of::<header::chat::Message>(), size_of::<header::push::Message>());
}
RUST
cat >messages.c <<'C'
#include <stdio.h>
#include "messages.h"

int main(void) {
    struct Message message = {.id = 5, .seq = 0};
    printf("C: %zu bytes, badge %u of a message with id 5\n", sizeof message, push_badge(&message));
}
C
{
    cargo run --quiet
    grep -E 'struct Message|^ ' messages.h
    gcc -Wall -Wextra -Werror -c messages.c -o messages.o && echo 'C: compiled without a warning'
    gcc messages.o -Ltarget/debug -lheader -lpthread -ldl -lm -o messages && ./messages
} | tee seen
diff seen - <<'EXPECTED'
generate() is Ok
Rust: 16 and 8 bytes
typedef struct Message {
  uint64_t id;
  uint64_t seq;
uint64_t chat_seq(const struct Message *message);
uint32_t push_badge(const struct Message *message);
C: compiled without a warning
C: 16 bytes, badge 5 of a message with id 5
EXPECTED
