//! Who may open a socket, and what becomes of sockets that close.

use belfry_tests::{Socket, Target};

use crate::pages::foreign_origins;

#[tokio::test]
async fn without_a_credential_no_socket_opens() {
    let belfry = Target::start().await;
    for client in [belfry.anonymous(), belfry.anonymous().on_page(belfry.url())] {
        let status = Socket::refusal(&client).await;
        assert!([401, 403].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn a_bearer_opens_a_socket_without_an_origin_and_on_the_own_page() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    Socket::open(&ana).await.expect_pong().await;
    Socket::open(&ana.on_page(belfry.url())).await.expect_pong().await;
    Socket::open_at(&ana, "/ws/notification").await.expect_pong().await;
}

#[tokio::test]
async fn a_cookie_opens_a_socket_on_the_own_page_only() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    Socket::open(&ana.as_browser()).await.expect_pong().await;
    assert_eq!(Socket::refusal(&ana.with_cookie()).await, 403);
}

#[tokio::test]
async fn a_foreign_page_opens_no_socket_whatever_its_credential() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for origin in foreign_origins(belfry.url()) {
        for client in [ana.with_cookie(), ana.clone()] {
            assert_eq!(Socket::refusal(&client.on_page(&origin)).await, 403, "{origin}");
        }
    }
    Socket::open(&ana).await.expect_pong().await;
}

#[tokio::test]
async fn a_token_in_the_address_opens_no_socket() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for name in ["token", "access_token", "ticket", "authorization"] {
        let path = format!("/ws/notification/?{name}={}", ana.token());
        let status = Socket::refusal_at(&belfry.anonymous(), &path).await;
        assert!([401, 403].contains(&status), "{name}: {status}");
    }
}

#[tokio::test]
async fn a_socket_that_closed_can_be_opened_again() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for round in 0..3 {
        let mut socket = Socket::open(&ana).await;
        let id = admin.notify(&ana, &format!("Round {round}")).await;
        socket.expect_ring(&id).await;
        socket.close().await;
    }
}

#[tokio::test]
async fn a_socket_that_was_lost_does_not_silence_the_others() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (first, mut living, last) =
        (Socket::open(&ana).await, Socket::open(&ana).await, Socket::open(&ana).await);
    drop((first, last));
    for number in 0..5 {
        let id = admin.notify(&ana, &format!("Number {number}")).await;
        living.expect_ring(&id).await;
    }
    living.expect_pong().await;
}
