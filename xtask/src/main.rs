//! `cargo xtask`: what is done to this repository rather than in it. Each task has a file of its own; this one has their names.
//! What needs no Rust, and what has to run before there is one, is in script/.

#![forbid(unsafe_code)]

mod bindgen;
mod codes;
mod faces;
mod generated;
mod header;
mod repository;
mod size;

use clap::{Args, Parser, Subcommand};

/// Writes what is generated, and weighs what is shipped.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds libtim and writes the generated part of bindings/kotlin and bindings/swift.
    Bindgen(Check),
    /// Writes only the numbers of errors by their names, for Kotlin and Swift.
    Codes(Check),
    /// Writes what the C face has for each verb, from uniffi/src/client: functions, methods of tim.hpp, calls for tests.
    Faces(Check),
    /// Writes bindings/c/include/tim.h from uniffi/src/capi, as cbindgen.toml says.
    Header(Check),
    /// Builds libtim as script/install does, and fails if the shared library is larger than it may be.
    Size(size::Size),
}

#[derive(Args)]
struct Check {
    /// Write nothing; fail, with the difference, if what is committed is not what would be written.
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<()> {
    std::env::set_current_dir(repository::root())?;
    match Arguments::parse().task {
        Task::Bindgen(Check { check }) => generated::settle(&bindgen::files()?, check, "cargo xtask bindgen"),
        Task::Codes(Check { check }) => generated::settle(&codes::files(), check, "cargo xtask codes"),
        Task::Faces(Check { check }) => generated::settle(&faces::files()?, check, "cargo xtask faces"),
        Task::Header(Check { check }) => generated::settle(&header::files()?, check, "cargo xtask header"),
        Task::Size(size) => size.run(),
    }
}
