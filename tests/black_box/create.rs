//! What a notification may hold, and that it arrives as it was sent.

use belfry_tests::{Socket, Target, draft};
use serde_json::{Value, json};

const FRAME_BYTES: usize = 32 * 1024;

#[tokio::test]
async fn each_of_the_eight_types_has_its_name_and_category() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    for (name, display, category) in [
        ("info", "Information", "general"),
        ("success", "Success", "general"),
        ("warning", "Warning", "general"),
        ("error", "Error", "general"),
        ("report_ready", "Report Ready", "reports"),
        ("report_error", "Report Error", "reports"),
        ("role_changed", "Role Changed", "account"),
        ("permission_denied", "Permission Denied", "security"),
    ] {
        let mut body = draft(ana.user(), name);
        body["notification_type"] = json!(name);
        let created = admin.create(&body).await;
        assert_eq!(created["notification_type_display"], display);
        let frame = socket.expect_ring(created["id"].as_str().unwrap()).await;
        for shown in [&created, &frame] {
            assert_eq!((&shown["notification_type"], &shown["category"]), (&json!(name), &json!(category)));
        }
    }
}

#[tokio::test]
async fn every_field_may_be_as_long_as_its_limit() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let data = json!({ "k": "x".repeat(8 * 1024 - r#"{"k":""}"#.len()) });
    let body = json!({
        "user": ana.user(), "title": "ü".repeat(200), "message": "ü".repeat(10_000), "notification_type": "info",
        "category": "c".repeat(100), "related_object_type": "t".repeat(100), "related_object_id": "ü".repeat(100),
        "redirect_url": format!("/{}", "x".repeat(2_047)), "data": data,
    });
    let created = admin.create(&body).await;
    for (field, sent) in body.as_object().unwrap() {
        assert_eq!(created[field], *sent, "{field}");
    }
    assert_eq!(ana.list().await["results"], json!([created]));
}

#[tokio::test]
async fn redirects_lead_to_a_path_or_to_the_web() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for url in
        ["/", "/dashboard/", "/a?b=c&d#e", "/%2F/evil", "https://example.com/a?b#c", "http://localhost:8080"]
    {
        let mut body = draft(ana.user(), "Where to");
        body["redirect_url"] = json!(url);
        assert_eq!(admin.create(&body).await["redirect_url"], url);
    }
}

#[tokio::test]
async fn any_unicode_arrives_unchanged() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let texts = [
        "日本語 · العربية · עברית · हिन्दी",
        "👩‍👩‍👧‍👦 🇧🇷 e\u{301} ≠ é",
        "\u{202e}moc.live\u{202c} \u{2066}iso\u{2069}\u{200f}",
        "zero\u{200b}width\u{feff} \u{fffd} \u{10ffff} \u{ffff}",
        "<script>alert(1)</script> &amp; \"'`${x}` \\ {{x}} %00 %s",
        "'; DROP TABLE inbox; -- #user :user",
    ];
    for text in texts {
        let body = json!({
            "user": ana.user(), "title": text, "message": text, "notification_type": "info", "category": text,
            "related_object_type": text, "related_object_id": text, "data": { text: [text] },
        });
        let created = admin.create(&body).await;
        let frame = socket.expect_ring(created["id"].as_str().unwrap()).await;
        let listed = &ana.list().await["results"][0];
        for field in ["title", "message", "category", "related_object_type", "related_object_id", "data"] {
            for shown in [&created, &frame, listed] {
                assert_eq!(shown[field], body[field], "{field}");
            }
        }
    }
}

#[tokio::test]
async fn line_breaks_of_a_message_and_control_characters_of_data_arrive_unchanged() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let mut body = draft(ana.user(), "Control");
    body["message"] = json!("\r\n\ta\r\n\tb\n");
    body["data"] = json!({ "\u{0}": "\u{0}\u{1}\u{7f}\u{85}\u{1b}[31m\u{0}" });
    let created = admin.create(&body).await;
    let frame = socket.expect_ring(created["id"].as_str().unwrap()).await;
    let listed = &ana.list().await["results"][0];
    for shown in [&created, &frame, listed] {
        assert_eq!((&shown["message"], &shown["data"]), (&body["message"], &body["data"]));
    }
}

#[tokio::test]
async fn data_keeps_its_shape() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut deep = json!(1);
    for _ in 0..50 {
        deep = json!({ "d": [deep] });
    }
    let cases = [
        json!({}),
        json!({ "": null, "a": [], "b": {}, "c": [[[]]], "d": false }),
        json!({ "n": [0, -1, 1.5, 1e-7, 1e300, i64::MIN, u64::MAX], "s": "" }),
        deep,
    ];
    for data in cases {
        let mut body = draft(ana.user(), "Data");
        body["data"] = data.clone();
        assert_eq!(admin.create(&body).await["data"], data);
        assert_eq!(ana.list().await["results"][0]["data"], data);
    }
}

/// The frame of a notification with this message, and its size.
async fn ring(message: &str) -> (Value, usize) {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let mut body = draft(ana.user(), "Long");
    body["message"] = json!(message);
    let created = admin.create(&body).await;
    let text = socket.next_text().await;
    let stored = ana.get(&format!("/api/notifications/{}/", created["id"].as_str().unwrap())).await.ok(200);
    assert_eq!(stored["message"], message, "by REST it is whole");
    let frame: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(frame["notification_id"], created["id"]);
    (frame, text.len())
}

#[tokio::test]
async fn a_message_too_long_for_a_frame_is_shortened_there_and_whole_by_rest() {
    let message = "🔔".repeat(10_000);
    let (frame, bytes) = ring(&message).await;
    assert!(bytes <= FRAME_BYTES, "{bytes}");
    assert_eq!(frame["truncated"], true);
    let shown = frame["message"].as_str().unwrap();
    assert!(message.starts_with(shown) && shown.len() < message.len() && shown.chars().count() > 4_000);
}

#[tokio::test]
async fn a_message_that_fits_a_frame_is_whole_there() {
    let message = "€".repeat(10_000);
    let (frame, bytes) = ring(&message).await;
    assert!(bytes <= FRAME_BYTES && frame.get("truncated").is_none());
    assert_eq!(frame["message"], message);
}
