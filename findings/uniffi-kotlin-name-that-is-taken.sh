#!/usr/bin/env bash
# Names of a Rust interface that Kotlin's own classes, or the Kotlin generated for it, already use.
#
# Expected: UniFFI looks after them, as it does after reserved words: what Rust's compiler and the generator take without a
# word is Kotlin that compiles.
# What happens: uniffi 0.32.2 puts a reserved word like `object` in backticks, and nothing else. Kotlin 2.4.21 refuses an error with
# a field `message` or `cause` (which Throwable has) and an object with a method `close` or `destroy` (which the bindings
# add), or `notify` or `wait` without a result (which Java's Object has, final). Nothing before Kotlin's compiler says so.
# So: compile the Kotlin in continuous integration from the first day, and call them `reason`, `leave` or `tell` in Rust: a
# rename after the release breaks the apps of every language.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/uniffi.sh"

# compiles WHAT: whether Kotlin for the crate does.
compiles() {
    generate kotlin
    if compile_kotlin bindings/uniffi/chat/chat.kt 2>errors; then
        echo "$1: compiles"
    else
        echo "$1: $(grep -om1 "error: ['a-z ]*[a-z]" errors)"
    fi
}
field() {
    cat >src/lib.rs <<RUST
uniffi::setup_scaffolding!();
#[derive(Debug, uniffi::Error)]
pub enum SendError { Refused { $1: String } }
impl std::fmt::Display for SendError {
    fn fmt(&self, to: &mut std::fmt::Formatter) -> std::fmt::Result { write!(to, "refused") }
}
impl std::error::Error for SendError {}
#[uniffi::export]
pub fn send() -> Result<(), SendError> { Ok(()) }
RUST
    compiles "field $1"
}
method() {
    cat >src/lib.rs <<RUST
uniffi::setup_scaffolding!();
#[derive(uniffi::Object)]
pub struct Room;
#[uniffi::export]
impl Room {
    #[uniffi::constructor]
    pub fn new() -> Self { Self }
    pub fn $1(&self) {}
}
RUST
    compiles "method $1"
}
{
    for name in object message cause; do field "$name"; done
    for name in object close destroy notify wait; do method "$name"; done
} | tee seen
diff seen - <<'EXPECTED'
field object: compiles
field message: error: conflicting declarations
field cause: error: 'cause' hides member of supertype
method object: compiles
method close: error: conflicting overloads
method destroy: error: conflicting overloads
method notify: error: accidental override
method wait: error: accidental override
EXPECTED
