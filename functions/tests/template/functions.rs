//! Each function is a bin of this package, and each bin a function.

use std::{collections::BTreeSet, fs, path::Path};

use crate::template::{Template, text};

fn bins() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn the_functions_are_the_bins() {
    let template = Template::read();
    let functions = template.functions();
    let built: BTreeSet<_> = functions.iter().map(|function| function.bin().to_owned()).collect();
    assert_eq!(built, bins());
    assert_eq!(functions.len(), built.len(), "no bin is two functions");
}

#[test]
fn every_function_logs_to_a_group_of_its_own() {
    let template = Template::read();
    let mut groups = BTreeSet::new();
    for function in template.functions() {
        let group = text(&function.properties["LoggingConfig"]["LogGroup"]);
        assert!(groups.insert(group), "{group}");
        let name = template.resource(group).text("LogGroupName");
        assert!(name.ends_with(&function.bin().replace('_', "-")), "{name}");
    }
}
