//! Putting a notification to sleep, and its waking.

use belfry_tests::{Client, Clock, Moment, STATUSES, Socket, Target, path_of, pointers};
use futures::future::join_all;
use serde_json::{Value, json};

/// Puts it to sleep for two seconds by the target's clock, which its creation tells.
async fn sleeping(owner: &Client, id: &str) -> Moment {
    let until = Moment::of(&owner.shown(id).await["created_at"]).plus_millis(5_000);
    let asleep = owner.snooze(id, until).await.ok(200);
    assert_eq!((&asleep["snoozed_until"], &asleep["is_read"]), (&json!(until.to_string()), &json!(true)));
    until
}

/// In which lists it is.
async fn lists_with(owner: &Client, id: &str) -> Vec<&'static str> {
    let everything = owner.everything().await;
    let holds = |status: &&str| {
        let results = everything[*status]["results"].as_array().unwrap();
        results.iter().any(|item| item["id"] == id)
    };
    STATUSES.into_iter().filter(holds).collect()
}

#[tokio::test]
async fn what_sleeps_is_hidden_and_wakes_once_at_the_first_look_after_its_time() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let mut socket = Socket::open(&ana).await;
    let id = admin.notify(&ana, "Later").await;
    socket.expect_ring(&id).await;
    let until = sleeping(&ana, &id).await;
    let told = socket.expect_state(&id).await;
    assert_eq!((&told["snoozed_until"], &told["unread_count"]), (&json!(until.to_string()), &json!(0)));
    assert_eq!(lists_with(&ana, &id).await, ["snoozed"]);
    assert_eq!(ana.counts().await, (0, 0));

    clock.wait_until_after(until).await;
    let list = ana.list().await;
    let awake = &list["results"][0];
    assert_eq!(
        (&awake["id"], &awake["is_read"], &list["unread_count"]),
        (&json!(id), &json!(false), &json!(1))
    );
    assert!(awake["snoozed_until"].is_null() && awake["read_at"].is_null(), "{awake}");
    let told = socket.expect_state(&id).await;
    assert_eq!((&told["is_read"], &told["changed"]), (&json!(false), &awake["changed"]));
    assert_eq!((&told["snoozed_until"], &told["unread_count"]), (&json!(null), &json!(1)));
    assert_eq!(lists_with(&ana, &id).await, ["all", "unread"]);
    assert_eq!(ana.counts().await, (1, 1));
    assert_eq!(ana.shown(&id).await, *awake);
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn every_way_to_look_at_an_inbox_wakes_what_is_due() {
    let belfry = Target::start().await;
    let (admin, clock) = (belfry.admin().await, Clock::of(&belfry).await);
    let looks = [
        "",
        "?status=unread",
        "?status=read",
        "?status=archived",
        "?status=snoozed",
        "unread/",
        "unread_count/",
    ];
    let mut sleepers = Vec::new();
    for _ in looks {
        let owner = belfry.user().await;
        let id = admin.notify(&owner, "Later").await;
        let until = sleeping(&owner, &id).await;
        sleepers.push((owner, id, until));
    }
    clock.wait_until_after(sleepers.last().unwrap().2).await;
    for (look, (owner, id, _)) in looks.iter().zip(&sleepers) {
        let seen = owner.get(&format!("/api/notifications/{look}")).await.ok(200);
        assert_eq!(seen["unread_count"], 1, "{look}");
        assert_eq!(owner.shown(id).await["is_read"], false, "{look}");
    }
}

#[tokio::test]
async fn of_ten_looks_at_once_one_wakes_it() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let mut socket = Socket::open(&ana).await;
    let id = admin.notify(&ana, "Later").await;
    let until = sleeping(&ana, &id).await;
    let marker = admin.notify(&ana, "Marker").await;
    socket.next_ring(&marker).await;
    clock.wait_until_after(until).await;
    let lists: Vec<Value> = join_all((0..10).map(|_| ana.list())).await;
    let changed = &ana.shown(&id).await["changed"];
    assert_eq!(ana.counts().await, (2, 2));
    for item in lists.iter().flat_map(|list| list["results"].as_array().unwrap()) {
        let woken = item["id"] == id.as_str();
        assert!(!woken || (item["changed"] == *changed && item["is_read"] == false), "{item}");
    }
    let told = socket.expect_state(&id).await;
    assert_eq!((&told["is_read"], &told["changed"]), (&json!(false), changed));
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn no_look_after_its_time_misses_what_another_look_is_waking() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let id = admin.notify(&ana, "Later").await;
    clock.wait_until_after(sleeping(&ana, &id).await).await;
    for list in join_all((0..10).map(|_| ana.list())).await {
        assert_eq!((&list["results"][0]["id"], &list["unread_count"]), (&json!(id), &json!(1)), "{list}");
    }
}

