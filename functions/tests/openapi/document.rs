//! The file and the answer are one document, and the document is sound.

use std::{collections::BTreeSet, env, fs, path::Path};

use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::{
    schema::Schemas,
    support::{sample::event, world::World},
};

/// What `GET /api/schema/` answers.
pub(crate) async fn document(world: &World) -> Value {
    let answer = world.api(event("api-schema")).await;
    assert_eq!(answer.status(), 200);
    answer.body()
}

/// Every operation, with its method and path.
pub(crate) fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
    });
    operations.collect()
}

/// The document as it is written down: in the order that the specification names its parts, not sorted.
fn pretty(text: &str) -> String {
    let document: OpenApi = serde_json::from_str(text).unwrap();
    let text = document.to_pretty_json().unwrap();
    format!("{text}\n")
}

#[tokio::test]
async fn the_openapi_file_is_what_the_api_answers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let answer = World::new().await.api(event("api-schema")).await;
    let text = pretty(answer.text());
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), answer.body());
    if env::var_os("BELFRY_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == text,
        "docs/openapi.json is another document. If the answer is right: \
         BELFRY_BLESS=1 cargo test -p belfry-functions openapi"
    );
}

#[tokio::test]
async fn every_example_is_of_its_schema() {
    let document = document(&World::new().await).await;
    let schemas = Schemas::of(&document);
    let mut examples = Vec::new();
    collect(&document, "", &mut examples);
    assert!(examples.len() >= 10, "{examples:?}");
    for (place, schema, example) in examples {
        assert_eq!(schemas.errors(&schema, &example), Vec::<String>::new(), "{place}: {example}");
    }
}

/// Every example with what it must be of: schemas hold their own; parameters, headers and bodies have a schema beside.
fn collect(part: &Value, place: &str, examples: &mut Vec<(String, Value, Value)>) {
    let Some(members) = part.as_object() else {
        for (number, member) in part.as_array().into_iter().flatten().enumerate() {
            collect(member, &format!("{place}/{number}"), examples);
        }
        return;
    };
    let schema = members.get("schema").unwrap_or(part);
    if let Some(example) = members.get("example").filter(|_| !place.ends_with("/properties")) {
        examples.push((place.to_owned(), schema.clone(), example.clone()));
    }
    match members.get("examples") {
        Some(Value::Array(many)) => {
            examples.extend(many.iter().map(|example| (place.to_owned(), schema.clone(), example.clone())));
        }
        Some(Value::Object(named)) if members.contains_key("schema") => {
            let values = named.values().map(|named| named["value"].clone());
            examples.extend(values.map(|example| (place.to_owned(), schema.clone(), example)));
        }
        _ => {}
    }
    for (name, member) in members.iter().filter(|(name, _)| !name.starts_with("example")) {
        collect(member, &format!("{place}/{name}"), examples);
    }
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_a_tag_and_a_description() {
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document(&World::new().await).await) {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        assert!(names.insert(name.clone()), "{name} is {method} {path}, and another one");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        let told = [&operation["summary"], &operation["description"]];
        assert!(told.iter().any(|text| text.as_str().is_some_and(|text| text.ends_with('.'))), "{name}");
    }
    assert!(names.len() > 20, "{names:?}");
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document(&World::new().await).await;
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    let defined: BTreeSet<_> =
        document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(used, defined);
}

fn references(part: &Value, used: &mut BTreeSet<String>) {
    match part {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                used.insert(reference.strip_prefix("#/components/schemas/").unwrap().to_owned());
            }
            members.values().for_each(|member| references(member, used));
        }
        Value::Array(members) => members.iter().for_each(|member| references(member, used)),
        _ => {}
    }
}
