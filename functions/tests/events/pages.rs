//! Pages whose notifications are too large for one answer.

use belfry_domain::CreateRequest;
use serde_json::{Value, json};

use crate::support::{answered::Answered, world::World};

/// What the API keeps its answers to; Lambda would take 6 MB.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
const MAX_LAMBDA_BYTES: usize = 6 * 1000 * 1000;

/// As large as a message gets in JSON: every character takes four bytes.
async fn create_large(world: &World) -> String {
    let message = "🔔".repeat(10_000);
    let body = json!({ "user": "ana", "title": "Large", "message": message, "notification_type": "info" });
    let draft = CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0);
    world.inbox.create(draft).await.unwrap().id.to_string()
}

fn ids(page: &Value) -> Vec<String> {
    let results = page["results"].as_array().unwrap().iter();
    results.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn fits(answer: &Answered) {
    assert_eq!(answer.status(), 200);
    assert!(answer.text().len() <= MAX_BODY_BYTES, "{} bytes of body", answer.text().len());
    let whole = answer.0.to_string().len();
    assert!(whole <= MAX_LAMBDA_BYTES, "{whole} bytes of answer");
}

/// Follows `next` to the end.
async fn walk(world: &World, start: &str, token: &str) -> Vec<Value> {
    let (mut pages, mut path) = (Vec::new(), Some(start.to_owned()));
    while let Some(here) = path {
        let answer = world.get(&here, token).await;
        fits(&answer);
        let page = answer.body();
        assert!(!ids(&page).is_empty(), "a page with something left on it holds something: {here}");
        path = page["next"].as_str().map(str::to_owned);
        pages.push(page);
        assert!(pages.len() <= 100, "the walk doesn't end");
    }
    pages
}

/// Follows `previous` from the last page to the start.
async fn walk_back(world: &World, last: &Value, token: &str) -> Vec<String> {
    let (mut found, mut path) = (ids(last), last["previous"].as_str().map(str::to_owned));
    while let Some(here) = path {
        let answer = world.get(&here, token).await;
        fits(&answer);
        let page = answer.body();
        found.splice(0..0, ids(&page));
        path = page["previous"].as_str().map(str::to_owned);
    }
    found
}

#[tokio::test]
async fn no_answer_is_larger_than_two_megabytes_and_the_walk_misses_nothing() {
    let world = World::unheard().await;
    let token = world.token("ana", "analyst");
    let mut created = Vec::new();
    for _ in 0..120 {
        created.push(create_large(&world).await);
    }
    created.reverse();
    let mut pages = Vec::new();
    for list in ["/api/notifications/?limit=100", "/api/notifications/unread/?limit=50"] {
        pages = walk(&world, list, &token).await;
        assert_eq!(pages.iter().flat_map(ids).collect::<Vec<_>>(), created, "{list}");
        assert!(pages.len() >= 3, "{list}: nearly five megabytes on {} pages", pages.len());
    }
    assert_eq!(walk_back(&world, pages.last().unwrap(), &token).await, created, "and back");
}

#[tokio::test]
async fn one_large_notification_is_a_page_of_its_own() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let id = create_large(&world).await;
    let answer = world.get("/api/notifications/?limit=1", &token).await;
    fits(&answer);
    assert_eq!(ids(&answer.body()), [id]);
}
