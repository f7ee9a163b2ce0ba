//! `cargo xtask`: tasks on this repository, one file each. Tasks that need no Rust, or that run before it is installed,
//! are in script/.

#![forbid(unsafe_code)]

mod bindgen;
mod codes;
mod faces;
mod generated;
mod header;
mod instructions;
mod repository;
mod size;

use clap::{Args, Parser, Subcommand};

/// Writes generated files, and measures the shipped library and the work in tests/instructions.
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
    /// Writes bindings/c/include/tim.h from uniffi/src/capi, configured by cbindgen.toml.
    Header(Check),
    /// Counts the instructions of sending, fan-out, login, a page and receiving, and warns where they have grown by 5 %.
    Instructions(instructions::Instructions),
    /// Builds libtim as script/install does, and fails if one of the shared libraries is larger than it may be.
    Size(size::Size),
}

#[derive(Args)]
struct Check {
    /// Write nothing; print the difference and fail if the committed files are not up to date.
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<()> {
    std::env::set_current_dir(repository::root())?;
    match Arguments::parse().task {
        Task::Bindgen(Check { check }) => {
            generated::write_or_compare(&bindgen::files()?, check, "cargo xtask bindgen")
        }
        Task::Codes(Check { check }) => {
            generated::write_or_compare(&codes::files(), check, "cargo xtask codes")
        }
        Task::Faces(Check { check }) => {
            generated::write_or_compare(&faces::files()?, check, "cargo xtask faces")
        }
        Task::Header(Check { check }) => {
            generated::write_or_compare(&header::files()?, check, "cargo xtask header")
        }
        Task::Instructions(instructions) => instructions.run(),
        Task::Size(size) => size.run(),
    }
}
