//! Clients that others generate from docs/openapi.json: each is generated, checked by its compiler, and run against the
//! local runner.

use crate::{
    command::{npm, run},
    runner::Runner,
    tools,
};
use std::{env, fs, path::Path};

const TYPESCRIPT: &str = "tests/clients/typescript";
const PYTHON: &str = "tests/clients/python";
/// Ignored by Git.
const GENERATED: &str = ".tools/clients";
const DOCUMENT: &str = "docs/openapi.json";

/// The step of `cargo xtask test`.
pub(crate) fn all() -> Result<(), String> {
    let runner = Runner::of_workspace()?;
    typescript(&runner.url)?;
    python(&runner.url)
}

fn typescript(url: &str) -> Result<(), String> {
    tools::node_modules_of(TYPESCRIPT)?;
    let story = |script: &str| {
        let mut command = npm(&["run", script]);
        command.current_dir(TYPESCRIPT).env("BELFRY_URL", url);
        command
    };
    run(&mut story("generate"))?;
    run(&mut story("build"))?;
    run(&mut story("story"))
}

fn python(url: &str) -> Result<(), String> {
    let root = env::current_dir().map_err(|error| format!("the folder can't be read: {error}"))?;
    let client = Path::new(GENERATED).join("python");
    if client.exists() {
        fs::remove_dir_all(&client).map_err(|error| format!("cannot empty {}: {error}", client.display()))?;
    }
    run(tools::clients_python()?
        .args(["-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"])
        .args(["--path", DOCUMENT, "--config"])
        .arg(Path::new(PYTHON).join("config.yaml"))
        .arg("--output-path")
        .arg(client.join("belfry_client")))?;
    run(tools::clients_python()?.args(["-m", "compileall", "-q"]).arg(&client))?;
    run(tools::clients_python()?
        .arg(Path::new(PYTHON).join("story.py"))
        .env("PYTHONPATH", root.join(&client))
        .env("BELFRY_URL", url))
}
