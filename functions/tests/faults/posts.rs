//! Posts that fail in every way, to many sockets.

use futures::future::try_join_all;
use serde_json::json;

use crate::{
    device::Device,
    ledger::Ledger,
    poller::{Poller, deliver, poison},
    support::{draft, recorder::Answer, stream::Stream, user, world::World},
};

const SOCKETS: usize = 500;

/// Users with twenty sockets each, too many to be posted to one after another within the function's patience.
const USERS: usize = 100;

#[tokio::test]
async fn a_user_with_500_sockets_is_told_on_each_that_can_be_told_once() {
    let world = World::new().await;
    let sockets: Vec<String> = (0..SOCKETS).map(|at| format!("ana-{at}")).collect();
    for socket in &sockets {
        world.connections.register(&user("ana"), socket, None).await.unwrap();
    }
    for (at, socket) in sockets.iter().enumerate() {
        match at % 25 {
            3 => world.recorder.answer(socket, Answer::Gone),
            9 => world.recorder.answer(socket, Answer::Forbidden),
            17 => world.recorder.answer_next(socket, Answer::LimitExceeded),
            _ => {}
        }
    }
    world.inbox.create(draft("ana")).await.unwrap();
    let records = Stream::of(&world).await.records().await;
    assert_eq!(deliver(&world, records).await, 0);
    for (at, socket) in sockets.iter().enumerate() {
        let told = usize::from(![3, 9].contains(&(at % 25)));
        assert_eq!(world.recorder.frames(socket).len(), told, "{socket}");
    }
}

/// A socket that never answers takes a second or two: without a bound a batch of them would outlast the function.
#[tokio::test]
async fn an_endpoint_that_hangs_holds_up_a_batch_for_a_bounded_time_and_nobody_s_news_is_lost() {
    let world = World::new().await;
    for at in 0..USERS {
        let name = format!("user-{at}");
        let owner = user(&name);
        let sockets: Vec<_> = (0..20).map(|socket| format!("{name}-{socket}")).collect();
        for socket in &sockets {
            world.recorder.answer(socket, Answer::Silence);
        }
        let rows = sockets.iter().map(|socket| world.connections.register(&owner, socket, None));
        try_join_all(rows).await.unwrap();
        world.inbox.create(draft(&name)).await.unwrap();
    }
    let records = Stream::of(&world).await.records().await;
    assert_eq!(deliver(&world, records).await, 0);
    assert!(world.recorder.posts() < 20 * USERS, "all were waited for: {}", world.recorder.posts());
    let mut device = Device::of(&world, "user-7");
    assert!(device.connect(&world, 99).await && device.hello(&world).await);
    assert_eq!(device.screen().len(), 1);
}

#[tokio::test]
async fn a_poison_record_in_any_position_keeps_nobody_from_their_news() {
    for at in 0..=4 {
        let world = World::new().await;
        world.open("ana", &["ana-1"]).await;
        world.open("bruno", &["bruno-1"]).await;
        let mut ids = Vec::new();
        for name in ["ana", "bruno", "ana", "bruno"] {
            ids.push((name, world.inbox.create(draft(name)).await.unwrap().id));
        }
        let mut records = Stream::of(&world).await.records().await;
        records.insert(at, poison(&records[0]));
        assert_eq!(deliver(&world, records).await, 1, "only the poison is given up");
        for (name, id) in ids {
            let frames = world.recorder.frames(&format!("{name}-1"));
            assert!(frames.iter().any(|frame| frame["notification_id"] == json!(id)), "at {at}: {name}");
        }
    }
}

/// The socket is half-open: every post is taken, and none arrives. The next hello tells what was missed.
#[tokio::test]
async fn what_a_half_open_socket_swallowed_comes_with_the_next_hello() {
    let world = World::new().await;
    let (mut ledger, mut poller) = (Ledger::default(), Poller::of(&world).await);
    let mut device = Device::of(&world, "ana");
    assert!(device.connect(&world, 1).await && device.hello(&world).await);
    let socket = device.socket.clone().unwrap();
    world.recorder.answer(&socket, Answer::Lost);
    for _ in 0..20 {
        ledger.send(&world, &["ana"], true).await;
    }
    poller.drain(&world).await;
    device.hear(&world).await;
    assert!(device.told.is_empty());
    world.recorder.mend(&socket);
    assert!(device.hello(&world).await);
    ledger.judge(&world, std::slice::from_ref(&device)).await;
    assert_eq!(device.told.len(), 20);
}
