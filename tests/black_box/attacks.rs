//! What attackers tried, and must not get.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_tests::{Client, Socket, Target, draft, session_cookie};
use reqwest::header::{COOKIE, HOST};
use serde_json::json;

/// The order of the curve P-256 (SEC 2, section 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The same token with the other signature that is valid for it: (r, n - s) instead of (r, s).
fn turned_over(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0;
    for index in (0..32).rev() {
        let difference = i16::from(ORDER[index]) - i16::from(signature[32 + index]) - borrow;
        borrow = i16::from(difference < 0);
        signature[32 + index] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_turned_over_signature_does_not_revive_a_revoked_token() {
    let belfry = Target::start().await;
    let user = belfry.user().await;
    let again = user.with_token(&turned_over(user.token()));
    again.get("/api/user/current/").await.ok(200);
    user.delete("/api/session/").await.ok(204);
    again.get("/api/user/current/").await.problem(401, "unauthenticated");
    assert!([401, 403].contains(&Socket::refusal(&again).await));
}

#[tokio::test]
async fn a_page_under_another_name_speaks_to_nobody() {
    let belfry = Target::start().await;
    let user = belfry.user().await;
    for host in ["evil.example", "localhost.evil.example", "a b", "@", "[::1", "localhost:1, evil", ""] {
        let answer = user.with_header(HOST, host).get("/api/user/current/").await;
        assert!(answer.status >= 400, "{host}: {}", answer.status);
    }
    user.get("/api/user/current/").await.ok(200);
}

#[tokio::test]
async fn no_other_page_signs_anybody_in() {
    let belfry = Target::start().await;
    for origin in ["https://evil.example", "null", "http://localhost"] {
        let page = belfry.anonymous().on_page(origin);
        page.post_json("/api/session/demo/", &json!({ "username": "ana" })).await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn cookies_of_other_applications_on_the_host_change_nothing() {
    let belfry = Target::start().await;
    let user = belfry.user().await;
    let with_cookie = |line: String| user.without_headers().on_page(belfry.url()).with_header(COOKIE, &line);
    let name = session_cookie(belfry.url());
    let ours = format!("{name}={}", user.token());
    let callers: [Client; 4] = [
        with_cookie(format!("other=\u{e9}; {ours}")),
        with_cookie(format!("{ours}; {name}=older")),
        with_cookie(format!("{name}=older; {name}=; {ours}")),
        with_cookie(format!("a=b; {ours}; c=\"d\"")),
    ];
    for caller in callers {
        caller.get("/api/user/current/").await.ok(200);
        Socket::open(&caller).await.expect_pong().await;
    }
}

#[tokio::test]
async fn numbers_in_data_come_back_to_the_last_digit() {
    let belfry = Target::start().await;
    let (admin, user) = (belfry.admin().await, belfry.user().await);
    let numbers =
        json!({ "n": [56.256_898_118_262_356, -6.792_475_937_705_741e155, 5e-324, 0.1, u64::MAX, i64::MIN] });
    let mut body = draft(user.user(), "Numbers");
    body["data"] = numbers.clone();
    let created = admin.create(&body).await;
    assert_eq!(created["data"], numbers);
    assert_eq!(user.list().await["results"][0]["data"], numbers);
}

#[tokio::test]
async fn a_client_that_closes_is_answered() {
    let belfry = Target::start().await;
    let user = belfry.user().await;
    assert_eq!(Socket::open(&user).await.closed_by_client(1000).await, 1000);
}
