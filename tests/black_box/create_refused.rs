//! What a create refuses, by name, and that it stores nothing then.

use belfry_tests::{Client, Socket, Target, draft, ids, pointers};
use reqwest::Method;
use serde_json::{Value, json};

/// Refuses each of these values of the field by its name, and stores none.
async fn refuses(field: &str, values: Vec<Value>) {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for value in values {
        let mut body = draft(ana.user(), "Refused");
        body[field] = value;
        let problem = admin.post_json("/api/notifications/", &body).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [format!("/{field}")], "{body}");
        assert!(
            problem["errors"][0]["detail"].as_str().is_some_and(|detail| !detail.is_empty()),
            "{problem}"
        );
    }
    assert_nothing_stored(&ana).await;
}

async fn assert_nothing_stored(user: &Client) {
    assert_eq!((ids(&user.list().await).len(), user.unread_count().await), (0, 0));
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<Value> {
    texts.into_iter().map(Value::from).collect()
}

#[tokio::test]
async fn a_title_is_1_to_200_visible_characters_on_one_line() {
    let mut bad = texts(["", " ", "\u{a0}\u{2003}", "a\nb", "a\u{0}", "\u{7f}", &"é".repeat(201)]);
    bad.extend([json!(7), json!(null), json!(["a"]), json!({})]);
    refuses("title", bad).await;
}

#[tokio::test]
async fn a_message_is_1_to_10_000_characters() {
    let mut bad = texts(["", " \n\t", &"é".repeat(10_001)]);
    bad.extend([json!(7), json!(null), json!(["a"])]);
    refuses("message", bad).await;
}

#[tokio::test]
async fn a_type_is_one_of_the_eight() {
    let mut bad = texts(["news", "", "INFO", "report-ready", " info"]);
    bad.extend([json!(0), json!(null), json!(["info"])]);
    refuses("notification_type", bad).await;
}

#[tokio::test]
async fn a_type_wrapped_in_an_object_is_none() {
    refuses("notification_type", vec![json!({ "info": null })]).await;
}

#[tokio::test]
async fn a_user_is_an_id() {
    let mut bad = texts(["", "a\u{0}", "a\nb", &"x".repeat(256)]);
    bad.extend([json!(7), json!(null), json!(["ana", "bruno"]), json!({ "id": "ana" })]);
    refuses("user", bad).await;
}

#[tokio::test]
async fn a_redirect_that_runs_script_or_leaves_by_a_trick_is_refused() {
    let urls = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https://",
        "https://good.example@evil.example/",
        "dashboard/",
        "",
        "/a b",
        "/a\u{0}",
        &format!("/{}", "x".repeat(2_048)),
    ];
    let mut bad = texts(urls);
    bad.push(json!(7));
    refuses("redirect_url", bad).await;
}

#[tokio::test]
async fn a_redirect_that_hides_its_host_behind_a_password_is_refused() {
    refuses("redirect_url", texts(["https://:good.example@evil.example/"])).await;
}

#[tokio::test]
async fn a_related_object_is_named_by_1_to_100_characters() {
    for field in ["related_object_type", "related_object_id", "category"] {
        let mut bad = texts(["", "a\nb", &"é".repeat(101)]);
        bad.extend([json!(42), json!([])]);
        refuses(field, bad).await;
    }
}

#[tokio::test]
async fn data_is_an_object_of_at_most_8_kb() {
    let long = json!({ "k": "x".repeat(8 * 1024 - r#"{"k":""}"#.len() + 1) });
    refuses("data", vec![json!([]), json!("x"), json!(7), json!(true), long]).await;
}

#[tokio::test]
async fn fields_that_only_the_server_sets_and_misspelt_ones_are_refused_by_name() {
    for field in
        ["id", "is_read", "created_at", "changed", "read_at", "expires_at", "Title", "titel", "__proto__"]
    {
        refuses(field, vec![json!("x"), json!(null)]).await;
    }
}

#[tokio::test]
async fn each_required_field_is_missed_by_name() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for field in ["user", "title", "message", "notification_type"] {
        let mut body = draft(ana.user(), "Incomplete");
        body.as_object_mut().unwrap().remove(field);
        let problem = admin.post_json("/api/notifications/", &body).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [format!("/{field}")]);
    }
    assert_nothing_stored(&ana).await;
}

#[tokio::test]
async fn one_answer_names_every_field_that_is_wrong() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let body = json!({ "user": ana.user(), "title": "", "notification_type": 1, "data": [], "a/b~c": 1 });
    let problem = admin.post_json("/api/notifications/", &body).await.problem(400, "invalid_body");
    assert_eq!(pointers(&problem), ["/a~1b~0c", "/data", "/message", "/notification_type", "/title"]);
    assert_nothing_stored(&ana).await;
}

#[tokio::test]
async fn what_is_no_json_object_is_no_body() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let good = draft(ana.user(), "Almost").to_string();
    let deep =
        good.replace("\"info\"", &format!("\"info\",\"data\":{}1{}", "[".repeat(50_000), "]".repeat(50_000)));
    let bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b" ".to_vec(),
        good[..good.len() - 1].into(),
        format!("{good}{good}").into(),
        format!("[{good}]").into(),
        good.replace('"', "'").into(),
        deep.into(),
        good.replace("Almost", "\\ud800").into(),
        [&b"\xef\xbb\xbf"[..], good.as_bytes()].concat(),
        [good.as_bytes(), &b"\xff"[..]].concat(),
        good.replace("Almost", "\u{0}").into(),
        b"null".to_vec(),
        b"7".to_vec(),
        b"\"{}\"".to_vec(),
        format!("user={}&title=Almost", ana.user()).into(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let answer = admin.send(Method::POST, "/api/notifications/", body).await;
        assert_eq!(answer.status, 400, "{shown}: {answer:?}");
        answer.problem(400, "invalid_body");
    }
    admin.post("/api/notifications/").await.problem(400, "invalid_body");
    assert_nothing_stored(&ana).await;
}

#[tokio::test]
async fn a_huge_body_is_too_large() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut body = draft(ana.user(), "Huge");
    body["padding"] = json!("x".repeat(300 * 1024));
    admin.post_json("/api/notifications/", &body).await.problem(413, "too_large");
    assert_nothing_stored(&ana).await;
}

#[tokio::test]
async fn a_refused_create_rings_nobody() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let mut body = draft(ana.user(), "Refused");
    body["surprise"] = json!(true);
    admin.post_json("/api/notifications/", &body).await.problem(400, "invalid_body");
    ana.post_json("/api/notifications/", &draft(ana.user(), "To myself")).await.problem(403, "forbidden");
    let good = admin.notify(&ana, "Good").await;
    socket.expect_ring(&good).await;
}
