//! The program `tim-server`: reads what the operator wants and does it.

#![forbid(unsafe_code)]

use clap::Parser as _;
use tim_server::cli::Cli;

fn main() -> std::process::ExitCode {
    match Cli::parse().run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("tim-server: {why}");
            std::process::ExitCode::FAILURE
        }
    }
}
