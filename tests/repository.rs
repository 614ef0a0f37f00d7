//! What the repository says of itself is true: the map in `docs/architecture.md`, and the sizes of files.

#![expect(clippy::unwrap_used, reason = "what can't be read fails its test")]

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
    let bins = files(&root().join("functions/src/bin"), ".rs");
    assert_eq!(bins.len(), 8);
    for bin in bins {
        assert!(lines(&bin) <= 20, "{} has {} lines", bin.display(), lines(&bin));
    }
}

#[test]
fn a_file_is_one_idea() {
    for ending in [".rs", ".ts", ".css"] {
        for file in files(&root(), ending) {
            assert!(lines(&file) <= 300, "{} has {} lines", file.display(), lines(&file));
        }
    }
}
