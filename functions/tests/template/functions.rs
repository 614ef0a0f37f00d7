//! Each function is a bin of this package, and each bin a function.

use std::{collections::BTreeSet, fs, path::Path};

use crate::template::{Template, tag, text};

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

/// The functions that clients can make run as often as they like.
const RESERVABLE: [(&str, &str); 6] = [
    ("api", "Api"),
    ("fanout", "Fanout"),
    ("ws_authorizer", "WsAuthorizer"),
    ("ws_connect", "WsConnect"),
    ("ws_default", "WsDefault"),
    ("ws_disconnect", "WsDisconnect"),
];

#[test]
fn those_that_could_starve_others_take_a_reservation() {
    let template = Template::read();
    for function in template.functions() {
        let reserved = &function.properties["ReservedConcurrentExecutions"];
        let Some((_, name)) = RESERVABLE.iter().find(|(bin, _)| *bin == function.bin()) else {
            assert!(reserved.is_null(), "{}", function.id);
            continue;
        };
        let serde_yaml_ng::Value::Tagged(condition) = reserved else { panic!("none: {}", function.id) };
        let parameter = format!("{name}ReservedConcurrency");
        assert_eq!(condition.value[0], format!("{name}Reserved").as_str());
        assert_eq!(
            (tag(&condition.value[1]).as_str(), text(&condition.value[1])),
            ("!Ref", parameter.as_str())
        );
        // None unless asked for: a new account has 10 instances, of which nothing can be reserved.
        assert_eq!(template.parameter(&parameter)["Default"], 0);
        assert_eq!(template.parameter(&parameter)["MinValue"], 0);
    }
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
