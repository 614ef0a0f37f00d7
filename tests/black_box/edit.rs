//! `PATCH` and `PUT`: who may change what.

use belfry_tests::{Client, Moment, Socket, Target, draft, path_of, pointers};
use reqwest::Method;
use serde_json::{Value, json};

use crate::transitions::Place;

const METHODS: [Method; 2] = [Method::PATCH, Method::PUT];

const FIXED: [&str; 10] = [
    "archived_at",
    "changed",
    "created_at",
    "expires_at",
    "id",
    "notification_type_display",
    "read_at",
    "seen_at",
    "updated_at",
    "user",
];

const CONTENT: [&str; 8] = [
    "category",
    "data",
    "message",
    "notification_type",
    "redirect_url",
    "related_object_id",
    "related_object_type",
    "title",
];

fn new_content() -> Value {
    json!({
        "title": "New title", "message": "New message", "notification_type": "warning", "category": "new",
        "related_object_type": "invoice", "related_object_id": "7", "redirect_url": "/new/",
        "data": { "new": [1.5, null] },
    })
}

async fn edit(client: &Client, method: &Method, id: &str, body: &Value) -> belfry_tests::Answer {
    client.send(method.clone(), &path_of(id), body.to_string()).await
}

/// An item with everything in it, at that place of the owner's inbox; as it is shown there.
async fn full(admin: &Client, owner: &Client, place: Place) -> (String, Value) {
    let mut body = draft(owner.user(), "Full");
    body["related_object_type"] = json!("report");
    body["data"] = json!({ "pages": [1, 2.5, null], "huge": u64::MAX });
    let id = admin.create(&body).await["id"].as_str().unwrap().to_owned();
    place.reach(owner, &id).await;
    let shown = owner.shown(&id).await;
    (id, shown)
}

#[tokio::test]
async fn sending_back_what_was_shown_changes_nothing_and_tells_nobody() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut items = Vec::new();
    for place in Place::LIVING {
        items.push(full(&admin, &ana, place).await);
    }
    ana.post("/api/notifications/seen/").await.ok(200);
    for (id, shown) in &mut items {
        *shown = ana.shown(id).await;
    }
    let before = ana.everything().await;
    let mut socket = Socket::open(&ana).await;
    for (id, shown) in &items {
        for method in METHODS {
            assert_eq!(edit(&ana, &method, id, shown).await.ok(200), *shown);
            assert_eq!(edit(&ana, &method, id, &json!({})).await.ok(200), *shown);
        }
    }
    assert_eq!(ana.everything().await, before);
    let next = admin.notify(&ana, "Next").await;
    let told = socket.all_before_ring(&next).await;
    assert!(told.iter().all(|frame| frame["changed"].as_str() <= items[3].1["changed"].as_str()), "{told:?}");
}

#[tokio::test]
async fn the_owner_changes_the_state_as_the_actions_do() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    for method in METHODS {
        let id = admin.notify(&ana, "Mine").await;
        socket.expect_ring(&id).await;
        let until = Moment::of(&ana.shown(&id).await["created_at"]).plus_millis(3_600_000).to_string();
        for (body, place) in [
            (json!({ "is_read": true }), Place::Read),
            (json!({ "is_read": false }), Place::Unread),
            (json!({ "archived": true }), Place::Archived),
            (json!({ "archived": false }), Place::Read),
            (json!({ "snoozed_until": until }), Place::Snoozed),
            (json!({ "snoozed_until": null }), Place::Unread),
            (json!({ "snoozed_until": until }), Place::Snoozed),
            (json!({ "is_read": true, "archived": true }), Place::Archived),
            (json!({ "is_read": false, "archived": false }), Place::Unread),
        ] {
            let after = edit(&ana, &method, &id, &body).await.ok(200);
            place.assert_shown(&after);
            assert_eq!(ana.shown(&id).await, after, "{body}");
            let told = socket.expect_state(&id).await;
            for field in ["changed", "is_read", "read_at", "archived_at", "snoozed_until"] {
                assert_eq!(told[field], after[field], "{body}: {told}");
            }
        }
        ana.delete(&path_of(&id)).await.ok(204);
        socket.expect_state(&id).await;
    }
}

