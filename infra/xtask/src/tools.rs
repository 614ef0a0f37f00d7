//! The tools of the tests, in ignored folders: pinned, installed when first needed, left alone when they are there.

use crate::{
    apt,
    command::{cargo, npm, output, run, run_quietly, succeeds},
};
use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

const VENV: Venv = Venv { folder: ".tools/venv", requirements: "infra/xtask/requirements.txt" };
/// The emulator pins other versions of what cfn-lint needs, too.
const STACK_VENV: Venv = Venv { folder: ".tools/stack", requirements: "infra/stack/requirements.txt" };
/// What checkov needs is held to versions that are years old.
const CHECKOV_VENV: Venv =
    Venv { folder: ".tools/checkov", requirements: "infra/xtask/requirements-checkov.txt" };
/// A client generator, and what its clients need.
const CLIENTS_VENV: Venv =
    Venv { folder: ".tools/clients/venv", requirements: "tests/clients/python/requirements.txt" };
const CARGO_FUZZ_VERSION: &str = "0.13.2";
const CHROMIUM: &str = "/usr/bin/chromium";

/// Prints the versions of what must be on the machine; an error names what is not.
pub(crate) fn versions() -> Result<(), String> {
    for program in ["cargo", "cc", "node", "npm", "python3"] {
        let text = output(Command::new(program).arg("--version"))?;
        println!("{program}: {}", text.lines().next().unwrap_or_default());
    }
    Ok(())
}

/// A program of the Python venv of the checks, which is installed first if need be.
pub(crate) fn venv(program: &str) -> Result<Command, String> {
    VENV.program(program)
}

/// The Python of the stack's scripts, with what they need.
pub(crate) fn stack_python() -> Result<Command, String> {
    STACK_VENV.program("python")
}

/// The Python of the generated client, by its path from the root.
pub(crate) fn clients_python() -> Result<Command, String> {
    CLIENTS_VENV.program("python")
}

/// checkov, by its interpreter: the script's first line holds an absolute path and breaks when the folder is moved.
pub(crate) fn checkov() -> Result<Command, String> {
    let mut command = CHECKOV_VENV.program("python")?;
    command.args(["-m", "checkov.main"]);
    Ok(command)
}

/// Python packages of their own, apart from those of the machine.
struct Venv {
    folder: &'static str,
    /// What it holds, pinned.
    requirements: &'static str,
}

impl Venv {
    fn program(&self, program: &str) -> Result<Command, String> {
        let bin = Path::new(self.folder).join("bin");
        let pins = fs::read_to_string(self.requirements)
            .map_err(|error| format!("cannot read {}: {error}", self.requirements))?;
        // A copy of the pins is written last: a half-done or an older installation has none that is equal.
        let stamp = Path::new(self.folder).join("requirements.txt");
        let pinned = fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins);
        if !pinned || !bin.join("python").exists() {
            self.install(&bin.join("python"))?;
            fs::write(&stamp, pins).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
        }
        Ok(Command::new(bin.join(program)))
    }

    fn install(&self, python: &Path) -> Result<(), String> {
        if !python_can("import sys; sys.exit(sys.version_info < (3, 11))")? {
            return Err("python3 is too old: install Python 3.11 or newer".to_owned());
        }
        if !python_can("import ensurepip, venv")? {
            println!("python3 lacks its venv module");
            apt::install(&["python3-venv"])?;
        }
        run(Command::new("python3").args(["-m", "venv", "--clear", self.folder]))?;
        run(Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--only-binary", ":all:", "--requirement", self.requirements]))
    }
}

fn python_can(code: &str) -> Result<bool, String> {
    succeeds(Command::new("python3").args(["-c", code]))
}

/// Installs the packages of `web/` as its lock file has them, unless they are newer than it.
pub(crate) fn node_modules() -> Result<(), String> {
    node_modules_of("web")
}

/// The same in another folder with a lock file.
pub(crate) fn node_modules_of(folder: &str) -> Result<(), String> {
    let lock = format!("{folder}/package-lock.json");
    let wanted =
        modified(&lock).ok_or_else(|| format!("{lock} is missing: `npm ci` installs what it pins"))?;
    // npm writes this file last.
    let installed = modified(&format!("{folder}/node_modules/.package-lock.json"));
    if installed.is_some_and(|installed| installed >= wanted) {
        return Ok(());
    }
    run(npm(&["ci", "--no-audit", "--no-fund"]).current_dir(folder))
}

fn modified(path: &str) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// cargo-fuzz, which nobody packs as a wheel, and the C++ compiler that libFuzzer is built with.
pub(crate) fn cargo_fuzz() -> Result<Command, String> {
    if output(Command::new("c++").arg("--version")).is_err() {
        apt::install(&["g++"])?;
    }
    let root = format!(".tools/cargo-fuzz-{CARGO_FUZZ_VERSION}");
    let program = Path::new(&root).join("bin/cargo-fuzz");
    if !program.exists() {
        let version = ["--version", CARGO_FUZZ_VERSION, "--locked", "--quiet"];
        run(cargo(&["install", "cargo-fuzz", "--root", &root]).args(version))?;
    }
    Ok(Command::new(program))
}

/// What counts instructions.
pub(crate) fn valgrind() -> Result<(), String> {
    if run_quietly(Command::new("valgrind").arg("--version")) {
        return Ok(());
    }
    apt::install(&["valgrind"])
}

/// The browser of the browser tests: the environment's `CHROMIUM`, or the distribution's.
pub(crate) fn chromium() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return chosen_chromium(path);
    }
    if !Path::new(CHROMIUM).exists() {
        // The font: without one a page is rectangles.
        apt::install(&["chromium", "fonts-liberation"])
            .map_err(|error| format!("{error}; or set CHROMIUM to the path of a Chromium or Chrome"))?;
    }
    Ok(PathBuf::from(CHROMIUM))
}

fn chosen_chromium(path: OsString) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("CHROMIUM is set to {}, where there is no file", path.display()))
}
