//! Browsers send the cookie for any page, so a page needs to be one that may.

use belfry_tests::{Client, Socket, Target, draft, ids};
use reqwest::header::HeaderName;

const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// Origins that are not the target's page, however much they look like it.
pub(crate) fn foreign_origins(own: &str) -> Vec<String> {
    let (scheme, host) = own.split_once("://").unwrap();
    let name = host.split(':').next().unwrap();
    let other = if scheme == "http" { "https" } else { "http" };
    vec![
        "https://evil.example".to_owned(),
        format!("{own}.evil.example"),
        format!("{own}@evil.example"),
        format!("{own}1"),
        format!("{scheme}://evil{host}"),
        format!("{scheme}://{name}.evil.example"),
        format!("{scheme}://evil.example/{own}"),
        format!("{scheme}://{name}:1"),
        format!("{other}://{host}"),
        format!("{own},https://evil.example"),
        format!("{own} https://evil.example"),
        format!("{own}/"),
        host.to_owned(),
        "null".to_owned(),
        String::new(),
    ]
}

/// Callers with ana's cookie whom no unsafe method may serve.
fn foreign_pages(ana: &Client) -> Vec<Client> {
    let cookie = ana.with_cookie();
    let mut callers: Vec<_> =
        foreign_origins(ana.url()).iter().map(|origin| cookie.on_page(origin)).collect();
    let scripted: Vec<_> =
        callers.iter().map(|caller| caller.with_header(X_REQUESTED_WITH, "XMLHttpRequest")).collect();
    callers.extend(scripted);
    callers.push(cookie);
    callers
}

#[tokio::test]
async fn a_foreign_page_changes_nothing_with_the_cookie() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Unread").await;
    let before = ana.list().await;
    for caller in foreign_pages(&ana) {
        let path = format!("/api/notifications/{id}/");
        caller.post(&format!("{path}mark_as_read/")).await.problem(403, "forbidden");
        caller.post("/api/notifications/mark_all_read/").await.problem(403, "forbidden");
        caller.delete(&path).await.problem(403, "forbidden");
        caller.delete("/api/session/").await.problem(403, "forbidden");
        caller.post("/api/session/").await.problem(403, "forbidden");
    }
    assert_eq!(ana.list().await, before);
}

#[tokio::test]
async fn a_foreign_page_sends_nothing_with_the_admins_cookie() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    for caller in foreign_pages(&admin) {
        caller.post_json("/api/notifications/", &draft(ana.user(), "Forged")).await.problem(403, "forbidden");
    }
    assert!(ids(&ana.list().await).is_empty());
    let genuine = admin.as_browser().notify(&ana, "Genuine").await;
    socket.expect_ring(&genuine).await;
}

#[tokio::test]
async fn the_own_page_may_use_the_cookie() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await.as_browser(), belfry.user().await.as_browser());
    let id = admin.notify(&ana, "From the page").await;
    ana.post(&format!("/api/notifications/{id}/mark_as_read/")).await.ok(200);
    ana.post("/api/notifications/mark_all_read/").await.ok(200);
    ana.delete(&format!("/api/notifications/{id}/")).await.ok(204);
}

#[tokio::test]
async fn a_script_without_origin_may_use_the_cookie_if_it_says_that_it_is_one() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "For a script").await;
    let script = ana.with_cookie().with_header(X_REQUESTED_WITH, "XMLHttpRequest");
    let read = script.post(&format!("/api/notifications/{id}/mark_as_read/")).await.ok(200);
    assert_eq!(read["is_read"], true);
    script.delete(&format!("/api/notifications/{id}/")).await.ok(204);
}

#[tokio::test]
async fn reading_with_the_cookie_needs_no_origin_and_a_bearer_never_does() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Plain").await;
    for path in ["/api/notifications/", "/api/notifications/unread/", "/api/notifications/unread_count/"] {
        ana.with_cookie().get(path).await.ok(200);
    }
    // A page can't send a bearer unless it was given it, so its origin doesn't matter.
    let elsewhere = ana.on_page("https://evil.example");
    elsewhere.post(&format!("/api/notifications/{id}/mark_as_read/")).await.ok(200);
}
