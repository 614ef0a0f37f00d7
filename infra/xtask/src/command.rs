//! Running other programs: announced by a line, their output straight on the terminal, a failure as an error that
//! says what to do.

use std::{
    env,
    ffi::OsStr,
    io::{BufRead, BufReader, ErrorKind},
    process::{Command, ExitCode, Stdio},
};

/// Runs the command to its end; an error unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let line = line(command);
    println!("$ {line}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` ended with {status}")),
        Err(error) => Err(not_started(command.get_program(), &error)),
    }
}

/// Runs the command to its end, and shows what it writes to its standard output line by line, also to `watch`.
pub(crate) fn run_and_watch(command: &mut Command, mut watch: impl FnMut(&str)) -> Result<(), String> {
    let line = line(command);
    println!("$ {line}");
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(command.get_program(), &error))?;
    for written in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines()) {
        let written = written.map_err(|error| format!("`{line}` can't be read: {error}"))?;
        println!("{written}");
        watch(&written);
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` ended with {status}")),
        Err(error) => Err(format!("`{line}` can't be waited for: {error}")),
    }
}

/// What the command writes to its standard output, without the line's end.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    match command.stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
        }
        Ok(output) => Err(format!("`{}` ended with {}", line(command), output.status)),
        Err(error) => Err(not_started(command.get_program(), &error)),
    }
}

/// Whether the command could be run and exits with 0; whatever it writes is not shown.
pub(crate) fn run_quietly(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Whether the command exits with 0; its complaints are not shown.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool, String> {
    match command.stderr(Stdio::null()).status() {
        Ok(status) => Ok(status.success()),
        Err(error) => Err(not_started(command.get_program(), &error)),
    }
}

/// A cargo command that sees the environment of the user, not that of `cargo run xtask`: build scripts that watch
/// those variables would run again, and with them all that depends on their crates.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    for (name, _) in env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|prefix| name.starts_with(prefix))
        });
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// An npm command in `web/`.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir("web");
    command
}

/// What is wrong with the arguments. The program prints it with the usage, and ends with 2.
pub(crate) struct UsageError(pub(crate) String);

/// How this program ends after what it was asked for; an error is exit_code.
pub(crate) fn exit_code(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn line(command: &Command) -> String {
    let words: Vec<_> =
        [command.get_program()].into_iter().chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    let place = command.get_current_dir().map(|folder| format!(" (in {}/)", folder.display()));
    words.join(" ") + &place.unwrap_or_default()
}

fn not_started(program: &OsStr, error: &std::io::Error) -> String {
    let name = program.to_string_lossy();
    if error.kind() != ErrorKind::NotFound {
        return format!("`{name}` cannot be started: {error}");
    }
    let hint = match &*name {
        "npm" | "node" => "install Node.js 20 or newer, which brings node and npm",
        "python3" => "install Python 3.11 or newer, with its venv module",
        "cargo" => "install Rust with rustup",
        "cc" => "install a C compiler (gcc or clang)",
        "apt-get" => "this is no Debian or Ubuntu; install the package by this system's means",
        _ => "install it and try again",
    };
    format!("`{name}` was not found: {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("belfry-no-such-program")).unwrap_err();
        assert_eq!(error, "`belfry-no-such-program` was not found: install it and try again");
    }

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let error = run(Command::new("false").args(["--really"])).unwrap_err();
        assert_eq!(error, "`false --really` ended with exit status: 1");
    }
}
