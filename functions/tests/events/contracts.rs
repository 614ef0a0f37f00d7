//! The contracts of the signals: written down as JSON Schemas, each with a sample that keeps to it.

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use belfry_functions::signals::{Contract, contracts};
use serde_json::{Value, json};

use crate::support::{
    operations::happened,
    sample::{event, names},
    world::{DEAD_LETTERS, World},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas")
}

/// The file of a contract, such as `supply.reports.ai-report-generated.json`.
fn file(contract: &Contract) -> String {
    let kind = contract.detail_type.to_lowercase().replace(' ', "-");
    contract.source.map_or_else(|| format!("{kind}.json"), |source| format!("{source}.{kind}.json"))
}

#[test]
fn the_schemas_that_are_written_down_are_those_of_the_code() {
    let expected: BTreeMap<_, _> = contracts()
        .iter()
        .map(|contract| (file(contract), format!("{:#}\n", contract.json_schema())))
        .collect();
    if env::var_os("BELFRY_BLESS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        for (name, text) in &expected {
            fs::write(folder().join(name), text).unwrap();
        }
    }
    let written: BTreeMap<_, _> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    assert!(
        written == expected,
        "docs/schemas/ is of another version. If the code is right: BELFRY_BLESS=1 cargo test -p belfry-functions contracts"
    );
}

#[test]
fn every_signal_has_a_sample() {
    let samples: Vec<Value> =
        names().iter().filter(|name| name.starts_with("signals-")).map(|name| event(name)).collect();
    for contract in contracts() {
        let of_it = |sample: &&Value| {
            sample["detail-type"] == contract.detail_type
                && contract.source.is_none_or(|source| sample["source"] == source)
        };
        assert!(samples.iter().any(|sample| of_it(&sample)), "{}", contract.detail_type);
    }
}

/// What a schema asks for is asked for by the code, too, and nothing else is: of a sample each field is left out once.
#[tokio::test]
async fn each_field_that_a_schema_requires_is_required_and_no_other() {
    let world = World::new().await;
    let mut left_out = 0;
    for name in names().iter().filter(|name| name.starts_with("signals-")) {
        let sample = happened(&event(name));
        let own = contracts().into_iter().find(|contract| contract.detail_type == sample["detail-type"]);
        let Some(Contract { source: Some(_), .. }) = own else { continue };
        let schema = own.unwrap().json_schema();
        for field in schema["properties"].as_object().unwrap().keys() {
            let mut without = sample.clone();
            let detail = without["detail"].as_object_mut().unwrap();
            if name == "signals-malformed" || detail.remove(field).is_none() {
                continue;
            }
            world.signal(without).await.unwrap();
            let required = schema["required"].as_array().unwrap().contains(&json!(field));
            let refused = world.queues.take(DEAD_LETTERS);
            assert_eq!(refused.len(), usize::from(required), "{name} {field}: {refused:?}");
            left_out += 1;
        }
    }
    assert!(left_out > 20, "{left_out}");
}
