//! What holds for every route that the API's document names.

use belfry_tests::{Socket, Target, ids};
use reqwest::{
    Method,
    header::{HeaderName, IF_NONE_MATCH},
};
use serde_json::Value;

use crate::{document::operations, pages::foreign_origins};

const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

#[tokio::test]
async fn the_document_is_open_to_anyone_and_names_itself() {
    let belfry = Target::start().await;
    let document = belfry.anonymous().get("/api/schema/").await.ok(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    assert_eq!(belfry.user().await.get("/api/schema").await.ok(200), document);
    let public: Vec<_> = operations(&belfry).await.into_iter().filter(|operation| operation.public).collect();
    let names: Vec<_> = public.iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!(names, ["getHealth", "getSchema"]);
}

#[tokio::test]
async fn without_a_credential_every_route_answers_401_and_looks_at_nothing_else() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Mine").await;
    let before = ana.everything().await;
    let anonymous = belfry.anonymous();
    for operation in operations(&belfry).await {
        if operation.public {
            operation.call(&anonymous, &id).await.ok(200);
            continue;
        }
        for page in [&anonymous, &anonymous.on_page(belfry.url())] {
            operation.call(page, &id).await.problem(401, "unauthenticated");
            operation.call(page, "nonsense").await.problem(401, "unauthenticated");
            let garbage = page.send(operation.method.clone(), &operation.address(&id), "garbage").await;
            garbage.problem(401, "unauthenticated");
        }
    }
    assert_eq!(ana.everything().await, before);
}

#[tokio::test]
async fn no_foreign_page_does_anything_with_the_cookie_by_any_route() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Mine").await;
    let before = ana.everything().await;
    let mut pages = vec![ana.with_cookie()];
    for origin in foreign_origins(belfry.url()) {
        let page = ana.with_cookie().on_page(&origin);
        pages.extend([page.with_header(X_REQUESTED_WITH, "XMLHttpRequest"), page]);
    }
    for operation in operations(&belfry).await {
        if operation.public || operation.method == Method::GET {
            continue;
        }
        for page in &pages {
            operation.call(page, &id).await.problem(403, "forbidden");
        }
    }
    assert_eq!(ana.everything().await, before);
    Socket::open(&ana.as_browser()).await.expect_pong().await;
}

#[tokio::test]
async fn after_signing_out_no_route_serves_the_token_be_it_by_bearer_or_cookie() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Mine").await;
    let again = belfry.sign_in(ana.user()).await;
    let before = again.everything().await;
    ana.as_browser().delete("/api/session/").await.ok(204);
    for operation in operations(&belfry).await.iter().filter(|operation| !operation.public) {
        for caller in [&ana, &ana.as_browser()] {
            operation.call(caller, &id).await.problem(401, "unauthenticated");
        }
    }
    assert_eq!(again.everything().await, before);
}

#[tokio::test]
async fn every_path_works_with_and_without_its_trailing_slash() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    for operation in operations(&belfry).await {
        if operation.name == "deleteSession" {
            belfry.admin().await.delete("/api/session").await.ok(204);
            continue;
        }
        let mut statuses = Vec::new();
        for slash in ["", "/"] {
            let id = operation.subject(&admin).await;
            let path = format!("{}{slash}", operation.address(&id).trim_end_matches('/'));
            let body = operation.bodies(&admin).swap_remove(0);
            statuses.push(admin.send(operation.method.clone(), &path, body).await.status);
        }
        assert_eq!(statuses[0], statuses[1], "{}", operation.name);
        assert!((200..300).contains(&statuses[0]), "{}: {statuses:?}", operation.name);
    }
    for id in admin.listed("all").await {
        admin.delete(&format!("/api/notifications/{id}")).await;
    }
}

#[tokio::test]
async fn every_list_that_can_be_polled_answers_304_and_says_when_to_come_again() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify(&ana, "Mine").await;
    let polled: Vec<_> = operations(&belfry).await;
    let polled: Vec<_> = polled.iter().filter(|operation| operation.takes_header(&IF_NONE_MATCH)).collect();
    assert!(polled.len() >= 2);
    for operation in polled {
        let first = ana.get(&operation.path).await;
        assert_eq!(ids(&first.ok(200)).len(), 1);
        let again = ana.with_header(IF_NONE_MATCH, first.header("etag")).get(&operation.path).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{}", operation.name);
        assert!(!again.header("x-poll-interval").is_empty(), "{again:?}");
    }
}

#[tokio::test]
async fn every_status_that_a_route_answers_is_documented() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let document: Value = belfry.anonymous().get("/api/schema/").await.ok(200);
    for operation in operations(&belfry).await {
        let method = operation.method.as_str().to_lowercase();
        let responses = &document["paths"][&operation.path][&method]["responses"];
        let own = belfry.sign_in(ana.user()).await;
        let id = admin.notify(&ana, "Mine").await;
        for (caller, id) in
            [(&own, id.as_str()), (&own, "nonsense"), (&belfry.anonymous(), &id), (&own.with_cookie(), &id)]
        {
            let status = operation.call(caller, id).await.status.to_string();
            assert!(responses.get(&status).is_some(), "{}: {status}", operation.name);
        }
    }
}
