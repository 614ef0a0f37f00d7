//! A program that runs beside this one, its output in a file; it ends with the value that stands for it.

use crate::command::run_quietly;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const STEP: Duration = Duration::from_millis(50);
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// A running program.
pub(crate) struct Background {
    child: Child,
    name: &'static str,
    log: PathBuf,
    /// It outlives this value.
    detached: bool,
}

impl Background {
    /// Starts it; what it writes goes to the file `log`.
    pub(crate) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self, String> {
        let unwritable = |error: std::io::Error| format!("cannot write {}: {error}", log.display());
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        let output = File::create(log).map_err(unwritable)?;
        let errors = output.try_clone().map_err(unwritable)?;
        let child = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
        let child = child.map_err(|error| format!("cannot start {name}: {error}"))?;
        Ok(Self { child, name, log: log.to_owned(), detached: false })
    }

    /// Waits until `ready` finds what it looks for in what the program has written so far.
    pub(crate) fn await_ready<T>(
        &mut self,
        within: Duration,
        ready: impl Fn(&str) -> Option<T>,
    ) -> Result<T, String> {
        let until = Instant::now() + within;
        loop {
            let written = fs::read_to_string(&self.log).unwrap_or_default();
            if let Some(found) = ready(&written) {
                return Ok(found);
            }
            let what = match self.child.try_wait() {
                Ok(Some(status)) => format!("ended with {status}"),
                _ if Instant::now() > until => format!("wasn't ready within {} s", within.as_secs()),
                _ => {
                    thread::sleep(STEP);
                    continue;
                }
            };
            return Err(format!("{} {what}; {} says:\n{written}", self.name, self.log.display()));
        }
    }

    /// Whether it is over.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// Lets it go on when this program ends.
    pub(crate) fn detach(mut self) {
        self.detached = true;
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if self.detached {
            return;
        }
        terminate(self.child.id());
        let until = Instant::now() + STOP_WITHIN;
        while !self.has_ended() && Instant::now() < until {
            thread::sleep(STEP);
        }
        // Fails only if it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a process to end; whether there was one.
pub(crate) fn terminate(process: u32) -> bool {
    run_quietly(Command::new("kill").arg(process.to_string()))
}
