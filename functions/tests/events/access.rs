//! Whether a caller still counts: tokens that were given up, users who were deactivated, roles that changed.

use belfry_domain::Status;
use serde_json::json;

use crate::support::{
    draft,
    people::UserEvent,
    sample::{ORIGIN, by_cookie, event_of, event_with, request, with_header},
    user,
    world::World,
};

/// The routes that look. Those of the inbox do it beside finding out whether the caller still counts.
const LOOKS: [&str; 5] = [
    "/api/notifications/",
    "/api/notifications/?status=read",
    "/api/notifications/unread/",
    "/api/notifications/unread_count/",
    "/api/user/current/",
];

#[tokio::test]
async fn who_signed_out_reads_not_a_byte_though_the_inbox_was_read_beside() {
    let (full, empty) = (World::new().await, World::new().await);
    let id = full.inbox.create(draft("ana")).await.unwrap().id;
    let one = format!("/api/notifications/{id}/");
    let (of_full, of_empty) = (full.token("ana", "analyst"), empty.token("ana", "analyst"));
    full.revoke(&of_full).await;
    empty.revoke(&of_empty).await;
    for path in LOOKS.into_iter().chain([one.as_str()]) {
        let answer = full.get(path, &of_full).await;
        assert_eq!((answer.status(), answer.code()), (401, "unauthenticated".to_owned()), "{path}");
        assert_eq!(answer.text(), empty.get(path, &of_empty).await.text(), "{path}: as of an empty inbox");
        for header in ["etag", "x-poll-interval", "last-modified"] {
            assert_eq!(answer.header(header), None, "{path}");
        }
        let known = with_header(request("GET", path, &of_full), "if-none-match", "*");
        assert_eq!(full.api(known).await.status(), 401, "{path}: nor whether it has changed");
    }
}

#[tokio::test]
async fn who_signed_out_changes_nothing_and_nothing_is_even_tried() {
    let world = World::new().await;
    let id = world.inbox.create(draft("ana")).await.unwrap().id;
    let (ana, admin) = (world.token("ana", "analyst"), world.token("root", "admin"));
    world.revoke(&ana).await;
    world.revoke(&admin).await;
    let one = format!("/api/notifications/{id}/");
    for (method, path) in [
        ("POST", format!("{one}mark_as_read/")),
        ("POST", format!("{one}archive/")),
        ("PATCH", one.clone()),
        ("DELETE", one),
        ("POST", "/api/notifications/mark_all_read/".to_owned()),
        ("POST", "/api/notifications/seen/".to_owned()),
        ("POST", "/api/ws/ticket/".to_owned()),
        ("POST", "/api/session/".to_owned()),
        ("DELETE", "/api/session/".to_owned()),
    ] {
        let answer = world.send(method, &path, &ana, &json!({ "is_read": true })).await;
        assert_eq!((answer.status(), answer.code()), (401, "unauthenticated".to_owned()), "{method} {path}");
        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(world.operations(), ["BatchGetItem"], "{method} {path}");
    }
    assert_eq!(world.api(event_with("api-create", &admin)).await.status(), 401);
    assert_eq!(world.operations(), ["BatchGetItem"]);
    assert_eq!(world.inbox.get(&user("ana"), id).await.unwrap().unwrap().state.status, Status::Unread);
}

