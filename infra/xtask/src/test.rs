//! `cargo xtask test [STEP…]`: runs the steps in order, stops at the first that fails, says how long each took.

use crate::{
    command::UsageError,
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

/// Runs the named steps, or all of them if none is named.
pub(crate) fn run(names: &[String]) -> Result<ExitCode, UsageError> {
    let steps = select(names).map_err(UsageError)?;
    let mut ended = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        println!("\n==> [{}/{}] {}: {}", index + 1, steps.len(), step.name, step.about);
        let start = Instant::now();
        let result = (step.run)();
        ended.push(Ended { name: step.name, took: start.elapsed() });
        if let Err(error) = result {
            return Ok(failed(step, &error, &ended));
        }
        println!("<== {}: ok, {:.1} s", step.name, start.elapsed().as_secs_f64());
    }
    print!("{}", summary(&ended));
    println!("{} passed, 0 failed", ended.len());
    Ok(ExitCode::SUCCESS)
}

fn select(names: &[String]) -> Result<Vec<&'static Step>, String> {
    if let Some(unknown) = names.iter().find(|name| ALL.iter().all(|step| step.name != name.as_str())) {
        return Err(format!("unknown step: {unknown}"));
    }
    let wanted = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(ALL.iter().filter(wanted).collect())
}

/// Ends with the command that repeats the failed step.
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
