//! The local runner as a child process: started on a free port, or in front of a stack.

use crate::{
    background::Background,
    command::{cargo, run},
};
use std::{
    env::{self, consts::EXE_SUFFIX},
    path::Path,
    process::Command,
    time::Duration,
};

const READY_WITHIN: Duration = Duration::from_mins(2);

/// A runner that answers at `url`; dropping it ends its process.
pub(crate) struct Runner {
    pub(crate) process: Background,
    /// `http://localhost:PORT`
    pub(crate) url: String,
}

impl Runner {
    /// A runner of what is there now, built with the whole workspace's features, as in the tests: nothing is compiled twice.
    pub(crate) fn of_workspace() -> Result<Self, String> {
        run(&mut cargo(&["build", "--workspace", "--bin", "belfry-local", "--locked"]))?;
        Self::start(&["--port", "0"], Path::new(".tools/runner.log"))
    }

    /// Starts the binary that was built beside this one and waits for the address it prints.
    pub(crate) fn start(arguments: &[&str], log: &Path) -> Result<Self, String> {
        let xtask =
            env::current_exe().map_err(|error| format!("cannot find the folder of xtask: {error}"))?;
        let binary = xtask.with_file_name(format!("belfry-local{EXE_SUFFIX}"));
        let mut process = Background::start("the runner", Command::new(binary).args(arguments), log)?;
        let url = process.await_ready(READY_WITHIN, find_url)?;
        println!("the runner answers at {url}; its log: {}", log.display());
        Ok(Self { process, url })
    }
}

fn find_url(written: &str) -> Option<String> {
    const BASE: &str = "http://localhost:";
    let (whole_lines, _) = written.rsplit_once('\n')?;
    let line = whole_lines.lines().find(|line| line.contains(BASE))?;
    let port = line.get(line.find(BASE)? + BASE.len()..)?;
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty()).then(|| format!("{BASE}{port}"))
}

#[cfg(test)]
mod tests {
    use super::find_url;

    #[test]
    fn the_address_is_found_in_a_sentence() {
        let found = find_url("Listening\nBelfry is ready: http://localhost:8080/ (Ctrl-C stops it)\n");
        assert_eq!(found.as_deref(), Some("http://localhost:8080"));
    }

    #[test]
    fn a_line_without_a_port_is_no_address() {
        assert_eq!(find_url("listening\n"), None);
        assert_eq!(find_url("http://localhost:/\n"), None);
        assert_eq!(find_url("http://localhost:80"), None, "the rest of the line is still to come");
    }
}
