//! What the fan-out tells, and to whom.

use belfry_domain::Action;
use serde_json::{Value, json};

use crate::support::{
    draft,
    sample::{batch, event, sequence_number},
    user,
    world::World,
};

/// The notification that most samples are about.
const REPORT: &str = "01a1d013-f088-766b-95ff-16f66f433602";

/// A world in which ana has two sockets and bruno one, and the table holds what the samples left there.
async fn world_after(names: &[&str]) -> World {
    let world = World::new().await;
    world.open("ana", &["ana-1", "ana-2"]).await;
    world.open("bruno", &["bruno-1"]).await;
    for name in names {
        world.store(&event(name)).await;
    }
    world
}

fn types(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_new_notification_rings_once_on_every_socket_of_its_owner_and_nowhere_else() {
    let world = world_after(&["fanout-insert"]).await;
    assert!(world.fanout(event("fanout-insert")).await.is_empty());
    let frame = json!({
        "type": "notification",
        "notification_id": REPORT,
        "title": "AI Report Ready - Demand Planner",
        "message": "The weekly demand forecast is ready.",
        "notification_type": "report_ready",
        "is_read": false,
        "created_at": "2026-11-12T14:05:30.120Z",
        "redirect_url": "/reports/#report-7f3c",
        "changed": "01a1d013-f089-7a7c-b861-6e5b1dc03496",
        "related_object_type": "report",
        "related_object_id": "4711",
        "category": "reports",
        "data": { "report_type": "forecast", "pages": 12 },
        "unread_count": 1,
    });
    for socket in ["ana-1", "ana-2"] {
        assert_eq!(world.recorder.frames(socket), std::slice::from_ref(&frame), "{socket}");
    }
    assert_eq!(world.recorder.posts_to("bruno-1"), 0);
}

#[tokio::test]
async fn each_of_two_users_is_told_their_own_news() {
    let world = world_after(&["fanout-two-users"]).await;
    assert!(world.fanout(event("fanout-two-users")).await.is_empty());
    for (socket, title) in
        [("ana-1", "Plan approved"), ("ana-2", "Plan approved"), ("bruno-1", "Role changed")]
    {
        let frames = world.recorder.frames(socket);
        assert_eq!(frames.len(), 1, "{socket}");
        assert_eq!((&frames[0]["title"], &frames[0]["unread_count"]), (&json!(title), &json!(1)));
    }
}

/// A batch that comes again may hold an item's images in any order.
#[tokio::test]
async fn of_an_item_s_images_the_newest_is_told_whichever_comes_last() {
    for names in [["fanout-insert", "fanout-read"], ["fanout-read", "fanout-insert"]] {
        let world = world_after(&["fanout-insert"]).await;
        assert!(world.fanout(batch(&names)).await.is_empty());
        let frames = world.recorder.frames("ana-1");
        assert_eq!(types(&frames), ["notification"], "{names:?}");
        assert_eq!(frames[0]["is_read"], true, "{names:?}");
        assert_eq!(frames[0]["changed"], "01a1d014-8e44-7b5a-a07e-62f21d1803c8", "{names:?}");
    }
}

#[tokio::test]
async fn a_reading_is_told_as_a_state() {
    let world = world_after(&["fanout-read"]).await;
    assert!(world.fanout(event("fanout-read")).await.is_empty());
    let frame = json!({
        "type": "notification_state",
        "notification_id": REPORT,
        "changed": "01a1d014-8e44-7b5a-a07e-62f21d1803c8",
        "is_read": true,
        "seen_at": "2026-11-12T14:06:10.500Z",
        "read_at": "2026-11-12T14:06:10.500Z",
        "archived_at": null,
        "snoozed_until": null,
        "deleted": false,
        "unread_count": 0,
    });
    assert_eq!(world.recorder.frames("ana-1"), [frame]);
}

#[tokio::test]
async fn a_delete_is_told_as_a_state() {
    let world = world_after(&["fanout-delete"]).await;
    assert!(world.fanout(event("fanout-delete")).await.is_empty());
    let frames = world.recorder.frames("ana-2");
    assert_eq!(types(&frames), ["notification_state"]);
    assert_eq!((&frames[0]["notification_id"], &frames[0]["deleted"]), (&json!(REPORT), &json!(true)));
    assert_eq!(frames[0]["changed"], "01a1d019-e4ac-7832-b97e-e12b42bb19fb");
}

#[tokio::test]
async fn a_moved_watermark_is_told_as_read_all() {
    let world = world_after(&["fanout-insert", "fanout-read-all"]).await;
    assert!(world.fanout(event("fanout-read-all")).await.is_empty());
    let up_to = "01a1d017-e7b0-7fff-bfff-ffffffffffff";
    let frame = json!({ "type": "read_all", "up_to": up_to, "unread_count": 0 });
    assert_eq!(world.recorder.frames("ana-1"), [frame]);
}

#[tokio::test]
async fn a_moved_seen_mark_is_told_as_seen_all_beside_a_read_mark_of_the_same_batch() {
    let world = world_after(&["fanout-insert", "fanout-read-all"]).await;
    assert!(world.fanout(batch(&["fanout-read-all", "fanout-seen"])).await.is_empty());
    let frames = world.recorder.frames("ana-1");
    let types: Vec<_> = frames.iter().map(|frame| &frame["type"]).collect();
    assert_eq!(types, ["read_all", "seen_all"]);
    let marks = event("fanout-seen")["Records"][0]["dynamodb"]["NewImage"].clone();
    assert_eq!(frames[1]["up_to"], marks["seen_watermark"]["S"]);
    assert_eq!(frames[1]["unseen_count"], 0);
}

#[tokio::test]
async fn marks_that_leave_the_watermark_where_it_was_are_no_news() {
    let world = world_after(&[]).await;
    let mut touched = event("fanout-read-all");
    let images = &mut touched["Records"][0]["dynamodb"];
    images["OldImage"]["read_watermark"] = images["NewImage"]["read_watermark"].clone();
    assert!(world.fanout(touched).await.is_empty());
    assert_eq!((world.recorder.posts(), world.operations().len()), (0, 0));
}

#[tokio::test]
async fn what_changed_nothing_that_is_told_and_an_expired_item_are_no_news_and_cost_nothing() {
    let world = world_after(&[]).await;
    for name in ["fanout-unchanged", "fanout-remove"] {
        assert!(world.fanout(event(name)).await.is_empty());
        assert_eq!((world.recorder.posts(), world.operations().len()), (0, 0), "{name}");
    }
}

#[tokio::test]
async fn nobody_there_costs_one_read_and_somebody_three() {
    let world = World::new().await;
    assert!(world.fanout(event("fanout-insert")).await.is_empty());
    assert_eq!(world.operations(), ["Query"]);
    world.open("ana", &["ana-1", "ana-2"]).await;
    // Of one user's many records the reads are the same.
    world.fanout(batch(&["fanout-insert", "fanout-read-all"])).await;
    let mut operations = world.operations();
    operations.sort();
    assert_eq!(operations, ["GetItem", "Query", "Query"]);
}

#[tokio::test]
async fn a_notification_that_is_read_within_the_batch_rings_once_and_is_read() {
    let world = world_after(&["fanout-read"]).await;
    assert!(world.fanout(batch(&["fanout-insert", "fanout-read", "fanout-unchanged"])).await.is_empty());
    let frames = world.recorder.frames("ana-1");
    assert_eq!(types(&frames), ["notification"]);
    assert_eq!((&frames[0]["is_read"], &frames[0]["unread_count"]), (&json!(true), &json!(0)));
    assert_eq!(frames[0]["changed"], "01a1d014-8e44-7b5a-a07e-62f21d1803c8");
}

#[tokio::test]
async fn a_notification_that_is_deleted_within_the_batch_does_not_ring() {
    let world = world_after(&["fanout-delete"]).await;
    assert!(world.fanout(batch(&["fanout-insert", "fanout-read", "fanout-delete"])).await.is_empty());
    let frames = world.recorder.frames("ana-1");
    assert_eq!(types(&frames), ["notification_state"]);
    assert_eq!(frames[0]["deleted"], true);
}

#[tokio::test]
async fn frames_leave_in_the_order_of_the_records_and_the_last_alone_carries_the_count() {
    let names = ["fanout-insert", "fanout-read-all", "fanout-two-users"];
    let world = world_after(&names).await;
    assert!(world.fanout(batch(&names)).await.is_empty());
    let frames = world.recorder.frames("ana-2");
    assert_eq!(types(&frames), ["notification", "read_all", "notification"]);
    let counts: Vec<_> = frames.iter().map(|frame| frame.get("unread_count").cloned()).collect();
    assert_eq!(counts, [None, None, Some(json!(1))]);
    assert_eq!(frames[0]["is_read"], true, "the watermark is read with the news");
    assert_eq!(frames[2]["is_read"], false);
}

#[tokio::test]
async fn a_batch_that_comes_again_tells_the_same_again() {
    let world = world_after(&["fanout-two-users"]).await;
    for _ in 0..2 {
        assert!(world.fanout(event("fanout-two-users")).await.is_empty());
    }
    let frames = world.recorder.frames("bruno-1");
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[0], frames[1]);
}

