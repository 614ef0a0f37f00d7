//! Changing a notification by `PATCH` and `PUT`.

use belfry_cloud::clock;
use belfry_domain::{Action, NotificationId, Status};
use serde_json::{Value, json};

use crate::support::{
    draft,
    sample::{event, event_with, request},
    user,
    world::World,
};

struct Edited {
    world: World,
    token: String,
    id: NotificationId,
    path: String,
}

impl Edited {
    /// A notification of ana's, who has that role.
    async fn by(role: &str) -> Self {
        let world = World::new().await;
        let id = world.inbox.create(draft("ana")).await.unwrap().id;
        let token = world.token("ana", role);
        world.get("/api/user/current/", &token).await;
        world.operations();
        Self { world, token, id, path: format!("/api/notifications/{id}/") }
    }

    async fn shown(&self) -> Value {
        self.world.get(&self.path, &self.token).await.body()
    }

    /// The notification after a `PATCH` that succeeds.
    async fn after(&self, body: &Value) -> Value {
        let answer = self.world.send("PATCH", &self.path, &self.token, body).await;
        assert_eq!(answer.status(), 200, "{body}: {answer:?}");
        assert_eq!(answer.body(), self.shown().await, "{body}");
        answer.body()
    }

    /// What a `PATCH` is refused for; it must leave everything as it is.
    async fn refused(&self, body: &Value) -> Vec<String> {
        let before = self.world.images().await;
        let answer = self.world.send("PATCH", &self.path, &self.token, body).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_body".to_owned()), "{body}");
        assert_eq!(self.world.images().await, before, "{body}");
        let errors = answer.body()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn an_owner_says_what_they_did_with_it() {
    let edited = Edited::by("analyst").await;
    let later = clock::now().plus_millis(3_600_000);
    for (body, status) in [
        (json!({ "is_read": true }), Status::Read),
        (json!({ "is_read": false }), Status::Unread),
        (json!({ "archived": true }), Status::Archived),
        (json!({ "archived": false }), Status::Read),
        (json!({ "snoozed_until": later }), Status::Snoozed),
        (json!({ "snoozed_until": null }), Status::Unread),
        (json!({ "is_read": true, "archived": true }), Status::Archived),
        (json!({ "is_read": false, "archived": false }), Status::Unread),
    ] {
        let shown = edited.after(&body).await;
        let stored = edited.world.inbox.get(&user("ana"), edited.id).await.unwrap().unwrap();
        assert_eq!(stored.state.status, status, "{body}");
        assert_eq!(shown["is_read"], status != Status::Unread, "{body}");
        assert_eq!(shown["archived_at"].is_string(), status == Status::Archived, "{body}");
        assert_eq!(shown["snoozed_until"].is_string(), status == Status::Snoozed, "{body}");
    }
}

#[tokio::test]
async fn what_can_not_be_done_in_one_step_is_refused() {
    let edited = Edited::by("analyst").await;
    let in_future = |days: i64| clock::now().plus_millis(days * 24 * 3_600_000);
    for body in [
        json!({ "is_read": true, "snoozed_until": in_future(1) }),
        json!({ "is_read": false, "archived": true, "snoozed_until": in_future(1) }),
        json!({ "archived": true, "snoozed_until": in_future(1) }),
        json!({ "snoozed_until": in_future(367) }),
        json!({ "snoozed_until": in_future(-1) }),
        json!({ "snoozed_until": "tomorrow" }),
        json!({ "is_read": null }),
        json!({ "is_read": "true" }),
        json!({ "archived": 1 }),
    ] {
        assert_eq!(edited.refused(&body).await.len(), 1, "{body}");
    }
    edited.after(&json!({ "archived": true })).await;
    assert_eq!(edited.refused(&json!({ "snoozed_until": in_future(1) })).await, ["/snoozed_until"]);
}

#[tokio::test]
async fn what_it_says_is_changed_by_admins_only() {
    let content = [
        ("title", json!("Changed")),
        ("message", json!("Other news")),
        ("notification_type", json!("warning")),
        ("category", json!("plans")),
        ("related_object_type", json!("plan")),
        ("related_object_id", json!("47")),
        ("redirect_url", json!("/plans/47/")),
        ("data", json!({ "week": 47 })),
    ];
    for role in ["analyst", "manager", "viewer", "producer", "custom"] {
        let edited = Edited::by(role).await;
        let before = edited.world.images().await;
        let mut bodies: Vec<_> = content.iter().map(|(field, value)| json!({ *field: value })).collect();
        bodies.push(json!({ "title": "Changed", "is_read": true }));
        for body in bodies {
            let answer = edited.world.send("PATCH", &edited.path, &edited.token, &body).await;
            assert_eq!((answer.status(), answer.code()), (403, "forbidden".to_owned()), "{role}: {body}");
        }
        assert_eq!(edited.world.images().await, before);
    }
    let edited = Edited::by("admin").await;
    for (field, value) in &content {
        let shown = edited.after(&json!({ *field: value })).await;
        assert_eq!((&shown[*field], &shown["is_read"]), (value, &json!(false)), "{field}");
    }
    assert_eq!(edited.shown().await["notification_type_display"], "Warning");
    let shown =
        edited.after(&json!({ "category": null, "data": null, "redirect_url": null, "is_read": true })).await;
    assert_eq!([&shown["data"], &shown["redirect_url"]], [&json!(null); 2]);
    assert_eq!((&shown["category"], &shown["is_read"]), (&json!("general"), &json!(true)));
    for body in [json!({ "title": null }), json!({ "message": "" }), json!({ "redirect_url": "//evil" })] {
        assert_eq!(edited.refused(&body).await.len(), 1, "{body}");
    }
}

#[tokio::test]
async fn nobody_changes_whose_it_is_which_it_is_or_when_things_happened() {
    let edited = Edited::by("admin").await;
    let other = "01a1d013-f088-766b-95ff-16f66f433602";
    for (field, value) in [
        ("id", json!(other)),
        ("user", json!("bruno")),
        ("notification_type_display", json!("News")),
        ("created_at", json!("2026-11-12T14:05:30.120Z")),
        ("updated_at", json!(null)),
        ("changed", json!(other)),
        ("seen_at", json!("2026-11-12T14:05:30.120Z")),
        ("read_at", json!("2026-11-12T14:05:30.120Z")),
        ("archived_at", json!("2026-11-12T14:05:30.120Z")),
        ("expires_at", json!("2036-11-12T14:05:30.000Z")),
    ] {
        assert_eq!(edited.refused(&json!({ field: value, "title": "Changed" })).await, [format!("/{field}")]);
    }
    let all = edited
        .refused(&json!({ "user": "bruno", "id": other, "snoozed_until": "1970-01-01T00:00:00Z" }))
        .await;
    assert_eq!(all, ["/id", "/user", "/snoozed_until"], "each is named");
    assert_eq!(
        edited.refused(&json!({ "colour": "red", "unread_count": 7 })).await,
        ["/colour", "/unread_count"]
    );
}

#[tokio::test]
async fn what_is_sent_back_as_it_is_changes_nothing_and_writes_nothing() {
    let edited = Edited::by("analyst").await;
    let world = &edited.world;
    let later = clock::now().plus_millis(3_600_000);
    for action in [None, Some(Action::MarkRead), Some(Action::Snooze(later)), Some(Action::Archive)] {
        if let Some(action) = action {
            world.inbox.act(&user("ana"), edited.id, action).await.unwrap();
        }
        let shown = edited.shown().await;
        let before = world.images().await;
        world.operations();
        for (method, body) in
            [("PUT", shown.clone()), ("PATCH", shown.clone()), ("PATCH", json!({})), ("PUT", json!({}))]
        {
            let answer = world.send(method, &edited.path, &edited.token, &body).await;
            assert_eq!((answer.status(), answer.body()), (200, shown.clone()), "{method} after {action:?}");
            let mut operations = world.operations();
            operations.sort();
            assert_eq!(operations, ["BatchGetItem", "GetItem", "GetItem"], "{method} after {action:?}");
        }
        assert_eq!(world.images().await, before);
    }
}

#[tokio::test]
async fn a_notification_that_is_sent_back_whole_with_one_field_turned_is_turned() {
    let edited = Edited::by("analyst").await;
    let mut whole = edited.shown().await;
    whole["is_read"] = json!(true);
    let answer = edited.world.send("PUT", &edited.path, &edited.token, &whole).await;
    assert_eq!((answer.status(), &answer.body()["is_read"]), (200, &json!(true)));
    assert!(answer.body()["read_at"].is_string());
}

#[tokio::test]
async fn what_the_watermark_has_read_stays_read_when_it_is_edited_and_can_be_made_unread() {
    let edited = Edited::by("admin").await;
    edited.world.inbox.mark_all_read(&user("ana")).await.unwrap();
    assert_eq!(edited.after(&json!({ "title": "Changed" })).await["is_read"], true);
    assert_eq!(edited.after(&json!({ "is_read": false })).await["is_read"], false);
}

#[tokio::test]
async fn anothers_is_not_there_for_anybody() {
    let edited = Edited::by("analyst").await;
    let stranger = edited.world.token("bruno", "admin");
    for body in [json!({ "is_read": true }), json!({ "title": "Mine" }), json!({})] {
        for method in ["PATCH", "PUT"] {
            let answer = edited.world.send(method, &edited.path, &stranger, &body).await;
            let unknown = "/api/notifications/01a1d013-f088-766b-95ff-16f66f433602/";
            let missing = edited.world.send(method, unknown, &stranger, &body).await;
            assert_eq!((answer.status(), answer.code()), (404, "not_found".to_owned()), "{method} {body}");
            assert_eq!(answer.text(), missing.text(), "{method} {body}");
        }
    }
}

#[tokio::test]
async fn what_is_no_object_is_refused() {
    let edited = Edited::by("admin").await;
    for body in ["", "[]", "null", "7", "{", "{}{}", r#"{"title":"a","title":"b"}"#] {
        let mut event = request("PATCH", &edited.path, &edited.token);
        event["body"] = json!(body);
        let answer = edited.world.api(event).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_body".to_owned()), "{body}");
    }
}

#[tokio::test]
async fn the_samples_of_a_page_archive_and_may_not_rewrite() {
    let world = World::new().await;
    world.store(&event("fanout-insert")).await;
    let token = world.token("ana", "analyst");
    let refused = world.api(event_with("api-patch-title", &token)).await;
    assert_eq!((refused.status(), refused.code()), (403, "forbidden".to_owned()));
    let answer = world.api(event_with("api-patch", &token)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert!(answer.body()["archived_at"].is_string());
    assert_eq!(answer.body()["title"], "AI Report Ready - Demand Planner");
}
