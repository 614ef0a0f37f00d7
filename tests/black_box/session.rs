//! Keeping a token in the browser, and giving it up.

use belfry_tests::{Answer, Client, Socket, Target, session_cookie};
use reqwest::header::COOKIE;
use serde_json::json;

/// The value of the session cookie that an answer sets; the test fails unless scripts and other sites can't use it.
#[track_caller]
fn cookie_set_by(answer: &Answer, url: &str) -> (String, u64) {
    let cookie = answer.header("set-cookie");
    let mut parts = cookie.split("; ");
    let value = parts.next().unwrap().strip_prefix(session_cookie(url)).unwrap().strip_prefix('=').unwrap();
    let attributes: Vec<_> = parts.collect();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(&attribute), "{attribute}: {cookie}");
    }
    let local =
        ["http://localhost", "http://127.0.0.1", "http://[::1]"].iter().any(|host| url.starts_with(host));
    assert_eq!(attributes.contains(&"Secure"), !local, "{cookie}");
    assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{cookie}");
    let max_age = attributes.iter().find_map(|attribute| attribute.strip_prefix("Max-Age=")).unwrap();
    (value.to_owned(), max_age.parse().unwrap())
}

async fn assert_signed_out(client: &Client) {
    for caller in [client, &client.as_browser()] {
        caller.get("/api/user/current/").await.problem(401, "unauthenticated");
        caller.post("/api/notifications/mark_all_read/").await.problem(401, "unauthenticated");
        let status = Socket::refusal(caller).await;
        assert!([401, 403].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn a_bearer_becomes_a_cookie_that_scripts_cannot_read() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let answer = ana.post("/api/session/").await;
    answer.ok(204);
    let (token, max_age) = cookie_set_by(&answer, belfry.url());
    assert_eq!(token, ana.token());
    assert!(max_age > 60, "{max_age}");
    let browser =
        belfry.anonymous().with_header(COOKIE, &format!("{}={token}", session_cookie(belfry.url())));
    assert_eq!(browser.get("/api/user/current/").await.ok(200)["id"], ana.user());
    Socket::open(&browser.on_page(belfry.url())).await.expect_pong().await;
}

#[tokio::test]
async fn demo_sign_in_sets_the_same_cookie() {
    let belfry = Target::start().await;
    let answer = belfry.anonymous().post_json("/api/session/demo/", &json!({ "username": "vera" })).await;
    let session = answer.ok(200);
    let (token, max_age) = cookie_set_by(&answer, belfry.url());
    assert_eq!(session["token"], token);
    assert!(max_age > 60, "{max_age}");
    assert_eq!(session["user"], json!({ "id": "vera", "username": "vera", "role": "viewer" }));
}

#[tokio::test]
async fn signing_out_makes_the_token_worthless_everywhere_and_clears_the_cookie() {
    let belfry = Target::start().await;
    for as_browser in [false, true] {
        let ana = belfry.user().await;
        let caller = if as_browser { ana.as_browser() } else { ana.clone() };
        Socket::open(&caller).await.expect_pong().await;
        let answer = caller.delete("/api/session/").await;
        answer.ok(204);
        assert_eq!(cookie_set_by(&answer, belfry.url()), (String::new(), 0));
        assert_signed_out(&ana).await;
        ana.post("/api/session/").await.problem(401, "unauthenticated");
        ana.delete("/api/session/").await.problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn signing_out_leaves_other_sessions_and_other_users_alone() {
    let belfry = Target::start().await;
    let (admin, phone, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let laptop = belfry.sign_in(phone.user()).await;
    let (socket, mut brunos) = (Socket::open(&laptop).await, Socket::open(&bruno).await);
    phone.delete("/api/session/").await.ok(204);
    assert_signed_out(&phone).await;
    socket.closed_by_server().await;
    let mut socket = Socket::open(&laptop).await;
    brunos.expect_pong().await;
    laptop.get("/api/user/current/").await.ok(200);
    bruno.get("/api/user/current/").await.ok(200);
    let id = admin.notify(&laptop, "Still there").await;
    socket.expect_ring(&id).await;
    belfry.sign_in(phone.user()).await.get("/api/user/current/").await.ok(200);
}
