//! An inbox is its owner's alone, whatever the route: every documented operation is called by others with what belongs to
//! the owner.

use belfry_tests::{Answer, Client, STATUSES, Socket, Target, draft, path_of, pointers};
use reqwest::header::{HeaderName, IF_NONE_MATCH};
use serde_json::{Value, json};

use crate::{
    document::{METHODS, Operation, operations},
    tickets::{address, ticket},
    transitions::Place,
};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Where a notification of the owner's is, deleted ones among them.
const PLACES: usize = 5;

/// An owner with something in every list, each word of it marked, and somebody who would like to see it.
struct Scene {
    belfry: Target,
    admin: Client,
    ana: Client,
    bruno: Client,
    /// Of which nothing may come to others.
    canaries: Vec<String>,
    /// Of the living and of one that is deleted.
    ids: Vec<String>,
}

impl Scene {
    async fn set() -> Self {
        let belfry = Target::start().await;
        let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
        let mark = format!("canary{:032x}", fastrand::u128(..));
        let mut ids = Vec::new();
        // Two in each list, so that each has a next page and a previous one.
        for place in Place::LIVING.into_iter().chain([Place::Deleted]).cycle().take(2 * PLACES) {
            let body = json!({
                "user": ana.user(), "title": format!("title {mark}"), "message": format!("message {mark}"),
                "notification_type": "warning", "category": format!("category {mark}"),
                "related_object_type": format!("type {mark}"), "related_object_id": format!("id {mark}"),
                "redirect_url": format!("/{mark}/"), "data": { mark.as_str(): [mark] },
            });
            let id = admin.create(&body).await["id"].as_str().unwrap().to_owned();
            place.reach(&ana, &id).await;
            ids.push(id);
        }
        let canaries = vec![mark, ana.user().to_owned(), ana.token().to_owned()];
        Self { belfry, admin, ana, bruno, canaries, ids }
    }

    #[track_caller]
    fn assert_nothing_of_anas(&self, what: &str, told: &str) {
        for canary in self.canaries.iter().chain(&self.ids) {
            assert!(!told.contains(canary.as_str()), "{what} tells {canary}: {told}");
        }
    }

    /// The same answer as for an id that nobody has, and nothing of ana's in it.
    async fn assert_unknown(&self, caller: &Client, operation: &Operation, id: &str, body: &str) -> Answer {
        let call = async |id: &str| {
            caller.send(operation.method.clone(), &operation.address(id), body.to_owned()).await
        };
        let (foreign, unknown) = (call(id).await, call(&neighbour(id)).await);
        assert_eq!(foreign.fingerprint(), unknown.fingerprint(), "{} {body}", operation.name);
        self.assert_nothing_of_anas(&operation.name, &foreign.whole());
        foreign
    }
}

/// Another id that differs in nothing but its last digit.
fn neighbour(id: &str) -> String {
    let last = if id.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &id[..id.len() - 1])
}

#[tokio::test]
async fn no_route_does_or_tells_anything_with_anothers_id() {
    let scene = Scene::set().await;
    let before = scene.ana.everything().await;
    let (mut own, mut strangers) = (Socket::open(&scene.ana).await, Socket::open(&scene.bruno).await);
    let mut called = 0;
    for operation in operations(&scene.belfry).await.iter().filter(|operation| operation.takes_id()) {
        let bodies = operation.bodies(&scene.bruno);
        for (caller, bodies) in [
            (&scene.bruno, &bodies[..]),
            (&scene.bruno.as_browser(), &bodies[..1]),
            (&scene.admin, &bodies[..1]),
        ] {
            for body in bodies {
                for id in &scene.ids[..PLACES] {
                    scene.assert_unknown(caller, operation, id, body).await.problem(404, "not_found");
                    called += 1;
                }
            }
        }
    }
    assert!(called >= 9 * 3 * PLACES, "{called}");
    assert_eq!(scene.ana.everything().await, before);
    let theirs = scene.admin.notify(&scene.bruno, "For bruno").await;
    strangers.expect_ring(&theirs).await;
    let next = scene.admin.notify(&scene.ana, "For ana").await;
    own.expect_ring(&next).await;
}

