//! What a function may weigh, and what its start may cost: bytes and instructions, which are the same on every run.

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use crate::{
    function::{Function, ready},
    runtime_api::RuntimeApi,
};

/// What holds for a function, built with the profile `lambda` for x86-64.
struct Limit {
    function: &'static str,
    /// Of its program, stripped.
    bytes: u64,
    /// From exec to the first `/next`.
    instructions: u64,
}

/// A tenth above what was measured: compilers and C libraries differ. Lower them when something has become smaller.
const LIMITS: [Limit; 2] = [
    Limit { function: "api", bytes: 10_500_000, instructions: 52_000_000 },
    Limit { function: "fanout", bytes: 8_200_000, instructions: 25_000_000 },
];

/// Measures each function that has a limit, and fails if one is above it.
pub(crate) async fn hold(folder: &Path) -> ExitCode {
    let mut held = true;
    for limit in LIMITS {
        let bootstrap = folder.join(limit.function).join("bootstrap");
        let bytes = fs::metadata(&bootstrap).expect("a function").len();
        let instructions = instructions(&bootstrap).await;
        for (what, measured, most) in
            [("bytes", bytes, limit.bytes), ("instructions to its start", instructions, limit.instructions)]
        {
            let verdict = if measured <= most { "within" } else { "ABOVE" };
            println!("{}: {measured} {what}, {verdict} the limit of {most}", limit.function);
            held &= measured <= most;
        }
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn instructions(bootstrap: &Path) -> u64 {
    let api = RuntimeApi::serve(String::new()).await;
    let function = Function {
        bootstrap: bootstrap.to_owned(),
        runtime_api: api.address().to_owned(),
        // Nothing is called before the first event.
        dynamodb: "http://127.0.0.1:9".to_owned(),
        issuer: "http://127.0.0.1:9".to_owned(),
    };
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(bootstrap);
    let counted = function.told(valgrind).stderr(Stdio::piped()).spawn();
    let mut counted = counted.expect("valgrind must be installed");
    ready(&api).await;
    // Valgrind tells what it counted when its program is asked to end.
    let asked = Command::new("kill").arg(counted.id().to_string()).status().expect("kill");
    assert!(asked.success());
    let mut told = String::new();
    counted.stderr.take().expect("a pipe").read_to_string(&mut told).expect("text");
    let _ = counted.wait();
    let count = told.lines().find_map(|line| line.split_once("Collected : "));
    count.and_then(|(_, count)| count.trim().parse().ok()).unwrap_or_else(|| panic!("no count: {told}"))
}
