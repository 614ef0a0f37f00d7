//! What is kept beside the state, and until when: reading times, snoozes and `expires_at` after every action.

use belfry_cloud::clock;
use belfry_domain::{Action, Status, Timestamp};

use crate::support::{
    actions,
    left::{OLD, Stored},
    store::{Item, READ_RETENTION_DAYS, RETENTION_DAYS, Store, attributes},
    user,
};

const DAY_SECONDS: i64 = 24 * 60 * 60;

fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name).map(|value| value.as_n().unwrap().parse().unwrap())
}

/// The item before and after an action, and the times between which that was.
struct Done {
    before: Item,
    after: Item,
    from: Timestamp,
    to: Timestamp,
}

impl Done {
    async fn to(left: Stored, action: Action) -> Self {
        let (store, ana) = (Store::new().await, user("ana"));
        store.insert(left.of("ana")).await;
        let before = store.notification_item(&ana, left.id).await;
        let from = clock::now();
        store.act(&ana, left.id, action).await.unwrap();
        let to = clock::now();
        Self { before, after: store.notification_item(&ana, left.id).await, from, to }
    }

    fn read_now(&self) -> bool {
        let times = self.from.as_millis()..=self.to.as_millis();
        number(&self.after, "read_at").is_some_and(|at| times.contains(&at))
    }

    fn unchanged(&self, name: &str) -> bool {
        self.after.get(name) == self.before.get(name)
    }

    fn kept_for(&self, days: u16) -> bool {
        let seconds = i64::from(days) * DAY_SECONDS;
        let ends = self.from.as_seconds() + seconds..=self.to.as_seconds() + seconds;
        number(&self.after, "expires_at").is_some_and(|end| ends.contains(&end))
    }

    fn has(&self, name: &str) -> bool {
        self.after.contains_key(name)
    }
}

#[tokio::test]
async fn what_is_read_one_by_one_is_dated_and_kept_for_the_shorter_time() {
    for left in [Stored::unread(OLD), Stored::unread(OLD).snoozed(-1)] {
        let done = Done::to(left, Action::MarkRead).await;
        assert!(done.read_now() && done.kept_for(READ_RETENTION_DAYS) && !done.has("snoozed_until"));
    }
}

#[tokio::test]
async fn what_is_marked_unread_was_never_read_and_is_kept_like_a_new_one() {
    let [read, archived, snoozed] =
        [Status::Read, Status::Archived, Status::Snoozed].map(|status| Stored::unread(OLD).status(status));
    for left in [read, archived.read(1_000), snoozed.read(1_000)] {
        let done = Done::to(left, Action::MarkUnread).await;
        assert!(!done.has("read_at") && !done.has("snoozed_until") && !done.has("archived_at"));
        assert!(done.kept_for(RETENTION_DAYS));
    }
}

#[tokio::test]
async fn what_is_archived_is_read_now_or_was_when_it_was_and_is_kept_for_the_longer_time() {
    let done = Done::to(Stored::unread(OLD), Action::Archive).await;
    assert!(done.read_now() && done.has("archived_at") && done.kept_for(RETENTION_DAYS));
    for status in [Status::Read, Status::Snoozed] {
        let done = Done::to(Stored::unread(OLD).status(status), Action::Archive).await;
        assert!(done.has("read_at") && done.unchanged("read_at") && done.kept_for(RETENTION_DAYS));
        assert!(done.has("archived_at") && !done.has("snoozed_until"));
    }
}

#[tokio::test]
async fn what_is_taken_back_keeps_its_reading_time_and_is_kept_for_the_shorter_time() {
    let archived = Stored::unread(OLD).status(Status::Archived);
    let done = Done::to(archived.read(1_000), Action::Unarchive).await;
    assert!(done.has("read_at") && done.unchanged("read_at") && !done.has("archived_at"));
    assert!(done.kept_for(READ_RETENTION_DAYS));
}

#[tokio::test]
async fn what_sleeps_keeps_its_reading_time_and_is_kept_for_the_longer_time_from_its_waking_on() {
    let until = clock::now().plus_millis(100 * DAY_SECONDS * 1000);
    let (unread, read) = (Stored::unread(OLD), Stored::unread(OLD).status(Status::Read));
    assert!(Done::to(unread, Action::Snooze(until)).await.read_now());
    for left in [read, unread.status(Status::Snoozed), unread.snoozed(-1)] {
        let done = Done::to(left, Action::Snooze(until)).await;
        assert_eq!(number(&done.after, "snoozed_until"), Some(until.as_millis()));
        let end = until.as_seconds() + i64::from(RETENTION_DAYS) * DAY_SECONDS;
        assert_eq!(number(&done.after, "expires_at"), Some(end));
        assert!(done.unchanged("read_at"));
    }
}

#[tokio::test]
async fn a_tombstone_keeps_nothing_and_is_kept_for_the_longer_time() {
    for status in [Status::Unread, Status::Read, Status::Archived, Status::Snoozed] {
        let done = Done::to(Stored::unread(OLD).status(status).read(1_000), Action::Delete).await;
        assert_eq!(attributes(&done.after), ["changed", "expires_at", "item", "state", "user"]);
        assert!(done.kept_for(RETENTION_DAYS));
    }
}

#[tokio::test]
async fn nothing_but_deleting_touches_what_the_sender_said() {
    for action in actions().into_iter().filter(|action| *action != Action::Delete) {
        let from = if action == Action::Unarchive { Status::Archived } else { Status::Unread };
        let done = Done::to(Stored::unread(OLD).status(from), action).await;
        for name in ["title", "message", "notification_type", "data"] {
            assert!(done.has(name) && done.unchanged(name), "{action:?}: {name}");
        }
    }
}

#[tokio::test]
async fn marking_all_dates_what_it_writes_and_leaves_alone_when_things_expire() {
    let (store, ana) = (Store::new().await, user("ana"));
    let (old, young) = (Stored::unread(OLD).expires_in(100), Stored::unread(1_000).expires_in(200));
    store.insert_all([old.of("ana"), young.of("ana")]).await;
    let before = clock::now();
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 2);
    assert_eq!(store.notification_item(&ana, old.id).await, old.of("ana"), "the watermark covers it");
    let item = store.notification_item(&ana, young.id).await;
    assert_eq!(item["expires_at"], young.of("ana")["expires_at"]);
    let times = before.as_millis()..=clock::now().as_millis();
    assert!(number(&item, "read_at").is_some_and(|at| times.contains(&at)));
}
