//! Repeated alerts: one notification with a count, whatever order they come in, however often.

use belfry_cloud::{
    Deduplicator, clock,
    dedup::Raised,
    directory::{BurstKey, BurstSettings},
    inbox::{Alert, Folded},
};
use belfry_domain::{Action, Content, CreateRequest, Notification, NotificationId, Status, Timestamp};
use belfry_dynamo::Fault;
use futures::future::join_all;

use crate::support::{access::Access, user};

const FIVE_MINUTES: BurstSettings = BurstSettings { window_millis: 300_000, threshold: 1 };

fn breaker(access: &Access, storm: BurstSettings) -> Deduplicator {
    Deduplicator::new(access.store.inbox.clone(), access.directory.clone(), storm)
}

fn content(message: &str) -> Content {
    let body = serde_json::json!({
        "user": "ana", "title": "Permission Denied", "message": message, "notification_type": "permission_denied",
    });
    CreateRequest::parse(body.to_string().as_bytes()).unwrap().content
}

/// The alert of that number, which happened so many milliseconds from now.
fn alert(number: usize, millis: i64) -> Alert {
    alert_at(number, clock::now().plus_millis(millis))
}

fn alert_at(number: usize, at: Timestamp) -> Alert {
    let whole = NotificationId::derive_from_event(at, "supply.audit", &number.to_string());
    let ana = user("ana");
    Alert { id: whole.derive_for_user(&ana), user: ana, at, content: content(&format!("Number {number}")) }
}

async fn raise(access: &Access, alert: &Alert) -> Raised {
    breaker(access, FIVE_MINUTES).raise("vera delete", alert).await.unwrap()
}

