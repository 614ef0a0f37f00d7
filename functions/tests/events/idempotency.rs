//! Requests that are sent more than once under one `Idempotency-Key`.

use belfry_domain::Action;
use belfry_dynamo::names;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    sample::{event_with, with_body, with_header},
    user,
    world::World,
};

const KEY: &str = "idempotency-key";
const REPLAYED: &str = "idempotent-replayed";

fn keyed(body: &Value, key: &str, token: &str) -> Value {
    with_header(with_body(event_with("api-create", token), body), KEY, key)
}

fn body(title: &str) -> Value {
    json!({ "user": "ana", "title": title, "message": "It is ready.", "notification_type": "info" })
}

/// The parts that must be equal to the last byte.
fn whole(answer: &Answered) -> (u64, &str, Option<&str>) {
    (answer.status(), answer.text(), answer.header("location"))
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_by_the_same_bytes() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let first = world.api(event_with("api-create-idempotent", &token)).await;
    assert_eq!((first.status(), first.header(REPLAYED)), (201, None));
    for _ in 0..2 {
        let again = world.api(event_with("api-create-idempotent", &token)).await;
        assert_eq!(whole(&again), whole(&first));
        assert_eq!(again.header(REPLAYED), Some("true"));
    }
    assert_eq!(world.size(names::INBOX).await, 1);
}

#[tokio::test]
async fn another_spelling_of_the_same_request_is_the_same_request() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let first = world.api(keyed(&body("Report"), "k", &token)).await;
    let mut event = keyed(&body("Report"), " k ", &token);
    event["body"] = json!(
        r#"{ "notification_type":"info","message":"It is ready.", "title":"\u0052eport", "user":"ana", "data": null }"#
    );
    let again = world.api(event).await;
    assert_eq!(whole(&again), whole(&first));
}

#[tokio::test]
async fn of_many_at_the_same_time_one_is_the_first_and_all_are_answered_alike() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let answers = join_all((0..12).map(|_| world.api(keyed(&body("Report"), "k", &token)))).await;
    assert!(answers.iter().all(|answer| whole(answer) == whole(&answers[0])), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.header(REPLAYED).is_none()).count(), 1);
    assert_eq!(world.size(names::INBOX).await, 1);
}

#[tokio::test]
async fn a_key_is_one_requests() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    assert_eq!(world.api(keyed(&body("Report"), "k", &token)).await.status(), 201);
    let mut to_another = body("Report");
    to_another["user"] = json!("bruno");
    let mut to_both = body("Report");
    to_both.as_object_mut().unwrap().remove("user");
    to_both["users"] = json!(["ana"]);
    for (number, other) in [body("Another"), to_another, to_both].into_iter().enumerate() {
        let answer = world.api(keyed(&other, "k", &token)).await;
        assert_eq!((answer.status(), answer.code()), (422, "idempotency_key_reused".to_owned()));
        let of_its_own = keyed(&other, &number.to_string(), &token);
        assert_eq!(world.api(of_its_own).await.status(), 201);
    }
    assert_eq!(world.size(names::INBOX).await, 4);
}

#[tokio::test]
async fn a_key_is_one_callers() {
    let world = World::new().await;
    let (one, other) = (world.token("reports", "producer"), world.token("plans", "producer"));
    let ids = [
        world.api(keyed(&body("Report"), "k", &one)).await.body()["id"].clone(),
        world.api(keyed(&body("Report"), "k", &other)).await.body()["id"].clone(),
        world.api(keyed(&body("Report"), "K", &one)).await.body()["id"].clone(),
    ];
    assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2], "{ids:?}");
}

#[tokio::test]
async fn a_key_of_another_form_is_refused_and_nothing_is_stored() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    for key in ["", " ", "\t", "k\u{e9}", "\u{1f511}", &"k".repeat(256), "a\tb", "a,b", ","] {
        let answer = world.api(keyed(&body("Report"), key, &token)).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_header".to_owned()), "{key:?}");
        let detail = answer.body()["detail"].as_str().unwrap().to_owned();
        assert_eq!(
            detail,
            "idempotency-key must be 1 to 255 printable ASCII characters without commas, given once"
        );
    }
    assert_eq!(world.size(names::INBOX).await, 0);
    let broken = with_header(event_with("api-create-malformed", &token), KEY, "k");
    assert_eq!(world.api(broken).await.code(), "invalid_body");
    for key in ["k", "!", "~", &"k".repeat(255), "8e03978e-40d5-43e8-bc93-6894a57f9324"] {
        assert_eq!(world.api(keyed(&body("Report"), key, &token)).await.status(), 201, "{key:?}");
    }
}

#[tokio::test]
async fn who_may_not_send_claims_no_key() {
    let world = World::new().await;
    assert_eq!(
        world.api(event_with("api-create-idempotent", &world.token("ana", "analyst"))).await.status(),
        403
    );
    let claims = world.raw.scan().table_name(names::DIRECTORY).send().await.unwrap().items.unwrap();
    assert!(claims.iter().all(|row| row["entity"].as_s().unwrap().starts_with("user#")), "{claims:?}");
}

#[tokio::test]
async fn sent_again_after_its_owner_has_touched_it_nothing_is_new_and_nothing_is_undone() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let first = world.api(event_with("api-create-idempotent", &token)).await.body();
    let id = first["id"].as_str().unwrap().parse().unwrap();
    for action in [Action::MarkRead, Action::Archive, Action::Delete] {
        world.inbox.act(&user("ana"), id, action).await.unwrap();
        let before = world.images().await;
        let mut again = world.api(event_with("api-create-idempotent", &token)).await.body();
        // The change id of the first answer is gone with the state that it named.
        for field in ["changed", "updated_at"] {
            assert!(again[field].as_str() >= first[field].as_str());
            again[field] = first[field].clone();
        }
        assert_eq!(again, first, "{action:?}");
        assert_eq!(world.images().await, before, "{action:?}");
    }
}
