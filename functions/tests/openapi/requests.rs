//! What the document lets a client send is what the API takes.

use serde_json::{Value, json};

use crate::{
    document::document,
    schema::Schemas,
    support::{
        operations::happened,
        sample::{event, filled, names},
        world::World,
    },
};

/// The schema of the body that a sample's operation takes.
fn body_of(document: &Value, event: &Value) -> Option<Value> {
    let path = event["rawPath"].as_str().unwrap();
    let id = path.split('/').find(|part| part.len() == 36);
    let path = id.map_or(path.to_owned(), |id| path.replace(id, "{id}"));
    let method = event["requestContext"]["http"]["method"].as_str().unwrap().to_lowercase();
    let schema = &document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"];
    (!schema.is_null()).then(|| schema.clone())
}

#[tokio::test]
async fn a_sample_is_of_the_documented_form_exactly_if_it_is_taken() {
    let world = World::new().await;
    world.store(&event("fanout-insert")).await;
    let document = document(&world).await;
    let schemas = Schemas::of(&document);
    let tokens = [world.token("ana", "analyst"), world.token("ana", "admin")];
    let mut judged = Vec::new();
    for name in names().into_iter().filter(|name| name.starts_with("api-")) {
        let sample = if name == "api-event" { happened(&event(&name)) } else { event(&name) };
        let Some(schema) = body_of(&document, &sample) else { continue };
        let Some(Ok(mut body)) = sample["body"].as_str().map(serde_json::from_str::<Value>) else { continue };
        let token = if name == "api-patch-title" { &tokens[1] } else { &tokens[0] };
        let mut sample = filled(&sample, "<TOKEN>", token);
        if name.starts_with("api-create") || name == "api-event" {
            sample = filled(
                &sample,
                &format!("Bearer {}", tokens[0]),
                &format!("Bearer {}", world.token("reports", "producer")),
            );
        }
        if name == "api-snooze" {
            let until = json!(belfry_cloud::clock::now().plus_millis(60_000));
            body = json!({ "until": until });
            sample = filled(&sample, "<UNTIL>", until.as_str().unwrap());
        }
        let accepted = world.api(sample).await.status() < 300;
        let errors = schemas.errors(&schema, &body);
        assert_eq!(errors.is_empty(), accepted, "{name}: {errors:?}");
        judged.push((name, accepted));
    }
    assert!(judged.len() >= 7, "{judged:?}");
    assert!(judged.iter().any(|(_, taken)| *taken) && judged.iter().any(|(_, taken)| !*taken), "{judged:?}");
}

#[tokio::test]
async fn the_documented_limits_of_a_new_notification_are_those_of_the_code() {
    let world = World::new().await;
    let document = document(&world).await;
    let (schemas, token) = (Schemas::of(&document), world.token("reports", "producer"));
    let schema = json!({ "$ref": "#/components/schemas/CreateBody" });
    let good = json!({ "user": "ana", "title": "Hi", "message": "There", "notification_type": "info" });
    let many = |count: usize| -> Value { (0..count).map(|number| number.to_string()).collect() };
    for (field, value) in [
        ("title", json!("x".repeat(200))),
        ("title", json!("é".repeat(200))),
        ("title", json!("x".repeat(201))),
        ("title", json!("")),
        ("title", json!(" ")),
        ("title", json!("two\nlines")),
        ("title", json!(null)),
        ("message", json!("x".repeat(10_000))),
        ("message", json!("x".repeat(10_001))),
        ("message", json!("\n\t ")),
        ("message", json!("two\nlines\u{1}")),
        ("notification_type", json!("news")),
        ("notification_type", json!("permission_denied")),
        ("category", json!("x".repeat(100))),
        ("category", json!("x".repeat(101))),
        ("category", json!("")),
        ("category", json!(null)),
        ("related_object_id", json!(7)),
        ("redirect_url", json!("/reports/#report-1")),
        ("redirect_url", json!("https://example.com/a?b=c")),
        ("redirect_url", json!("//evil.example")),
        ("redirect_url", json!("/\\evil.example")),
        ("redirect_url", json!("javascript:alert(1)")),
        ("redirect_url", json!("/a b")),
        ("data", json!({ "deep": [1, { "er": null }] })),
        ("data", json!([])),
        ("user", json!("")),
        ("user", json!("x".repeat(255))),
        ("user", json!("x".repeat(256))),
        ("users", json!(["bruno"])),
        ("colour", json!("red")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        is_taken_exactly_if_documented(&world, &schemas, &schema, &body, &token).await;
    }
    for users in [
        many(0),
        many(1),
        many(100),
        many(101),
        many(5_000),
        many(5_001),
        json!(["ana", "ana"]),
        json!("ana"),
    ] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove("user");
        body["users"] = users;
        is_taken_exactly_if_documented(&world, &schemas, &schema, &body, &token).await;
    }
    for (field, value) in [
        ("role", json!("admin")),
        ("role", json!("")),
        ("topic", json!("deploys:eu-west-1")),
        ("topic", json!("a/b")),
        ("topic", json!("x".repeat(101))),
        ("everyone", json!(true)),
        ("everyone", json!(false)),
        ("nobody", json!(true)),
    ] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove("user");
        body[field] = value;
        is_taken_exactly_if_documented(&world, &schemas, &schema, &body, &token).await;
    }
}

/// Each field of an event, beside whatever else is good.
#[tokio::test]
async fn the_documented_limits_of_an_event_are_those_of_the_code() {
    let world = World::new().await;
    let document = document(&world).await;
    let (schemas, token) = (Schemas::of(&document), world.token("reports", "producer"));
    let schema = json!({ "$ref": "#/components/schemas/EventBody" });
    let sample = happened(&event("api-event"));
    let good: Value = serde_json::from_str(sample["body"].as_str().unwrap()).unwrap();
    for (field, value) in [
        ("id", json!("x".repeat(100))),
        ("id", json!("x".repeat(101))),
        ("id", json!("")),
        ("id", json!(7)),
        ("source", json!(null)),
        ("detail-type", json!([])),
        ("time", json!("now")),
        ("detail", json!([])),
        ("detail", json!("x")),
        ("version", json!("0")),
        ("details", json!({})),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let answer = world.send("POST", "/api/events/", &token, &body).await;
        let errors = schemas.errors(&schema, &body);
        assert_eq!(errors.is_empty(), answer.status() == 200, "{body}: {errors:?}, {answer:?}");
    }
}

async fn is_taken_exactly_if_documented(
    world: &World,
    schemas: &Schemas<'_>,
    schema: &Value,
    body: &Value,
    token: &str,
) {
    let answer = world.send("POST", "/api/notifications/", token, body).await;
    let errors = schemas.errors(schema, body);
    assert_eq!(errors.is_empty(), answer.status() < 300, "{body}: {errors:?}, {answer:?}");
}
