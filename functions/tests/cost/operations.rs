//! Every operation, spent once, and held to its limit.

use tokio::sync::OnceCell;

use crate::{
    audiences::{account, broadcast, recall, told},
    limits::{LIMITS, Limit},
    looking::{first_sight, get, look},
    sending::{by_key, fanout, one, to_many},
    sockets::{
        connect_by_ticket, connect_by_token, disconnect, hello_again, hello_first, ping, sign_out, ticket,
    },
    spent::Spent,
    touching::{act, delete, edit, mark_all, seen, snooze},
};

async fn spend(operation: &str) -> Spent {
    match operation {
        "create for one user" => one().await,
        "create with an `Idempotency-Key`" => by_key(false).await,
        "the same, sent again" => by_key(true).await,
        "create for 100 users" => to_many(false).await,
        "create for 100 users, with an `Idempotency-Key`" => to_many(true).await,
        "fan-out of one, to nobody" => fanout(0, 100).await,
        "fan-out of one, to one socket, 10 unread" => fanout(1, 10).await,
        "fan-out of one, to one socket, 100 unread" => fanout(1, 100).await,
        "list 20 of 100, all unread" => look("/api/notifications/", 100).await,
        "list 20 of 100 unread, by `status=unread`" => look("/api/notifications/unread/", 100).await,
        "unread count of 100" => look("/api/notifications/unread_count/", 100).await,
        "unread count of 1,000" => look("/api/notifications/unread_count/", 1_000).await,
        "get one" => get().await,
        "mark one read" => act(&["mark_as_read"]).await,
        "mark one unread" => act(&["mark_as_read", "mark_as_unread"]).await,
        "archive" => act(&["archive"]).await,
        "snooze" => snooze().await,
        "edit" => edit().await,
        "delete" => delete().await,
        "mark all read, 100 of them old" => mark_all(100, 0).await,
        "mark all read, 3 of them of the last seconds" => mark_all(0, 3).await,
        "seen, 100 unread" => seen(100).await,
        "ticket for a socket" => ticket().await,
        "`$connect` by a token" => connect_by_token().await,
        "`$connect` by a ticket" => connect_by_ticket().await,
        "`$disconnect`" => disconnect().await,
        "ping" => ping().await,
        "hello, first visit" => hello_first().await,
        "hello, nothing missed" => hello_again().await,
        "sign-out, no socket open" => sign_out().await,
        "first sight of a user" => first_sight().await,
        "an event that tells one user" => told(false).await,
        "an alert that is counted into another" => told(true).await,
        "an event that changes a role" => account().await,
        "a broadcast to 1,000 users, named" => broadcast(false).await,
        "a broadcast to 1,000 users, everyone" => broadcast(true).await,
        "a recall from 1,000 users" => recall().await,
        unknown => panic!("nobody spends {unknown}"),
    }
}

/// What each operation spent, in the order of the limits; counted once for all tests.
pub(crate) async fn measured() -> &'static [(Limit, Spent)] {
    static MEASURED: OnceCell<Vec<(Limit, Spent)>> = OnceCell::const_new();
    let measure = async || {
        let mut measured = Vec::new();
        for limit in LIMITS {
            // On the heap: all these futures in one would be larger than a test's stack.
            measured.push((limit, Box::pin(spend(limit.operation)).await));
        }
        measured
    };
    MEASURED.get_or_init(measure).await
}

#[tokio::test]
async fn the_cost_of_no_operation_is_above_its_limit() {
    let above: Vec<_> = measured()
        .await
        .iter()
        .filter(|(limit, spent)| {
            spent.calls > limit.calls
                || spent.write_units > limit.write_units
                || spent.read_units > limit.read_units
        })
        .collect();
    assert!(above.is_empty(), "{above:#?}");
}

#[tokio::test]
async fn whether_a_caller_counts_costs_two_units_and_is_asked_twice_only_where_a_socket_opens() {
    for (limit, spent) in measured().await {
        let units = spent.credential_read_units;
        let times = if limit.operation.starts_with("`$connect`") { 2.0 } else { 1.0 };
        let is = |expected: f64| (units - expected).abs() < f64::EPSILON;
        assert!(is(0.0) || is(2.0 * times), "{}: {units}", limit.operation);
    }
}