#[tokio::test]
async fn what_was_done_with_a_sleeper_is_not_undone_at_its_time() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let mut until = clock.now().await;
    let mut ids = Vec::new();
    for title in ["Archived", "Deleted", "Read", "Snoozed longer"] {
        let id = admin.notify(&ana, title).await;
        until = sleeping(&ana, &id).await;
        ids.push(id);
    }
    ana.act(&ids[0], "archive").await.ok(200);
    ana.delete(&path_of(&ids[1])).await.ok(204);
    ana.act(&ids[2], "mark_as_unread").await.ok(200);
    ana.act(&ids[2], "mark_as_read").await.ok(200);
    ana.snooze(&ids[3], until.plus_millis(3_600_000)).await.ok(200);
    let before = ana.everything().await;
    clock.wait_until_after(until).await;
    assert_eq!(ana.everything().await, before);
    assert_eq!(lists_with(&ana, &ids[3]).await, ["snoozed"]);
}

#[tokio::test]
async fn what_is_due_can_be_marked_read_before_anybody_has_looked() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let id = admin.notify(&ana, "Later").await;
    clock.wait_until_after(sleeping(&ana, &id).await).await;
    let read = ana.act(&id, "mark_as_read").await.ok(200);
    assert_eq!((&read["is_read"], &read["snoozed_until"]), (&json!(true), &json!(null)));
    assert_eq!(lists_with(&ana, &id).await, ["all", "read"]);
}

#[tokio::test]
async fn marking_all_read_reads_what_is_due_and_leaves_what_still_sleeps() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let (due, asleep) = (admin.notify(&ana, "Due").await, admin.notify(&ana, "Asleep").await);
    let until = sleeping(&ana, &due).await;
    ana.snooze(&asleep, until.plus_millis(3_600_000)).await.ok(200);
    clock.wait_until_after(until).await;
    assert_eq!(ana.mark_all_read().await, 1);
    assert_eq!(
        (lists_with(&ana, &due).await, lists_with(&ana, &asleep).await),
        (vec!["all", "read"], vec!["snoozed"])
    );
    assert_eq!(ana.counts().await, (0, 0));
}

#[tokio::test]
async fn a_time_to_sleep_until_lies_ahead_and_within_366_days() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Never").await;
    let before = ana.everything().await;
    let now = Moment::of(&ana.shown(&id).await["created_at"]);
    let day = 24 * 60 * 60 * 1000;
    let bad = [
        json!(now.to_string()),
        json!(now.plus_millis(-day).to_string()),
        json!(now.plus_millis(367 * day).to_string()),
        json!("9999-12-31T23:59:59Z"),
        json!("1969-12-31T23:59:59Z"),
        json!("tomorrow"),
        json!("2099-02-30T00:00:00Z"),
        json!("2099-01-01"),
        json!("2099-01-01T00:00:00"),
        json!(""),
        json!(4_000_000_000_000_u64),
        json!(null),
        json!({}),
    ];
    let path = format!("{}snooze/", path_of(&id));
    for until in bad {
        let problem = ana.post_json(&path, &json!({ "until": until })).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), ["/until"], "{until}");
        let problem = ana.patch(&path_of(&id), &json!({ "snoozed_until": until })).await;
        if !until.is_null() {
            assert_eq!(pointers(&problem.problem(400, "invalid_body")), ["/snoozed_until"], "{until}");
        }
    }
    for (body, pointer) in
        [(json!({}), "/until"), (json!({ "until": now.plus_millis(day).to_string(), "by": 1 }), "/by")]
    {
        assert_eq!(pointers(&ana.post_json(&path, &body).await.problem(400, "invalid_body")), [pointer]);
    }
    for body in [json!([]), json!("2099-01-01T00:00:00Z"), json!(null)] {
        ana.post_json(&path, &body).await.problem(400, "invalid_body");
    }
    ana.post(&path).await.problem(400, "invalid_body");
    assert_eq!(ana.everything().await, before);
}

#[tokio::test]
async fn a_time_may_have_any_offset_and_is_answered_in_utc() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "In Brazil").await;
    let until = Moment::of(&ana.shown(&id).await["created_at"]).plus_millis(3_600_000);
    let local = until.plus_millis(-3 * 3_600_000).to_string().replace('Z', "-03:00");
    let body = json!({ "until": local });
    let asleep = ana.post_json(&format!("{}snooze/", path_of(&id)), &body).await.ok(200);
    assert_eq!(asleep["snoozed_until"], until.to_string());
}
