//! The Belfry that is soaked: the one that `BELFRY_URL` names, or a runner in a process of its own, so that its memory
//! can be told from that of its clients.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{self, Child, Command, ExitCode, Stdio},
};

use belfry_local::{Options, Runner};
use belfry_tests::resident_kib;

pub(crate) struct Host {
    url: String,
    own: Option<Child>,
}

impl Host {
    pub(crate) fn find_or_start() -> Self {
        match env::var("BELFRY_URL") {
            Ok(url) if !url.is_empty() => Self { url, own: None },
            _ => Self::start(),
        }
    }

    /// This program once more, with another task.
    fn start() -> Self {
        let mut command = Command::new(env::current_exe().expect("this program"));
        let command = command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut own = command.spawn().expect("a runner");
        let mut url = String::new();
        BufReader::new(own.stdout.take().expect("its output")).read_line(&mut url).expect("its address");
        Self { url: url.trim().to_owned(), own: Some(own) }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn resident_kib(&self) -> Option<u64> {
        let named = || env::var("BELFRY_PID").ok()?.parse().ok();
        resident_kib(self.own.as_ref().map(Child::id).or_else(named)?)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(own) = &mut self.own {
            // It ends with its input.
            drop(own.stdin.take());
            let _ = own.wait();
        }
    }
}

/// A runner until the standard input ends. Its data is in a file: in memory it would be counted as the runner's.
pub(crate) async fn serve() -> ExitCode {
    let data = env::temp_dir().join(format!("belfry-soak-{}.sqlite", process::id()));
    let runner =
        Runner::start(Options { data: Some(data.clone()), ..Options::default() }).await.expect("a runner");
    println!("{}", runner.url());
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = end.await;
    runner.stop().await;
    for ending in ["", "-wal", "-shm", ".key"] {
        let mut name = data.clone().into_os_string();
        name.push(ending);
        let _ = fs::remove_file(PathBuf::from(name));
    }
    ExitCode::SUCCESS
}
