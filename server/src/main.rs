//! The program `tim-server`: reads what the operator wants and does it.

#![forbid(unsafe_code)]

use std::io::Write as _;

use clap::Parser as _;
use tim_server::cli::{Cli, OutputError};

fn main() -> std::process::ExitCode {
    match Cli::parse().run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(why) => {
            if !why.downcast_ref::<OutputError>().is_some_and(OutputError::nobody_reads) {
                let _ = writeln!(std::io::stderr(), "tim-server: {why}");
            }
            std::process::ExitCode::FAILURE
        }
    }
}
