//! `cargo xtask test [STEP…]`: runs the steps in order, stops at the first that fails, says how long each took.

use crate::{
    stack,
    steps::{ALL, Step},
};
use std::{
    fmt::Write,
    process::ExitCode,
    time::{Duration, Instant},
};

/// A step that ended, and the time it took.
struct Ended {
    name: &'static str,
    took: Duration,
}

/// What `cargo xtask --help` prints.
pub(crate) fn usage() -> String {
    let mut text = "Usage: cargo xtask test [STEP...]\n\
        \x20      cargo xtask fuzz TARGET\n\
        \x20      cargo xtask stack [OPTION...]\n\
        \x20      cargo xtask replay --stack STACK [--dry-run]\n\n\
        The first runs everything that CI checks, or only the named steps, in this order:\n\n"
        .to_owned();
    for step in &ALL {
        let _ = writeln!(text, "  {:<10}{}", step.name, step.about);
    }
    text += "\nThe second fuzzes one target until it finds something. The third deploys template.yaml, and \
        the fourth hands its fan-out once more what that gave up:\n\n";
    text += stack::USAGE;
    text + "\nTools are installed into .tools/ and web/node_modules/. CHROMIUM names another browser binary.\n"
}

/// Says what was wrong with the command, and what commands there are.
pub(crate) fn usage_error(error: &str) -> ExitCode {
    eprintln!("xtask: {error}\n\n{}", usage());
    ExitCode::from(2)
}

/// Runs the named steps, or all of them if none is named.
pub(crate) fn run(names: &[String]) -> ExitCode {
    let steps = match select(names) {
        Ok(steps) => steps,
        Err(error) => return usage_error(&error),
    };
    let mut ended = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        println!("\n==> [{}/{}] {}: {}", index + 1, steps.len(), step.name, step.about);
        let start = Instant::now();
        let result = (step.run)();
        ended.push(Ended { name: step.name, took: start.elapsed() });
        if let Err(error) = result {
            return failed(step, &error, &ended);
        }
        println!("<== {}: ok, {:.1} s", step.name, start.elapsed().as_secs_f64());
    }
    print!("{}", summary(&ended));
    println!("{} passed, 0 failed", ended.len());
    ExitCode::SUCCESS
}

fn select(names: &[String]) -> Result<Vec<&'static Step>, String> {
    if let Some(unknown) = names.iter().find(|name| ALL.iter().all(|step| step.name != name.as_str())) {
        return Err(format!("unknown step: {unknown}"));
    }
    let wanted = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(ALL.iter().filter(wanted).collect())
}

/// Ends with the line that tells how to go on, where nobody has to search for it.
fn failed(step: &Step, error: &str, ended: &[Ended]) -> ExitCode {
    println!("\n{error}");
    print!("{}", summary(ended));
    println!("{} passed, 1 failed", ended.len() - 1);
    println!("xtask: step `{0}` failed; repeat it alone: cargo xtask test {0}", step.name);
    ExitCode::FAILURE
}

fn summary(ended: &[Ended]) -> String {
    let mut text = "\nstep       seconds\n".to_owned();
    let total = ended.iter().map(|step| step.took).sum();
    for Ended { name, took } in ended.iter().chain([&Ended { name: "total", took: total }]) {
        let _ = writeln!(text, "{name:<10} {:>7.1}", took.as_secs_f64());
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(names: &[&str]) -> Result<Vec<&'static str>, String> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        select(&names).map(|steps| steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn no_name_means_every_step() {
        assert_eq!(selected(&[]).map(|steps| steps.len()), Ok(ALL.len()));
    }

    #[test]
    fn named_steps_run_once_and_in_the_order_of_the_list() {
        assert_eq!(selected(&["clippy", "fmt", "clippy"]), Ok(vec!["fmt", "clippy"]));
    }

    #[test]
    fn an_unknown_step_is_named() {
        assert_eq!(selected(&["fmt", "lint"]), Err("unknown step: lint".to_owned()));
    }
}
