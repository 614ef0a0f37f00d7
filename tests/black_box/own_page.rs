//! A page of one's own before a runner that was told of it: behind a dev server or proxy, and with an issuer of its own. Each
//! test starts its own runner, since these are options of `cargo run`.

use belfry_local::{Oidc, Options};
use belfry_tests::{Client, NOTIFICATIONS, Socket, Target, draft};
use reqwest::header::HOST;
use serde_json::json;

const PAGE: &str = "http://localhost:5173";
const PAGE_HOST: &str = "localhost:5173";

/// What the runner gets from a browser on that page through a proxy: with its `Host` handed on, or replaced.
fn proxied(belfry: &Target, user: &Client, page: &str, page_host: &str) -> [Client; 2] {
    let browser = user.with_cookie().on_page(page);
    let own = belfry.url().trim_start_matches("http://");
    [browser.with_header(HOST, page_host), browser.with_header(HOST, own)]
}

mod origin {
    use super::*;

    async fn start() -> Target {
        Target::start_runner(Options { origins: vec![PAGE.parse().unwrap()], ..Options::default() }).await
    }

    #[tokio::test]
    async fn lets_its_page_read_write_and_listen() {
        let belfry = start().await;
        let (admin, user) = (belfry.admin().await, belfry.user().await);
        for browser in proxied(&belfry, &user, PAGE, PAGE_HOST) {
            let mut socket = Socket::open(&browser).await;
            let sent = admin.notify(&user, "Through a proxy").await;
            socket.expect_ring(&sent).await;
            assert_eq!(browser.get(NOTIFICATIONS).await.ok(200)["results"][0]["id"], sent);
            browser.act(&sent, "mark_as_read").await.ok(200);
            let signed_in = browser.without_headers().on_page(PAGE);
            signed_in.post_json("/api/session/demo/", &json!({ "username": "ana" })).await.ok(200);
        }
    }

    #[tokio::test]
    async fn lets_no_other_page() {
        let belfry = start().await;
        let user = belfry.user().await;
        let other = "http://localhost:5174";
        let [handed_on, replaced] = proxied(&belfry, &user, other, "localhost:5174");
        for path in [NOTIFICATIONS, "/api/health/", "/"] {
            assert_eq!(handed_on.get(path).await.status, 421);
        }
        assert_eq!(Socket::refusal(&handed_on).await, 421);
        replaced.post("/api/ws/ticket/").await.problem(403, "forbidden");
        assert_eq!(Socket::refusal(&replaced).await, 403);
        let demo = replaced.post_json("/api/session/demo/", &json!({ "username": "ana" })).await;
        demo.problem(403, "forbidden");
    }
}

mod issuer {
    use super::*;

    async fn start(issuer: &Target, role_claim: Option<&str>) -> Target {
        let oidc = Oidc {
            issuer: issuer.url().parse().unwrap(),
            audience: "belfry".to_owned(),
            role_claim: role_claim.map(str::to_owned),
        };
        Target::start_runner(Options { oidc: Some(oidc), ..Options::default() }).await
    }

    /// The demo sign-in of one runner is the issuer of another.
    async fn start_issuer() -> Target {
        Target::start_runner(Options::default()).await
    }

    #[tokio::test]
    async fn signs_users_in_instead_of_the_demo() {
        let (issuer, stranger) = (start_issuer().await, start_issuer().await);
        let belfry = start(&issuer, None).await;
        let caller = |token: &str| belfry.anonymous().with_token(token);
        let admin = caller(issuer.admin().await.token());
        assert_eq!(admin.get("/api/user/current/").await.ok(200)["role"]["role_type"], "admin");
        admin.post_json(NOTIFICATIONS, &draft("vera", "From the issuer's admin")).await.ok(201);
        let unknown = caller(stranger.admin().await.token());
        unknown.get("/api/user/current/").await.problem(401, "unauthenticated");
        for path in ["/api/session/demo/", "/api/session/demo"] {
            let demo = belfry.anonymous().post_json(path, &json!({ "username": "admin" })).await;
            demo.problem(404, "not_found");
        }
        assert_eq!(belfry.anonymous().get("/.well-known/jwks.json").await.status, 404);
        let page = belfry.anonymous().get("/").await;
        assert!(page.status == 200 && page.text.contains(issuer.url()), "{page:?}");
    }

    #[tokio::test]
    async fn names_the_role_in_a_claim_of_its_own() {
        let issuer = start_issuer().await;
        let belfry = start(&issuer, Some("email")).await;
        let admin = belfry.anonymous().with_token(issuer.admin().await.token());
        admin.post_json(NOTIFICATIONS, &draft("vera", "Spam")).await.problem(403, "forbidden");
    }
}
