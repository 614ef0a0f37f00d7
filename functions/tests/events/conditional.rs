//! Lists that are at hand already: `ETag` and `If-None-Match`.

use belfry_domain::Action;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    draft,
    sample::{event_with, filled, request, with_header},
    user,
    world::{POLL_INTERVAL_SECONDS, World},
};

const LISTS: [&str; 2] = ["/api/notifications/", "/api/notifications/unread/"];

fn known(path: &str, token: &str, tags: &str) -> Value {
    with_header(request("GET", path, token), "if-none-match", tags)
}

async fn tag(world: &World, path: &str, token: &str) -> String {
    world.get(path, token).await.header("etag").unwrap().to_owned()
}

fn is_unchanged(answer: &Answered, tag: &str) {
    assert_eq!((answer.status(), answer.text()), (304, ""), "{answer:?}");
    assert_eq!(answer.header("etag"), Some(tag));
    assert_eq!(answer.header("x-poll-interval"), Some(POLL_INTERVAL_SECONDS.to_string().as_str()));
    assert_eq!(answer.header("content-type"), None);
}

#[tokio::test]
async fn the_tag_of_a_list_is_strong_and_names_the_answer() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    for path in LISTS {
        let answer = world.get(path, &token).await;
        let tag = answer.header("etag").unwrap();
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 40, "{tag}");
        assert_eq!(answer.header("x-poll-interval"), Some("30"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(world.get(path, &token).await.0, answer.0, "{path}");
    }
}

#[tokio::test]
async fn a_list_that_is_at_hand_is_not_sent_again() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    world.inbox.create(draft("ana")).await.unwrap();
    for path in LISTS {
        let tag = tag(&world, path, &token).await;
        for tags in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            format!("W/\"other\", W/{tag} , \"third\""),
            "*".to_owned(),
        ] {
            is_unchanged(&world.api(known(path, &token, &tags)).await, &tag);
        }
        let bare = tag.trim_matches('"').to_owned();
        for tags in ["\"other\"".to_owned(), "W/\"other\"".to_owned(), bare, String::new(), "\"".to_owned()] {
            let answer = world.api(known(path, &token, &tags)).await;
            assert_eq!((answer.status(), answer.header("etag")), (200, Some(tag.as_str())), "{tags}");
        }
    }
}

#[tokio::test]
async fn the_sample_is_answered_by_its_tag() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let tag = tag(&world, "/api/notifications/?limit=20", &token).await;
    let event = filled(&event_with("api-list-if-none-match", &token), "<ETAG>", tag.trim_matches('"'));
    is_unchanged(&world.api(event.clone()).await, &tag);
    world.inbox.create(draft("ana")).await.unwrap();
    assert_eq!(world.api(event).await.status(), 200);
}

#[tokio::test]
async fn every_change_that_shows_makes_another_tag() {
    let world = World::new().await;
    let (ana, token) = (user("ana"), world.token("ana", "analyst"));
    let path = LISTS[0];
    world.inbox.create(draft("ana")).await.unwrap();
    let mut tags = vec![tag(&world, path, &token).await];
    let id = world.inbox.create(draft("ana")).await.unwrap().id;
    tags.push(tag(&world, path, &token).await);
    for action in [Action::MarkRead, Action::MarkUnread] {
        world.inbox.act(&ana, id, action).await.unwrap();
        tags.push(tag(&world, path, &token).await);
    }
    world.post("/api/notifications/seen/", &token).await;
    world.inbox.create(draft("ana")).await.unwrap();
    tags.push(tag(&world, path, &token).await);
    world.post("/api/notifications/seen/", &token).await;
    tags.push(tag(&world, path, &token).await);
    world.post("/api/notifications/mark_all_read/", &token).await;
    tags.push(tag(&world, path, &token).await);
    world.inbox.act(&ana, id, Action::Archive).await.unwrap();
    tags.push(tag(&world, path, &token).await);
    for (number, tag) in tags.iter().enumerate() {
        assert!(!tags[..number].contains(tag), "{number}: {tags:?}");
        let answer = world.api(known(path, &token, tag)).await;
        assert_eq!(answer.status() == 304, number + 1 == tags.len(), "{number}");
    }
}

#[tokio::test]
async fn what_happens_to_others_leaves_the_tag() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let before = tag(&world, LISTS[0], &token).await;
    world.inbox.create(draft("bruno")).await.unwrap();
    world.send("POST", "/api/notifications/seen/", &world.token("bruno", "viewer"), &json!({})).await;
    is_unchanged(&world.api(known(LISTS[0], &token, &before)).await, &before);
}
