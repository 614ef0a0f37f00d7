//! How the black-box suite is run.

use crate::command::cargo;
use std::process::Command;

/// The suite's command with these arguments of the test harness.
pub(super) fn black_box(arguments: &[&str]) -> Command {
    let mut command = cargo(&["test", "--workspace", "--test", "black_box", "--locked", "--"]);
    command.args(arguments);
    command
}