#[tokio::test]
async fn no_method_that_isnt_documented_does_anything_with_anothers_id_either() {
    let scene = Scene::set().await;
    let before = scene.ana.everything().await;
    let documented = operations(&scene.belfry).await;
    for operation in documented.iter().filter(|operation| operation.takes_id()) {
        let taken = |method: &&reqwest::Method| {
            documented.iter().any(|other| other.path == operation.path && other.method == **method)
        };
        for method in METHODS.iter().filter(|method| !taken(method)) {
            let other = operation.by(method);
            for id in &scene.ids[..PLACES] {
                let answer = scene.assert_unknown(&scene.bruno, &other, id, "{\"is_read\":true}").await;
                answer.problem(405, "method_not_allowed");
            }
        }
    }
    assert_eq!(scene.ana.everything().await, before);
}

#[tokio::test]
async fn no_route_takes_anothers_cursor() {
    let scene = Scene::set().await;
    let before = scene.ana.everything().await;
    let (mut lists, mut cursors) = (0, 0);
    for operation in operations(&scene.belfry).await {
        let statuses = operation.lists_with_cursor();
        lists += usize::from(!statuses.is_empty());
        for status in statuses {
            let first = scene.ana.get(&format!("{}?status={status}&limit=1", operation.path)).await;
            // One of the lists is of one status only.
            if first.status == 400 {
                continue;
            }
            let next = scene.ana.link(&first.ok(200), "next").expect("there are two in each list");
            let second = scene.ana.get(&next).await.ok(200);
            let previous = scene.ana.link(&second, "previous").unwrap();
            for link in [next, previous] {
                for caller in [&scene.bruno, &scene.bruno.as_browser(), &scene.admin] {
                    let answer = caller.get(&link).await;
                    assert_eq!(pointers(&answer.problem(400, "invalid_query")), ["cursor"], "{link}");
                    scene.assert_nothing_of_anas(&link, &answer.whole());
                    cursors += 1;
                }
            }
        }
    }
    assert!(lists >= 2 && cursors >= (STATUSES.len() + 1) * 2 * 3, "{lists} {cursors}");
    assert_eq!(scene.ana.everything().await, before);
}

#[tokio::test]
async fn no_other_route_tells_or_touches_anything_of_anothers() {
    let scene = Scene::set().await;
    let _alone = scene.belfry.admin_alone().await;
    let before = scene.ana.everything().await;
    let etag = scene.ana.get("/api/notifications/").await.header("etag").to_owned();
    let mut own = Socket::open(&scene.ana).await;
    for operation in operations(&scene.belfry).await.iter().filter(|operation| !operation.takes_id()) {
        for user in [scene.bruno.user(), "admin"] {
            let caller = scene.belfry.sign_in(user).await.with_header(IF_NONE_MATCH, &etag);
            for body in operation.bodies(&caller) {
                let answer = caller.send(operation.method.clone(), &operation.path, body).await;
                assert_ne!(answer.status, 304, "{}: another's ETag is worth nothing", operation.name);
                scene.assert_nothing_of_anas(&operation.name, &answer.whole());
            }
        }
    }
    assert_eq!(scene.ana.everything().await, before);
    let next = scene.admin.notify(&scene.ana, "Next").await;
    own.expect_ring(&next).await;
}

#[tokio::test]
async fn the_key_of_one_caller_says_nothing_to_another() {
    let scene = Scene::set().await;
    let key = format!("black-box-{:032x}", fastrand::u128(..));
    let mut body = draft(scene.ana.user(), "Secret");
    body["message"] = json!(scene.canaries[0]);
    scene.admin.with_header(IDEMPOTENCY_KEY, &key).create(&body).await;
    let before = scene.ana.everything().await;
    for operation in operations(&scene.belfry).await {
        if operation.takes_header(&IDEMPOTENCY_KEY) {
            let caller = scene.bruno.with_header(IDEMPOTENCY_KEY, &key);
            let (same, own) = (body.to_string(), operation.bodies(&caller).swap_remove(0));
            for sent in [same, own] {
                let answer = caller.send(operation.method.clone(), &operation.path, sent).await;
                answer.problem(403, "forbidden");
                assert!(!answer.whole().contains(&scene.canaries[0]), "{answer:?}");
            }
        }
    }
    assert_eq!(scene.ana.everything().await, before);
}

