//! Chores of the repository: `cargo xtask test` runs everything that CI checks.
//!
//! Std only and no workspace crate, so that it builds in a second even while the rest doesn't compile.
#![expect(clippy::print_stdout, reason = "printing is this program's job")]

mod apt;
mod background;
mod clients;
mod command;
mod fuzz;
mod runner;
mod stack;
mod steps;
mod test;
mod tools;

use std::{env, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Err(error) = enter_repository() {
        eprintln!("xtask: {error}");
        return ExitCode::FAILURE;
    }
    dispatch(&arguments)
}

fn dispatch(arguments: &[String]) -> ExitCode {
    let asks_for_help = |argument: &String| ["--help", "-h", "help"].contains(&argument.as_str());
    match arguments.split_first() {
        _ if arguments.is_empty() || arguments.iter().any(asks_for_help) => {
            print!("{}", test::usage());
            ExitCode::SUCCESS
        }
        Some((command, names)) if command == "test" => test::run(names),
        Some((command, names)) if command == "fuzz" => fuzz::by_hand(names),
        Some((command, options)) if command == "stack" => stack::by_hand(options),
        Some((command, options)) if command == "replay" => stack::replay(options),
        _ => test::usage_error(&format!("unknown command: {}", arguments.join(" "))),
    }
}

/// Makes the root the current directory: every path in this program is relative to it.
fn enter_repository() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    env::set_current_dir(&root).map_err(|error| format!("cannot enter {}: {error}", root.display()))
}
