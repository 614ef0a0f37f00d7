//! Lists broadcasts whose ids nobody has kept, and tries failed recipients again.

use serde_json::{Value, json};

use crate::support::world::World;

const LIST: &str = "/api/broadcasts/";

/// Opens a broadcast by that bearer, and returns its id.
async fn open(world: &World, token: &str, title: &str) -> String {
    let body = json!({ "everyone": true, "title": title, "message": "Go.", "notification_type": "info" });
    let answer = world.send("POST", "/api/notifications/", token, &body).await;
    assert_eq!(answer.status(), 202, "{answer:?}");
    answer.body()["broadcast_id"].as_str().unwrap().to_owned()
}

/// The ids of all pages, and how many pages there are.
async fn walked(world: &World, token: &str) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut next) = (Vec::new(), 0, Some(LIST.to_owned()));
    while let Some(path) = next {
        let page = world.get(&path, token).await;
        assert_eq!(page.status(), 200, "{page:?}");
        let page = page.body();
        let results = page["results"].as_array().unwrap().clone();
        ids.extend(results.iter().map(|one| one["broadcast_id"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(str::to_owned);
        pages += 1;
    }
    (ids, pages)
}

#[tokio::test]
async fn admins_list_all_and_producers_their_own_newest_first() {
    let world = World::new().await;
    let [admin, reports, billing] = [("admin", "admin"), ("reports", "producer"), ("billing", "producer")]
        .map(|(user, role)| world.token(user, role));
    let (mut all, mut own) = (Vec::new(), Vec::new());
    for number in 0..12 {
        let id = open(&world, &reports, &format!("Report {number}")).await;
        own.insert(0, id.clone());
        all.insert(0, id);
    }
    all.insert(0, open(&world, &admin, "Maintenance").await);
    assert_eq!(walked(&world, &admin).await, (all, 2));
    assert_eq!(walked(&world, &reports).await, (own.clone(), 2));
    assert_eq!(walked(&world, &billing).await, (vec![], 1));
    let first = &world.get(LIST, &reports).await.body()["results"][0];
    assert_eq!(*first, world.get(&format!("{LIST}{}/", own[0]), &reports).await.body());
}

#[tokio::test]
async fn what_the_list_does_not_know_is_refused() {
    let world = World::new().await;
    let admin = world.token("admin", "admin");
    assert_eq!(world.get(LIST, &world.token("ana", "analyst")).await.status(), 403);
    for query in ["?cursor=", "?cursor=nonsense", "?limit=5", "?cursor=x&cursor=x"] {
        let answer = world.get(&format!("{LIST}{query}"), &admin).await;
        assert_eq!((answer.status(), answer.code().as_str()), (400, "invalid_query"), "{query}");
    }
}

#[tokio::test]
async fn a_retry_tells_who_could_not_be_told() {
    let world = World::refusing_with(r#"{"S":"user-0"}"#, "ValidationException").await;
    let sender = world.token("reports", "producer");
    let users: Vec<_> = (0..101).map(|number| format!("user-{number}")).collect();
    let body = json!({ "users": users, "title": "x", "message": "y", "notification_type": "info" });
    let answer = world.send("POST", "/api/notifications/", &sender, &body).await;
    let path = answer.header("location").unwrap().to_owned();
    let shown = async || -> Value { world.get(&path, &sender).await.body() };
    world.work_off().await;
    assert_eq!((&shown().await["failed"], &shown().await["status"]), (&json!(1), &json!("done")));
    world.refuse_no_more();
    let retry = format!("{path}retry/");
    assert_eq!(world.post(&retry, &world.token("billing", "producer")).await.status(), 404);
    let answer = world.post(&retry, &sender).await;
    assert_eq!((answer.status(), &answer.body()["status"]), (202, &json!("running")));
    world.work_off().await;
    assert_eq!((&shown().await["failed"], &shown().await["status"]), (&json!(0), &json!("done")));
    assert_eq!(world.images().await.len(), 101);
    let again = world.post(&retry, &sender).await;
    assert_eq!(again.status(), 202, "with nothing to do");
    world.work_off().await;
    assert_eq!(world.images().await.len(), 101);
}

#[tokio::test]
async fn what_was_cancelled_is_not_tried_again() {
    let world = World::new().await;
    let admin = world.token("admin", "admin");
    let path = format!("{LIST}{}/", open(&world, &admin, "Maintenance").await);
    assert_eq!(world.post(&format!("{path}cancel/"), &admin).await.status(), 200);
    let answer = world.post(&format!("{path}retry/"), &admin).await;
    assert_eq!((answer.status(), answer.code().as_str()), (409, "conflict"));
}
