//! `Idempotency-Key`: a request that is sent again is carried out once.

use std::collections::HashSet;

use belfry_tests::{Answer, Client, NOTIFICATIONS, Socket, Target, draft, draft_for_many, ids, path_of};
use futures::future::join_all;
use reqwest::{Method, header::HeaderName};
use serde_json::{Value, json};

use crate::create_many::{reported, users};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A key that no other test uses, nor an earlier run against the same target.
fn key() -> String {
    format!("black-box-{:032x}", fastrand::u128(..))
}

async fn create(admin: &Client, key: &str, body: &Value) -> Answer {
    admin.with_header(IDEMPOTENCY_KEY, key).post_json(NOTIFICATIONS, body).await
}

fn replayed(answer: &Answer) -> bool {
    match answer.header("idempotent-replayed") {
        "" => false,
        "true" => true,
        other => panic!("neither: {other}"),
    }
}

#[tokio::test]
async fn the_same_request_again_is_answered_byte_for_byte_and_rings_no_second_time() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let (key, body) = (key(), draft(ana.user(), "Once"));
    let first = create(&admin, &key, &body).await;
    let id = first.ok(201)["id"].as_str().unwrap().to_owned();
    assert!(!replayed(&first));
    socket.expect_ring(&id).await;
    for _ in 0..3 {
        let again = create(&admin, &key, &body).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        assert_eq!(again.header("location"), first.header("location"));
        assert!(replayed(&again), "{again:?}");
    }
    assert_eq!((ids(&ana.list().await), ana.counts().await), (vec![id], (1, 1)));
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn another_spelling_of_the_same_request_is_the_same_request() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let key = key();
    let first = create(&admin, &key, &draft(ana.user(), "Once")).await;
    let spelled = format!(
        "{{ \"notification_type\":\"info\",\n \"data\":null, \"message\":\"About: \\u004fnce\", \"title\":\"Once\", \"user\": {:?} }}",
        ana.user()
    );
    let again = admin.with_header(IDEMPOTENCY_KEY, &key).send(Method::POST, NOTIFICATIONS, spelled).await;
    assert_eq!((again.status, &again.text, replayed(&again)), (201, &first.text, true));
}

#[tokio::test]
async fn what_became_of_it_meanwhile_is_not_undone() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for action in ["mark_as_read", "archive", "delete"] {
        let (key, body) = (key(), draft(ana.user(), action));
        let first = create(&admin, &key, &body).await;
        let id = first.ok(201)["id"].as_str().unwrap().to_owned();
        match action {
            "delete" => drop(ana.delete(&path_of(&id)).await.ok(204)),
            action => drop(ana.act(&id, action).await.ok(200)),
        }
        let before = ana.everything().await;
        let again = create(&admin, &key, &body).await;
        assert_eq!(ana.everything().await, before, "{action}");
        assert!(replayed(&again));
        assert_eq!(again.ok(201)["id"], id.as_str(), "{action}");
    }
}

#[tokio::test]
async fn what_became_of_it_meanwhile_is_not_told_to_the_sender() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (key, body) = (key(), draft(ana.user(), "Read"));
    let first = create(&admin, &key, &body).await;
    ana.act(first.ok(201)["id"].as_str().unwrap(), "mark_as_read").await.ok(200);
    assert_eq!(create(&admin, &key, &body).await.text, first.text, "it is answered as the first time");
}

