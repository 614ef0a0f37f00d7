//! Marking unread what all was marked read with: it holds.

use belfry_tests::{Client, Clock, Moment, Socket, Target, path_of};
use serde_json::json;

/// The owner's devices agree that just these are unread, however often they look.
async fn assert_unread(devices: &[&Client], expected: &[&str]) {
    for device in devices.iter().chain(devices) {
        assert_eq!(device.listed("unread").await, expected);
        let list = device.list().await;
        for item in list["results"].as_array().unwrap() {
            let unread = expected.contains(&item["id"].as_str().unwrap());
            assert_eq!((&item["is_read"], item["read_at"].is_null()), (&json!(!unread), unread), "{item}");
        }
        assert_eq!(list["unread_count"], expected.len());
        assert_eq!(device.unread_count().await, expected.len() as u64);
        assert!(device.listed("read").await.iter().all(|id| !expected.contains(&id.as_str())));
    }
}

#[tokio::test]
async fn what_was_marked_unread_after_all_were_read_stays_unread_on_every_device() {
    let belfry = Target::start().await;
    let (admin, laptop) = (belfry.admin().await, belfry.user().await);
    let phone = belfry.sign_in(laptop.user()).await;
    let sent = admin.notify_times(&laptop, 3).await;
    let mut socket = Socket::open(&phone).await;
    assert_eq!(laptop.mark_all_read().await, 3);
    assert_unread(&[&laptop, &phone], &[]).await;

    let again = laptop.act(&sent[1], "mark_as_unread").await.ok(200);
    assert_eq!((&again["is_read"], &again["read_at"]), (&json!(false), &json!(null)));
    assert_unread(&[&laptop, &phone], &[&sent[1]]).await;
    let next = admin.notify(&laptop, "Next").await;
    let told = socket.all_before_ring(&next).await;
    let last = told.iter().rfind(|frame| frame["notification_id"] == sent[1].as_str()).unwrap();
    assert_eq!((&last["is_read"], &last["changed"]), (&json!(false), &again["changed"]), "{told:?}");
    let mark = told.iter().find(|frame| frame["type"] == "read_all").unwrap();
    assert!(last["changed"].as_str() > mark["up_to"].as_str(), "no device takes it for read: {told:?}");

    assert_eq!(phone.mark_all_read().await, 2);
    assert_unread(&[&laptop, &phone], &[]).await;
    phone.act(&sent[2], "mark_as_unread").await.ok(200);
    assert_unread(&[&laptop, &phone], &[&sent[2]]).await;
}

#[tokio::test]
async fn what_the_mark_alone_has_read_can_be_everything_that_a_read_one_can() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let sent = admin.notify_times(&ana, 7).await;
    let newest = Moment::of(&ana.shown(&sent[0]).await["created_at"]);
    clock.wait_until_after(newest.plus_millis(11_000)).await;
    assert_eq!(ana.mark_all_read().await, 7);
    let before = ana.list().await["results"].clone();
    let until = clock.now().await.plus_millis(3_600_000);

    let read = ana.act(&sent[0], "mark_as_read").await.ok(200);
    assert_eq!(read["is_read"], true);
    let unread = ana.act(&sent[1], "mark_as_unread").await.ok(200);
    assert_eq!((&unread["is_read"], &unread["read_at"]), (&json!(false), &json!(null)));
    let archived = ana.act(&sent[2], "archive").await.ok(200);
    assert!(archived["archived_at"].is_string(), "{archived}");
    let snoozed = ana.snooze(&sent[3], until).await.ok(200);
    assert_eq!(snoozed["snoozed_until"], until.to_string());
    ana.delete(&path_of(&sent[4])).await.ok(204);
    let patched = ana.patch(&path_of(&sent[5]), &json!({ "is_read": false })).await.ok(200);
    assert_eq!(patched["is_read"], false);

    let unmoved = ana.act(&sent[6], "unarchive").await.ok(200);
    assert_eq!(unmoved, before[6], "it isn't in the archive");

    let answers = [(0, &read), (1, &unread), (2, &archived), (3, &snoozed), (5, &patched), (6, &unmoved)];
    for (at, answer) in answers {
        assert_eq!(ana.shown(&sent[at]).await, *answer, "{} then {answer}", before[at]);
    }
    assert_eq!(ana.listed("unread").await, [sent[5].clone(), sent[1].clone()]);
    assert_eq!(ana.listed("read").await, [sent[0].clone(), sent[6].clone()]);
    assert_eq!(ana.counts().await, (2, 2));
    assert_eq!(ana.mark_all_read().await, 2);
    assert_eq!(ana.counts().await, (0, 0));
}

#[tokio::test]
async fn what_the_mark_has_read_keeps_the_time_of_its_reading() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let sent = admin.notify_times(&ana, 4).await;
    let newest = Moment::of(&ana.shown(&sent[0]).await["created_at"]);
    clock.wait_until_after(newest.plus_millis(11_000)).await;
    assert_eq!(ana.mark_all_read().await, 4);
    let before = ana.list().await["results"].clone();
    let until = clock.now().await.plus_millis(3_600_000);
    let after = [
        ana.act(&sent[0], "archive").await.ok(200),
        ana.snooze(&sent[1], until).await.ok(200),
        ana.patch(&path_of(&sent[2]), &json!({ "archived": true })).await.ok(200),
        ana.act(&sent[3], "mark_as_read").await.ok(200),
    ];
    for (before, after) in before.as_array().unwrap().iter().zip(&after) {
        assert_eq!(after["read_at"], before["read_at"], "{before} then {after}");
    }
    assert_eq!(after[3], before[3], "it was read before");
}