#[tokio::test]
async fn signing_out_ends_one_token_everywhere_and_takes_the_cookie() {
    let world = World::new().await;
    let (here, elsewhere) = (world.token("ana", "analyst"), world.token_of_before("ana", "analyst", 5));
    let answer = world.api(event_with("api-sign-out", &here)).await;
    assert_eq!((answer.status(), answer.text()), (204, ""));
    let cookie = answer.0["cookies"][0].as_str().or(answer.header("set-cookie")).unwrap();
    assert!(cookie.starts_with("__Host-belfry_session=; ") && cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!(world.api(event_with("api-list", &here)).await.status(), 401);
    for name in ["ws_authorizer-bearer", "ws_authorizer-cookie"] {
        assert_eq!(world.authorize(event_with(name, &here)).await.unwrap_err().to_string(), "Unauthorized");
        assert!(world.authorize(event_with(name, &elsewhere)).await.is_ok());
    }
    assert_eq!(world.api(event_with("api-list", &elsewhere)).await.status(), 200);
    let foreign = with_header(event_with("api-sign-out", &elsewhere), "origin", "https://evil.example");
    assert_eq!(world.api(foreign).await.status(), 403, "no foreign page signs anybody out");
    assert_eq!(world.api(event_with("api-list", &elsewhere)).await.status(), 200);
}

#[tokio::test]
async fn the_directorys_role_counts_and_the_claims_does_not() {
    let world = World::new().await;
    world.apply_event("demoted", UserEvent { role: Some("viewer"), is_active: true, ago: 60 }).await;
    world.apply_event("promoted", UserEvent { role: Some("producer"), is_active: true, ago: 60 }).await;
    world.apply_event("bare", UserEvent { role: None, is_active: true, ago: 60 }).await;
    for (name, claim, status, role) in [
        ("demoted", "admin", 403, json!("viewer")),
        ("promoted", "viewer", 201, json!("producer")),
        ("bare", "admin", 403, json!(null)),
        ("unknown", "admin", 201, json!("admin")),
    ] {
        let token = world.token(name, claim);
        assert_eq!(world.api(event_with("api-create", &token)).await.status(), status, "{name}");
        let shown = world.get("/api/user/current/", &token).await.body();
        assert_eq!(shown["role"]["role_type"], role, "{name}");
        let context = world.authorize(event_with("ws_authorizer-bearer", &token)).await.unwrap();
        assert_eq!(context["context"]["role"], role, "{name}");
    }
}

#[tokio::test]
async fn who_is_deactivated_is_let_in_nowhere() {
    let world = World::new().await;
    let id = world.inbox.create(draft("ana")).await.unwrap().id;
    let token = world.token("ana", "admin");
    let ticket = world.post("/api/ws/ticket/", &token).await.body();
    world.apply_event("ana", UserEvent { role: Some("admin"), is_active: false, ago: 60 }).await;
    let one = format!("/api/notifications/{id}/");
    for path in LOOKS.into_iter().chain([one.as_str()]) {
        let answer = world.get(path, &token).await;
        assert_eq!((answer.status(), answer.code()), (403, "forbidden".to_owned()), "{path}");
        assert!(!answer.text().contains(&id.to_string()));
    }
    assert_eq!(world.api(event_with("api-create", &token)).await.status(), 403);
    let cookie = by_cookie(request("DELETE", &one, &token));
    assert_eq!(world.api(with_header(cookie, "origin", ORIGIN)).await.status(), 403);
    assert!(world.inbox.get(&user("ana"), id).await.unwrap().is_some());
    let by_ticket = event_of(&ticket);
    let connects =
        [event_with("ws_authorizer-bearer", &token), event_with("ws_authorizer-cookie", &token), by_ticket];
    for event in connects {
        let answer = world.authorize(event).await.unwrap();
        assert_eq!(answer["policyDocument"]["Statement"][0]["Effect"], "Deny");
        assert_eq!(answer["context"], json!({}));
    }
}

#[tokio::test]
async fn who_comes_back_is_let_in_again_with_a_new_token() {
    let world = World::new().await;
    let (old, new) = (world.token_of_before("ana", "viewer", 50), world.token("ana", "viewer"));
    world.apply_event("ana", UserEvent { role: Some("viewer"), is_active: true, ago: 60 }).await;
    world.apply_event("ana", UserEvent { role: Some("viewer"), is_active: false, ago: 40 }).await;
    assert_eq!(world.get("/api/notifications/", &new).await.status(), 403);
    world.apply_event("ana", UserEvent { role: Some("viewer"), is_active: true, ago: 30 }).await;
    assert_eq!(world.get("/api/notifications/", &new).await.status(), 200);
    assert_eq!(world.get("/api/notifications/", &old).await.status(), 401);
}

#[tokio::test]
async fn a_token_from_before_its_owners_role_changed_counts_with_the_new_role() {
    let world = World::new().await;
    let old = world.token_of_before("ana", "admin", 120);
    world.apply_event("ana", UserEvent { role: Some("admin"), is_active: true, ago: 600 }).await;
    assert_eq!(world.api(event_with("api-create", &old)).await.status(), 201);
    world.apply_event("ana", UserEvent { role: Some("viewer"), is_active: true, ago: 60 }).await;
    for path in LOOKS {
        assert_eq!(world.get(path, &old).await.status(), 200, "{path}");
    }
    assert_eq!(world.api(event_with("api-create", &old)).await.status(), 403);
    assert!(world.authorize(event_with("ws_authorizer-bearer", &old)).await.is_ok());
    // Events come late and out of order: an earlier one changes nothing any more.
    world.apply_event("ana", UserEvent { role: Some("admin"), is_active: true, ago: 90 }).await;
    assert_eq!(world.api(event_with("api-create", &old)).await.status(), 403);
}

/// A page of a sibling host, or another application on this one, may have set a second cookie.
mod two_cookies {
    use super::*;

    /// The answer to a browser that sends these cookies, in this order.
    async fn shown(world: &World, tokens: &[&str]) -> (u64, serde_json::Value) {
        let mut event = by_cookie(request("GET", "/api/user/current/", tokens[0]));
        let cookies = tokens.iter().map(|token| format!("__Host-belfry_session={token}"));
        event["cookies"] = json!(cookies.collect::<Vec<_>>());
        let answer = world.api(event).await;
        (answer.status(), answer.body()["id"].clone())
    }

    #[tokio::test]
    async fn the_valid_one_counts() {
        let world = World::new().await;
        let (ana, signed_out) = (world.token("ana", "analyst"), world.token("bruno", "viewer"));
        world.revoke(&signed_out).await;
        for other in ["", "older", signed_out.as_str()] {
            for tokens in [[other, &ana], [&ana, other]] {
                assert_eq!(shown(&world, &tokens).await, (200, json!("ana")), "{other}");
            }
        }
        assert_eq!(shown(&world, &["a", "b", "c", &ana]).await.0, 200);
        assert_eq!(shown(&world, &["a", "b", "c", "d", &ana]).await.0, 401, "four are looked at");
        assert_eq!(shown(&world, &["a", &signed_out]).await.0, 401);
    }

    #[tokio::test]
    async fn the_plain_name_does_not_count() {
        let world = World::new().await;
        let mut event = by_cookie(request("GET", "/api/user/current/", &world.token("eve", "viewer")));
        let plain = event["cookies"][0].as_str().unwrap().replace("__Host-", "");
        event["cookies"] = json!([plain]);
        assert_eq!(world.api(event).await.status(), 401);
    }
}

mod sign_out {
    use super::*;
    use crate::support::recorder::Answer;

    #[tokio::test]
    async fn leaves_a_connection_that_can_not_be_closed_deaf() {
        let world = World::new().await;
        let token = world.token("ana", "analyst");
        world.open("ana", &["stuck", "open"]).await;
        world.recorder.answer("stuck", Answer::Forbidden);
        assert_eq!(world.api(event_with("api-sign-out", &token)).await.status(), 204);
        world.recorder.mend("stuck");
        assert!(world.fanout(crate::support::sample::event("fanout-insert")).await.is_empty());
        assert_eq!((world.recorder.posts(), world.recorder.closed()), (0, vec!["open".to_owned()]));
    }

    #[tokio::test]
    async fn does_not_say_204_where_a_connection_may_still_hear() {
        let world = World::refusing("closing = if_not_exists").await;
        let token = world.token("ana", "analyst");
        world.open("ana", &["stuck"]).await;
        world.recorder.answer("stuck", Answer::Forbidden);
        let answer = world.api(event_with("api-sign-out", &token)).await;
        assert_eq!((answer.status(), answer.code().as_str()), (503, "unavailable"));
        let cookie = answer.0["cookies"][0].as_str().or(answer.header("set-cookie")).unwrap();
        assert!(cookie.starts_with("__Host-belfry_session=; "), "{cookie}");
        assert_eq!(world.get("/api/notifications/", &token).await.status(), 401, "the token is revoked");
    }

    #[tokio::test]
    async fn says_204_where_what_can_not_be_marked_is_closed() {
        let world = World::refusing("closing = if_not_exists").await;
        let token = world.token("ana", "analyst");
        world.open("ana", &["open"]).await;
        assert_eq!(world.api(event_with("api-sign-out", &token)).await.status(), 204);
        assert_eq!(world.recorder.closed(), ["open"]);
    }
}
