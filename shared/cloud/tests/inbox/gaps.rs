//! Long runs of what a list doesn't show hide nothing behind them.

use belfry_domain::{Cursor, Letter, NotificationId, Watermarks};

use crate::support::{left::Left, store::Store, user};

/// More than any list reads at once with a page this small.
const RUN: usize = 40;

/// Two notifications with a long run between them, and a run before and behind them.
async fn two_in_the_gaps(store: &Store, hide: impl Fn(Left) -> Left) -> [NotificationId; 2] {
    let left = Left::many(i64::try_from(3 * RUN + 2).unwrap());
    let shown = [RUN, 2 * RUN + 1];
    for (index, left) in left.iter().enumerate() {
        let left = if shown.contains(&index) { *left } else { hide(*left) };
        store.insert(left.of("ana")).await;
    }
    shown.map(|index| left[index].id)
}

/// Which list is walked.
#[derive(Clone, Copy)]
enum Walk {
    All,
    Unread,
}

impl Walk {
    /// Walks by pages of one to the end, and back to the beginning; returns what was seen each way.
    async fn there_and_back(self, store: &Store) -> (Vec<NotificationId>, Vec<NotificationId>) {
        let (mut there, mut back) = (Vec::new(), Vec::new());
        let (mut ids, mut next, mut previous) = self.page(store, None).await;
        for pages in 0.. {
            assert!(pages < 10 * RUN, "the walk has no end");
            there.extend(ids);
            let Some(cursor) = next else { break };
            (ids, next, previous) = self.page(store, Some(cursor)).await;
        }
        for pages in 0.. {
            assert!(pages < 10 * RUN, "the way back has no end");
            let Some(cursor) = previous else { break };
            (ids, _, previous) = self.page(store, Some(cursor)).await;
            back.extend(ids);
        }
        (there, back)
    }

    async fn page(
        self,
        store: &Store,
        cursor: Option<Cursor>,
    ) -> (Vec<NotificationId>, Option<Cursor>, Option<Cursor>) {
        let (ana, marks) = (user("ana"), Watermarks::default());
        let page = match self {
            Self::All => store.inbox.list(&ana, cursor, 1).await,
            Self::Unread => store.inbox.list_unread(&ana, &marks, cursor, 1).await,
        };
        let page = page.unwrap();
        (page.items.iter().map(|shown| shown.id).collect(), page.next, page.previous)
    }
}

#[tokio::test]
async fn what_lies_behind_many_deleted_notifications_is_found() {
    let store = Store::new().await;
    let shown = two_in_the_gaps(&store, |left| left.letter(Letter::Deleted)).await;
    let (there, back) = Walk::All.there_and_back(&store).await;
    assert_eq!(there, shown);
    // The last page that showed something may be seen again on the way back, as the way begins behind it.
    assert!(back.ends_with(&[shown[0]]), "{back:?}");
}

#[tokio::test]
async fn what_lies_behind_many_expired_notifications_is_found() {
    let store = Store::new().await;
    let shown = two_in_the_gaps(&store, |left| left.expired(60)).await;
    for walk in [Walk::All, Walk::Unread] {
        let (there, back) = walk.there_and_back(&store).await;
        assert_eq!(there, shown);
        assert!(back.ends_with(&[shown[0]]), "{back:?}");
    }
}
