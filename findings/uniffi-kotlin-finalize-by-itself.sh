#!/usr/bin/env bash
# A Rust upload with a method `finalize`, which declares it complete, used from Kotlin through UniFFI.
#
# Expected: the method is called when the app calls it, and only then; `finalize` is no reserved word of Kotlin, and where a name
# is taken the bindings would not compile.
# What happens: uniffi 0.32.2 generates `fun finalize()`, which to the JVM (17) is Object.finalize(). Once an upload is unreachable,
# the garbage collector calls it on a thread of its own, and Rust completes what the app has given up. A `finalize` that
# returns a number has another signature and is not called.
# So: never export a `finalize` without arguments and result; call it `complete`, before the first release.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/uniffi.sh"
cat >src/lib.rs <<'RUST'
uniffi::setup_scaffolding!();
use std::sync::Mutex;

static SAID: Mutex<Vec<&str>> = Mutex::new(Vec::new());
fn say(what: &'static str) { SAID.lock().unwrap().push(what) }

#[derive(uniffi::Object)]
pub struct Upload;
#[uniffi::export]
impl Upload {
    #[uniffi::constructor]
    pub fn new() -> Self { Self }
    pub fn finalize(&self) { say("finalize") }
}
impl Drop for Upload {
    fn drop(&mut self) { say("drop") }
}

#[derive(uniffi::Object)]
pub struct Counted;
#[uniffi::export]
impl Counted {
    #[uniffi::constructor]
    pub fn new() -> Self { Self }
    pub fn finalize(&self) -> u32 { say("finalize"); 7 }
}
impl Drop for Counted {
    fn drop(&mut self) { say("drop") }
}

/// What was called since the last time.
#[uniffi::export]
pub fn said() -> Vec<String> { SAID.lock().unwrap().drain(..).map(String::from).collect() }
RUST
cat >Main.kt <<'KOTLIN'
import uniffi.chat.*

fun forget(what: String, begin: () -> Unit) {
    begin()
    val calls = mutableListOf<String>()
    while ("drop" !in calls) { System.gc(); Thread.sleep(50); calls += said() }
    println("$what: ${calls.joinToString(", ")}")
}

fun main() {
    forget("Upload() and nothing else") { Upload() }
    forget("Counted() and nothing else") { Counted() }
}
KOTLIN
generate kotlin
compile_kotlin Main.kt bindings/uniffi/chat/chat.kt
timeout 60 java -Djna.library.path=target/debug -cp 'classes:java/*' MainKt | tee seen
diff seen - <<'EXPECTED'
Upload() and nothing else: finalize, drop
Counted() and nothing else: drop
EXPECTED
