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

use command::UsageError;
use std::{env, fmt::Write, path::Path, process::ExitCode};

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
    let ended = match arguments.split_first() {
        _ if arguments.is_empty() || arguments.iter().any(asks_for_help) => {
            print!("{}", usage());
            Ok(ExitCode::SUCCESS)
        }
        Some((command, names)) if command == "test" => test::run(names),
        Some((command, names)) if command == "fuzz" => fuzz::by_hand(names),
        Some((command, options)) if command == "stack" => stack::by_hand(options),
        Some((command, options)) if command == "replay" => Ok(stack::replay(options)),
        _ => Err(UsageError(format!("unknown command: {}", arguments.join(" ")))),
    };
    ended.unwrap_or_else(|error| usage_error(&error))
}

/// What `cargo xtask --help` prints.
fn usage() -> String {
    let mut text = "Usage: cargo xtask test [STEP...]\n\
        \x20      cargo xtask fuzz TARGET\n\
        \x20      cargo xtask stack [OPTION...]\n\
        \x20      cargo xtask replay --stack STACK [--dry-run]\n\n\
        The first runs everything that CI checks, or only the named steps, in this order:\n\n"
        .to_owned();
    for step in &steps::ALL {
        let _ = writeln!(text, "  {:<10}{}", step.name, step.about);
    }
    text += "\nThe second fuzzes one target until it finds something. The third deploys template.yaml, and \
        the fourth hands its fan-out once more what that gave up:\n\n";
    text += stack::USAGE;
    text + "\nTools are installed into .tools/ and web/node_modules/. CHROMIUM names another browser binary.\n"
}

/// Says what was wrong with the command, and what commands there are.
fn usage_error(UsageError(error): &UsageError) -> ExitCode {
    eprintln!("xtask: {error}\n\n{}", usage());
    ExitCode::from(2)
}

/// Makes the root the current directory: every path in this program is relative to it.
fn enter_repository() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    env::set_current_dir(&root).map_err(|error| format!("cannot enter {}: {error}", root.display()))
}
