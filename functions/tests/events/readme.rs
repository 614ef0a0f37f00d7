//! `events/README.md` tells of every sample, and of nothing else.

use std::collections::BTreeSet;

use crate::support::sample::{event, names};

const README: &str = include_str!("../../../events/README.md");

#[test]
fn the_readme_names_every_sample() {
    let cells = README.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let told: Vec<_> = cells.map(str::to_owned).collect();
    assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), names().into_iter().collect());
    assert_eq!(told.len(), names().len(), "once each");
}

#[test]
fn the_readme_explains_every_place_that_waits_for_something() {
    for name in names() {
        let text = event(&name).to_string();
        for place in text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(place, _)| place) {
            assert!(README.contains(&format!("`<{place}>`")), "{name}: <{place}>");
        }
    }
}
