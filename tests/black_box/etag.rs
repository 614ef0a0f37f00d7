//! Polling: an answer that hasn't changed isn't sent again.

use belfry_tests::{Answer, Client, Clock, Moment, NOTIFICATIONS, STATUSES, Target, path_of};
use reqwest::header::IF_NONE_MATCH;
use serde_json::json;

async fn poll(owner: &Client, path: &str, at_hand: &str) -> Answer {
    let answer = owner.with_header(IF_NONE_MATCH, at_hand).get(path).await;
    let seconds: u32 = answer.header("x-poll-interval").parse().unwrap();
    assert!((1..=600).contains(&seconds), "{answer:?}");
    answer
}

#[track_caller]
fn assert_unchanged(answer: &Answer, etag: &str) {
    assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{answer:?}");
    assert_eq!(answer.header("etag"), etag, "{answer:?}");
}

/// The ETag of a list as it is now; the test fails unless it is another than `before`, and good from now on.
async fn new_etag(owner: &Client, path: &str, before: &str, what: &str) -> String {
    let answer = poll(owner, path, before).await;
    assert!(answer.ok(200)["results"].is_array(), "{what}: {answer:?}");
    let etag = answer.header("etag").to_owned();
    assert!(
        etag.len() > 20 && etag.starts_with('"') && etag.ends_with('"') && etag != before,
        "{what}: {etag}"
    );
    assert_unchanged(&poll(owner, path, &etag).await, &etag);
    etag
}

#[tokio::test]
async fn whatever_changes_what_is_shown_changes_the_tag_and_nothing_else_does() {
    let belfry = Target::start().await;
    let ((admin, _alone), clock) = (belfry.admin_alone().await, Clock::of(&belfry).await);
    let ana = &admin;
    let [first, second]: [String; 2] = admin.notify_times(ana, 2).await.try_into().unwrap();
    let path = "/api/notifications/?limit=20";
    let mut etag = new_etag(ana, path, "\"none\"", "at first").await;
    for (what, method) in
        [("mark_as_read", "POST"), ("mark_as_unread", "POST"), ("archive", "POST"), ("unarchive", "POST")]
    {
        ana.call(method.parse().unwrap(), &format!("{}{what}/", path_of(&first))).await.ok(200);
        etag = new_etag(ana, path, &etag, what).await;
    }
    ana.patch(&path_of(&first), &json!({ "title": "Another" })).await.ok(200);
    etag = new_etag(ana, path, &etag, "an edit").await;
    ana.post("/api/notifications/seen/").await.ok(200);
    etag = new_etag(ana, path, &etag, "seen").await;
    let until = clock.now().await.plus_millis(5_000);
    ana.snooze(&second, until).await.ok(200);
    etag = new_etag(ana, path, &etag, "snooze").await;
    clock.wait_until_after(until).await;
    etag = new_etag(ana, path, &etag, "waking").await;
    ana.mark_all_read().await;
    etag = new_etag(ana, path, &etag, "mark_all_read").await;
    ana.delete(&path_of(&first)).await.ok(204);
    etag = new_etag(ana, path, &etag, "delete").await;
    admin.notify(ana, "New").await;
    etag = new_etag(ana, path, &etag, "create").await;

    ana.act(&second, "mark_as_read").await.ok(200);
    ana.patch(&path_of(&second), &ana.shown(&second).await).await.ok(200);
    ana.patch(&path_of(&second), &json!({ "title": "" })).await.problem(400, "invalid_body");
    ana.get("/api/notifications/unread_count/").await.ok(200);
    assert_unchanged(&poll(ana, path, &etag).await, &etag);
}

#[tokio::test]
async fn every_list_is_polled_and_each_has_its_own_tag() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify(&ana, "One").await;
    let mut tags = Vec::new();
    for status in STATUSES {
        let path = format!("{NOTIFICATIONS}?status={status}");
        tags.push(new_etag(&ana, &path, "\"none\"", status).await);
    }
    assert_ne!(tags[0], tags[2], "one is there, the other is empty");
    let path = "/api/notifications/unread/";
    new_etag(&ana, path, "\"none\"", path).await;
}

#[tokio::test]
async fn a_tag_among_others_a_weak_one_and_a_star_are_known_and_any_other_isn_t() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify(&ana, "One").await;
    let etag = new_etag(&ana, NOTIFICATIONS, "\"none\"", "at first").await;
    for known in [format!("\"a\", {etag}"), format!("W/{etag}"), format!("{etag},\"b\""), "*".to_owned()] {
        assert_unchanged(&poll(&ana, NOTIFICATIONS, &known).await, &etag);
    }
    for other in [
        "\"a\"",
        "W/\"a\"",
        "",
        "garbage",
        &etag[1..],
        etag.trim_matches('"'),
        "\"\"",
        "\"a b\"",
        "\"\t\"",
        "\"ü\"",
    ] {
        let answer = poll(&ana, NOTIFICATIONS, other).await;
        assert_eq!(answer.status, 200, "{other}: {answer:?}");
        assert_eq!(answer.header("etag"), etag, "{other}");
    }
}

#[tokio::test]
async fn another_users_tag_and_the_tag_of_a_moment_ago_are_worth_nothing() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    for user in [&ana, &bruno] {
        admin.notify(user, "The same for both").await;
    }
    let theirs = new_etag(&ana, NOTIFICATIONS, "\"none\"", "ana's").await;
    let own = new_etag(&bruno, NOTIFICATIONS, &theirs, "bruno's").await;
    let answer = poll(&bruno, NOTIFICATIONS, &theirs).await;
    assert_eq!((answer.status, answer.header("etag")), (200, own.as_str()));
    let id = admin.notify(&ana, "Then").await;
    let before = ana.list().await;
    let etag = new_etag(&ana, NOTIFICATIONS, &theirs, "then").await;
    ana.act(&id, "mark_as_read").await.ok(200);
    ana.act(&id, "mark_as_unread").await.ok(200);
    let again = new_etag(&ana, NOTIFICATIONS, &etag, "back again").await;
    assert!(again != theirs && before["unread_count"] == ana.list().await["unread_count"]);
}

#[tokio::test]
async fn a_tag_opens_nothing_without_a_credential() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let etag = new_etag(&ana, NOTIFICATIONS, "\"none\"", "at first").await;
    let anonymous = belfry.anonymous().with_header(IF_NONE_MATCH, &etag);
    anonymous.get(NOTIFICATIONS).await.problem(401, "unauthenticated");
    ana.delete("/api/session/").await.ok(204);
    ana.with_header(IF_NONE_MATCH, &etag).get(NOTIFICATIONS).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn what_was_read_by_the_mark_between_two_polls_is_shown_read() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let id = admin.notify(&ana, "Old").await;
    let created = Moment::of(&ana.shown(&id).await["created_at"]);
    clock.wait_until_after(created.plus_millis(11_000)).await;
    let etag = new_etag(&ana, NOTIFICATIONS, "\"none\"", "at first").await;
    assert_eq!(ana.mark_all_read().await, 1);
    new_etag(&ana, NOTIFICATIONS, &etag, "the mark").await;
}

#[tokio::test]
async fn an_unchanged_answer_says_nothing_of_a_body() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let etag = new_etag(&ana, NOTIFICATIONS, "\"none\"", "at first").await;
    assert_eq!(poll(&ana, NOTIFICATIONS, &etag).await.header("content-type"), "");
}