#[tokio::test]
async fn of_fifty_first_requests_at_once_one_creates_and_all_are_told_the_same() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let (key, body) = (key(), draft(ana.user(), "Once for fifty"));
    let answers = join_all((0..50).map(|_| create(&admin, &key, &body))).await;
    let told: HashSet<_> = answers.iter().map(|answer| answer.ok(201).to_string()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(answers.iter().filter(|answer| !replayed(answer)).count(), 1);
    let id = answers[0].ok(201)["id"].as_str().unwrap().to_owned();
    socket.expect_ring(&id).await;
    assert_eq!((ids(&ana.list().await), ana.counts().await), (vec![id], (1, 1)));
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused_and_creates_nothing() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let (key, body) = (key(), draft(ana.user(), "The first"));
    let first = create(&admin, &key, &body).await;
    let mut with_data = body.clone();
    with_data["data"] = json!({});
    for other in [
        draft(ana.user(), "The second"),
        draft(bruno.user(), "The first"),
        with_data,
        draft_for_many(&[ana.user()], "The first"),
    ] {
        create(&admin, &key, &other).await.problem(422, "idempotency_key_reused");
    }
    assert_eq!((ana.counts().await, bruno.counts().await), ((1, 1), (0, 0)));
    assert_eq!(create(&admin, &key, &body).await.text, first.text);
}

#[tokio::test]
async fn of_two_bodies_at_once_under_one_key_one_is_created() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (key, bodies) = (key(), ["One", "Other"].map(|title| draft(ana.user(), title)));
    let answers = join_all((0..20).map(|turn| create(&admin, &key, &bodies[turn % 2]))).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((created.len(), refused.len()), (10, 10), "{answers:?}");
    for answer in refused {
        answer.problem(422, "idempotency_key_reused");
    }
    assert!(created.iter().all(|answer| answer.text == created[0].text), "{created:?}");
    assert_eq!(ids(&ana.list().await), [created[0].ok(201)["id"].as_str().unwrap()]);
}

#[tokio::test]
async fn many_users_asked_for_again_get_no_second_one() {
    let belfry = Target::start().await;
    let (admin, told) = (belfry.admin().await, users(&belfry, 30).await);
    let names: Vec<_> = told.iter().map(Client::user).collect();
    let (key, body) = (key(), draft_for_many(&names, "Once each"));
    let answers = join_all((0..5).map(|_| create(&admin, &key, &body))).await;
    let later = create(&admin, &key, &body).await;
    assert!(replayed(&later));
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (201, &later.text));
    }
    assert_eq!(answers.iter().filter(|answer| !replayed(answer)).count(), 1);
    for (user, (name, id)) in told.iter().zip(reported(&later.ok(201))) {
        assert_eq!((user.user(), user.listed("all").await), (name.as_str(), vec![id]));
    }
    let turned: Vec<_> = names.iter().rev().copied().collect();
    create(&admin, &key, &draft_for_many(&turned, "Once each")).await.problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_request_that_was_refused_has_not_used_its_key() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let key = key();
    create(&admin, &key, &draft(ana.user(), "")).await.problem(400, "invalid_body");
    create(&ana, &key, &draft(ana.user(), "Spam")).await.problem(403, "forbidden");
    let answer = create(&admin, &key, &draft(ana.user(), "Good")).await;
    assert_eq!((answer.status, replayed(&answer)), (201, false), "{answer:?}");
}

#[tokio::test]
async fn other_keys_and_no_key_create_anew_each_time() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (key, body) = (key(), draft(ana.user(), "Again"));
    for other in [&key, &format!("{key}x"), &key.to_uppercase(), &format!("{key:k<255}")] {
        assert!(!replayed(&create(&admin, other, &body).await), "{other}");
    }
    admin.create(&body).await;
    admin.create(&body).await;
    assert_eq!(ana.counts().await, (6, 6));
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_by_its_header_and_creates_nothing() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for bad in ["", " ", "\t", "tab\tbetween", "schlüssel", &"k".repeat(256), &"k".repeat(4_000)] {
        let answer = create(&admin, bad, &draft(ana.user(), "Refused")).await;
        let problem = answer.problem(400, "invalid_header");
        let detail = problem["detail"].as_str().unwrap().to_ascii_lowercase();
        assert!(detail.contains("idempotency-key"), "{bad}: {problem}");
    }
    assert_eq!(ana.counts().await, (0, 0));
}
