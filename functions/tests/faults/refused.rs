//! Tables that refuse one recipient of a broadcast permanently, or everything for a while; and edits that never stop.

use std::time::Duration;

use belfry_cloud::{StoreError, broadcasts::Stage, clock};
use belfry_domain::{Audience, NotificationId};
use belfry_dynamo::Fault;
use futures::{
    future::{Either, select},
    pin_mut,
};
use serde_json::json;

use crate::{
    broadcast::{all_say, edit, is_whole, message, open, told, users},
    poller::killed_after,
    support::{
        draft, user,
        world::{BROADCASTS, World},
    },
};

/// The text by which a request about one of twenty recipients is recognized.
const ONE: &str = r#"{"S":"user-0007"}"#;

/// A broadcast to twenty users, in a world whose tables answer that code to whatever contains `refused`.
async fn refusing(refused: &'static str, code: &'static str) -> (World, NotificationId) {
    let world = World::refusing_with(refused, code).await;
    let id = clock::mint_notification();
    let audience = Audience::Users(users(20));
    world.broadcasts.create(id, &user("admin"), &audience, &draft("admin").content).await.unwrap();
    (world, id)
}

mod one_recipient {
    use super::*;

    /// The codes that are about the item itself.
    const FOR_GOOD: [&str; 2] = ["ValidationException", "ItemCollectionSizeLimitExceededException"];

    #[tokio::test]
    async fn who_is_refused_for_good_is_written_down_and_told_by_a_retry() {
        for code in FOR_GOOD {
            let (world, id) = refusing(ONE, code).await;
            world.work(&message(&world)).await.unwrap();
            let progress = world.broadcasts.progress(id).await.unwrap().unwrap();
            assert_eq!((progress.stage, progress.recipients, progress.failed), (Stage::Delivered, 20, 1));
            assert_eq!(told(&world).await.len(), 19);
            assert_eq!(world.broadcasts.failed_recipients(id, 0).await.unwrap(), [user("user-0007")]);
            // The first retry fails.
            for failed in [1, 0] {
                world.broadcasts.retry(id).await.unwrap().unwrap();
                world.work_off().await;
                let progress = world.broadcasts.progress(id).await.unwrap().unwrap();
                assert_eq!((progress.failed, progress.is_unfinished()), (failed, false));
                world.refuse_no_more();
            }
            is_whole(&world, id, 20).await;
        }
    }

    #[tokio::test]
    async fn a_retry_whose_worker_is_killed_is_gone_on_with_and_the_numbers_stay_right() {
        for polls in (1..).step_by(4) {
            let (world, id) = refusing(ONE, FOR_GOOD[0]).await;
            world.work(&message(&world)).await.unwrap();
            world.refuse_no_more();
            world.broadcasts.retry(id).await.unwrap().unwrap();
            let asked = message(&world);
            let done = killed_after(polls, world.work(&asked)).await.is_some();
            world.work(&asked).await.unwrap();
            is_whole(&world, id, 20).await;
            if done {
                assert!(polls > 5, "there is more to wait for than {polls} times");
                break;
            }
        }
    }

    #[tokio::test]
    async fn who_is_refused_holds_up_no_edit_and_no_recall() {
        let (world, id) = refusing(ONE, FOR_GOOD[1]).await;
        let has_title = |image: &serde_json::Value, title: &str| image["title"]["S"] == title;
        world.refuse_no_more();
        world.work_off().await;
        world.refuse_again();
        assert!(edit(&world, id, "Another").await);
        world.work_off().await;
        let images = world.images().await;
        assert_eq!(images.iter().filter(|image| has_title(image, "Another")).count(), 19);
        world.broadcasts.recall(id).await.unwrap();
        world.work_off().await;
        let images = world.images().await;
        let left: Vec<_> = images.iter().filter(|image| image.get("title").is_some()).collect();
        assert_eq!((left.len(), &left[0]["user"]["S"]), (1, &json!("user-0007")));
        // Once the table takes it, a retry takes it back from the last one, too.
        world.refuse_no_more();
        world.broadcasts.retry(id).await.unwrap().unwrap();
        world.work_off().await;
        assert!(world.images().await.iter().all(|image| image.get("title").is_none()));
    }
}

mod all_for_a_while {
    use super::*;

