//! A broadcast whose worker is killed at each point where it waits, is there twice, or meets a store that fails: everybody is
//! told, nobody twice, and nothing is undone that anybody did meanwhile.

use std::{collections::BTreeSet, time::Duration};

use belfry_cloud::broadcasts::Stage;
use belfry_domain::{Action, Audience, Content, NotificationId, UserId};
use belfry_dynamo::Fault;
use futures::future::join;
use serde_json::Value;

use crate::{
    poller::killed_after,
    support::{
        draft, user,
        world::{BROADCASTS, World},
    },
};

pub(crate) fn users(count: usize) -> Vec<UserId> {
    (0..count).map(|number| user(&format!("user-{number:04}"))).collect()
}

/// A broadcast to so many users, whom the worker doesn't know of yet.
pub(crate) async fn open(count: usize) -> (World, NotificationId) {
    let world = World::new().await;
    let id = belfry_cloud::clock::mint_notification();
    let content = draft("admin").content;
    world.broadcasts.create(id, &user("admin"), &Audience::Users(users(count)), &content).await.unwrap();
    (world, id)
}

/// Who has the notification, once each.
pub(crate) async fn told(world: &World) -> BTreeSet<String> {
    let images = world.images().await;
    let owners: BTreeSet<_> =
        images.iter().map(|image| image["user"]["S"].as_str().unwrap().to_owned()).collect();
    assert_eq!(owners.len(), images.len(), "once each");
    owners
}

pub(crate) async fn is_whole(world: &World, id: NotificationId, count: usize) {
    assert_eq!(told(world).await.len(), count);
    let progress = world.broadcasts.progress(id).await.unwrap().unwrap();
    assert_eq!((progress.stage, progress.recipients as usize, progress.failed), (Stage::Delivered, count, 0));
}

/// The message by which the worker is asked.
pub(crate) fn message(world: &World) -> String {
    world.queues.take(BROADCASTS).pop().unwrap()
}

#[tokio::test]
async fn wherever_a_worker_is_killed_the_next_one_goes_on_and_tells_everybody_once() {
    const COUNT: usize = 130;
    let mut kills = 0;
    // Every point of the first page, and some of what follows.
    for polls in (1..40).chain((40..).step_by(7)) {
        let (world, id) = open(COUNT).await;
        let message = message(&world);
        if killed_after(polls, world.work(&message)).await.is_some() {
            is_whole(&world, id, COUNT).await;
            break;
        }
        kills += 1;
        // And the next one too, a little later.
        if killed_after(polls + 3, world.work(&message)).await.is_none() {
            world.work(&message).await.unwrap();
        }
        world.work_off().await;
        is_whole(&world, id, COUNT).await;
    }
    assert!(kills > 10, "there is more to wait for than {kills} times");
}

#[tokio::test]
async fn two_workers_at_once_tell_everybody_once() {
    for _ in 0..3 {
        let (world, id) = open(430).await;
        let message = message(&world);
        let (one, other) = join(Box::pin(world.work(&message)), Box::pin(world.work(&message))).await;
        one.unwrap();
        other.unwrap();
        world.work_off().await;
        is_whole(&world, id, 430).await;
    }
}

#[tokio::test]
async fn a_store_that_fails_now_and_then_only_makes_it_longer() {
    const NONE: Fault = Fault::Delay(Duration::ZERO);
    for (operation, fault) in [
        ("BatchExecuteStatement", Fault::LoseAnswer),
        ("BatchExecuteStatement", Fault::ServerError),
        ("UpdateItem", Fault::LoseAnswer),
        ("UpdateItem", Fault::Throttle),
        ("PutItem", Fault::LoseAnswer),
        ("GetItem", Fault::ServerError),
    ] {
        for later in 0..4 {
            let (world, id) = open(130).await;
            let message = message(&world);
            (0..later).for_each(|_| world.wire.order(operation, NONE));
            world.wire.order(operation, fault);
            let mut tries = 0;
            while world.work(&message).await.is_err() {
                tries += 1;
                assert!(tries < 5, "{operation} {fault:?} {later}");
            }
            // Nobody asks again: who was asked has done all of it.
            is_whole(&world, id, 130).await;
        }
    }
}