#[tokio::test]
async fn what_contradicts_itself_is_refused_by_name_and_changes_nothing() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Torn").await;
    let before = ana.shown(&id).await;
    let until = Moment::of(&before["created_at"]).plus_millis(3_600_000).to_string();
    for (body, pointer) in [
        (json!({ "archived": true, "snoozed_until": until }), "/archived"),
        (json!({ "is_read": true, "snoozed_until": until }), "/snoozed_until"),
        (json!({ "is_read": true, "archived": true, "snoozed_until": until }), "/archived"),
    ] {
        for method in METHODS {
            let problem = edit(&ana, &method, &id, &body).await.problem(400, "invalid_body");
            assert_eq!(pointers(&problem), [pointer], "{body}");
        }
    }
    ana.act(&id, "archive").await.ok(200);
    let archived = ana.shown(&id).await;
    for (body, pointer) in [
        (json!({ "snoozed_until": until }), "/snoozed_until"),
        (json!({ "is_read": false, "archived": true, "snoozed_until": until }), "/snoozed_until"),
    ] {
        let problem = edit(&ana, &Method::PATCH, &id, &body).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [pointer], "{body}");
    }
    assert_eq!(ana.shown(&id).await, archived);
}

#[tokio::test]
async fn only_admins_change_what_a_notification_says() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (id, before) = full(&admin, &ana, Place::Unread).await;
    for (field, value) in new_content().as_object().unwrap() {
        for method in METHODS {
            let mut whole = before.clone();
            whole[field] = value.clone();
            for body in [&json!({ field: value }), &json!({ field: value, "is_read": true }), &whole] {
                edit(&ana, &method, &id, body).await.problem(403, "forbidden");
                edit(&admin, &method, &id, body).await.problem(404, "not_found");
            }
        }
    }
    assert_eq!(ana.shown(&id).await, before);
}

#[tokio::test]
async fn an_admin_changes_each_word_and_nothing_rings_again() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    let mut socket = Socket::open(&admin).await;
    for place in Place::LIVING {
        for (method, (field, value)) in METHODS.iter().cycle().zip(new_content().as_object().unwrap()) {
            let (id, before) = full(&admin, &admin, place).await;
            socket.next_ring(&id).await;
            let after = edit(&admin, method, &id, &json!({ field: value })).await.ok(200);
            assert_eq!(admin.shown(&id).await, after);
            assert!(after["changed"].as_str() > before["changed"].as_str(), "{after}");
            for (name, standing) in before.as_object().unwrap() {
                let follows = match name.as_str() {
                    "changed" | "updated_at" => true,
                    // Another test looks at these.
                    "archived_at" | "read_at" | "seen_at" => place != Place::Read,
                    "category" | "notification_type_display" => field == "notification_type",
                    _ => false,
                };
                if name == field {
                    assert_eq!(after[name], *value);
                } else if !follows {
                    assert_eq!(after[name], *standing, "{place:?} {field}: {name}");
                }
            }
            place.assert_shown(&after);
            assert_told(&mut socket, &after).await;
            admin.delete(&path_of(&id)).await.ok(204);
        }
    }
}

/// The next frame about it that says more than where it stands tells what it says now.
async fn assert_told(socket: &mut Socket, after: &Value) {
    loop {
        let frame = socket.next().await;
        if frame["type"] == "notification_state" {
            continue;
        }
        assert_eq!(frame["type"], "notification_updated", "{frame}");
        assert_eq!(frame["notification_id"], after["id"], "{frame}");
        for field in CONTENT.into_iter().chain(["changed", "is_read", "created_at"]) {
            assert_eq!(frame[field], after[field], "{field}: {frame}");
        }
        return;
    }
}

