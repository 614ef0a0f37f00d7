//! What the repository says of itself is true: the map in `docs/architecture.md`, the size of the bins, and the log messages in
//! `docs/logging.md` and in the runbooks.

#![expect(clippy::unwrap_used, reason = "what can't be read fails its test")]

mod cycles;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The first column of the table under "The house", without back-ticks and trailing slashes.
fn mapped() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let house = text.split("## The house").nth(1).unwrap().split("\n## ").next().unwrap();
    let cells = house.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    cells.map(|cell| cell.trim_end_matches('/').to_owned()).collect()
}

/// The members of the workspace.
fn members() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let list = manifest.lines().find_map(|line| line.strip_prefix("members = [")).unwrap();
    list.trim_end_matches(']').split(',').map(|member| member.trim().trim_matches('"').to_owned()).collect()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let ignored = ["target", "node_modules", "dist", "test-results", ".git", ".tools"];
        if path.is_dir() && !ignored.contains(&name.to_string_lossy().as_ref()) {
            found.extend(files(&path, ending));
        } else if name.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn lines(path: &Path) -> usize {
    fs::read_to_string(path).unwrap().lines().count()
}

#[test]
fn the_map_names_what_is_there_and_every_crate() {
    let mapped = mapped();
    for place in &mapped {
        assert!(root().join(place).exists(), "docs/architecture.md maps {place}, which isn't there");
    }
    for member in members() {
        assert!(mapped.contains(&member), "docs/architecture.md doesn't map {member}");
    }
}

#[test]
fn a_bin_is_only_a_start() {
    for bin in files(&root().join("functions/src/bin"), ".rs") {
        assert!(lines(&bin) <= 20, "{} has {} lines", bin.display(), lines(&bin));
    }
}

/// Every message that the code logs.
fn logged() -> BTreeSet<String> {
    let sources = ["functions/src", "shared/cloud/src", "infra/dynamo/src", "infra/local/src"];
    let mut messages = BTreeSet::new();
    for source in sources.into_iter().flat_map(|folder| files(&root().join(folder), ".rs")) {
        let text = fs::read_to_string(&source).unwrap();
        for level in ["error", "warn", "info", "debug", "trace"] {
            for call in text.split(&format!("tracing::{level}!(")).skip(1) {
                // The message is the last argument, a literal.
                let call = call.split(");").next().unwrap().split(")\n").next().unwrap();
                let message =
                    call.rsplit('"').nth(1).unwrap_or_else(|| panic!("{}: {call}", source.display()));
                messages.insert(message.to_owned());
            }
        }
    }
    messages
}

#[test]
fn every_log_message_is_documented_and_runbooks_quote_no_other() {
    let page = fs::read_to_string(root().join("docs/logging.md")).unwrap();
    let tables = page.split("## Messages of").skip(1).flat_map(str::lines);
    let documented: BTreeSet<_> =
        tables.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).map(str::to_owned).collect();
    assert_eq!(logged(), documented);
    let mut quoted = 0;
    for runbook in ["docs/operate.md", "docs/troubleshooting.md"] {
        let text = fs::read_to_string(root().join(runbook)).unwrap();
        for before in text.split("`](logging.md)").collect::<Vec<_>>().split_last().unwrap().1 {
            let message = before.rsplit('`').next().unwrap();
            let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(documented.contains(&message), "{runbook} quotes {message:?}");
            quoted += 1;
        }
    }
    assert!(quoted > 5, "the runbooks quote only {quoted} messages");
}
