//! Another library in Rust, as a program may have one beside libtim: it panics, and catches that.

#[no_mangle]
pub extern "C" fn other_catches() -> bool {
    let none: Vec<u8> = Vec::new();
    std::panic::set_hook(Box::new(|_| {}));
    std::panic::catch_unwind(|| none[std::env::args().count()]).is_err()
}
