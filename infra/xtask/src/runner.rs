//! The local runner as a child process: started on a free port, stopped when it goes out of scope.

use std::{
    env::{self, consts::EXE_SUFFIX},
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

const LOG: &str = ".tools/runner.log";
const READY_WITHIN: Duration = Duration::from_mins(2);

/// A runner that answers at `url`; dropping it ends its process.
pub(crate) struct Runner {
    _process: Process,
    /// `http://localhost:PORT`
    pub(crate) url: String,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Fails only if it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Runner {
    /// Starts the binary that was built beside this one and waits for the address it prints.
    pub(crate) fn start() -> Result<Self, String> {
        let log = open_log().map_err(|error| format!("cannot write {LOG}: {error}"))?;
        let errors = log.try_clone().map_err(|error| format!("cannot write {LOG}: {error}"))?;
        let binary = binary()?;
        let mut child = Command::new(&binary)
            .args(["--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", binary.display()))?;
        let output = child.stdout.take();
        let process = Process(child);
        let url =
            output.ok_or("the runner has no output".to_owned()).and_then(|pipe| await_url(pipe, log))?;
        println!("the runner answers at {url}; its log: {LOG}");
        Ok(Self { _process: process, url })
    }
}

fn open_log() -> std::io::Result<File> {
    fs::create_dir_all(".tools")?;
    File::create(LOG)
}

fn binary() -> Result<PathBuf, String> {
    let xtask = env::current_exe().map_err(|error| format!("cannot find the folder of xtask: {error}"))?;
    Ok(xtask.with_file_name(format!("belfry-local{EXE_SUFFIX}")))
}

fn await_url(output: impl Read + Send + 'static, log: File) -> Result<String, String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || copy(output, log, &sender));
    receiver.recv_timeout(READY_WITHIN).map_err(|error| {
        let what = match error {
            RecvTimeoutError::Disconnected => "ended before it printed its address".to_owned(),
            RecvTimeoutError::Timeout => format!("printed no address within {} s", READY_WITHIN.as_secs()),
        };
        format!("the runner {what}; {LOG} says:\n{}", fs::read_to_string(LOG).unwrap_or_default())
    })
}

/// Reads to the end, so that the runner never blocks on a full pipe.
fn copy(output: impl Read, mut log: File, address: &Sender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        // Neither a full disk nor a second address is worth stopping the runner for.
        let _ = writeln!(log, "{line}");
        if let Some(url) = find_url(&line) {
            let _ = address.send(url);
        }
    }
}

fn find_url(line: &str) -> Option<String> {
    const BASE: &str = "http://localhost:";
    let port = line.get(line.find(BASE)? + BASE.len()..)?;
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty()).then(|| format!("{BASE}{port}"))
}

#[cfg(test)]
mod tests {
    use super::find_url;

    #[test]
    fn the_address_is_found_in_a_sentence() {
        let found = find_url("Belfry is ready: http://localhost:8080/ (Ctrl-C stops it)");
        assert_eq!(found.as_deref(), Some("http://localhost:8080"));
    }

    #[test]
    fn a_line_without_a_port_is_no_address() {
        assert_eq!(find_url("listening"), None);
        assert_eq!(find_url("http://localhost:/"), None);
    }
}
