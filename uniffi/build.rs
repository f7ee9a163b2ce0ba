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
    for argument in link_arguments(&of("CARGO_CFG_TARGET_OS"), &interface) {
        println!("cargo:rustc-cdylib-link-arg=-Wl,{argument}");
    }
}

/// What the linker is told for an operating system, as rustc names it. tests/link.rs reads it for each.
pub(crate) fn link_arguments(target_os: &str, interface: &str) -> Vec<String> {
    // The engine's threads live as long as the process: no dlclose may take their code away.
    let stays = "-z,nodelete".to_owned();
    match target_os {
        "linux" => vec![format!("-soname,libtim.so.{interface}"), stays],
        // Apps carry their own library: on Android its name has no version, and rustc gives it.
        "android" => vec![stays],
        "macos" => vec![format!("-install_name,@rpath/libtim.{interface}.dylib")],
        _ => vec![],
    }
}
