//! An inbox is its owner's alone: to everybody else its notifications are not there.

use belfry_tests::{Answer, Client, Socket, Target, ids};
use reqwest::Method;

const ACTIONS: [(Method, &str); 5] = [
    (Method::GET, ""),
    (Method::DELETE, ""),
    (Method::POST, "mark_as_read/"),
    (Method::PUT, ""),
    (Method::PATCH, ""),
];

/// Another id that differs in nothing but its last digit.
fn neighbour(id: &str) -> String {
    let last = if id.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &id[..id.len() - 1])
}

async fn act(client: &Client, action: &(Method, &str), id: &str) -> Answer {
    let body = if action.0 == Method::GET { "" } else { r#"{"is_read":true}"# };
    client.send(action.0.clone(), &format!("/api/notifications/{id}/{}", action.1), body).await
}

#[tokio::test]
async fn another_users_notification_answers_byte_for_byte_like_one_that_does_not_exist() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    let (ana, bruno) = (belfry.user().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let id = admin.notify(&ana, "Private").await;
    socket.expect_ring(&id).await;
    let before = ana.list().await;
    for stranger in [&bruno, &admin, &bruno.as_browser()] {
        for action in &ACTIONS {
            let (foreign, unknown) =
                (act(stranger, action, &id).await, act(stranger, action, &neighbour(&id)).await);
            assert_eq!(foreign.fingerprint(), unknown.fingerprint(), "{action:?}");
            assert!([404, 405].contains(&foreign.status), "{action:?}: {foreign:?}");
            if foreign.status == 404 {
                foreign.problem(404, "not_found");
            }
        }
        stranger.post("/api/notifications/mark_all_read/").await.ok(200);
        assert!(!ids(&stranger.list().await).contains(&id));
    }
    assert_eq!(ana.list().await, before);
    assert_eq!(ana.unread_count().await, 1);
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn a_deleted_notification_answers_a_stranger_like_one_that_never_was() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let id = admin.notify(&ana, "Gone").await;
    ana.delete(&format!("/api/notifications/{id}/")).await.ok(204);
    for action in &ACTIONS {
        let (foreign, unknown) = (act(&bruno, action, &id).await, act(&bruno, action, &neighbour(&id)).await);
        assert_eq!(foreign.fingerprint(), unknown.fingerprint(), "{action:?}");
    }
}

#[tokio::test]
async fn what_is_no_id_names_nothing_either() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Real").await;
    let version_4 = format!("{}4{}", &id[..14], &id[15..]);
    let no_ids =
        ["nonsense", "1", "%00", "..%2f..", "n%23", &version_4, &format!("{id}x"), &"9".repeat(3_000)];
    for no_id in no_ids {
        for action in &ACTIONS[..3] {
            let (answer, unknown) =
                (act(&ana, action, no_id).await, act(&ana, action, &neighbour(&id)).await);
            assert_eq!(answer.fingerprint(), unknown.fingerprint(), "{action:?} {no_id}");
            answer.problem(404, "not_found");
        }
    }
    assert_eq!(ids(&ana.list().await), [id]);
}

#[tokio::test]
async fn an_id_that_is_no_text_names_nothing_either() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for action in &ACTIONS[..3] {
        act(&ana, action, "%ff").await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn reading_and_deleting_by_one_user_is_not_told_to_another() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let (mut own, mut stranger) = (Socket::open(&ana).await, Socket::open(&bruno).await);
    let id = admin.notify(&ana, "Private").await;
    own.expect_ring(&id).await;
    ana.post(&format!("/api/notifications/{id}/mark_as_read/")).await.ok(200);
    own.expect_state(&id).await;
    ana.delete(&format!("/api/notifications/{id}/")).await.ok(204);
    own.expect_state(&id).await;
    ana.post("/api/notifications/mark_all_read/").await.ok(200);
    assert_eq!(own.next().await["type"], "read_all");
    let next = admin.notify(&bruno, "For bruno").await;
    stranger.expect_ring(&next).await;
}
