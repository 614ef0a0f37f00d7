//! Connections that open while access ends, and more of them at once than a user may have.

use std::time::Duration;

use belfry_tests::{Client, Socket, Target};
use futures::future::join_all;
use tokio::time::timeout;

const HELLO: &str = r#"{"type":"hello","cursor":null}"#;

/// How long a connection may take to end.
const SOON: Duration = Duration::from_secs(20);

/// Those that open, of so many attempts at the same time.
async fn opened(client: &Client, attempts: usize) -> Vec<Socket> {
    let attempts = (0..attempts).map(|_| Socket::attempt_at(client, "/ws/notification/"));
    join_all(attempts).await.into_iter().filter_map(Result::ok).collect()
}

#[tokio::test]
async fn none_that_opens_during_a_sign_out_answers_a_hello() {
    let belfry = Target::start().await;
    for _ in 0..4 {
        let ana = belfry.user().await;
        let (sockets, answer) = tokio::join!(opened(&ana, 20), async {
            tokio::task::yield_now().await;
            ana.delete("/api/session/").await
        });
        answer.ok(204);
        for mut socket in sockets {
            let _ = socket.try_send(HELLO).await;
            let frame = timeout(SOON, socket.receive()).await.expect("the connection ends");
            assert_eq!(frame, None);
        }
    }
}

#[tokio::test]
async fn each_that_is_welcomed_hears_what_comes_next() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut welcomed = Vec::new();
    for mut socket in opened(&ana, 26).await {
        let _ = socket.try_send(HELLO).await;
        let frame = timeout(SOON, socket.receive()).await.expect("an answer, or the end");
        if frame.is_some_and(|frame| frame["type"] == "welcome") {
            welcomed.push(socket);
        }
    }
    assert!((1..=20).contains(&welcomed.len()), "{}", welcomed.len());
    let id = admin.notify(&ana, "To all").await;
    for socket in &mut welcomed {
        socket.expect_ring(&id).await;
    }
}
