//! Debian packages: installed when this runs as root, as in CI and in containers; otherwise named in an error.

use crate::command::{output, run};
use std::process::Command;

/// Installs the packages, or says which are missing and why it can't.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    let names = packages.join(" ");
    if output(Command::new("id").arg("-u"))? != "0" {
        return Err(format!("not installed: {names}; as root: apt-get install {names}"));
    }
    apt_get(&["update"])
        .and_then(|()| apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat()))
        .map_err(|error| format!("not installed: {names}; installing it failed: {error}"))
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    run(Command::new("apt-get").arg("--quiet").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}
