//! The runner in a process of its own, so that it can be killed.

use std::{
    env,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
};

use belfry_local::{Options, Runner};

pub(crate) struct Host {
    url: String,
    own: Child,
}

impl Host {
    /// This program once more, with another task and these settings.
    pub(crate) fn start(data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.arg("serve").arg(data).envs(settings.iter().copied());
        let mut own = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(own.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { url: url.trim().to_owned(), own }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Without a word of warning.
    pub(crate) fn kill(mut self) {
        self.own.kill().unwrap();
        self.own.wait().unwrap();
    }

    /// It ends with its input.
    pub(crate) fn stop(mut self) {
        drop(self.own.stdin.take());
        self.own.wait().unwrap();
    }
}

/// A runner until the standard input ends.
pub(crate) async fn serve(data: &str) -> ExitCode {
    let data = Some(PathBuf::from(data));
    let runner = Runner::start(Options { data, ..Options::default() }).await.unwrap();
    println!("{}", runner.url());
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = end.await;
    runner.stop().await;
    ExitCode::SUCCESS
}
