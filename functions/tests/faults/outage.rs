//! Writes that are late or unanswered, streams that are down, sockets that open at the wrong moment.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::clock;
use belfry_dynamo::{Fault, names};
use futures::future::join;

use crate::{
    device::Device,
    ledger::Ledger,
    poller::Poller,
    support::{draft, recorder::Answer, user, world::World},
};

/// A device that is there, in a world where nothing has happened.
async fn there() -> (World, Ledger, Poller, Device) {
    let world = World::new().await;
    let (poller, mut device) = (Poller::of(&world).await, Device::of(&world, "ana"));
    assert!(device.connect(&world, 1).await && device.hello(&world).await);
    // The sender is known already: what is written next is the notification, or its key.
    let sender = world.token("admin", "admin");
    assert_eq!(world.get("/api/user/current/", &sender).await.status(), 200);
    (world, Ledger::default(), poller, device)
}

/// The answers of all five attempts get lost, so the sender is told 503, five times; all the same there is one.
#[tokio::test]
async fn a_create_that_times_out_after_its_commit_and_is_retried_with_its_key_makes_one() {
    let (world, mut ledger, mut poller, mut device) = there().await;
    for _ in 0..4 {
        (0..5).for_each(|_| world.wire.order("PutItem", Fault::CutAnswer));
    }
    ledger.send(&world, &["ana"], true).await;
    assert_eq!((ledger.of("ana").len(), world.wire.faults_left()), (1, 0));
    poller.drain(&world).await;
    device.hear(&world).await;
    ledger.judge(&world, &[device]).await;
}

/// Moves every name that a key stands for eleven minutes back: as if it had been given then.
async fn eleven_minutes_later(world: &World) {
    let rows = world.raw.scan().table_name(names::DIRECTORY).send().await.unwrap().items.unwrap();
    for mut row in rows.into_iter().filter(|row| row.contains_key("notification")) {
        let name: uuid::Uuid = row["notification"].as_s().unwrap().parse().unwrap();
        let millis = clock::now().plus_millis(-11 * 60 * 1000).as_millis();
        let bytes: [u8; 10] = name.as_bytes()[6..].try_into().unwrap();
        let then = uuid::Builder::from_unix_timestamp_millis(millis.try_into().unwrap(), &bytes).into_uuid();
        row.insert("notification".to_owned(), AttributeValue::S(then.to_string()));
        world.raw.put_item().table_name(names::DIRECTORY).set_item(Some(row)).send().await.unwrap();
    }
}

/// Named before everything was marked read, and before the device's cursor; committed after both.
#[tokio::test]
async fn a_create_that_is_retried_after_eleven_minutes_is_news_then_and_there_once() {
    let (world, mut ledger, mut poller, mut device) = there().await;
    world.wire.order("PutItem", Fault::Delay(Duration::ZERO));
    (0..5).for_each(|_| world.wire.order("PutItem", Fault::Throttle));
    ledger.send_once(&world, "ana").await;
    assert_eq!((ledger.of("ana").len(), world.wire.faults_left()), (0, 0));
    eleven_minutes_later(&world).await;
    world.inbox.mark_all_read(&user("ana")).await.unwrap();
    assert!(device.hello(&world).await);
    ledger.send_again(&world, "ana").await;
    ledger.send_again(&world, "ana").await;
    assert_eq!(ledger.of("ana").len(), 1);
    poller.lose().await;
    assert!(device.hello(&world).await);
    assert!(device.screen().values().all(|shown| !shown.is_read));
    ledger.judge(&world, &[device]).await;
}

/// Committed after the device's cursor was taken, with an id from before it, and never told by the stream.
#[tokio::test]
async fn what_commits_late_and_out_of_order_during_a_reconnect_comes_with_a_later_hello() {
    let (world, mut ledger, mut poller, mut device) = there().await;
    world.wire.order("PutItem", Fault::Delay(Duration::from_millis(1_500)));
    let reconnect = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        device.lose(&world, Answer::Gone);
        world.inbox.create(draft("ana")).await.unwrap();
        assert!(device.connect(&world, 2).await && device.hello(&world).await);
        assert_eq!(device.told.len(), 1, "the late one isn't there yet");
    };
    join(ledger.send(&world, &["ana"], false), reconnect).await;
    assert_eq!(ledger.of("ana").len(), 1);
    poller.lose().await;
    assert!(device.hello(&world).await);
    ledger.judge(&world, &[device]).await;
}

#[tokio::test]
async fn while_the_stream_is_down_everything_comes_by_hello_and_nothing_twice_when_it_is_back() {
    let (world, mut ledger, mut poller, mut device) = there().await;
    for _ in 0..10 {
        ledger.send(&world, &["ana", "bruno"], true).await;
    }
    world.inbox.mark_all_read(&user("ana")).await.unwrap();
    ledger.send(&world, &["ana"], true).await;
    assert!(device.hello(&world).await);
    let screen = device.screen();
    assert_eq!((screen.len(), screen.values().filter(|shown| !shown.is_read).count()), (11, 1));
    poller.drain(&world).await;
    device.hear(&world).await;
    assert_eq!(device.screen(), screen);
    ledger.judge(&world, &[device]).await;
}

/// API Gateway answers 410 for a socket whose `$connect` hasn't returned; its row must survive that.
#[tokio::test]
async fn what_is_posted_before_connect_has_returned_is_not_lost_with_its_socket() {
    let (world, mut ledger, mut poller, mut device) = there().await;
    device.lose(&world, Answer::Gone);
    world.open("ana", &["ana-opening"]).await;
    world.recorder.answer("ana-opening", Answer::Gone);
    ledger.send(&world, &["ana"], true).await;
    poller.drain(&world).await;
    assert_eq!(world.recorder.frames("ana-opening").len(), 0);
    device.opened(&world, "ana-opening");
    ledger.send(&world, &["ana"], true).await;
    poller.drain(&world).await;
    device.hear(&world).await;
    assert_eq!(device.told.len(), 1, "the row is still there, so the second one rings");
    assert!(device.hello(&world).await);
    ledger.judge(&world, &[device]).await;
}

/// `$disconnect` never came, so the rows stay; they go by an aged 410, and nothing depends on it.
#[tokio::test]
async fn rows_that_no_disconnect_took_away_cost_nobody_anything() {
    let (world, mut ledger, mut poller, mut device) = there().await;
    for (socket, seconds) in [("ana-old-1", 40), ("ana-old-2", 7_000)] {
        world.opened_ago("ana", socket, seconds).await;
        world.recorder.answer(socket, Answer::Gone);
    }
    ledger.send(&world, &["ana"], true).await;
    poller.drain(&world).await;
    device.hear(&world).await;
    assert_eq!(device.told.len(), 1);
    assert_eq!(world.sockets("ana").await, [device.socket.clone().unwrap()]);
    ledger.judge(&world, &[device]).await;
}
