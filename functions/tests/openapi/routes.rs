//! Which addresses and methods there are: those that are documented, and no other.

use serde_json::{Value, json};

use crate::{
    document::{document, operations},
    support::{
        sample::{event, request},
        world::World,
    },
};

const ID: &str = "01a1d013-f088-766b-95ff-16f66f433602";

/// A request without a credential.
fn nobodys(method: &str, path: &str) -> Value {
    let mut event = request(method, &path.replace("{id}", ID), "");
    event["headers"].as_object_mut().unwrap().remove("authorization");
    event
}

fn is_public(operation: &Value) -> bool {
    operation["security"].as_array().unwrap().contains(&json!({}))
}

#[tokio::test]
async fn every_documented_route_is_there_with_and_without_its_trailing_slash() {
    let world = World::new().await;
    let document = document(&world).await;
    for (method, path, operation) in operations(&document) {
        for path in [path.as_str(), path.trim_end_matches('/')] {
            let answer = world.api(nobodys(&method, path)).await;
            let expected = if is_public(&operation) { 200 } else { 401 };
            assert_eq!(answer.status(), expected, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_other_method_of_a_documented_path_is_unknown() {
    let world = World::new().await;
    let document = document(&world).await;
    let token = world.token("admin", "admin");
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
            if item.get(method.to_lowercase()).is_none() {
                for event in [nobodys(method, path), request(method, &path.replace("{id}", ID), &token)] {
                    let answer = world.api(event).await;
                    let problem = (answer.status(), answer.code());
                    assert_eq!(problem, (405, "method_not_allowed".to_owned()), "{method} {path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_other_address_is_unknown() {
    let world = World::new().await;
    let token = world.token("admin", "admin");
    for path in [
        "/api/",
        "/api/notification/",
        "/api/notifications/unread/count/",
        "/api/notifications/01a1d013-f088-766b-95ff-16f66f433602/read/",
        "/api/user/",
        "/api/users/",
        "/api/schema/openapi.json",
        "/api/%2e%2e/health/",
        "/",
    ] {
        for event in [nobodys("GET", path), request("GET", path, &token)] {
            let answer = world.api(event).await;
            assert_eq!((answer.status(), answer.code()), (404, "not_found".to_owned()), "{path}");
        }
    }
}

#[tokio::test]
async fn only_health_and_the_document_are_public() {
    let document = document(&World::new().await).await;
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut public = Vec::new();
    for (method, path, operation) in operations(&document) {
        if is_public(&operation) {
            public.push((method, path));
            continue;
        }
        let asked: Vec<_> = operation["security"].as_array().unwrap().iter().collect();
        assert_eq!(asked, [&json!({ "bearer": [] }), &json!({ "session": [] })], "{method} {path}");
        assert!(schemes.contains_key("bearer") && schemes.contains_key("session"));
    }
    let expected = ["/api/health/", "/api/schema/"].map(|path| ("GET".to_owned(), path.to_owned()));
    assert_eq!(public, expected);
    assert_eq!(
        World::new().await.api(event("api-schema")).await.body(),
        document,
        "and it is always the same"
    );
}