    #[tokio::test]
    async fn a_refusal_that_is_not_about_the_item_is_an_error_and_fails_nobody() {
        for code in [
            "AccessDeniedException",
            "ExpiredTokenException",
            "UnrecognizedClientException",
            "ResourceNotFoundException",
            "LimitExceededException",
            "KMSAccessDeniedException",
        ] {
            for refused in [ONE, "InboxTable"] {
                let (world, id) = refusing(refused, code).await;
                let message = message(&world);
                let error = world.work(&message).await.unwrap_err();
                assert!(
                    matches!(error.downcast_ref::<StoreError>(), Some(StoreError::Refused(_))),
                    "{code}: {error}"
                );
                let progress = world.broadcasts.progress(id).await.unwrap().unwrap();
                assert_eq!((progress.failed, progress.delivered_pages), (0, 0), "{code}");
                world.refuse_no_more();
                world.work(&message).await.unwrap();
                is_whole(&world, id, 20).await;
            }
        }
    }

    /// Throttles the next write for as often as it is tried.
    fn throttle(world: &World) {
        for _ in 0..5 {
            world.wire.order("UpdateItem", Fault::Throttle);
        }
    }

    #[tokio::test]
    async fn a_throttled_write_puts_the_message_back_for_seconds() {
        let (world, id) = open(130).await;
        let mut task = message(&world);
        world.queues.take_delays();
        for delay in [10, 20] {
            throttle(&world);
            world.work(&task).await.unwrap();
            assert_eq!(world.queues.take_delays(), [delay]);
            task = message(&world);
        }
        world.work(&task).await.unwrap();
        is_whole(&world, id, 130).await;
    }

    #[tokio::test]
    async fn what_is_throttled_for_long_fails_and_so_comes_to_the_dead_letters() {
        let (world, id) = open(3).await;
        message(&world);
        for (failed_attempts, delay) in [(9, Some(60)), (10, None)] {
            throttle(&world);
            world.queues.take_delays();
            let task = json!({ "broadcast": id, "failed_attempts": failed_attempts }).to_string();
            let worked = world.work(&task).await;
            assert_eq!(worked.is_ok(), delay.is_some());
            assert_eq!(world.queues.take_delays(), Vec::from_iter(delay));
        }
        world.queues.take(BROADCASTS);
        // Where the message can't be put back, it is the invocation's error, too.
        throttle(&world);
        world.queues.break_next(3);
        world.work(&json!({ "broadcast": id }).to_string()).await.unwrap_err();
    }

    #[tokio::test]
    async fn a_deactivation_is_tried_for_longer_than_a_throttled_write() {
        let world = World::new().await;
        for _ in 0..5 {
            world.wire.order("PutItem", Fault::Throttle);
        }
        let sample = crate::support::sample::event("signals-user-deactivated");
        let now = clock::now().to_string();
        world.signal(crate::support::sample::filled(&sample, "<TIME>", &now)).await.unwrap();
        let row = world.row("vera").await.unwrap();
        assert_eq!(row["is_active"].as_bool(), Ok(&false));
    }
}

#[tokio::test]
async fn edits_that_are_faster_than_a_page_keep_no_worker_beyond_its_time() {
    let (world, id) = open(130).await;
    world.work_off().await;
    assert!(edit(&world, id, "Edit 0").await);
    let asked = message(&world);
    // A page of the worker takes longer than an edit, which doesn't go over the wire.
    for _ in 0..1_000 {
        world.wire.order("UpdateItem", Fault::Delay(Duration::from_millis(300)));
    }
    world.operations();
    let work = world.work_for(Duration::from_millis(500), &asked);
    let editing = async {
        // The first of them comes once the worker writes its page.
        while world.wire.faults_left() == 1_000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for number in 1.. {
            edit(&world, id, &format!("Edit {number}")).await;
        }
    };
    pin_mut!(work, editing);
    let first = tokio::time::timeout(Duration::from_mins(1), select(work, editing)).await;
    match first.unwrap() {
        Either::Left((worked, _)) => worked.unwrap(),
        Either::Right(_) => unreachable!("edits never end"),
    }
    // Its time is up after the first pass through the page of a hundred.
    let updates = world.operations().iter().filter(|operation| *operation == "UpdateItem").count();
    assert!((100..200).contains(&updates), "{updates} updates");
    world.wire.calm();
    edit(&world, id, "Last").await;
    world.work_off().await;
    all_say(&world, 130, "Last").await;
}
