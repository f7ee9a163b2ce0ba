//! What build.rs tells the linker on systems that these tests do not run on. Whether a library stays is shown by
//! bindings/c/tests/unload.c, where it runs.

#[path = "../build.rs"]
#[allow(dead_code, reason = "its main is for cargo")]
mod build;

#[test]
fn the_library_stays_wherever_dlclose_would_take_it_from_under_its_threads() {
    for system in ["linux", "android"] {
        let arguments = build::link_arguments(system, "0.1");
        assert!(arguments.contains(&"-z,nodelete".to_owned()), "{system}: {arguments:?}");
    }
}

#[test]
fn names_have_versions_where_programs_share_the_library() {
    assert_eq!(build::link_arguments("linux", "0.1")[0], "-soname,libtim.so.0.1");
    assert_eq!(build::link_arguments("macos", "0.1"), ["-install_name,@rpath/libtim.0.1.dylib"]);
    assert_eq!(build::link_arguments("android", "0.1"), ["-z,nodelete"]);
    assert!(build::link_arguments("ios", "0.1").is_empty());
}
