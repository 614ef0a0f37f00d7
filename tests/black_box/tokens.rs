//! Who counts as signed in. What a token with the issuer's own signature but wrong claims meets is tested where the
//! functions are: from outside none can be made.

use belfry_tests::{Client, Forge, Socket, Target, session_cookie};
use reqwest::header::{AUTHORIZATION, COOKIE};
use serde_json::json;

/// The token opens nothing: no route, as bearer or cookie, and no socket.
async fn assert_worthless(client: &Client, token: &str) {
    let bearer = client.with_token(token);
    bearer.get("/api/user/current/").await.problem(401, "unauthenticated");
    bearer.get("/api/notifications/").await.problem(401, "unauthenticated");
    bearer.as_browser().get("/api/notifications/").await.problem(401, "unauthenticated");
    for refused in [&bearer, &bearer.as_browser()] {
        let status = Socket::refusal(refused).await;
        assert!([401, 403].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn without_a_credential_a_bad_body_or_query_is_not_even_looked_at() {
    let belfry = Target::start().await;
    let anonymous = belfry.anonymous();
    anonymous.post_json("/api/notifications/", &json!([])).await.problem(401, "unauthenticated");
    anonymous.get("/api/notifications/?limit=0").await.problem(401, "unauthenticated");
    anonymous.get("/api/notifications/nonsense/").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_genuine_token_works_as_bearer_and_as_cookie() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for client in [&ana, &ana.with_cookie(), &ana.as_browser()] {
        assert_eq!(client.get("/api/user/current/").await.ok(200)["id"], ana.user());
    }
    let between_others = format!("a=b; {}={}; c=d", session_cookie(belfry.url()), ana.token());
    ana.without_headers().with_header(COOKIE, &between_others).get("/api/notifications/").await.ok(200);
}

#[tokio::test]
async fn the_bearer_scheme_is_known_however_it_is_spelled() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for scheme in ["bearer", "BEARER"] {
        let client = ana.with_header(AUTHORIZATION, &format!("{scheme} {}", ana.token()));
        client.get("/api/user/current/").await.ok(200);
        Socket::open(&client).await.expect_pong().await;
    }
}

#[tokio::test]
async fn garbage_is_no_token() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for garbage in ["", "x", "..", "a.b.c", "null", "e30.e30.", "e30.e30.e30", &"x".repeat(6_000)] {
        assert_worthless(&ana, garbage).await;
    }
    for header in ["Basic YW5hOmFuYQ==", "Bearer", ana.token(), "Token x"] {
        let client = ana.with_header(AUTHORIZATION, header);
        client.get("/api/user/current/").await.problem(401, "unauthenticated");
        let status = Socket::refusal(&client).await;
        assert!([401, 403].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn another_scheme_is_not_passed_over_for_the_cookie() {
    let belfry = Target::start().await;
    let ana = belfry.user().await.as_browser().with_header(AUTHORIZATION, "Basic YW5hOmFuYQ==");
    ana.get("/api/user/current/").await.problem(401, "unauthenticated");
    let status = Socket::refusal(&ana).await;
    assert!([401, 403].contains(&status), "{status}");
}

#[tokio::test]
async fn an_unsigned_token_is_worthless() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let forge = Forge::with_token_of(&ana);
    for algorithm in ["none", "None", "NONE", "nOnE", "", "ES256", "HS256"] {
        assert_worthless(&ana, &forge.unsigned(algorithm)).await;
    }
}

#[tokio::test]
async fn a_token_whose_signature_was_touched_is_worthless() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for token in Forge::with_token_of(&ana).with_broken_signature() {
        assert_worthless(&ana, &token).await;
    }
}

#[tokio::test]
async fn a_token_whose_claims_were_touched_is_worthless() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let forge = Forge::with_token_of(&ana);
    for (claim, value) in
        [("role", json!("admin")), ("sub", json!("admin")), ("exp", json!(4_102_444_800_u64))]
    {
        let mut claims = forge.claims().clone();
        claims[claim] = value;
        assert_worthless(&ana, &forge.with_claims(&claims)).await;
    }
}

#[tokio::test]
async fn the_public_key_is_no_hmac_secret() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for token in Forge::with_token_of(&ana).signed_with_public_key(&ana).await {
        assert_worthless(&ana, &token).await;
    }
}

#[tokio::test]
async fn a_foreign_key_signs_nothing_whatever_key_id_or_key_the_token_names() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for token in Forge::with_token_of(&ana).signed_with_own_key() {
        assert_worthless(&ana, &token).await;
    }
    ana.get("/api/user/current/").await.ok(200);
}