#[tokio::test]
async fn a_poison_record_is_named_and_the_good_ones_around_it_are_told() {
    let world = world_after(&[]).await;
    let poison = event("fanout-poison");
    assert_eq!(world.fanout(poison.clone()).await, [sequence_number(&poison, 1)]);
    assert_eq!(world.recorder.frames("ana-1")[0]["title"], "Stock low");
    let bruno = world.recorder.frames("bruno-1");
    assert_eq!(types(&bruno), ["notification"]);
    assert_eq!(bruno[0]["message"], "Item 5522 is below its reorder point.");
}

#[tokio::test]
async fn a_poison_record_is_named_wherever_it_stands() {
    let world = world_after(&[]).await;
    for position in 0..4 {
        let mut shuffled = batch(&["fanout-insert", "fanout-two-users"]);
        let poison = event("fanout-poison")["Records"][1].clone();
        shuffled["Records"].as_array_mut().unwrap().insert(position, poison);
        let named = sequence_number(&shuffled, position);
        assert_eq!(world.fanout(shuffled).await, [named]);
    }
    assert_eq!(world.recorder.frames("ana-1").len(), 4 * 2);
}

#[tokio::test]
async fn what_a_message_is_too_long_for_is_shortened_to_a_frame() {
    let world = World::new().await;
    world.open("ana", &["ana-1"]).await;
    let mut long = event("fanout-insert");
    long["Records"][0]["dynamodb"]["NewImage"]["message"]["S"] = json!("🔔".repeat(10_000));
    assert!(world.fanout(long).await.is_empty());
    let frame = &world.recorder.frames("ana-1")[0];
    assert_eq!(frame["truncated"], true);
    assert!(frame.to_string().len() <= 32 * 1024);
}