#[tokio::test]
async fn what_owners_did_meanwhile_is_not_undone_when_a_page_is_told_again() {
    let (world, id) = open(60).await;
    let message = message(&world);
    world.work(&message).await.unwrap();
    let users = users(3);
    for (owner, action) in users.iter().zip([Action::MarkRead, Action::Archive, Action::Delete]) {
        world.inbox.act(owner, id.derive_for_broadcast_user(owner), action).await.unwrap();
    }
    let before = world.images().await;
    world.work(&message).await.unwrap();
    assert_eq!(world.images().await, before);
}

/// A slow worker is in the middle of a page when it is recalled: what it writes afterwards is refused.
#[tokio::test]
async fn a_recall_beats_a_worker_that_is_still_at_it_wherever_it_is() {
    for polls in (2..60).step_by(6) {
        let (world, id) = open(130).await;
        let first = message(&world);
        let mut slow = Box::pin(world.work(&first));
        let done = killed_after(polls, &mut slow).await.is_some();
        world.broadcasts.recall(id).await.unwrap();
        world.work_off().await;
        if !done {
            // It wakes up and goes on with what it had begun.
            slow.await.unwrap();
        }
        world.work_off().await;
        let whole: Vec<Value> =
            world.images().await.into_iter().filter(|image| image.get("title").is_some()).collect();
        assert_eq!(whole, Vec::<Value>::new(), "after {polls} polls");
    }
}

/// Says that, whatever was cut off before.
pub(crate) async fn edit(world: &World, id: NotificationId, title: &str) -> bool {
    let broadcast = world.broadcasts.get(id).await.unwrap().unwrap();
    world.broadcasts.edit(&broadcast, &titled(title)).await.unwrap()
}

fn titled(title: &str) -> Content {
    Content { title: title.to_owned().try_into().unwrap(), ..draft("admin").content }
}

pub(crate) async fn all_say(world: &World, count: usize, title: &str) {
    let images = world.images().await;
    let said: Vec<_> = images.iter().filter(|image| image["title"]["S"] == title).collect();
    assert_eq!((said.len(), images.len()), (count, count), "{title}");
}

#[tokio::test]
async fn an_edit_whose_worker_is_killed_is_gone_on_with() {
    let (world, id) = open(130).await;
    world.work_off().await;
    let broadcast = world.broadcasts.get(id).await.unwrap().unwrap();
    assert!(edit(&world, id, "Another").await);
    assert!(
        !world.broadcasts.edit(&broadcast, &titled("Too late")).await.unwrap(),
        "somebody else was faster"
    );
    let asked = message(&world);
    for polls in (1..).step_by(9) {
        if killed_after(polls, world.work(&asked)).await.is_some() {
            break;
        }
    }
    world.work_off().await;
    all_say(&world, 130, "Another").await;
}

#[tokio::test]
async fn an_edit_that_is_cut_off_before_its_answer_is_done_by_the_next_of_the_same() {
    let (world, id) = open(3).await;
    world.work_off().await;
    for polls in 1.. {
        let title = format!("Edit {polls}");
        let done = killed_after(polls, Box::pin(edit(&world, id, &title))).await;
        world.queues.take(BROADCASTS);
        assert!(edit(&world, id, &title).await);
        world.work_off().await;
        if done.is_some() {
            assert!(polls > 3, "there is more to wait for than {polls} times");
            break;
        }
        all_say(&world, 3, &title).await;
    }
}

#[tokio::test]
async fn an_edit_that_is_cut_off_while_it_is_told_reaches_those_before_and_those_after() {
    for polls in 1..20 {
        let (world, id) = open(130).await;
        let asked = message(&world);
        killed_after(20, world.work(&asked)).await;
        killed_after(polls, Box::pin(edit(&world, id, "Another"))).await;
        let said = world.broadcasts.get(id).await.unwrap().unwrap().content.title;
        world.work(&asked).await.unwrap();
        world.work_off().await;
        all_say(&world, 130, said.as_str()).await;
    }
}

/// A slow worker is in the middle of a page when somebody edits again: what it writes afterwards is put right.
#[tokio::test]
async fn the_last_edit_beats_a_worker_that_is_still_at_the_one_before() {
    for polls in (2..90).step_by(8) {
        let (world, id) = open(130).await;
        world.work_off().await;
        assert!(edit(&world, id, "First").await);
        let first = message(&world);
        let mut slow = Box::pin(world.work(&first));
        let done = killed_after(polls, &mut slow).await.is_some();
        assert!(edit(&world, id, "Second").await);
        world.work_off().await;
        if !done {
            slow.await.unwrap();
        }
        // Where its time was up first, it has asked for another pass.
        world.work_off().await;
        all_say(&world, 130, "Second").await;
    }
}
