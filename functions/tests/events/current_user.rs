//! Who the caller is told to be, and what the directory keeps of somebody it sees for the first time.

use belfry_dynamo::{Fault, names};
use serde_json::{Value, json};

use crate::support::{
    people::UserEvent,
    sample::{event_with, request},
    world::World,
};

/// A token with these claims changed, or added; null takes one away.
fn token_with(world: &World, changes: &Value) -> String {
    let mut claims = world.issuer.claims("ana", "analyst");
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    world.key.sign(&claims)
}

async fn shown(world: &World, token: &str) -> Value {
    let answer = world.get("/api/user/current/", token).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    answer.body()
}

#[tokio::test]
async fn the_claims_tell_who_somebody_is_of_whom_no_event_has_told() {
    let world = World::new().await;
    let token = token_with(
        &world,
        &json!({ "role": "admin", "preferred_username": "ana.p", "email": "ana@example.com", "given_name": "Ana",
            "family_name": "Pereira" }),
    );
    let expected = json!({
        "id": "ana", "username": "ana.p", "email": "ana@example.com", "first_name": "Ana",
        "last_name": "Pereira", "is_active": true,
        "role": {
            "name": "Administrator", "role_type": "admin",
            "permissions": ["inbox:own", "notifications:create", "notifications:update", "directory:update"],
        },
    });
    assert_eq!(shown(&world, &token).await, expected);
}

#[tokio::test]
async fn every_role_is_told_by_its_name_its_type_and_what_it_may_do() {
    let world = World::new().await;
    for (claim, name, role_type, permissions) in [
        (json!("producer"), "Producer", "producer", json!(["inbox:own", "notifications:create"])),
        (json!("manager"), "Manager", "manager", json!(["inbox:own"])),
        (json!("analyst"), "Analyst", "analyst", json!(["inbox:own"])),
        (json!("viewer"), "Viewer", "viewer", json!(["inbox:own"])),
        (json!("custom"), "custom", "custom", json!(["inbox:own"])),
        (json!("Supply Lead · Süd"), "Supply Lead · Süd", "custom", json!(["inbox:own"])),
        (json!("Admin"), "Admin", "custom", json!(["inbox:own"])),
        (json!(["viewer", "admin"]), "Viewer", "viewer", json!(["inbox:own"])),
    ] {
        let user = shown(&world, &token_with(&world, &json!({ "role": claim }))).await;
        let expected = json!({ "name": name, "role_type": role_type, "permissions": permissions });
        assert_eq!(user["role"], expected);
    }
}

#[tokio::test]
async fn somebody_without_a_role_has_none_and_may_still_read() {
    let world = World::new().await;
    for claim in [json!(null), json!(""), json!(7), json!([]), json!("x".repeat(101))] {
        let token = token_with(&world, &json!({ "role": claim }));
        let expected = json!({
            "id": "ana", "username": "ana", "email": "", "first_name": "", "last_name": "", "role": null,
            "is_active": true,
        });
        assert_eq!(shown(&world, &token).await, expected, "{claim}");
        assert_eq!(world.get("/api/notifications/", &token).await.status(), 200);
        assert_eq!(world.api(event_with("api-create", &token)).await.status(), 403);
    }
}

#[tokio::test]
async fn what_an_event_told_is_shown_instead_of_the_claims() {
    let world = World::new().await;
    world.apply_event("ana", UserEvent { role: Some("Supply Lead"), is_active: true, ago: 60 }).await;
    let user = shown(&world, &token_with(&world, &json!({ "email": "old@example.com" }))).await;
    assert_eq!((&user["username"], &user["email"]), (&json!("ana@work"), &json!("")));
    assert_eq!(user["role"]["name"], "Supply Lead");
    assert_eq!(world.operations(), ["BatchGetItem"], "and the claims aren't written down over it");
}

#[tokio::test]
async fn who_is_seen_for_the_first_time_is_written_down_and_then_only_when_the_claims_change() {
    let world = World::new().await;
    let token = token_with(&world, &json!({ "email": "ana@example.com" }));
    for (path, writes) in [("/api/notifications/", 1), ("/api/notifications/", 0), ("/api/user/current/", 0)]
    {
        assert_eq!(world.get(path, &token).await.status(), 200);
        let operations = world.operations();
        assert_eq!(operations.iter().filter(|name| *name == "PutItem").count(), writes, "{operations:?}");
    }
    let row = world.row("ana").await.unwrap();
    assert_eq!(row["email"].as_s().unwrap(), "ana@example.com");
    assert_eq!(
        (row["role"].as_s().unwrap().as_str(), *row["is_active"].as_bool().unwrap()),
        ("analyst", true)
    );
    assert!(!row.contains_key("event_at") && !row.contains_key("expires_at"));

    let moved = token_with(&world, &json!({ "email": "ana@example.org", "role": "viewer" }));
    assert_eq!(world.get("/api/user/current/", &moved).await.status(), 200);
    assert_eq!(world.operations(), ["BatchGetItem", "PutItem"]);
    let row = world.row("ana").await.unwrap();
    assert_eq!(
        (row["email"].as_s().unwrap().as_str(), row["role"].as_s().unwrap().as_str()),
        ("ana@example.org", "viewer")
    );
}

#[tokio::test]
async fn opening_a_socket_is_a_first_sight_too() {
    let world = World::new().await;
    world.authorize(event_with("ws_authorizer-bearer", &world.token("ana", "analyst"))).await.unwrap();
    assert_eq!(world.operations(), ["BatchGetItem", "PutItem"]);
    assert_eq!(world.row("ana").await.unwrap()["role"].as_s().unwrap(), "analyst");
}

#[tokio::test]
async fn whom_the_directory_turns_away_it_does_not_write_down() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let caller = belfry_cloud::TokenVerifier::new(world.issuer.settings()).verify(&token).await.unwrap();
    world.directory.revoke(&caller.token, caller.expires_at).await.unwrap();
    assert_eq!(world.get("/api/notifications/", &token).await.status(), 401);
    assert!(world.row("ana").await.is_none());
    assert_eq!(world.api(request("GET", "/api/notifications/", "rubbish")).await.status(), 401);
    assert_eq!(world.size(names::DIRECTORY).await, 1, "the revoked token alone");
}

#[tokio::test]
async fn who_can_not_be_written_down_now_is_let_in_all_the_same() {
    let world = World::new().await;
    for _ in 0..5 {
        world.wire.order("PutItem", Fault::ServerError);
    }
    let token = world.token("ana", "analyst");
    assert_eq!(world.get("/api/notifications/", &token).await.status(), 200);
    assert!(world.row("ana").await.is_none());
    assert_eq!(world.get("/api/notifications/", &token).await.status(), 200);
    assert!(world.row("ana").await.is_some(), "the next request tries again");
}