#[tokio::test]
async fn no_socket_takes_anothers_cursor() {
    let scene = Scene::set().await;
    let hello = |cursor: &Value| json!({ "type": "hello", "cursor": cursor }).to_string();
    let mut own = Socket::open(&scene.ana).await;
    own.send(hello(&Value::Null)).await;
    let welcome = own.next().await;
    assert_eq!((&welcome["type"], &welcome["user"]), (&json!("welcome"), &json!(scene.ana.user())));
    let page = scene.ana.get("/api/notifications/?limit=1").await.ok(200);
    let next = page["next"].as_str().unwrap().rsplit_once("cursor=").unwrap().1;
    let mut strangers = Socket::open(&scene.bruno).await;
    for cursor in [&welcome["cursor"], &json!(next), &json!(scene.ids[0]), &page["results"][0]["changed"]] {
        strangers.send(hello(cursor)).await;
    }
    let last = scene.admin.notify(&scene.bruno, "Bruno's").await;
    let mut told = strangers.all_before_ring(&last).await;
    strangers.send(r#"{"type":"ping"}"#).await;
    while told.last().is_none_or(|frame| frame["type"] != "pong") {
        told.push(strangers.next().await);
    }
    assert!(told.iter().any(|frame| frame["recovered"] == false), "{told:?}");
    for frame in told {
        scene.assert_nothing_of_anas("a frame", &frame.to_string());
        assert_ne!(frame["recovered"], true, "{frame}");
    }
}

#[tokio::test]
async fn a_ticket_is_its_owners_whoever_brings_it_and_cannot_be_guessed_or_used_again() {
    let scene = Scene::set().await;
    let (anas, brunos) = (ticket(&scene.ana).await, ticket(&scene.bruno).await);
    let flipped: Vec<String> = (0..anas.len())
        .map(|at| {
            let other = if &anas[at..=at] == "x" { "y" } else { "x" };
            format!("{}{other}{}", &anas[..at], &anas[at + 1..])
        })
        .collect();
    for guess in flipped.iter().chain([&anas.to_lowercase(), &format!("{anas}{brunos}")]) {
        assert_eq!(Socket::refusal_at(&scene.bruno, &address(guess)).await, 401, "{guess}");
    }
    let mut by_ticket = Socket::open_at(&scene.bruno, &address(&anas)).await;
    let mut strangers = Socket::open_at(&scene.ana, &address(&brunos)).await;
    for caller in [&scene.bruno, &scene.ana, &scene.belfry.anonymous()] {
        for used in [&anas, &brunos] {
            assert_eq!(Socket::refusal_at(caller, &address(used)).await, 401, "used");
        }
    }
    let theirs = scene.admin.notify(&scene.bruno, "Bruno's").await;
    scene.bruno.act(&theirs, "mark_as_read").await.ok(200);
    scene.ana.act(&scene.ids[0], "archive").await.ok(200);
    scene.ana.delete(&path_of(&scene.ids[1])).await.ok(204);
    scene.ana.mark_all_read().await;
    let last = scene.admin.notify(&scene.ana, "Ana's").await;
    let told = by_ticket.all_before_ring(&last).await;
    assert!(
        !told.is_empty() && told.iter().all(|frame| frame["notification_id"] != theirs.as_str()),
        "{told:?}"
    );
    let last = scene.admin.notify(&scene.bruno, "Bruno's last").await;
    for frame in strangers.all_before_ring(&last).await {
        assert_eq!(frame["notification_id"], theirs.as_str(), "{frame}");
        scene.assert_nothing_of_anas("a frame", &frame.to_string());
    }
}