#[tokio::test]
async fn what_the_store_itself_writes_is_understood() {
    let world = World::new().await;
    world.open("ana", &["ana-1"]).await;
    let ana = user("ana");
    let id = world.inbox.create(draft("ana")).await.unwrap().id;
    let unread = world.images().await;
    world.inbox.act(&ana, id, Action::MarkRead).await.unwrap();
    let read = world.images().await;
    world.inbox.delete(&ana, id).await.unwrap();
    let deleted = world.images().await;
    world.inbox.mark_all_read(&ana).await.unwrap();
    let all = world.images().await;

    let steps = [("", &unread), ("", &read), ("", &deleted), ("meta", &all)];
    let mut before = json!({});
    for (number, (start, images)) in steps.into_iter().enumerate() {
        let image = images.iter().find(|image| image["item"]["S"].as_str().unwrap().starts_with(start));
        let mut change = event("fanout-insert");
        let record = &mut change["Records"][0];
        record["dynamodb"]["NewImage"] = image.unwrap().clone();
        if start.is_empty() && number > 0 {
            record["eventName"] = json!("MODIFY");
            record["dynamodb"]["OldImage"] = before;
        }
        before = image.unwrap().clone();
        assert!(world.fanout(change).await.is_empty());
    }
    let frames = world.recorder.frames("ana-1");
    assert_eq!(types(&frames), ["notification", "notification_state", "notification_state", "read_all"]);
    assert_eq!((&frames[1]["is_read"], &frames[2]["deleted"]), (&json!(true), &json!(true)));
}