#[tokio::test]
async fn an_edit_leaves_the_times_of_what_the_owner_did() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    for place in Place::LIVING {
        let (id, before) = full(&admin, &admin, place).await;
        let after = admin.patch(&path_of(&id), &json!({ "title": "New" })).await.ok(200);
        for field in ["read_at", "snoozed_until", "seen_at", "created_at"] {
            assert_eq!(after[field], before[field], "{place:?}: {field}");
        }
        admin.delete(&path_of(&id)).await.ok(204);
    }
}

#[tokio::test]
async fn null_takes_away_what_may_be_missing_and_nothing_else() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    let mut body = draft(admin.user(), "Full");
    for (field, value) in new_content().as_object().unwrap() {
        body[field] = value.clone();
    }
    let id = admin.create(&body).await["id"].as_str().unwrap().to_owned();
    for field in ["related_object_type", "related_object_id", "redirect_url", "data"] {
        assert!(
            admin.patch(&path_of(&id), &json!({ field: null })).await.ok(200)[field].is_null(),
            "{field}"
        );
    }
    assert_eq!(admin.patch(&path_of(&id), &json!({ "category": null })).await.ok(200)["category"], "general");
    for field in ["title", "message", "notification_type", "is_read", "archived"] {
        let problem = admin.patch(&path_of(&id), &json!({ field: null })).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [format!("/{field}")]);
    }
    admin.delete(&path_of(&id)).await.ok(204);
}

#[tokio::test]
async fn nobody_changes_the_owner_the_id_or_the_times() {
    let belfry = Target::start().await;
    let ((admin, _alone), ana) = (belfry.admin_alone().await, belfry.user().await);
    for owner in [&ana, &admin] {
        let (id, before) = full(&admin, owner, Place::Archived).await;
        let (_, other) = full(&admin, owner, Place::Read).await;
        for field in FIXED {
            let others = if before[field] == other[field] { json!("other") } else { other[field].clone() };
            for value in [others, json!(7), json!({})] {
                for method in METHODS {
                    let body = json!({ field: value, "is_read": true });
                    let problem = edit(owner, &method, &id, &body).await.problem(400, "invalid_body");
                    assert_eq!(pointers(&problem), [format!("/{field}")], "{body}");
                }
            }
        }
        let all: serde_json::Map<_, _> = FIXED.iter().map(|field| ((*field).to_owned(), json!([]))).collect();
        let problem = edit(owner, &Method::PATCH, &id, &all.into()).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), FIXED.map(|field| format!("/{field}")));
        assert_eq!(owner.shown(&id).await, before);
        owner.delete(&path_of(&id)).await.ok(204);
    }
}

#[tokio::test]
async fn what_is_no_field_is_refused_by_name_and_what_is_no_value_too() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    let (id, before) = full(&admin, &admin, Place::Unread).await;
    for (body, expected) in [
        (json!({ "surprise": 1 }), vec!["/surprise"]),
        (json!({ "is_read": true, "Is_read": true, "a/b~c": null }), vec!["/Is_read", "/a~1b~0c"]),
        (json!({ "users": ["ana"], "status": "read", "until": "x" }), vec!["/status", "/until", "/users"]),
        (json!({ "is_read": "true", "archived": 1, "title": "" }), vec!["/archived", "/is_read", "/title"]),
        (json!({ "redirect_url": "javascript:alert(1)", "data": [] }), vec!["/data", "/redirect_url"]),
        (json!({ "message": " ", "notification_type": "news" }), vec!["/message", "/notification_type"]),
    ] {
        for method in METHODS {
            let problem = edit(&admin, &method, &id, &body).await.problem(400, "invalid_body");
            assert_eq!(pointers(&problem), expected, "{body}");
        }
    }
    for body in ["", "[]", "null", "7", "{", "{}{}", "is_read=true"] {
        admin.send(Method::PATCH, &path_of(&id), body).await.problem(400, "invalid_body");
    }
    assert_eq!(admin.shown(&id).await, before);
    admin.delete(&path_of(&id)).await.ok(204);
}
