//! Binds `wire::usersig` to libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tim_fuzz::wire::usersig(data));
