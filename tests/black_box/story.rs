//! The main job: a notification is created, rings on every device of its user, is read and deleted, and every device
//! learns of it.

use belfry_tests::{Client, Socket, Target, draft, ids, keys};
use serde_json::{Value, json};

const NOTIFICATION: [&str; 21] = [
    "archived_at",
    "category",
    "changed",
    "count",
    "created_at",
    "data",
    "expires_at",
    "id",
    "is_read",
    "message",
    "notification_type",
    "notification_type_display",
    "read_at",
    "redirect_url",
    "related_object_id",
    "related_object_type",
    "seen_at",
    "snoozed_until",
    "title",
    "updated_at",
    "user",
];

fn full_draft(user: &str) -> Value {
    json!({
        "user": user, "title": "Report ready", "message": "Your report is ready.\nHave a look.",
        "notification_type": "report_ready", "category": "sales", "related_object_type": "report",
        "related_object_id": "42", "redirect_url": "/reports/#report-42", "data": { "pages": [1, 2.5, null] },
    })
}

fn is_time(value: &Value) -> bool {
    let shape = value.as_str().unwrap_or_default().replace(|c: char| c.is_ascii_digit(), "0");
    shape == "0000-00-00T00:00:00.000Z"
}

fn is_uuid_v7(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == 36 && text.as_bytes()[14] == b'7' && text.matches('-').count() == 4
}

async fn path_of_new(admin: &Client, user: &Client) -> (String, String) {
    let id = admin.notify(user, "One").await;
    let path = format!("/api/notifications/{id}/");
    (id, path)
}

#[tokio::test]
async fn creating_answers_201_with_the_whole_notification_and_its_address() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let answer = admin.post_json("/api/notifications/", &full_draft(ana.user())).await;
    let created = answer.ok(201);
    assert_eq!(keys(&created), NOTIFICATION);
    for (field, sent) in full_draft(ana.user()).as_object().unwrap() {
        assert_eq!(created[field], *sent, "{field}");
    }
    assert!(is_uuid_v7(&created["id"]) && is_uuid_v7(&created["changed"]), "{created}");
    for field in ["created_at", "updated_at", "expires_at"] {
        assert!(is_time(&created[field]), "{field}: {created}");
    }
    for field in ["seen_at", "read_at", "archived_at", "snoozed_until"] {
        assert!(created[field].is_null(), "{field}: {created}");
    }
    assert_eq!(created["notification_type_display"], "Report Ready");
    assert_eq!(created["is_read"], false);
    assert!(created["expires_at"].as_str() > created["created_at"].as_str());
    let location = answer.header("location");
    assert_eq!(location, format!("/api/notifications/{}/", created["id"].as_str().unwrap()));
    assert_eq!(ana.get(location).await.ok(200), created);
}

#[tokio::test]
async fn a_notification_rings_once_on_both_sockets_of_its_user_and_on_nobody_elses() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let mut tabs = [Socket::open(&ana).await, Socket::open(&ana.as_browser()).await];
    let mut stranger = Socket::open(&bruno).await;
    let id = admin.notify(&ana, "For ana").await;
    for tab in &mut tabs {
        tab.expect_ring(&id).await;
    }
    let (second, strangers) = (admin.notify(&ana, "Next").await, admin.notify(&bruno, "For bruno").await);
    for tab in &mut tabs {
        tab.expect_ring(&second).await;
        tab.expect_pong().await;
    }
    stranger.expect_ring(&strangers).await;
    stranger.expect_pong().await;
}

#[tokio::test]
async fn a_ring_carries_what_the_originals_client_knows_and_what_belfry_adds() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let created = admin.create(&full_draft(ana.user())).await;
    let frame = socket.expect_ring(created["id"].as_str().unwrap()).await;
    let fields = [
        "category",
        "changed",
        "created_at",
        "data",
        "is_read",
        "message",
        "notification_id",
        "notification_type",
        "redirect_url",
        "related_object_id",
        "related_object_type",
        "title",
        "type",
        "unread_count",
    ];
    assert_eq!(keys(&frame), fields);
    for field in fields.into_iter().filter(|name| !["notification_id", "type", "unread_count"].contains(name))
    {
        assert_eq!(frame[field], created[field], "{field}");
    }
    assert_eq!(frame["unread_count"], 1);
}

