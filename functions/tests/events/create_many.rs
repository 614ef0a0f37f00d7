//! Sending to many users in one call.

use belfry_domain::NotificationId;
use belfry_dynamo::names;
use serde_json::{Value, json};

use crate::support::{
    sample::{event_with, with_body, with_header},
    user,
    world::World,
};

fn to(users: &Value, token: &str) -> Value {
    let body = json!({ "users": users, "title": "Hi", "message": "There", "notification_type": "info" });
    with_body(event_with("api-create", token), &body)
}

fn to_hundred() -> Value {
    (0..100).map(|number| format!("user-{number:04}")).collect()
}

async fn count(world: &World, name: &str) -> usize {
    world.inbox.counts(&user(name)).await.unwrap().unread
}

#[tokio::test]
async fn each_user_gets_their_own_and_the_answer_names_them_in_order() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let answer = world.api(event_with("api-create-users", &token)).await;
    assert_eq!((answer.status(), answer.header("location")), (201, None));
    let body = answer.body();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["results"]);
    let results = body["results"].as_array().unwrap();
    assert_eq!(results.iter().map(|one| &one["user"]).collect::<Vec<_>>(), ["ana", "bruno"]);
    for one in results {
        assert_eq!(one.as_object().unwrap().len(), 2);
        let id: NotificationId = one["id"].as_str().unwrap().parse().unwrap();
        let owner = user(one["user"].as_str().unwrap());
        let stored = world.inbox.get(&owner, id).await.unwrap().unwrap();
        assert_eq!(stored.content.title.as_str(), "Plan approved");
    }
    assert_ne!(results[0]["id"], results[1]["id"]);
}

#[tokio::test]
async fn a_hundred_users_are_told_by_four_calls() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    world.get("/api/user/current/", &token).await;
    world.operations();
    let answer = world.api(to(&to_hundred(), &token)).await;
    let results = answer.body()["results"].clone();
    let named: Value = results.as_array().unwrap().iter().map(|one| one["user"].clone()).collect();
    assert_eq!((answer.status(), named), (201, to_hundred()));
    let mut expected = vec!["BatchGetItem"];
    expected.extend(["BatchExecuteStatement"; 4]);
    assert_eq!(world.operations(), expected);
    assert_eq!(world.size(names::INBOX).await, 100);
}

#[tokio::test]
async fn none_too_many_twice_or_beside_one_are_refused() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let many: Value = (0..5_001).map(|number| number.to_string()).collect();
    for users in
        [json!([]), many, json!(["ana", "ana"]), json!(["ana", ""]), json!("ana"), json!({}), json!([7])]
    {
        let answer = world.api(to(&users, &token)).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_body".to_owned()), "{users}");
        assert_eq!(answer.body()["errors"][0]["pointer"], "/users", "{users}");
    }
    let mut both = event_with("api-create-users", &token);
    both["body"] = json!(both["body"].as_str().unwrap().replacen('{', r#"{"user": "ana", "#, 1));
    assert_eq!(world.api(both).await.body()["errors"][0]["pointer"], "/users");
    assert_eq!(world.size(names::INBOX).await, 0);
}

#[tokio::test]
async fn by_a_key_many_are_told_once() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let event = with_header(to(&to_hundred(), &token), "idempotency-key", "k");
    let first = world.api(event.clone()).await;
    let again = world.api(event).await;
    assert_eq!((first.status(), again.status()), (201, 201));
    assert_eq!(first.text(), again.text());
    assert_eq!(
        (first.header("idempotent-replayed"), again.header("idempotent-replayed")),
        (None, Some("true"))
    );
    assert_eq!(world.size(names::INBOX).await, 100);
    let other = with_header(to(&json!(["user-0000"]), &token), "idempotency-key", "k");
    assert_eq!(world.api(other).await.status(), 422);
}

#[tokio::test]
async fn where_not_all_are_stored_the_answer_names_both_kinds() {
    let world = World::refusing(r#""bruno""#).await;
    let token = world.token("reports", "producer");
    let answer = world.api(to(&json!(["ana", "bruno", "vera"]), &token)).await;
    assert_eq!((answer.status(), answer.code()), (503, "partly_created".to_owned()));
    let body = answer.body();
    let results = body["results"].as_array().unwrap();
    assert_eq!(results.iter().map(|one| &one["user"]).collect::<Vec<_>>(), ["ana", "vera"]);
    assert!(
        results.iter().all(|one| one["id"].as_str().is_some_and(|id| id.parse::<NotificationId>().is_ok()))
    );
    assert_eq!(
        body["errors"],
        json!([{ "pointer": "/users/1", "detail": "was not stored, or it isn't known" }])
    );
    assert_eq!(body["title"], "Service Unavailable");
    assert!(body["detail"].as_str().unwrap().starts_with("1 of the notifications"), "{body}");
    assert!(!answer.text().contains("AccessDenied") && !answer.text().contains(names::INBOX));
    assert_eq!(
        [count(&world, "ana").await, count(&world, "bruno").await, count(&world, "vera").await],
        [1, 0, 1]
    );
}

#[tokio::test]
async fn sent_again_by_its_key_what_was_partly_created_is_completed() {
    let world = World::refusing(r#""bruno""#).await;
    let token = world.token("reports", "producer");
    let event = with_header(to(&json!(["ana", "bruno", "vera"]), &token), "idempotency-key", "k");
    let partly = world.api(event.clone()).await;
    assert_eq!((partly.status(), partly.header("idempotent-replayed")), (503, None));
    let created = partly.body()["results"].clone();
    world.refuse_no_more();
    let whole = world.api(event).await;
    assert_eq!((whole.status(), whole.header("idempotent-replayed")), (201, Some("true")));
    let results = whole.body()["results"].clone();
    assert_eq!((&results[0], &results[2]), (&created[0], &created[1]));
    assert_eq!(results[1]["user"], "bruno");
    assert_eq!(world.size(names::INBOX).await, 3);
}
