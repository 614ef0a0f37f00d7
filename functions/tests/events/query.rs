//! The query string of a list, as it may be and as it may not.

use belfry_domain::Action;
use serde_json::{Value, json};

use crate::support::{draft, sample::event_with, user, world::World};

async fn refused(world: &World, path: &str, token: &str) -> Value {
    let answer = world.get(path, token).await;
    assert_eq!((answer.status(), answer.code()), (400, "invalid_query".to_owned()), "{path}");
    let body = answer.body();
    assert_eq!(body["errors"].as_array().unwrap().len(), 1, "{path}");
    body["errors"][0]["pointer"].clone()
}

#[tokio::test]
async fn a_parameter_that_breaks_its_rule_is_named() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("status=", "status"),
        ("status=Unread", "status"),
        ("status=deleted", "status"),
        ("type=news", "type"),
        ("type=", "type"),
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
        ("offset=20", "offset"),
        ("page=2", "page"),
        ("limit=20&Limit=20", "Limit"),
        ("limit=20&limit=20", "limit"),
        ("cursor=&status=unread&cursor=", "cursor"),
        ("limit=0&limit=20", "limit"),
        ("%3Cscript%3E=1", "<script>"),
    ] {
        for list in ["/api/notifications/", "/api/notifications", "/api/notifications/unread/"] {
            assert_eq!(
                refused(&world, &format!("{list}?{query}"), &token).await,
                parameter,
                "{list}?{query}"
            );
        }
    }
    world.wire.take_calls();
    let answer = world.api(event_with("api-list-unknown-parameter", &token)).await;
    assert_eq!((answer.status(), answer.body()["errors"][0]["pointer"].clone()), (400, json!("statsu")));
}

#[tokio::test]
async fn a_refused_query_reads_no_notification() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    world.get("/api/user/current/", &token).await;
    world.operations();
    refused(&world, "/api/notifications/?limit=0", &token).await;
    assert_eq!(world.operations(), ["BatchGetItem"], "whether the caller counts is read beside");
}

#[tokio::test]
async fn the_list_of_unread_is_of_unread() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    assert_eq!(refused(&world, "/api/notifications/unread/?status=all", &token).await, "status");
    let same = world.get("/api/notifications/unread/?status=unread", &token).await;
    assert_eq!(same.status(), 200);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list_and_an_empty_one_is_the_start() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    for _ in 0..2 {
        world.inbox.create(draft("ana")).await.unwrap();
    }
    let first = world.get("/api/notifications/?limit=1", &token).await.body();
    let cursor = first["next"].as_str().unwrap().split("cursor=").nth(1).unwrap().to_owned();
    for other in ["unread", "read", "archived", "snoozed"] {
        let path = format!("/api/notifications/?status={other}&cursor={cursor}");
        assert_eq!(refused(&world, &path, &token).await, "cursor", "{other}");
    }
    let altered = format!("{}A", &cursor[..cursor.len() - 1]);
    assert_eq!(refused(&world, &format!("/api/notifications/?cursor={altered}x"), &token).await, "cursor");
    let start = world.get("/api/notifications/?limit=1&cursor=", &token).await;
    assert_eq!(start.body()["results"], first["results"]);
}

#[tokio::test]
async fn each_status_is_a_list_and_a_type_narrows_it() {
    let world = World::new().await;
    let (ana, token) = (user("ana"), world.token("ana", "analyst"));
    let later = belfry_cloud::clock::now().plus_millis(3_600_000);
    let actions = [None, Some(Action::MarkRead), Some(Action::Archive), Some(Action::Snooze(later))];
    let mut created = Vec::new();
    for action in actions {
        let id = world.inbox.create(draft("ana")).await.unwrap().id;
        if let Some(action) = action {
            world.inbox.act(&ana, id, action).await.unwrap();
        }
        created.push(id.to_string());
    }
    for (query, expected) in [
        ("", vec![1, 0]),
        ("?status=all", vec![1, 0]),
        ("?status=unread", vec![0]),
        ("?status=read", vec![1]),
        ("?status=archived", vec![2]),
        ("?status=snoozed", vec![3]),
        ("?type=info", vec![1, 0]),
        ("?type=info&status=archived", vec![2]),
        ("?type=warning", vec![]),
        ("?type=warning&status=archived", vec![]),
    ] {
        let body = world.get(&format!("/api/notifications/{query}"), &token).await.body();
        let found: Vec<_> =
            body["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        let expected: Vec<_> = expected.into_iter().map(|number: usize| created[number].as_str()).collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(body["unread_count"], 1, "{query}: of the whole inbox");
    }
}
