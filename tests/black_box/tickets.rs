//! Tickets: opening a socket where no cookie and no header can be sent.

use belfry_tests::{Client, Moment, Socket, Target, keys};
use futures::future::join_all;

use crate::pages::foreign_origins;

pub(crate) async fn ticket(owner: &Client) -> String {
    let issued = owner.post("/api/ws/ticket/").await.ok(201);
    issued["ticket"].as_str().unwrap_or_else(|| panic!("no ticket: {issued}")).to_owned()
}

pub(crate) fn address(ticket: &str) -> String {
    format!("/ws/notification/?ticket={ticket}")
}

#[tokio::test]
async fn a_ticket_opens_one_socket_of_its_owner_and_no_second_one() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    for (caller, again) in [
        (belfry.anonymous(), belfry.anonymous()),
        (belfry.anonymous().on_page(belfry.url()), ana.clone()),
        (bruno.clone(), ana.as_browser()),
    ] {
        let path = address(&ticket(&ana).await);
        let mut socket = Socket::open_at(&caller, &path).await;
        socket.expect_pong().await;
        assert_eq!(Socket::refusal_at(&again, &path).await, 401, "not even with another credential");
        admin.notify(&bruno, "Not ana's").await;
        let id = admin.notify(&ana, "Ana's").await;
        socket.expect_ring(&id).await;
    }
    let path = format!("/ws/notification?ticket={}", ticket(&ana).await);
    Socket::open_at(&belfry.anonymous(), &path).await.expect_pong().await;
}

#[tokio::test]
async fn of_a_hundred_who_come_with_one_ticket_one_is_let_in() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (path, anonymous) = (address(&ticket(&ana).await), belfry.anonymous());
    let attempts = join_all((0..100).map(|_| Socket::attempt_at(&anonymous, &path))).await;
    let (opened, refused): (Vec<_>, Vec<_>) = attempts.into_iter().partition(Result::is_ok);
    assert_eq!((opened.len(), refused.len()), (1, 99));
    assert!(refused.into_iter().all(|attempt| attempt.is_err_and(|status| status == 401)));
    let id = admin.notify(&ana, "For the one").await;
    opened.into_iter().next().unwrap().unwrap().expect_ring(&id).await;
}

#[tokio::test]
async fn what_is_no_ticket_opens_nothing() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let good = ticket(&ana).await;
    let turned = |character: char| {
        if character.is_lowercase() { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() }
    };
    let turned: String = good.chars().map(turned).collect();
    let close = [&good[1..], &good[..good.len() - 1], &turned, &format!("{good}A"), &format!("{good}%00")];
    for guess in
        close.into_iter().chain(["", "A", "%20", "AAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(2_000), ana.token()])
    {
        for caller in [belfry.anonymous(), ana.clone()] {
            let status = Socket::refusal_at(&caller, &address(guess)).await;
            assert_eq!(status, 401, "{guess}");
        }
    }
    Socket::open_at(&belfry.anonymous(), &address(&good)).await.expect_pong().await;
}

#[tokio::test]
async fn a_foreign_page_uses_no_ticket_and_doesnt_use_it_up() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let path = address(&ticket(&ana).await);
    for origin in foreign_origins(belfry.url()) {
        assert_eq!(Socket::refusal_at(&belfry.anonymous().on_page(&origin), &path).await, 403, "{origin}");
    }
    Socket::open_at(&belfry.anonymous().on_page(belfry.url()), &path).await.expect_pong().await;
}

#[tokio::test]
async fn signing_out_voids_the_tickets_of_that_session_and_no_other() {
    let belfry = Target::start().await;
    let (admin, laptop) = (belfry.admin().await, belfry.user().await);
    let phone = belfry.sign_in(laptop.user()).await;
    let (void, good) = (ticket(&laptop).await, ticket(&phone).await);
    laptop.delete("/api/session/").await.ok(204);
    laptop.post("/api/ws/ticket/").await.problem(401, "unauthenticated");
    assert_eq!(Socket::refusal_at(&belfry.anonymous(), &address(&void)).await, 401);
    let mut socket = Socket::open_at(&belfry.anonymous(), &address(&good)).await;
    let id = admin.notify(&phone, "Still there").await;
    socket.expect_ring(&id).await;
}

#[tokio::test]
async fn a_ticket_lives_a_minute_at_most_and_is_different_each_time() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut known = Vec::new();
    for _ in 0..5 {
        let earlier = admin.notify(&ana, "Before").await;
        let answer = ana.post("/api/ws/ticket/").await;
        let later = admin.notify(&ana, "After").await;
        let issued = answer.ok(201);
        assert_eq!(keys(&issued), ["expires_at", "ticket"]);
        let [earlier, later] = [ana.shown(&earlier).await, ana.shown(&later).await]
            .map(|shown| Moment::of(&shown["created_at"]));
        let end = Moment::of(&issued["expires_at"]);
        assert!(end.millis_since(later) <= 60_000 && end.millis_since(earlier) > 30_000, "{issued}");
        let ticket = issued["ticket"].as_str().unwrap().to_owned();
        assert!(ticket.len() >= 22 && !known.contains(&ticket), "{ticket}");
        assert!(ticket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{ticket}");
        assert!(answer.header("cache-control").contains("no-store"), "{answer:?}");
        known.push(ticket);
    }
}

#[tokio::test]
async fn a_ticket_is_no_token_and_a_token_no_ticket() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let issued = ticket(&ana).await;
    let bearer = ana.with_token(&issued);
    for caller in [&bearer, &bearer.as_browser()] {
        for path in ["/api/user/current/", "/api/notifications/", "/api/notifications/unread_count/"] {
            caller.get(path).await.problem(401, "unauthenticated");
        }
        caller.post("/api/session/").await.problem(401, "unauthenticated");
        assert_eq!(Socket::refusal(caller).await, 401);
    }
    let path = format!("/api/notifications/?ticket={issued}");
    belfry.anonymous().get(&path).await.problem(401, "unauthenticated");
    Socket::open_at(&belfry.anonymous(), &address(&issued)).await.expect_pong().await;
}

#[tokio::test]
async fn the_cookie_of_the_own_page_gets_a_ticket() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let path = address(&ticket(&ana.as_browser()).await);
    Socket::open_at(&belfry.anonymous(), &path).await.expect_pong().await;
}
