//! Every sample in `events/`, handled by the function it is for, and what can be made of the samples.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod access;
mod actions;
mod api;
mod authorizer;
mod broadcast_list;
mod broadcasts;
mod conditional;
mod contracts;
mod create_many;
mod csrf;
mod current_user;
mod edit;
mod fanout_failures;
mod fanout_news;
mod idempotency;
mod pages;
mod profile_limits;
mod query;
mod rate_limit;
mod readme;
mod senders;
mod shared_limits;
mod signals;
mod socket;
mod socket_limits;
#[path = "../support/mod.rs"]
mod support;
mod tickets;

use support::{
    sample::{event, names},
    world::World,
};

#[tokio::test]
async fn every_sample_is_understood_by_the_function_that_it_is_named_after() {
    let world = World::new().await;
    for name in names() {
        let event = event(&name);
        match name.split_once('-').map_or(name.as_str(), |(function, _)| function) {
            "broadcast" => world.work(event["Records"][0]["body"].as_str().unwrap()).await.unwrap(),
            "signals" => world.signal(event).await.unwrap(),
            "api" => assert!(world.api(event).await.status() < 500, "{name}"),
            "fanout" => {
                world.fanout(event).await;
            }
            "ws_authorizer" => {
                let refused = world.authorize(event).await.map_err(|error| error.to_string());
                assert!(refused.is_ok() || refused == Err("Unauthorized".to_owned()), "{name}");
            }
            "ws_connect" => assert_eq!(world.connect(event).await.unwrap(), 200, "{name}"),
            "ws_default" => assert_eq!(world.frame(event).await.unwrap(), 200, "{name}"),
            "ws_disconnect" => assert_eq!(world.disconnect(event).await.unwrap(), 200, "{name}"),
            function => panic!("{name} is for no function: {function}"),
        }
    }
}