async fn shown(access: &Access, id: NotificationId) -> Notification {
    access.store.inbox.get(&user("ana"), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn from_the_second_on_alerts_fold_into_the_first_with_the_latest_detail() {
    let access = Access::new().await;
    let alerts = [alert(0, -4_000), alert(1, -3_000), alert(2, -2_000)];
    let first = raise(&access, &alerts[0]).await;
    assert_eq!(first, Raised { notification: alerts[0].id, folded: Folded::New });
    for alert in &alerts[1..] {
        let raised = raise(&access, alert).await;
        assert_eq!(raised, Raised { notification: first.notification, folded: Folded::Counted });
    }
    let shown = shown(&access, first.notification).await;
    assert_eq!((shown.count, shown.content), (3, content("Number 2")));
    assert_eq!(access.store.size().await, 1);
}

#[tokio::test]
async fn an_alert_that_comes_again_counts_once_in_whatever_order_they_come() {
    for seed in 0..6_usize {
        let access = Access::new().await;
        let now = clock::now();
        let alerts: Vec<_> = (0..4_i64)
            .map(|n| alert_at(usize::try_from(n).unwrap(), now.plus_millis(n * 1_000 - 9_000)))
            .collect();
        let order = (0..12).map(|n| &alerts[(n * 5 + seed * 7 + n / 4) % 4]);
        let mut targets = Vec::new();
        for alert in order {
            targets.push(raise(&access, alert).await.notification);
        }
        targets.dedup();
        assert_eq!(targets.len(), 1, "seed {seed}");
        let shown = shown(&access, targets[0]).await;
        assert_eq!((shown.count, shown.content), (4, content("Number 3")), "seed {seed}");
        assert_eq!(access.store.size().await, 1);
    }
}

#[tokio::test]
async fn fifty_at_once_are_one_notification_with_a_count_of_fifty() {
    let access = Access::new().await;
    let now = clock::now();
    let alerts: Vec<_> = (0..50).map(|n| alert_at(n, now)).collect();
    let mut waiting = alerts.clone();
    // What fails for the crowd comes again, as EventBridge and senders do.
    while !waiting.is_empty() {
        let breaker = breaker(&access, FIVE_MINUTES);
        let raised =
            join_all(waiting.iter().map(|alert| Box::pin(breaker.raise("vera delete", alert)))).await;
        waiting = waiting
            .into_iter()
            .zip(raised)
            .filter(|(_, raised)| raised.is_err())
            .map(|(alert, _)| alert)
            .collect();
    }
    let listed = access.store.listed(&user("ana"), belfry_cloud::Listing::All).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(shown(&access, listed[0]).await.count, 50);
}

#[tokio::test]
async fn more_than_an_item_remembers_are_counted_all_the_same() {
    let access = Access::new().await;
    let now = clock::now();
    let mut target = None;
    for number in 0..200 {
        target = Some(
            raise(&access, &alert_at(number, now.plus_millis(i64::try_from(number).unwrap())))
                .await
                .notification,
        );
    }
    let again = raise(&access, &alert_at(199, now.plus_millis(199))).await;
    assert_eq!(again.folded, Folded::Known);
    let target = target.unwrap();
    assert_eq!(shown(&access, target).await.count, 200);
    let item = access.store.notification_item(&user("ana"), target).await;
    assert!(item["folded"].as_ss().unwrap().len() <= 128);
    // Nor does it forget whom it is named after, once it is put away.
    access.store.act(&user("ana"), target, Action::Archive).await.unwrap();
    let first = raise(&access, &alert_at(0, now)).await;
    assert_eq!(first, Raised { notification: target, folded: Folded::Known });
}

#[tokio::test]
async fn late_ones_are_remembered_as_well() {
    let access = Access::new().await;
    let now = clock::now();
    for number in (0..200_usize).rev() {
        let alert = alert_at(number, now.plus_millis(i64::try_from(number).unwrap()));
        for _ in 0..2 {
            raise(&access, &alert).await;
        }
    }
    assert_eq!(counted(&access).await, 200);
}

/// How many alerts all of ana's notifications stand for, but for deleted ones.
async fn counted(access: &Access) -> u64 {
    let mut count = 0;
    for listing in [belfry_cloud::Listing::All, belfry_cloud::Listing::Archived] {
        for id in access.store.listed(&user("ana"), listing).await {
            count += u64::from(shown(access, id).await.count);
        }
    }
    count
}

#[tokio::test]
async fn a_backlog_folds_beside_what_happens_now() {
    // What happens now, and what a fast clock says.
    for first in [0, 299_000] {
        let access = Access::new().await;
        raise(&access, &alert(0, first)).await;
        for number in 1..=40 {
            raise(&access, &alert(number, -3_600_000 + i64::try_from(number).unwrap())).await;
        }
        // A backlog may lie across a boundary.
        assert!(access.store.size().await <= 3);
        assert_eq!(counted(&access).await, 41);
    }
}

#[tokio::test]
async fn nothing_is_lost_to_an_owner_who_puts_away_whatever_comes() {
    let access = Access::new().await;
    let alerts: Vec<_> = (0..8).map(|n| alert(n, i64::try_from(n).unwrap() - 9_000)).collect();
    let key = BurstKey::new(&user("ana"), alerts[0].content.notification_type, "vera delete");
    // Each was cut off when it had been decided where it belongs, and that was put away twice before it came again.
    let settle = async |alert: &Alert| {
        access.directory.burst_target(&FIVE_MINUTES, &key, alert.id, alert.at).await.unwrap();
    };
    let put_away = async |id| access.store.act(&user("ana"), id, Action::Archive).await.unwrap();
    settle(&alerts[0]).await;
    settle(&alerts[1]).await;
    let other = raise(&access, &alerts[2]).await.notification;
    assert_eq!(other, alerts[0].id, "made by another than it is named after");
    put_away(other).await;
    let next = raise(&access, &alerts[3]).await.notification;
    put_away(next).await;
    for alert in &alerts[..2] {
        let raised = raise(&access, alert).await;
        assert_ne!(raised.folded, Folded::Known);
        put_away(raised.notification).await;
        assert_eq!(raise(&access, alert).await, Raised { folded: Folded::Known, ..raised });
    }
    for alert in &alerts[4..] {
        put_away(raise(&access, alert).await.notification).await;
    }
    assert_eq!(counted(&access).await, 8);
}

#[tokio::test]
async fn after_the_window_an_alert_is_a_notification_of_its_own_and_opens_another() {
    let access = Access::new().await;
    let (first, second, third) = (alert(0, -301_000), alert(1, -1_000), alert(2, 0));
    for (alert, target) in [(&first, &first), (&second, &second), (&third, &second)] {
        assert_eq!(raise(&access, alert).await.notification, target.id);
    }
    // Delivered again after its window is over, and late news of it.
    assert_eq!(raise(&access, &first).await, Raised { notification: first.id, folded: Folded::Known });
    let late = alert(3, -400_000);
    assert_eq!(raise(&access, &late).await, Raised { notification: late.id, folded: Folded::New });
    assert_eq!(access.store.size().await, 3);
}

#[tokio::test]
async fn other_keys_types_and_users_are_other_storms() {
    let access = Access::new().await;
    let breaker = breaker(&access, FIVE_MINUTES);
    let first = alert(0, -1_000);
    breaker.raise("vera delete", &first).await.unwrap();
    let other_key = alert(1, 0);
    assert_eq!(breaker.raise("vera read", &other_key).await.unwrap().folded, Folded::New);
    let mut other_user = alert(2, 0);
    other_user.user = user("bruno");
    assert_eq!(breaker.raise("vera delete", &other_user).await.unwrap().folded, Folded::New);
    let mut other_type = alert(3, 0);
    other_type.content.notification_type = belfry_domain::NotificationType::Error;
    assert_eq!(breaker.raise("vera delete", &other_type).await.unwrap().folded, Folded::New);
}

#[tokio::test]
async fn a_fold_is_news_again_unless_it_was_put_away_and_then_there_is_a_new_one() {
    for (action, status) in [
        (Action::MarkRead, Status::Unread),
        (Action::Archive, Status::Archived),
        (Action::Delete, Status::Deleted),
    ] {
        let access = Access::new().await;
        let (first, second, third) = (alert(0, -3_000), alert(1, -2_000), alert(2, -1_000));
        raise(&access, &first).await;
        access.store.act(&user("ana"), first.id, action).await.unwrap();
        let raised = raise(&access, &second).await;
        assert_eq!(access.store.state(&user("ana"), first.id).await.status, status);
        if status == Status::Unread {
            assert_eq!(raised.notification, first.id);
            continue;
        }
        assert_eq!(raised, Raised { notification: second.id, folded: Folded::New });
        assert_eq!(raise(&access, &third).await.notification, second.id, "the new one is folded into");
        for (again, target) in [(&first, first.id), (&second, second.id), (&third, second.id)] {
            assert_eq!(raise(&access, again).await, Raised { notification: target, folded: Folded::Known });
        }
        assert_eq!(shown(&access, second.id).await.count, 2);
    }
}

#[tokio::test]
async fn the_threshold_says_how_many_stand_alone_and_no_window_folds_nothing() {
    let access = Access::new().await;
    let three = breaker(&access, BurstSettings { threshold: 3, ..FIVE_MINUTES });
    let alerts: Vec<_> = (0..5).map(|n| alert(n, -5_000 + i64::try_from(n).unwrap())).collect();
    let mut targets = Vec::new();
    for alert in &alerts {
        targets.push(three.raise("vera delete", alert).await.unwrap().notification);
    }
    assert_eq!(targets, [0, 1, 2, 2, 2].map(|n: usize| alerts[n].id));

    let access = Access::new().await;
    let off = breaker(&access, BurstSettings { window_millis: 0, threshold: 1 });
    for alert in &alerts {
        assert_eq!(off.raise("vera delete", alert).await.unwrap().folded, Folded::New);
    }
    assert_eq!(access.store.size().await, 5);
}

#[tokio::test]
async fn a_lost_answer_anywhere_counts_once() {
    for operation in ["PutItem", "UpdateItem"] {
        for skipped in 0..3 {
            let access = Access::new().await;
            raise(&access, &alert(0, -2_000)).await;
            let second = alert(1, -1_000);
            (0..skipped).for_each(|_| access.store.wire.order(operation, Fault::Throttle));
            access.store.wire.order(operation, Fault::LoseAnswer);
            // The function may give up, and is called again.
            while breaker(&access, FIVE_MINUTES).raise("vera delete", &second).await.is_err() {}
            access.store.wire.calm();
            raise(&access, &second).await;
            let listed = access.store.listed(&user("ana"), belfry_cloud::Listing::All).await;
            assert_eq!(listed.len(), 1, "{operation}");
            assert_eq!(shown(&access, listed[0]).await.count, 2, "{operation} {skipped}");
        }
    }
}
