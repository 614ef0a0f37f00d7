//! The fuzz targets of `tests/fuzz/`, run by cargo-fuzz on the workspace's own toolchain.

use crate::{
    command::{UsageError, exit_code, run},
    tools,
};
use std::{fs, path::Path, process::ExitCode};

/// A target, and the folder of good inputs that it sets out from.
struct Target {
    name: &'static str,
    seeds: &'static str,
}

const TARGETS: [Target; 5] = [
    Target { name: "client_frame", seeds: "tests/fuzz/seeds/client_frame" },
    Target { name: "cursor", seeds: "tests/fuzz/seeds/cursor" },
    Target { name: "body", seeds: "tests/fuzz/seeds/body" },
    Target { name: "event", seeds: "tests/fuzz/seeds/event" },
    Target { name: "stream_record", seeds: "events" },
];

/// How long the tests fuzz each target, and the seed from which they do: a commit isn't red by chance.
const TEST: [&str; 2] = ["-max_total_time=15", "-seed=1"];

/// What a single input may take: more is a finding, as a crash is.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=40000"];

/// A short while of every target, as the tests do.
pub(crate) fn all() -> Result<(), String> {
    TARGETS.iter().try_for_each(|target| fuzz(target, &TEST))
}

/// `cargo xtask fuzz TARGET`: one target by hand, at random, until it finds something or is stopped.
pub(crate) fn by_hand(names: &[String]) -> Result<ExitCode, UsageError> {
    let found = |name: &String| TARGETS.iter().find(|target| target.name == name);
    let [Some(target)] = names.iter().map(found).collect::<Vec<_>>()[..] else {
        let names = TARGETS.map(|target| target.name).join(", ");
        return Err(UsageError(format!("fuzz takes one target of: {names}")));
    };
    Ok(exit_code(fuzz(target, &[])))
}

fn fuzz(target: &Target, options: &[&str]) -> Result<(), String> {
    let corpus = Path::new("tests/fuzz/corpus").join(target.name);
    fs::create_dir_all(&corpus).map_err(|error| format!("cannot make {}: {error}", corpus.display()))?;
    let mut command = tools::cargo_fuzz()?;
    // No address sanitizer: it needs an unstable compiler, and there is no unsafe code here to look for.
    command.args(["run", "--fuzz-dir", "tests/fuzz", "--target-dir", "target/fuzz", "--sanitizer", "none"]);
    command.arg(target.name).arg(&corpus).arg(target.seeds).arg("--").args(options).args(LIMITS);
    run(command.env("RUSTFLAGS", "-D warnings"))
}