#[tokio::test]
async fn what_was_left_out_is_null_in_the_answer_and_in_the_ring() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let created = admin.create(&draft(ana.user(), "Bare")).await;
    let frame = socket.expect_ring(created["id"].as_str().unwrap()).await;
    for field in ["related_object_type", "related_object_id", "redirect_url", "data"] {
        assert!(
            created[field].is_null() && frame.get(field) == Some(&Value::Null),
            "{field}: {created} {frame}"
        );
    }
    assert_eq!((&created["category"], &frame["category"]), (&json!("general"), &json!("general")));
}

#[tokio::test]
async fn a_created_notification_is_at_once_in_list_unread_and_count() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    assert_eq!(
        ana.list().await,
        json!({
            "results": [], "next": null, "previous": null, "unread_count": 0, "read_watermark": null,
            "seen_watermark": null,
        })
    );
    for count in 1..=3 {
        let created = admin.create(&draft(ana.user(), "Now")).await;
        let (list, unread) = (ana.list().await, ana.unread().await);
        assert_eq!((&list["results"][0], &unread["results"][0]), (&created, &created));
        assert_eq!((ids(&list).len(), ids(&unread).len()), (count, count));
        assert_eq!((&list["unread_count"], &unread["unread_count"]), (&json!(count), &json!(count)));
        assert_eq!(ana.unread_count().await, count as u64);
    }
}

#[tokio::test]
async fn reading_one_tells_both_sockets_and_shows_in_list_and_count_at_once() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut tabs = [Socket::open(&ana).await, Socket::open(&ana).await];
    let other = admin.notify(&ana, "Other").await;
    let (id, path) = path_of_new(&admin, &ana).await;
    for tab in &mut tabs {
        tab.expect_ring(&other).await;
        tab.expect_ring(&id).await;
    }
    let before = ana.get(&path).await.ok(200);
    let read = ana.post(&format!("{path}mark_as_read/")).await.ok(200);
    assert_eq!((ids(&ana.unread().await), ana.unread_count().await), (vec![other.clone()], 1));
    assert_eq!((&read["id"], &read["is_read"]), (&json!(id), &json!(true)));
    assert!(is_time(&read["read_at"]), "{read}");
    assert!(read["changed"].as_str() > before["changed"].as_str(), "{read}");
    assert_eq!((ana.get(&path).await.ok(200), &ana.list().await["results"][0]), (read.clone(), &read));
    for tab in &mut tabs {
        let state = tab.expect_state(&id).await;
        let told = ["changed", "is_read", "read_at", "seen_at", "archived_at", "snoozed_until"];
        assert!(told.iter().all(|field| state[*field] == read[*field]), "{state} {read}");
        assert_eq!((&state["deleted"], &state["unread_count"]), (&json!(false), &json!(1)));
    }
}

#[tokio::test]
async fn reading_again_changes_nothing_and_tells_nobody() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let (id, path) = path_of_new(&admin, &ana).await;
    socket.expect_ring(&id).await;
    let mark = format!("{path}mark_as_read/");
    let first = ana.post(&mark).await.ok(200);
    socket.expect_state(&id).await;
    assert_eq!(ana.post(&mark).await.ok(200), first);
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn deleting_takes_it_off_every_device_for_good() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut tabs = [Socket::open(&ana).await, Socket::open(&ana).await];
    let (id, path) = path_of_new(&admin, &ana).await;
    for tab in &mut tabs {
        tab.expect_ring(&id).await;
    }
    let deleted = ana.delete(&path).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!((ids(&ana.list().await).len(), ana.unread_count().await), (0, 0));
    ana.get(&path).await.problem(404, "not_found");
    for tab in &mut tabs {
        let state = tab.expect_state(&id).await;
        assert_eq!((&state["deleted"], &state["unread_count"]), (&json!(true), &json!(0)), "{state}");
        assert!(is_uuid_v7(&state["changed"]), "{state}");
    }
    assert_eq!(ana.delete(&path).await.status, 204, "a repeated delete is done already");
    ana.post(&format!("{path}mark_as_read/")).await.problem(404, "not_found");
    ana.get(&path).await.problem(404, "not_found");
    let next = admin.notify(&ana, "Next").await;
    tabs[0].expect_ring(&next).await;
}

#[tokio::test]
async fn a_read_notification_can_be_deleted_and_leaves_the_count_alone() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let other = admin.notify(&ana, "Other").await;
    let (_, path) = path_of_new(&admin, &ana).await;
    ana.post(&format!("{path}mark_as_read/")).await.ok(200);
    ana.delete(&path).await.ok(204);
    assert_eq!((ids(&ana.list().await), ana.unread_count().await), (vec![other], 1));
}
