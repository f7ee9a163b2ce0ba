//! Tells the linker what the shared library is called by those who use it (libtim.so.0.1 on Linux, libtim.0.1.dylib on Apple's
//! desktops), and that it stays once it is loaded. Nothing is generated here.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let of = |name| std::env::var(name).unwrap_or_default();
    // Before 1.0 a minor version may break what was, from then on a major one: see tim-config-version.cmake.in.
    let interface = match (of("CARGO_PKG_VERSION_MAJOR"), of("CARGO_PKG_VERSION_MINOR")) {
        (major, minor) if major == "0" => format!("0.{minor}"),
        (major, _) => major,
    };
    // Android and iOS name libraries without versions, as apps carry their own.
    match of("CARGO_CFG_TARGET_OS").as_str() {
        "linux" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtim.so.{interface}");
            // The engine's threads live as long as the process: no dlclose may take their code away.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        "macos" => println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libtim.{interface}.dylib"),
        _ => {}
    }
}
