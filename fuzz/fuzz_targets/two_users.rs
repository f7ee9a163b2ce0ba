//! Binds `session::two_users` to libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tim_fuzz::session::two_users(data));
