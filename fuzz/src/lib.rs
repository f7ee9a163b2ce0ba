//! The fuzz targets' logic, one public function each; `fuzz_targets/` binds them to libFuzzer.
//!
//! The modules do not know libFuzzer, because tests of the workspace compile them too.

#![forbid(unsafe_code)]

pub mod wire;
