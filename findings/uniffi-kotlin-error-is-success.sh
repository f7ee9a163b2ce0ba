#!/usr/bin/env bash
# A store written in Kotlin that Rust calls through UniFFI, and that throws.
#
# Expected: the call answers Rust with an error whatever was thrown: the declared exception as itself, any other through
# From<UnexpectedUniFFICallbackError>, which is there so that nothing is lost.
# What happens: the Kotlin that uniffi 0.32.2 generates catches kotlin.Exception alone. A java.lang.Error (AssertionError,
# NotImplementedError of TODO(), StackOverflowError, OutOfMemoryError, a class that cannot be loaded) goes on to JNA, which
# prints it and returns; the status still says success. Rust gets Ok(()), and Ok(0) where a number was asked for.
# So: what TODO() should have kept counts as kept. Catch Throwable in every implementation of a trait and throw an Exception
# instead; and an assertion inside a callback fails no test.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib/uniffi.sh"
cat >src/lib.rs <<'RUST'
uniffi::setup_scaffolding!();
use std::{fmt, sync::Arc};

#[derive(Debug, uniffi::Error)]
pub enum StoreError { Full, Unexpected }
impl fmt::Display for StoreError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result { fmt::Debug::fmt(self, to) }
}
impl std::error::Error for StoreError {}
impl From<uniffi::UnexpectedUniFFICallbackError> for StoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self { Self::Unexpected }
}
#[uniffi::export(with_foreign)]
pub trait Store: Send + Sync {
    fn keep(&self, text: String) -> Result<(), StoreError>;
    fn count(&self) -> Result<u64, StoreError>;
}
#[uniffi::export]
pub fn receive(store: Arc<dyn Store>) -> String {
    format!("keep {:?}, count {:?}", store.keep("hi".into()), store.count())
}
RUST
cat >Main.kt <<'KOTLIN'
import uniffi.chat.*

fun receives(what: String, act: () -> Unit) {
    val store = object : Store {
        override fun keep(text: String) = act()
        override fun count(): ULong { act(); return 1u }
    }
    println("$what: ${receive(store)}")
}

fun main() {
    receives("returns") {}
    receives("StoreException") { throw StoreException.Full() }
    receives("IllegalStateException") { throw IllegalStateException() }
    receives("AssertionError") { throw AssertionError() }
    receives("TODO") { TODO() }
}
KOTLIN
generate kotlin
compile_kotlin Main.kt bindings/uniffi/chat/chat.kt
java -Djna.library.path=target/debug -cp 'classes:java/*' MainKt 2>printed | tee seen
printf 'printed: %s\n' "$(grep -oE '^(java|kotlin)[A-Za-z.]*Error' printed | sort -u | paste -sd ' ')" | tee -a seen
diff seen - <<'EXPECTED'
returns: keep Ok(()), count Ok(1)
StoreException: keep Err(Full), count Err(Full)
IllegalStateException: keep Err(Unexpected), count Err(Unexpected)
AssertionError: keep Ok(()), count Ok(0)
TODO: keep Ok(()), count Ok(0)
printed: java.lang.AssertionError kotlin.NotImplementedError
EXPECTED
