//! Input that has two meanings, or that can't be shown or kept, is refused, with its place and the rule.

use belfry_tests::{NOTIFICATIONS, Target, draft, ids, path_of, pointers, requested};
use reqwest::{
    Method,
    header::{CONTENT_ENCODING, HeaderName},
};
use serde_json::json;

#[tokio::test]
async fn texts_that_show_nothing_or_control_a_terminal_are_refused() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let nothing = ["\u{200b}", "\u{3164}", "\u{115f}", "\u{2800} \u{feff}", "\u{e0041}\u{e0042}", "\u{202e}"];
    let mut cases: Vec<(&str, &str)> = Vec::new();
    for field in ["title", "message", "category", "related_object_type", "related_object_id"] {
        cases.extend(nothing.map(|text| (field, text)));
        cases.extend(["a\u{0}", "\u{1b}[31mred", "a\u{9b}"].map(|text| (field, text)));
    }
    for (field, text) in cases {
        let mut body = draft(ana.user(), "Refused");
        body[field] = json!(text);
        let problem = admin.post_json(NOTIFICATIONS, &body).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [format!("/{field}")], "{text:?}");
    }
    assert!(ids(&ana.list().await).is_empty());
    let mut body = draft(ana.user(), "👩‍👩‍👧 שלום\u{200f} ｶ");
    body["message"] = json!("a\tb\r\n\u{2067}ב\u{2069}");
    let created = admin.create(&body).await;
    assert_eq!((&created["title"], &created["message"]), (&body["title"], &body["message"]));
}

#[tokio::test]
async fn repeated_names_are_refused_at_every_depth() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    let id = admin.notify(&admin, "Mine").await;
    let create = |data: &str| {
        let body = draft(admin.user(), "Twice").to_string();
        body.replacen('{', &format!("{{\"data\":{data},"), 1)
    };
    let event = requested(admin.user(), "Twice").to_string();
    let twice_in_detail = event.replacen(r#""detail":{"#, r#""detail":{"data":{"b":[{"c":1,"c":1}]},"#, 1);
    for (method, path, body, pointer) in [
        (Method::POST, NOTIFICATIONS, create(r#"{"a":1,"a":2}"#), "/data/a"),
        (Method::POST, NOTIFICATIONS, create(r#"{"a":[0,{"b/c":{"d":1,"\u0064":1}}]}"#), "/data/a/1/b~1c/d"),
        (Method::PATCH, &path_of(&id), r#"{"data":{"a":{"b":1,"b":1}}}"#.to_owned(), "/data/a/b"),
        (Method::POST, "/api/events/", twice_in_detail, "/detail/data/b/0/c"),
    ] {
        let problem = admin.send(method, path, body).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [pointer]);
    }
    admin.delete(&path_of(&id)).await.ok(204);
}

#[tokio::test]
async fn numbers_come_back_as_they_were_sent_or_are_refused_by_their_place() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let body = |number: &str| {
        let body = draft(ana.user(), "Numbers").to_string();
        body.replacen('{', &format!("{{\"data\":{{\"n\":[{number}]}},"), 1)
    };
    for beyond in
        ["1e400", "-1e400", "1e-400", "18446744073709551616", "18446744073709551617", "-9223372036854775809"]
    {
        let answer = admin.send(Method::POST, NOTIFICATIONS, body(beyond)).await;
        assert_eq!(pointers(&answer.problem(400, "invalid_body")), ["/data/n/0"], "{beyond}");
    }
    for kept in ["9007199254740993", "18446744073709551615", "-9223372036854775808", "1e300", "5e-324", "0.1"]
    {
        let created = admin.send(Method::POST, NOTIFICATIONS, body(kept)).await.ok(201);
        let shown = created["data"]["n"][0].to_string();
        assert_eq!(shown, kept.replace("e300", "e+300"));
    }
}

/// The JSON library marks its own values by such a name. If it were stored, the whole list would be unreadable.
#[tokio::test]
async fn a_name_that_the_json_library_keeps_for_itself_spoils_no_inbox() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for name in ["$serde_json::private::RawValue", "$serde_json::private::Number"] {
        let mut body = draft(ana.user(), "Marked");
        body["data"] = json!({ "a": { "0": 1, name: "]" } });
        let problem = admin.post_json(NOTIFICATIONS, &body).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [format!("/data/a/{}", name.replace('/', "~1"))]);
    }
    assert!(ids(&ana.list().await).is_empty());
}

#[tokio::test]
async fn a_repeated_query_parameter_is_refused_by_name() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for (query, name) in
        [("limit=1&limit=2", "limit"), ("status=all&status=all", "status"), ("cursor=&cursor=", "cursor")]
    {
        let problem = ana.get(&format!("{NOTIFICATIONS}?{query}")).await.problem(400, "invalid_query");
        assert_eq!(pointers(&problem), [name]);
    }
}

#[tokio::test]
async fn a_coded_body_is_a_415_that_names_what_is_taken() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let body = draft(ana.user(), "Coded");
    for coding in ["gzip", "br", "identity, gzip", "x"] {
        let answer = admin.with_header(CONTENT_ENCODING, coding).post_json(NOTIFICATIONS, &body).await;
        answer.problem(415, "unsupported_encoding");
        assert_eq!(answer.header("accept-encoding"), "identity", "{coding}");
    }
    admin.with_header(CONTENT_ENCODING, "Identity").create(&body).await;
}

#[tokio::test]
async fn two_idempotency_keys_are_refused() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let key = HeaderName::from_static("idempotency-key");
    let twice = admin.with_header(key.clone(), "a").with_another_header(key, "b");
    twice.post_json(NOTIFICATIONS, &draft(ana.user(), "Twice")).await.problem(400, "invalid_header");
    assert!(ids(&ana.list().await).is_empty());
}

#[tokio::test]
async fn an_action_ignores_a_body_that_it_has_no_use_for() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Ignored").await;
    let path = format!("{}mark_as_read/", path_of(&id));
    for body in ["", "{}", "null", "{\"is_read\":false}", "not JSON"] {
        assert_eq!(ana.send(Method::POST, &path, body).await.ok(200)["is_read"], true, "{body}");
    }
}
