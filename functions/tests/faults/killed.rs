//! A fan-out that is killed at each point where it waits, and comes again.

use serde_json::{Value, json};

use crate::{
    poller::{deliver, killed_after},
    support::{draft, stream::Stream, user, world::World},
};

const SOCKETS: [&str; 3] = ["ana-1", "ana-2", "bruno-1"];

/// A world where ana was told three things and bruno two, and ana has marked all read; and the records that tell of it.
async fn told() -> (World, Vec<Value>, [Vec<String>; 2]) {
    let world = World::new().await;
    world.open("ana", &SOCKETS[..2]).await;
    world.open("bruno", &SOCKETS[2..]).await;
    let mut ids = [Vec::new(), Vec::new()];
    for (at, name) in [(0, "ana"), (1, "bruno"), (0, "ana"), (0, "ana"), (1, "bruno")] {
        ids[at].push(world.inbox.create(draft(name)).await.unwrap().id.to_string());
    }
    world.inbox.mark_all_read(&user("ana")).await.unwrap();
    let records = Stream::of(&world).await.records().await;
    (world, records, ids)
}

/// Whether the frames of a socket tell of each of these.
fn tells(frames: &[Value], ids: &[String]) -> bool {
    ids.iter().all(|id| frames.iter().any(|frame| frame["notification_id"] == id.as_str()))
}

#[tokio::test]
async fn wherever_a_fan_out_is_killed_its_next_run_tells_everybody_everything() {
    let (world, records, [anas, brunos]) = told().await;
    let event = json!({ "Records": records });
    let mut kills = 0;
    for polls in 1.. {
        let before = SOCKETS.map(|socket| world.recorder.frames(socket).len());
        let ended = killed_after(polls, world.fanout(event.clone())).await;
        if ended.is_some() {
            break;
        }
        kills += 1;
        assert_eq!(deliver(&world, records.clone()).await, 0);
        for (socket, before) in SOCKETS.into_iter().zip(before) {
            let frames = world.recorder.frames(socket).split_off(before);
            let own = if socket.starts_with("ana") { &anas } else { &brunos };
            let others = if socket.starts_with("ana") { &brunos } else { &anas };
            assert!(tells(&frames, own), "killed after {polls} polls, {socket} is told {frames:?}");
            assert!(!others.iter().any(|id| tells(&frames, std::slice::from_ref(id))), "{socket}");
        }
    }
    assert!(kills > 5, "there is more to wait for than {kills} times");
}

#[tokio::test]
async fn all_posts_are_done_when_the_function_returns() {
    let (world, records, _) = told().await;
    assert!(world.fanout(json!({ "Records": records })).await.is_empty());
    let posts = world.recorder.posts();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(world.recorder.posts(), posts);
}
